"""The recorder: what a frame holds is what the real call did."""

import copy
import functools
import itertools
import sys

import numpy as np
import pytest

from cs231n_lib import optim
from cs231n_lib.layers import losses
from cs231n_lib.step import record, rewrite, step
from tests.laws import arguments_of
from tests.pairs import PAIRS

RNG = np.random.default_rng(231)
CROSS = np.array([[1, 0, 0, 0, 1], [0, 1, 0, 1, 0], [0, 0, 1, 0, 0], [0, 1, 0, 1, 0], [1, 0, 0, 0, 1]])
KERNEL = np.arange(1, 10).reshape(3, 3)


def two_loops(X, T):
    """Distances, one pair at a time."""
    dists = np.zeros((len(X), len(T)))
    for i in range(len(X)):
        for j in range(len(T)):
            # Euclid
            dists[i, j] = np.sqrt(np.sum((X[i] - T[j]) ** 2))
    return dists


def one_loop(X, T):
    dists = np.zeros((len(X), len(T)))
    for i in range(len(X)):
        dists[i, :] = np.sqrt(((T - X[i]) ** 2).sum(axis=1))
    return dists


def no_loops(X, T):
    a2 = (X**2).sum(axis=1, keepdims=True)
    b2 = (T**2).sum(axis=1)
    ab = X @ T.T
    squared = a2 + b2 - 2 * ab
    return np.sqrt(squared)


def vote(dists, y, k):
    labels = np.zeros(len(dists), dtype=int)
    for i in range(len(dists)):
        nearest = np.argsort(dists[i])[:k]
        labels[i] = np.argmax(np.bincount(y[nearest]))
    return labels


def convolve(x, w):
    H, W = x.shape
    HH, WW = w.shape
    out = np.zeros((H - HH + 1, W - WW + 1), dtype=x.dtype)
    for i in range(H - HH + 1):
        for j in range(W - WW + 1):
            out[i, j] = (x[i : i + HH, j : j + WW] * w).sum()
    return out


def svm_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for i in range(len(X)):
        scores = X[i] @ W
        for j in range(W.shape[1]):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / len(X) + reg * np.sum(W * W), dW / len(X) + 2 * reg * W


def softmax(s):
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    return e / e.sum(axis=1, keepdims=True)


def attention(q, k, v, mask):
    scores = q @ k.T / np.sqrt(q.shape[1])
    scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ v


def nt_xent(out_left, out_right, tau):
    out = np.concatenate([out_left, out_right])
    z = out / np.linalg.norm(out, axis=1, keepdims=True)
    similar = np.exp(z @ z.T / tau)
    N, total = len(out_left), 0.0
    for k in range(2 * N):
        twin = (k + N) % (2 * N)
        others = similar[k].sum() - similar[k, k]
        total -= np.log(similar[k, twin] / others)
    return total / (2 * N)


def multi_line(a, b):
    total = np.add(
        a,
        b,  # the other
    )
    while total.max() > 5:
        total = total / 2
    try:
        total[99] = 1
    except IndexError:
        total[0] = -1
    return total


def containers(params):
    grads = {}
    for name, w in params.items():
        grads[name] = 2 * w
    params["b"][0] += 1
    return grads


class Machine:
    def __init__(self):
        self.w = np.arange(6.0).reshape(2, 3)
        self.count = 0

    def run(self, x):
        self.count += 1
        self.w[1, 2] = x[0]
        return self.w @ x

    def size(self):
        return self.w.shape[0] * self.w.ndim

    def run_twice(self, x):
        return self.run(x) + self.run(2 * x)


def own_cases():
    normal = RNG.normal
    X, T, y = normal(size=(4, 3)), normal(size=(5, 3)), np.array([0, 1, 1, 2, 0])
    yield from [(two_loops, (X, T)), (one_loop, (X, T)), (no_loops, (X, T)), (convolve, (CROSS, KERNEL))]
    yield vote, (np.abs(normal(size=(4, 5))), y, 3)
    yield svm_loops, (normal(size=(3, 4)), normal(size=(5, 3)), y, 0.1)
    yield softmax, (normal(size=(3, 4)),)
    yield attention, (normal(size=(3, 4)), normal(size=(3, 4)), normal(size=(3, 2)), np.tri(3, dtype=bool))
    yield nt_xent, (normal(size=(2, 3)), normal(size=(2, 3)), 0.5)
    yield multi_line, (np.arange(3.0), np.array([1.0, 9.0, 3.0]))
    yield containers, ({"w": np.ones((2, 2)), "b": np.zeros(2)},)
    yield Machine().run, (np.array([1.0, 2.0, 3.0]),)
    yield (lambda x, k=2: (x**k).sum(axis=0)), (X,)
    for rule in (optim.sgd, optim.sgd_momentum, optim.nesterov, optim.rmsprop, optim.adam):
        yield rule, (X, normal(size=(4, 3)))
    yield losses.svm_loss, (normal(size=(5, 3)), y)
    yield losses.softmax_loss, (normal(size=(5, 3)), y)


