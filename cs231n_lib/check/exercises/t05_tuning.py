"""Topic 05: choosing settings without being deceived."""

import numpy as np

from .. import catalogue
from ..model import Exercise, case, edge
from ..puzzles import FindMistake, LineOrder
from ..run import WrongForm

PLAIN = "cs231n_lib.textbook.tuning"


def parts(seed, sizes, D):
    """Return training, validation and test rows of different means and spreads."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0.5, 9, D)
    names = ("X_train", "X_val", "X_test")
    return {n: spread * rng.standard_normal((N, D)) + rng.uniform(-5, 5, D) for n, N in zip(names, sizes, strict=True)}


def standardize_cases():
    """Parts of different sizes, as many rows as features; an edge: one row to test."""
    return [
        case("parts of 20 and 6 and 5 rows", **parts(1, (20, 6, 5), 4)),
        case("as many rows as features", **parts(3, (5, 5, 5), 5)),
        *(case("random parts", **parts(s, (s + 5, 7, 6), s % 4 + 2)) for s in range(10, 13)),
        edge("one row to test", **parts(2, (15, 4, 1), 3)),
    ]


def range_cases():
    """Both ends, the middle, ranges of one and of several powers of ten."""
    return [
        case(f"u = {u} from {low:g} to {high:g}", low=low, high=high, u=u)
        for low, high in ((1e-4, 1e-1), (1e-6, 1e2), (2.0, 50.0))
        for u in (0.0, 0.5, 0.8, 1.0)
    ]


def choose(fn, results):
    """Play best_setting: the place of the chosen key among all."""
    chosen, names = fn.raw(results), list(results)
    if chosen not in names:
        raise WrongForm("not_setting", {"got": repr(chosen)[:40]})
    return {"place of the chosen setting": float(names.index(chosen))}


def result_cases():
    """The best in training is not the best in validation; the best is first, last, in the middle."""
    return [
        case(
            "the best training accuracy elsewhere",
            results={(1e-3, 0.1): (0.99, 0.41), (1e-2, 0.1): (0.71, 0.55), (1e-1, 0.1): (0.2, 0.19)},
        ),
        case("the best setting first", results={"a": (0.6, 0.58), "b": (0.9, 0.5), "c": (0.7, 0.2)}),
        case("the best setting last", results={1: (0.6, 0.28), 2: (0.9, 0.35), 3: (0.5, 0.42)}),
        case(
            "the narrowest gap elsewhere",
            results={"w": (0.3, 0.3), "x": (0.8, 0.6), "y": (0.95, 0.5), "z": (0.9, 0.55)},
        ),
    ]


def cell(seed, H, W, low=-90, high=270):
    """Return sizes of edges, and angles that keep half a degree away from the ends of the bins."""
    rng = np.random.default_rng(seed)
    return {"size": rng.uniform(0.5, 9, (H, W)), "angle": rng.integers(low, high, (H, W)) + 0.5}


def cell_cases():
    """Angles below 0 and above 180, all in one bin, cells that are not square; an edge: one flat pixel."""
    lines = np.array([[95.5, 265.5, -84.5]])
    return [
        case("angles of 0 to 180 only", **cell(1, 4, 3, 0, 180)),
        case("angles of -90 to 270", **cell(2, 3, 5)),
        case("one line seen from both sides", size=np.array([[2.0, 3.0, 5.0]]), angle=lines),
        case("two edges in one bin", size=np.array([[2.0], [7.0]]), angle=np.array([[47.5], [52.5]])),
        case("a cell of 8 by 8", **cell(3, 8, 8)),
        *(case("random cells", **cell(s, s % 4 + 2, s % 3 + 4)) for s in range(10, 14)),
        edge("one flat pixel", size=np.zeros((1, 1)), angle=np.array([[90.5]])),
    ]


def rose_cases():
    """Winds on both sides of north, turns beyond 360 and below 0; an edge: no wind at all."""
    rng = np.random.default_rng(7)
    return [
        case("around north", speed=np.array([2.0, 3.0, 5.0]), direction=np.array([-10.0, 350.0, 710.0])),
        case("one in each bin", speed=np.arange(1.0, 9), direction=np.arange(8) * 45.0),
        case("east from both sides", speed=np.array([4.0, 1.0, 2.0]), direction=np.array([70.0, 110.0, 428.0])),
        case("opposite winds", speed=np.array([3.0, 8.0]), direction=np.array([30.0, 210.0])),
        *(
            case("random winds", speed=rng.uniform(0, 9, n), direction=rng.integers(-400, 800, n) + 0.25)
            for n in (6, 11, 20)
        ),
        edge("no wind noted", speed=np.zeros(0), direction=np.zeros(0)),
    ]


EXERCISES = [
    Exercise(
        "standardize",
        f"{PLAIN}:standardize",
        ("X_train", "X_val", "X_test"),
        standardize_cases,
        "Six sets of three parts, one with a single row to test.",
        "Mean and spread are learned, too, so they come from the training rows alone.",
        catalogue.rows("tuning.standardize"),
    ),
    Exercise(
        "log_uniform",
        f"{PLAIN}:log_uniform",
        ("value",),
        range_cases,
        "Three ranges, both ends and two places between.",
        "Learning rates differ by factors, so tries are spread evenly over factors.",
        catalogue.rows("tuning.log_uniform"),
    ),
    Exercise(
        "best_setting",
        f"{PLAIN}:best_setting",
        ("setting",),
        result_cases,
        "Four tables of results: the best in training is elsewhere, or the narrowest gap is.",
        "Validation chooses, and the test set is asked once, at the end.",
        catalogue.rows("tuning.best_setting"),
        play=choose,
    ),
    Exercise(
        "hog_cell_histogram",
        f"{PLAIN}:hog_cell_histogram",
        ("histogram",),
        cell_cases,
        "Ten cells: angles below 0 and above 180, one line seen from both sides, cells that are not square.",
        "A line has no front and no back, so angles repeat every 180 degrees, and every pixel finds a bin.",
        catalogue.rows("tuning.hog_cell_histogram"),
    ),
    Exercise(
        "wind_rose",
        f"{PLAIN}:wind_rose",
        ("rose",),
        rose_cases,
        "Eight sets of winds: on both sides of north, more than one turn, from opposite sides, none at all.",
        "Winds repeat every 360 degrees, so shift, take the remainder, divide: the same three moves as for edges.",
        catalogue.rows("tuning.wind_rose"),
    ),
    LineOrder(
        "search_lines",
        "best_setting",
        "def best_setting(results):",
        (
            "        best, best_accuracy = setting, val_accuracy",
            "for setting, (train_accuracy, val_accuracy) in results.items():",
            "    if train_accuracy > best_accuracy:",
            "best, best_accuracy = None, -1.0",
            "return best",
            "    if val_accuracy > best_accuracy:",
            "        best, best_accuracy = setting, train_accuracy",
        ),
        (4, 2, 6, 1, 5),
        "Validation decides which setting stays, and what is remembered must be what is compared.",
    ),
    FindMistake(
        "tuning_mistake",
        """
        def search(data, settings):
            best, best_accuracy = None, -1.0
            for lr, reg in settings:
                net = TwoLayerNet(reg=reg)
                Solver(net, data, optim_config={"learning_rate": lr}, verbose=False).train()
                accuracy = (net.loss(data["X_val"]).argmax(axis=1) == data["y_val"]).mean()
                if accuracy > best_accuracy:
                    best, best_accuracy = net, accuracy
            return best
        """,
        '(net.loss(data["X_val"]).argmax(axis=1) == data["y_val"])',
        '(net.loss(data["X_test"]).argmax(axis=1) == data["y_test"])',
        "the test set chooses",
        "Which split may you look at often? Look for its name.",
        "A test set that was asked a hundred times is a second training set: its accuracy promises too much.",
    ),
]
