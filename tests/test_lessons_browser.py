"""Every lesson in a real JupyterLab: run all cells, move every control by key, step every stepper."""

from __future__ import annotations

import ast
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser import TOKEN, Lab, chromium

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PICTURES = ROOT / "build" / "browser"
PATIENCE = 10_000  # milliseconds for a picture to follow its control

# Run in the page, where JupyterLab offers itself as `jupyterapp`.
NOTEBOOK = "jupyterapp.shell.currentWidget"
KERNEL = f"{NOTEBOOK}?.sessionContext?.session?.kernel"
CELLS = f"{NOTEBOOK}.content.widgets.filter(w => w.model.type === 'code' && w.model.sharedModel.source.trim())"
RAN = f"{CELLS}.every(w => w.model.executionCount !== null && w.model.executionState === 'idle')"
ERRORS = f"{CELLS}.flatMap(w => w.model.sharedModel.getOutputs()).filter(o => o.output_type === 'error')"
# ipywidgets swallows what a callback raises: it goes to no cell, only over the wire.
LISTEN = f"""() => {{
    window.complaints = [];
    {KERNEL}.iopubMessage.connect((_, {{header, content}}) => {{
        if (header.msg_type === "error") complaints.push(content.ename + ": " + content.evalue);
        if (header.msg_type === "stream" && content.name === "stderr") complaints.push(content.text);
    }});
}}"""
ASK = f"""async ([code, expression]) => {{
    const content = {{code, silent: true, user_expressions: {{answer: expression}}}};
    const reply = await {KERNEL}.requestExecute(content).done;
    return reply.content.user_expressions.answer.data["text/plain"];
}}"""

# Run in the kernel: what the explorations are, in the order in which the cells made them.
TELL = """
def _explorations():
    import gc, json
    from ipywidgets.widgets.widget import _instances
    from cs231n_lib.show.widgets import Exploration

    made = [thing for thing in gc.get_objects() if issubclass(type(thing), Exploration)]  # isinstance wakes modules
    made.sort(key=lambda exploration: list(_instances).index(exploration.view.model_id))
    tied = [control for exploration in made for control in exploration.controls.values()]
    loose = [type(w).__name__ for w in _instances.values() if w.has_trait("disabled") and w not in tied]
    told = [
        {"words": e.words, "controls": [[name, type(c).__name__, repr(c.value)] for name, c in e.controls.items()]}
        for e in made
    ]
    return json.dumps({"explorations": told, "loose": loose})
"""


# The lessons in JupyterLab ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "course")
    server = Lab(folder / "course", folder)
    yield server
    server.stop()


@contextmanager
def opened(lab, browser, name):
    """Give a page with the notebook `name` run from top to bottom, or to its first error."""
    lab.start_kernel(name)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    thrown = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(f"{lab.url}/lab/tree/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_function(f"{KERNEL}?.status === 'idle'", timeout=60_000)
    page.evaluate(f"{CELLS}.forEach(w => {{ w.model.executionCount = null }})")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"{KERNEL}?.status === 'idle' && ({RAN} || {ERRORS}.length)", timeout=300_000)
    page.evaluate(LISTEN)
    try:
        yield page
    finally:
        page.close()
        lab.stop_kernel(name)
    assert thrown == []


def errors(page):
    return page.evaluate(f"{ERRORS}.map(o => o.ename + ': ' + o.evalue)")


def complaints(page):
    """Return what the kernel raised or wrote to stderr since the cells were run."""
    return page.evaluate("complaints")


def asked(page):
    """Ask the kernel for its explorations, and for controls that belong to none."""
    return json.loads(ast.literal_eval(page.evaluate(ASK, [TELL, "_explorations()"])))


# Controls ---------------------------------------------------------------------------------------------------------


def slider_moves(control):
    handle = control.locator(".noUi-handle")
    now, end = (float(handle.get_attribute(f"aria-value{name}")) for name in ("now", "max"))
    return {"": lambda: handle.press("ArrowLeft" if now == end else "ArrowRight")}


def button_moves(control):
    """Press each button, last of all the one that is pressed at first: what it chooses lets the others act."""
    buttons = sorted(control.locator("button").all(), key=lambda b: "mod-active" in b.get_attribute("class"))
    return {f" to {button.inner_text().strip()!r}": lambda button=button: button.press("Space") for button in buttons}


def text_moves(control):
    """Write the words in the other order."""

    def write():
        field = control.locator("input")
        field.fill(" ".join(reversed(field.input_value().split())))
        field.press("Enter")

    return {"": write}


MOVES = {
    "IntSlider": slider_moves,
    "FloatSlider": slider_moves,
    "FloatLogSlider": slider_moves,
    "SelectionSlider": slider_moves,
    "ToggleButtons": button_moves,
    "Text": text_moves,
}