def library_cases():
    for pair in PAIRS:
        if pair.forward.__name__ == "forward":  # a loss, which stands above
            continue
        arguments = list(arguments_of(pair).values())
        yield pair.forward, arguments
        *outs, cache = pair.forward(*copy.deepcopy(arguments))
        if pair.backward.__code__.co_argcount == len(outs) + 1:
            yield pair.backward, [*(np.random.default_rng(1).normal(size=out.shape) for out in outs), cache]


CASES = [*own_cases(), *library_cases()]
EVERY_CASE = pytest.mark.parametrize(
    "k", range(len(CASES)), ids=[f"{k}-{f.__qualname__}" for k, (f, _) in enumerate(CASES)]
)


@functools.cache
def recorded(k):
    """Return the steps of a case and the arguments as the call left them."""
    function, arguments = copy.deepcopy(CASES[k])
    return step(function, *arguments), arguments


def same(a, b):
    """Whether two results are equal bit for bit."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (a == b or callable(a))


def cells(marks, name, shape):
    return [tuple(int(i) for i in index) for index in zip(*np.unravel_index(marks[name], shape), strict=True)]


def at_line(steps, line):
    return [frame for frame in steps.frames if frame.line == line]


def test_constants_of_a_module_are_no_variables():
    def hide(x):
        return np.where(x > np.e, -np.inf, x)

    assert set(step(hide, np.arange(4.0)).frames[0].values) == {"x"}


def test_there_are_thirty_functions():
    assert len({function.__qualname__ for function, _ in CASES}) >= 30


@EVERY_CASE
def test_the_call_is_real_and_the_last_frame_is_what_it_returned(k):
    steps, left = recorded(k)
    function, arguments = copy.deepcopy(CASES[k])
    expected = function(*arguments)
    assert steps.error is None
    assert same(steps.result, expected)
    assert same(list(left), list(arguments)), "the arguments are left as the plain call leaves them"
    last = steps.frames[-1]
    items = steps.result if isinstance(steps.result, tuple) else (steps.result,)
    arrays = [item for item in items if isinstance(item, np.ndarray)]
    shown = [last.values[name] for name in last.returned]
    assert last.kind == "return"
    assert all(any(same(array, copied) for copied in shown) for array in arrays)
    assert not any(np.shares_memory(array, np.asarray(copied)) for array in arrays for copied in shown)


@EVERY_CASE
def test_every_changed_cell_is_marked_as_written(k):
    frames = recorded(k)[0].frames
    for before, after in itertools.pairwise(frames):
        for name, value in after.values.items():
            old = before.values.get(name)
            if not isinstance(value, np.ndarray) or name in after.returned or value is old:
                continue
            if isinstance(old, np.ndarray) and old.shape == value.shape:
                changed = np.flatnonzero((old != value) & ~(np.isnan(old) & np.isnan(value)))
                assert set(changed) <= set(after.wrote.get(name, ()))
            else:
                assert len(after.wrote[name]) == value.size
        for name, where in (*after.read.items(), *after.wrote.items()):
            assert where.max(initial=0) < np.size(after.values[name])


def test_loops_show_the_two_rows_read_and_the_cell_written():
    steps = step(two_loops, RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3)))
    frame = at_line(steps, 6)[7]  # the eighth pair: i = 1, j = 2
    assert frame.loop == {"i": 1, "j": 2}
    assert cells(frame.wrote, "dists", (4, 5)) == [(1, 2)]
    assert cells(frame.read, "X", (4, 3)) == [(1, 0), (1, 1), (1, 2)]
    assert cells(frame.read, "T", (5, 3)) == [(2, 0), (2, 1), (2, 2)]
    assert frame.say.startswith("line 6 (i = 1, j = 2): dists[1, 2] becomes")
    assert frame.say.endswith("it read X[1, :] and T[2, :].")
    assert len(steps.frames) == 1 + 1 + 20 + 1  # call, zeros, pairs, return: loop headers join the next line


def test_array_code_shows_whole_operands_and_how_they_stretch():
    steps = step(no_loops, RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3)))
    (frame,) = at_line(steps, 5)
    text, shape, operands = frame.broadcast
    assert (text, shape) == ("a2 + b2 - 2 * ab", (4, 5))
    assert [(o.text, o.value.shape) for o in operands] == [("a2", (4, 1)), ("b2", (5,)), ("ab", (4, 5))]
    assert {name: len(where) for name, where in frame.read.items()} == {"a2": 4, "b2": 5, "ab": 20}
    (product,) = at_line(steps, 4)
    assert {name: len(where) for name, where in product.read.items()} == {"X": 12, "T": 15}
    assert product.broadcast is None


def test_the_notes_convolution():
    steps = step(convolve, CROSS, KERNEL)
    assert steps.result.tolist() == [[15, 18, 15], [16, 25, 14], [15, 12, 15]]
    second = at_line(steps, 7)[1]
    assert cells(second.read, "x", (5, 5)) == [(r, c) for r in range(3) for c in range(1, 4)]
    assert len(second.read["w"]) == 9
    assert cells(second.wrote, "out", (3, 3)) == [(0, 1)]
    assert second.values["out"].tolist() == [[15, 18, 0], [0, 0, 0], [0, 0, 0]]


def test_a_transposed_view_is_named_as_in_the_source():
    def product(x):
        rows = x.reshape(len(x), -1)
        return rows.T @ rows

    (last,) = at_line(step(product, np.eye(3)), 3)
    assert list(last.read) == ["rows"]


def test_a_store_is_a_write_even_of_the_value_that_stood_there():
    def clear(x):
        x[1] = 0.0
        return x

    assert cells(at_line(step(clear, np.zeros(3)), 2)[0].wrote, "x", (3,)) == [(1,)]


def test_in_place_addition_reads_and_writes_its_cells():
    steps = step(svm_loops, np.ones((3, 4)), RNG.normal(size=(1, 3)), np.array([2]), 0.0)
    frame = at_line(steps, 11)[0]
    assert cells(frame.wrote, "dW", (3, 4)) == cells(frame.read, "dW", (3, 4)) == [(0, 0), (1, 0), (2, 0)]


def test_indices_of_every_kind():
    def pick(x, mask, rows, k):
        x[mask]
        x[rows, 1]
        x[..., -1]
        x[1:][0][::2]
        return x[k]

    steps = step(pick, np.arange(12).reshape(3, 4), np.eye(3, 4) > 0, np.array([0, 2]), np.int64(1))
    reads = [cells(frame.read, "x", (3, 4)) for frame in steps.frames[1:]]
    assert reads == [
        [(0, 0), (1, 1), (2, 2)],
        [(0, 1), (2, 1)],
        [(0, 3), (1, 3), (2, 3)],
        [(1, 0), (1, 2)],
        [(1, 0), (1, 1), (1, 2), (1, 3)],
    ]


def test_shapes_and_lengths_read_no_cell():
    def sizes(x):
        n = len(x) + x.shape[1]
        return np.zeros_like(x), n

    assert not at_line(step(sizes, np.ones((2, 3))), 2)[0].read


def test_the_shape_of_an_attribute_reads_no_cell():
    assert not at_line(step(Machine().size), 2)[0].read


def test_a_test_tells_its_outcome():
    steps = step(svm_loops, np.ones((3, 4)), RNG.normal(size=(1, 3)), np.array([0]), 0.0)
    assert [frame.test for frame in at_line(steps, 6)] == [True, False, False, False]
    assert "the test is True" in at_line(steps, 6)[0].say


def test_a_statement_of_several_lines_is_one_step():
    frames = step(multi_line, np.arange(3.0), np.ones(3)).frames
    assert [frame.line for frame in frames] == [1, 2, 6, 9, 10, 11, 12]


def test_methods_show_the_attributes_they_use():
    steps = step(Machine().run, np.array([7.0, 8.0, 9.0]))
    frame = at_line(steps, 3)[0]
    assert cells(frame.wrote, "self.w", (2, 3)) == [(1, 2)]
    assert at_line(steps, 2)[0].values["self.count"] == 1


def test_closures_keep_their_cells():
    total = np.zeros(2)
    count = 0

    def add(x):
        nonlocal count
        count += 1
        total[count - 1] += x
        return total

    step(add, 3.0)
    assert step(add, 4.0).result is total
    assert count == 2
    assert total.tolist() == [3, 4]


def test_defaults_decorators_and_keyword_arguments_are_kept():
    @functools.lru_cache
    def scale(x, k=3, *, shift=1):
        return k * x + shift

    assert step(scale, 2).result == 7
    assert step(scale, 2, k=5, shift=0).result == 10


def test_a_function_from_a_notebook_cell_is_found():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("def double(x):\n    y = 2 * x[0]\n    return y")
    assert [frame.line for frame in step(shell.user_ns["double"], np.ones(2)).frames] == [1, 2, 3]


def test_into_enters_the_named_functions_and_steps_over_the_rest():
    machine = Machine()
    over = step(machine.run_twice, np.ones(3))
    entered = step(machine.run_twice, np.ones(3), into=[Machine.run])
    assert {frame.function for frame in over.frames} == {"Machine.run_twice"}
    assert [f.line for f in entered.frames if f.function == "Machine.run"] == [1, 2, 3, 4] * 2
    assert same(over.result, entered.result)
    assert [f.say.split(":")[0] for f in entered.frames[:3]] == [
        "line 1",
        "line 1 of Machine.run",
        "line 2 of Machine.run",
    ]


def test_recursion_is_entered_when_asked_for():
    def power(x, n):
        if n == 0:
            return x * 0 + 1
        return x * power(x, n - 1)

    assert len(step(power, np.ones(1), 3).frames) == 3
    assert len(step(power, np.ones(1), 3, into=[power]).frames) == 12


def test_an_exception_ends_the_frames_and_is_kept():
    def fails(x):
        y = x * 2
        y[0] = 5
        return y[9]

    steps = step(fails, np.ones(3))
    assert isinstance(steps.error, IndexError)
    assert steps.result is None
    last = steps.frames[-1]
    assert (last.kind, last.line) == ("error", 4)
    assert last.values["y"].tolist() == [5, 2, 2]
    assert "IndexError: index 9 is out of bounds" in last.say
    assert repr(steps).startswith("step ")
    assert str(steps).splitlines() == [
        repr(steps),
        *(f"{k:3}  {frame.say}" for k, frame in enumerate(steps.frames, 1)),
    ]
    assert "IndexError" in steps._repr_html_()


def test_an_exception_in_a_called_function_is_shown_at_the_calling_line():
    def calls(x):
        y = x + 1
        return np.linalg.inv(y)

    steps = step(calls, np.zeros((2, 3)))
    assert isinstance(steps.error, np.linalg.LinAlgError)
    assert steps.frames[-1].line == 3


def test_caught_exceptions_are_no_error():
    steps = step(multi_line, np.arange(3.0), np.ones(3))
    assert steps.error is None
    assert steps.result[0] == -1


def test_too_many_frames_are_cut_with_a_remark(monkeypatch):
    monkeypatch.setattr(record, "MAX_FRAMES", 10)
    X, T = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3))
    steps = step(two_loops, X, T)
    assert len(steps.frames) == 11
    assert same(steps.frames[-1].values["return"], two_loops(X, T))
    assert steps.frames[-1].say == "at the end: returns (4, 5)."
    assert "first 10 lines" in steps._repr_html_()


def test_an_exception_after_the_last_frame_shown_is_kept(monkeypatch):
    def fails(x):
        for i in range(100):
            x[i] += 1

    monkeypatch.setattr(record, "MAX_FRAMES", 10)
    steps = step(fails, np.zeros(20))
    assert isinstance(steps.error, IndexError)
    assert steps.frames[-1].say.startswith("at the end: stops with IndexError")


def test_a_long_call_is_watched_only_at_its_start():
    def count(n):
        total = 0
        for k in range(n):
            total += k
        return total

    calls = []
    steps = step(count, 50_000)
    sys.setprofile(lambda frame, event, argument: calls.append(event) if frame.f_code.co_name == "trace" else None)
    try:
        again = step(count, 50_000)
    finally:
        sys.setprofile(None)
    assert steps.result == again.result == 50_000 * 49_999 // 2
    assert len(steps.frames) == record.MAX_FRAMES + 1
    assert len(calls) < 100 * record.MAX_FRAMES


def test_a_large_array_is_not_copied_at_every_line():
    def first(x):
        y = x[0, 0] + 1
        return y

    steps = step(first, np.zeros((400, 500)))
    assert isinstance(steps.frames[0].values["x"], record.Unwatched)
    assert steps.result == 1


def test_a_large_array_is_whole_in_the_last_frame():
    def mark(x):
        x[399, 499] = 5.0
        return x

    steps = step(mark, np.zeros((400, 500)))
    assert same(steps.frames[-1].values["x"], steps.result)


def test_a_name_bound_anew_is_written_whole_even_with_equal_values():
    def again(x):
        y = x + 1
        y = x + 1
        return y

    assert len(at_line(step(again, np.ones(3)), 3)[0].wrote["y"]) == 3


def test_the_tracer_that_was_there_comes_back():
    before = sys.gettrace()

    def tracer(frame, event, argument):
        return None

    sys.settrace(tracer)
    try:
        step(softmax, np.ones((1, 2)))
        found = sys.gettrace()
    finally:
        sys.settrace(before)
    assert found is tracer


@pytest.mark.parametrize("nothing", [np.exp, 3, "text", len])
def test_what_has_no_lines_is_refused(nothing):
    with pytest.raises(ValueError, match="no Python lines"):
        step(nothing)


def test_a_generator_is_refused():
    def numbers():
        yield 1

    with pytest.raises(ValueError, match="generator"):
        step(numbers)


def test_a_question_about_what_is_never_written_is_refused():
    with pytest.raises(ValueError, match="never writes"):
        step(softmax, np.ones((1, 2)), ask={"nothing": "what?"})


def test_cells_that_were_never_set_are_zero_in_every_run(monkeypatch):
    def empty(n):
        return np.full(n, 7.0)

    def fill(n):
        x = np.empty(n)
        x[0] = 1
        return x

    monkeypatch.setattr(np, "empty", empty)
    assert step(fill, 3).result.tolist() == [1, 0, 0]


OUTSIDE = np.arange(4.0)


def test_arrays_outside_the_function_are_shown():
    def shift(x):
        y = x + OUTSIDE[1:3]
        return y

    frame = at_line(step(shift, np.ones(2)), 2)[0]
    assert cells(frame.read, "OUTSIDE", (4,)) == [(1,), (2,)]


def test_tensors_and_their_gradients():
    torch = pytest.importorskip("torch")

    def descend(w, x):
        loss = ((w * x[1:]) ** 2).sum()
        loss.backward()
        with torch.no_grad():
            w[0] -= 0.1 * w.grad[0]
        return w

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    steps = step(descend, w, torch.tensor([9.0, 3.0, 1.0]))
    assert steps.result is w
    assert cells(at_line(steps, 2)[0].read, "x", (3,)) == [(1,), (2,)]
    assert len(at_line(steps, 3)[0].wrote["w.grad"]) == 2
    frame = at_line(steps, 5)[0]
    assert cells(frame.wrote, "w", (2,)) == [(0,)]
    assert cells(frame.read, "w.grad", (2,)) == [(0,)]
    assert same(steps.frames[-1].values["w"], w.detach().numpy())


def test_a_module_is_stepped_through_forward():
    torch = pytest.importorskip("torch")

    from torch import nn

    class Net(nn.Module):
        def forward(self, x):
            y = x * 2
            return y.relu()

    steps = step(Net(), torch.tensor([-1.0, 1.0]))
    assert steps.result.tolist() == [0, 2]
    assert [frame.line for frame in steps.frames] == [1, 2, 3]


def test_a_name_may_be_bound_to_a_smaller_array_while_it_is_read():
    def halved(x):
        for _ in range(2):
            x = np.concatenate([x[1::2], x])[: len(x) // 2]
        return x

    steps = step(halved, np.arange(8.0))
    assert steps.error is None
    assert same(steps.result, halved(np.arange(8.0)))
    assert all(read.max() < frame.values[name].size for frame in steps.frames for name, read in frame.read.items())
    assert "x becomes [3, 7]" in steps._repr_html_()


@pytest.mark.speed
def test_speed_of_recording_the_convolution(record_property):
    import time

    x = np.random.default_rng(0).normal(size=(10, 9))
    start = time.perf_counter()
    steps = step(convolve, x, KERNEL)
    record_property("seconds", time.perf_counter() - start)
    assert len(steps.frames) >= 60


def test_a_name_that_python_knows_may_be_the_learners_own():
    """A variable `slice` is no obstacle to an index."""

    def part(x, slice):
        y = x[slice:3]
        return y

    made = step(part, np.arange(5.0), 1)
    assert made.result.tolist() == [1.0, 2.0]
    assert made.frames[1].read["x"].tolist() == [1, 2]


def test_the_twin_calls_only_what_the_recorder_answers():
    hooks = {name for name in vars(rewrite.Hooks) if not name.startswith("_")}
    assert hooks == {"get", "at", "see", "test", "enter", "operand", "broadcast", "in_place", "span"}
    assert hooks <= vars(record._Recorder).keys()
