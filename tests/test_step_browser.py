"""The stepper in a real browser: exported HTML with the network off, and a notebook in JupyterLab."""

import nbformat
import numpy as np
import pytest

from cs231n_lib.step import step
from cs231n_lib.step.examples import example
from cs231n_lib.textbook.layers import affine_backward, softmax_loss
from tests.browser import FLAGS, TOKEN, Lab, find_browser
from tests.test_step_record import CROSS, KERNEL, convolve, no_loops, two_loops

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

NOTEBOOK = "jupyterapp.shell.currentWidget"
PHONE = {"width": 390, "height": 800}
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
    return page.locator(f".cs-live .cs-graph {selector} title").all_text_contents()


def test_the_graph_lights_the_boxes_and_arrows_of_the_line(page_of):
    page = page_of(step(affine_backward, *AFFINE, graph=True).at(4)._repr_html_())
    assert said(page).startswith("line 4: dx becomes")
    assert drawn(page, ".w") == ["dx"]
    assert sorted(drawn(page, ".r")) == ["dout", "w"]
    assert drawn(page, ".none") == ["dw", "db"]
    assert page.locator(".cs-live .cs-graph path.lit:not(.tip)").count() == 2
    assert page.locator(".cs-live .cs-graph svg").get_attribute("aria-label") == "graph; lit: dout to dx, w to dx"
    page.locator(".cs-live .cs-graph g", has_text="db").click()
    assert said(page).startswith("line 6: db becomes")
    assert drawn(page, ".w") == ["db"]


def test_arrows_of_a_line_that_makes_two_things_are_told_apart(page_of):
    def product_backward(dout, x, y):
        dx, dy = dout * y, dout * x
        return dx, dy

    page = page_of(step(product_backward, X, X, X, graph=True).at(2)._repr_html_())
    label = page.locator(".cs-live .cs-graph svg").get_attribute("aria-label")
    assert label == "graph; lit: dout to dx, y to dx, dout to dy, x to dy"


def test_single_numbers_have_arrows_and_stand_beside_what_they_help(page_of):
    def mean_backward(dout, gamma, eps):
        N, dxhat, dm = len(dout), gamma * dout, 0.0
        for i in range(N):
            dm -= dxhat[i]
        dx = dxhat + dm / N
        return dx

    frames = step(mean_backward, np.array([1.0, 4.0]), 2.0, 1e-5, graph=True)
    labels, x = [], {}
    for k in (2, 5):
        page = page_of(frames.at(k)._repr_html_(), viewport={"width": 1000, "height": 800})
        labels.append(page.locator(".cs-live .cs-graph svg").get_attribute("aria-label"))
    for name in drawn(page, "g"):
        x[name] = page.locator(f'.cs-live .cs-graph g:has(title:text-is("{name}"))').bounding_box()["x"]
    assert labels == ["graph; lit: dout to dxhat, gamma to dxhat", "graph; lit: dxhat to dx, dm to dx"]
    assert x["gamma"] == pytest.approx(x["dxhat"], abs=2)
    assert x.keys() == {"dout", "gamma", "dxhat", "dm", "dx"}


def test_in_the_graph_a_gradient_stands_below_its_value_and_flows_back(page_of):
    page = page_of(step(affine_backward, *AFFINE, graph=True)._repr_html_(), viewport={"width": 1000, "height": 800})
    place_of = {
        title: page.locator(f'.cs-live .cs-graph g:has(title:text-is("{title}"))').bounding_box()
        for title in ("x", "dx", "dout")
    }
    assert place_of["dx"]["x"] == pytest.approx(place_of["x"]["x"], abs=2)
    assert place_of["dx"]["y"] == pytest.approx(place_of["x"]["y"] + 50, abs=3)  # no gap: one box
    assert place_of["dout"]["x"] > place_of["dx"]["x"] + 90


