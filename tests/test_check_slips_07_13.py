"""Every wrong version that lessons 07 to 13 print is named by the exercise it belongs to.

The wrong code comes from the lessons' own cells; where it is an expression, the function is built around it here.
"""

import ast
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib import layers
from cs231n_lib.check import check, lines, registry
from cs231n_lib.check.puzzles import FindMistake, LineOrder
from cs231n_lib.textbook import norm, rnn

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def cell(lesson, text):
    """Return the source of the one cell of a lesson that holds this text."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    sources = ["".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]]
    (found,) = [source for source in sources if text in source]
    return found


def part(pattern, text):
    """Return what stands in the one group of a pattern where it fits a text."""
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


def expression(source, name):
    """Return the expression that a cell assigns to a name, compiled."""
    (node,) = [
        n.value for n in ast.parse(source).body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == name
    ]
    return compile(ast.Expression(node), "<lesson>", "eval")


def function(source, name, **names):
    """Return the function of this name that a source defines, with these names in its sight."""
    (node,) = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef) and n.name == name]
    space = {"np": np, **names}
    exec(compile(ast.Module([node], []), "<lesson>", "exec"), space)
    return space[name]


def ids(name, fn, **own):
    """Return the ids of the mistakes a check names."""
    return [d.id for d in check(name, fn, **own).diagnosis]


# --- batch norm and layer norm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slip", "number"),
    [("variance door lost", "07.i"), ("mean door lost", "07.j"), ("sign turned round", "07.vc")],
)
def test_the_versions_of_dx_in_lesson_07_are_named(slip, number):
    versions = expression(cell("07", '"variance door lost"'), "versions")

    def mine(dout, cache):
        _, xhat, gamma, _, var, eps = cache
        dx = eval(versions, {"np": np, "xhat": xhat, "s": 1 / np.sqrt(var + eps)})[slip](dout * gamma)
        return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)

    assert ids("batchnorm_backward", mine) == [number]


@pytest.mark.parametrize(("slip", "number"), [("γ in front", "08.x"), ("not turned", "08.x3")])
def test_the_versions_of_dx_in_lesson_08_are_named(slip, number):
    bracket = cell("08", "def bracket(g, axis)").replace("1e-5", "eps")
    versions = part(rf'"{slip}": ([^,]+\([^()]*\))', cell("08", '"not turned"'))

    def mine(dout, cache):
        x, xhat, gamma, _, _, eps = cache
        names = {"gamma": gamma, "dout": dout, "bracket": function(bracket, "bracket", x=x, eps=eps)}
        return eval(versions, names), (dout * xhat).sum(axis=0), dout.sum(axis=0)

    assert ids("layernorm_backward", mine) == [number]


def test_means_without_keepdims_in_lesson_08_are_named():
    means = part(r"square - (square.mean\(axis=1\))\)", cell("08", "without keepdims"))

    def mine(x, gamma, beta, ln_param):
        mean, square = eval(means, {"square": x}), eval(means, {"square": x**2})
        return (x - mean) / np.sqrt(square - mean**2 + ln_param.get("eps", 1e-5)) * gamma + beta, None

    assert ids("layernorm_forward", mine) == ["08.f"]


def test_reshaping_alone_in_lesson_08_is_named():
    rows = part(r"numbered(\.reshape\(-1, )3\)", cell("08", "reshape only"))

    def mine(x, gamma, beta, bn_param):
        out, cache = norm.batchnorm_forward(eval(f"x{rows}C)", {"x": x, "C": x.shape[1]}), gamma, beta, bn_param)
        return out.reshape(x.shape), cache

    assert ids("spatial_batchnorm_forward", mine) == ["10.n"]


# --- dropout ---------------------------------------------------------------------------------------------------------

FACTORS = {
    "no division": (["09.a"], ["09.f"]),
    "times p": (["09.c2"], []),
    "p as drop probability": (["09.c"], []),
    "bell-shaped draws": (["09.b"], []),
    "back without division": ([], ["09.f"]),
    "new coins on the way back": ([], ["09.g"]),
}


def factors(slip, x, p):
    """Return the factors of lesson 09, there and back, made of new draws."""
    draws = {"u": np.random.rand(*x.shape), "other": np.random.rand(*x.shape), "bell": np.random.randn(*x.shape)}
    right = (draws["u"] < p) / p
    return eval(expression(cell("09", '"bell-shaped draws"'), "versions"), {"p": p, "right": right, **draws})[slip]


@pytest.mark.parametrize("slip", FACTORS)
def test_the_versions_of_dropout_in_lesson_09_are_named(slip):
    def there(x, dropout_param):
        p = dropout_param["p"]
        mask, back = factors(slip, x, p) if dropout_param["mode"] == "train" else (1, 1)
        return x * mask, (dropout_param, back)

    assert ids("dropout_forward", there) == FACTORS[slip][0]


@pytest.mark.parametrize("slip", [name for name, (_, numbers) in FACTORS.items() if numbers])
def test_the_way_back_of_dropout_in_lesson_09_is_named(slip):
    def there(x, dropout_param):
        p, right, back = dropout_param["p"], np.ones(()), np.ones(())
        if dropout_param["mode"] == "train":
            right, back = factors(slip, x, p)
            right = np.where(right != 0, 1 / p, 0)
        return x * right, back

    assert ids("dropout_backward", lambda dout, cache: dout * cache, forward=there) == FACTORS[slip][1]


# --- convolution, words, LSTM ----------------------------------------------------------------------------------------


def test_the_missing_plus_of_lesson_10_is_named():
    source = cell("10", "def overwritten(").replace("i * stride + 3", "i * stride + len(w)")
    overwritten = function(source.replace("j * stride + 3", "j * stride + len(w[0])"), "overwritten")

    def mine(dout, cache):
        x, w, b, conv_param = cache
        p = conv_param["pad"]
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        dx = np.zeros_like(padded)
        for n, f, c in itertools.product(range(len(x)), range(len(w)), range(len(x[0]))):
            dx[n, c] += overwritten(dout[n, f], padded[n, c], w[f, c], conv_param["stride"])
        dw, db = layers.conv_backward_naive(dout, layers.conv_forward_naive(x, w, b, conv_param)[1])[1:]
        return dx[:, :, p : p + x.shape[2], p : p + x.shape[3]], dw, db

    assert ids("conv_backward_naive", mine) == ["10.e"]


def test_adding_with_an_index_array_in_lesson_12_is_named():
    (statement,) = re.findall(r"^wrong\[.*$", cell("12", "wrong[sentence]"), re.M)

    def mine(dout, cache):
        x, W = cache
        wrong = np.zeros_like(W)
        exec(statement, {"wrong": wrong, "sentence": x, "dout": dout})
        return wrong

    assert ids("word_embedding_backward", mine) == ["12.j"]


def test_all_steps_in_the_loss_of_lesson_12_are_named():
    mask_of = part(r'\("all steps", (.*?)\)\):', cell("12", '"all steps"'))

    def mine(x, y, mask):
        return rnn.temporal_softmax_loss(x, y, eval(mask_of, {"np": np, "targets": y}))

    assert ids("temporal_softmax_loss", mine) == ["12.l"]


def test_captions_that_are_not_shifted_in_lesson_12_are_named():
    wrong = part(r"`captions_out = (.*?)`", cell("12", "forgets to shift"))
    source = cell("12", "def loss_solution(")
    assert ids("CaptioningRNN.loss", function(source, "loss_solution", layers=layers)) == []
    slip = source.replace("captions[:, 1:]", wrong)
    assert ids("CaptioningRNN.loss", function(slip, "loss_solution", layers=layers)) == ["12.k"]


def test_another_order_of_the_gates_in_lesson_13_is_named():
    order = part(r"order = (np\.r_\[.*?\])", cell("13", "i, f, then g, then o"))
    in_units = re.sub(r"\d+", lambda n: f"{int(n[0]) // 4} * H", order)

    def mine(x, prev_h, prev_c, *weights):
        chosen = eval(in_units, {"np": np, "H": prev_h.shape[1]})
        return rnn.lstm_step_forward(x, prev_h, prev_c, *(w[..., chosen] for w in weights))

    assert ids("lstm_step_forward", mine) == ["13.a"]


# --- puzzles ---------------------------------------------------------------------------------------------------------


def shown(lesson, name):
    """Return the lines of a puzzle that a lesson shows, as one text."""
    assert cell(lesson, f'lines("{name}")')
    return "\n".join(lines(name))


def test_the_wrong_batch_norm_of_lesson_07_is_named():
    text = shown("07", "batchnorm_mistake").replace(
        "0.9, 1e-5", 'bn_param.get("momentum", 0.9), bn_param.get("eps", 1e-5)'
    )
    wrong = function(text, "batchnorm_forward")

    def mine(x, gamma, beta, bn_param):
        for name in ("running_mean", "running_var"):
            bn_param.setdefault(name, np.zeros(x.shape[1]))
        return wrong(x, gamma, beta, bn_param), None

    assert ids("batchnorm_forward", mine) == ["07.n"]


def test_the_wrong_layer_norm_of_lesson_08_is_named():
    wrong = function(shown("08", "layernorm_mistake"), "layernorm_forward")

    def mine(x, gamma, beta, ln_param):
        return wrong(x, gamma, beta, ln_param.get("eps", 1e-5)), None

    assert ids("layernorm_forward", mine) == ["08.a1"]


def test_the_wrong_dropout_of_lesson_09_is_named():
    wrong = function(shown("09", "dropout_mistake"), "dropout_forward")
    assert ids("dropout_forward", lambda x, param: (wrong(x, param["p"], param["mode"]), None)) == ["09.c2"]


def test_the_wrong_convolution_of_lesson_10_is_named():
    wrong = function(shown("10", "conv_mistake"), "conv_forward_naive")
    mine = lambda x, w, b, conv_param: (wrong(x, w, b, conv_param["stride"], conv_param["pad"]), None)
    assert ids("conv_forward_naive", mine) == ["10.cr"]


def test_the_wrong_rnn_of_lesson_12_is_named():
    wrong = function(shown("12", "rnn_mistake"), "rnn_backward", rnn_step_backward=rnn.rnn_step_backward)

    def mine(dh, caches):
        dx, dh0, dWx, _, db = rnn.rnn_backward(dh, caches)
        return dx, dh0, dWx, wrong(dh, caches), db

    assert ids("rnn_backward", mine) == ["12.f2"]


def test_the_wrong_lstm_of_lesson_13_is_named():
    wrong = function(shown("13", "lstm_mistake"), "lstm_step_forward", sigmoid=rnn.sigmoid)
    assert ids("lstm_step_forward", lambda *args: (*wrong(*args), None)) == ["13.b"]


ORDERS = [name for name, item in registry.items().items() if isinstance(item, LineOrder)]
LESSONS = {
    "batchnorm_lines": "07",
    "layernorm_lines": "08",
    "dropout_lines": "09",
    "max_pool_backward_lines": "10",
    "rnn_backward_lines": "12",
    "lstm_step_lines": "13",
}
DISTRACTORS = [
    (name, number)
    for name in LESSONS
    for number in range(1, len(lines(name)) + 1)
    if number not in getattr(registry.items()[name], "order", ())
]


@pytest.mark.parametrize(("name", "number"), DISTRACTORS)
def test_a_line_that_belongs_to_no_order_is_named_in_its_place(name, number):
    assert cell(LESSONS[name], f'lines("{name}")')
    puzzle = registry.items()[name]
    assert isinstance(puzzle, LineOrder)
    order = puzzle.order
    tries = [[number if at == place else n for at, n in enumerate(order)] for place in range(len(order))]
    assert any(check(name, one).diagnosis for one in tries)


def test_every_puzzle_of_these_lessons_is_looked_at():
    mine = Path(__file__).read_text("utf-8")
    found = {
        name
        for path in NOTEBOOKS.glob("*.ipynb")
        if path.name[:2] in ("07", "08", "09", "10", "12", "13")
        for name in re.findall(r'lines\(\\"(\w+)\\"\)', path.read_text("utf-8"))
    }
    assert found <= {n for n, item in registry.items().items() if isinstance(item, (LineOrder, FindMistake))}
    assert all(f'"{name}"' in mine for name in found)
