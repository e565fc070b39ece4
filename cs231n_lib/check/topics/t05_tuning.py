"""Topic 05: choosing settings without being deceived."""

import numpy as np

from ..model import Exercise, Mistake, case, edge
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


MEAN, STD = "X_train.mean(axis=0)", "X_train.std(axis=0)"
EACH = "(X_train - mean) / std, (X_val - mean) / std, (X_test - mean) / std"
OWN = "*((X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-9) for X in (X_val, X_test))"
STANDARDIZE = [
    Mistake(
        "05.a",
        "mean and spread come from all three parts",
        "What did the test set tell you too early?",
        MEAN,
        "np.concatenate([X_train, X_val, X_test]).mean(axis=0)",
        more=((STD, "np.concatenate([X_train, X_val, X_test]).std(axis=0)"),),
    ),
    Mistake(
        "05.b",
        "each part is standardized by its own mean and spread",
        "One test picture alone: what is its spread? And does the net see all parts through the same glasses?",
        EACH,
        f"(X_train - mean) / std, {OWN}",
    ),
    Mistake(
        "05.b1",
        "each part is standardized by its own mean and spread, so a single row becomes nan",
        "One test picture alone: what is its spread? And does the net see all parts through the same glasses?",
        EACH,
        "tuple((X - X.mean(axis=0)) / X.std(axis=0) for X in (X_train, X_val, X_test))",
    ),
    Mistake(
        "05.c",
        "one mean and one spread for all features",
        "Two features in different units: should they share a mean?",
        MEAN,
        "X_train.mean()",
        more=((STD, "X_train.std()"),),
    ),
    Mistake(
        "05.d",
        "mean and spread of each row instead of each feature",
        "One mean for each feature: which axis goes?",
        EACH,
        "tuple((X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True) for X in (X_train, X_val, X_test))",
    ),
    Mistake(
        "05.e",
        "divided by the variance instead of the standard deviation",
        "Should the result have spread 1? Try X twice as large.",
        STD,
        "X_train.var(axis=0)",
    ),
    Mistake("05.f", "the mean is not subtracted", "Should the training rows have mean 0?", MEAN, "0"),
    Mistake("05.g", "the spread is not divided out", "Should the training rows have spread 1?", STD, "1"),
    Mistake(
        "05.h",
        "only the training rows are standardized",
        "The net learned on one scale. On which does it meet the test?",
        EACH,
        "(X_train - mean) / std, X_val.copy(), X_test.copy()",
    ),
    Mistake(
        "05.i",
        "mean and spread come from training and validation rows",
        "Which rows may the net learn from?",
        MEAN,
        "np.concatenate([X_train, X_val]).mean(axis=0)",
        more=((STD, "np.concatenate([X_train, X_val]).std(axis=0)"),),
    ),
]


def range_cases():
    """Both ends, the middle, ranges of one and of several powers of ten."""
    return [
        case(f"u = {u} from {low:g} to {high:g}", low=low, high=high, u=u)
        for low, high in ((1e-4, 1e-1), (1e-6, 1e2), (2.0, 50.0))
        for u in (0.0, 0.5, 0.8, 1.0)
    ]


