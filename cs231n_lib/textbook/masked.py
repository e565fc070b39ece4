"""Learning from what was hidden, words or patches, as a textbook writes it (PyTorch tensors)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def mask_tokens(tokens: "torch.Tensor", share: float, mask_id: int) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return tokens (N, T) with a share of the words replaced by mask_id, and which: True where hidden.

    0 is padding and is never hidden.
    """
    import torch

    hidden = (torch.rand(tokens.shape) < share) & (tokens != 0)
    masked = tokens.masked_fill(hidden, mask_id)
    return masked, hidden


def masked_language_loss(scores: "torch.Tensor", tokens: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """Return the mean cross-entropy of scores (N, T, V) for the true tokens (N, T) where mask is True."""
    logp = scores.log_softmax(dim=-1)
    losses = -logp.gather(2, tokens[:, :, None])[:, :, 0]
    return (losses * mask).sum() / mask.sum()


def random_masking(x: "torch.Tensor", mask_ratio: float) -> tuple["torch.Tensor", "torch.Tensor", "torch.Tensor"]:
    """Return the patches of x (N, L, D) that are kept, mask (N, L) with 1 = hidden, and ids_restore (N, L).

    The kept patches, with any rows for the hidden ones behind them, come to their places by ids_restore.
    """
    import torch

    N, L, D = x.shape
    keep = int(L * (1 - mask_ratio))
    ids_shuffle = torch.rand(N, L).argsort(dim=1)
    ids_restore = ids_shuffle.argsort(dim=1)
    ids_keep = ids_shuffle[:, :keep]
    kept = x.gather(1, ids_keep[:, :, None].expand(N, keep, D))
    mask = (ids_restore >= keep).float()
    return kept, mask, ids_restore


def masked_patch_loss(prediction: "torch.Tensor", patches: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """Return the mean over the hidden patches (mask 1) of the mean squared error of their pixels."""
    errors = ((prediction - patches) ** 2).mean(dim=-1)
    return (errors * mask).sum() / mask.sum()
