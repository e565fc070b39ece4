"""Handouts: students get everything but the answers, in every form; two builds give the same bytes."""

import ast
import contextlib
import copy
import html
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cs231n_lib.check import check
from cs231n_lib.handouts import blanks, build, page, paper, variants
from cs231n_lib.handouts.__main__ import main

LESSONS = build.find([])
SECRET = "the41mango"


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def lesson(request):
    return build.read(request.param)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def printed(request):
    """A lesson for students and its page."""
    notebook = variants.student(build.read(request.param))
    return request.param, notebook, page.page(notebook, "x")


def small_lesson():
    """A lesson with one of everything; what only an instructor may see holds the secret."""
    hidden = {"source_hidden": True}
    solution = "def double_solution(x):\n    # the41mango\n    y = 2 * x\n    return y\n\n\ncheck('x', double_solution)"
    cells = [
        new_markdown_cell("# 77 · Small\n\nWith $x^2$."),
        new_markdown_cell("## 1. One\n\n**Question.** What is $1 + 1$?"),
        new_markdown_cell(f"<details><summary>Answer</summary>\n{SECRET}\n</details>", metadata={"tags": ["answer"]}),
        new_code_cell("x = 2\nprint(x)", execution_count=1, outputs=[new_output("stream", text="2\n")]),
        new_code_cell('def my_double(x):\n    """Twice x. x (N,) -> (N,)"""\n    ...', execution_count=2),
        new_code_cell(
            'check("double", my_double)', execution_count=3, outputs=[new_output("stream", text=f"blank {SECRET}\n")]
        ),
        new_code_cell(
            solution,
            execution_count=4,
            metadata={"tags": ["solution"], "jupyter": hidden, "note": SECRET},
            outputs=[new_output("stream", text=SECRET)],
        ),
        new_markdown_cell(f"To the teacher: {SECRET}", metadata={"tags": ["instructor"]}),
        new_markdown_cell("## 2. Two\n\n**Question.** Why?"),
        new_markdown_cell("Plain words."),
    ]
    return nbformat.v4.new_notebook(cells=cells)


# --- the student's notebook --------------------------------------------------------------------------------------


def test_a_student_gets_every_other_cell_as_it_is(lesson):
    made = variants.student(lesson)
    kept = [cell for cell in lesson.cells if not variants.tags(cell) & {"solution", "answer", "instructor"}]
    assert [cell.id for cell in made.cells] == [cell.id for cell in kept] and len(kept) < len(lesson.cells)
    for mine, theirs in zip(made.cells, kept, strict=True):
        if re.search(r"\bmy_\w+", theirs.source) and theirs.cell_type == "code":
            assert mine.source == theirs.source
            assert mine.outputs == [] and mine.execution_count is None
        else:
            assert mine == theirs


def test_every_exercise_is_found(lesson):
    blanks_in = [cell for cell in lesson.cells if cell.cell_type == "code" and "my_" in cell.source]
    assert len(variants.exercises_of(lesson)) == len(blanks_in) / 2 >= 1


def test_a_lesson_is_not_changed_by_making_handouts():
    lesson = build.read(LESSONS[1])
    before = copy.deepcopy(lesson)
    variants.student(lesson, "worked")
    variants.instructor(lesson, build.known_mistakes)
    page.page(lesson, "x", unfold=True)
    assert lesson == before


def exercise_cells():
    lessons = {path.stem: nbformat.read(path, as_version=4) for path in LESSONS}
    return [
        pytest.param(notebook, exercise, id=f"{stem}-{exercise.name}")
        for stem, notebook in lessons.items()
        for exercise in variants.exercises_of(notebook)
    ]


@pytest.mark.parametrize(("notebook", "exercise"), exercise_cells())
def test_levels_run_from_a_worked_answer_to_nothing(notebook, exercise):
    sources = {
        level: blanks.at_level(level, exercise.blank.source, exercise.solution.source, exercise.mine)
        for level in blanks.LEVELS
    }
    space = imports_of(notebook)
    for level, source in sources.items():
        exec(source, space)
        status = check(exercise.name, space[exercise.mine]).status
        some = {"blank", "half", "failed"}  # a branch may be complete
        allowed = {"worked": {"passed"}, "last": some}.get(level, {"blank"})
        assert status in allowed, f"{level}: {status}\n{source}"
    worked, last, body = (steps_of(sources[level], exercise.mine) for level in ("worked", "last", "body"))
    if worked is not None:
        assert body == 0 and (last < worked or worked == 1)


