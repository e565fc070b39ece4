"""The PyTorch training loop can be stopped, stored and resumed to the same result; its loaders know the splits."""

import os
import pickle
import signal

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from cs231n_lib.data import load_images
from cs231n_lib.pytorch import loading
from cs231n_lib.pytorch.training import Trainer, accuracy, classifier_step


def training(num_epochs=3, wrap=lambda step: step, **settings):
    """A small net with dropout and momentum on shuffled batches: all kinds of randomness and state in it."""
    torch.manual_seed(1)
    X, y = torch.randn(60, 5), torch.arange(60) % 3
    model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    batches = DataLoader(TensorDataset(X, y), batch_size=16, shuffle=True)
    parts = {"model": model, "optimizer": optimizer}
    return Trainer(wrap(classifier_step(model, optimizer)), batches, parts, num_epochs, bar=False, **settings)


def result(trainer):
    return trainer.history, {name: value.tolist() for name, value in trainer.parts["model"].state_dict().items()}


@pytest.fixture(scope="module")
def whole():
    trainer = training()
    trainer.train()
    return result(trainer)


def test_the_loss_falls_and_every_step_is_kept(whole):
    losses = whole[0]["loss"]
    assert len(losses) == 3 * 4
    trainer = training(num_epochs=30)
    trainer.train()
    assert np.mean(trainer.history["loss"][-20:]) < np.mean(losses[:4])


def test_a_resumed_training_ends_the_same(whole, tmp_path):
    training(checkpoint=tmp_path / "net").train()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"net_epoch_{n}.pt" for n in (1, 2, 3)]
    resumed = training()
    resumed.resume(tmp_path / "net_epoch_2.pt")
    assert resumed.epoch == 2
    resumed.train()
    assert result(resumed) == whole


def test_a_stopped_training_goes_on_to_the_same(whole, capsys):
    steps = []

    def stop_at_the_sixth(step):
        def stopping(batch):
            steps.append(1)
            if len(steps) == 6:
                os.kill(os.getpid(), signal.SIGINT)
            return step(batch)

        return stopping

    trainer = training(wrap=stop_at_the_sixth)
    trainer.train()
    assert trainer.iteration == 6 and "after iteration 6 / 12" in capsys.readouterr().out
    torch.rand(100)  # what happens between must not matter
    trainer.train()
    assert result(trainer) == whole


def test_a_training_leaves_the_random_numbers_around_it_alone():
    trainer = training()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    trainer.train()
    assert torch.equal(torch.rand(3), expected)


def test_after_each_epoch_numbers_are_kept():
    trainer = training(after_epoch=lambda t: {"done": t.epoch})
    trainer.train()
    assert trainer.measured == {"done": [1.0, 2.0, 3.0]}


def test_nan_stops_and_names_the_step():
    trainer = training(wrap=lambda step: lambda batch: {"d": 1.0, "g": float("nan")})
    with pytest.raises(ValueError, match=r"g is nan at iteration 1 / 12"):
        trainer.train()


class Payload:
    def __reduce__(self):
        return os.mkdir, (os.environ["CS231N_HARM"],)


def test_no_file_is_trusted(tmp_path, monkeypatch):
    harm, path = tmp_path / "harm", tmp_path / "net.pt"
    monkeypatch.setenv("CS231N_HARM", str(harm))
    stored = training(checkpoint=tmp_path / "good")
    stored.train()
    good = (tmp_path / "good_epoch_1.pt").read_bytes()
    for bad in (pickle.dumps(Payload(), protocol=2), good[: len(good) // 2], b"", b"hello"):
        path.write_bytes(bad)
        with pytest.raises(ValueError, match=r"net\.pt is damaged or no checkpoint"):
            training().resume(path)
    assert not harm.exists()
    torch.save({"weights": torch.zeros(2)}, path)
    with pytest.raises(ValueError, match="no checkpoint; a Trainer"):
        training().resume(path)


def test_a_checkpoint_of_another_net_changes_nothing(tmp_path):
    training(checkpoint=tmp_path / "net").train()
    other = training()
    other.parts["model"][4] = nn.Linear(8, 7)
    before = result(other)
    with pytest.raises(ValueError, match="of another training"):
        other.resume(tmp_path / "net_epoch_1.pt")
    assert result(other) == before and other.iteration == 0
    del other.parts["optimizer"]
    with pytest.raises(ValueError, match="this training has"):
        other.resume(tmp_path / "net_epoch_1.pt")


def test_no_epochs_are_refused():
    with pytest.raises(ValueError, match="0 epochs of 4 batches"):
        training(num_epochs=0)


def test_accuracy_is_measured_in_test_mode_and_leaves_the_mode():
    last = nn.Linear(2, 2, bias=False)
    model = nn.Sequential(nn.Dropout(0.9999), nn.Identity(), last)
    with torch.no_grad():
        last.weight.copy_(torch.eye(2))
    x, y = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [0.0, 3.0]]), torch.tensor([0, 1, 1, 1])
    assert accuracy(model, [(x[:3], y[:3]), (x[3:], y[3:])]) == 0.75
    assert model.training


# loading ---------------------------------------------------------------------------------------------------------


def test_loaders_normalise_by_the_training_pictures():
    data = load_images(num_train=300, num_val=40, num_test=20)
    made = loading.loaders(data, batch_size=32)
    assert {split: sum(len(y) for _, y in loader) for split, loader in made.items()} == {
        "train": 300,
        "val": 40,
        "test": 20,
    }
    seen = torch.cat([x for x, _ in made["train"]])
    assert seen.shape == (300, 3, 32, 32) and seen.dtype == torch.float32
    torch.testing.assert_close(seen.mean(dim=(0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(seen.std(dim=(0, 2, 3)), torch.ones(3), atol=1e-3, rtol=0)
    x, y = loading.in_one_piece(data, "val")
    torch.testing.assert_close(torch.cat([batch for batch, _ in made["val"]]), x)
    assert torch.equal(torch.cat([labels for _, labels in made["val"]]), y)


def test_training_pictures_come_in_another_order_each_epoch_and_each_once():
    made = loading.loaders(load_images(num_train=100, num_val=10, num_test=10), batch_size=30)
    torch.manual_seed(0)
    first, second = ([x.sum().item() for batch, _ in made["train"] for x in batch] for _ in range(2))
    assert first != second and sorted(first) == sorted(second)


def test_pictures_and_transforms_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="3 pictures and 2 labels"):
        loading.Pictures(np.zeros((3, 4, 4, 3)), np.zeros(2))
    with pytest.raises(ValueError, match=r"shape \(4, 4\)"):
        loading.ToTensor()(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="std above 0"):
        loading.Normalize([0.5], [0.0])
