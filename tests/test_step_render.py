"""The page a recording becomes: self-contained, deterministic, small, and readable without a script."""

import copy
import html.parser
import json
import re

import numpy as np
import pytest

from cs231n_lib.step import Beside, step
from cs231n_lib.step.payload import ranges, window
from cs231n_lib.step.render import key_frames
from cs231n_lib.step.words import cells_text, is_whole, magnitude, numbers
from cs231n_lib.strict.compare import text_differences
from tests.laws import arguments_of
from tests.pairs import PAIRS
from tests.test_step_record import CROSS, KERNEL, attention, convolve, no_loops, one_loop, two_loops, vote

RNG = np.random.default_rng(7)
X, T = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 3))
VOID = {"input", "br", "hr"}


class Outline(html.parser.HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def data_of(page):
    """Read the player's data back out of a page."""
    text = page[page.index('.parentNode,{"title"') :].split("parentNode,", 1)[1]
    return json.loads(text[: text.index(")</script>")].replace("<\\/", "</"))


def static_of(page):
    """Return what is left where scripts and style elements are dropped."""
    return re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.S)


def replay(data):
    """Apply the changes of each frame as the player does; return name -> cells for each frame."""
    states: list[dict] = []
    state: dict[str, list] = {}
    for frame in data["frames"]:
        state = dict(state)
        for key, change in frame.get("set", {}).items():
            if change == 0:
                del state[key]
            elif "i" in change:
                cells = list(state[key])
                ends = [[int(k) for k in part.split("-")] for part in change["i"].split()]
                places = [k for pair in ends for k in range(pair[0], pair[-1] + 1)]
                for place, text in zip(places, change["c"].split(), strict=True):
                    cells[place] = text
                state[key] = cells
            elif "c" in change:
                state[key] = change["c"].split()
        states.append({data["vars"][int(key)]["n"]: cells for key, cells in state.items()})
    return states


def come_and_go(x):
    y = x + 1
    z = y
    del y
    y = z
    return y


def test_the_same_call_gives_the_same_page():
    assert step(two_loops, X, T)._repr_html_() == step(two_loops, X, T)._repr_html_()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_another_processor_gives_the_same_page_but_for_last_digits(pair):
    arguments = arguments_of(pair)
    noisy = copy.deepcopy(arguments)
    for value in noisy.values():
        if isinstance(value, np.ndarray) and value.dtype == float:
            value *= 1 + 1e-15 * np.sign(RNG.normal(size=value.shape))
    pages = [step(pair.forward, *given.values())._repr_html_() for given in (arguments, noisy)]
    assert not text_differences(pages[0], pages[1])


def test_both_forms_are_offered():
    steps = step(no_loops, X, T)
    bundle = steps._repr_mimebundle_()
    assert bundle["text/plain"] == "step no_loops: 6 frames, returned (4, 5)"
    assert bundle["text/html"] == steps._repr_html_()


@pytest.mark.parametrize("ask", [None, {"dists": "the distance"}])
def test_the_page_fetches_nothing_and_has_no_ids(ask):
    page = step(two_loops, X, T, ask=ask)._repr_html_()
    assert not re.search(r"https?:|//cdn|\bimport\b|fetch\(|XMLHttp|0x[0-9a-f]{4}", page)
    assert all("id" not in attributes and "src" not in attributes for _, attributes in Outline(page).tags)


def test_sixty_frames_stay_under_100_kilobytes():
    steps = step(convolve, RNG.normal(size=(9, 9)), KERNEL)
    assert len(steps.frames) > 50
    assert len(steps._repr_html_().encode()) < 100_000


@pytest.mark.parametrize(
    "steps",
    [
        step(two_loops, X, T),
        step(convolve, CROSS, KERNEL),
        step(vote, np.abs(X), np.array([0, 1, 1]), 2),
        step(attention, X, X, X, np.tri(4, dtype=bool)),
        step(come_and_go, X),
    ],
    ids=lambda steps: steps.name,
)
def test_the_player_rebuilds_every_frame_from_the_changes(steps):
    data = data_of(steps._repr_html_())
    for frame, state in zip(steps.frames, replay(data), strict=True):
        assert set(state) == {name for name, value in frame.values.items() if np.ndim(value)}
        for name, value in frame.values.items():
            if isinstance(value, np.ndarray) and value.ndim:
                over_time = [f.values[name] for f in steps.frames if isinstance(f.values.get(name), np.ndarray)]
                top, whole = max(map(magnitude, over_time)), all(map(is_whole, over_time))
                assert state[name] == numbers(value, top, whole)
    assert [frame["s"] for frame in data["frames"]] == [frame.say for frame in steps.frames]


