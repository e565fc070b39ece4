"""What is not begun is told from the source: untouched handouts of every edition, half-done functions, right ones."""

import ast
import functools
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n_lib.check import blank
from cs231n_lib.check.blank import blocks, canonical, is_stub, state, unbegun
from cs231n_lib.check.model import Exercise, find
from cs231n_lib.check.registry import items
from tests import stubs
from tests.right_versions import RIGHT

CANONICAL = Path(blank.__file__).with_name("canonical.py")
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


UNTOUCHED = list(stubs.untouched())


@functools.cache
def kinds():
    """Return one untouched exercise of each name and canonical text."""
    texts = {(stub.name, stub.text): stub for stub in UNTOUCHED}.values()
    return list({(stub.name, canonical(stub.text)): stub for stub in texts}.values())


def without_docstrings(text):
    """Return a source without its docstrings, its comments kept."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            indent = " " * node.body[0].col_offset
            lines[first - 1 : last] = [f"{indent}pass", *[""] * (last - first)]
    return "\n".join(lines) + "\n"


def without_comments(text):
    """Return a source without its comments."""
    return re.sub(r" *#.*", "", text)


# --- untouched handouts ----------------------------------------------------------------------------------------------


def test_the_fingerprints_are_up_to_date():
    assert blank.STUBS.read_text(encoding="utf-8") == stubs.written(), "run python -m tests.stubs"


@pytest.mark.parametrize("edition", stubs.EDITIONS)
def test_the_handouts_of_an_edition_are_untouched(edition):
    found = [stub for stub in UNTOUCHED if stub.edition == edition]
    told = {stub.name: state(stub.name, stub.text) for stub in found}
    assert [name for name, one in told.items() if not one.untouched or one.dead or one.no_return] == []
    assert all(is_stub(stub.name, stub.text) for stub in found)


def test_all_editions_have_their_exercises():
    counts = {edition: sum(stub.edition == edition for stub in UNTOUCHED) for edition in stubs.EDITIONS}
    assert min(counts.values()) > 55 and sum(counts.values()) > 700
    official = {name.split(" ")[0] for name in blank.stubs()}
    assert {stub.name.split(" ")[0] for stub in UNTOUCHED} <= official


@pytest.mark.parametrize("change", [without_docstrings, without_comments, str])
def test_handouts_in_other_words_are_untouched_by_their_marks_or_their_values(change, monkeypatch):
    """Without fingerprints: by the marks, and without marks by what is returned, if nothing is given finished."""
    monkeypatch.setattr(blank, "stubs", dict)
    given = dict.fromkeys(("svm_loss_naive", "softmax_loss_naive"), ("loss",))
    told = [s for s in kinds() if not state(s.name, change(s.text), given.get(s.name, ())).untouched]
    known = {"TransformerDecoderLayer"} if change is without_comments else set()  # its first block is given
    assert {stub.name for stub in told} == known


def test_what_is_given_finished_is_believed_by_the_marks_only():
    assert {n for n in blank.GIVEN if n not in blank.stubs()} == set()
    for stub in kinds():
        open_values = state(stub.name, stub.text, values=("loss", "dW")).placeholders
        if stub.name in ("svm_loss_naive", "softmax_loss_naive"):
            assert 1 in open_values


def test_classes_whose_layers_are_given():
    """GIVEN_INIT names the modules whose handouts make layers in `__init__`."""
    modules = [s for s in kinds() if s.text.startswith("class") and "." not in s.name]
    assert {s.name for s in modules if "self.dropout" in s.text or "nn.Linear(" in s.text} == blank.GIVEN_INIT


@pytest.mark.parametrize(("assignment", "edition"), [(1, 2021), (2, 2018), (3, 2023), (3, 2026)])
def test_a_folder_is_written_and_its_functions_are_untouched(assignment, edition, tmp_path, monkeypatch):
    package = tmp_path / f"stubs_{assignment}_{edition}"
    stubs.folder(assignment, edition, tmp_path)
    (tmp_path / "cs231n").rename(package)
    (package / "classifiers" / "__init__.py").write_text("")  # the official one names its own package
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "cs231n", importlib.import_module(package.name))
    for stub in [s for s in UNTOUCHED if (s.assignment, s.edition) == (assignment, edition)]:
        if stub.file.endswith(".py") and "rnn_layers" not in stub.file:
            module = importlib.import_module(f"{package.name}.{stub.file[:-3].replace('/', '.')}")
            given = getattr(module, stub.name.split(" ")[0].split(".")[0])
            assert state(stub.name, given).untouched, stub.name
            lines = inspect.getsource(module).splitlines()
            assert all("TODO" in lines[b.first - 1] and b.last - b.first < 35 for b in blocks(given))


def test_the_file_that_cannot_be_imported_is_there(tmp_path):
    path = stubs.folder(3, 2022, tmp_path) / "cs231n" / "simclr" / "data_utils.py"
    with pytest.raises(IndentationError):
        ast.parse(path.read_text())


def test_lessons_blanks_are_untouched():
    blanks = list(stubs.lesson_blanks())
    assert len(blanks) > 70 and [name for name, text in blanks if not state(name, text).untouched] == []


OTHER_WORDS = {  # handouts with other given lines than any official one, without a comment
    "batchnorm_forward": """
        mode = bn_param['mode']
        eps, momentum = bn_param.get('eps', 1e-5), bn_param.get('momentum', 0.9)
        running_mean = bn_param.get('running_mean', np.zeros(x.shape[1]))
        out = cache = None
        if mode == 'train':
            pass
        bn_param['running_mean'] = running_mean
        return out, cache""",
    "simclr_loss_naive": """
        N = len(x)
        both = torch.cat((x, bn_param))
        total = 0.0
        for k in range(N):
            a, b = both[k], both[N + k]
        total /= 2 * N
        return total""",
    "adam": """
        bn_param = bn_param or {}
        for key, value in (('learning_rate', 1e-3), ('beta1', 0.9)):
            bn_param.setdefault(key, value)
        next_w = None
        return next_w, bn_param""",
    "CaptioningRNN.sample": """
        captions = np.full((len(x), 5), self._null, dtype=np.int32)
        W = self.params['W_proj']
        return captions""",
    "conv_forward_naive": """
        stride, pad = bn_param['stride'], bn_param['pad']
        N, C, H, W = x.shape
        F, C, HH, WW = gamma.shape
        out = np.zeros((N, F, 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride))
        return out, (x, gamma, beta, bn_param)""",
    "ThreeLayerConvNet.loss": """
        W1, b1 = self.params['W1'], self.params['b1']
        conv_param = dict(stride=1, pad=(W1.shape[2] - 1) // 2)
        scores = None
        if y is None:
            return scores
        loss, grads = 0, {}
        return loss / 1.0, grads""",
    "lstm_step_backward": """
        dx, dh, dc, dWx, dWh, db = [None] * 6
        return dx, dh, dc, dWx, dWh, db""",
    "discriminator": """
        if x is not None:
            torch.manual_seed(x)
        return nn.Sequential()""",
}


@pytest.mark.parametrize("name", OTHER_WORDS)
def test_handouts_in_any_words_are_untouched(name):
    told = state(name, f"def f(self, x, gamma=1, beta=1, bn_param=1, y=None):{OTHER_WORDS[name]}\n")
    assert told.untouched and not told.dead


# --- the canonical text ----------------------------------------------------------------------------------------------


def python(version):
    """Return a Python of this version, if there is one."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    built = sorted(root.glob(f"{version}.*/bin/python"))
    return str(built[-1]) if built else shutil.which(f"python{version}")


SCRIPT = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("canonical", sys.argv[1])
module = sys.modules["canonical"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps([module.canonical(text) for text in json.load(sys.stdin)]))
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_canonical_text_is_the_same_on_every_python(version):
    command = python(version)
    if command is None:
        pytest.skip(f"there is no Python {version} here")
    texts = [stub.text for stub in kinds()] + [
        inspect.getsource(fn) for _, fn, _ in RIGHT[::4] if inspect.isfunction(fn)
    ]
    texts.append(
        "def f(x: int, *, k: str = f'{1!r:>{2}}' 'a') -> None:\n    match x:\n        case [1, *_]: return -1j\n"
    )
    run = subprocess.run(
        [command, "-c", SCRIPT, str(CANONICAL)], input=json.dumps(texts), capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [canonical(text) for text in texts]


def test_the_canonical_text_is_of_what_a_function_does():
    one = 'def affine(x, w, b):\n    """Say."""\n    out = None\n    # TODO\n    pass\n    return out, (x, w, b)\n'
    two = "@old\ndef my_affine(a: int, w, b) -> None:\n    result = None\n    ...\n    return result, (a, w, b)\n"
    assert canonical(one) == canonical(two) != ""
    assert canonical(one) != canonical(one.replace("out, (x", "x, (out"))
    assert canonical(one) != canonical(one.replace("None", "0"))
    assert canonical("def f(x):\n  raise ValueError('a')\n") == canonical("def f(x):\n  raise ValueError(f'{x}')\n")
    assert canonical("def f(x):\n  assert x, 'a'\n") == canonical("def f(x):\n  assert x\n") != ""
    assert canonical("x = 1") == canonical(len) == canonical("def f(:") == ""


# --- small changes ---------------------------------------------------------------------------------------------------

DROPOUT = next(s.text for s in UNTOUCHED if s.name == "dropout_forward" and s.edition == 2021)
AFFINE = next(s.text for s in UNTOUCHED if s.name == "affine_forward" and s.edition == 2021)
SVM = next(s.text for s in UNTOUCHED if s.name == "svm_loss_naive" and s.edition == 2021)
NET = next(s.text for s in UNTOUCHED if s.name == "FullyConnectedNet.loss" and s.edition == 2022)
DECODER = next(s.text for s in UNTOUCHED if s.name == "TransformerDecoderLayer" and s.edition == 2026)
POSITIONS = next(s.text for s in UNTOUCHED if s.name == "PositionalEncoding" and s.edition == 2024)


def filled(text, *parts):
    """Return a handout with its gaps filled in turn; "" leaves one as it is."""
    pieces = re.split(r"( *)pass\n", text)
    for i, part in enumerate(parts):
        indent = pieces[2 * i + 1]
        lines = part.splitlines() or ["pass"]
        pieces[2 * i + 1] = "".join(f"{indent}{line}\n" for line in lines)
    for i in range(2 * len(parts) + 1, len(pieces), 2):
        pieces[i] += "pass\n"
    return "".join(pieces)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r" *# TODO.*\n", "", text),
        lambda text: text.replace("out", "result"),
        lambda text: text.replace("out = None", "out = np.zeros(1)"),
        lambda text: text.replace("pass", "..."),
        lambda text: text.replace("    pass\n", ""),
        lambda text: text.replace("    return out, cache", "    out = out\n    return out, cache"),
    ],
)
def test_a_handout_with_a_small_change_is_still_untouched(change):
    assert change(AFFINE) != AFFINE and state("affine_forward", change(AFFINE)).untouched


