"""The table of pairs for sequences: recurrent layers, words, attention."""

import numpy as np
from numpy.random import Generator

from cs231n_lib import layers
from tests.laws import Pair, loss_pair

SOME = (1, 4)
STEPS = {"N": SOME, "D": SOME, "H": SOME}


def step(gates: int):
    def make(rng: Generator, N=3, D=5, H=4) -> dict:
        start = {"x": rng.normal(size=(N, D)), "prev_h": rng.normal(size=(N, H))}
        if gates == 4:
            start["prev_c"] = rng.normal(size=(N, H))
        return start | _weights(rng, D, H, gates)

    return make


def sequence(gates: int):
    def make(rng: Generator, N=2, T=5, D=3, H=4) -> dict:
        return {"x": rng.normal(size=(N, T, D)), "h0": rng.normal(size=(N, H)), **_weights(rng, D, H, gates)}

    return make


def words(rng: Generator, N=3, T=5, V=4, D=6) -> dict:
    """More places than words, so that words repeat within a caption and between captions."""
    return {"x": rng.integers(0, V, size=(N, T)), "W": rng.normal(size=(V, D))}


def time_affine(rng: Generator, N=2, T=4, D=3, M=5) -> dict:
    return {"x": rng.normal(size=(N, T, D)), "w": rng.normal(size=(D, M)), "b": rng.normal(size=M)}


def time_scores(rng: Generator, N=3, T=5, V=4) -> dict:
    """Captions of unlike length; what stands behind their end is no word at all."""
    mask = np.arange(T) < rng.integers(1, T + 1, size=(N, 1))
    y = np.where(mask, rng.integers(0, V, size=(N, T)), -7)
    return {"x": 2 * rng.normal(size=(N, T, V)), "y": y, "mask": mask}


def queries(rng: Generator, N=2, heads=3, T=4, S=5, d=6, e=7) -> dict:
    q, k, v = (rng.normal(size=(N, heads, *shape)) for shape in ((T, d), (S, d), (S, e)))
    return {"q": q, "k": k, "v": v}


def masked_queries(rng: Generator, N=2, heads=3, T=4, S=5, d=6, e=7) -> dict:
    return queries(rng, N, heads, T, S, d, e) | {"mask": _mask(rng, T, S)}


def heads_side_by_side(rng: Generator, N=2, T=4, S=5, heads=3, d=2) -> dict:
    E = heads * d
    inputs = {"query": rng.normal(size=(N, T, E))}
    inputs |= {name: rng.normal(size=(N, S, E)) for name in ("key", "value")}
    for letter in "qkvo":
        inputs[f"W{letter}"] = rng.normal(size=(E, E)) / np.sqrt(E)
        inputs[f"b{letter}"] = rng.normal(size=E)
    return inputs | {"num_heads": heads, "mask": _mask(rng, T, S)}


def places(rng: Generator, N=2, T=7, E=5) -> dict:
    return {"x": rng.normal(size=(N, T, E))}


def _weights(rng: Generator, D: int, H: int, gates: int) -> dict:
    Wx, Wh = rng.normal(size=(D, gates * H)) / np.sqrt(D), rng.normal(size=(H, gates * H)) / np.sqrt(H)
    return {"Wx": Wx, "Wh": Wh, "b": rng.normal(size=gates * H)}


def _mask(rng: Generator, T: int, S: int) -> np.ndarray:
    mask = rng.random((T, S)) < 0.6
    mask[np.arange(T), rng.integers(0, S, size=T)] = True  # every query sees at least one key
    return mask


def _pair(name: str, make, sizes: dict, label: str = "") -> Pair:
    forward, back = getattr(layers, f"{name}_forward"), getattr(layers, f"{name}_backward")
    return Pair(f"{name} {label}".strip(), forward, back, make, sizes)


ATTENTION = {"N": SOME, "heads": SOME, "T": SOME, "S": SOME, "d": SOME, "e": SOME}

PAIRS = [
    _pair("rnn_step", step(1), STEPS),
    _pair("rnn", sequence(1), STEPS | {"T": SOME}),
    _pair("lstm_step", step(4), STEPS),
    _pair("lstm", sequence(4), STEPS | {"T": SOME}),
    _pair("word_embedding", words, {"N": SOME, "T": SOME, "V": SOME, "D": SOME}),
    _pair("temporal_affine", time_affine, {"N": SOME, "T": SOME, "D": SOME, "M": SOME}),
    loss_pair(layers.temporal_softmax_loss, time_scores, sizes={"N": SOME, "T": SOME, "V": SOME}),
    _pair("attention", queries, ATTENTION),
    _pair("attention", masked_queries, ATTENTION, "masked"),
    _pair("multihead_attention", heads_side_by_side, {"N": SOME, "T": SOME, "S": SOME, "heads": SOME, "d": SOME}),
    _pair("positional_encoding", places, {"N": SOME, "T": SOME, "E": SOME}),
]
