"""How well the checker judges: pairs of mistakes are named, mutants are caught. `check_proof` measures all of it."""

import pytest

from tests.check_proof import PAIRS, WRITTEN, diagnosed, surviving, with_mistakes


def sampled(exercises, every):
    """Mark what takes long as part of the long proof; one exercise of `every` runs always."""
    return [
        pytest.param(e, id=e.name, marks=[] if i % every == 0 else pytest.mark.full) for i, e in enumerate(exercises)
    ]


@pytest.mark.parametrize("every", [pytest.param(100, id="sample"), pytest.param(1, id="all", marks=pytest.mark.full)])
def test_nine_of_ten_pairs_name_one_of_the_two(every):
    named = []
    for exercise, pair in PAIRS[::every]:
        fn = with_mistakes(exercise, pair)
        if fn is not None:
            named.append(bool(diagnosed(exercise.name, fn) & {m.id for m in pair}))
    assert len(named) > 3000 / every
    assert sum(named) >= 0.95 * len(named)


@pytest.mark.parametrize("exercise", sampled(WRITTEN, 20))
def test_mutants_are_caught(exercise):
    assert surviving(exercise) == []