@pytest.mark.parametrize("line", ["print(x.shape)", "o = x @ w", "o = x.reshape(len(x), -1).dot(w)", "x.dot(w) + b"])
def test_work_that_reaches_no_returned_value_is_dead(line):
    for text in (filled(AFFINE, line), without_comments(filled(AFFINE, line))):
        told = state("affine_forward", text)
        assert (told.untouched, told.dead, told.placeholders) == (False, True, (0,))


def test_a_missing_return_is_told():
    told = state("relu_forward", "def relu_forward(x):\n    out = np.maximum(x, 0)\n    print(out)\n")
    assert told.no_return and not told.untouched
    assert state("relu_forward", "def relu_forward(x):\n    print(x)\n").no_return
    assert state("word_embedding_forward", "def f(x, W):\n    out = W[x]\n").no_return
    for body in ("pass", "...", "raise NotImplementedError", '"""Say."""', "N, D = x.shape"):
        told = state("relu_forward", f"def relu_forward(x):\n    {body}\n")
        assert told.untouched and not told.no_return, body


def test_without_a_source_nothing_is_told():
    assert state("relu_forward", len) == state("relu_forward", functools.partial(max, 0)) == blank.State()
    assert unbegun(len) == () and blocks(len) == [] and not is_stub("relu_forward", len)


