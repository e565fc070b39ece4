"""The stepper in a real browser: exported HTML with the network off, and a notebook in JupyterLab."""

import nbformat
import numpy as np
import pytest

from cs231n_lib.check.plain.layers import affine_backward, softmax_loss
from cs231n_lib.step import step
from tests.browser import FLAGS, TOKEN, Lab, find_browser
from tests.test_step_record import CROSS, KERNEL, convolve, no_loops, two_loops

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

NOTEBOOK = "jupyterapp.shell.currentWidget"
STATUS = f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status"

RNG = np.random.default_rng(7)
X, T = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3))
AFFINE = (RNG.normal(size=(4, 2)), (X, RNG.normal(size=(3, 2)), RNG.normal(size=2)))


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_of(chromium, tmp_path):
    """Return a function that opens steppers as a file, without network; errors in the page fail the test."""
    contexts, errors = [], []

    def opened(*pages, **options):
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith("file:") else errors.append(request.url))
        path = tmp_path / "page.html"
        path.write_text("<!doctype html><meta charset='utf-8'><body>" + "".join(pages), encoding="utf-8")
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


def place(page, k=0):
    return page.locator(".cs-count").nth(k).inner_text()


def said(page):
    return page.locator(".cs-say").first.inner_text()


def test_keys_step_and_the_frame_shows_line_cells_and_sentence(page_of):
    steps = step(two_loops, X, T)
    page = page_of(steps._repr_html_())
    page.locator(".cs-step").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert place(page) == "10 / 23"
    assert said(page) == steps.frames[9].say
    assert page.locator(".cs-code .on b").all_inner_texts() == ["6"]
    assert page.locator("td.w").all_inner_texts() == [f"{two_loops(X, T)[1, 2]:.2f}"]
    assert page.locator("td.r").count() == 6
    page.keyboard.press("ArrowLeft")
    assert place(page) == "9 / 23"
    page.keyboard.press("End")
    assert place(page) == "23 / 23"
    page.keyboard.press("Home")
    assert place(page) == "1 / 23"
    assert not page.locator(".cs-static").is_visible()


def test_buttons_slider_jumps_and_lines(page_of):
    page = page_of(step(two_loops, X, T)._repr_html_())
    page.get_by_label("next frame").click()
    page.get_by_label("next frame").click()
    assert place(page) == "3 / 23"
    page.get_by_label("one frame back").click()
    assert place(page) == "2 / 23"
    page.get_by_label("frame", exact=True).fill("12")
    assert place(page) == "13 / 23"
    page.get_by_label("jump to").select_option(label="i = 3, j = 0")
    assert said(page).startswith("line 6 (i = 3, j = 0)")
    page.locator(".cs-code .can").last.click()
    assert place(page) == "23 / 23"


def test_play_runs_to_the_end_and_stops(page_of):
    page = page_of(step(no_loops, X, T)._repr_html_())
    page.get_by_label("speed").select_option(label="very fast")
    page.locator(".cs-step").focus()
    page.keyboard.press(" ")
    page.get_by_label("pause").wait_for()
    sync_api.expect(page.locator(".cs-count")).to_have_text("6 / 6", timeout=5000)
    page.get_by_label("play (space)", exact=True).wait_for()


def test_predicting_hides_the_new_cell_until_a_guess(page_of):
    page = page_of(step(two_loops, X, T, ask={"dists": "the distance"})._repr_html_())
    answers = two_loops(X, T)
    field = page.locator(".cs-quiz input")
    page.locator(".cs-step").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert place(page) == "3 / 23"
    assert page.locator("td.w").all_inner_texts() == ["?"]
    shown = f"{answers[0, 0]:.2f}"
    assert shown not in page.locator(".cs-live").inner_text()
    field.fill(str(answers[0, 0]))
    page.get_by_role("button", name="check").click()
    assert page.locator("td.w").all_inner_texts() == [shown]
    assert page.locator(".cs-score").inner_text() == "1 of 1 right"
    page.keyboard.press("ArrowRight")
    field.fill("-7")
    field.press("Enter")
    assert "You said -7" in page.locator(".cs-quiz.wrong").inner_text()
    assert page.locator(".cs-score").inner_text() == "1 of 2 right"
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="reveal").click()
    assert page.locator(".cs-score").inner_text() == "1 of 2 right"
    page.keyboard.press("ArrowLeft")
    assert "You said -7" in page.locator(".cs-quiz").inner_text()
    page.get_by_label("predict first").uncheck()
    page.keyboard.press("End")
    assert not page.locator(".cs-quiz").is_visible()


