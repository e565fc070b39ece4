"""Every fault planted in a stored notebook turns the strict suite red, and rounding does not."""

import base64
import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from cs231n_lib import strict
from cs231n_lib.execute import code_cells
from cs231n_lib.step import step
from cs231n_lib.step.script import players, without_player
from cs231n_lib.strict.compare import (
    blurred_difference,
    other_players,
    output_differences,
    picture_difference,
    text_differences,
)
from tests.test_step_record import two_loops

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"

# Run in the kernel and here: what a cell draws and what is stored for it come from the same few lines.
DRAWING = """
import base64, io, math, os, time
from IPython.display import HTML, display
from PIL import Image, ImageDraw

def png(height=300, up=0, colour="steelblue", size=(640, 480), dot=False, background=None):
    picture = Image.new("RGBA", size, background or (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    points = [(x, 400 - up - height * math.exp(-x / 160)) for x in range(20, 600)]
    draw.line(points, fill=colour, width=2)
    if dot:
        draw.ellipse((200, 60, 208, 68), fill="red")
    file = io.BytesIO()
    picture.save(file, "png")
    return base64.b64encode(file.getvalue()).decode()

def show(alt="a falling curve", **what):
    display({"image/png": png(**what), "text/plain": "<figure>"}, metadata={"image/png": {"alt": alt}}, raw=True)

def html(**what):
    return HTML(f'<img alt="a curve" src="data:image/png;base64,{png(**what)}">')

ROOT = '(document.currentScript||document.querySelector(".cs-step:not(.live)>script")).parentNode'

def stepper(key="0.5", style=".a{}", player="function(root,data){}", data='{"frames":[{"l":3}]}'):
    script = f"<style>{style}</style><script>({player})({ROOT},{data})</script>"
    return HTML(f'<div class="cs-step"><td>{key}</td>{script}</div>')
"""
_drawing: dict = {}
exec(DRAWING, _drawing)
png = _drawing["png"]


def prints(text, name="stdout"):
    return [new_output("stream", name=name, text=text)]


def result(text, **mimes):
    data = {"text/plain": text} | {key.replace("_", "/"): value for key, value in mimes.items()}
    return [new_output("execute_result", data=data, execution_count=1)]


def shows(alt="a falling curve", **what):
    data = {"image/png": png(**what), "text/plain": "<figure>"}
    return [new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})]


def html(**what):
    page = f'<img alt="a curve" src="data:image/png;base64,{png(**what)}">'
    return result(PAGE, text_html=page)


def steps(**what):
    return result(PAGE, text_html=_drawing["stepper"](**what).data)


class Plant(NamedTuple):
    source: str
    outputs: list
    tags: tuple[str, ...] = ()
    complaint: str = ""  # what the failure must say; empty: the cell passes


ERROR = [new_output("error", ename="ValueError", evalue="no", traceback=[])]
PAGE = "<IPython.core.display.HTML object>"
VIEW = "application/vnd.jupyter.widget-view+json"