# --- half done -------------------------------------------------------------------------------------------------------

HALF = {
    "the loss of svm, dW not begun": (
        "svm_loss_vectorized",
        "def f(W, X, y, reg):\n    loss = 0.0\n    dW = np.zeros(W.shape)\n    s = X @ W\n    loss = s.sum() / len(X)\n"
        "    dW /= len(X)\n    return loss, dW\n",
        (1,),
    ),
    "the loss of softmax in a loop": (
        "softmax_loss_naive",
        "def f(W, X, y, reg):\n    loss, dW = 0.0, np.zeros_like(W)\n    for i in range(len(X)):\n"
        "        s = X[i] @ W\n        loss += np.log(np.exp(s).sum()) - s[y[i]]\n"
        "    loss, dW = loss / len(X), dW / len(X)\n    return loss, dW\n",
        (1,),
    ),
    "dW of svm, the loss not begun": (
        "svm_loss_vectorized",
        "def f(W, X, y, reg):\n    loss = 0.0\n    dW = np.zeros_like(W)\n    for j in range(3):\n"
        "        dW[:, j] += X.sum(axis=0)\n    return loss, dW\n",
        (0,),
    ),
    "two of three gradients": (
        "affine_backward",
        "def f(dout, cache):\n    x, w, b = cache\n    dx, dw, db = None, None, None\n"
        "    dx = (dout @ w.T).reshape(x.shape)\n    dw = x.reshape(len(x), -1).T @ dout\n    return dx, dw, db\n",
        (2,),
    ),
    "one of three gradients": (
        "conv_backward_naive",
        "def f(dout, cache):\n    dx, dw, db = None, None, None\n    x, w, b, p = cache\n    dx = np.zeros_like(x)\n"
        "    dw = np.zeros_like(w)\n    db = dout.sum(axis=(0, 2, 3))\n    return dx, dw, db\n",
        (0, 1),
    ),
    "a gradient filled by np.add.at": (
        "batchnorm_backward",
        "def f(dout, cache):\n    dx, dgamma, dbeta = np.zeros_like(dout), None, np.zeros(3)\n"
        "    np.add.at(dbeta, [0, 1, 2], dout.sum(0))\n    return dx, dgamma, dbeta\n",
        (0, 1),
    ),
    "a gradient filled by out=": (
        "attention_backward",
        "def f(dout, cache):\n    q, k, *_ = cache\n    dq, dk, dv = torch.zeros_like(q), q.new_zeros(k.shape), None\n"
        "    torch.matmul(dout, k, out=dq)\n    return dq, dk, dv\n",
        (1, 2),
    ),
    "the hidden state, not the cell": (
        "lstm_step_forward",
        "def f(x, prev_h, prev_c, Wx, Wh, b):\n    next_h, next_c, cache = None, None, None\n"
        "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n    return next_h, next_c, cache\n",
        (1,),
    ),
    "the bias of an LSTM handed back as it came": (
        "rnn_step_backward",
        "def f(dnext_h, cache):\n    x, h, Wx, Wh, out = cache\n    d = dnext_h * (1 - out**2)\n"
        "    dx, dprev_h, dWx, dWh = d @ Wx.T, d @ Wh.T, x.T @ d, h.T @ d\n    db = dnext_h\n"
        "    return dx, dprev_h, dWx, dWh, db\n",
        (4,),
    ),
    "the loss of a net, no gradients": (
        "TwoLayerNet.loss",
        "def loss(self, X, y=None):\n    scores = X @ self.params['W1']\n    if y is None:\n        return scores\n"
        "    loss, grads = 0, {}\n    loss, _ = softmax_loss(scores, y)\n    return loss, grads\n",
        (1,),
    ),
    "the loss of a captioning net, no gradients": (
        "CaptioningRNN.loss",
        "def loss(self, features, captions):\n    loss, grads = 0.0, {}\n    h0 = affine(features, self.params)\n"
        "    loss += h0.sum()\n    grads['W'] = None\n    return loss, grads\n",
        (1,),
    ),
}


