"""Every lesson keeps the rules of `notebook_rules`, and every rule catches what it is there for."""

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs231n_lib.execute import NOTEBOOK_METADATA
from tests.notebook_rules import RULES, count_words, read

LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_keeps_the_rule(path, rule):
    faults = RULES[rule](read(path), path)
    assert not faults, "\n".join(faults)


# Each rule against planted faults ---------------------------------------------------------------------------------

FIGURE = new_output(
    "display_data",
    data={"image/png": "iVBORw0KGgo=", "text/plain": "<figure>"},
    metadata={"image/png": {"alt": "a falling curve"}},
)
EXPLORATION = new_output(
    "display_data", data={"text/plain": "<exploration: k = 3>", "text/html": '<img alt="k is 3" src="data:,">'}
)


TIME = "\n\n| Time | 15 minutes for the core path |"


def good_notebook():
    """A lesson in small: a figure, an exploration, an exercise in three cells, a question and its answer."""
    cells = [
        new_markdown_cell("# Title\n\nSee [this lesson](good.ipynb#idea) and [a paper](https://example.org/x)." + TIME),
        new_code_cell("import numpy as np\n\nprint(np.sum([1, 2]))", outputs=[new_output("stream", text="3\n")]),
        new_markdown_cell("## Idea\n\n```python\n# no heading\n```\n\n![a net](https://example.org/net.png)"),
        new_code_cell("figure(fig, 'a falling curve')", outputs=[FIGURE]),
        new_code_cell("explore(draw)", outputs=[EXPLORATION]),
        new_markdown_cell("### Your turn"),
        new_code_cell('def my_relu(x):\n    """Return the positive part."""\n    ...'),
        new_markdown_cell("Now check it."),
        new_code_cell('check("relu", my_relu)'),
        new_code_cell(
            'def relu_solution(x):\n    return np.maximum(x, 0)\n\n\ncheck("relu", relu_solution)',
            outputs=[new_output("display_data", data={"text/plain": "relu: right."})],
        ),
        new_markdown_cell("Why?"),
        new_markdown_cell("<details><summary>Answer</summary>Because.</details>"),
        new_markdown_cell("**You can stop here.**"),
    ]
    cells[9].metadata = {"tags": ["solution"], "jupyter": {"source_hidden": True}}
    cells[11].metadata = {"tags": ["answer"]}
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
        cell.metadata = nbformat.from_dict(cell.metadata)
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
    return copy.deepcopy(new_notebook(cells=cells, metadata=NOTEBOOK_METADATA))


def complaints(notebook, folder):
    """Return the rules that the notebook breaks."""
    path = folder / "good.ipynb"
    path.write_text(nbformat.v4.writes_json(notebook))
    return {name: faults for name, rule in RULES.items() if (faults := rule(read(path), path))}


def test_good_notebook_breaks_no_rule(tmp_path):
    assert complaints(good_notebook(), tmp_path) == {}


def source(place, new):
    def change(cells):
        cells[place].source = new

    return change


def added(place, new):
    def change(cells):
        cells[place].source += new

    return change


def with_value(place, key, value):
    """Set `key`, a path with bars, of the cell at `place`; a number in the path is an index."""

    def change(cells):
        *way, last = (int(part) if part.isdigit() else part for part in key.split("|"))
        target = cells[place]
        for part in way:
            target = target[part]
        target[last] = value

    return change


def long_text(number, words):
    def change(cells):
        for cell in [cell for cell in cells if cell.cell_type == "markdown"][1 : 1 + number]:
            cell.source += " word" * words

    return change


def with_cells(place, number, new, **changes):
    """Put `number` more cells at `place`; texts in `changes` of the first cell are replaced."""

    def change(cells):
        make = new_code_cell if new.endswith(")") else new_markdown_cell
        cells[place:place] = [make(new, id=f"more-{n}") for n in range(number)]
        for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
            cell.execution_count = count
        cells[0].source = cells[0].source.replace("15 minutes", changes.get("stated", "15 minutes"))

    return change


def without_an_end(change):
    """Drop the Time row and the end of the core, then plant."""

    def both(cells):
        cells[0].source = cells[0].source.removesuffix(TIME)
        cells.pop()
        change(cells)

    return both


