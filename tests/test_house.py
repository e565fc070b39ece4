"""The house is kept: functions stay short, nothing stands at the top without a room, the README counts right."""

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import nbformat
import pytest

from cs231n_lib.check import registry
from cs231n_lib.check.model import Exercise

ROOT = Path(__file__).parent.parent
FOLDERS = ("cs231n_lib", "data_scripts", "tests")
LONGEST, TYPICAL = 30, 8  # lines of a function
LONGEST_TOPIC = 400  # lines of a file of exercises, or of mistakes

# Longer on purpose, and why.
EXCUSED = {
    "cs231n_lib/textbook/nets.py: loss": "the textbook's whole; mistakes are planted in its lines",
}

LEARNERS = ROOT / "tests" / "learners"  # what stands below it is written as learners write

UNTYPED = {"check", "step", "official"}  # rooms whose functions carry no annotations yet

TOP = {
    *("README.md", "LICENSE", "requirements.txt", "pyproject.toml"),
    *("notebooks", "cs231n_lib", "data_scripts", "tests"),
}


def body_lines(function: ast.FunctionDef) -> int:
    """Count the lines of a function's body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def lengths(source: str) -> list[tuple[str, int]]:
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return [(function.name, body_lines(function)) for function in functions]


@cache
def measured(folder: str) -> dict[str, list[tuple[str, int]]]:
    files = [file for file in sorted((ROOT / folder).rglob("*.py")) if LEARNERS not in file.parents[1:]]
    return {file.relative_to(ROOT).as_posix(): lengths(file.read_text(encoding="utf-8")) for file in files}


@pytest.mark.parametrize("folder", FOLDERS)
def test_functions_are_short(folder):
    found = measured(folder).items()
    long = {f"{file}: {name}" for file, sizes in found for name, lines in sizes if lines > LONGEST}
    assert long == {place for place in EXCUSED if place.startswith(folder)}


def test_most_functions_are_very_short():
    assert median(lines for sizes in measured("cs231n_lib").values() for _, lines in sizes) < TYPICAL


def test_lines_are_counted_without_the_docstring():
    source = 'def f(\n    x,\n):\n    """Say.\n\n    More.\n    """\n    y = x\n\n    return y\n'
    assert lengths(source) == [("f", 3)]


def named(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Give the functions of a module and the methods of its classes by name, not those inside functions."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield owner + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from named(node.body, f"{owner}{node.name}.")


def without_types(source: str) -> list[str]:
    """Return the functions that leave a parameter, or what they return, without an annotation."""
    found = []
    for name, function in named(ast.parse(source).body):
        a = function.args
        given = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
        bare = [argument.arg for argument in given if argument.annotation is None]
        if "." in name and bare and bare[0] in ("self", "cls"):
            bare = bare[1:]
        if bare or (function.returns is None and function.name != "__init__"):
            found.append(name)
    return found


def test_every_function_says_what_it_takes_and_returns():
    """Shift+Tab and a type checker show what the docstrings say; tests and the rooms above are still to come."""
    package = ROOT / "cs231n_lib"
    files = [file for file in sorted(package.rglob("*.py")) if file.relative_to(package).parts[0] not in UNTYPED]
    bare = {file.relative_to(package).as_posix(): without_types(file.read_text(encoding="utf-8")) for file in files}
    assert len(files) > 90 and {file: names for file, names in bare.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x: int, *, y: str = '') -> None: ...", []),
        ("def f(x, y: int) -> None: ...", ["f"]),
        ("def f(x: int): ...", ["f"]),
        ("def f(*args: int, **kwargs) -> None: ...", ["f"]),
        ("class A:\n def __init__(self, x: int): ...\n def g(self) -> int: ...", []),
        ("class A:\n def __init__(self, x): ...\n def g(self): ...", ["A.__init__", "A.g"]),
        ("def f() -> None:\n def inside(x): ...", []),
    ],
)
def test_a_missing_type_is_noticed(source, names):
    assert without_types(source) == names


@pytest.mark.parametrize("room", ["exercises", "catalogue"])
def test_a_topic_is_read_in_one_sitting(room):
    files = [file for file in (ROOT / "cs231n_lib" / "check" / room).iterdir() if file.is_file()]
    lengths = {file.name: file.read_text(encoding="utf-8").count("\n") for file in files}
    assert len(files) > 20 and {name: lines for name, lines in lengths.items() if lines > LONGEST_TOPIC} == {}


def test_everything_at_the_top_has_its_room():
    if not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is not a git checkout")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in listed.splitlines() if not line.startswith(".")} == TOP


def test_readme_counts_what_the_checker_knows():
    items = registry._course().values()
    mistakes = sum(len(item.mistakes) for item in items if isinstance(item, Exercise))
    puzzles = sum(not isinstance(item, Exercise) for item in items)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.search(r"It knows (\d+) exercises \((\d+) of them puzzles\) and (\d+) mistakes", readme)
    assert said and [int(number) for number in said.groups()] == [len(items), puzzles, mistakes]


def test_readme_lists_every_lesson_with_its_minutes():
    rows = re.findall(r"^\| \[.+?\]\(notebooks/(.+?)\) \|.*?\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), re.M)
    lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert [name for name, _ in rows] == [lesson.name for lesson in lessons]
    for (_, minutes), lesson in list(zip(rows, lessons, strict=True))[1:]:  # the start page has no table of goals
        head = nbformat.read(lesson, as_version=4).cells[0].source
        assert f"{minutes} minutes" in head, lesson.name


def test_readme_links_lead_to_files():
    links = re.findall(r"\]\(([^)#]+?)\)", (ROOT / "README.md").read_text("utf-8"))
    inside = [link for link in links if not link.startswith("http")]
    assert len(inside) > 17 and [link for link in inside if not (ROOT / link).exists()] == []


def test_readme_names_modules_that_exist():
    """Every `python -m ...` of the README can be found."""
    modules = set(re.findall(r"python -m ((?:cs231n_lib|tests)[\w.]*)", (ROOT / "README.md").read_text("utf-8")))
    assert len(modules) > 5 and [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_every_mistake_has_an_id_of_its_own():
    """Exercises may share a mistake; two mistakes may not share an id."""
    mistakes = [mistake for item in registry._course().values() for mistake in getattr(item, "mistakes", ())]
    meanings: dict[str, set[str]] = {}
    for mistake in mistakes:
        meanings.setdefault(mistake.id, set()).add(mistake.title)
    assert {id: titles for id, titles in meanings.items() if len(titles) > 1} == {}


def test_the_start_page_maps_and_counts_the_lessons():
    cells = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4).cells
    [page] = [cell.source for cell in cells if cell.source.startswith("## The map")]
    lessons = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))][1:]
    assert re.findall(r"^\| \[.+?\]\((.+?)\) \|", page, re.M) == lessons
    words = {14: "Fourteen", 15: "Fifteen", 16: "Sixteen", 17: "Seventeen", 18: "Eighteen", 19: "Nineteen"}
    assert f"{words[len(lessons)]} lessons" in cells[0].source


def test_the_start_page_says_which_lessons_come_before_each():
    """Those that a lesson says it builds on, less those that these build on themselves."""
    start, *paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    builds_on = {"00": set[str]()}
    for path in paths:
        row = re.search(r"^\| Builds on \|(.*)\|$", nbformat.read(path, as_version=4).cells[0].source, re.M)
        builds_on[path.name[:2]] = set(re.findall(r"\]\((\d\d)_", row[1] if row else ""))

    def before(number: str) -> set[str]:
        return builds_on[number].union(*map(before, builds_on[number]))

    page = "\n".join(cell.source for cell in nbformat.read(start, as_version=4).cells)
    said = {
        number: set(row.split(", ")) for number, row in re.findall(r"\]\((\d\d)_.+?\) \| (\d[\d, ]*) \|$", page, re.M)
    }
    assert said == {n: on - set().union(*map(before, on)) for n, on in builds_on.items() if n > "01"}


def test_the_checks_before_a_commit_fetch_nothing():
    yaml = pytest.importorskip("yaml")
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert {hook["id"] for hook in repository["hooks"]} == {"ruff", "ruff-format", "mypy", "node-test"}
