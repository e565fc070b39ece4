"""A learner's own folder is judged, function by function, and no code in it hangs or kills the run."""

import itertools
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from cs231n_lib.check import fence, folder, table
from cs231n_lib.check.__main__ import main
from cs231n_lib.check.fence import Job, judge
from cs231n_lib.check.loading import adapt
from cs231n_lib.check.report import Diagnosis, Report
from cs231n_lib.check.sources import needs_torch
from cs231n_lib.check.stand_ins import col2im_6d_cython, col2im_cython, im2col_cython
from tests import stubs

ROOT = Path(__file__).parents[1]
FORWARD = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
"""
BACKWARD = """
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
WRONG = """
def relu_backward(dout, cache):
    return dout * (dout > 0)
"""


@pytest.fixture
def assignment(tmp_path):
    """Return a function that writes an assignment's files and returns its folder."""

    def write(deeper=None, **files):
        for name, text in (files | (deeper or {})).items():
            path = tmp_path / "cs231n" / f"{name}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def package(path):
    """Return the package that the checker finds below a folder."""
    found = folder.find_package(path)
    assert found is not None
    return found


def check_all(path, **settings):
    """Return the rows of a folder by name."""
    rows = folder.check_folder(package(path), **settings)
    found = {row.report.name: row for row in rows}
    assert len(found) == len(rows)
    return found


def statuses(path, **settings):
    """Return the verdicts of a folder by name."""
    return {name: row.report.status for name, row in check_all(path, **settings).items()}


def judge_relu(path, seconds=5.0, memory=2.0):
    """Judge relu_forward of layers.py."""
    package = path / "cs231n"
    return judge(Job(str(package), str(package / "layers.py"), "relu_forward", {}, "en", seconds, memory))


# --- what is told ----------------------------------------------------------------------------------------------------

BLANK = """
def affine_forward(x, w, b):
    out = None
    return out, (x, w, b)
def helper():
    raise AssertionError("no exercise")
"""


def test_right_wrong_and_blank_stand_in_the_table(assignment, capsys):
    assert main([str(assignment(layers=FORWARD + WRONG + BLANK))]) == 1
    out, err = capsys.readouterr()
    blank, right, wrong, mistake, hint = (line.split("  ") for line in out.split("[layers.py]\n")[1].splitlines()[:5])
    assert [blank[1], blank[-1]] == ["not attempted", "affine_forward"]
    assert [right[1], right[-1]] == ["right", "relu_forward"]
    assert [wrong[1], wrong[-1]] == ["wrong", "relu_backward"]
    assert mistake[-1] == "the gate looks at dout instead of x"
    assert hint[-1].startswith("Who decides")
    assert "helper" not in out
    assert "1 of 2 attempted are right; 1 not attempted." in out
    assert "checking 3 functions" in err


def test_a_blank_is_no_failure(assignment):
    assert main([str(assignment(layers=FORWARD + BLANK))]) == 0


