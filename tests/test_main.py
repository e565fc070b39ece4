"""`python -m cs231n_lib`: a learner's copies are made once, signed, and never overwritten."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from cs231n_lib import __main__ as course


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start_here", "01_knn"):
        cell = nbformat.v4.new_code_cell(name, execution_count=1, outputs=[output(name)])
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"{name}.ipynb")
    monkeypatch.setattr(course, "LESSONS", folder)
    monkeypatch.setattr(course, "COPIES", tmp_path / "my_course")
    return folder


def output(name):
    return nbformat.v4.new_output("display_data", {"text/html": f"<script>{name}</script>"})


def trusted(path):
    return NotebookNotary().check_signature(nbformat.read(path, as_version=nbformat.NO_CONVERT))


def test_lessons_are_copied_and_signed(lessons, capsys):
    assert course.main(["--copy-only"]) == 0
    copy = course.COPIES / "01_knn.ipynb"
    assert copy.read_bytes() == (lessons / "01_knn.ipynb").read_bytes()
    assert trusted(copy)
    assert "my_course/: 2 new, 0 kept" in capsys.readouterr().out


def test_a_learners_work_is_kept_and_not_signed(lessons, capsys):
    course.main(["--copy-only"])
    mine = course.COPIES / "01_knn.ipynb"
    work = nbformat.read(mine, as_version=4)
    work.cells[0].outputs = [output("changed elsewhere")]
    nbformat.write(work, mine)
    before = mine.read_bytes()
    (course.COPIES / "00_start_here.ipynb").unlink()

    course.main(["--copy-only"])
    assert mine.read_bytes() == before
    assert not trusted(mine)
    assert (course.COPIES / "00_start_here.ipynb").exists()
    assert "my_course/: 1 new, 1 kept" in capsys.readouterr().out


def test_jupyterlab_opens_the_start_page_without_news_or_update_calls(lessons, monkeypatch):
    calls = []

    def called(command, **more):
        calls.append((command, more))
        return 0

    monkeypatch.setattr(course.subprocess, "call", called)
    assert course.main(["--no-browser", "--port=8899"]) == 0
    ((command, more),) = calls
    assert command[1:4] == ["-m", "jupyter", "lab"] and command[4].endswith("00_start_here.ipynb")
    assert "JUPYTER_CONFIG_PATH" in more["env"]
    assert "--LabApp.news_url=" in command and any("NeverCheckForUpdate" in part for part in command)
    assert command[-2:] == ["--no-browser", "--port=8899"]


def test_without_lessons_it_says_where_it_looked(lessons, monkeypatch, capsys):
    monkeypatch.setattr(course, "LESSONS", lessons / "elsewhere")
    assert course.main(["--copy-only"]) == 1
    assert "elsewhere" in capsys.readouterr().err
    assert not course.COPIES.exists()


def test_jupyterlab_reads_the_setting_that_asks_for_no_news(lessons):
    code = (
        "from jupyterlab_server.settings_utils import _get_overrides as get; import sys;"
        "sys.stdout.write(get('nowhere')[0]['@jupyterlab/apputils-extension:notification']['fetchNews'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], env=course.quiet_environment(), capture_output=True, text=True
    )
    assert answer.stdout == "false"


def test_jupyterlab_starts_in_a_container_where_everybody_is_root(lessons, monkeypatch):
    calls = []

    def called(command, **_):
        calls.append(command)
        return 0

    monkeypatch.setattr(course.subprocess, "call", called)
    for user in (0, 1000):
        monkeypatch.setattr(course.os, "geteuid", lambda user=user: user, raising=False)
        course.main([])
    assert ["--allow-root" in command for command in calls] == [True, False]


STARTED = """
import subprocess, sys
from cs231n_lib import __main__ as course
call = subprocess.call
sleeper = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
course.subprocess.call = lambda *_, **__: call([sys.executable, "-c", sleeper])
course.copy_lessons, course.trust_unchanged = lambda *_: ([], []), lambda *_: None
course.main([])
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows ends the whole tree by itself")
def test_ending_the_course_ends_jupyterlab():
    parent = subprocess.Popen([sys.executable, "-c", STARTED], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = next(int(line) for line in parent.stdout if line.strip().isdigit())
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=20) == 1
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("JupyterLab lives on without the course")
