"""The contrastive loss, as a textbook writes it (PyTorch tensors)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def sim(z_i: "torch.Tensor", z_j: "torch.Tensor") -> "torch.Tensor":
    """Return the cosine of two vectors."""
    return (z_i * z_j).sum() / (z_i.norm() * z_j.norm())


def sim_positive_pairs(out_left: "torch.Tensor", out_right: "torch.Tensor") -> "torch.Tensor":
    """Return the cosine of each row with its twin, (N, 1)."""
    left = out_left / out_left.norm(dim=1, keepdim=True)
    right = out_right / out_right.norm(dim=1, keepdim=True)
    return (left * right).sum(dim=1, keepdim=True)


def compute_sim_matrix(out: "torch.Tensor") -> "torch.Tensor":
    """Return the cosines of all rows with all rows, (2N, 2N)."""
    rows = out / out.norm(dim=1, keepdim=True)
    return rows @ rows.T


def simclr_loss(out_left: "torch.Tensor", out_right: "torch.Tensor", tau: float) -> "torch.Tensor":
    """Return the mean over all 2N views of -log(exp(s_twin / tau) / sum over the others of exp(s / tau))."""
    out = out_left.new_zeros((2 * len(out_left), out_left.shape[1]))
    N = len(out_left)
    out[:N], out[N:] = out_left, out_right
    rows = out / out.norm(dim=1, keepdim=True)
    exp = (rows @ rows.T / tau).exp()
    others = exp.sum(dim=1) - exp.diagonal()
    twin = exp.roll(N, 1).diagonal()
    return -(twin / others).log().mean()


def clip_loss(pictures: "torch.Tensor", captions: "torch.Tensor", tau: float) -> "torch.Tensor":
    """Return the mean cross-entropy of finding each picture's caption, and each caption's picture, in the batch."""
    import torch

    pictures = pictures / pictures.norm(dim=1, keepdim=True)
    captions = captions / captions.norm(dim=1, keepdim=True)
    scores = pictures @ captions.T / tau
    right = torch.arange(len(scores))
    by_picture = -scores.log_softmax(dim=1)[right, right].mean()
    by_caption = -scores.log_softmax(dim=0)[right, right].mean()
    return (by_picture + by_caption) / 2