def test_the_command_runs_and_says_that_it_executes_the_code(assignment):
    path = assignment(layers="print('printed')\n" + FORWARD)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(*arguments):
        command = [sys.executable, "-m", "cs231n_lib.check", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    done = run(str(path))
    assert done.returncode == 0
    assert "right          relu_forward" in done.stdout
    assert "printed" not in done.stdout + done.stderr
    assert sorted(p.name for p in (path / "cs231n").iterdir()) == ["layers.py"]  # nothing is left behind
    assert "EXECUTES" in run("--help").stdout


@pytest.mark.parametrize("name", ["", "missing", "file.py"])
def test_a_path_that_is_no_assignment_is_refused(tmp_path, capsys, name):
    (tmp_path / "file.py").write_text("")
    assert main([str(tmp_path / name)]) == 2
    assert str(tmp_path / name) in capsys.readouterr().err


def test_the_inner_folder_will_do_whatever_it_is_called(assignment):
    path = assignment(layers=FORWARD, layer_utils="from cs231n.layers import *", optim="from .layers import *")
    inner = (path / "cs231n").rename(path / "my_answers")
    assert statuses(inner) == {"relu_forward": "passed"}


def test_a_mistake_below_is_pointed_at(assignment):
    helper = "from .layers import *\ndef both(x):\n    return relu_forward(x)"
    net = """
from ..layers import *
from cs231n.layer_utils import *
class TwoLayerNet:
    def __init__(self, *args, **kwargs):
        pass
    def loss(self, X, y=None):
        return both(X)
"""
    wrong = "def relu_forward(x):\n    return -x, x"
    rows = check_all(assignment({"classifiers/fc_net": net}, layers=wrong, layer_utils=helper))
    assert rows["TwoLayerNet.loss"].look_first == ("relu_forward",)
    assert list(rows["TwoLayerNet.loss"].remarks("en"))[-1] == "Look first at what it uses: relu_forward."
    assert rows["relu_forward"].look_first == ()


NET = """
from ..layers import *
class FullyConnectedNet:
    def __init__(self, normalization=None, use_dropout=False, **settings):
        self.weights = np.random.normal(size=3)
    def loss(self, X, y=None):
        return 1.0, {}
"""
NORM = "def batchnorm_forward(x, gamma, beta, bn_param):\n    return BODY\n"


def net_with_batchnorm(assignment, net, body="2 * x, 0"):
    """Return the verdict on the net with batch norm; None where it has no row."""
    layers = "import numpy as np\n" + NORM.replace("BODY", body)
    found = statuses(assignment({"classifiers/fc_net": net}, layers=layers))
    assert found["FullyConnectedNet.loss"] in ("failed", "error")
    return found.get("FullyConnectedNet.loss with batchnorm")


def test_a_net_with_batchnorm_is_judged_when_it_uses_batchnorm(assignment):
    speaks = NET.replace("return 1.0, {}", "return batchnorm_forward(X, 1, 0, {'mode': 'train'})[0], {}")
    assert net_with_batchnorm(assignment, speaks) in ("failed", "error")
    assert net_with_batchnorm(assignment, speaks, "None, None") == "blank"
    inside = NET.replace("return 1.0, {}", "return self.parts(X)") + (
        "    def parts(self, X):\n        return 1.0, {'W1': self.params['gamma1']}\n"
    )
    assert net_with_batchnorm(assignment, inside) in ("failed", "error")


def test_a_net_that_has_only_room_for_batchnorm_waits(assignment):
    assert net_with_batchnorm(assignment, NET) == "blank"


def test_a_net_that_does_not_speak_of_batchnorm_has_no_row_for_it(assignment):
    silent = NET.replace("normalization=None, ", "").replace("Net:", 'Net:\n    """Without normalization."""')
    assert net_with_batchnorm(assignment, silent) is None
    assert "FullyConnectedNet.loss with dropout" in statuses(assignment({"classifiers/fc_net": silent}))


# --- how it is told ---------------------------------------------------------------------------------------------------


def told(report, width=80, look_first=(), language="en"):
    """Return a row's lines."""
    return table.rows_in_lines(table.Row("layers.py", report, look_first), language, width, False)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_is_readable_at_any_width(width, language):
    long = (
        "size 3 is different from 12 in_a_name_that_goes_on_and_on " * 20 if language == "en" else "因为错误中断。" * 99
    )
    lines = told(Report("relu_forward", "error", "stopped.", [long]), width, ("affine_forward",), language)
    assert max(map(table.size, lines)) <= width
    assert len(lines) <= 4 + table.LONGEST // (width - table.INDENT - 12)  # it is shortened, and its lines are full
    assert lines[0].split()[-1] == "relu_forward"
    assert "affine_forward" in lines[-1]
    assert "…" in "".join(lines)


def test_words_are_not_broken():
    line = "In the line: `p, forward = self.params, twins.rnn_forward if self.cell_type else None`"
    for width in range(30, 80):
        assert {word for part in table.wrap(line, width) for word in part.split()} == set(line.split())


@pytest.mark.parametrize(
    ("report", "word"),
    [
        (Report("f", "failed", "not right yet.", ["`dx` is 1; it should be 2."]), "`dx` is 1; it should be 2."),
        (Report("f", "failed", "not right yet.", [], [Diagnosis("1", "the title", "the hint")]), "the title"),
        (Report("f", "failed", "not right yet."), "(not recognised)"),
        (Report("f", "half", "half: the loss is right, dW is not begun."), "half: the loss is right, dW is not begun."),
        (Report("f", "error", "stopped with KeyError."), "stopped with KeyError."),
        (
            Report("f", "blank", "it computes something and returns nothing."),
            "it computes something and returns nothing.",
        ),
    ],
)
def test_each_row_that_is_not_right_has_a_word(report, word):
    assert told(report)[1].strip() == word


def test_a_right_row_and_a_blank_one_are_one_line():
    assert told(Report("f", "passed", "right.", ["proof", "why"])) == ["  right          f"]
    assert told(Report("f", "blank", "not attempted yet. Fill in the function above and run this cell again.")) == [
        "  not attempted  f"
    ]


def test_an_open_edge_is_named():
    edge = "One edge: it is not right for ties. No official test asks for this."
    found = [Diagnosis("1", "the title", "hint")]
    row = Report("f", "passed", "right; one edge is open.", [edge, "proof"], found, edge=True)
    assert [line.strip() for line in told(row)[1:]] == ["right; one edge is open.", edge, "the title"]


def test_half_done_is_counted_apart():
    rows = [table.Row("layers.py", Report("f", status, "")) for status in ("passed", "failed", "half", "blank")]
    assert table.summary(rows).startswith("1 of 2 attempted are right; 1 not attempted.\n1 half done")
    assert told(rows[2].report)[0] == "  half           f"
    assert folder.all_right([rows[0], *rows[2:]])
    assert not folder.all_right(rows)


# --- a backward and its forward --------------------------------------------------------------------------------------


def test_a_backward_is_judged_with_the_forward_of_its_file(assignment):
    forward = FORWARD.replace(", x\n", ", {'gate': x > 0}\n")
    backward = BACKWARD.replace("cache > 0", "cache['gate']")
    assert statuses(assignment(layers=forward + backward)) == {"relu_forward": "passed", "relu_backward": "passed"}


def test_a_backward_whose_forward_is_blank_is_judged_with_the_documented_cache(assignment):
    forward = "def relu_forward(x):\n    return None, None"
    assert statuses(assignment(layers=forward + BACKWARD)) == {"relu_forward": "blank", "relu_backward": "passed"}


# --- bad code --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "while True:\n        try:\n            while True: sum(range(99))\n        except BaseException: pass",
    ],
    ids=["endless loop", "endless loop that catches everything"],
)
def test_an_endless_loop_ends(assignment, monkeypatch, body):
    monkeypatch.setattr(fence, "PATIENCE", 1)
    start = time.monotonic()
    imported, report = judge_relu(assignment(layers=f"def relu_forward(x):\n    {body}"), seconds=0.3)
    assert imported
    assert "stopped after 0.3 seconds" in report.headline
    assert time.monotonic() - start < fence.START / 4