@pytest.mark.parametrize(
    ("x", "guess", "right"),
    [
        (2.0, "4.0", True),  # whole numbers are to be met exactly
        (2.0, "5", False),
        (0.0, "1", False),
        (1.25, "2,5", True),
        (1.25, "2.6", True),  # within 5 parts of 100
        (1.25, "2.7", False),
        (1.25, "two", False),
        (1.25, " ", None),
    ],
)
def test_a_guess_is_judged_as_closely_as_the_number_is_shown(page_of, x, guess, right):
    def double(x):
        y = 2 * x
        return y

    page = page_of(step(double, np.array([x, 3.0]), ask={"y": "twice x"}).at(2)._repr_html_())
    page.locator(".cs-quiz input").fill(guess)
    page.get_by_role("button", name="check").click()
    sign = {True: ".right", False: ".wrong", None: " input"}[right]
    assert page.locator(f".cs-quiz{sign}").count() == 1


def test_play_waits_for_the_guess(page_of):
    page = page_of(step(no_loops, X, T, ask={"ab": "shape"})._repr_html_())
    page.get_by_label("speed").select_option(label="very fast")
    page.get_by_label("play (space)", exact=True).click()
    sync_api.expect(page.locator(".cs-quiz input")).to_be_visible()
    page.wait_for_timeout(400)
    assert place(page) == "4 / 6"
    page.locator(".cs-quiz input").fill("4,5")
    page.get_by_role("button", name="check").click()
    assert page.locator(".cs-score").inner_text() == "1 of 1 right"


def test_broadcasting_shows_stretched_operands(page_of):
    page = page_of(step(no_loops, X, T).at(5)._repr_html_())
    assert page.locator(".cs-stretch table").count() == 3
    assert page.locator(".cs-stretch td").count() == 60
    assert page.locator(".cs-stretch td.ghost").count() == 16 + 15


def drawn(page, selector):
    return page.locator(f".cs-graph {selector} title").all_text_contents()


def test_the_graph_lights_the_boxes_and_arrows_of_the_line(page_of):
    page = page_of(step(affine_backward, *AFFINE).at(4)._repr_html_())
    assert said(page).startswith("line 4: dx becomes")
    assert drawn(page, ".w") == ["dx"]
    assert sorted(drawn(page, ".r")) == ["dout", "w"]
    assert drawn(page, ".none") == ["dw", "db"]
    assert page.locator(".cs-graph path.lit:not(.tip)").count() == 2
    assert page.locator(".cs-graph svg").get_attribute("aria-label") == "graph; lit: dout to dx, w to dx"
    page.locator(".cs-graph g", has_text="db").click()
    assert said(page).startswith("line 6: db becomes")
    assert drawn(page, ".w") == ["db"]


def test_arrows_of_a_line_that_makes_two_things_are_told_apart(page_of):
    def product_backward(dout, x, y):
        dx, dy = dout * y, dout * x
        return dx, dy

    page = page_of(step(product_backward, X, X, X).at(2)._repr_html_())
    label = page.locator(".cs-graph svg").get_attribute("aria-label")
    assert label == "graph; lit: dout to dx, y to dx, dout to dy, x to dy"


def test_in_the_graph_a_gradient_stands_below_its_value_and_flows_back(page_of):
    page = page_of(step(affine_backward, *AFFINE)._repr_html_(), viewport={"width": 1000, "height": 800})
    place_of = {
        title: page.locator(f'.cs-graph g:has(title:text-is("{title}"))').bounding_box()
        for title in ("x", "dx", "dout")
    }
    assert place_of["dx"]["x"] == pytest.approx(place_of["x"]["x"], abs=2)
    assert place_of["dx"]["y"] == pytest.approx(place_of["x"]["y"] + 50, abs=3)  # no gap: one box
    assert place_of["dout"]["x"] > place_of["dx"]["x"] + 90


