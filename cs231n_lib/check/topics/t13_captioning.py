"""Topics 12 and 13, the net: captions from picture features, with an RNN or an LSTM."""

import numpy as np

from ..model import Exercise, Mistake, case
from ..run import Blank, WrongForm

PLAIN = "cs231n_lib.check.plain.nets"
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


def loss(fn, params, features, captions, **settings):
    """Play the loss: its value and the gradients by name."""
    result = fn.raw(fn.new(init=settings, params=params), features, captions)
    if not isinstance(result, (tuple, list)) or len(result) != 2 or not isinstance(result[1], dict):
        raise WrongForm("arity", {"count": 2, "names": "loss, grads", "got": type(result).__name__})
    value, grads = result
    if value is None or (not grads and not value):
        raise Blank
    return {"loss": value, **{f"grads[{name!r}]": grads.get(name) for name in params}}


def sample(fn, params, features, captions, max_length, **settings):
    """Play sample: the words of each picture."""
    net = fn.new(init=settings, params=params)
    return fn(net, features) if max_length is None else fn(net, features, max_length)


def loss_cases():
    """RNN and LSTM, sizes all different and all alike."""
    return [
        case("an RNN", **net(1, 3, 5, 4, 3, 6, "rnn")),
        case("an RNN, sizes alike", **net(2, 4, 4, 4, 4, 4, "rnn")),
        case("an LSTM", **net(3, 3, 6, 5, 4, 3, "lstm")),
        case("an LSTM, one caption", **net(4, 1, 5, 2, 3, 4, "lstm")),
    ]


def sample_cases():
    """The same nets, several lengths."""
    return [case(c.label, **c.args, max_length=length) for c, length in zip(loss_cases(), (7, 8, None, 9), strict=True)]


LOSS = [
    Mistake(
        "12.k",
        "the captions are not shifted: each word guesses itself",
        "Which word should it guess: the one it reads, or the next?",
        "captions_out = captions[:, 1:]",
        "captions_out = captions[:, :-1]",
    ),
    Mistake(
        "12.k1",
        "padding is graded as well: no mask",
        "Should silence be graded?",
        "captions_out != self._null",
        "np.ones_like(captions_out, dtype=bool)",
    ),
    Mistake(
        "12.k2",
        "the mask is made from captions_in",
        "Which words are graded: those it reads or those it guesses?",
        "captions_out != self._null",
        "captions_in != self._null",
    ),
    Mistake(
        "12.k3",
        "the mask leaves out <END> instead of <NULL>",
        "Which word means silence?",
        "captions_out != self._null",
        "captions_out != 2",
    ),
    Mistake(
        "12.k4",
        "the picture does not enter: h0 is zero",
        "Where does the net see the picture?",
        "h0, h0_cache = affine_forward(features, p",
        "h0, h0_cache = affine_forward(0 * features, 0 * p",
        more=(('p["W_proj"], p["b_proj"])\n        x', 'p["W_proj"], 0 * p["b_proj"])\n        x'),),
    ),
    Mistake(
        "12.k5",
        "a step too many: the last word is read as well, the first is guessed",
        "Where does the first true word come from: is it given or guessed?",
        "captions_in = captions[:, :-1]",
        "captions_in = captions[:, 1:]",
        more=(("captions_out = captions[:, 1:]", "captions_out = captions[:, :-1]"),),
    ),
    Mistake(
        "12.k6",
        "the gradient of the picture's features does not reach W_proj",
        "h0 was computed from what?",
        "affine_backward(dh0, h0_cache)",
        "affine_backward(0 * dh0, h0_cache)",
    ),
    Mistake(
        "12.k7",
        "the mask is turned round",
        "1 = counts or 1 = padding?",
        "captions_out != self._null",
        "captions_out == self._null",
    ),
    Mistake(
        "12.k8",
        "an RNN always, even where an LSTM is asked for",
        "Does your loss look at cell_type?",
        'if self.cell_type == "rnn" else (lstm_forward, lstm_backward)',
        "if True else None",
    ),
]

SAMPLE = [
    Mistake(
        "12.n",
        "<START> is written as the first word",
        "The first SAMPLED word stands in captions[:, 0].",
        "            captions[:, t] = word\n",
        "            captions[:, t] = before\n",
        more=(("            x = p", "            before = word\n            x = p"),),
    ),
    Mistake(
        "12.n1",
        "every step reads <START>",
        "Who reads the word that was just written?",
        "            word = scores.argmax(axis=1)\n            captions[:, t] = word\n",
        "            captions[:, t] = scores.argmax(axis=1)\n",
    ),
    Mistake(
        "12.n2",
        "the memory is set back at every step",
        "Who reads the h that the last step wrote?",
        "            x = p",
        '            h = features @ p["W_proj"] + p["b_proj"]\n            x = p',
    ),
    Mistake(
        "12.n3",
        "the picture does not enter",
        "Where does the net see the picture?",
        'h = features @ p["W_proj"] + p["b_proj"]',
        'h = 0 * (features @ p["W_proj"])',
    ),
    Mistake("12.n4", "the least likely word is written", "Largest score or smallest?", "argmax", "argmin"),
    Mistake(
        "12.n5",
        "b_vocab is not added to the scores",
        "One of the parameters has no effect. Which?",
        ' + p["b_vocab"]',
        "",
    ),
    Mistake("12.n6", "b_proj is not added to h0", "One of the parameters has no effect. Which?", ' + p["b_proj"]', ""),
    Mistake(
        "12.n7",
        "the first word read is <NULL>, not <START>",
        "Which word says that a caption begins?",
        "np.full(N, self._start)",
        "np.zeros(N, dtype=int)",
    ),
    Mistake(
        "12.n8",
        "the cell starts from h0",
        "Where does the cell's memory begin?",
        "c = np.zeros_like(h)",
        "c = h.copy()",
    ),
    Mistake(
        "12.n9",
        "the cell is forgotten at every step",
        "Two memories: which one did you not hand on?",
        "h, c, _ = lstm",
        "h, _, _ = lstm",
    ),
]

EXERCISES = [
    Exercise(
        "CaptioningRNN.loss",
        f"{LIBRARY}:CaptioningRNN.loss",
        ("loss", "grads"),
        loss_cases,
        "Two RNNs and two LSTMs, captions of unequal length: the loss and eight gradients.",
        "Each word guesses the next, and silence is not graded. A net that guesses the word it reads would reach 0.",
        LOSS,
        plain=f"{PLAIN}:CaptioningRNN.loss",
        play=loss,
    ),
    Exercise(
        "CaptioningRNN.sample",
        f"{LIBRARY}:CaptioningRNN.sample",
        ("captions",),
        sample_cases,
        "Two RNNs and two LSTMs, seven to thirty words each.",
        "What was written is read next: only here does the net live on its own words.",
        SAMPLE,
        plain=f"{PLAIN}:CaptioningRNN.sample",
        play=sample,
    ),
]