@pytest.mark.parametrize("label", HALF)
def test_values_not_begun_are_told(label):
    name, text, open_values = HALF[label]
    told = state(name, text)
    assert told.placeholders == open_values and not told.untouched and not told.no_return


def test_the_gap_that_is_still_empty_is_told_by_its_lines():
    """Dropout's train mode done, its test mode not; with and without the comments."""
    text = filled(DROPOUT, "mask = np.random.rand(*x.shape) < p\nout = x * mask / p")
    [gap] = state("dropout_forward", text).open_blocks
    lines = text.splitlines()[gap[0] - 1 : gap[1]]
    assert "test mode" in lines[0] and "pass" in map(str.strip, lines) and "END" in lines[-1]
    assert [b.begun for b in blocks(text)] == [True, False]
    told = state("dropout_forward", without_comments(text))
    assert told.placeholders == () and not told.untouched and not told.dead
    assert [without_comments(text).splitlines()[a - 1].strip() for a, b in told.open_blocks] == ["pass"]


@pytest.mark.parametrize(
    ("name", "text", "begun"),
    [
        (
            "TransformerDecoderLayer",
            filled(DECODER, "tgt = self.norm_cross(tgt + self.cross_attn(tgt, memory, memory))"),
            1,
        ),
        ("FullyConnectedNet.loss", filled(NET, "", "scores, cache = affine_forward(X, self.params['W1'], 0)"), 1),
        ("svm_loss_naive", filled(SVM, "dW = X.T @ X @ W"), 1),
    ],
)
def test_the_first_of_several_gaps_is_begun(name, text, begun):
    told = state(name, text)
    assert not told.untouched and sum(b.begun for b in blocks(text)) == begun