@pytest.mark.skipif(not fence.MEMORY_LIMIT, reason="this system does not limit memory")
def test_memory_without_end_is_refused(assignment):
    _, report = judge_relu(assignment(layers="def relu_forward(x):\n    return bytearray(10**9), x"), memory=0.5)
    assert report.status == "error"
    assert "more than 0.5 GB of memory" in report.headline


def test_a_function_that_ends_python_ends_one_row(assignment):
    rows = check_all(assignment(layers="import os\ndef relu_forward(x):\n    os._exit(7)\n" + BACKWARD))
    assert "exit code 7" in rows["relu_forward"].report.headline
    assert rows["relu_backward"].look_first == ("relu_forward",)  # its own forward, with which it is judged


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def relu_forward(x:\n", "layers.py, line 1"),
        ("\n1 / 0\n", "ZeroDivisionError: division by zero (layers.py, line 2)"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("import os\nos._exit(9)\n", "exit code 9"),
        ("while True: pass\n", "stopped after 1 seconds"),
        ("from .nowhere import *\n", "No module named 'cs231n.nowhere'"),
    ],
)
def test_a_file_that_cannot_be_imported_is_one_row(assignment, text, words):
    rows = check_all(assignment(layers=text + FORWARD + BACKWARD, optim="def sgd(w, dw, config=None): pass"), seconds=1)
    assert list(rows) == ["layers.py", "sgd"]
    assert rows["layers.py"].report.status == "error"
    assert words in rows["layers.py"].report.headline
    assert rows["sgd"].report.status == "blank"