def seen(box):
    """Return the picture of an exploration and its alternative text."""
    picture = box.locator("img").first
    return picture.get_attribute("src"), picture.get_attribute("alt")


def drawn(views, number):
    """Wait for `number` widgets and return all there are: JupyterLab draws them one by one after their cell is done."""
    if number:
        views.nth(number - 1).wait_for()
    return views.all()


def move_everything(page):
    """Move each control of each exploration; return the names of those moved, exploration by exploration."""
    told = asked(page)
    assert told["loose"] == [], "controls that belong to no exploration"
    boxes = drawn(page.locator(".jp-OutputArea-output .widget-vbox"), len(told["explorations"]))
    assert [seen(box)[1] for box in boxes] == [exploration["words"] for exploration in told["explorations"]]
    return [move_controls(page, k) for k in range(len(boxes))]


def move_controls(page, k):
    """Move each control of the exploration number `k` of a page; return their names.

    Sliders come first. Text comes last: a button chooses it, so there the buttons do not go back to the first one.
    """
    box = page.locator(".jp-OutputArea-output .widget-vbox").nth(k)
    box.scroll_into_view_if_needed()
    controls = asked(page)["explorations"][k]["controls"]
    for name, kind, _ in controls:
        if kind not in MOVES:
            pytest.fail(f"{name}: no test knows how to move a {kind}")
    views = drawn(box.locator(".widget-hbox").first.locator(":scope > :has(.widget-label)"), len(controls))
    moved = {}
    for n in sorted(range(len(views)), key=lambda n: list(MOVES).index(controls[n][1])):
        name, kind, _ = controls[n]
        moves = list(MOVES[kind](views[n]).items())
        if kind == "ToggleButtons" and any(other == "Text" for _, other, _ in controls):
            moves.pop()
        for where, move in moves:
            follow(page, box, (k, n), f"{kind} {name}{where}", move)
            moved[n] = name
    return [moved[n] for n in sorted(moved)]


