"""A learner's own folder is judged, function by function, and no code in it hangs or kills the run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib.check import fence, folder
from cs231n_lib.check.__main__ import main
from cs231n_lib.check.fence import Job, adapt, judge
from cs231n_lib.check.report import Report
from cs231n_lib.check.stand_ins import col2im_6d_cython, col2im_cython, im2col_cython

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


def check_all(path, **settings):
    """Return the rows of a folder by name."""
    rows = folder.check_folder(folder.find_package(path), **settings)
    found = {row.report.name: row for row in rows}
    assert len(found) == len(rows)
    return found


def statuses(path, **settings):
    """Return the verdicts of a folder by name."""
    return {name: row.report.status for name, row in check_all(path, **settings).items()}


def judge_relu(path, seconds=5.0, memory=2.0):
    """Judge relu_forward of layers.py."""
    return judge(Job(str(path / "cs231n"), "layers.py", "relu_forward", {}, "en", seconds, memory))


# --- what is told ----------------------------------------------------------------------------------------------------

BLANK = """
def affine_forward(x, w, b):
    out = None
    return out, (x, w, b)
def helper():
    raise AssertionError("no exercise")
"""


def test_right_wrong_and_blank_stand_in_the_table(assignment, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    assert main([str(assignment(layers=FORWARD + WRONG + BLANK))]) == 1
    out, err = capsys.readouterr()
    cells = {line.split("  ")[0]: [c.strip() for c in line.split("  ") if c.strip()][1:] for line in out.splitlines()}
    assert cells["relu_forward"] == ["right"]
    assert cells["affine_forward"] == ["not attempted"]
    verdict, mistake, hint = cells["relu_backward"]
    assert (verdict, mistake) == ("wrong", "the gate looks at dout instead of x")
    assert hint.startswith("Who decides")
    assert "helper" not in out
    assert "1 of 2 attempted are right; 1 not attempted." in out
    assert "checking" in err  # the progress bar


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
    assert "relu_forward  right" in done.stdout
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
    assert "Look first at what it uses: relu_forward." in rows["TwoLayerNet.loss"].cells("en")[3]
    assert rows["relu_forward"].look_first == ()


def test_a_net_with_batchnorm_waits_for_batchnorm(assignment):
    net = "class FullyConnectedNet:\n    def loss(self, X, y=None):\n        return 1.0, {}"
    found = statuses(assignment({"classifiers/fc_net": net}))
    assert found["FullyConnectedNet.loss"] == "failed"
    assert found["FullyConnectedNet.loss with batchnorm"] == "blank"


def test_the_table_keeps_its_columns_in_chinese():
    rows = [
        folder.Row("layers.py", Report("relu_forward", status, "因为错误中断。" * 9)) for status in ("error", "blank")
    ]
    lines = folder.table(rows, "zh", 80).splitlines()
    assert len(lines) > 6
    assert max(map(folder.size, lines)) <= 80
    starts = {
        folder.size(line[: line.index(word)]) for line in lines for word in ("结论", "中断 ", "还没") if word in line
    }
    assert starts == {len("relu_forward") + 2}


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
    x, sizes = rng.standard_normal((2, 3, 7, 5)), (3, 3, 1, 2)
    cols = im2col_cython(x, *sizes)
    assert cols.shape == (27, 4 * 3 * 2)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    column = (1 * 3 + 2) * 2 + 1  # window (1, 2) of image 1: images run fastest
    np.testing.assert_array_equal(cols[:, column], padded[1, :, 2:5, 4:7].ravel())
    other = rng.standard_normal(cols.shape)
    back = col2im_cython(other, *x.shape, *sizes)
    np.testing.assert_allclose(np.sum(cols * other), np.sum(x * back))  # each the transpose of the other
    six = np.moveaxis(other.reshape(3, 3, 3, 4, 3, 2), 5, 3)
    np.testing.assert_array_equal(col2im_6d_cython(six, *x.shape, 3, 3, 1, 2), back)


def test_older_and_newer_editions_are_called_alike():
    class FullyConnectedNet:
        def __init__(self, hidden_dims, dropout=1, reg=0.0):
            self.settings = (hidden_dims, dropout, reg)

    assert adapt(FullyConnectedNet)([3], dropout_keep_ratio=0.5, reg=2.0).settings == ([3], 0.5, 2.0)

    def simclr_loss_vectorized(left, right, tau, device="cuda"):
        return device

    assert adapt(simclr_loss_vectorized)(0, 0, 1) == "cpu"