def alive(pid):
    """Return whether a process runs; one that is dead and not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def forking(tmp_path, ending):
    """Return a file whose function leaves a child that holds all its pipes, then comes to its end."""
    return f"""
import os, time, signal, numpy as np
def relu_forward(x):
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    open({str(tmp_path / "child")!r}, "w").write(str(child))
    {ending}
"""


needs_fork = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")


@needs_fork
@pytest.mark.parametrize(
    ("ending", "headline"),
    [
        ("return np.maximum(x, 0), x", "right."),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "it ended Python itself (signal SIGSEGV)."),
        ("os._exit(7)", "it ended Python itself (exit code 7)."),
        ("while True: pass", "stopped after 1 seconds. Does a loop never end?"),
    ],
)
def test_processes_that_the_code_starts_end_with_it(assignment, tmp_path, ending, headline):
    start = time.monotonic()
    _, report = judge_relu(assignment(layers=forking(tmp_path, ending)), seconds=1)
    assert report.headline == headline
    assert time.monotonic() - start < fence.PATIENCE / 2  # the pipe that the child holds is not waited for
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def test_a_process_that_closes_its_pipe_is_waited_for(assignment, monkeypatch):
    calls, wait = [], fence.wait

    def counted(processes):
        calls.append(0)
        return wait(processes)

    monkeypatch.setattr(fence, "wait", counted)
    layers = "import os, time\ndef relu_forward(x):\n    os.closerange(3, 200)\n    time.sleep(0.3)\n    os._exit(5)"
    _, report = judge_relu(assignment(layers=layers))
    assert "exit code 5" in report.headline
    assert len(calls) < 20  # without spinning


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "GeneratorExit", "asyncio.CancelledError", "Own"])
def test_an_error_that_is_no_exception_is_told_as_raised_by_the_function(assignment, raised):
    text = "import asyncio\nclass Own(BaseException): pass\ndef relu_forward(x):\n    raise RAISED('said')"
    rows = check_all(assignment(layers=text.replace("RAISED", raised) + BACKWARD))
    report = rows["relu_forward"].report
    assert report.status == "error"
    assert report.headline == f"stopped with {raised.rpartition('.')[2]}."
    assert any("raise " in line for line in report.lines)
    text = f"import asyncio\nclass Own(BaseException): pass\nraise {raised}('said')\n" + BACKWARD
    headline = check_all(assignment(layers=text))["layers.py"].report.headline
    assert f"cannot be imported: {raised.rpartition('.')[2]}: said (layers.py, line 3)" in headline


@needs_fork
def test_ctrl_c_ends_all_and_prints_what_is_done(assignment, tmp_path):
    wait = f"open({str(tmp_path / 'child')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    path = assignment(layers="import os, time\n" + FORWARD + f"def softmax_loss(x, y):\n    {wait}\n")
    command = [sys.executable, "-m", "cs231n_lib.check", str(path), "--seconds", "50"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    run = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    lines = iter(run.stdout.readline, "")
    assert any("relu_forward" in line for line in lines)  # it is shown while the other one runs
    while not (tmp_path / "child").exists():
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "1 of 1 attempted are right" in out
    assert "Interrupted: 1 of 2 were checked." in out
    assert "Traceback" not in err
    assert not alive(int((tmp_path / "child").read_text()))


# --- in what order ----------------------------------------------------------------------------------------------------


def test_the_rows_keep_the_order_of_the_course(assignment):
    slow = "import time\ntime.sleep(0.3)\n"
    layers = FORWARD + WRONG + "def softmax_loss(x, y): pass\n" + BLANK
    names = list(check_all(assignment(layers=slow + layers, optim="def sgd(w, dw, config=None): pass")))
    assert names == ["affine_forward", "relu_forward", "relu_backward", "softmax_loss", "sgd"]


def test_a_row_waits_for_what_it_uses(assignment):
    """`svm_loss_naive` stands before `layers.py`, whose function it uses: where to look first is known all the same."""
    svm = "from ..layers import *\ndef svm_loss_naive(W, X, y, reg):\n    return relu_forward + 1"
    slow = "import time\ndef relu_forward(x):\n    time.sleep(0.05)\n    return -x, x"
    rows = check_all(assignment({"classifiers/linear_svm": svm}, layers=slow))
    assert list(rows) == ["svm_loss_naive", "relu_forward"]
    assert rows["svm_loss_naive"].look_first == ("relu_forward",)


# --- what is to be checked --------------------------------------------------------------------------------------------


def write(path, text):
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_repository_names_the_assignments_it_holds(tmp_path, capsys):
    for name in ("2021/assignment1/cs231n", "2021/second one/cs231n", "old/.hidden/cs231n", "venv/cs231n"):
        write(tmp_path / name / "layers.py", FORWARD)
    write(tmp_path / "CNN" / "layers.py", FORWARD)
    write(tmp_path / "keras" / "layers.py", "class Dense: pass")
    assert main([str(tmp_path)]) == 2
    calls = capsys.readouterr().err.splitlines()
    assert "holds 3 assignments" in calls[0]
    assert calls[1:] == [
        f"  python -m cs231n_lib.check {tmp_path}/2021/assignment1",
        f"  python -m cs231n_lib.check '{tmp_path}/2021/second one'",
        f"  python -m cs231n_lib.check {tmp_path}/CNN",
    ]


@pytest.mark.parametrize("name", ["a/b/cs231n/layers.py", "a/utils/layers.py", "utils/classifiers/softmax.py"])
def test_the_only_assignment_below_is_checked(tmp_path, capsys, name):
    write(tmp_path / name, FORWARD + "def softmax_loss_naive(W, X, y, reg): pass")
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    place = tmp_path / name.partition("/cs231n")[0].partition("/layers")[0].partition("/classifiers")[0]
    assert out.startswith(f"Checking {place}.\n")
    assert "not attempted  softmax_loss_naive" in out or "right          relu_forward" in out


def test_files_side_by_side_import_each_other(tmp_path):
    write(tmp_path / "layers.py", FORWARD)
    write(tmp_path / "more.py", "from layers import relu_forward as own")
    ways = ("from layers import *", "from .layers import *", f"from {tmp_path.name}.more import own", "import layers")
    for way in ways:
        net = f"{way}\nclass TwoLayerNet:\n    def loss(self, X, y=None):\n        return None\n"
        write(tmp_path / "fc_net.py", net)
        assert statuses(tmp_path) == {"relu_forward": "passed", "TwoLayerNet.loss": "blank"}, way


def test_a_single_file_is_checked(assignment, capsys):
    path = assignment({"classifiers/fc_net": NET}, layers=FORWARD + BACKWARD) / "cs231n"
    assert main([str(path / "layers.py")]) == 0
    assert "2 of 2 attempted are right" in capsys.readouterr().out
    assert main([str(path / "classifiers" / "fc_net.py")]) == 1
    out = capsys.readouterr().out
    assert "FullyConnectedNet.loss" in out
    assert "relu_forward" not in out


CELLS = [
    "%matplotlib inline\n!pip install nothing\nimport numpy as np\nscale, shift = 1, -0.0\nimport nowhere",
    "DEMO = np.zeros(3)\nraise SystemExit('cells are not run')",
    "def my_relu_forward(x):\n    return -x, x",
    "%%time\ndef my_relu_forward(x):\n    return gate(x) * x + shift, x\n\nmy_relu_forward(undefined)",
    "def relu_forward(x):\n    return None",
    "def gate(x):\n    return scale * (x > 0)",
    "%%bash\nls -l",
    "def sgd_solution(w): pass\ncheck('sgd', sgd_solution)",
    "def other(dout, cache):\n    return dout * gate(cache)\n\ncheck('relu_backward', other, forward=my_relu_forward)",
    "x = 1\n\nprint 'Python 2'",
    "def rmsprop(w, dw, config=undefined()):\n    pass",
    "def spread(left, right):\n    'a function that bears the name by chance'",
    "def my_loss(x, y):\n    pass\n\ncheck('softmax_loss', my_loss)\ncheck('softmax_loss', wrong_loss)",
    "def my_svm_loss(W, X, y, reg):\n    pass\n\ncheck('svm_loss_naive', my_svm_loss)",
]


def notebook(path, cells=CELLS):
    """Write a notebook."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells]), path)
    return path