CELLS = {
    # text and numbers
    "same": Plant("print('loss 0.500, 3 of 4')", prints("loss 0.500, 3 of 4\n")),
    "off by rounding": Plant("print('loss 0.500')", prints("loss 0.501\n")),
    "wrong number": Plant("print('loss 0.500')", prints("loss 0.502\n"), (), "stored 0.502, computed 0.500"),
    "within its tol": Plant("print('acc 0.50')", prints("acc 0.52\n"), ("tol=0.02",)),
    "beyond its tol": Plant("print('acc 0.50')", prints("acc 0.53\n"), ("tol=0.02",), "allowed 0.02"),
    "too large a tol": Plant("print('acc 0.50')", prints("acc 0.50\n"), ("tol=0.5",), "at most 0.03"),
    "integer off by one": Plant("print('7 wrong')", prints("8 wrong\n"), (), "8 wrong"),
    "integer off by one, tol": Plant("print('7 wrong')", prints("8 wrong\n"), ("tol=0.03",), "8 wrong"),
    "wrong text": Plant("print('a cat')", prints("a car\n"), (), "computed 'a cat"),
    "wrong stderr": Plant("import sys; print('a', file=sys.stderr)", prints("a\n"), (), "computed outputs: stderr"),
    "nan": Plant("float('nan')", result("0.5"), (), "nan"),
    "padded array": Plant("import numpy as np; np.array([.3, 2.])", result("array([0.3001, 2.    ])"), ("tol=0.01",)),
    "wrong html": Plant("HTML('<b>1</b>')", result(PAGE, text_html="<b>2</b>"), (), "html"),
    "missing output": Plant("7", prints("7\n") + result("7"), (), "stored outputs: stdout, text/plain"),
    "extra output": Plant("print(7)\n7", prints("7\n"), (), "computed outputs: stdout, text/plain"),
    "stored output, none made": Plant("x = 7", result("7"), (), "computed outputs: none"),
    "widget view is ignored": Plant(f"display({{'{VIEW}': {{}}, 'text/plain': 'w'}}, raw=True)", result("w")),
    "process number in a warning": Plant(
        "import warnings; warnings.warn('hm')",
        prints("<cell>:1: UserWarning: hm\n  import warnings; warnings.warn('hm')\n", "stderr"),
    ),
    # pictures
    "same picture": Plant("show()", shows()),
    "curve moved by its width": Plant("show()", shows(up=2)),
    "transparent or white": Plant("show()", shows(background="white")),
    "other curve": Plant("show()", shows(height=340), (), "build/notebook-failures/cells-in"),
    "other colour": Plant("show()", shows(colour="red"), (), "RMS"),
    "small dot more": Plant("show(dot=True)", shows(), (), "at most"),
    "other size": Plant("show()", shows(size=(640, 481)), (), "640 x 481 stored, 640 x 480 computed"),
    "other alt": Plant("show()", shows(alt="a rising curve"), (), "alt of image/png"),
    "html picture": Plant("html()", html(up=1)),
    "wrong html picture": Plant("html()", html(height=340), (), "picture 1: blurred"),
    "second picture missing": Plant("show()", shows() + shows(), (), "stored outputs"),
    # steppers
    "other player": Plant("stepper()", steps(player="function(r,d){play(1)}")),
    "other style": Plant("stepper()", steps(style="a>b{top:1px}")),
    "other data": Plant("stepper()", steps(data='{"frames":[{"l":4}]}'), (), '{"l":4'),
    "other key frame": Plant("stepper()", steps(key="0.7"), (), "stored 0.7"),
    "no data": Plant("stepper()", steps(data="{}"), (), "html"),
    "no player": Plant("stepper()", result(PAGE, text_html='<div class="cs-step"><td>0.5</td></div>'), (), "html"),
    # free cells
    "free picture": Plant("print(3)\nshow()", prints("3\n") + shows(height=30), ("trained",)),
    "free, other size": Plant("print(3)\nshow()", prints("3\n") + shows(size=(9, 9)), ("trained",), "9 x 9 stored"),
    "free, wrong fact": Plant("print(3)\nshow()", prints("4\n") + shows(height=30), ("timing",), "'4"),
    "free, no fact": Plant("show()", shows(height=30), ("timing",), "must also print a fact"),
    # excuses
    "raises": Plant("1 / 0", [], (), "ZeroDivisionError"),
    "raises by permission": Plant("raise ValueError('no')", ERROR, ("raises-exception",), "Cell execution caused"),
    "error stored": Plant("x = 1", ERROR, (), "an error is stored"),
    "permission unused": Plant("x = 1", [], ("raises-exception",), "would excuse"),
    "skip by tag": Plant("x = 1", [], ("nbval-skip",), "would excuse"),
    "ignored by tag": Plant("print(1)", prints("1\n"), ("nbval-ignore-output",), "would excuse"),
    "ignored by tag, wrong": Plant("print(1)", prints("2\n"), ("nbval-ignore-output",), "'2"),
    "skip by comment": Plant("# NBVAL_SKIP\nprint(1)", prints("2\n"), (), "'2"),
    "ignored by comment": Plant("# NBVAL_IGNORE_OUTPUT\nprint(1)", prints("1\n"), (), "would excuse"),
    "never run": Plant("x = 1", [], (), "never run"),
}


