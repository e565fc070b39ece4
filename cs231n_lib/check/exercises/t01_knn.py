"""Topic 01: k nearest neighbours."""

import numpy as np

from .. import catalogue
from ..model import Exercise, Remark, case, edge
from ..puzzles import FindMistake, LineOrder
from ..run import Blank, WrongForm

PLAIN = "cs231n_lib.textbook.knn"
LIBRARY = "cs231n_lib.nets.nearest_neighbor:KNearestNeighbor"


def distances(fn, X_train, X):
    """Play a distance method: an object with training rows, then one call."""
    return fn(fn.new(X_train=X_train, y_train=np.zeros(len(X_train), dtype=int)), X)


def pixels(seed, N, M, D):
    """Return whole-numbered pixels, 0..255, of M training and N test rows."""
    rng = np.random.default_rng(seed)
    return {
        "X_train": rng.integers(0, 256, (M, D)).astype(float),
        "X": rng.integers(0, 256, (N, D)).astype(float),
    }


def distance_cases():
    """Sizes all different, a square pair, more draws; edges: one row alone, a test row that is a training row."""
    square, twins, fractions = pixels(2, 4, 4, 6), pixels(4, 3, 5, 4), pixels(5, 2, 7, 3)
    twins["X"][1] = twins["X_train"][3]
    hand = {"X_train": np.array([[0.0, 0, 0], [4, 3, 3]]), "X": np.array([[3.0, 4, 0], [0, 0, 0], [4, 3, 3]])}
    return [
        case("by hand", **hand),
        case("3 test rows and 5 training rows", **pixels(1, 3, 5, 4)),
        case("as many test as training rows", **square),
        case("as many rows as pixels", **pixels(6, 5, 5, 5)),
        case("pixels between 0 and 1", **{n: v / 256 for n, v in fractions.items()}),
        *(case("random pixels", **pixels(s, s % 5 + 2, s % 3 + 6, 9)) for s in range(10, 16)),
        edge("one test row", **pixels(3, 1, 4, 5)),
        edge("a test row that is a training row", **twins),
    ]


def twin_in_float32():
    """A test row that is a training row, in float32: rounding makes some squared distances negative."""
    X = np.random.default_rng(0).uniform(0, 255, (40, 3072)).astype(np.float32)
    return case("identical pictures in float32", X_train=X, X=X.copy())


CLAMP = Remark(
    "01.clamp",
    "On identical pictures in float32 it gives nan: rounding makes their squared distance about -16. "
    "np.maximum(squares, 0) under the root cures it.",
    twin_in_float32,
)


def distance_exercise(loops, why, plain, mistakes, long_case=None, max_lines=0, remarks=()):
    """Return one of the three distance exercises: the same cases, the same truth."""
    return Exercise(
        f"KNearestNeighbor.compute_distances_{loops}",
        f"{LIBRARY}.compute_distances_{loops}",
        ("dists",),
        distance_cases,
        "A case by hand and 12 sets of pixels: sizes all different, a square case, one row alone, identical pictures.",
        why,
        mistakes,
        plain=f"{PLAIN}:KNearestNeighbor.{plain}",
        play=distances,
        long_case=long_case,
        max_lines=max_lines,
        remarks=remarks,
    )


def vote(fn, y_train, dists, k):
    """Play predict_labels: an object with labels, then one call."""
    return fn(fn.new(X_train=np.zeros((len(y_train), 1)), y_train=y_train), dists, k)


def vote_default(fn, y_train, dists):
    """Play predict_labels without k."""
    return fn(fn.new(X_train=np.zeros((len(y_train), 1)), y_train=y_train), dists)


def votes(fn, y_train, dists, k):
    """Play predict_labels with k, or without it where k is None."""
    return vote_default(fn, y_train, dists) if k is None else vote(fn, y_train, dists, k)


def far(seed, N, M):
    """Return distances (N, M), no two in a row alike."""
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(M) + 1.5 for _ in range(N)])


def vote_cases():
    """A case by hand, ties of two and of three labels, k = 1, k = M, and more draws."""
    hand = np.array([[4.0, 1, 3, 2], [1.0, 2, 3, 4]])
    rng = np.random.default_rng(7)
    return [
        case("k = 1", y_train=np.array([3, 1, 2, 0, 2]), dists=far(0, 4, 5), k=1),
        case("k left out", y_train=np.array([3, 1, 2, 0, 2]), dists=far(1, 6, 5), k=None),
        case("k = 3 without ties", y_train=np.array([2, 1, 2, 1]), dists=hand, k=3),
        case(
            "a tie of two labels", y_train=np.array([5, 3, 5, 4]), dists=np.array([[1.0, 2, 9, 8], [9, 1.5, 8, 2]]), k=2
        ),
        case(
            "a tie of three labels", y_train=np.array([7, 2, 4, 2]), dists=np.array([[1.0, 9, 2, 3], [2, 3, 1, 9]]), k=3
        ),
        case("k = all", y_train=np.array([1, 4, 4, 0, 1, 4]), dists=far(2, 3, 6), k=6),
        *(case("random votes", y_train=rng.integers(0, 4, 9), dists=far(s, 7, 9), k=s % 5 + 2) for s in range(20, 26)),
    ]


def folds(fn, X, y, num_folds):
    """Play cross_validation_folds and name each part of each fold."""
    splits = fn.raw(X, y, num_folds)
    if not hasattr(splits, "__len__") or len(splits) != num_folds:
        got = len(splits) if hasattr(splits, "__len__") else type(splits).__name__
        raise WrongForm("folds", {"count": num_folds, "got": got})
    if all(split is None for split in splits):
        raise Blank
    parts = ("X_train", "y_train", "X_val", "y_val")
    for split in splits:
        if not isinstance(split, (tuple, list)) or len(split) != 4:
            raise WrongForm("arity", {"count": 4, "names": ", ".join(parts), "got": type(split).__name__})
    return {
        f"{part} of fold {i}": value
        for i, split in enumerate(splits, 1)
        for part, value in zip(parts, split, strict=True)
    }


