"""Pages and outputs judged by axe-core, all its default rules, in light and dark: no violations."""

from __future__ import annotations

from importlib.resources import files

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cs231n_lib.handouts import build, page
from cs231n_lib.step import step
from cs231n_lib.step.examples import example
from tests.browser import Lab, chromium
from tests.test_lessons_browser import errors
from tests.test_lessons_browser import opened as lab_page
from tests.test_step_record import no_loops, two_loops

SAMPLE = ("00_start_here", "09_dropout")
LESSONS = [path.stem for path in build.find([])]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1000, "height": 900}
READERS = pytest.mark.parametrize("reader", build.READERS)
LOOKS = pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light", "dark phone"])
RNG = np.random.default_rng(7)
X, T = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3))
OPEN_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
FAULTS = """async (where) => {
    const {violations} = await axe.run(where, {resultTypes: ["violations"]});
    return violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + "\\n" + n.failureSummary));
}"""

LOOK = "node => (style => style.backgroundColor + style.outline + style.boxShadow)(getComputedStyle(node))"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser, tmp_path):
    """Return a function that opens HTML without network, everything unfolded and all mathematics set."""
    contexts = []

    def open_page(text, scheme="light", size=DESK):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(offline=True, color_scheme=scheme, viewport=size, reduced_motion="reduce"))
        tab = contexts[-1].new_page()
        tab.goto(path.as_uri())
        tab.evaluate("window.MathJax?.startup.promise")
        tab.evaluate(OPEN_FOLDS)
        return tab

    yield open_page
    for context in contexts:
        context.close()


def faults(tab, where="html"):
    """Return what axe-core finds wrong in the parts of a page that the selector `where` names."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    return tab.evaluate(FAULTS, where)


def handout(lesson, reader):
    (path,) = build.find([lesson])
    return page.page(build.variant(build.read(path), reader, "as set"), f"{lesson} ({reader})")


# Handouts ---------------------------------------------------------------------------------------------------------


def page_faults(opened, lesson, reader, scheme, size):
    tab = opened(handout(lesson, reader), scheme, size)
    found = faults(tab)
    width = tab.evaluate("document.documentElement.scrollWidth")
    return found if width <= size["width"] else [*found, f"the page is {width} pixels wide"]


@pytest.mark.browser
@LOOKS
@READERS
@pytest.mark.parametrize("lesson", SAMPLE)
def test_a_handout_of_the_sample_is_accessible(opened, lesson, reader, scheme, size):
    assert page_faults(opened, lesson, reader, scheme, size) == []


@pytest.mark.full
@LOOKS
@READERS
@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if lesson not in SAMPLE])
def test_a_handout_is_accessible(opened, lesson, reader, scheme, size):
    assert page_faults(opened, lesson, reader, scheme, size) == []


@pytest.mark.browser
@LOOKS
def test_the_index_of_handouts_is_accessible(opened, tmp_path, scheme, size):
    build.build(["00"], tmp_path, formats=["ipynb"])
    assert faults(opened((tmp_path / "index.html").read_text(encoding="utf-8"), scheme, size)) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_slides_are_accessible(opened, scheme):
    (path,) = build.find(["00"])
    tab = opened(page.deck(build.variant(build.read(path), "student", "as set"), "x"), scheme)
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 27)"}[scheme]
    tall = 0
    for _ in range(16):
        assert faults(tab) == []
        tall += tab.locator(".present[tabindex='0']").count()
        tab.keyboard.press("Space")
    assert tall  # some slide is taller than the screen


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('<img src="data:,">', "image-alt"),
        ('<p style="color: #999">Too pale.</p>', "color-contrast"),
        ("<h5>Two levels deeper</h5>", "heading-order"),
        (
            '<div style="width: 99px; height: 40px; overflow: auto; white-space: nowrap">'
            + "a long line " * 20
            + "</div>",
            "scrollable-region-focusable",
        ),
        ("<ul><p>No item.</p></ul>", "list"),
        ('<input type="range">', "label"),
        ('<button style="width: 30px; height: 30px"></button>', "button-name"),
        ("</main><p>Outside.</p><main>", "region"),
    ],
)
def test_a_planted_fault_is_found(opened, fault, rule):
    tab = opened(handout("00_start_here", "student").replace("</main>", f"{fault}</main>"))
    assert {found.split(":")[0] for found in faults(tab)} >= {rule}


# Steppers ---------------------------------------------------------------------------------------------------------


def fails(x):
    y = x / x.sum()
    return y[9]


def doubles(x):
    y = 2 * x
    return y


STEPPERS = [
    step(two_loops, X, T, ask={"dists": "the distance"}, graph=True).at(9),  # an open question
    example("attention_forward").at(8),
    example("max_pool_backward").at(7),
    example("batchnorm_backward").at(6),
    step(no_loops, X, T).at(5),  # stretched operands
    step(doubles, np.ones((40, 40))).at(2),  # an overview and a window
    step(fails, X).at(3),
]
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>x</title></head><body><main><h1>x</h1>{}</main></body></html>
"""