def test_the_functions_of_a_notebook_are_checked(tmp_path, capsys):
    assert main([str(notebook(tmp_path / "my notes.ipynb"))]) == 1
    out = capsys.readouterr().out
    assert "[my notes.ipynb]" in out
    assert "right          relu_forward" in out
    assert "right          relu_backward" in out
    assert "stopped        rmsprop" in out and "NameError" in out
    assert "not attempted  softmax_loss\n" in out
    assert "not attempted  svm_loss_naive\n" in out
    assert not any(word in out for word in ("sgd", "spread", "  svm_loss\n"))
    assert "Cell 10 is left out: line 3" in out
    assert [p.name for p in tmp_path.iterdir()] == ["my notes.ipynb"]


def test_a_class_of_a_notebook_is_checked(tmp_path):
    layers = write(tmp_path / "cs231n" / "layers.py", FORWARD)
    cells = ["from cs231n.layers import *\n" + NET.partition("*")[2], "x = FullyConnectedNet()"]
    found = folder.of_notebook(notebook(tmp_path / "a.ipynb", cells), tmp_path)
    rows = {row.report.name: row.report.status for row in folder.Run(found).rows()}
    assert rows.pop("FullyConnectedNet.loss") in ("failed", "error")
    assert set(rows.values()) == {"blank"}
    assert len(rows) == 3
    assert layers in found.files