def fold_cases():
    """Folds of one size; edges: folds that cannot be of one size, one row a fold."""

    def rows(N, num_folds, D=3):
        X = np.arange(N * D, dtype=float).reshape(N, D) + 1
        return {"X": X, "y": np.arange(N) * 7 % 5 + 1, "num_folds": num_folds}

    return [
        case("6 rows in 3 folds", **rows(6, 3)),
        case("8 rows in 2 folds", **rows(8, 2)),
        case("12 rows in 4 folds", **rows(12, 4, 2)),
        case("20 rows in 5 folds", **rows(20, 5)),
        edge("11 rows in 4 folds", **rows(11, 4)),
        edge("5 rows in 2 folds", **rows(5, 2)),
        edge("4 rows in 4 folds", **rows(4, 4, 2)),
    ]


def pairs(seed, N, M, D):
    """Return N and M rows of whole numbers."""
    rng = np.random.default_rng(seed)
    return {"A": rng.integers(-9, 10, (N, D)).astype(float), "B": rng.integers(-9, 10, (M, D)).astype(float)}


def l1_cases():
    """A case by hand, sizes all different, a square case, more draws; an edge: one row alone."""
    return [
        case("by hand", A=np.array([[1.0, 2, 3], [4, 0, 0]]), B=np.array([[0.0, 0, 0], [3, 2, 1], [1, 1, 1]])),
        case("3 rows and 5 rows", **pairs(1, 3, 5, 4)),
        case("as many rows in both", **pairs(2, 4, 4, 6)),
        *(case("random rows", **pairs(s, s % 5 + 2, s % 3 + 6, 5)) for s in range(10, 14)),
        edge("one row beside four", **pairs(3, 1, 4, 3)),
    ]


EXERCISES = [
    distance_exercise(
        "two_loops",
        "This slow version is the one to trust: the fast ones are compared with it.",
        "compute_distances",
        catalogue.rows("knn.KNearestNeighbor.compute_distances"),
    ),
    distance_exercise(
        "one_loop",
        "One test row against all training rows at once is broadcasting: (M, D) - (D,).",
        "compute_distances",
        catalogue.rows("knn.KNearestNeighbor.compute_distances"),
        lambda: case("long", **pixels(0, 4, 60, 3)),
        120,
    ),
    distance_exercise(
        "no_loops",
        "One matrix product does the work of both loops; that is where the speed of array code comes from.",
        "compute_distances_no_loops",
        catalogue.rows("knn.KNearestNeighbor.compute_distances_no_loops"),
        lambda: case("long", **pixels(0, 80, 60, 3)),
        60,
        (CLAMP,),
    ),
    Exercise(
        "KNearestNeighbor.predict_labels",
        f"{LIBRARY}.predict_labels",
        ("labels",),
        vote_cases,
        "Votes with and without ties, of two and three labels, k from 1 to all, and k left out.",
        "Ties go to the smaller label, so the same data give the same answer everywhere.",
        catalogue.rows("knn.KNearestNeighbor.predict_labels"),
        plain=f"{PLAIN}:KNearestNeighbor.predict_labels",
        play=votes,
    ),
    Exercise(
        "cross_validation_folds",
        f"{PLAIN}:cross_validation_folds",
        ("splits",),
        fold_cases,
        "Seven splits, even and uneven: each row validates exactly once, and never where it trains.",
        "A row that is in both parts makes k = 1 look perfect: the leak this exercise is about.",
        catalogue.rows("knn.cross_validation_folds"),
        play=folds,
    ),
    Exercise(
        "pairwise_l1",
        f"{PLAIN}:pairwise_l1",
        ("distances",),
        l1_cases,
        "One case by hand and seven random ones, sizes all different and one row alone.",
        "The expansion trick is gone (|a - b| has none), broadcasting is not: (N, 1, D) - (1, M, D).",
        catalogue.rows("knn.pairwise_l1"),
        long_case=lambda: case("long", **pairs(0, 30, 30, 4)),
        max_lines=40,
    ),
    LineOrder(
        "knn_no_loops_lines",
        "KNearestNeighbor.compute_distances_no_loops",
        "def compute_distances_no_loops(self, X):",
        (
            "squares = test_squares - 2 * cross + train_squares",
            "train_squares = np.sum(self.X_train**2, axis=1)",
            "return np.sqrt(np.maximum(squares, 0))",
            "squares = test_squares + 2 * cross + train_squares",
            "cross = X @ self.X_train.T",
            "test_squares = np.sum(X**2, axis=1, keepdims=True)",
            "cross = X @ self.X_train",
        ),
        (5, 6, 2, 1, 3),
        "The column (N, 1) and the row (M,) are stretched over the (N, M) products: three terms, one array.",
    ),
    FindMistake(
        "knn_mistake",
        """
        def compute_distances_one_loop(self, X):
            dists = np.zeros((len(X), len(self.X_train)))
            for i in range(len(X)):
                differences = self.X_train - X[i]
                squares = np.sum(differences**2, axis=1)
                dists[i] = np.sqrt(squares)
            return dists
        """,
        "np.sum(differences**2, axis=1)",
        "np.sum(differences**2)",
        "the sum runs over all training rows at once",
        "Write the shape of each array beside its line: (M, D), then …? One row of dists must be (M,).",
        "Without axis=1 the sum is a single number, which NumPy then writes into the whole row: no error, and every "
        "column of dists is alike.",
    ),
]
