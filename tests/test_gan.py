"""GAN measures, and a training step in the type of its pictures."""

import numpy as np
import pytest
import torch

from cs231n_lib.pytorch import gan


def test_nearest_finds_distance_and_place():
    samples, pictures = torch.tensor([[0.0, 0.0], [5.0, 6.0]]), torch.tensor([[3.0, 4.0], [5.0, 5.0], [9.0, 9.0]])
    distances, places = gan.nearest(samples, pictures)
    assert distances.tolist() == [5.0, 1.0]
    assert places.tolist() == [0, 1]


def test_nearest_agrees_with_all_distances_one_by_one():
    rng = np.random.default_rng(0)
    samples, pictures = rng.normal(size=(7, 64)), rng.normal(size=(50, 64))
    table = np.array([[np.sqrt(((s - p) ** 2).sum()) for p in pictures] for s in samples])
    distances, places = gan.nearest(torch.from_numpy(samples), torch.from_numpy(pictures))
    np.testing.assert_allclose(distances.numpy(), table.min(axis=1))
    assert places.tolist() == table.argmin(axis=1).tolist()


@pytest.mark.parametrize("pictures", [torch.zeros(3, 4), torch.zeros(0, 5), torch.zeros(5)])
def test_nearest_says_which_shapes_it_was_given(pictures):
    with pytest.raises(ValueError, match=r"samples \(2, 5\), pictures \("):
        gan.nearest(torch.zeros(2, 5), pictures)


def test_class_entropy_of_one_two_and_ten_classes():
    assert gan.class_entropy(torch.full((9,), 7)) == 0
    assert gan.class_entropy(torch.tensor([0, 0, 3, 3])) == pytest.approx(np.log(2))
    assert gan.class_entropy(torch.arange(10)) == pytest.approx(np.log(10))
    assert gan.class_entropy(torch.tensor([1, 0, 0, 0])) == pytest.approx(-0.25 * np.log(0.25) - 0.75 * np.log(0.75))
    with pytest.raises(ValueError, match="no labels"):
        gan.class_entropy(torch.tensor([], dtype=torch.long))


def test_a_step_takes_the_type_of_its_pictures():
    D, G = gan.discriminator(1, pixels=16, hidden=8).double(), gan.generator(4, 2, pixels=16, hidden=8).double()
    step = gan.gan_step(D, G, gan.get_optimizer(D), gan.get_optimizer(G), noise_dim=4)
    losses = step((torch.zeros(5, 16, dtype=torch.float64),))
    assert np.isfinite(list(losses.values())).all()