def test_the_graph_is_hidden_at_will_and_waits_to_be_asked_for_without_gradients(page_of):
    page = page_of(step(affine_backward, *AFFINE)._repr_html_(), step(no_loops, X, T)._repr_html_())
    graphs, boxes = page.locator(".cs-graph"), page.get_by_label("graph", exact=True)
    assert [graphs.nth(k).is_visible() for k in range(2)] == [True, False]
    boxes.nth(0).uncheck()
    boxes.nth(1).check()
    assert [graphs.nth(k).is_visible() for k in range(2)] == [False, True]


def test_the_graph_keeps_a_prediction_secret(page_of):
    page = page_of(step(affine_backward, *AFFINE, ask={"db": "the column sums"}).at(6)._repr_html_())
    box = page.locator('.cs-graph g:has(title:text-is("db"))')
    assert box.locator("text.one").inner_html() == "?"
    page.get_by_role("button", name="reveal").click()
    assert box.locator("rect.p, rect.n").count() == 2


def test_slices_follow_the_action_and_tabs_choose(page_of):
    def fill(x):
        for n in range(2):
            x[n, 1, 0, 0] = 5.0
        return x

    page = page_of(step(fill, np.zeros((2, 3, 2, 2)))._repr_html_())
    page.locator(".cs-step").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".cs-tabs .on").inner_text() == "0, 1"
    page.keyboard.press("ArrowRight")
    assert page.locator(".cs-tabs .on").inner_text() == "1, 1"
    assert page.locator("td.w").count() == 1
    page.locator(".cs-tabs button").first.click()
    assert page.locator(".cs-tabs .on").inner_text() == "0, 0"
    assert page.locator("td.w").count() == 0


def test_large_arrays_show_an_overview(page_of):
    def touch(x, big):
        x[19, 3] = 9.0
        big[1, 50, 60] = -9.0
        return x

    page = page_of(step(touch, np.ones((20, 20)), np.ones((2, 60, 70)))._repr_html_())
    page.locator(".cs-step").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("canvas").count() == 2
    assert page.locator("td.w").all_inner_texts() == ["9"]
    page.keyboard.press("ArrowRight")
    assert page.locator("td.w").all_inner_texts() == ["−9"]


def test_two_equal_steppers_on_a_page_do_not_disturb_each_other(page_of):
    text = step(no_loops, X, T)._repr_html_()
    page = page_of(text, text)
    page.locator(".cs-step").nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert (place(page, 0), place(page, 1)) == ("1 / 6", "2 / 6")


def test_without_scripts_the_key_frames_show(page_of):
    page = page_of(step(no_loops, X, T)._repr_html_(), java_script_enabled=False)
    assert page.locator(".cs-static").is_visible()
    assert page.locator(".cs-live").count() == 0
    assert page.get_by_text("squared becomes an array of shape (4, 5)").is_visible()
    assert page.locator(".cs-off").is_visible()


def test_paper_shows_the_key_frames(page_of):
    page = page_of(step(no_loops, X, T)._repr_html_())
    page.emulate_media(media="print")
    assert page.locator(".cs-static").is_visible()
    assert not page.locator(".cs-live").is_visible()
    assert not page.locator(".cs-off").is_visible()


