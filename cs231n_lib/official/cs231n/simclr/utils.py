"""SimCLR's training, and two judgements of its features: a linear classifier, and nearest neighbours.

`device` is where the batches go; where that is "cuda" and there is none, they go where the model is.
"""

import torch
import torch.nn.functional as F

from cs231n_lib.progress import progress
from cs231n_lib.pytorch.simclr import simclr_loss_vectorized


def train(model, data_loader, train_optimizer, epoch, epochs, batch_size=32, temperature=0.5, device="cuda"):
    """Train an epoch on batches (x_i, x_j, target); return the mean loss."""
    device, total, number = _device(model, device), 0.0, 0
    model.train()
    for x_i, x_j, _ in progress(data_loader, f"Train Epoch: [{epoch}/{epochs}]"):
        out_left, out_right = (model(x.to(device))[1] for x in (x_i, x_j))
        loss = simclr_loss_vectorized(out_left, out_right, temperature)
        train_optimizer.zero_grad()
        loss.backward()
        train_optimizer.step()
        total, number = total + loss.item() * batch_size, number + batch_size
    return total / number


def train_val(model, data_loader, train_optimizer, epoch, epochs, device="cuda"):
    """Train an epoch on batches (x, target), or only judge, if train_optimizer is None.

    Returns: the mean loss, and in how many percent of the pictures the label is the likeliest, or among five.
    """
    device, training = _device(model, device), train_optimizer is not None
    model.train(training)
    loss_sum, right, right5, number = 0.0, 0, 0, 0
    with torch.enable_grad() if training else torch.no_grad():
        for x, target in progress(data_loader, f"{'Train' if training else 'Test'} Epoch: [{epoch}/{epochs}]"):
            x, target = x.to(device), target.to(device)
            out = model(x)
            loss = F.cross_entropy(out, target)
            if training:
                train_optimizer.zero_grad()
                loss.backward()
                train_optimizer.step()
            hits = _hits(out, target)
            number, loss_sum = number + len(x), loss_sum + loss.item() * len(x)
            right, right5 = right + hits[:, :1].sum().item(), right5 + hits[:, :5].sum().item()
    return loss_sum / number, right / number * 100, right5 / number * 100


def test(model, memory_data_loader, test_data_loader, epoch, epochs, c, temperature=0.5, k=200, device="cuda"):
    """Judge features by their k nearest neighbours in the memory, weighted by exp(cosine / temperature).

    c: number of classes. Returns: percent right, percent right among five.
    """
    device = _device(model, device)
    model.eval()
    right, right5, number = 0, 0, 0
    with torch.no_grad():
        batches = progress(memory_data_loader, "Feature extracting")
        bank = torch.cat([model(x.to(device))[0] for x, *_ in batches]).T.contiguous()  # (D, M)
        labels = torch.tensor(memory_data_loader.dataset.targets, device=device)
        for x, *_, target in progress(test_data_loader, f"Test Epoch: [{epoch}/{epochs}]"):
            feature, target = model(x.to(device))[0], target.to(device)
            weight, nearest = (feature @ bank).topk(min(k, bank.shape[1]), dim=-1)  # (N, k)
            votes = F.one_hot(labels[nearest], c) * (weight / temperature).exp()[:, :, None]  # (N, k, c)
            hits = _hits(votes.sum(dim=1), target)
            number += len(x)
            right, right5 = right + hits[:, :1].sum().item(), right5 + hits[:, :5].sum().item()
    return right / number * 100, right5 / number * 100


def _hits(scores, target):
    """Return (N, C), True where the label stands in the order of the scores."""
    return scores.argsort(dim=-1, descending=True) == target[:, None]


def _device(model, device):
    if str(device).startswith("cuda") and not torch.cuda.is_available():
        return next(model.parameters()).device
    return device


__all__ = ["test", "train", "train_val"]