@pytest.mark.parametrize(
    ("graph", "folds", "open_at_first"), [(None, True, False), (True, True, True), (False, False, False)]
)
@pytest.mark.parametrize("call", [(affine_backward, *AFFINE), (no_loops, X, T)])
def test_the_graph_is_folded_unless_asked_for(page_of, call, graph, folds, open_at_first):
    page = page_of(step(*call, graph=graph)._repr_html_())
    shown = page.locator(".cs-live .cs-graph svg")
    assert page.locator(".cs-fold").is_visible() == folds
    assert (shown.count() and shown.is_visible()) == open_at_first
    if folds:
        page.locator("summary", has_text="graph").press(" ")  # and does not start to play
        sync_api.expect(shown).to_be_visible(visible=not open_at_first)
        assert page.get_by_label("play (space)", exact=True).count() == 1


def test_the_boxes_of_the_graph_answer_to_keys(page_of):
    page = page_of(step(affine_backward, *AFFINE, graph=True)._repr_html_())
    page.locator(".cs-live .cs-graph g", has_text="db").press("Enter")
    assert said(page).startswith("line 6: db becomes")
    assert page.evaluate("document.activeElement.querySelector('title').textContent") == "db"  # the focus stays


def test_the_graph_keeps_a_prediction_secret(page_of):
    asking = step(affine_backward, *AFFINE, ask={"db": "the column sums"}, graph=True)
    page = page_of(asking.at(6)._repr_html_())
    box = page.locator('.cs-live .cs-graph g:has(title:text-is("db"))')
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


def test_a_value_and_its_gradient_show_the_same_slice(page_of):
    def spread_backward(dout, w):
        dw = np.zeros_like(w)
        dw[1, 1] = dout  # w itself is not read
        return dw

    def slices():
        return page.locator(".cs-pair .cs-tabs .on").all_inner_texts()

    page = page_of(step(spread_backward, 2.0, np.ones((2, 2, 2, 2))).at(3)._repr_html_())
    page.get_by_label("one frame back").click()
    page.get_by_label("next frame").click()
    assert slices() == ["1, 1", "1, 1"]
    page.get_by_label("dw[0, 1]").press("Enter")
    assert slices() == ["0, 1", "0, 1"]
    assert page.evaluate("document.activeElement.ariaLabel") == "dw[0, 1]"


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


@pytest.mark.parametrize(
    ("call", "graph", "printed"),
    [
        ((affine_backward, *AFFINE), None, True),
        ((affine_backward, *AFFINE), False, False),
        ((no_loops, X, T), None, False),
        ((no_loops, X, T), True, True),
    ],
)
def test_paper_shows_the_graph_of_the_last_frame(page_of, call, graph, printed):
    page = page_of(step(*call, graph=graph)._repr_html_())
    paper = page.locator(".cs-paper svg")
    assert not page.locator(".cs-paper").is_visible()
    page.emulate_media(media="print")
    assert paper.count() == printed
    if printed:
        assert paper.is_visible()
        assert paper.locator("g.none").count() == 0  # all is made by the last frame
        assert paper.locator("rect.n").count() > 0
        assert "M" in "".join(paper.locator("path.cut").evaluate_all("cuts => cuts.map(c => c.getAttribute('d'))"))