def test_gaps_inside_a_call():
    text = next(s.text for s in UNTOUCHED if s.name == "discriminator" and s.edition == 2019)
    at = text.index("    )\n    return")
    begun = re.sub(r"( *)(# TODO.*\n.*\n.*\n)", r"\1\2\1nn.Linear(784, 1),\n", text)
    assert [b.begun for b in blocks(text)] == [False] and [b.begun for b in blocks(begun)] == [True]
    assert at and state("discriminator", text).untouched and not state("discriminator", begun).untouched


@pytest.mark.parametrize("known", [True, False])
def test_an_encoding_begun_in_its_init_is_not_untouched(known, monkeypatch):
    if not known:
        monkeypatch.setattr(blank, "stubs", dict)
    for change in (str, without_comments):
        assert state("PositionalEncoding", change(POSITIONS)).untouched
        text = filled(POSITIONS, "pe[0, :, 0::2] = torch.sin(torch.arange(max_len))")
        told = state("PositionalEncoding", change(text))
        assert told.placeholders == (0,) and not told.untouched


def test_layers_made_in_an_init_are_begun():
    text = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        LINE\n"
    text += "    def forward(self, x):\n        ...\n"
    assert state("TwoLayerFC", text.replace("LINE", "pass")).untouched
    assert not state("TwoLayerFC", text.replace("LINE", "self.fc = nn.Linear(3, 4)")).untouched
    assert state("TwoLayerFC", "class Net(nn.Module):\n    ...\n").untouched


def test_a_gradient_written_above_its_empty_gap_is_begun():
    text = SVM.replace("loss += margin", "loss += margin\n                dW[:, j] += X[i]")
    told = state("svm_loss_naive", text, given=("loss",))
    assert not told.untouched and told.placeholders == ()


# --- nobody is accused of not having begun ---------------------------------------------------------------------------


def test_right_versions_are_never_untouched():
    told = {(name, fn.__name__): state(name, fn) for name, fn, _ in RIGHT}
    assert {key: one for key, one in told.items() if one != blank.State(open_blocks=one.open_blocks)} == {}


def test_the_course_itself_is_never_untouched():
    exercises = [item for item in items().values() if isinstance(item, Exercise)]
    told = {path: state(e.name, find(path)[2]) for e in exercises for path in {e.truth, e.source}}
    assert {path for path, one in told.items() if one.untouched or one.dead or one.no_return} == set()