def follow(page, box, place, what, move):
    """Move a control and see that its value, the picture and the words below it follow, and that nothing complains."""
    k, n = place
    value, (picture, _) = asked(page)["explorations"][k]["controls"][n][2], seen(box)
    move()
    for _ in range(PATIENCE // 50):
        if seen(box)[0] != picture:
            break
        page.wait_for_timeout(50)
    page.wait_for_function(f"{KERNEL}.status === 'idle'")
    exploration = asked(page)["explorations"][k]
    if found := complaints(page):
        pytest.fail(f"{what}: the kernel complains: {found}")
    if exploration["controls"][n][2] == value:
        pytest.fail(f"{what}: its value stays {value}")
    if seen(box)[0] == picture:
        pytest.fail(f"{what}: the picture stays as it was")
    if seen(box)[1] != exploration["words"]:
        pytest.fail(f"{what}: the picture says {seen(box)[1]!r}, not {exploration['words']!r}")


def controls_in(notebook):
    """Return the names of the controls of each call of `explore` in a notebook's source."""
    calls = [node for tree in trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    explored = [call for call in calls if ast.unparse(call.func) == "explore"]
    return [[word.arg for word in call.keywords if word.arg not in ("draw", "alt")] for call in explored]


def trees(notebook):
    return [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


# Steppers ---------------------------------------------------------------------------------------------------------


def step_every_stepper(page):
    """Step each stepper by key, those folded into a report too; return how many there were."""
    page.evaluate("document.querySelectorAll('.jp-OutputArea-output details').forEach(fold => { fold.open = true })")
    steppers = page.locator(".jp-OutputArea-output .cs-step").all()
    for stepper in steppers:
        last = int(stepper.locator(".cs-count").inner_text().split(" / ")[1])
        for key, expected in (
            ("Home", 1),
            ("ArrowRight", min(2, last)),
            ("End", last),
            ("ArrowLeft", max(last - 1, 1)),
        ):
            stepper.press(key)
            assert stepper.locator(".cs-count").inner_text() == f"{expected} / {last}"
    return len(steppers)


def steppers_in(notebook):
    """Count the steppers in a notebook's stored outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    return sum(output.data.get("text/html", "").count('<div class="cs-step">') for output in outputs)


def run_and_answer(lab, browser, path):
    lesson = nbformat.read(path, as_version=4)
    with opened(lab, browser, path.name) as page:
        assert errors(page) == []
        assert move_everything(page) == controls_in(lesson)
        assert step_every_stepper(page) == steppers_in(lesson)
        assert complaints(page) == []
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{path.stem}.png")
    return lesson


def test_the_first_lesson_runs_and_answers(lab, browser):
    run_and_answer(lab, browser, LESSONS[0])


@pytest.mark.browser
@pytest.mark.parametrize("path", LESSONS[1:], ids=lambda path: path.stem)
def test_every_other_lesson_runs_and_answers(lab, browser, path):
    run_and_answer(lab, browser, path)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_kind_of_control_is_one_that_is_moved(path):
    lesson = nbformat.read(path, as_version=4)
    imports = [
        node for tree in trees(lesson) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)
    ]
    kinds = {name.name for node in imports if getattr(node, "module", "") == "ipywidgets" for name in node.names}
    assert kinds and kinds <= MOVES.keys()
    assert not any(
        name.name.startswith("ipywidgets") for node in imports if isinstance(node, ast.Import) for name in node.names
    )
    assert all(controls_in(lesson)) and steppers_in(lesson)


# Planted faults ---------------------------------------------------------------------------------------------------

START = """
import threading
import warnings

import matplotlib.pyplot as plt
from ipywidgets import Checkbox, FloatLogSlider, FloatSlider, IntSlider, SelectionSlider, Text, ToggleButtons

from cs231n_lib.show import explore
from cs231n_lib.show.widgets import Exploration


def bars(**values):
    assert threading.current_thread() is threading.main_thread(), "a picture is drawn while a cell may run"
    fig, ax = plt.subplots(figsize=(2, 2))
    ax.text(0, 0, "\\n".join(str(value) for value in values.values()))
    return fig
"""
SOUND = """
explore(
    bars,
    "{k} {x} {size:.1f} {unit} {way} {words}",
    k=IntSlider(9, min=0, max=9),
    x=FloatSlider(0.5, min=0, max=1),
    size=FloatLogSlider(1.0, min=-1, max=1),
    unit=SelectionSlider(options=["m", "km"]),
    way=ToggleButtons(options=["up", "down", "left"], value="down"),
    words=Text("one two", continuous_update=False),
)
"""
RAISES = """
def raises(k):
    if k == 2:
        raise ZeroDivisionError("planted")
    return bars(k=k)


explore(raises, "raises at {k}", k=IntSlider(1))
"""
WARNS = """
def warns(k):
    if k == 2:
        warnings.warn("planted")
    return bars(k=k)


explore(warns, "warns at {k}", k=IntSlider(1))
"""
IDLE = """
explore(lambda k, way: bars(k=k), "idle at {k}", k=IntSlider(1), way=ToggleButtons(options=["up", "down"]))
"""
DEAF = """
seen = explore(bars, "deaf at {k}", k=IntSlider(1))
seen.controls["k"].unobserve_all("value")
seen
"""
STUCK = """
class Stuck(Exploration):
    def _redraw(self, change=None):
        super()._redraw()
        self.picture.value = self.picture.value.replace("stuck at 2", "stuck at 1")


Stuck(bars, "stuck at {k}", {"k": IntSlider(1)})
"""
STILL = 'explore(bars, "still at {k}", k=IntSlider(1, disabled=True))'
UNKNOWN = 'explore(bars, "unknown at {k}", k=Checkbox(False))'
FAULTS = {
    RAISES: r"^IntSlider k: the kernel complains: .*ZeroDivisionError: planted",
    WARNS: "^IntSlider k: the kernel complains: .*planted",
    IDLE: "^ToggleButtons way to 'down': the picture stays as it was",
    DEAF: "^IntSlider k: the picture stays as it was",
    STUCK: "^IntSlider k: the picture says 'stuck at 1', not 'stuck at 2'",
    STILL: "^IntSlider k: its value stays 1",
    UNKNOWN: "^k: no test knows how to move a Checkbox",
}


@pytest.fixture(scope="module")
def planted(lab, browser):
    """Open a notebook with a sound exploration, broken ones, a control by itself, and a cell that raises."""
    sources = [START, SOUND, *FAULTS, "IntSlider(3)", "1 / 0", "print('never run')"]
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), lab.folder / "planted.ipynb")
    with opened(lab, browser, "planted.ipynb") as page:
        yield page


def test_a_control_of_every_kind_is_moved(planted):
    before = asked(planted)["explorations"][0]["controls"]
    assert {kind for _, kind, _ in before} == MOVES.keys()
    assert move_controls(planted, 0) == [name for name, _, _ in before]
    assert asked(planted)["explorations"][0]["words"] == "8 0.6 1.3 km left two one"
    assert complaints(planted) == []


@pytest.mark.parametrize(("number", "message"), list(enumerate(FAULTS.values(), 1)))
def test_a_broken_exploration_is_reported(planted, monkeypatch, number, message):
    monkeypatch.setattr("tests.test_lessons_browser.PATIENCE", 1000)
    planted.evaluate("complaints.length = 0")
    with pytest.raises(pytest.fail.Exception, match=message):
        move_controls(planted, number)


def test_a_control_outside_every_exploration_is_reported(planted):
    with pytest.raises(AssertionError, match="belong to no exploration"):
        move_everything(planted)


def test_a_cell_that_raises_is_reported(planted):
    assert errors(planted) == ["ZeroDivisionError: division by zero"]