def test_key_frames_need_neither_script_nor_style_element():
    page = static_of(step(no_loops, X, T)._repr_html_())
    tags = Outline(page).tags
    assert {tag for tag, _ in tags} <= {
        "div",
        "p",
        "b",
        "pre",
        "span",
        "details",
        "summary",
        "table",
        "tr",
        "td",
        "code",
    }
    assert all(set(attributes) <= {"class", "style", "open"} for _, attributes in tags)
    assert sum(tag == "details" for tag, _ in tags) == 5
    assert "squared = a2 + b2 - 2 * ab" in page
    assert "line 5: squared becomes an array of shape (4, 5); it read a2, b2 and ab." in page
    assert "#e69f00" in page
    assert "#0072b2" in page


def test_key_frames_hold_the_last_frame_and_the_first_run_of_each_line():
    frames = step(two_loops, X, T).frames
    chosen = key_frames(frames)
    assert len(chosen) == 6
    assert {1, 2, len(frames) - 1} <= set(chosen)


def test_the_last_frame_is_a_key_frame_even_of_a_line_that_ran_before():
    def late(x):
        a = 1
        b = a + 1
        c = b + 1
        d = c + 1
        e = d + 1
        for i in range(3):
            x[i] = e

    steps = step(late, np.zeros(2))
    assert isinstance(steps.error, IndexError)
    assert key_frames(steps.frames)[-1] == len(steps.frames) - 1


def test_key_frames_show_arrays_where_there_are_any():
    def short(x):
        n = 3
        n = n + 1
        y = n * x
        return y

    def bare(n):
        m = n + 1
        return m

    assert [k + 1 for k in key_frames(step(short, np.ones(2)).frames)] == [4, 5]
    assert [k + 1 for k in key_frames(step(bare, 3).frames)] == [2, 3]


def test_long_lines_of_the_listing_hang_below_their_start():
    listing = static_of(step(two_loops, X, T)._repr_html_()).split("</pre>")[0]
    assert 'padding-left:7.8em;text-indent:-7.8em">  1  def two_loops(X, T):' in listing  # beyond the body
    assert 'padding-left:6.6em;text-indent:-6.6em">  2      dists = ' in listing


@pytest.mark.parametrize(("graph", "told"), [(None, None), (True, 1), (False, 0)])
def test_the_player_is_told_about_the_graph(graph, told):
    steps = step(no_loops, X, T, graph=graph)
    assert data_of(steps._repr_html_()).get("graph") == told
    assert data_of(steps.at(3)._repr_html_()).get("graph") == told


def test_markup_in_the_source_is_text():
    def tricky(x):
        y = x < 1  # </script><b>&
        return y, x < 2

    page = step(tricky, X, title="</script><i>")._repr_html_()
    assert page.count("</script>") == 1
    assert "x < 2" not in static_of(page).split("</pre>")[1]
    Outline(page)
    assert data_of(page)["title"] == "</script><i>"


def test_the_docstring_is_dropped_and_comments_stay():
    source = data_of(step(two_loops, X, T)._repr_html_())["fns"][0]["src"]
    assert source[1] == "    dists = np.zeros((len(X), len(T)))"
    assert "            # Euclid" in source


def test_questions_ask_for_one_new_cell():
    frames = data_of(step(two_loops, X, T, ask={"dists": "the distance"})._repr_html_())["frames"]
    asked = [frame["ask"] for frame in frames if "ask" in frame]
    assert len(asked) == 20
    assert asked[7]["x"] == "dists[1, 2]"
    assert float(asked[7]["a"]) == pytest.approx(two_loops(X, T)[1, 2], abs=0.005)


def test_a_question_may_ask_for_the_shape():
    frames = data_of(step(no_loops, X, T, ask={"squared": "shape"})._repr_html_())["frames"]
    (question,) = [frame["ask"] for frame in frames if "ask" in frame]
    assert (question["x"], question["a"], question["shape"]) == ("squared.shape", "(4, 5)", 1)


def test_broadcasting_gives_the_operands_in_their_own_shapes():
    frames = data_of(step(no_loops, X, T)._repr_html_())["frames"]
    (view,) = [frame["b"] for frame in frames if "b" in frame]
    assert view["d"] == [4, 5]
    assert [(o["t"], o["d"], len(o["c"].split())) for o in view["o"]] == [
        ("a2", [4, 1], 4),
        ("b2", [5], 5),
        ("ab", [4, 5], 20),
    ]


def test_operands_are_named_as_in_the_source():
    frames = data_of(step(one_loop, X, T)._repr_html_())["frames"]
    views = [frame["b"] for frame in frames if "b" in frame]
    assert [(view["t"], [o["t"] for o in view["o"]]) for view in views] == [("(T - X[i]) ** 2", ["T", "X[i]"])] * 4


def test_what_a_line_makes_is_told_apart():
    def several(x, y):
        a, b = x + 1, x * y
        return a, b, y - 1

    frames = data_of(step(several, X, X)._repr_html_())["frames"]
    x, y, a = range(3)
    assert frames[1]["r"].keys() == {str(x), str(y)}
    assert frames[1]["m"] == {str(a): [x]}
    assert list(frames[2]["m"].values()) == [[y]]


