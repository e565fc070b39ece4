"""Captions are judged by facts and by BLEU; each value here is worked by hand."""

import math

import numpy as np
import pytest

from cs231n_lib.data import scenes
from cs231n_lib.data.grammar import sentence
from cs231n_lib.data.scoring import bleu, truth


@pytest.fixture
def pair():
    """One scene with a small red circle to the left of a large blue square, and one with the red circle alone."""
    spec = scenes.take(scenes.draw_captioned("val", 2), [0, 1])
    fields = {"count": [2, 1], "shape": [[0, 1]] * 2, "colour": [[0, 2]] * 2, "size": [[250, 400]] * 2}
    fields |= {"x": [[-500, 500]] * 2, "y": [[0, 0]] * 2}
    return spec | {name: np.array(values, np.int32) for name, values in fields.items()}


FULL = "a small red circle left of a large blue square"


def test_a_true_and_full_caption_has_full_marks(pair):
    assert truth([FULL, "a small red circle"], pair) == (1, 1, 1, 1, 1)


def test_each_number_by_hand(pair):
    said = truth(["a red circle and a large green square", "a large red circle"], pair)
    # first: 2 + 3 stated, all but green true, 7 in the scene; second: 3 stated, 2 true, 3 in the scene
    assert said.precision == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert said.recall == pytest.approx((4 / 7 + 2 / 3) / 2)
    assert said.score == pytest.approx((4 / 7 + 2 / 3) / 2)
    assert (said.whole, said.complete) == (0, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FULL, "a red circle left of a large blue square"),  # a true size left out
        (FULL, "a small red circle and a large blue square"),  # a true relation left out
        ("a large red circle left of a large blue square", "a red circle left of a large blue square"),  # a wrong one
        ("a small red circle above a large blue square", "a small red circle and a large blue square"),
        (FULL, "a small red circle"),
    ],
)
def test_saying_less_never_raises_score_or_recall(pair, before, after):
    both = [truth([text, "a small red circle"], pair) for text in (before, after)]
    assert both[1].score <= both[0].score and both[1].recall <= both[0].recall


def test_guessing_twice_raises_recall_but_not_the_score(pair):
    honest, greedy = (
        truth([FULL, text], pair) for text in ("a small red square", "a small red square and a small red circle")
    )
    assert greedy.recall > honest.recall and greedy.score <= honest.score and greedy.precision < honest.precision


def test_babble_and_silence_count_as_nothing(pair):
    assert truth(["red red red", ""], pair) == (0, 0, 0, 0, 0)


def test_all_own_captions_are_true_and_another_scenes_are_not():
    spec = scenes.draw_captioned("val", 200, objects="mixed")
    own = [sentence(spec, i) for i in range(200)]
    assert truth(own, spec).precision == truth(own, spec).whole == 1
    assert truth(own[1:] + own[:1], spec).precision < 0.4


@pytest.mark.parametrize("captions", [[], ["a red circle"]])
def test_truth_wants_a_caption_for_each_scene(pair, captions):
    with pytest.raises(ValueError, match="give one for each"):
        truth(captions, pair)


# --- BLEU


def test_bleu_of_the_reference_itself_is_one():
    assert bleu(["a small red circle <END>"], [["a red circle", "a small red circle"]]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("order", "value"),
    [
        (1, 4 / 5),  # a, red, of, circle; not blue
        (2, math.sqrt(4 / 5 * 1 / 4)),  # of its pairs only "a red"
    ],
)
def test_bleu_by_hand(order, value):
    """Both have five words, so nothing is taken off for brevity."""
    said, wanted = "a red blue circle of", "left of a red circle"
    assert bleu([said], [[wanted]], order) == pytest.approx(value)


def test_bleu_counts_a_word_as_often_as_one_reference_has_it():
    """The example of the paper: seven times "the", of which a reference holds two."""
    references = ["the cat is on the mat", "there is a cat on the mat"]
    assert bleu(["the the the the the the the"], [references], 1) == pytest.approx(2 / 7)


def test_bleu_adds_up_over_captions_before_it_divides():
    """Unigrams: 1 of 1 and 1 of 3, together 2 of 4; the lengths agree."""
    assert bleu(["a", "b x y"], [["a"], ["b c d"]], 1) == pytest.approx(2 / 4)


def test_bleu_takes_off_for_brevity():
    """Three words said, six in the nearest reference: exp(1 - 6 / 3)."""
    assert bleu(["a b c"], [["a b c d e f", "a b c d e f g"]], 3) == pytest.approx(math.exp(-1))


def test_bleu_of_two_references_equally_near_takes_the_shorter():
    assert bleu(["a b c"], [["a b", "a b c d"]], 1) == pytest.approx(1)


def test_bleu_without_a_shared_run_or_without_words_is_zero():
    assert bleu(["a b c"], [["a c b"]], 2) == 0
    assert bleu([""], [["a"]], 1) == 0


@pytest.mark.parametrize(
    ("captions", "references", "order", "message"),
    [
        ([], [], 4, "give one for each"),
        (["a"], [["a"], ["b"]], 4, "give one for each"),
        (["a"], [[]], 4, "no references"),
        (["a"], ["a"], 4, "no references"),
        (["a"], [["a"]], 0, "order is 0"),
    ],
)
def test_what_bleu_refuses(captions, references, order, message):
    with pytest.raises(ValueError, match=message):
        bleu(captions, references, order)
