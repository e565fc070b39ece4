"""SimCLR: the loss in every form is the same number, views are what they promise, and processes share one batch."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cs231n_lib.data import load_images
from cs231n_lib.pytorch import processes, simclr
from cs231n_lib.pytorch.augment import Augment

ROOT = Path(__file__).resolve().parent.parent


def views(N=6, D=5, seed=0):
    rng = np.random.default_rng(seed)
    return (torch.tensor(rng.standard_normal((N, D)), requires_grad=True) for _ in range(2))


@pytest.fixture(scope="module")
def X():
    data = load_images(num_train=64, num_val=0, num_test=0, layout="NCHW")
    return torch.from_numpy(data["X_train"]) / 255


# the loss --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tau", [0.1, 1.0, 5.0])
def test_loops_and_arrays_give_one_loss_and_one_gradient(tau):
    left, right = views()
    slow, fast = simclr.simclr_loss_naive(left, right, tau), simclr.simclr_loss_vectorized(left, right, tau)
    torch.testing.assert_close(slow, fast, rtol=1e-12, atol=0)
    for a, b in zip(torch.autograd.grad(slow, (left, right)), torch.autograd.grad(fast, (left, right)), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("N", [4, 128])
def test_collapsed_views_cost_the_log_of_all_others(N):
    same = torch.ones(N, 3)
    assert simclr.simclr_loss_vectorized(same, same, 0.5).item() == pytest.approx(math.log(2 * N - 1), abs=1e-5)


def test_the_similarities_agree():
    left, right = views()
    matrix = simclr.compute_sim_matrix(torch.cat([left, right]))
    torch.testing.assert_close(matrix.diagonal(), torch.ones(12, dtype=torch.float64))
    torch.testing.assert_close(simclr.sim_positive_pairs(left, right)[:, 0], matrix.diagonal(6))
    torch.testing.assert_close(simclr.sim(left[1], right[4]), matrix[1, 10])


def test_a_tiny_temperature_stays_finite():
    left, right = views()
    assert torch.isfinite(simclr.simclr_loss_vectorized(left, right, 1e-4))


def test_wrong_views_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\) and \(4, 2\)"):
        simclr.simclr_loss_vectorized(torch.ones(3, 2), torch.ones(4, 2), 0.5)
    with pytest.raises(ValueError, match="tau above 0"):
        simclr.simclr_loss_vectorized(torch.ones(3, 2), torch.ones(3, 2), 0.0)


# augmentations ---------------------------------------------------------------------------------------------------

NOTHING: dict[str, Any] = {"crop": 1.0, "flip": 0.0, "jitter": 0.0, "grey": 0.0, "blur": 0.0}


def test_without_anything_a_view_is_the_picture(X):
    torch.testing.assert_close(Augment(**NOTHING)(X), X, atol=1e-6, rtol=0)


def test_each_part_does_what_it_says(X):
    def view(**part):
        return Augment(**{**NOTHING, **part})(X, torch.Generator().manual_seed(1))

    torch.testing.assert_close(view(flip=1.0), X.flip(3), atol=1e-5, rtol=0)
    grey = view(grey=1.0)
    torch.testing.assert_close(grey[:, 0], grey[:, 2], atol=1e-6, rtol=0)
    torch.testing.assert_close(grey[:, 0], (X * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1))
    blurred = view(blur=1.0)
    torch.testing.assert_close(blurred.mean(), X.mean(), atol=1e-3, rtol=0)
    assert blurred.diff(dim=3).abs().mean() < 0.6 * X.diff(dim=3).abs().mean()
    jittered = view(jitter=0.4)
    changed = (jittered - X).abs().amax(dim=(1, 2, 3)) > 1e-4
    assert 0.65 < changed.float().mean() < 0.95  # eight in ten
    for grid in (view(crop=0.2), view(crop=0.2, flip=0.5, jitter=0.4, grey=0.2, blur=0.3)):
        assert grid.shape == X.shape and grid.min() >= 0 and grid.max() <= 1
        assert (grid - X).abs().mean() > 0.02


def test_colours_turn_about_grey_and_pictures_become_their_negatives(X):
    def view(**part):
        return Augment(**{**NOTHING, **part})(X, torch.Generator().manual_seed(1))

    torch.testing.assert_close(view(invert=1.0), 1 - X, atol=1e-6, rtol=0)
    share = ((view(invert=0.5) - X).abs().amax(dim=(1, 2, 3)) > 1e-3).float().mean()
    assert 0.25 < share < 0.75
    pale = 0.4 + 0.2 * X  # far from 0 and 1, where turned colours would be cut off
    turned = Augment(**{**NOTHING, "hue": 1.0})(pale, torch.Generator().manual_seed(1))
    torch.testing.assert_close(turned.mean(dim=1), pale.mean(dim=1), atol=1e-5, rtol=0)
    torch.testing.assert_close(turned.var(dim=1), pale.var(dim=1), atol=1e-5, rtol=0)
    assert (turned - pale).abs().max() > 0.1


def test_the_blur_is_its_kernel_in_both_directions(X):
    blurred = Augment(**{**NOTHING, "blur": 1.0})(X)
    line = torch.tensor([1.0, 4, 6, 4, 1]) / 16
    kernel = torch.outer(line, line).expand(3, 1, 5, 5)
    expected = torch.nn.functional.conv2d(torch.nn.functional.pad(X, (2, 2, 2, 2), mode="reflect"), kernel, groups=3)
    torch.testing.assert_close(blurred, expected, atol=1e-5, rtol=0)


def test_smaller_views_show_the_same_window(X):
    small = Augment(**{**NOTHING, "size": 16})(X)
    torch.testing.assert_close(small, torch.nn.functional.avg_pool2d(X, 2), atol=1e-5, rtol=0)
    assert Augment(size=24)(X).shape == (64, 3, 24, 24)


def test_a_crop_shows_a_part_of_the_picture_enlarged():
    ramp = torch.linspace(0, 1, 32).expand(50, 3, 32, 32)  # brighter to the right
    view = Augment(**{**NOTHING, "crop": 0.25})(ramp, torch.Generator().manual_seed(0))
    shown = (view[:, 0, 16, -1] - view[:, 0, 16, 0]) / (ramp[0, 0, 0, -1] - ramp[0, 0, 0, 0])
    assert shown.min() > 0.4 and shown.max() <= 1.001 and shown.std() > 0.1


def test_views_are_drawn_from_the_generator_alone(X):
    first, again, other = (Augment()(X, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other)


# training --------------------------------------------------------------------------------------------------------


def test_pretraining_lowers_the_loss_and_resumes_to_the_same(X, tmp_path):
    whole = simclr.pretrainer(X, num_epochs=3, batch_size=32, bar=False, checkpoint=tmp_path / "net")
    whole.train()
    assert whole.history["loss"][-1] < whole.history["loss"][0]
    resumed = simclr.pretrainer(X, num_epochs=3, batch_size=32, bar=False)
    resumed.resume(tmp_path / "net_epoch_1.pt")
    resumed.train()
    assert resumed.history == whole.history
    features = simclr.features_of(whole.parts["model"].encoder, X)
    assert features.shape == (64, simclr.SimCLR.features) and not features.requires_grad


def test_a_batch_larger_than_the_data_is_refused(X):
    with pytest.raises(ValueError, match="batch of 256 from 64 pictures"):
        simclr.pretrainer(X)


def test_the_whole_step_stays_on_the_device_of_the_pictures():
    """PyTorch's device without numbers refuses to meet another one, and in the end to say what the loss is."""
    trainer = simclr.pretrainer(torch.empty(8, 3, 32, 32, device="meta"), batch_size=4, num_epochs=1, bar=False)
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on meta"):
        trainer.train()
    assert {p.grad.device.type for p in trainer.parts["model"].parameters()} == {"meta"}


