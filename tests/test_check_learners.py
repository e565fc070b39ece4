"""What learners hand in: right is passed, untouched is blank, half done is half, and a wrong one is told."""

import pytest

from cs231n_lib.check import check, memory
from tests.learners import Learner, learners

ALL = [learner for folder in ("first", "foreign", "second") for learner in learners(folder)]
UNTOLD = {  # neither the mistake nor its line is told yet
    "wrong_11_row_losses_max_lost",
    "wrong_49_conv_bias_each_channel",
    "wrong_57_two_layer_fc_sizes",
    "wrong_75_decoder_residual_and_relu",
}


def of(kind: str) -> list:
    """Return the files of one kind as parameters; of the second set every third runs always."""
    files = [one for one in ALL if one.kind == kind]
    later = [one for one in files if one.path.parent.name == "second"]
    seldom = {one for k, one in enumerate(later) if k % 3}
    return [pytest.param(one, id=one.path.stem, marks=[pytest.mark.full] * (one in seldom)) for one in files]


@pytest.fixture(autouse=True)
def _forget_hints():
    memory.forget()


@pytest.mark.parametrize("learner", of("right"))
def test_a_right_function_is_passed(learner: Learner):
    report = check(learner.exercise, learner.load())
    assert report.status == "passed", report


@pytest.mark.parametrize("learner", of("blank"))
def test_an_untouched_function_is_blank(learner: Learner):
    report = check(learner.exercise, learner.load())
    assert report.status == "blank", report


@pytest.mark.parametrize("learner", of("half"))
def test_a_half_done_function_is_half(learner: Learner):
    report = check(learner.exercise, learner.load())
    assert report.status == "half", report


@pytest.mark.parametrize("learner", of("wrong"))
def test_a_wrong_function_is_not_passed_and_its_mistake_or_its_line_is_told(learner: Learner):
    report = check(learner.exercise, learner.load())
    assert report.status in ("failed", "error") or report.edge
    told = learner.named(report) or learner.placed(report)
    assert told == (learner.path.stem not in UNTOLD), report