PLANTED = [
    ("run_whole_and_unexcused", with_value(1, "execution_count", 2)),
    ("run_whole_and_unexcused", with_value(1, "execution_count", None)),
    ("run_whole_and_unexcused", with_value(1, "outputs|0", new_output("error", ename="E", evalue="", traceback=[]))),
    ("run_whole_and_unexcused", added(1, "\n# NBVAL_SKIP")),
    ("run_whole_and_unexcused", source(7, " ")),
    ("unique_ids", with_value(1, "id", "cell-2")),
    ("no_stray_metadata", with_value(1, "metadata|collapsed", True)),
    ("no_stray_metadata", with_value(1, "metadata|tags", [])),
    ("no_stray_metadata", with_value(1, "metadata|tags", ["sollution"])),
    ("no_stray_metadata", with_value(3, "outputs|0|metadata|image/png|dpi", 9)),
    ("no_stray_metadata", with_value(4, "outputs|0|data|application/vnd.jupyter.widget-view+json", {})),
    ("small_enough", with_value(1, "outputs|0|text", "x" * 910_000)),
    ("plain_python", source(1, "%timeit 3")),
    ("no_hushing_semicolon", added(1, ";")),
    ("no_hushing_semicolon", added(1, ";  # quiet\n# a last word\n")),
    ("no_star_imports", source(1, "from numpy import *")),
    ("short_code", source(1, "x = 1\n" * 19)),
    ("short_text", long_text(1, 141)),
    ("short_text", long_text(2, 125)),
    ("short_text", added(7, " $" + "x + " * 71 + "1$")),  # one formula, 143 pieces
    ("study_minutes_are_right", with_cells(12, 0, "", stated="21 minutes")),
    ("study_minutes_are_right", with_cells(12, 0, "", stated="5 minutes")),
    ("study_minutes_are_right", with_cells(12, 0, "", stated="some minutes")),
    ("study_minutes_are_right", with_cells(12, 2, "step(f, 1)")),  # 4 minutes each
    ("study_minutes_are_right", with_cells(12, 6, "print(1)")),
    ("study_minutes_are_right", with_cells(12, 17, "step(f, 1)", stated="80 minutes")),  # true, but too long
    ("study_minutes_are_right", without_an_end(with_cells(12, 17, "step(f, 1)"))),
    ("core_is_short", with_cells(12, 49, "Text.")),
    ("core_is_short", without_an_end(with_cells(12, 49, "Text."))),
    ("solutions_are_right", with_value(9, "outputs|0|data|text/plain", "relu: not yet right.")),
    ("solutions_are_right", with_value(9, "outputs", [])),
    ("every_picture_has_an_alternative_text", with_value(3, "outputs|0|metadata", {})),
    ("every_picture_has_an_alternative_text", with_value(3, "outputs|0|metadata|image/png|alt", " ")),
    ("every_picture_has_an_alternative_text", with_value(4, "outputs|0|data|text/html", "<p><img src='a'></p>")),
    ("every_picture_has_an_alternative_text", added(2, "\n![](https://example.org/a.png)")),
    ("explorations_carry_a_picture", with_value(4, "outputs|0|data|text/html", "<p>k is 3</p>")),
    ("explorations_carry_a_picture", with_value(4, "outputs|0|data", {"text/plain": "VBox(children=(Play(),))"})),
    ("something_is_explored", with_value(4, "outputs", [])),
    ("headings_nest", source(0, "No title" + TIME)),
    ("headings_nest", source(0, "## Title" + TIME)),
    ("headings_nest", source(2, "#### Deep\n")),
    ("headings_nest", source(5, "# Second\n")),
    ("links_lead_somewhere", added(0, " [gone](gone.ipynb#part)")),
    ("links_lead_somewhere", added(0, ' <a href="gone.ipynb">gone</a>')),
    ("solutions_touch_nothing_of_the_learner", with_value(9, "metadata|jupyter", {})),
    ("solutions_touch_nothing_of_the_learner", source(9, "relu_solution = np.abs")),
    ("solutions_touch_nothing_of_the_learner", source(9, 'check("relu", np.abs)')),
    ("answers_are_folded", source(11, "Because.")),
    ("folded_text_is_an_answer", with_value(11, "metadata", nbformat.from_dict({}))),
]


@pytest.mark.parametrize(("rule", "change"), PLANTED)
def test_rule_catches_the_planted_fault(rule, change, tmp_path):
    notebook = good_notebook()
    change(notebook.cells)
    found = complaints(notebook, tmp_path)
    assert rule in found
    # A cell with stray metadata or a hidden solution that lost it may break both rules about metadata, nothing else.
    assert set(found) <= {rule, "no_stray_metadata"}


STRANGER = "learners_work_is_used_only_where_it_is_checked"


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (source(8, "3"), {"exercises_are_three_cells", "solutions_touch_nothing_of_the_learner"}),
        (source(8, 'check("relu", my_rely)'), {"exercises_are_three_cells", STRANGER}),
        (source(3, "my_relu(3)"), {STRANGER}),
        (source(3, "relu_solution(3)"), {"solutions_are_used_nowhere_else"}),
        (added(9, "\nmy_relu(3)"), {"solutions_touch_nothing_of_the_learner", STRANGER}),
        (with_value(9, "metadata", nbformat.from_dict({})), {"exercises_are_three_cells"}),
        (lambda cells: cells.pop(9), {"exercises_are_three_cells"}),
    ],
)
def test_exercise_out_of_form(change, rules, tmp_path):
    notebook = good_notebook()
    change(notebook.cells)
    assert set(complaints(notebook, tmp_path)) == rules


def test_solution_that_overwrites_the_learners_function(tmp_path):
    notebook = good_notebook()
    notebook.cells[9].source = 'relu_solution = my_relu = np.abs\ncheck("relu", relu_solution)'
    assert "solutions_touch_nothing_of_the_learner" in complaints(notebook, tmp_path)


def test_one_long_cell_in_ten_is_allowed(tmp_path):
    notebook = good_notebook()
    notebook.cells += [new_markdown_cell(f"Text {number}.", id=f"text-{number}") for number in range(4)]
    long_text(1, 130)(notebook.cells)
    assert complaints(notebook, tmp_path) == {}


@pytest.mark.parametrize(
    "change",
    [
        with_cells(13, 60, "step(f, 1)"),  # after the core
        with_cells(12, 48, "Text."),  # 60 cells
        with_cells(12, 2, "optimizer.step(1)"),  # no stepper
        with_cells(12, 15, "step(f, 1)", stated="75 minutes"),
        without_an_end(with_cells(12, 0, "")),
    ],
)
def test_the_core_may_be_as_long_as_this(change, tmp_path):
    notebook = good_notebook()
    change(notebook.cells)
    assert complaints(notebook, tmp_path) == {}


def test_words_are_what_a_reader_reads():
    assert count_words("Two words $$a + b = c$$ and [a link](https://example.org/long) <b>bold</b> - *x*") == 7
    assert count_words("<details><summary>Why?</summary>\n\nBecause it is.\n</details>") == 4
    assert count_words("if a < b then b > a") == 6
