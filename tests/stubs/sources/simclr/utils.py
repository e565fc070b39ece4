# ruff: noqa
# mypy: ignore-errors
import torch

from .contrastive_loss import *


def train(model, data_loader, train_optimizer, epoch, epochs, batch_size=32, temperature=0.5, device="cuda"):
    """Train one epoch, and give the mean loss."""
    model.train()
    total_loss, total_num = 0.0, 0
    for data_pair in data_loader:
        x_i, x_j, target = data_pair
        x_i, x_j = x_i.to(device), x_j.to(device)

        out_left, out_right, loss = None, None, None

        # GAP: both outputs of the model and their loss
        pass
        # END

        train_optimizer.zero_grad()
        loss.backward()
        train_optimizer.step()
        total_num += batch_size
        total_loss += loss.item() * batch_size
    return total_loss / total_num