@pytest.mark.browser
@LOOKS
@pytest.mark.parametrize("without_scripts", [False, True])
def test_steppers_are_accessible(opened, scheme, size, without_scripts):
    tab = opened(PAGE.format("".join(steps._repr_html_() for steps in STEPPERS)), scheme, size)
    if without_scripts:
        tab.evaluate(
            """() => document.querySelectorAll(".cs-step").forEach(stepper => {
            stepper.classList.remove("live");
            stepper.querySelector(".cs-live").remove();
        })"""
        )
    assert tab.locator(".cs-static").first.is_visible() == without_scripts
    assert faults(tab) == []


# JupyterLab -------------------------------------------------------------------------------------------------------

SHOWN = [
    """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, FloatSlider, IntSlider, SelectionSlider, Text, ToggleButtons

from cs231n_lib.check import check
from cs231n_lib.progress import progress
from cs231n_lib.show import explore, figure
from cs231n_lib.step import step


def drawn(**values):
    fig, ax = plt.subplots(figsize=(2, 2))
    ax.text(0, 0, str(values))
    return fig


def my_relu_backward(dout, cache):
    dx = dout * (cache < 0)
    return dx


for _ in progress(range(3), "a bar"):
    pass
figure(drawn(), "Nothing yet.")
""",
    """
explore(
    drawn,
    "{k} {x} {size:.1f} {unit} {way} {words}",
    k=IntSlider(3, description="k"),
    x=FloatSlider(0.5, description="x"),
    size=FloatLogSlider(1.0, description="size"),
    unit=SelectionSlider(options=["m", "km"], description="unit"),
    way=ToggleButtons(options=["up", "down"], description="way"),
    words=Text("one", description="words"),
)
""",
    'check("relu_backward", my_relu_backward)',
    'step(my_relu_backward, np.ones(3), np.arange(3), ask={"dx": "the gradient"}).at(2)',
]
# JupyterLab shows a PNG without its alternative text; `figure` therefore writes it below as well.
OUTPUTS = {"include": [[".jp-OutputArea-output"]], "exclude": [[".jp-RenderedImage img"]]}


@pytest.fixture(scope="module")
def notebook(browser, tmp_path_factory):
    """Open a notebook with everything that a lesson shows in JupyterLab, run."""
    home = tmp_path_factory.mktemp("home")
    (home / "course").mkdir()
    cells = [new_code_cell(source) for source in SHOWN]
    nbformat.write(new_notebook(cells=cells), home / "course" / "shown.ipynb")
    lab = Lab(home / "course", home)
    with lab_page(lab, browser, "shown.ipynb") as tab:
        tab.evaluate(OPEN_FOLDS)
        yield tab
    lab.stop()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_outputs_in_jupyterlab_are_accessible(notebook, theme):
    assert errors(notebook) == []
    notebook.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    notebook.wait_for_selector(f"body[data-jp-theme-name='{theme}']", state="attached")
    notebook.wait_for_load_state("networkidle")
    assert notebook.locator(".cs-live").count() > 1
    assert faults(notebook, OUTPUTS) == []


@pytest.mark.browser
def test_controls_tell_their_name_and_state(notebook):
    handles = notebook.get_by_role("slider").and_(notebook.locator(".noUi-handle"))
    told = handles.evaluate_all("handles => handles.map(h => [h.ariaLabel, h.ariaValueText])")
    assert told == [["k", "3"], ["x", "0.50"], ["size", "1.00"], ["unit", "m"]]
    assert notebook.get_by_role("button", name="up", exact=True, pressed=True).count() == 1
    notebook.get_by_label("unit").press("ArrowRight")
    notebook.get_by_role("button", name="down", exact=True).press("Space")
    notebook.get_by_role("button", name="down", exact=True, pressed=True).wait_for()
    assert notebook.get_by_role("button", name="up", exact=True, pressed=True).count() == 0
    notebook.locator(".noUi-handle[aria-label=unit][aria-valuetext=km]").wait_for()
    assert notebook.get_by_role("textbox", name="words").count() == 1


@pytest.mark.browser
def test_every_control_is_reached_by_tab_and_shows_it(notebook):
    notebook.locator(".noUi-handle").first.focus()
    for name in ("k", "x", "size", "unit"):
        here = notebook.locator(":focus")
        assert here.get_attribute("aria-label") == name
        focused = here.evaluate(LOOK)
        notebook.keyboard.press("Tab")
        assert notebook.locator(f".noUi-handle[aria-label={name}]").evaluate(LOOK) != focused
        notebook.keyboard.press("Tab")  # past the number beside it
