"""The numerical gradient: right to h^2, and x is left as it was."""

import numpy as np
import pytest

from cs231n_lib.gradcheck import eval_numerical_gradient, eval_numerical_gradient_array, grad_check_sparse, rel_error


def test_the_difference_is_central():
    """Of x^3 the central difference is 3 x^2 + h^2 exactly; a one-sided one is off by 3 x h."""
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    grad = eval_numerical_gradient(lambda x: np.sum(x**3), x, verbose=False, h=0.1)
    np.testing.assert_allclose(grad, 3 * x**2 + 0.01, rtol=1e-12)


def test_every_entry_has_a_slope_of_its_own_and_x_comes_back():
    rng = np.random.default_rng(0)
    x, weights = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 4))
    copy = x.copy()
    grad = eval_numerical_gradient(lambda x: np.sum(weights * np.sin(x)), x, verbose=False)
    np.testing.assert_allclose(grad, weights * np.cos(x), rtol=1e-8)
    np.testing.assert_array_equal(x, copy)


def test_df_weights_the_outputs():
    rng = np.random.default_rng(1)
    x, A, df = rng.standard_normal(3), rng.standard_normal((5, 3)), rng.standard_normal(5)
    grad = eval_numerical_gradient_array(lambda x: A @ x**2, x, df)
    np.testing.assert_allclose(grad, 2 * x * (df @ A), rtol=1e-8)


def test_a_function_may_return_its_own_argument():
    """f(x + h) must be read before x moves on, or both differences come from one array."""
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(eval_numerical_gradient_array(lambda x: x, x, np.array([3.0, 5.0])), [3, 5], rtol=1e-9)


def test_verbose_prints_each_index(capsys):
    eval_numerical_gradient(lambda x: float(x[0] * x[1]), np.array([2.0, 3.0]))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(")")[0] for line in lines] == ["(0,", "(1,"]
    eval_numerical_gradient(lambda x: float(x[0]), np.array([2.0]), verbose=False)
    assert capsys.readouterr().out == ""


def test_sparse_check_prints_both_slopes_and_their_difference(capsys):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    grad_check_sparse(lambda x: np.sum(x * x), x, 2 * x, num_checks=6, rng=0)
    right = capsys.readouterr().out.splitlines()
    assert len(right) == 6 and all(float(line.split()[-1]) < 1e-8 for line in right)
    assert len({line.split()[1] for line in right}) > 1
    grad_check_sparse(lambda x: np.sum(x * x), x, x, num_checks=3, rng=0)
    wrong = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in wrong] == [line.split()[1] for line in right[:3]]
    assert all(float(line.split()[-1]) == pytest.approx(1 / 3, rel=1e-6) for line in wrong)
    np.testing.assert_array_equal(x, [[1, 2], [3, 4]])


def test_rel_error():
    assert rel_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert rel_error(np.array([1.0, 2.0]), np.array([1.0, 6.0])) == pytest.approx(0.5)
    assert rel_error(np.array([0.0]), np.array([1e-9])) == pytest.approx(0.1)
    assert rel_error(3.0, -3.0) == 1
    with pytest.raises(ValueError, match="shapes"):
        rel_error(np.zeros(3), np.zeros((3, 1)))


@pytest.mark.parametrize("x", [np.array([1, 2]), [1.0, 2.0]])
def test_what_a_small_step_would_not_change_is_refused(x):
    with pytest.raises(ValueError, match="use a float64 array"):
        eval_numerical_gradient(lambda x: 0.0, x)
    with pytest.raises(ValueError, match="use a float64 array"):
        grad_check_sparse(lambda x: 0.0, x, x)
