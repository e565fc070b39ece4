"""Lessons 00 to 06: every wrong version that a lesson shows is named by the exercise it belongs to.

The wrong code is taken from the notebooks' own cells; where it is an expression, a function is built around it here.
"""

import ast
import functools
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from cs231n_lib import layers
from cs231n_lib.check import check, registry
from cs231n_lib.check.puzzles import FindMistake, LineOrder
from cs231n_lib.nets.fully_connected import FullyConnectedNet
from cs231n_lib.nets.two_layer import TwoLayerNet

LESSONS = Path(__file__).parent.parent / "notebooks"


@functools.cache
def cells(lesson: str, kind: str = "code") -> list[str]:
    """Return the text of a lesson's cells of one kind."""
    (path,) = LESSONS.glob(f"{lesson}_*.ipynb")
    notebook = json.loads(path.read_text("utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def function(lesson: str, name: str, **names):
    """Return a function that a lesson defines; `names` are what else the lesson has defined."""
    return made(defined(lesson, name), name, **names)


def defined(lesson: str, name: str) -> str:
    """Return the text of a function that a lesson defines."""
    for source in cells(lesson):
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return ast.get_source_segment(source, node) or ""
    raise LookupError(f"lesson {lesson} has no function {name}")


def made(source: str, name: str, **names):
    """Run the text of a function and return it."""
    namespace = {"np": np, "layers": layers, **vars(layers), **names}
    exec(textwrap.dedent(source), namespace)
    return namespace[name]


def expression(lesson: str, start: str) -> str:
    """Return the shortest expression in a lesson's cells whose text begins with `start`."""
    nodes = ((s, n) for s in cells(lesson) if start in s for n in ast.walk(ast.parse(s)) if isinstance(n, ast.expr))
    texts = [ast.get_source_segment(source, node) or "" for source, node in nodes]
    return min((text for text in texts if text.startswith(start)), key=len)


def with_names(text: str, **names: str) -> str:
    """Return an expression with other names for its variables."""
    tree = ast.parse(text, mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return ast.unparse(tree)


# --- what the lessons show, made into functions -------------------------------------------------------------------


def uint8_distances():
    squared = with_names(expression("01", "(dark - light) ** 2"), dark="a", light="b")

    def compute_distances_two_loops(self, X):
        dists = np.zeros((len(X), len(self.X_train)))
        for i, j in np.ndindex(*dists.shape):
            a, b = X[i].astype(np.uint8), self.X_train[j].astype(np.uint8)
            dists[i, j] = np.sqrt(np.sum(eval(squared, {"a": a, "b": b})))
        return dists

    return compute_distances_two_loops


def hinge_as_in_the_notes():
    margins = with_names(expression("02", "np.maximum(S - S[np.arange(5), tiny_y]"), tiny_y="y").replace("5", "len(y)")
    mean = expression("02", "np.sum(M) / 5").replace("5", "len(y)")
    return made(
        f"""
        def svm_loss_vectorized(W, X, y, reg):
            S = X @ W
            M = {margins}
            loss = {mean} + reg * np.sum(W * W)
            M[np.arange(len(y)), y] = 0
            dS = (M > 0).astype(float)
            dS[np.arange(len(y)), y] = -dS.sum(axis=1)
            return loss, X.T @ dS / len(y) + 2 * reg * W
        """,
        "svm_loss_vectorized",
    )


def hinge_not_in_pairs(column: str):
    right = with_names(expression("02", "S[:, tiny_y]"), tiny_y="y")
    return made(
        f"""
        def svm_loss_vectorized(W, X, y, reg):
            S = X @ W
            right = {right}
            M = np.maximum(S - right{column} + 1, 0)
            M[np.arange(len(y)), y] = 0
            dS = (M > 0).astype(float)
            dS[np.arange(len(y)), y] = -np.sum(dS, axis=1)
            return np.sum(M) / len(y) + reg * np.sum(W * W), X.T @ dS / len(y) + 2 * reg * W
        """,
        "svm_loss_vectorized",
    )


def softmax_with_the_maximum(key: str):
    (maxima,) = (
        node.value
        for source in cells("03")
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "maxima"
    )
    assert isinstance(maxima, ast.Dict)
    keys = (k.value for k in maxima.keys if isinstance(k, ast.Constant))
    wrong = dict(zip(keys, map(ast.unparse, maxima.values), strict=True))[key]

    def softmax(s):
        e = np.exp(s - eval(wrong, {"mixed": s}))
        return e / e.sum(axis=1, keepdims=True)

    return softmax


def log_after_dividing():
    late = expression("03", "-np.log(softmax(far)[0, 0])").replace("[0, 0]", "[np.arange(len(y)), y]")
    text = f"def softmax_row_losses(far, y):\n    return {late}"
    return made(text, "softmax_row_losses", softmax=function("03", "softmax"))


def with_penalty(loss_of_scores):
    """Return a linear loss with the right penalty added."""

    def loss(W, X, y, reg):
        data_loss, dW = loss_of_scores(W, X, y)
        return data_loss + reg * np.sum(W * W), dW + 2 * reg * W

    return loss


def net_method(net, wrong, penalty=True):
    """Return the method `loss` of a net: right scores, and loss and gradients as `wrong(self, X, y)` gives them."""

    def loss(self, X, y=None):
        if y is None:
            return net.loss(self, X)
        data_loss, grads = wrong(self, X, y)
        if penalty:
            weights = {n: w for n, w in self.params.items() if n[0] == "W"}
            data_loss += 0.5 * self.reg * sum(np.sum(w * w) for w in weights.values())
            grads |= {n: grads[n] + self.reg * w for n, w in weights.items()}
        return data_loss, grads

    return loss


def as_the_notes_say():
    gradients = function("04", "as_the_notes_say")
    return net_method(TwoLayerNet, lambda net, X, y: (net.loss(X, y)[0], gradients(net, X, y)), penalty=False)


def without_a_bend():
    bends = next(source for source in cells("04") if source.startswith("BENDS"))

    def wrong(net, X, y):
        net.bend = "no bend"
        return made(bends, "bent_loss")(net, X, y)

    def loss(self, X, y=None):
        self.bend = "no bend"
        return made(bends, "bent_loss")(self, X) if y is None else net_method(TwoLayerNet, wrong)(self, X, y)

    return loss


def sigmoid_of_the_notes():
    texts = [re.search(r"The sigmoid is (\S+)\.\"", source) for source in cells("04", "markdown")]
    text = next(found[1] for found in texts if found is not None)
    formula = text.replace("e{-x}", "np.exp(-x)")
    return made(f"def sigmoid_forward(x):\n    return {formula}, None", "sigmoid_forward")


def even_rates():
    drawn = expression("05", "rng.uniform(0.0001, 1, size=1000)").replace("0.0001, 1", "low, high")

    class Even:
        def __init__(self, u):
            self.u = u

        def uniform(self, low, high, size):
            return low + self.u * (high - low)

    return lambda low, high, u: eval(drawn, {"rng": Even(u), "low": low, "high": high})


def forgetful_momentum():
    forgetful = function("06", "forgetful")

    def sgd_momentum(w, dw, config=None):
        config = {} if config is None else config
        config.setdefault("learning_rate", 1e-2)
        config.setdefault("momentum", 0.9)
        return forgetful(w, dw, config)

    return sgd_momentum


def official_bins():
    rule = function("05", "official_rule")
    return lambda size, angle: rule(size.ravel(), angle.ravel())


def listed(puzzle: str):
    """Return the function that a puzzle of the lessons shows, with its mistake in it."""
    item = registry.items()[puzzle]
    assert isinstance(item, FindMistake)
    name = item.listing()[0].removeprefix("def ").partition("(")[0]
    return made("\n".join(item.listing()), name)


SHOWN = [  # exercise, how the wrong version is made, the mistakes that it must be called
    ("spread", lambda: function("00", "wrong_spread"), {"00.b"}),
    ("KNearestNeighbor.compute_distances_two_loops", uint8_distances, {"01.f"}),
    ("KNearestNeighbor.compute_distances_one_loop", lambda: listed("knn_mistake"), {"01.k"}),
    ("svm_loss_vectorized", hinge_as_in_the_notes, {"02.f"}),
    ("svm_loss_vectorized", lambda: hinge_not_in_pairs(""), {"02.pairs"}),
    ("svm_loss_vectorized", lambda: hinge_not_in_pairs("[:, np.newaxis]"), {"02.pairs.column"}),
    ("svm_loss_naive", lambda: listed("svm_mistake"), {"02.c"}),
    ("softmax", lambda: function("03", "unshifted"), {"03.p.shift"}),
    ("softmax", lambda: softmax_with_the_maximum("one for all"), {"03.p.global"}),
    ("softmax", lambda: softmax_with_the_maximum("each column"), {"03.p.column"}),
    ("softmax_row_losses", log_after_dividing, {"03.r.log"}),
    ("softmax_loss_vectorized", lambda: with_penalty(listed("softmax_mistake")), {"03.flip"}),
    ("TwoLayerNet.loss", as_the_notes_say, {"04.o1", "04.o2"}),
    ("TwoLayerNet.loss", without_a_bend, {"04.p", "04.p1"}),
    ("TwoLayerNet.loss", lambda: net_method(TwoLayerNet, listed("two_layer_mistake"), penalty=False), {"04.p1"}),
    ("TwoLayerNet.loss", lambda: net_method(TwoLayerNet, listed("two_layer_reg_mistake"), penalty=False), {"04.o1"}),
    ("sigmoid_forward", sigmoid_of_the_notes, {"04.s"}),
    ("log_uniform", even_rates, {"05.l"}),
    ("hog_cell_histogram", official_bins, {"05.v"}),
    ("sgd_momentum", forgetful_momentum, {"06.c"}),
    ("FullyConnectedNet.loss", lambda: net_method(FullyConnectedNet, listed("deep_net_mistake")), {"06.b7"}),
]


@pytest.mark.parametrize(
    ("exercise", "wrong", "ids"), SHOWN, ids=lambda v: "+".join(sorted(v)) if type(v) is set else ""
)
def test_a_wrong_version_that_a_lesson_shows_is_named(exercise, wrong, ids):
    report = check(exercise, wrong())
    assert {d.id for d in report.diagnosis} == ids, report


def test_the_expansion_without_its_clamp_is_told():
    clamped = defined("01", "no_loops")
    assert "np.maximum(squared, 0)" in clamped
    no_loops = made(clamped.replace("np.maximum(squared, 0)", "squared"), "no_loops")
    name = "KNearestNeighbor.compute_distances_no_loops"
    report = check(name, lambda self, X: no_loops(X, self.X_train))
    assert "np.maximum(squares, 0)" in report.lines[-1]


def target(line: str) -> str:
    """Return what a line makes, as indented text; "return" or "if" where it makes nothing."""
    before, equals, _ = line.partition(" = ")
    return before if equals else line.split()[0]


def wrong_orders(puzzle: LineOrder):
    """Give the right order of a puzzle with each wrong line in the place of the one it could be taken for."""
    for number, line in enumerate(puzzle.shown, 1):
        if number not in puzzle.order:
            right = next(n for n in puzzle.order if target(puzzle.shown[n - 1]) == target(line))
            yield [number if n == right else n for n in puzzle.order]


def orders():
    """Give each puzzle of lines that lessons 00 to 06 show, with its wrong orders."""
    names = [n for i in range(7) for source in cells(f"{i:02}") for n in re.findall(r"\blines\(\"(\w+)\"\)", source)]
    puzzles = [item for item in map(registry.items().get, names) if isinstance(item, LineOrder)]
    return [(puzzle.name, order) for puzzle in puzzles for order in wrong_orders(puzzle)]


@pytest.mark.parametrize(("puzzle", "order"), orders())
def test_a_wrong_line_of_a_puzzle_is_named(puzzle, order):
    report = check(puzzle, order)
    assert report.status == "failed"
    assert report.diagnosis, report


def test_no_function_of_the_lessons_that_finds_a_mistake_is_left_out():
    names = [n for i in range(7) for source in cells(f"{i:02}") for n in re.findall(r"\blines\(\"(\w+)\"\)", source)]
    found = {item.name for item in map(registry.items().get, names) if isinstance(item, FindMistake)}
    text = Path(__file__).read_text("utf-8")
    judged_elsewhere = {"tuning_mistake"}  # a search that trains nets: no exercise asks for it
    assert {name for name in found if f'listed("{name}")' not in text} == judged_elsewhere
