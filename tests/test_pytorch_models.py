"""The PyTorch models have the shapes, sizes and losses they promise."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cs231n_lib.data import load_digits
from cs231n_lib.pytorch import convnets, gan
from cs231n_lib.pytorch.training import classifier_step

# convnets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (lambda: convnets.ThreeLayerConvNet(3, 12, 8, 10), 12 * 76 + 8 * 109 + 8193 * 10),
        (lambda: convnets.block_net([16, 32]), 27 * 16 + 32 + 16 * 32 * 9 + 64 + (32 * 64 + 1) * 10),
        (lambda: convnets.deep_net(2, 4), 27 * 4 + 8 + 4 * (36 * 4 + 8) + 50),
        (convnets.mended_best_net, 27 * 32 + 64 + 288 * 128 + 256 + 1152 * 256 + 512 + 40970),
    ],
)
def test_nets_score_ten_classes_and_begin_at_log_10(make, parameters):
    torch.manual_seed(0)
    model = make()
    assert convnets.parameter_count(model) == parameters
    scores = model(torch.randn(64, 3, 32, 32))
    assert scores.shape == (64, 10)
    assert abs(F.cross_entropy(scores, torch.arange(64) % 10).item() - np.log(10)) < 0.5


def test_the_notes_best_net_begins_at_log_1024():
    torch.manual_seed(0)
    scores = convnets.notes_best_net()(torch.randn(64, 3, 32, 32))
    assert scores.shape == (64, 1024)
    assert abs(F.cross_entropy(scores, torch.arange(64) % 10).item() - np.log(1024)) < 0.3


def test_the_notes_best_net_narrow_and_with_ten_outputs():
    torch.manual_seed(0)
    net = convnets.notes_best_net((4, 6), outputs=10)
    assert net(torch.randn(5, 3, 32, 32)).shape == (5, 10)
    assert convnets.parameter_count(net) == 4 * 28 + 8 + 6 * 37 + (6 * 64 + 1) * 10
    kinds = [type(layer).__name__ for layer in net]
    block = ["Conv2d", "ReLU", "Dropout2d", "MaxPool2d"]
    assert kinds == [*block, "BatchNorm2d", *block, "Flatten", "Linear"]


def test_a_schedule_moves_on_after_each_update():
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    update = classifier_step(model, optimizer, schedule=schedule)
    rates = []
    for _ in range(3):
        rates.append(optimizer.param_groups[0]["lr"])
        update((torch.randn(4, 3), torch.tensor([0, 1, 1, 0])))
    assert rates == [1.0, 0.5, 0.25]


def test_pictures_that_cannot_be_halved_are_refused():
    with pytest.raises(ValueError, match="2 blocks halve pictures of 30 pixels"):
        convnets.block_net([4, 8], image_size=30)


def test_a_residual_block_with_a_silent_branch_is_relu():
    block, x = convnets.Residual(3), torch.randn(2, 3, 4, 5)
    *_, norm = block.branch.children()
    torch.nn.init.zeros_(norm.get_parameter("weight"))  # batch norm scales the branch to 0
    torch.testing.assert_close(block(x), F.relu(x))
    block.skip = False
    assert block(x).abs().max() == 0


def test_shift_and_flip_moves_whole_pictures():
    x = torch.zeros(400, 1, 9, 11)
    x[:, :, 4, 3] = 1
    moved = convnets.shift_and_flip(x, pixels=2, generator=torch.Generator().manual_seed(0))
    assert moved.shape == x.shape
    assert (moved.sum(dim=(1, 2, 3)) == 1).all()
    _, _, rows, columns = moved.nonzero(as_tuple=True)
    assert set(rows.tolist()) == {2, 3, 4, 5, 6}
    assert set(columns.tolist()) == {1, 2, 3, 4, 5} | {5, 6, 7, 8, 9}  # at 3, or mirrored at 7, moved by up to 2
    assert 150 < (columns > 5).sum() + (columns == 5).sum() / 2 < 250


# GAN -------------------------------------------------------------------------------------------------------------


def test_binary_cross_entropy_is_pytorchs_and_stays_finite():
    logits, target = torch.linspace(-5, 5, 11), torch.linspace(0, 1, 11)
    torch.testing.assert_close(gan.bce_loss(logits, target), F.binary_cross_entropy_with_logits(logits, target))
    assert gan.bce_loss(torch.tensor([1e4, -1e4]), torch.tensor([0.0, 1.0])) == 1e4
    zero, t = torch.zeros(3, requires_grad=True), torch.tensor([0.0, 0.5, 1.0])
    (slope,) = torch.autograd.grad(gan.bce_loss(zero, t), zero)
    torch.testing.assert_close(3 * slope, 0.5 - t)  # where max and |s| have kinks
    with pytest.raises(ValueError, match=r"logits \(3, 1\) and targets \(3,\)"):
        gan.bce_loss(torch.zeros(3, 1), torch.zeros(3))


def test_losses_of_a_fooled_and_of_a_sure_discriminator():
    undecided, sure = torch.zeros(4, 1), torch.full((4, 1), -np.log(99.0), requires_grad=True)  # D(G(z)) = .01
    assert gan.discriminator_loss(undecided, undecided).item() == pytest.approx(2 * np.log(2))
    slopes = {}
    for loss in (gan.generator_loss, gan.saturating_generator_loss):
        (slope,) = torch.autograd.grad(loss(sure), sure)
        slopes[loss] = slope.sum().item()
    assert slopes[gan.generator_loss] == pytest.approx(-0.99)
    assert slopes[gan.saturating_generator_loss] == pytest.approx(-0.01)
    assert gan.ls_discriminator_loss(torch.tensor([3.0]), torch.tensor([1.0])).item() == 2.5
    assert gan.ls_generator_loss(torch.tensor([3.0])).item() == 2.0


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (lambda: gan.discriminator(), 267009),
        (lambda: gan.generator(4), 1858320),
        (lambda: gan.build_dc_classifier(128), 1102721),
        (lambda: gan.build_dc_generator(4), 6580801),
    ],
)
def test_models_have_the_assignments_sizes(model, parameters):
    assert convnets.parameter_count(model()) == parameters


@pytest.mark.parametrize("size", [16, 28])
def test_generators_and_discriminators_fit_together(size):
    noise = gan.sample_noise(6, 10, seed=1)
    assert noise.shape == (6, 10) and -1 <= noise.min() < -0.5 < 0.5 < noise.max() <= 1
    torch.testing.assert_close(noise, gan.sample_noise(6, 10, seed=1))
    for G, D in (
        (gan.generator(10, pixels=size**2), gan.discriminator(pixels=size**2)),
        (gan.build_dc_generator(10, size, 32, 8), gan.build_dc_classifier(image_size=size, channels=8)),
    ):
        pictures = G(noise)
        assert pictures.shape == (6, size**2) and pictures.abs().max() <= 1
        assert D(pictures).shape == (6, 1)


def test_each_half_step_moves_one_net_alone():
    torch.manual_seed(0)
    D, G = gan.discriminator(pixels=16, hidden=8), gan.generator(4, pixels=16, hidden=8)
    frozen = torch.optim.SGD(D.parameters(), lr=0.0)
    step = gan.gan_step(D, G, frozen, gan.get_optimizer(G), noise_dim=4)
    before = [p.clone() for p in D.parameters()], [p.clone() for p in G.parameters()]
    losses = step((torch.rand(5, 16),))
    assert set(losses) == {"D", "G"}
    assert all(torch.equal(a, b) for a, b in zip(before[0], D.parameters(), strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(before[1], G.parameters(), strict=True))
    D_only = gan.gan_step(D, G, gan.get_optimizer(D), torch.optim.SGD(G.parameters(), lr=0.0), noise_dim=4)
    before = [p.clone() for p in D.parameters()], [p.clone() for p in G.parameters()]
    D_only((torch.rand(5, 16),))
    assert not any(torch.equal(a, b) for a, b in zip(before[0], D.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(before[1], G.parameters(), strict=True))


def test_the_discriminators_loss_never_reaches_the_generator():
    torch.manual_seed(0)
    D, G = gan.discriminator(pixels=16, hidden=8), gan.generator(4, pixels=16, hidden=8)
    D_solver, G_solver = (torch.optim.SGD(net.parameters(), lr=0.0) for net in (D, G))
    reached = []

    def watched(real, fake):
        reached.append(any(leaf is p for p in G.parameters() for leaf in leaves(fake.grad_fn)))
        return gan.discriminator_loss(real, fake)

    gan.gan_step(D, G, D_solver, G_solver, D_loss=watched, noise_dim=4)((torch.rand(5, 16),))
    assert reached == [False]


def leaves(node):
    """Return the parameters that a result hangs on."""
    if node is None:
        return []
    own = [node.variable] if hasattr(node, "variable") else []
    return own + [leaf for after, _ in node.next_functions for leaf in leaves(after)]


# digits ----------------------------------------------------------------------------------------------------------


def test_digits_are_real_and_enlarge():
    X, y = load_digits()
    assert X.shape == (1797, 8, 8) and X.dtype == np.float32 and X.min() == -1 and X.max() == 1
    assert set(y.tolist()) == set(range(10)) and y.dtype == np.int64
    large, _ = load_digits(16)
    assert large.shape == (1797, 16, 16) and large.min() >= -1 and large.max() <= 1
    np.testing.assert_allclose(large.mean(axis=(1, 2)), X.mean(axis=(1, 2)), atol=0.08)
    with pytest.raises(ValueError, match="size is 4"):
        load_digits(4)