def steps_of(source, name):
    """Count the steps of the function `name`, docstring and blank aside; None where it is no function."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return sum(not isinstance(step, ast.Expr) for step in found[0].body) if found else None


@pytest.mark.parametrize("level", ["worked", "last", "body", "free"])
@pytest.mark.parametrize(("notebook", "exercise"), exercise_cells())
def test_the_heading_of_an_exercise_is_true_at_every_level(notebook, exercise, level):
    cells = variants.student(notebook, level).cells
    place = next(i for i, cell in enumerate(cells) if cell.id == exercise.blank.id)
    heading = [line for cell in cells[:place] for line in re.findall(r"^#+ .+", cell.source, re.MULTILINE)][-1]
    said = re.search(r"Your turn \S+ \((?:find the mistake, )?(.+)\)", heading)
    if said is None:
        return  # it promises nothing
    source, mine = cells[place].source, exercise.mine
    steps, whole = steps_of(source, mine), steps_of(blanks.worked(exercise.solution.source, mine), mine)
    truth = {
        "worked through": not re.search(r"(^ +|= )\.\.\.$", source, re.MULTILINE),
        "the last step is blank": bool(steps) and steps < whole,
        "the body is blank": steps == 0,
        "free": source.startswith(f"# Write {mine}("),
    }
    as_set = whole is None and source == exercise.blank.source and said[0] in exercise_heading(notebook, exercise)
    assert truth.get(said[1], as_set), f"{heading}\n{source}"


def exercise_heading(notebook, exercise):
    place = next(i for i, cell in enumerate(notebook.cells) if cell is exercise.blank)
    return "\n".join(cell.source for cell in notebook.cells[max(0, place - 3) : place])


def test_help_says_what_each_level_gives_to_students(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert all(f"{level}: " in words for level in blanks.LEVELS)
    assert "worked: the whole solution, for students too" in words


def imports_of(notebook):
    """Run a lesson's imports and define its functions, which its exercises may use."""
    space: dict = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not variants.tags(cell) & {"solution"}:
            kinds = ast.Import | ast.ImportFrom | ast.FunctionDef
            for node in ast.parse(cell.source).body:
                with contextlib.suppress(NameError):  # a default that only the whole lesson knows
                    exec(compile(ast.Module([node] if isinstance(node, kinds) else [], []), "part", "exec"), space)
    return space


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="level is 'hard'; use one of as set, worked"):
        variants.student(small_lesson(), "hard")


def test_nothing_secret_reaches_a_student_in_any_form():
    for level in ("as set", "body", "free"):
        made = variants.student(small_lesson(), level)
        for text in (
            nbformat.writes(made),
            page.page(made, "x"),
            page.page(made, "x", unfold=True),
            page.deck(made, "x"),
        ):
            assert SECRET not in text and "double_solution" not in text
    everything = variants.instructor(small_lesson(), lambda name: [])
    for text in (nbformat.writes(everything), page.page(everything, "x"), page.deck(everything, "x")):
        assert SECRET in text  # else the scan above could not fail


def test_no_line_of_a_solution_stands_in_a_student_page(printed):
    path, notebook, text = printed
    seen = html.unescape(re.sub(r"<[^>]+>", "", text))
    given = "\n".join(cell.source for cell in notebook.cells)
    given += html.unescape(re.sub(r"<[^>]+>", "", "\n".join(outputs_of(notebook))))  # puzzles show lines
    for exercise in variants.exercises_of(build.read(path)):
        for line in exercise.solution.source.splitlines():
            if len(line.strip()) > 25 and line.strip() not in given:
                assert line.strip() not in seen, line


def all_outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def outputs_of(notebook):
    return ["".join(output.get("data", {}).get("text/html", "")) for output in all_outputs(notebook)]


# --- the instructor's notebook -----------------------------------------------------------------------------------


def test_an_instructor_gets_everything_and_more(lesson):
    made = variants.instructor(lesson, build.known_mistakes)
    nbformat.validate(made)
    assert [cell for cell in made.cells if not cell.id.startswith("instructor-")] == lesson.cells
    remarks = "\n".join(cell.source for cell in made.cells if cell.id.startswith("instructor-"))
    assert "| section | minutes |" in remarks
    for exercise in variants.exercises_of(lesson):
        for title, hint in build.known_mistakes(exercise.name):
            assert html.escape(title, quote=False) in remarks and html.escape(hint, quote=False) in remarks


