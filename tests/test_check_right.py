"""Right answers by other roads are not accused."""

import pytest

from cs231n_lib.check import check
from tests.right_versions import RIGHT, momentum_in_place, momentum_of_another_scale


@pytest.mark.parametrize(
    ("name", "fn", "own"), RIGHT, ids=lambda v: getattr(v, "__name__", v if isinstance(v, str) else "")
)
def test_a_right_answer_is_not_accused(name, fn, own):
    report = check(name, fn, **own)
    assert report.status == "passed" and not report.edge, report
    assert report.diagnosis == []


def test_a_velocity_of_another_scale_is_right_and_told():
    assert "another scale" in check("sgd_momentum", momentum_of_another_scale).lines[-1]
    assert "another scale" not in repr(check("sgd_momentum", momentum_in_place))
