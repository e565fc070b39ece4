"""Every mistake in the catalogue, written as a function, is named; and no patch has lost its place."""

import pytest

from cs231n_lib.check import check, registry, variants
from cs231n_lib.check.model import Exercise

WRITTEN = [item for item in registry.items().values() if isinstance(item, Exercise)]
ENTRIES = [(exercise, mistake) for exercise in WRITTEN for mistake in exercise.mistakes]


def name(value):
    return getattr(value, "name", None) or getattr(value, "id", None)


@pytest.mark.parametrize(("exercise", "mistake"), ENTRIES, ids=name)
def test_a_known_mistake_is_named(exercise, mistake):
    report = check(exercise.name, variants.in_hand(exercise, variants.patched(exercise, (mistake,))))
    assert report.status in ("failed", "error") or report.edge
    assert [d.id for d in report.diagnosis] == [mistake.id], report


@pytest.mark.parametrize("exercise", WRITTEN, ids=name)
def test_the_plain_version_is_right(exercise):
    assert check(exercise.name, variants.in_hand(exercise, variants.patched(exercise, ()))).status == "passed"


@pytest.mark.parametrize("exercise", WRITTEN, ids=name)
def test_the_library_version_is_right(exercise):
    assert check(exercise.name, variants.in_hand(exercise, variants.reference(exercise))).status == "passed"