def test_a_word_in_angle_brackets_stays_visible_in_a_list_of_mistakes():
    listed = variants._common_mistakes("sample", [("every step reads <START>", "Which word is read next?")])
    body = page.page(new_notebook(cells=[new_markdown_cell(listed)]), "x")
    assert "every step reads &lt;START&gt;." in body


def test_minutes_add_up():
    parts = variants.sections(small_lesson())
    assert [title for title, _ in parts] == ["77 · Small", "1. One", "2. Two"]
    minutes = [variants.study_minutes(cells) for _, cells in parts]
    assert minutes[1] == pytest.approx(1.5 + 8 + 15 / 180, abs=8 / 180) and minutes[0] < 0.1


def test_minutes_shown_add_up_to_the_totals_shown(lesson):
    remark = variants.instructor(lesson, lambda name: []).cells[1].source
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", remark, re.MULTILINE)
    minutes = [int(minutes) for _, minutes in rows]
    assert 0 not in minutes and rows[-1][0] == "**all**"
    core = [i for i, (title, _) in enumerate(rows) if title.startswith("**core path")]
    assert minutes[-1] == sum(minutes[:-1]) - sum(minutes[i] for i in core)
    stated = re.search(r"\| Time \| (\d+) minutes for the core path", lesson.cells[0].source)
    assert bool(stated) == bool(core)
    for i in core:
        assert stated and minutes[i] == sum(minutes[:i]) and abs(minutes[i] - int(stated[1])) <= 2.5


# --- pages and slides --------------------------------------------------------------------------------------------


def test_a_page_carries_all_it_needs(printed):
    elements = re.sub(r"<script>.*?</script>", "", printed[2], flags=re.DOTALL)
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?!data:)[^\"]*\"", elements)
    pictures = re.findall(r"<img[^>]*>", elements)
    assert pictures and all(re.search(r'alt="[^"]{10,}"', picture) for picture in pictures)
    links = set(re.findall(r'href="#([^"]+)"', elements))
    assert links and links <= set(re.findall(r'id="([^"]+)"', elements))


def test_a_long_line_of_code_or_output_goes_on_below_its_own_beginning():
    notebook, long = small_lesson(), "value = " + " + ".join("abcdefgh")
    notebook.cells[3].source = f'if True:\n    {long} + 12345\n{long[:40]}\n"""\n{long}\n"""'
    notebook.cells[3].outputs[0].text = f"12      {long}\nshort\n"
    body = page.page(notebook, "x")
    assert re.findall(r'<span class="long" style="--hang:(\d+)ch">', body) == ["6", "10"]
    listing = '<pre><span style="text-indent:-1em">  1  def a_function_whose_line_the_stepper_hangs(x):</span></pre>'
    notebook.cells[3] = new_code_cell("x", outputs=[new_output("display_data", data={"text/html": listing})])
    assert 'class="long"' not in page.page(notebook, "x")


def test_explorations_say_that_they_move_in_the_notebook(printed):
    _, notebook, text = printed
    plain = ["".join(output.get("data", {}).get("text/plain", "")) for output in all_outputs(notebook)]
    explorations = sum(words.startswith("<exploration") for words in plain)
    assert text.count("In the notebook this is an exploration") == explorations > 0


def test_questions_and_blanks_without_their_answer_leave_room_to_write():
    room = 'class="room"'
    assert page.page(small_lesson(), "x").count(room) == 1  # the second question has no answer anywhere
    for level in ("as set", "last", "body", "free"):
        assert page.page(variants.student(small_lesson(), level), "x").count(room) == 3  # two questions, one blank


def test_contents_stand_below_the_opening_text(printed):
    body = printed[2][printed[2].index("<main>") :]
    opening, rest = body.split("<nav ")
    assert "<h1" in opening and "<p>" in opening and "<h2" not in opening
    assert "<h2" in rest and "<h1" not in rest


def test_students_get_a_line_for_each_prediction():
    made = small_lesson()
    made.cells[2].source += "\n**Predict** the number."  # the next cell prints it
    made.cells[-1].source += "\n**Predict** nothing: no code follows."
    del made.cells[2].metadata["tags"]
    line = 'class="prediction"'
    assert page.page(variants.student(made), "x").count(line) == 1
    assert page.page(made, "x").count(line) == 0  # an instructor need not guess


