"""Topics 12 and 13, the net: captions from picture features, with an RNN or an LSTM."""

import inspect

import numpy as np

from cs231n_lib.nets import captioning

from .. import catalogue
from ..model import Exercise, case, edge
from ..run import Blank, WrongForm
from .t12_rnn import as_number

PLAIN = "cs231n_lib.textbook.nets"
LIBRARY = "cs231n_lib.nets.captioning"
WORDS = ("<NULL>", "<START>", "<END>", "a", "cat", "and", "dog")


def net(seed, N, T, D, W, H, cell_type):
    """Return parameters, features and captions of unequal length, padded with <NULL>, words repeated."""
    rng = np.random.default_rng(seed)
    V, k = len(WORDS), {"rnn": 1, "lstm": 4}[cell_type]
    params = {
        "W_embed": rng.standard_normal((V, W)),
        "W_proj": rng.standard_normal((D, H)),
        "b_proj": rng.standard_normal(H),
        "Wx": rng.standard_normal((W, k * H)),
        "Wh": rng.standard_normal((H, k * H)),
        "b": rng.standard_normal(k * H),
        "W_vocab": 2 * rng.standard_normal((H, V)),
        "b_vocab": 0.3 * rng.standard_normal(V),
    }
    captions = rng.integers(3, V, (N, T + 1))
    captions[:, 0] = 1
    for n, length in enumerate(rng.integers(1, T, N)):
        captions[n, length] = 2
        captions[n, length + 1 :] = 0
    sizes = {"word_to_idx": {w: i for i, w in enumerate(WORDS)}, "input_dim": D, "wordvec_dim": W, "hidden_dim": H}
    settings = {**sizes, "cell_type": cell_type, "dtype": np.float64}
    return {"params": params, "features": rng.standard_normal((N, D)), "captions": captions, **settings}


def loss(fn, params=None, features=None, captions=None, shaped=False, **settings):
    """Play the loss: its value and the gradients by name; without parameters, look at those of a new net."""
    if params is None:
        return as_made(fn.owner, settings)
    result = fn.raw(fn.new(init=settings, params=params), features, captions)
    if not isinstance(result, (tuple, list)) or len(result) != 2 or not isinstance(result[1], dict):
        raise WrongForm("arity", {"count": 2, "names": "loss, grads", "got": type(result).__name__})
    value, grads = result
    if value is None or (not grads and not value):
        raise Blank
    value = value if shaped else as_number(value)
    return {"loss": value, **{f"grads[{name!r}]": grads.get(name) for name in params}}


def as_made(owner, settings):
    """Return shapes, spreads and biases of a new net; of ours where the class takes other settings or makes nothing."""
    try:
        inspect.signature(owner).bind(**settings)
    except TypeError:
        owner = captioning.CaptioningRNN
    made, found = owner(**settings).params, {}
    for name, right in captioning.CaptioningRNN(**settings).params.items():
        got = made.get(name)
        found[f"the shape of params[{name!r}]"] = None if got is None else np.array(np.shape(got))
        if right.any():
            found |= spread(name, got, right)
        elif name != "b" or settings["cell_type"] == "rnn":  # an LSTM may open its forget gate
            found[f"entries of params[{name!r}] that are 0"] = (
                None if got is None else int(np.sum(np.asarray(got) == 0))
            )
    return found


def spread(name, got, right):
    """Return the standard deviation of a new matrix in its unit: 1, where chance allows it to be."""
    unit, said = (0.01, "0.01") if name == "W_embed" else (len(right) ** -0.5, f"1 / sqrt({len(right)})")
    title = f"the standard deviation of params[{name!r}], divided by {said}"
    if got is None or np.shape(got) != right.shape:
        return {title: None if got is None else 1.0}
    found = float(np.std(got)) / unit
    return {title: 1.0 if abs(found - 1) <= 6 / np.sqrt(2 * right.size) else round(found, 2)}


def sample(fn, params, features, captions, max_length, **settings):
    """Play sample: the words of each picture."""
    net = fn.new(init=settings, params=params)
    return fn(net, features) if max_length is None else fn(net, features, max_length)


