"""What a puzzle refuses, and what the hints show of the code: of the puzzle's own lines where it is one."""

import re

import pytest

from cs231n_lib.check import check, hint, memory, registry
from cs231n_lib.check.hints import Hints, place
from cs231n_lib.check.model import Case, Exercise, Mistake
from cs231n_lib.check.puzzles import LineOrder, Shown
from cs231n_lib.check.recognise import Found

ORDERS = [item for item in registry.items().values() if isinstance(item, LineOrder)]
WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]
EMPTY = re.compile(r"`\s*`")


@pytest.fixture(autouse=True)
def first_time():
    memory.forget()


def decoys(puzzle):
    """Return the lines that belong to no right order."""
    return sorted({*range(1, len(puzzle.shown) + 1)} - {*puzzle.order})


def with_one_more(puzzle):
    """Give the right order with each decoy put in at every place."""
    order = list(puzzle.order)
    for line in decoys(puzzle):
        yield from (([*order[:at], line, *order[at:]], line) for at in range(len(order) + 1))


# --- puzzles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("puzzle", ORDERS, ids=lambda p: p.name)
def test_a_line_that_belongs_to_no_right_order_is_never_right(puzzle):
    assert decoys(puzzle)
    assert [answer for answer, _ in with_one_more(puzzle) if check(puzzle.name, answer).status == "passed"] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["line 4 belongs to no right order", "You gave 8 lines; this puzzle needs 7."]),
        ("zh", ["第 4 行不属于任何正确的顺序", "你给了 8 行；这道题需要 7 行。"]),
    ],
)
def test_a_line_that_does_no_harm_is_named_and_the_lines_are_counted(language, said):
    lines = check("svm_gradient_lines", [5, 3, 8, 6, 1, 4, 7, 2], language=language).lines
    assert len(lines) == 2 and all(part in line for part, line in zip(said, lines, strict=True))


@pytest.mark.parametrize(
    ("name", "order"),
    [("knn_no_loops_lines", [2, 6, 5, 1, 3]), ("lstm_step_lines", [7, 2, 4, 1, 5, 3]), ("rnn_backward_lines", [3, 4])],
)
def test_another_order_of_the_same_lines_is_judged_by_its_result(name, order):
    puzzle = registry.items()[name]
    assert isinstance(puzzle, LineOrder)
    assert check(name, order).status == ("passed" if sorted(order) == sorted(puzzle.order) else "failed")


# --- hints --------------------------------------------------------------------------------------------------------


def hints(exercise, mistake, language, shown=None):
    """Return what is said of a mistake at attempts 1 to 4."""
    return [Hints(exercise, Found((mistake,)), level, language, shown).lines() for level in (1, 2, 3, 4)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("exercise", WRITTEN, ids=lambda e: e.name)
def test_no_hint_shows_empty_code(exercise, language):
    said = [line for m in exercise.mistakes for lines in hints(exercise, m, language) for line in lines]
    assert [line for line in said if EMPTY.search(line)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("puzzle", ORDERS, ids=lambda p: p.name)
def test_the_hints_of_a_puzzle_show_its_own_lines(puzzle, language):
    exercise = registry.exercise(puzzle.exercise)
    shown = puzzle.shown_by_kind()
    for mistake in exercise.mistakes:
        lines = hints(exercise, mistake, language, shown)[-1][2:]
        codes = [code for line in lines for code in re.findall("`(.*?)`", line)]
        assert [code for code in codes if not any(code.strip("… ") in line for line in puzzle.shown)] == []


def test_a_line_that_comes_too_late_is_told_as_the_puzzle_writes_it():
    reports = [check("svm_gradient_lines", [5, 3, 6, 1, 8, 7, 2]), check("svm_gradient_lines", [5, 3, 6, 1, 7, 8, 2])]
    reports.append(hint("svm_gradient_lines"))
    assert reports[0].lines[-1].startswith("Hint: "), reports[0]
    assert "`dscores[rows, y] = …`" in reports[1].lines[-1]
    assert reports[2].lines[-1].startswith("The idea: the line `dscores[rows, y] = -dscores.sum(axis=1)` is right.")
    assert check("svm_gradient_lines", [5, 3, 6, 1, 8, 7, 2]).lines == reports[2].lines


def double(x):
    y = 2 * x
    return y + 1


EXERCISE = Exercise("double", f"{__name__}:double", ("y",), lambda: [Case("", {"x": 1})], "", "")


@pytest.mark.parametrize(
    ("old", "new", "shown", "said"),
    [
        ("2 * x", "x", None, ["y = …", "x", "2 * x"]),
        (" + 1", "", None, ["return …", "+ 1"]),
        ("2 * x", "x", Shown(["y = 2 * x"], ["y = x"]), ["y = …", "x", "2 * x"]),
        ("2 * x", "x", Shown(["y = x + x"], ["y = x"]), ["y = …", "y = x + x"]),
        ("    y = 2 * x\n", "", Shown(["y = x + x"], []), ["y = …", "y = x + x"]),
        ("2 * x", "x", Shown(["y = x", "y = y + y"], []), []),  # two lines make y: which of them?
        ("2 * x", "x", Shown(["return x + x"], []), []),
    ],
)
def test_a_hint_shows_the_line_that_does_the_same_work(old, new, shown, said):
    lines = hints(EXERCISE, Mistake("t", "title", "hint", old, new), "en", shown)[2][2:]
    assert [code for line in lines for code in re.findall("`(.*?)`", line)] == said


def test_the_place_never_gives_the_right_line_away():
    """What stands behind = or return is left out."""
    said = {place(exercise, mistake, None) for exercise in WRITTEN for mistake in exercise.mistakes}
    assert {line for line in said if line and re.search(r" = [^…]|^return [^…]", line)} == set()