def test_slides_follow_the_metadata_and_the_headings():
    made = small_lesson()
    made.cells[3].metadata["slideshow"] = {"slide_type": "skip"}
    made.cells[8].metadata["slideshow"] = {"slide_type": "subslide"}
    text = page.deck(variants.student(made), "x")
    body = text[text.index('<div class="slides">') :]
    assert body.count("<section>") == body.count("</section>")
    assert "print(x)" not in re.sub(r"<[^>]+>", "", body)
    assert body.count("<section>\n<section>") == 2  # the title and section 1; section 2 was made a step below it


@pytest.mark.parametrize("make", [page.page, page.deck, lambda notebook, title: nbformat.writes(notebook)])
def test_two_builds_give_the_same_bytes(make):
    source = LESSONS[1]
    assert make(variants.student(build.read(source)), "x") == make(variants.student(build.read(source)), "x")


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_writes_what_was_asked_for(tmp_path, capsys):
    assert main(["1", "--for", "student", "--format", "ipynb,slides", "--out", str(tmp_path / "new" / "folder")]) == 0
    names = sorted(path.name for path in (tmp_path / "new" / "folder").iterdir())
    assert names == ["01_knn.student.ipynb", "01_knn.student.slides.html", "index.html"]
    index = (tmp_path / "new" / "folder" / "index.html").read_text()
    assert all(f'href="{name}"' in index for name in names[:2]) and "Nearest neighbours" in index
    assert "3 files" in capsys.readouterr().out


def test_other_files_in_the_folder_do_no_harm(tmp_path):
    for name in ("Makefile", "notes.txt", ".hidden"):
        (tmp_path / name).write_text("mine")
    assert main(["1", "--for", "student", "--format", "ipynb", "--out", str(tmp_path)]) == 0
    assert not re.search("Makefile|notes|hidden", (tmp_path / "index.html").read_text())


def refused(words, capsys):
    assert main(words) == 1
    return capsys.readouterr().err


def test_an_unknown_lesson_is_named(tmp_path, capsys):
    message = refused(["99", "--out", str(tmp_path / "out")], capsys)
    assert "there is no lesson '99'; use one of 00_start_here" in message
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path, capsys):
    (tmp_path / "out").write_text("mine")
    assert "cannot write to" in refused(["1", "--out", str(tmp_path / "out")], capsys)
    assert (tmp_path / "out").read_text() == "mine"


def test_without_a_browser_nothing_is_written(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(paper, "PLACES", ())
    assert "needs Chromium, Chrome or Edge" in refused(["1", "--pdf", "--out", str(tmp_path / "out")], capsys)
    assert "no browser at nowhere" in refused(["1", "--pdf", "--browser", "nowhere", "--out", str(tmp_path)], capsys)
    assert not (tmp_path / "out").exists()


def test_a_lesson_that_was_not_executed_is_refused(tmp_path):
    notebook = small_lesson()
    notebook.cells[3].execution_count = None
    nbformat.write(notebook, tmp_path / "77_small.ipynb")
    with pytest.raises(ValueError, match=r"77_small\.ipynb has cells that were never run"):
        build.build(out=tmp_path / "out", lessons=tmp_path)
    (tmp_path / "77_small.ipynb").write_text("{")
    with pytest.raises(ValueError, match="is no notebook"):
        build.build(out=tmp_path / "out", lessons=tmp_path)
    assert not (tmp_path / "out").exists()


def test_unknown_formats_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["1", "--format", "docx"])
    assert "unknown format 'docx'" in capsys.readouterr().err


def test_a_browser_that_prints_nothing_is_reported(tmp_path):
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho it hurts >&2\n")
    program.chmod(0o755)
    with pytest.raises(ValueError, match="printed nothing: it hurts"):
        paper.pdf("<p>x</p>", str(program))


def test_the_templates_are_in_the_package():
    assert {path.suffix for path in Path(page.TEMPLATES).rglob("*.*") if path.is_file()} == {
        ".j2",
        ".json",
        ".css",
        ".js",
    }


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=[pytest.mark.full] if i else []) for i, path in enumerate(LESSONS)]
)
def test_a_student_notebook_runs_from_top_to_bottom(path, tmp_path):
    from cs231n_lib import execute

    notebook = variants.student(build.read(path))
    execute.run(notebook, tmp_path)
    printed = "".join("".join(output.get("data", {}).get("text/plain", "")) for output in all_outputs(notebook))
    assert printed.count("not attempted yet") == len(variants.exercises_of(build.read(path)))