LOG = [
    Mistake(
        "05.l",
        "a linear step instead of one in powers of ten",
        "Is 1e-3 as far from 1e-4 as from 2e-3? Where do most of your tries fall?",
        "10 ** (np.log10(low) + u * (np.log10(high) - np.log10(low)))",
        "low + u * (high - low)",
    ),
    Mistake(
        "05.m",
        "the exponent itself is returned",
        "Is a learning rate of -3 possible?",
        "10 ** (np.log10(low) + u * (np.log10(high) - np.log10(low)))",
        "np.log10(low) + u * (np.log10(high) - np.log10(low))",
    ),
    Mistake(
        "05.n",
        "low and high are taken for exponents",
        "10 ** low: what is that for low = 1e-4?",
        "10 ** (np.log10(low) + u * (np.log10(high) - np.log10(low)))",
        "10.0 ** (low + u * (high - low))",
    ),
    Mistake(
        "05.o1",
        "10 to the power of a natural log",
        "Two bases in one line?",
        "10 ** (np.log10(low) + u * (np.log10(high) - np.log10(low)))",
        "10 ** (np.log(low) + u * (np.log(high) - np.log(low)))",
    ),
    Mistake("05.o", "e to the power of a log to the base 10", "Two bases in one line?", "10 ** (", "np.exp("),
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


KEEP = "return max(results, key=lambda setting: results[setting][1])"
LOOP = """best, found = None, -1.0
    for setting, (train, val) in results.items():
        if {compared} > found:
            best, found = setting, {kept}
    return best"""
BEST = [
    Mistake(
        "05.r",
        "the best training accuracy is chosen",
        "Which split may you look at to choose? What does a net that learns by heart score on the other?",
        "results[setting][1]",
        "results[setting][0]",
    ),
    Mistake(
        "05.s", "the worst validation accuracy is chosen", "Accuracy: large or small?", "max(results", "min(results"
    ),
    Mistake(
        "05.t",
        "the narrowest gap between training and validation is chosen",
        "A net that guesses has no gap at all. Is it the best?",
        "results[setting][1]",
        "-abs(results[setting][0] - results[setting][1])",
    ),
    Mistake(
        "05.u",
        "the mean of training and validation accuracy is chosen",
        "What does the training accuracy tell about new pictures?",
        "results[setting][1]",
        "results[setting][0] + results[setting][1]",
    ),
    Mistake(
        "05.u1",
        "the largest setting is chosen, not the one with the best accuracy",
        "What does max compare: the settings, or what stands behind them?",
        KEEP,
        "return max(results)",
    ),
    Mistake(
        "05.u2",
        "training accuracy is compared with the validation accuracy that was remembered",
        "Are the two numbers you compare of one kind?",
        KEEP,
        LOOP.format(compared="train", kept="val"),
    ),
    Mistake(
        "05.u3",
        "validation accuracy is compared with the training accuracy that was remembered",
        "Are the two numbers you compare of one kind?",
        KEEP,
        LOOP.format(compared="val", kept="train"),
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


ADD = "histogram[int(one_angle % 180 // 20)] += one_size"
CELL = [
    Mistake(
        "05.v",
        "angles outside of 0 to 180 fall in no bin",
        "Add up your nine bins, and all sizes of the cell. Are the sums equal?",
        ADD,
        "if 0 <= one_angle < 180:\n            histogram[int(one_angle // 20)] += one_size",
    ),
    Mistake(
        "05.v2",
        "angles outside of 0 to 180 are put into the first and last bin",
        "Edges at 90 and at 270 degrees are the same line. Are they in the same bin?",
        "one_angle % 180",
        "min(max(one_angle, 0), 179)",
    ),
    Mistake(
        "05.v3",
        "the sign of the angle is dropped before the remainder",
        "Which angle between 0 and 180 is the same line as -60 degrees? Turn it by 180.",
        "one_angle % 180",
        "abs(one_angle) % 180",
    ),
    Mistake(
        "05.v4",
        "pixels are counted instead of their sizes summed",
        "Should a faint edge weigh as much as a strong one?",
        "+= one_size",
        "+= 1",
    ),
    Mistake(
        "05.v5",
        "the bins cover 360 degrees, 40 each",
        "After how many degrees does a line look the same again?",
        "% 180 // 20",
        "% 360 // 40",
    ),
    Mistake(
        "05.v6",
        "each pixel overwrites its bin",
        "Two pixels with the same angle: what should the bin hold?",
        "+= one_size",
        "= one_size",
    ),
    Mistake(
        "05.v7",
        "the histogram is divided by its sum",
        "Should a cell with faint edges give the same numbers as one with strong edges?",
        "return histogram",
        "return histogram / max(histogram.sum(), 1e-9)",
    ),
    Mistake(
        "05.v8",
        "the histogram is divided by the number of pixels",
        "Sums were asked for. What did you divide by?",
        "return histogram",
        "return histogram / size.size",
    ),
    Mistake(
        "05.v9",
        "the angle is turned by 90 degrees once more",
        "The angle given is that of the edge already. What is 95 degrees, in bins of 20?",
        "one_angle % 180",
        "(one_angle + 90) % 180",
    ),
    Mistake(
        "05.v10",
        "angles go to the nearest multiple of 20 instead of the one below",
        "Bin 0 runs from 0 to 20. In which bin should 15 degrees be?",
        "int(one_angle % 180 // 20)",
        "round(one_angle % 180 / 20) % 9",
    ),
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


ROSE = [
    Mistake(
        "05.w",
        "the first bin begins at 0 instead of being centred there",
        "350 degrees and 10 degrees are both almost north. Are they in one bin?",
        "(one_direction + 22.5)",
        "one_direction",
    ),
    Mistake(
        "05.w2",
        "the bins are centred by taking 22.5 away",
        "Bin 0 runs from -22.5 to 22.5. Where must -22.5 come to lie for the division?",
        "+ 22.5",
        "- 22.5",
    ),
    Mistake(
        "05.w3",
        "directions outside of 0 to 360 are left out",
        "Add up your eight bins, and all speeds. Are the sums equal?",
        "rose[int((one_direction + 22.5) % 360 // 45)] += one_speed",
        "if 0 <= one_direction < 360:\n            rose[int((one_direction + 22.5) % 360 // 45)] += one_speed",
    ),
    Mistake(
        "05.w4",
        "opposite winds share a bin",
        "A line looks the same after 180 degrees. A wind?",
        "% 360 // 45",
        "% 180 // 45",
    ),
    Mistake(
        "05.w5",
        "winds are counted instead of their speeds summed",
        "Should a breeze weigh as much as a storm?",
        "+= one_speed",
        "+= 1",
    ),
    Mistake(
        "05.w6",
        "the remainder is taken before the bins are centred, and the last half bin goes to north-west",
        "350 + 22.5 is beyond 360. To which bin should that go?",
        "int((one_direction + 22.5) % 360 // 45)",
        "min(int((one_direction % 360 + 22.5) // 45), 7)",
    ),
]

EXERCISES = [
    Exercise(
        "standardize",
        f"{PLAIN}:standardize",
        ("X_train", "X_val", "X_test"),
        standardize_cases,
        "Six sets of three parts, one with a single row to test.",
        "Mean and spread are learned, too, so they come from the training rows alone.",
        STANDARDIZE,
    ),
    Exercise(
        "log_uniform",
        f"{PLAIN}:log_uniform",
        ("value",),
        range_cases,
        "Three ranges, both ends and two places between.",
        "Learning rates differ by factors, so tries are spread evenly over factors.",
        LOG,
    ),
    Exercise(
        "best_setting",
        f"{PLAIN}:best_setting",
        ("setting",),
        result_cases,
        "Four tables of results: the best in training is elsewhere, or the narrowest gap is.",
        "Validation chooses, and the test set is asked once, at the end.",
        BEST,
        play=choose,
    ),
    Exercise(
        "hog_cell_histogram",
        f"{PLAIN}:hog_cell_histogram",
        ("histogram",),
        cell_cases,
        "Ten cells: angles below 0 and above 180, one line seen from both sides, cells that are not square.",
        "A line has no front and no back, so angles repeat every 180 degrees, and every pixel finds a bin.",
        CELL,
    ),
    Exercise(
        "wind_rose",
        f"{PLAIN}:wind_rose",
        ("rose",),
        rose_cases,
        "Eight sets of winds: on both sides of north, more than one turn, from opposite sides, none at all.",
        "Winds repeat every 360 degrees, so shift, take the remainder, divide: the same three moves as for edges.",
        ROSE,
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