def test_large_arrays_become_an_overview_and_a_window():
    def touch(x):
        x[1, 40, 50] = 9.0
        return x[1, 40, 50]

    page = step(touch, RNG.normal(size=(2, 60, 64)))._repr_html_()
    assert len(json.dumps(data_of(page))) < 12_000  # for 7680 cells
    big = data_of(page)["frames"][1]["set"]["0"]["big"]
    row, column, height, width = big["win"]
    assert big["at"] == "1"
    assert row <= 40 < row + height <= row + 8
    assert column <= 50 < column + width <= column + 8
    assert "9.00" in big["w"].split()
    assert "here [1, 37:45, 47:55]" in static_of(page)


@pytest.mark.parametrize(
    ("shape", "cell", "expected"),
    [
        ((4, 5), (2, 3), ((), 0, 0, 4, 5)),
        ((20, 30), (0, 0), ((), 0, 0, 8, 8)),
        ((20, 30), (19, 29), ((), 12, 22, 8, 8)),
        ((100,), (50,), ((), 0, 47, 1, 12)),
        ((2, 3, 4, 4), (1, 2, 0, 1), ((1, 2), 0, 0, 4, 4)),
    ],
)
def test_the_window_holds_the_cell(shape, cell, expected):
    part = window(shape, np.array([np.ravel_multi_index(cell, shape)]))
    assert (part.lead, part.row, part.column, part.height, part.width) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.6055, -12.0, 0.0], ["3.6", "-12.0", "0"]),
        ([0.12345, 1e-17, -0.004], ["0.123", "0", "-0.004"]),
        ([1.0, 1e-4], ["1.00", "1.0e-4"]),
        ([np.nan, np.inf, 2.0], ["nan", "inf", "2.00"]),
        ([123456.0], ["1.23e5"]),
    ],
)
def test_numbers_have_the_digits_that_suit_the_array(values, expected):
    assert numbers(np.array(values), magnitude(values)) == expected


def test_whole_numbers_have_no_decimals_and_short_vectors_are_spelled_out():
    def differ(x, y):
        d = x - y
        return d

    frames = data_of(step(differ, np.array([1.0, 4.0]), np.array([3.0, 0.0]))._repr_html_())["frames"]
    assert frames[1]["s"] == "line 2: d becomes [-2, 4]; it read x and y."
    assert frames[1]["set"]["2"]["c"] == "-2 4"


def test_decimals_stay_where_a_later_frame_needs_them():
    def halve(x):
        y = 2 * x
        y[0] = y[0] / 4
        return y

    frames = data_of(step(halve, np.array([1.0, 2.0]))._repr_html_())["frames"]
    assert [frames[1]["set"]["1"]["c"], frames[2]["set"]["1"]["c"]] == ["2.00 4.00", "0.50"]


def test_rounding_noise_leaves_a_number_whole():
    assert is_whole(np.array([3.0000000000000004, -1.0, np.inf]))
    assert not is_whole(np.array([3.000001, -1.0]))


def test_a_number_returned_as_an_array_is_written_short():
    def third(x):
        return np.array(x / 3)

    assert step(third, 1.0).frames[-1].say == "line 2: returns 0.333."


def test_integers_and_truth_values_are_exact():
    assert numbers(np.array([1234567, -1]), 1234567.0) == ["1234567", "-1"]
    assert numbers(np.array([True, False]), 1.0) == ["T", "F"]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (np.s_[1, 2], "[1, 2]"),
        (np.s_[1], "[1, :]"),
        (np.s_[:], ""),
        (np.s_[:, 1:3], "[:, 1:3]"),
        (np.s_[::2, 0], "[0:3:2, 0]"),
        (np.s_[[0, 1, 3], [0, 1, 2]], None),
    ],
)
def test_cells_are_named_as_a_subscript(index, expected):
    cells = np.sort(np.arange(16).reshape(4, 4)[index].ravel())
    assert cells_text(cells, (4, 4)) == expected


def test_ranges():
    assert ranges([0, 1, 2, 5, 7, 8]) == "0-2 5 7-8"
    assert ranges([]) == ""


def test_steps_find_the_frame_of_a_cell_and_open_there():
    steps = step(two_loops, X, T)
    number = steps.find("dists", (1, 2))
    assert steps.frames[number - 1].say.startswith("line 6 (i = 1, j = 2)")
    assert data_of(steps.at(number)._repr_html_())["start"] == number - 1
    assert "start" not in data_of(steps._repr_html_())
    with pytest.raises(ValueError, match=r"find: no line writes dists\[9, 9\]"):
        steps.find("dists", (9, 9))
    with pytest.raises(ValueError, match="frame 99"):
        steps.at(99)


def test_two_steppers_stand_beside_each_other():
    ours, theirs = step(no_loops, X, T).at(5), step(two_loops, X, T)
    page = Beside(ours, theirs)._repr_html_()
    Outline(page)
    assert ours._repr_html_() in page
    assert theirs._repr_html_() in page
    assert repr(Beside(ours, theirs)).count("step ") == 2