@pytest.mark.parametrize("text", ["", "{}", "not JSON"])
def test_what_is_no_notebook_is_refused(tmp_path, capsys, text):
    path = write(tmp_path / "a.ipynb", text)
    assert main([str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_the_language_comes_from_the_environment(assignment, capsys, monkeypatch):
    path = str(assignment(layers=FORWARD))
    monkeypatch.setenv("CS231N_LANGUAGE", "zh")
    assert main([path]) == 0
    assert "正确" in capsys.readouterr().out
    assert main([path, "--language", "en"]) == 0
    assert "right" in capsys.readouterr().out
    monkeypatch.setenv("CS231N_LANGUAGE", "fr")
    assert main([path]) == 2
    assert capsys.readouterr().err == "There is no language fr; use one of en, zh.\n"


# --- editions ---------------------------------------------------------------------------------------------------------


def notes(path):
    """Return what is said above the table."""
    return folder.of_folder(package(path)).notes


OLD = "def loss(self):\n    pass\nclass FullyConnectedNet:\n    def __init__(self, use_batchnorm=False): pass\n"


def test_an_old_edition_is_named_in_one_sentence(assignment, capsys):
    path = assignment({"classifiers/fc_net": OLD}, layers="from builtins import range\n" + FORWARD)
    assert "edition of 2017" in notes(path)[0] and len(notes(path)) == 1
    main([str(path)])
    assert "edition of 2017" in capsys.readouterr().out.split("[layers.py]")[0]
    assignment(layers=FORWARD)
    assert "edition of 2016" in notes(path)[0]
    assignment({"classifiers/fc_net": OLD.replace("use_batchnorm=False", "use_batchnorm=False, normalization=None")})
    assert notes(path) == []


SVM = "import numpy as np\nfrom random import shuffle\ndef svm_loss_naive(W, X, y, reg):\n    return LOSS, W\n"


def test_an_old_first_assignment_is_known_by_two_marks(assignment):
    old = assignment({"classifiers/linear_svm": SVM.replace("LOSS", "0.5 * reg * np.sum(W * W)")})
    assert "edition of 2016" in notes(old)[0]
    for text in (SVM, "from builtins import range\n" + SVM.replace("LOSS", "0.5 * reg * np.sum(W * W)")):
        assert notes(assignment({"classifiers/linear_svm": text})) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "def f():\n    print 'loss', 3\n",
            "utils.py, line 2, is Python 2: `print 'loss', 3`. Python 3 cannot run it.",
        ),
        ("try:\n    pass\nexcept ValueError, e:\n    pass\n", "utils.py, line 3, is Python 2"),
        ("def f():\n\tif 1:\n        return 1\n", "utils.py, line 3, mixes tabs and spaces"),
        (
            "class A:\n    def f(self):\n        # TODO\n\n    def g(self): pass\n",
            "utils.py, line 5: expected an indented",
        ),
        ("x = (1\n", "utils.py, line 1, is not valid Python: '(' was never closed"),
        ("x = 'a\0b'\n", "utils.py"),
    ],
)
def test_a_file_that_cannot_be_parsed_gets_a_sentence(assignment, text, sentence):
    path = assignment({"simclr/utils": text, "../utils": text}, utils=text, layers=FORWARD)
    found = [note for note in notes(path) if note.startswith("utils.py")]
    assert len(found) == 1
    assert found[0].startswith(sentence)
    rows = check_all(path)
    assert rows["simclr/utils.py"].report.headline == "simclr/" + found[0]