def notebook(plants):
    cells = [
        new_code_cell(plant.source, outputs=plant.outputs, execution_count=count, metadata={"tags": list(plant.tags)})
        for count, plant in enumerate(plants, 1)
    ]
    return new_notebook(cells=cells)


def planted_notebooks():
    setup = Plant(DRAWING, [])
    cells = notebook([setup, *CELLS.values()])
    next(cell for cell, name in zip(cells.cells[1:], CELLS, strict=True) if name == "never run").execution_count = None
    free = [Plant("print(3)", prints("3\n"), ("trained",))]
    dead = notebook([Plant("import os; os._exit(1)", []), Plant("print(1)", prints("1\n"))])
    stripped = notebook([Plant("print(1)", []), Plant("x = 2", [])])
    for cell in stripped.cells:
        cell.execution_count = None
    swallowed = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print(1)"
    return {
        "cells": cells,
        "dead": dead,
        "stripped": stripped,
        "slow": notebook([*free * 3, Plant(swallowed, prints("1\n"))]),
    }


class Outcome(NamedTuple):
    status: str
    message: str


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Run all planted notebooks in one pytest; return (outcomes by notebook and test name, what it printed, folder)."""
    folder = tmp_path_factory.mktemp("planted")
    for name, planted in planted_notebooks().items():
        nbformat.write(planted, folder / f"{name}.ipynb")
    (folder / "pytest.ini").write_text("[pytest]\n")
    plugins = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
    flags = ["--nbval", "--nbval-cell-timeout=5", "-q", "-c", "pytest.ini", "--junitxml=out.xml"]
    command = [sys.executable, "-m", "pytest", *plugins, *flags]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    found = {}
    for case in ET.parse(folder / "out.xml").iter("testcase"):
        verdict = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        outcome = Outcome("passed", "") if verdict is None else Outcome(verdict.tag, str(verdict.text))
        found[case.get("classname"), case.get("name")] = outcome
    return found, done.stdout, folder


def outcome(outcomes, book, test):
    return outcomes[0][f"{book}.ipynb", test]


@pytest.mark.parametrize("name", CELLS)
def test_planted_cell(outcomes, name):
    number = list(CELLS).index(name) + 1  # the cell that defines the drawing comes first
    status, message = outcome(outcomes, "cells", f"Cell {number}")
    if CELLS[name].complaint:
        assert status == "failure"
        assert CELLS[name].complaint in message
        assert f"cells.ipynb, In [{number + 1}] (id " in message  # the notebook and the cell are named
        assert CELLS[name].source.partition("\n")[0][:60] in message
    else:
        assert status == "passed", message


def test_dead_kernel_fails_its_cell(outcomes):
    status, message = outcome(outcomes, "dead", "Cell 0")
    assert status == "failure"
    assert "the kernel died" in message
    assert outcome(outcomes, "dead", "Cell 1").status != "passed"


def test_stripped_notebook_fails(outcomes):
    for cell in ("Cell 0", "Cell 1"):
        status, message = outcome(outcomes, "stripped", cell)
        assert status == "failure"
        assert "never run" in message
    assert "not 1 to 2" in outcome(outcomes, "stripped", "stored form").message


def test_cell_that_catches_the_interrupt_of_its_timeout_fails(outcomes):
    status, message = outcome(outcomes, "slow", "Cell 3")
    assert status == "failure"
    assert "ran out of time" in message


def test_counts_and_number_of_free_cells(outcomes):
    status, message = outcome(outcomes, "cells", "stored form")
    assert status == "failure"
    assert f"not 1 to {len(CELLS) + 1}" in message
    assert "4 cells are tagged trained or timing" in message
    assert outcome(outcomes, "slow", "stored form").status == "passed"


def test_failing_pictures_are_written_side_by_side(outcomes):
    pairs = sorted((outcomes[2] / "build/notebook-failures").glob("*.png"))
    number = list(CELLS).index("other curve") + 2
    assert outcomes[2] / f"build/notebook-failures/cells-in{number}-picture1.png" in pairs
    assert Image.open(pairs[0]).size == (3 * 640, 480)


def test_summary_lists_times_and_tags(outcomes):
    lines = [line for line in outcomes[1].splitlines() if line.endswith("trained: In 1, 2, 3")]
    assert len(lines) == 1
    assert float(lines[0].split()[0]) > 4  # the slow notebook slept through its five seconds
    assert "steppers stored with another player than today's: 2" in outcomes[1]


# Steppers: what is played is compared, not the player ------------------------------------------------------------


def played(page):
    return [nbformat.from_dict({"output_type": "display_data", "data": {"text/html": page}, "metadata": {}})]


@pytest.fixture(scope="module")
def stepped():
    return step(two_loops, np.arange(12.0).reshape(4, 3), np.ones((5, 3)), ask={"dists": "the distance"})._repr_html_()


def differences(stored, computed, tmp_path):
    return output_differences(played(stored), played(computed), 0.0, False, tmp_path / "pair")


@pytest.mark.parametrize("old", ["player.stop", "use strict", "--ink", "next frame"])
def test_another_player_is_no_difference_but_is_counted(stepped, old, tmp_path):
    other = stepped.replace(old, "OTHER")
    assert other != stepped
    assert differences(stepped, other, tmp_path) == []
    assert other_players(played(stepped), played(other)) == 1
    assert other_players(played(stepped), played(stepped)) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"title":"two_loops"', '"title":"three_loops"'),
        ('"src":["def', '"src":["DEF'),
        ('{"f":0,"l":6', '{"f":0,"l":5'),
        ('"w":{"2":"7",', '"w":{"2":"8",'),
        ('"q":"the distance"', '"q":"a distance"'),
        ('"int":0', '"int":1'),
        ("<summary><b>", "<summary><i>"),
        ("23 of 23.", "22 of 23."),
    ],
)
def test_other_data_or_key_frames_are_a_difference(stepped, old, new, tmp_path):
    other = stepped.replace(old, new, 1)
    assert other != stepped
    assert len(differences(stepped, other, tmp_path)) == 1
    assert differences(stepped, stepped + stepped, tmp_path)


def test_only_a_stepper_has_a_player():
    other = "<style>p{}</style><script>(function () { return 1; })()</script><p>1</p>"
    page = without_player(other + _drawing["stepper"]().data)
    assert page == other + '<div class="cs-step"><td>0.5</td>[player]({"frames":[{"l":3}]})</script></div>'


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_stored_stepper_has_a_player_that_is_left_out(path):
    outputs = [output for cell in code_cells(nbformat.read(path, as_version=4)) for output in cell.outputs]
    pages = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    found = [
        (page.count('class="cs-step"'), without_player(page).count("[player]("), len(players(page))) for page in pages
    ]
    assert all(steppers == marks == number for steppers, marks, number in found)
    assert not any("ArrowRight" in without_player(page) for page in pages)


# The comparison of text, rule by rule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        ("0.5", "0.6"),  # one unit in the last place, neither more nor less
        ("0.500", "0.499"),
        ("1.23e-05", "1.24e-05"),
        ("9.99e-06", "1.00e-05"),
        ("-0.0", "0.0"),
        ("[-0.001  0.5  ]", "[0.    0.501]"),
        ("2.302585092994046", "2.3025850929940455"),
        ("0.30000000000000004", "0.3"),
        ("width:12.50px", "width:12.51px"),
        ("It is 0.52.", "It is 0.53."),
    ],
)
def test_texts_that_agree(stored, computed):
    assert text_differences(stored, computed) == []
    assert text_differences(computed, stored) == []


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        ("0.5", "0.7"),
        ("0.5", "0.58"),  # the finer text sets the unit: Python prints 0.500 as 0.5
        ("0.500", "0.498"),
        ("1.23e-05", "1.25e-05"),
        ("1.23e-05", "1.23e-06"),
        ("[1. 2.]", "[1. 3.]"),
        ("lr 1e-05", "lr 2e-05"),
        ("conv2d", "conv3d"),
        ("x32", "x33"),
        ("1.2.3", "1.2.4"),
        ("#00e500", "#00e501"),
        ("3 classes", "4 classes"),
        ("Epoch 3.", "Epoch 4."),
        ("(2, 3)", "(3, 2)"),
        ("nan", "0.5"),
        ("inf", "-inf"),
        ("0.5", "5"),
        ("a 0.5 b", "a 0.5 c"),
        ("a\n0.5", "a 0.5"),
        ("0.5 0.5", "0.5"),
    ],
)
def test_texts_that_differ(stored, computed):
    assert text_differences(stored, computed)
    assert text_differences(computed, stored)


@given(st.integers(-(10**6), 10**6), st.integers(-9, 9), st.integers(1, 6))
def test_printed_decimals_may_differ_by_one_unit(digits, units, places):
    stored, computed = (f"loss {Decimal(n).scaleb(-places):f} at step 3" for n in (digits, digits + units))
    assert (text_differences(stored, computed) == []) == (abs(units) <= 1)


# The comparison of pictures: the calibration its docstring states ------------------------------------------------


@cache
def plot(curve=50.0, up=0.0, title="loss", labels=("train", "val"), dot=True, heights=(0.3, 0.5, 0.9), grid=False):
    """Draw a curve, a dot and three bars with matplotlib; `up` is in pixels."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.8), dpi=100)
    left, right = figure.subplots(1, 2)
    t = np.arange(200)
    left.plot(t, np.exp(-t / curve) + up * 1.1 / 370, label=labels[0])
    left.plot(t, 0.2 + 0.8 * np.exp(-t / 90), label=labels[1])
    left.plot([100] if dot else [], [0.9] if dot else [], "o", ms=4)
    left.set(title=title, ylim=(0, 1.1))
    left.legend()
    right.bar(range(3), heights)
    right.set_ylim(0, 1)
    for axes in (left, right):
        axes.grid(grid)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("change", [{}, {"up": 2}, {"up": -2}, {"heights": (0.3, 0.502, 0.9)}])