NETS = {  # N, T, D, W, H; the last net is made for one caption
    "rnn": ("an RNN", [(1, 3, 5, 4, 3, 6), (2, 4, 4, 4, 4, 4), (5, 2, 6, 3, 5, 4), (6, 1, 5, 2, 3, 4)]),
    "lstm": ("an LSTM", [(3, 3, 6, 5, 4, 3), (7, 4, 4, 4, 4, 4), (8, 2, 5, 3, 5, 4), (4, 1, 5, 2, 3, 4)]),
}


def net_cases(cell_type):
    """Three nets, sizes all different and all alike, and one caption alone."""
    title, sizes = NETS[cell_type]
    for seed, N, *rest in sizes:
        what = "all sizes equal" if {N} == set(rest) else f"{N} captions" if N > 1 else "one caption"
        yield (edge if N == 1 else case)(f"{title} with {what}", **net(seed, N, *rest, cell_type))


def new_net(cell_type):
    """Return the settings of a net whose parameters are many enough to judge their spread."""
    sizes = {"input_dim": 30, "wordvec_dim": 20, "hidden_dim": 25, "cell_type": cell_type, "dtype": np.float64}
    return {"word_to_idx": {word: i for i, word in enumerate(WORDS)}, **sizes}


def loss_cases(cell_type):
    """The nets, one whose loss must be a number, and the parameters of a new net."""
    one = next(net_cases(cell_type))
    new = case("the parameters of a new net", **new_net(cell_type))
    return [
        *net_cases(cell_type),
        new,
        edge("a loss that is a number and not an array of shape (1,)", **one.args, shaped=True),
    ]


def sample_cases(cell_type):
    """The same nets, several lengths."""
    return [
        (edge if c.edge else case)(c.label, **c.args, max_length=length)
        for c, length in zip(net_cases(cell_type), (7, None, 8, 9), strict=True)
    ]


def with_an_rnn(cases):
    """Return the cases of an LSTM, and as an edge that of an RNN, which the same method should still run."""
    other = cases("rnn")[0]
    return [*cases("lstm"), edge(other.label, **other.args)]


def captioning_net(method, cells, returns, cases, proof, why, mistakes, play, given=()):
    """Return the exercise of a method of the net, with an RNN or, in a row of its own, with an LSTM."""
    return Exercise(
        f"CaptioningRNN.{method}{cells}",
        f"{LIBRARY}:CaptioningRNN.{method}",
        returns,
        cases,
        proof,
        why,
        mistakes,
        plain=f"{PLAIN}:CaptioningRNN.{method}",
        play=play,
        given=given,
    )


GIVEN = tuple(as_made(captioning.CaptioningRNN, new_net("rnn")))  # an official file makes the parameters
EXERCISES = [
    captioning_net(
        "loss",
        "",
        ("loss", "grads"),
        lambda: loss_cases("rnn"),
        "Four RNNs, captions of unequal length: the loss and eight gradients; and the parameters of a new net.",
        "Each word guesses the next, and silence is not graded. A net that guesses the word it reads would reach 0.",
        catalogue.rows("nets.CaptioningRNN.loss"),
        loss,
        GIVEN,
    ),
    captioning_net(
        "loss",
        " with lstm",
        ("loss", "grads"),
        lambda: with_an_rnn(loss_cases),
        "Four LSTMs and an RNN, captions of unequal length: the loss and eight gradients.",
        "The same five layers; only the recurrent one changes, and its weights are four times as wide.",
        catalogue.rows("nets.CaptioningRNN.loss", "nets.CaptioningRNN.loss with lstm"),
        loss,
        GIVEN,
    ),
    captioning_net(
        "sample",
        "",
        ("captions",),
        lambda: sample_cases("rnn"),
        "Four RNNs, seven to thirty words each.",
        "What was written is read next: only here does the net live on its own words.",
        catalogue.rows("nets.CaptioningRNN.sample"),
        sample,
    ),
    captioning_net(
        "sample",
        " with lstm",
        ("captions",),
        lambda: with_an_rnn(sample_cases),
        "Four LSTMs and an RNN, seven to thirty words each.",
        "Two memories walk along: h writes the words, and the cell, which begins at 0, stays inside.",
        catalogue.rows("nets.CaptioningRNN.sample", "nets.CaptioningRNN.sample with lstm"),
        sample,
    ),
]