@pytest.mark.parametrize("call", [(two_loops, X, T), (softmax_loss, X, np.array([0, 2, 1, 2]))])
def test_a_phone_scrolls_in_one_direction_only(page_of, call):
    page = page_of(step(*call)._repr_html_(), viewport={"width": 380, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert page.evaluate("(g => g.scrollWidth <= g.clientWidth)(document.querySelector('.cs-graph'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_scheme(page_of, scheme):
    page = page_of(step(no_loops, X, T)._repr_html_(), color_scheme=scheme)
    brightness = "getComputedStyle(document.querySelector('.cs-step')).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert (page.evaluate(brightness) > 128) == (scheme == "light")


def test_a_frame_changes_within_sixteen_milliseconds(page_of, record_property):
    page = page_of(step(convolve, CROSS, KERNEL)._repr_html_())
    times = page.evaluate(
        """() => {
        const root = document.querySelector(".cs-step"), times = [];
        for (let k = 0; k < 40; k++) {
            const start = performance.now();
            root.stepper.go(k % 14);
            root.offsetHeight;
            times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b);
    }"""
    )
    record_property("median_ms", times[20])
    assert times[0] < 16


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    find_browser()
    folder, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home")
    source = (
        "import numpy as np\n"
        "from cs231n_lib.step import step\n"
        "def double(x):\n    y = np.zeros(3)\n    for i in range(3):\n        y[i] = 2 * x[i]\n    return y\n"
        "step(double, np.arange(3.0))"
    )
    kernel = {"name": "python3", "display_name": "Python 3"}  # else JupyterLab may ask for one
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    cell = nbformat.v4.new_code_cell(source, execution_count=1)
    shown = step(two_loops, X, T)._repr_mimebundle_()
    cell.outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=1)]
    notebook.cells = [cell]
    nbformat.write(notebook, folder / "stepper.ipynb")
    asking = source.replace("np.arange(3.0)", "np.arange(3.0), ask={'y': 'twice x'}")
    notebook.cells = [nbformat.v4.new_code_cell(asking)]
    nbformat.write(notebook, folder / "predict.ipynb")
    server = Lab(folder, home)
    yield server
    server.stop()


def run_all(page):
    """Run all cells, once the kernel is connected, and wait for the player."""
    page.wait_for_function(f"{STATUS} === 'idle'", timeout=60_000)
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".cs-live").wait_for(timeout=60_000)


def test_jupyterlab_shows_key_frames_untrusted_and_the_player_after_running(chromium, lab):
    lab.start_kernel("stepper.ipynb")
    page = chromium.new_page()
    page.goto(f"{lab.url}/lab/tree/stepper.ipynb?token={TOKEN}&reset")
    static = page.locator(".jp-OutputArea .cs-static")
    static.wait_for(timeout=60_000)
    assert page.locator(".cs-live").count() == 0
    assert static.locator("details").count() == 6
    assert static.locator("td[style*='background']").count() > 20  # inline colours survive the sanitiser
    assert static.locator("td[style*='border']").count() > 5
    run_all(page)
    page.locator(".cs-step").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert place(page) == "4 / 6"
    assert said(page) == "line 4 (i = 1): y[1] becomes 2; it read x[1]."
    page.keyboard.press(" ")
    sync_api.expect(page.locator(".cs-count")).to_have_text("6 / 6", timeout=10_000)
    page.get_by_label("frame", exact=True).fill("0")
    assert place(page) == "1 / 6"
    page.close()


def test_jupyterlab_takes_a_prediction(chromium, lab):
    lab.start_kernel("predict.ipynb")
    page = chromium.new_page()
    page.goto(f"{lab.url}/lab/tree/predict.ipynb?token={TOKEN}&reset")
    page.locator(".jp-CodeCell").wait_for(timeout=60_000)
    run_all(page)
    page.locator(".cs-step").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator(".cs-live td.w").all_inner_texts() == ["0"]  # y[0], revealed by the arrow
    assert said(page) == "line 4 (i = 0): y[0] becomes 0; it read x[0]."
    page.keyboard.press("ArrowRight")
    assert page.locator(".cs-live td.w").all_inner_texts() == ["?"]
    page.locator(".cs-quiz input").type("2,0")  # keys typed here stay out of JupyterLab's own commands
    page.keyboard.press("Enter")
    assert page.locator(".cs-live td.w").all_inner_texts() == ["2"]
    assert page.locator(".cs-score").inner_text() == "1 of 1 right"
    page.keyboard.press("ArrowRight")
    page.locator(".cs-quiz input").fill("5")
    page.get_by_role("button", name="check", exact=True).click()
    assert page.locator(".cs-quiz.wrong").is_visible()
    assert page.locator(".cs-score").inner_text() == "1 of 2 right"
    assert page.locator(".jp-CodeCell").count() == 1
    page.close()
