# ruff: noqa
# mypy: ignore-errors


def svm_loss(x, y):
    """Give the mean hinge loss of scores x (N, C) for labels y (N,), and its gradient."""
    rows = np.arange(x.shape[0])
    above = np.maximum(0, 1 + x - x[rows, y][:, None])
    above[rows, y] = 0
    dx = (above > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return above.sum() / len(rows), dx / len(rows)


def softmax_loss(x, y):
    """Give the mean cross-entropy loss of scores x (N, C) for labels y (N,), and its gradient."""
    rows = np.arange(x.shape[0])
    shifted = x - x.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(logs)
    dx[rows, y] -= 1
    return -logs[rows, y].mean(), dx / len(rows)