def test_many_files_that_cannot_be_parsed_are_counted(assignment):
    path = assignment({f"old{i}": "print 'x'" for i in range(5)}, layers=FORWARD)
    assert len(notes(path)) == folder.SHOWN + 1
    assert notes(path)[-1] == "2 more files cannot be read as Python 3."


# --- what is loaded ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("# torch\nx = 'import torch'", False),
        ("import torch", True),
        ("def f():\n    import torch.nn.functional as F", True),
        ("from torch import nn", True),
        ("from .fast import *", True),
        ("from . import fast", True),
        ("import cs231n.fast", True),
        ("from cs231n.fast import f", True),
        ("from .slow import *", False),
        ("from .around import *", True),
        ("from ...outside import *", False),
        ("import numpy as torch", False),
    ],
)
def test_pytorch_is_loaded_for_files_that_import_it(assignment, text, needed):
    deeper = {"around": "from .layers import *\nfrom .fast import *", "fast": "import torch", "slow": "import numpy"}
    package = assignment(deeper, layers=text) / "cs231n"
    assert needs_torch(package / "layers.py", package) is needed


# --- official files --------------------------------------------------------------------------------------------------


def test_what_official_files_import_does_not_stop_them(assignment):
    imports = """
from builtins import range, object
from past.builtins import xrange
import torchvision.transforms as T
from torchvision.datasets import CIFAR10
from .im2col_cython import col2im_cython, im2col_cython, col2im_6d_cython
from .optim import *
from cs231n.im2col import *
assert list(xrange(2)) == [0, 1] and T.ToTensor and CIFAR10
"""
    broken = "import this_is_not_installed"
    inits = {"__init__": broken, "classifiers/__init__": broken}
    softmax = "import cs231n\nfrom ..layers import *\ndef softmax_loss_naive(W, X, y, reg):\n    cs231n.classifiers"
    path = assignment(inits | {"classifiers/softmax": softmax}, layers=imports + FORWARD, optim="", im2col="")
    assert statuses(path) == {"softmax_loss_naive": "blank", "relu_forward": "passed"}