def test_small_changes_of_a_plot_pass(change, tmp_path):
    assert picture_difference(plot(), plot(**change), free=False, target=tmp_path / "pair.png") is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"curve": 30.0},
        {"title": "accuracy"},
        {"labels": ("val", "train")},
        {"dot": False},
        {"heights": (0.3, 0.54, 0.9)},
        {"grid": True},  # faint but everywhere: only the mean shows it
        {"heights": (0.5, 0.3, 0.9)},
    ],
)
def test_other_plots_fail(change, tmp_path):
    report = picture_difference(plot(), plot(**change), free=False, target=tmp_path / "pair.png")
    assert report is not None
    assert str(tmp_path / "pair.png") in report
    assert Image.open(tmp_path / "pair.png").size == (3 * 640, 480)


def test_blurred_difference_of_two_flat_pictures():
    black, grey = Image.new("RGB", (40, 30), "black"), Image.new("RGB", (40, 30), (10, 10, 10))
    assert blurred_difference(black, grey) == pytest.approx((10, 10))


# The plugin's own conditions --------------------------------------------------------------------------------------


def configure(**options):
    getoption = lambda name, default=None: options.get(name, default)
    config: Any = SimpleNamespace(getoption=getoption, stash=pytest.Stash())
    strict.pytest_configure(config)


def test_idle_without_nbval():
    configure(nbval=False, nbval_lax=True)


@pytest.mark.parametrize("option", ["nbval_lax", "nbval_sanitize_with", "sanitize_with"])
def test_options_that_hide_differences_are_refused(option):
    with pytest.raises(pytest.UsageError, match="would hide differences"):
        configure(nbval=True, **{option: "something"})


def test_another_nbval_is_refused(monkeypatch):
    configure(nbval=True)
    monkeypatch.setattr(strict, "version", lambda name: "0.12.0")
    with pytest.raises(pytest.UsageError, match=r"nbval 0\.11\.0, not 0\.12\.0"):
        configure(nbval=True)