# processes -------------------------------------------------------------------------------------------------------

SHARED = """
import sys, torch
from cs231n_lib.data import load_images
from cs231n_lib.pytorch import processes, simclr
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
processes.join()
X = torch.from_numpy(load_images(num_train=16, num_val=0, num_test=0, layout="NCHW")["X_train"]).double() / 255
trainer = simclr.pretrainer(X, num_epochs=2, batch_size=8, bar=False)
grads = []
model = trainer.parts["model"]
trainer.parts["optimizer"].register_step_pre_hook(
    lambda *_: grads.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
)
trainer.train()
if processes.rank() == 0:
    state = {"loss": trainer.history["loss"], "grads": grads[:2], "state": model.state_dict()}
    torch.save(state, sys.argv[1])
processes.leave()
"""


def trained_by(number, folder):
    script, out = folder / "shared.py", folder / f"{number}.pt"
    script.write_text(SHARED)
    run = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={number}"] if number > 1 else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *run, str(script), str(out)], env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return torch.load(out, weights_only=True)


def test_two_processes_train_as_one(tmp_path):
    one, two = trained_by(1, tmp_path), trained_by(2, tmp_path)
    assert one["loss"] == pytest.approx(two["loss"], abs=1e-6) and len(one["loss"]) == 4
    for a, b in zip(one["grads"], two["grads"], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)
    for name, value in one["state"].items():
        if "num_batches" not in name:
            torch.testing.assert_close(two["state"][name], value, rtol=0, atol=1e-5, msg=name)


@pytest.mark.parametrize(
    ("cards", "backend", "device"), [(2, "nccl", "cuda:1"), (1, "gloo", "cpu"), (0, "gloo", "cpu")]
)
def test_each_process_has_a_card_of_its_own_or_none_has(monkeypatch, cards, backend, device):
    for name, value in {"RANK": "1", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    begun: list[str] = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.cuda, "set_device", begun.append)
    monkeypatch.setattr(torch.distributed, "init_process_group", begun.append)
    assert processes.join() == torch.device(device)
    assert begun == [backend] + [torch.device(device)] * (device != "cpu")


def test_alone_a_process_takes_the_best_device(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.setattr(processes, "best_device", lambda: torch.device("cuda"))
    assert processes.join() == torch.device("cuda")


def test_a_batch_that_cannot_be_shared_is_refused(monkeypatch):
    monkeypatch.setattr(processes, "count", lambda: 3)
    with pytest.raises(ValueError, match="a batch of 8 cannot be shared evenly by 3 processes"):
        processes.my_share(8)


def test_the_command_trains_and_stores(tmp_path):
    words = ["--pictures", "64", "--epochs", "1", "--batch-size", "32", "--out", str(tmp_path / "net")]
    done = subprocess.run(
        [sys.executable, "-m", "cs231n_lib.pytorch.simclr", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert "after 2 steps" in done.stdout and (tmp_path / "net_epoch_1.pt").exists()