def test_wrong_versions_are_never_untouched():
    """Every thirteenth mistake of the catalogue."""
    told = []
    exercises = [item for item in items().values() if isinstance(item, Exercise)]
    mistakes = [(e, m) for e in exercises for m in e.mistakes if not m.where][::13]
    for exercise, mistake in mistakes:
        _, owner, fn = find(exercise.source)
        text = inspect.getsource(owner or fn)
        for old, new in mistake.patches:
            text = text.replace(old, new)
        told.append((mistake.id, state(exercise.name, text)))
    assert len(told) > 90 and [id for id, one in told if one.untouched or one.dead or one.no_return] == []


ATTEMPTS = {
    "set to zero in place": ("relu_backward", "def f(dout, cache):\n    dout[cache < 0] = 0\n    return dout\n"),
    "set to zero under another name": (
        "relu_backward",
        "def f(dout, cache):\n    d = dout\n    d[cache < 0] = 0\n    return d\n",
    ),
    "scaled in place": ("relu_backward", "def f(dout, cache):\n    dout *= cache > 0\n    return dout\n"),
    "scaled under its name": ("relu_backward", "def f(dout, cache):\n    dout = dout * (cache > 0)\n    return dout\n"),
    "an index": ("word_embedding_forward", "def f(x, W):\n    return W[x], x\n"),
    "the step in place": (
        "sgd",
        "def f(w, dw, config=None):\n    w -= config['learning_rate'] * dw\n    return w, config\n",
    ),
    "filled through a view": (
        "word_embedding_backward",
        "def f(dout, cache):\n    x, W = cache\n    dW = np.zeros_like(W)\n    rows = dW.reshape(len(W), -1)\n"
        "    rows[0] = dout[0, 0]\n    return dW\n",
    ),
    "filled by a loop over its rows": (
        "compute_sim_matrix",
        "def f(out):\n    found = torch.zeros(4, 4)\n    for row, z in zip(found, out):\n        row += out @ z\n"
        "    return found\n",
    ),
    "filled by a helper": (
        "compute_sim_matrix",
        "def f(out):\n    found = torch.zeros(4, 4)\n    fill(found, out)\n    return found\n",
    ),
    "filled by a function inside": (
        "compute_sim_matrix",
        "def f(out):\n    found = torch.zeros(4, 4)\n    def put(i):\n        found[i] = out @ out[i]\n"
        "    list(map(put, range(4)))\n    return found\n",
    ),
    "filled by exec": ("spread", "def f(numbers):\n    out = None\n    exec('out = 3')\n    return out\n"),
    "a list appended to": (
        "patchify",
        "def f(x):\n    out = []\n    for one in x:\n        out.append(one)\n    return out\n",
    ),
    "copied into": (
        "sample_noise",
        "def f(n, d):\n    out = torch.empty(n, d)\n    out.uniform_(-1, 1)\n    return out\n",
    ),
    "kept in the object": (
        "KNearestNeighbor.predict_labels",
        "def f(self, d):\n    self.a = d.argmin(1)\n    return self.a\n",
    ),
    "given one at a time": ("patchify", "def f(x):\n    for one in x:\n        yield one * 2\n"),
    "a dict made of others": (
        "TwoLayerNet.loss",
        "def f(self, X, y):\n    loss, g = 0.0, {}\n    g |= {'W': X @ X}\n    return loss, g\n",
    ),
}


@pytest.mark.parametrize("label", ATTEMPTS)
def test_an_attempt_is_never_untouched(label):
    name, text = ATTEMPTS[label]
    told = state(name, text)
    assert not told.untouched and not told.no_return and not told.dead


def test_names_of_the_outside_are_known_to_a_function():
    """What is defined around a function is there; a name that is nowhere was never written."""
    kept = 3.0

    def spread(numbers):
        return kept

    def unwritten(numbers):
        return never_written  # noqa: F821

    assert not state("spread", spread).untouched and state("spread", unwritten).untouched