@pytest.mark.parametrize("call", [(two_loops, X, T), (softmax_loss, X, np.array([0, 2, 1, 2]))])
def test_a_phone_scrolls_in_one_direction_only(page_of, call):
    page = page_of(step(*call, graph=True)._repr_html_(), viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("(g => g.scrollWidth <= g.clientWidth)(document.querySelector('.cs-graph'))")


@pytest.mark.parametrize("width", [390, 800])
def test_the_jump_list_has_room_for_its_labels(page_of, width):
    page = page_of(example("conv_backward").at(21)._repr_html_(), viewport={"width": width, "height": 800})
    label, needed, given = page.locator(".cs-jump").evaluate(
        """list => {
        const pen = document.createElement("canvas").getContext("2d"), label = list.selectedOptions[0].text;
        pen.font = getComputedStyle(list).font;
        return [label, pen.measureText(label).width + 30, list.clientWidth];
    }"""
    )
    assert label == "n = 0, f = 1, i = 0, j = 1"
    assert given >= needed
    assert "line 4: dpadded, dw = np.zeros_like(padded)…" in page.locator(".cs-jump option").all_inner_texts()


LEFT_EDGES = """row => {
    const range = document.createRange();
    range.selectNodeContents(row.lastChild);
    return Array.from(range.getClientRects(), box => box.left);
}"""


@pytest.mark.parametrize("width", [390, 800])
def test_long_signatures_wrap_with_a_hanging_indent(page_of, width):
    page = page_of(example("batchnorm_backward")._repr_html_(), viewport={"width": width, "height": 800})
    rows = page.locator(".cs-code > div")
    first, *more = rows.nth(0).evaluate(LEFT_EDGES)
    (body,) = rows.nth(2).evaluate(LEFT_EDGES)
    assert more
    assert first < body < min(more)


def test_the_line_at_work_is_in_sight(page_of):
    page = page_of(example("adam")._repr_html_(), viewport=PHONE)
    page.locator(".cs-step").press("End")
    row, code = page.locator(".cs-code .on").bounding_box(), page.locator(".cs-code").bounding_box()
    assert page.locator(".cs-code").evaluate("code => code.scrollHeight > code.clientHeight")
    assert code["y"] <= row["y"]
    assert row["y"] + row["height"] <= code["y"] + code["height"]


def test_a_wide_array_scrolls_to_the_cells_at_work(page_of):
    def last(x):
        x[0, 15] = 7.0

    page = page_of(step(last, np.full((1, 16), -0.125)).at(2)._repr_html_(), viewport=PHONE)
    cell, box = page.locator("td.w").bounding_box(), page.locator(".cs-array").bounding_box()
    assert box["x"] <= cell["x"]
    assert cell["x"] + cell["width"] <= box["x"] + box["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_scheme(page_of, scheme):
    page = page_of(step(no_loops, X, T)._repr_html_(), color_scheme=scheme)
    brightness = "getComputedStyle(document.querySelector('.cs-step')).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert (page.evaluate(brightness) > 128) == (scheme == "light")


def test_every_frame_is_drawn_at_once(page_of, record_property):
    """How long it takes is reported, not asserted."""
    steps = step(convolve, CROSS, KERNEL)
    page = page_of(steps._repr_html_())
    shown = page.evaluate(
        """count => Array.from({length: count}, (_, k) => {
        const root = document.querySelector(".cs-step"), start = performance.now();
        root.stepper.go(k);
        root.offsetHeight;
        const time = performance.now() - start, cells = Array.from(root.querySelectorAll("td.w"));
        return [time, root.querySelector(".cs-say").textContent, cells.map(cell => cell.textContent)];
    })""",
        len(steps.frames),
    )
    times, sentences, marked = zip(*shown, strict=True)
    record_property("median_ms", sorted(times)[len(times) // 2])
    assert list(sentences) == [frame.say for frame in steps.frames]
    parts = [[(f.values[n], c) for n, c in f.wrote.items() if len(c) < np.size(f.values[n])] for f in steps.frames]
    assert list(marked) == [[str(v) for value, cells in part for v in value.flat[cells]] for part in parts]


FOCUSED = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [here.className || here.ariaLabel || here.tagName, ring];
}"""


def test_every_control_is_reached_by_tab_and_shows_it(page_of):
    page = page_of(step(two_loops, X, T, ask={"dists": "the distance"}).at(9)._repr_html_())
    reached, seen = [], []
    for _ in range(16):
        page.keyboard.press("Tab")
        name, visible = page.evaluate(FOCUSED)
        reached.append(name)
        seen.append(visible)
    assert reached[0] == "cs-step live"
    assert reached[1:12] == [
        "first frame (Home)",
        "one frame back (left arrow)",
        "play (space)",
        "next frame (right arrow)",
        "last frame (End)",
        "frame",
        "speed",
        "INPUT",  # predict first
        "cs-jump",
        "Predict dists[1, 1]",
        "BUTTON",  # check
    ]
    assert reached[12:15] == ["BUTTON", "SUMMARY", "can"]  # reveal, graph, the code
    assert all(seen[:15])


def test_the_code_answers_to_keys(page_of):
    page = page_of(step(two_loops, X, T)._repr_html_())
    page.locator(".cs-code [tabindex='0']").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert said(page).startswith("line 6 (i = 0, j = 0)")
    page.keyboard.press("Enter")
    assert said(page).startswith("line 6 (i = 0, j = 1)")
    assert page.locator(".cs-code [tabindex='0']").count() == 1


def test_a_button_at_the_end_keeps_the_focus(page_of):
    page = page_of(step(no_loops, X, T).at(5)._repr_html_())
    button = page.get_by_label("next frame")
    for _ in range(3):
        button.press("Enter")
    assert place(page) == "6 / 6"
    assert button.get_attribute("aria-disabled") == "true"
    page.keyboard.press("ArrowLeft")
    assert place(page) == "5 / 6"
    assert button.get_attribute("aria-disabled") == "false"


def test_the_sentence_of_a_frame_is_announced(page_of):
    page = page_of(step(no_loops, X, T)._repr_html_())
    page.evaluate(
        """() => {
        const live = document.querySelector('.cs-say[aria-live="polite"]');
        window.heard = [];
        new MutationObserver(() => heard.push(live.textContent)).observe(live, {childList: true});
    }"""
    )
    for _ in range(2):
        page.locator(".cs-step").press("ArrowRight")
    assert page.evaluate("heard") == [frame.say for frame in step(no_loops, X, T).frames[1:3]]


CONTRAST = """() => {
    const numbers = text => text.match(/[\\d.]+/g).map(Number);
    const over = (top, alpha, below) => below.map((b, k) => top[k] * alpha + b * (1 - alpha));
    const light = c => c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, k) => sum + v * [.2126, .7152, .0722][k], 0);
    const ratio = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
    const found = [];
    document.querySelectorAll(".cs-live *").forEach(node => {
        const own = Array.from(node.childNodes).some(n => n.nodeType === 3 && n.data.trim());
        if (!own || !node.getClientRects().length || node.closest("option, svg, [aria-disabled=true]")) return;
        const chain = [], style = getComputedStyle(node), grounds = [[255, 255, 255]];
        for (let at = node; at; at = at.parentElement) chain.unshift(getComputedStyle(at));
        chain.map(s => numbers(s.backgroundColor)).forEach(c => { grounds[0] = over(c, c[3] ?? 1, grounds[0]); });
        if (style.backgroundImage !== "none") { // hatched: stripes of black
            const stripe = numbers(style.getPropertyValue("--hatch"));
            grounds.push(over(stripe, stripe[3], grounds[0]));
        }
        const what = node.className + ": " + node.textContent.slice(0, 30);
        grounds.forEach(ground => found.push([ratio(numbers(style.color), ground), what]));
    });
    return found.sort((a, b) => a[0] - b[0]);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["batchnorm_backward", "attention_forward", "max_pool_backward"])
def test_text_stands_out_from_its_ground(page_of, name, scheme, record_property):
    steps = example(name)
    page = page_of(steps._repr_html_(), color_scheme=scheme, reduced_motion="reduce")
    worst = []
    for k in range(len(steps.frames)):
        page.evaluate("k => document.querySelector('.cs-step').stepper.go(k)", k)
        worst.append(page.evaluate(CONTRAST)[0])
    record_property("least_contrast", min(worst))
    assert min(worst)[0] >= 4.5, min(worst)


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
    assert static.locator("span[style*='text-indent']").count() == 7  # and so does the hanging indent
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
