"""The nearest-neighbour classifier: three ways to the same distances, a fair vote, little memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs231n_lib.nets import nearest_neighbor
from cs231n_lib.nets.nearest_neighbor import KNearestNeighbor

DISTANCES = ["compute_distances_two_loops", "compute_distances_one_loop", "compute_distances_no_loops"]


def trained(X, y):
    model = KNearestNeighbor()
    model.train(X, y)
    return model


def vote(dists, y, k):
    """The rule in words: sort (distance, row), count the first k labels, the smaller label wins a tie."""
    nearest = sorted(range(len(y)), key=lambda j: (dists[j], j))[:k]
    labels = [int(y[j]) for j in nearest]
    return max(sorted(set(labels)), key=labels.count)


@pytest.mark.parametrize("name", DISTANCES)
def test_distances_by_hand(name):
    model = trained(np.array([[0.0, 0.0], [3.0, 4.0], [1.0, 1.0]]), np.arange(3))
    dists = getattr(model, name)(np.array([[0.0, 0.0], [3.0, 0.0]]))
    np.testing.assert_allclose(dists, [[0, 5, np.sqrt(2)], [3, 4, np.sqrt(5)]], rtol=1e-14)


@pytest.mark.parametrize("name", DISTANCES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_distances_keep_the_dtype_and_the_inputs(name, dtype):
    rng = np.random.default_rng(0)
    X_train, X = rng.random((7, 5)).astype(dtype), rng.random((3, 5)).astype(dtype)
    copies = X_train.copy(), X.copy()
    dists = getattr(trained(X_train, np.arange(7)), name)(X)
    assert dists.shape == (3, 7) and dists.dtype == dtype
    np.testing.assert_array_equal(X_train, copies[0])
    np.testing.assert_array_equal(X, copies[1])
    np.testing.assert_allclose(dists, np.linalg.norm(X[:, None] - X_train, axis=2), rtol=1e-5)


def test_whole_numbers_of_four_bytes_count_as_float64():
    X = np.array([[0, 0], [30_000, 40_000]], np.int32)
    for name in DISTANCES:
        dists = getattr(trained(X, np.arange(2)), name)(X)
        assert dists.dtype == np.float64
        np.testing.assert_array_equal(dists, [[0, 50_000], [50_000, 0]])


def test_the_three_ways_agree_on_raw_pixels():
    rng = np.random.default_rng(1)
    X_train, X = rng.integers(0, 256, (40, 3072)).astype(float), rng.integers(0, 256, (9, 3072)).astype(float)
    model = trained(X_train, np.arange(40))
    two, one, no = (getattr(model, name)(X) for name in DISTANCES)
    assert np.linalg.norm(two - one) < 1e-3 and np.linalg.norm(two - no) < 1e-3


def test_the_distance_of_equal_images_is_never_nan():
    X = (np.random.default_rng(2).random((60, 300)) * 255).astype(np.float32)
    lengths = np.einsum("nd,nd->n", X, X)
    assert (np.diag(lengths[:, None] - 2 * X @ X.T + lengths) < 0).any(), "the fixture must make the expansion negative"
    dists = trained(X, np.arange(60)).compute_distances_no_loops(X.copy())
    assert np.isfinite(dists).all() and dists.diagonal().max() < 10


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_labels_follow_the_rule_whatever_the_ties(data):
    N, M = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 40))
    k = data.draw(st.integers(1, M))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    dists, y = rng.integers(0, 6, (N, M)).astype(float), rng.choice([-3, 0, 1, 7], M)
    labels = trained(np.zeros((M, 2)), y).predict_labels(dists, k)
    assert labels.tolist() == [vote(row, y, k) for row in dists]
    assert labels.dtype == y.dtype


def test_labels_of_many_rows_follow_the_rule():
    """So many rows that the search by groups leaves some of them out of every group."""
    rng = np.random.default_rng(3)
    dists, y = rng.integers(0, 2000, (4, 1999)).astype(np.float32), rng.integers(0, 10, 1999)
    dists[0, -3:] = -1  # the nearest stand at the very end
    for k in (1, 5, 20):
        assert trained(np.zeros((1999, 1)), y).predict_labels(dists, k).tolist() == [vote(row, y, k) for row in dists]


def test_ties_of_votes_go_to_the_smaller_label_and_of_distances_to_the_earlier_row():
    model = trained(np.zeros((4, 1)), np.array([5, 2, 2, 5]))
    assert model.predict_labels(np.array([[0.0, 1.0, 2.0, 3.0]]), k=4).tolist() == [2]
    assert model.predict_labels(np.array([[1.0, 1.0, 1.0, 1.0]]), k=1).tolist() == [5]
    assert model.predict_labels(np.array([[1.0, 1.0, 1.0, 1.0]]), k=3).tolist() == [2]


@pytest.mark.parametrize("num_loops", [0, 1, 2])
def test_predict_in_blocks_gives_the_labels_of_the_whole_matrix(num_loops, monkeypatch):
    rng = np.random.default_rng(4)
    model = trained(rng.random((23, 6)), rng.integers(0, 4, 23))
    X = rng.random((11, 6))
    whole = model.predict_labels(getattr(model, DISTANCES[2 - num_loops])(X), k=3)
    monkeypatch.setattr(nearest_neighbor, "BLOCK", 3 * 23)
    np.testing.assert_array_equal(model.predict(X, k=3, num_loops=num_loops), whole)


def test_predict_needs_no_memory_for_the_whole_matrix():
    rng = np.random.default_rng(5)
    X_train, X = (
        rng.random((50_000, 3), dtype=np.float32),
        rng.random((1500, 3), dtype=np.float32),
    )  # 300 MB of distances
    model = trained(X_train, rng.integers(0, 10, 50_000))
    assert np.shares_memory(model.X_train, X_train)
    tracemalloc.start()
    model.predict(X, k=5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


def test_whole_numbers_wide_enough_are_taken():
    model = trained(np.array([[0, 0], [300, 400]]), np.array([1, 2]))
    assert model.compute_distances_no_loops(np.array([[0, 0]])).tolist() == [[0.0, 500.0]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.predict(np.zeros((2, 3)), k=0), "k is 0; use 1..5"),
        (lambda m: m.predict(np.zeros((2, 3)), k=6), "k is 6; use 1..5"),
        (lambda m: m.predict(np.zeros((2, 3)), num_loops=3), "num_loops is 3; use 0, 1 or 2"),
        (lambda m: m.predict(np.zeros((2, 4))), "X has 4 numbers a row; the training rows have 3"),
        (lambda m: m.compute_distances_one_loop(np.zeros((2, 4))), "compute_distances_one_loop: X has 4"),
        (lambda m: m.predict(np.zeros((2, 1, 3))), "use one row an image"),
        (lambda m: m.predict(np.zeros((0, 3))), "use one row an image"),
        (lambda m: m.predict(np.zeros((2, 3), np.uint8)), "dtype uint8, whose differences and squares wrap"),
        (lambda m: m.train(np.zeros((2, 3), np.uint8), np.zeros(2)), "train: X has dtype uint8"),
        (lambda m: m.train(np.zeros((2, 3), complex), np.zeros(2)), "use numbers"),
        (lambda m: m.train(np.zeros((2, 3)), np.zeros(3)), "y has shape"),
        (lambda m: m.predict_labels(np.zeros((2, 4))), "use .test rows, 5"),
        (lambda m: m.predict(np.full((2, 3), np.nan)), "holds nan"),
        (lambda m: KNearestNeighbor().predict(np.zeros((2, 3))), "call train"),
        (lambda m: KNearestNeighbor().predict_labels(np.zeros((2, 3))), "call train"),
    ],
)
def test_what_it_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(trained(np.zeros((5, 3)), np.zeros(5, int)))