def test_a_library_that_is_really_needed_is_named(assignment):
    text = "import past.translation as T\ndef relu_forward(x):\n    return T.translate(x)"
    _, report = judge_relu(assignment(layers=text))
    assert "past.translation.translate is needed, but past is not installed" in " ".join(report.lines)


def test_columns_hold_the_windows_and_go_back():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, 7, 5))
    cols = im2col_cython(x, 3, 3, 1, 2)
    assert cols.shape == (27, 4 * 3 * 2)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    column = (1 * 3 + 2) * 2 + 1  # window (1, 2) of image 1: images run fastest
    np.testing.assert_array_equal(cols[:, column], padded[1, :, 2:5, 4:7].ravel())
    other = rng.standard_normal(cols.shape)
    back = col2im_cython(other, 2, 3, 7, 5, 3, 3, 1, 2)
    np.testing.assert_allclose(np.sum(cols * other), np.sum(x * back))  # each the transpose of the other
    six = np.moveaxis(other.reshape(3, 3, 3, 4, 3, 2), 5, 3)
    np.testing.assert_array_equal(col2im_6d_cython(six, 2, 3, 7, 5, 3, 3, 1, 2), back)


def test_older_and_newer_editions_are_called_alike():
    class FullyConnectedNet:
        def __init__(self, hidden_dims, dropout=1, reg=0.0):
            self.settings = (hidden_dims, dropout, reg)

    adapted = adapt(FullyConnectedNet)
    assert adapted([3], dropout_keep_ratio=0.5, reg=2.0).settings == ([3], 0.5, 2.0)
    assert adapted.__module__ == __name__  # where its source is looked for


def test_what_is_written_for_cuda_runs_on_the_cpu(assignment):
    text = """
    import numpy as np
    def relu_forward(x, device="cuda", other=f"cuda:{0}"):
        class Tensor:
            def cpu(self): return "moved"
        assert device == other == "cuda:0" == "cp" + "u" and Tensor().cuda(0) == "moved"
        assert "cuda things" != "cpu"
        return np.maximum(x, 0), x
    def relu_backward(dout, cache):
        raise ValueError("cuda:1")  # a comment stands in the quote
    """
    rows = check_all(assignment(layers=textwrap.dedent(text)))
    assert rows["relu_forward"].report.status == "passed", rows["relu_forward"].report
    assert 'raise ValueError("cuda:1")  # a comment' in str(rows["relu_backward"].report)


# --- untouched folders ---------------------------------------------------------------------------------------------

SAMPLE = [(1, 2026), (2, 2019), (3, 2024)]
REST = [one for one in itertools.product((1, 2, 3), stubs.EDITIONS) if one not in SAMPLE]


@pytest.mark.parametrize(
    ("number", "edition"), [*SAMPLE, *(pytest.param(*one, marks=pytest.mark.full) for one in REST)]
)
def test_a_fresh_official_folder_has_no_wrong_row(number, edition, tmp_path):
    rows = list(folder.check_folder(stubs.folder(number, edition, tmp_path) / "cs231n"))
    verdicts = {row.report.name: row.report.status for row in rows if row.report.name != row.file}
    assert len(verdicts) >= 8
    assert {name: status for name, status in verdicts.items() if status not in ("blank", "passed")} == {}
