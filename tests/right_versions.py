"""Right answers by other roads: loops, other formulas, other caches, other random numbers."""

import functools
import math
from collections import Counter
from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.right_torch import RIGHT_TORCH


def two_loops_by_norm(self, X):
    return np.array([[np.linalg.norm(x - row) for row in self.X_train] for x in X])


def one_loop_by_hypot(self, X):
    dists = np.zeros((X.shape[0], self.X_train.shape[0]))
    for i in range(X.shape[0]):
        dists[i, :] = np.sqrt(((X[i, :] - self.X_train) ** 2).sum(axis=1))
    return dists


def no_loops_by_broadcasting(self, X):
    return np.sqrt(np.square(X[:, np.newaxis, :] - self.X_train).sum(axis=-1))


def no_loops_in_float32(self, X):
    difference = (X[:, None] - self.X_train).astype(np.float32)
    return np.sqrt(np.einsum("nmd,nmd->nm", difference, difference))


def vote_by_counter(self, dists, k=1):
    found = np.zeros(dists.shape[0])
    for i, row in enumerate(dists):
        votes = Counter(self.y_train[j] for j in np.argpartition(row, k - 1)[:k])
        found[i] = min(votes, key=lambda label: (-votes[label], label))
    return found


def vote_by_unique(self, dists, k=1):
    closest = self.y_train[np.argsort(dists, axis=1)[:, :k]]
    return [np.unique(row)[np.unique(row, return_counts=True)[1].argmax()] for row in closest]


def folds_by_masks(X, y, num_folds):
    fold = np.repeat(np.arange(num_folds), [len(part) for part in np.array_split(y, num_folds)])
    return [[X[fold != i], y[fold != i], X[fold == i], y[fold == i]] for i in range(num_folds)]


def folds_by_deleting(X, y, num_folds):
    parts = np.array_split(np.arange(len(X)), num_folds)
    return tuple((np.delete(X, p, axis=0), np.delete(y, p), X[p], y[p]) for p in parts)


def l1_by_a_loop(A, B):
    return np.stack([np.abs(a - B).sum(axis=1) for a in A])


def svm_in_loops(W, X, y, reg):
    dW, loss = np.zeros(W.shape), 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    return loss / X.shape[0] + reg * np.sum(W**2), dW / X.shape[0] + 2 * reg * W


def svm_by_one_hot(W, X, y, reg):
    truth = np.eye(W.shape[1])[y]
    scores = X.dot(W)
    active = ((scores - (scores * truth).sum(1, keepdims=True) + 1 > 0) & (truth == 0)).astype(float)
    loss = ((scores - (scores * truth).sum(1, keepdims=True) + 1) * active).sum() / len(X)
    return np.float64(loss + reg * np.linalg.norm(W) ** 2), X.T.dot(active - truth * active.sum(1)[:, None]) / len(
        X
    ) + reg * (W + W)


def softmax_in_loops(W, X, y, reg):
    loss, dW = 0.0, np.zeros_like(W)
    for x, label in zip(X, y, strict=True):
        s = x @ W - np.max(x @ W)
        total = sum(math.exp(v) for v in s)
        loss += math.log(total) - s[label]
        for c in range(W.shape[1]):
            dW[:, c] += (math.exp(s[c]) / total - (c == label)) * x
    return loss / len(X) + reg * (W * W).sum(), dW / len(X) + 2 * reg * W


def softmax_by_logsumexp(W, X, y, reg):
    s = X @ W
    log_p = s - np.logaddexp.reduce(s, axis=1)[:, None]
    p = np.exp(log_p)
    return -log_p[range(len(y)), y].mean() + reg * np.vdot(W, W), X.T @ (p - np.eye(W.shape[1])[y]) / len(
        y
    ) + 2 * reg * W


def affine_by_einsum(x, w, b):
    return np.einsum("nd,dm->nm", x.reshape(x.shape[0], np.prod(x.shape[1:])), w) + b[np.newaxis], None


def affine_backward_in_loops(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(len(x)):
        dx[n] = w.dot(dout[n]).reshape(x.shape[1:])
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return dx, dw, db


def relu_by_where(x):
    return np.where(x > 0, x, 0), x


def relu_backward_by_copy(dout, cache):
    dx = np.array(dout, copy=True)
    dx[cache <= 0] = 0
    return dx


def scores_by_logsumexp(x, y):
    log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    dx = np.exp(log_p)
    dx[np.arange(len(y)), y] -= 1
    return -np.sum(log_p[np.arange(len(y)), y]) / len(y), dx / len(y)


def distances_by_folding_hypot(self, X):
    """Fold the pixels together two by two: hypot(hypot(d0, d1), d2) ..."""
    pixels = np.moveaxis(X[:, None] - self.X_train[None], -1, 0)
    return np.abs(functools.reduce(np.hypot, pixels, np.zeros((len(X), len(self.X_train)))))


def distances_by_centring(self, X):
    """Move all rows to the middle of the training rows first; distances do not notice."""
    middle = self.X_train.mean(0)
    a, b = X - middle, self.X_train - middle
    squares = np.add.outer(np.einsum("nd,nd->n", a, a), np.einsum("md,md->m", b, b)) - 2 * np.inner(a, b)
    return np.where(squares > 0, squares, 0) ** 0.5


def vote_by_a_table(self, dists, k=1):
    chosen = np.take(self.y_train, np.argsort(dists, kind="stable")[:, :k])
    table = (chosen[:, :, None] == np.arange(max(self.y_train) + 1)).sum(1)
    return [list(row).index(max(row)) for row in table]


def hinge_by_take_along_axis(W, X, y, reg):
    s = X @ W
    lead = s - np.take_along_axis(s, y[:, None], 1) + 1
    pays = np.where(lead > 0, 1.0, 0.0)
    np.put_along_axis(pays, y[:, None], 0, 1)
    loss = np.average((lead * pays).sum(1)) + reg * np.einsum("dc,dc", W, W)
    np.put_along_axis(pays, y[:, None], -pays.sum(1, keepdims=True), 1)
    return loss, np.einsum("nd,nc->dc", X, pays) / X.shape[0] + reg * 2 * W


def softmax_by_lists(W, X, y, reg):
    scores = [[sum(a * b for a, b in zip(x, w, strict=True)) for w in W.T] for x in X]
    tops = [max(row) for row in scores]
    powers = [[math.exp(s - top) for s in row] for row, top in zip(scores, tops, strict=True)]
    p = [[e / sum(row) for e in row] for row in powers]
    loss = sum(-math.log(row[c]) for row, c in zip(p, y, strict=True)) / len(p)
    blame = [[v - (c == right) for c, v in enumerate(row)] for row, right in zip(p, y, strict=True)]
    dW = [
        [sum(x[d] * row[c] for x, row in zip(X, blame, strict=True)) / len(p) for c in range(len(W[0]))]
        for d in range(len(W))
    ]
    return loss + reg * sum(w * w for row in W for w in row), np.array(dW) + 2 * reg * W


def affine_backward_by_tensordot(dout, cache):
    x, w, _ = cache
    grid = w.reshape(*x.shape[1:], -1)
    dw = np.tensordot(x, dout, axes=(0, 0)).reshape(w.shape)
    return np.tensordot(dout, grid, axes=(1, -1)), dw, np.ones(len(dout)) @ dout


def relu_backward_by_heaviside(dout, cache):
    return np.multiply(dout, np.heaviside(cache, 0))


def softmax_loss_by_softplus(x, y):
    """Write -log p as log(1 + sum of exp(s_j - s_y)), one row at a time."""
    dx, losses = np.zeros(x.shape), []
    for row, right, out in zip(x, y, dx, strict=True):
        lead = np.delete(row, right) - row[right]
        top = max(0.0, lead.max())
        total = math.exp(-top) + np.exp(lead - top).sum()
        losses.append(top + math.log(total))
        out[np.arange(len(row)) != right] = np.exp(lead - top) / total
        out[right] = -out.sum()
    return np.mean(losses), dx / len(x)


class NetOfClosures:
    """A two-layer net whose layers hand back how to undo them; made with its own first weights."""

    def __init__(self, input_dim=3072, hidden_dim=100, num_classes=10, weight_scale=1e-3, reg=0.0):
        draw, self.reg = np.random.default_rng().normal, reg
        self.params = {"W2": draw(0, weight_scale, (hidden_dim, num_classes)), "b2": np.array([0.0] * num_classes)}
        self.params |= {"W1": draw(0, weight_scale, (input_dim, hidden_dim)), "b1": np.array([0.0] * hidden_dim)}

    def layer(self, x, i):
        w = self.params[f"W{i}"]

        def back(dout):
            return dout @ w.T, {f"W{i}": x.T @ dout + self.reg * w, f"b{i}": dout.sum(0)}

        return x @ w + self.params[f"b{i}"], back

    def loss(self, X, y=None):
        a, back1 = self.layer(X.reshape(X.shape[0], -1), 1)
        scores, back2 = self.layer(a.clip(min=0), 2)
        if y is None:
            return scores
        p = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        data_loss = -np.log(p[range(len(y)), y]).mean()
        penalty = sum(np.square(w).sum() for name, w in self.params.items() if "W" in name)
        dh, last = back2((p - (y[:, None] == np.arange(p.shape[1]))) / len(y))
        return data_loss + self.reg / 2 * penalty, last | back1(np.sign(a).clip(0) * dh)[1]


def deep_net_by_recursion(self, X, y=None):
    """Each layer calls the next one and gets back the gradient of what it gave it."""
    L, grads = self.num_layers, {}

    def below(h, i):
        W, b = self.params[f"W{i}"], self.params[f"b{i}"]
        out = h @ W + b
        if i == L and y is None:
            return out, None
        if i == L:
            p = np.exp(out - out.max(1)[:, None])
            p = p / p.sum(1)[:, None]
            found, dout = -np.log(p[np.arange(len(y)), y]).mean(), (p - np.eye(p.shape[1])[y]) / len(y)
        else:
            found, dout = below(np.maximum(out, 0), i + 1)
            if dout is None:
                return found, None
            dout = np.where(out > 0, dout, 0)
        grads.update({f"W{i}": h.T @ dout + self.reg * W, f"b{i}": dout.sum(0)})
        return found + self.reg / 2 * (W**2).sum(), dout @ W.T

    found, _ = below(X, 1)
    return found if y is None else (found, grads)


def adam_number_by_number(w, dw, config=None):
    config = config if config is not None else {}
    rate, b1, b2, eps = (
        config.get(n, v) for n, v in [("learning_rate", 1e-3), ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-8)]
    )
    config["t"] = t = 1 + config.get("t", 0)
    m, v, new = np.array(config.get("m", 0 * w)), np.array(config.get("v", 0 * w)), np.empty_like(w)
    for at, g in np.ndenumerate(dw):
        m[at] += (1 - b1) * (g - m[at])
        v[at] += (1 - b2) * (g * g - v[at])
        new[at] = w[at] - rate * (m[at] / (1 - b1**t)) / (math.sqrt(v[at] / (1 - b2**t)) + eps)
    config.update(m=m, v=v)
    return new, config


def cell_by_bincount(size, angle):
    return np.bincount((angle.ravel() // 20).astype(int) % 9, weights=size.ravel(), minlength=9)


def momentum_of_another_scale(w, dw, config=None):
    config = config or {}
    mu, rate = config.get("momentum", 0.9), config.get("learning_rate", 1e-2)
    config["velocity"] = mu * config.get("velocity", 0) + dw
    return w - rate * config["velocity"], config


def momentum_in_place(w, dw, config=None):
    if config is None:
        config = {}
    v = config.get("velocity", np.zeros_like(w))
    v = v * config.get("momentum", 0.9) - config.get("learning_rate", 1e-2) * dw
    w += v
    config["velocity"] = v
    return w, config


def adam_by_another_formula(w, dw, config=None):
    c = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0, "m": 0 * w, "v": 0 * w}
    c.update(config or {})
    c["t"] += 1
    c["m"] = c["m"] + (1 - c["beta1"]) * (dw - c["m"])
    c["v"] = c["v"] + (1 - c["beta2"]) * (dw * dw - c["v"])
    root = np.sqrt(1 - c["beta2"] ** c["t"])
    step = c["learning_rate"] * root / (1 - c["beta1"] ** c["t"])
    return w - step * c["m"] / (np.sqrt(c["v"]) + c["epsilon"] * root), c


def batchnorm_in_steps(x, gamma, beta, bn_param):
    D, eps, mu = x.shape[1], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = bn_param.get("running_mean", np.zeros(D)), bn_param.get("running_var", np.zeros(D))
    if bn_param["mode"] == "test":
        return (x - mean) * gamma / (var + eps) ** 0.5 + beta, None
    batch_mean = np.sum(x, axis=0) / len(x)
    batch_var = np.sum(np.square(x - batch_mean), axis=0) / len(x)
    bn_param["running_mean"] = (mean - batch_mean) * mu + batch_mean
    bn_param["running_var"] = (var - batch_var) * mu + batch_var
    xhat = (x - batch_mean) / np.sqrt(batch_var + eps)
    return xhat * gamma + beta, (xhat, gamma, batch_var + eps)


def marks_by_masked_array(marks, given, eps):
    seen = np.ma.array(marks, mask=~given)
    centred = seen - seen.mean(axis=1, keepdims=True)
    return (centred / np.sqrt(seen.var(axis=1, keepdims=True) + eps)).filled(0)


def marks_judge_by_judge(marks, given, eps):
    """One judge at a time, only the marks that were given."""
    fair = np.zeros_like(marks)
    for row, seen, own in zip(marks, given, fair, strict=True):
        own[seen] = (row[seen] - row[seen].mean()) / np.sqrt(row[seen].var() + eps)
    return fair


def folded_by_the_layers(w, b, gamma, beta, running_mean, running_var, eps):
    """Ask both layers: what they give for 0 is the bias, and each unit row adds its row of w."""

    def both(x):
        return gamma * (x @ w + b - running_mean) / np.sqrt(running_var + eps) + beta

    bias = both(np.zeros(len(w)))
    return both(np.eye(len(w))) - bias, bias


def folded_in_loops(w, b, gamma, beta, running_mean, running_var, eps):
    w, b = w.copy(), b.copy()
    for m in range(len(b)):
        std = (running_var[m] + eps) ** 0.5
        w[:, m] *= gamma[m] / std
        b[m] = gamma[m] * (b[m] - running_mean[m]) / std + beta[m]
    return w, b


def batchnorm_backward_by_formula(dout, cache):
    xhat, gamma, var = cache
    dgamma = np.sum(dout * xhat, axis=0)
    dx = gamma / np.sqrt(var) * (dout - dout.mean(axis=0) - xhat * dgamma / len(dout))
    return dx, dgamma, np.sum(dout, axis=0)


def layernorm_by_transposing(x, gamma, beta, ln_param):
    t = x.T
    xhat = (t - t.mean(axis=0)) / np.sqrt(t.var(axis=0) + ln_param.get("eps", 1e-5))
    return xhat.T * gamma + beta, None


def groupnorm_in_loops(x, gamma, beta, G, gn_param):
    out, size = np.zeros_like(x), x.shape[1] // G
    for n in range(x.shape[0]):
        for g in range(G):
            part = x[n, g * size : (g + 1) * size]
            out[n, g * size : (g + 1) * size] = (part - part.mean()) / np.sqrt(part.var() + gn_param.get("eps", 1e-5))
    return out * gamma + beta, None


def dropout_by_choice(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x.copy(), None
    rng = np.random.default_rng()
    p = dropout_param["p"]
    return x * rng.choice([0, 1 / p], size=x.shape, p=[1 - p, p]), None


def classic_dropout_by_where(x, p, mode, u):
    return np.where(u < p, x, 0) if mode == "train" else p * x


def classic_dropout_in_loops(x, p, mode, u):
    flat = [p * a if mode == "test" else a if b < p else 0.0 for a, b in zip(x.ravel(), u.ravel(), strict=True)]
    return np.reshape(flat, x.shape)


def channels_in_loops(x, p, u):
    out = np.zeros_like(x)
    for n, c in zip(*np.nonzero(u < p), strict=True):
        out[n, c] = x[n, c] / p
    return out


def channels_by_einsum(x, p, u):
    return np.einsum("nchw,nc->nchw", x, np.where(u < p, 1 / p, 0))


def dropout_by_randn_s_cousin(x, dropout_param):
    if dropout_param["mode"] == "train":
        keep = np.random.random_sample(x.shape) >= 1 - dropout_param["p"]
        return np.where(keep, x / dropout_param["p"], 0), keep
    return x, None


def conv_by_windows(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
    views = sliding_window_view(padded, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum("nchwij,fcij->nfhw", views, w) + b.reshape(1, -1, 1, 1), None


def text_conv_by_windows(x, w, b):
    views = sliding_window_view(x, w.shape[1], axis=1)  # (N, T - K + 1, D, K)
    return np.einsum("ntdk,fkd->ntf", views, w) + b


def text_conv_in_loops(x, w, b):
    (N, T, _), (F, K, _) = x.shape, w.shape
    out = [[[np.sum(x[n, t : t + K] * w[f]) + b[f] for f in range(F)] for t in range(T - K + 1)] for n in range(N)]
    return np.array(out)


def pool_by_windows(x, pool_param):
    s = pool_param["stride"]
    views = sliding_window_view(x, (pool_param["pool_height"], pool_param["pool_width"]), axis=(2, 3))
    return views[:, :, ::s, ::s].max(axis=(4, 5)), None


def rnn_in_one_product(x, prev_h, Wx, Wh, b):
    return np.tanh(np.hstack([x, prev_h, np.ones((len(x), 1))]) @ np.vstack([Wx, Wh, b])), None


def embedding_by_one_hot(dout, cache):
    x, W = cache
    return np.einsum("ntv,ntd->vd", np.eye(len(W))[x], dout)


def lstm_by_split(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = np.split(x.dot(Wx) + prev_h.dot(Wh) + b, 4, axis=1)
    gate = lambda a: 0.5 * (1 + np.tanh(a / 2))
    next_c = gate(f) * prev_c + gate(i) * np.tanh(g)
    return gate(o) * np.tanh(next_c), next_c, None


def words_in_loops(x, y, mask):
    loss, dx = 0.0, np.zeros_like(x)
    for n, t in np.argwhere(mask):
        p = np.exp(x[n, t] - x[n, t].max())
        p /= p.sum()
        loss -= np.log(p[y[n, t]])
        dx[n, t] = p
        dx[n, t, y[n, t]] -= 1
    return loss / len(x), dx / len(x)


def attention_in_loops(q, k, v, mask=None):
    out = np.zeros((*q.shape[:2], v.shape[2]))
    for n, t in np.ndindex(*q.shape[:2]):
        seen = range(k.shape[1]) if mask is None else np.flatnonzero(mask[t])
        scores = np.array([q[n, t] @ k[n, s] for s in seen]) / math.sqrt(q.shape[2])
        e = np.exp(scores - scores.max())
        out[n, t] = sum(weight * v[n, s] for weight, s in zip(e / e.sum(), seen, strict=True))
    return out, None


def positions_in_loops(length, dim):
    pe = np.zeros((length, dim))
    for i in range(length):
        for j in range(0, dim, 2):
            pe[i, j] = math.sin(i * 10000 ** (-j / dim))
            if j + 1 < dim:
                pe[i, j + 1] = math.cos(i * 10000 ** (-j / dim))
    return pe


def bce_by_the_library(input, target):
    from torch.nn.functional import binary_cross_entropy_with_logits

    return binary_cross_entropy_with_logits(input, target)


def simclr_in_loops(out_left, out_right, tau):
    import torch

    N, out, total = len(out_left), torch.cat([out_left, out_right]), 0.0
    cosine = lambda a, b: torch.dot(a, b) / (torch.linalg.norm(a) * torch.linalg.norm(b))
    for k in range(2 * N):
        rivals = sum(torch.exp(cosine(out[k], out[i]) / tau) for i in range(2 * N) if i != k)
        total += -torch.log(torch.exp(cosine(out[k], out[(k + N) % (2 * N)]) / tau) / rivals)
    return total / (2 * N)


def spread_by_sorting(x):
    ordered = sorted(x)
    return ordered[-1] - ordered[0]


def spread_of_all_pairs(x):
    return np.abs(x[:, None] - x[None, :]).max()


def l1_by_broadcasting(A, B):
    return np.linalg.norm(A[:, None, :] - B[None, :, :], ord=1, axis=2)


def binary_hinge_in_loops(w, X, y, reg):
    loss, dw = 0.0, np.zeros_like(w)
    for x, label in zip(X, y, strict=True):
        if label * np.dot(x, w) < 1:
            loss += (1 - label * np.dot(x, w)) / len(X)
            dw -= label * x / len(X)
    return loss + reg * np.dot(w, w), dw + 2 * reg * w


def binary_hinge_by_a_mask(w, X, y, reg):
    close = y * X.dot(w) < 1
    loss = (1 - y[close] * X[close].dot(w)).sum() / y.size + reg * (w**2).sum()
    return loss, 2 * reg * w - y[close] @ X[close] / y.size


def softmax_in_rows(s):
    rows = [[math.exp(v - max(row)) for v in row] for row in s]
    return [[v / sum(row) for v in row] for row in rows]


def softmax_by_logs(s):
    return np.exp(s - np.logaddexp.reduce(s, axis=1)[:, None])


def row_losses_by_logaddexp(s, y):
    return np.logaddexp.reduce(s, axis=-1) - np.take_along_axis(s, y[:, None], axis=1)[:, 0]


def row_losses_in_a_loop(s, y):
    losses = []
    for row, label in zip(s, y, strict=True):
        losses.append(math.log(sum(math.exp(v - max(row)) for v in row)) + max(row) - row[label])
    return np.array(losses)


def sigmoid_by_tanh(x):
    return (np.tanh(x / 2) + 1) / 2, x


def sigmoid_backward_from_x(dout, cache):
    return dout / (np.exp(cache / 2) + np.exp(-cache / 2)) ** 2


def leaky_relu_by_two_halves(x, alpha):
    return np.maximum(x, 0) + alpha * np.minimum(x, 0), (x > 0, alpha)


def leaky_relu_backward_by_slopes(dout, cache):
    positive, alpha = cache
    return dout * (alpha + (1 - alpha) * positive)


def hinge_in_loops(x, y):
    loss, dx = 0, np.zeros_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            margin = x[n, c] - x[n, y[n]] + 1
            if c != y[n] and margin > 0:
                loss += margin / x.shape[0]
                dx[n, c] += 1 / x.shape[0]
                dx[n, y[n]] -= 1 / x.shape[0]
    return loss, dx


def standardize_by_a_loop(X_train, X_val, X_test):
    columns = [(np.mean(column), np.std(column)) for column in X_train.T]
    return [np.stack([(X[:, j] - m) / s for j, (m, s) in enumerate(columns)], 1) for X in (X_train, X_val, X_test)]


def standardize_copies(X_train, X_val, X_test):
    parts = [X.copy() for X in (X_train, X_val, X_test)]
    mean, std = np.average(parts[0], axis=0), np.sqrt(np.var(parts[0], axis=0))
    for part in parts:
        part -= mean
        part /= std
    return tuple(parts)


def log_uniform_by_powers(low, high, u):
    return low ** (1 - u) * high**u


def log_uniform_by_natural_logs(low, high, u):
    return math.exp(math.log(low) + u * math.log(high / low))


def hog_cell_by_histogram(size, angle):
    return np.histogram(np.mod(angle, 180), bins=np.linspace(0, 180, 10), weights=size)[0]


def hog_cell_by_masks(size, angle):
    bins = np.floor(np.asarray(angle) / 20).astype(int) % 9
    return [float(size[bins == b].sum()) for b in range(9)]


def wind_rose_by_add_at(speed, direction):
    rose = np.zeros(8)
    np.add.at(rose, np.floor_divide(np.asarray(direction) + 22.5, 45).astype(int) % 8, speed)
    return rose


def wind_rose_by_nearest(speed, direction):
    away = np.abs((np.asarray(direction)[:, None] - 45 * np.arange(8) + 180) % 360 - 180)
    return np.eye(8)[away.argmin(axis=1)].T @ speed


def best_setting_in_a_loop(results):
    best, highest = None, -1.0
    for setting, (_, accuracy) in results.items():
        if accuracy > highest:
            best, highest = setting, accuracy
    return best


def best_setting_by_sorting(results):
    return sorted(results.items(), key=lambda item: -item[1][1])[0][0]


def two_layers_by_indexing(self, X, y=None):
    W1, b1, W2, b2 = self.params["W1"], self.params["b1"], self.params["W2"], self.params["b2"]
    flat = X.reshape(X.shape[0], W1.shape[0])
    hidden = flat.dot(W1) + b1
    hidden[hidden < 0] = 0
    scores = hidden.dot(W2) + b2
    if y is None:
        return scores
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -log_p[range(len(y)), y].mean() + self.reg / 2 * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2)
    dscores = (np.exp(log_p) - np.eye(W2.shape[1])[y]) / len(y)
    dhidden = np.where(hidden > 0, dscores.dot(W2.T), 0)
    grads = {"b1": dhidden.sum(0), "b2": dscores.sum(0)}
    grads["W1"] = flat.T.dot(dhidden) + self.reg * W1
    grads["W2"] = hidden.T.dot(dscores) + self.reg * W2
    return loss, grads


def backward_by_einsum(dscores, X, a, h, W2):
    dhidden = np.where(a > 0, np.einsum("nc,hc->nh", dscores, W2), 0)
    ones = np.ones(len(X))
    return np.einsum("nd,nh->dh", X, dhidden), ones @ dhidden, np.einsum("nh,nc->hc", h, dscores), ones @ dscores


def backward_image_by_image(dscores, X, a, h, W2):
    parts = []
    for row, x, before, hidden in zip(dscores, X, a, h, strict=True):
        slopes = W2 @ row
        slopes[before <= 0] = 0
        parts.append((np.outer(x, slopes), slopes, np.outer(hidden, row), row))
    return [np.sum(part, axis=0) for part in zip(*parts, strict=True)]


def tied_copy_by_autograd(W, X):
    import torch

    w, x = torch.tensor(W, requires_grad=True), torch.tensor(X)
    loss = ((x @ w @ w.T - x) ** 2).sum() / (2 * len(x))
    loss.backward()
    return loss.item(), w.grad


def tied_copy_by_the_covariance(W, X):
    rest = W @ W.T - np.eye(len(W))
    covariance = X.T @ X / len(X)
    loss = np.trace(rest @ covariance @ rest) / 2
    return loss, (covariance @ rest + rest @ covariance) @ W


def batchnorm_of_tensors(h, gamma, beta, param, train):
    zero = h.new_zeros(h.shape[1]).numpy()
    means = [param.get("running_mean", zero), param.get("running_var", zero)]
    mean, var = h.new_tensor(means[0]), h.new_tensor(means[1])
    if train:
        mean, var = h.mean(0), h.var(0, correction=0)
        param["running_mean"] = 0.9 * means[0] + 0.1 * mean.detach().numpy()
        param["running_var"] = 0.9 * means[1] + 0.1 * var.detach().numpy()
    return gamma * (h - mean) / (var + 1e-5) ** 0.5 + beta


def fully_connected_by_autograd(self, X, y=None):
    import torch

    p = {name: torch.tensor(value, requires_grad=True) for name, value in self.params.items()}
    h, L = torch.tensor(X).flatten(1), self.num_layers
    for i in range(1, L):
        h = h @ p[f"W{i}"] + p[f"b{i}"]
        if self.normalization == "batchnorm":
            h = batchnorm_of_tensors(h, p[f"gamma{i}"], p[f"beta{i}"], self.bn_params[i - 1], y is not None)
        if self.normalization == "layernorm":
            h = torch.nn.functional.layer_norm(h, h.shape[1:], p[f"gamma{i}"], p[f"beta{i}"])
        h = h.relu()
        if self.use_dropout and y is not None:
            if self.dropout_param.get("seed") is not None:
                np.random.seed(self.dropout_param["seed"])
            keep = self.dropout_param["p"]
            h = h * torch.tensor((np.random.rand(*h.shape) < keep) / keep)
    return loss_of_tensors(self, h @ p[f"W{L}"] + p[f"b{L}"], y, p)


def loss_of_tensors(net, scores, y, p):
    import torch

    if y is None:
        return scores.detach().numpy()
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(y))
    loss = loss + net.reg / 2 * sum((w * w).sum() for name, w in p.items() if name[0] == "W")
    loss.backward()
    return loss.item(), {name: w.grad.numpy() for name, w in p.items()}


def convnet_by_autograd(self, X, y=None):
    import torch

    p = {name: torch.tensor(value, requires_grad=True) for name, value in self.params.items()}
    h = torch.nn.functional.conv2d(torch.tensor(X), p["W1"], p["b1"], padding="same").relu()
    h = torch.nn.functional.max_pool2d(h, 2).flatten(1)
    h = (h @ p["W2"] + p["b2"]).relu()
    return loss_of_tensors(self, h @ p["W3"] + p["b3"], y, p)


def step_in_place(w, dw, config=None):
    config = config or {}
    w -= config.setdefault("learning_rate", 1e-2) * dw
    return w, config


def nesterov_by_two_velocities(w, dw, config=None):
    config = {} if config is None else config
    rate, mu = config.get("learning_rate", 1e-2), config.get("momentum", 0.9)
    before = config.get("velocity", 0 * w)
    config["velocity"] = mu * before - rate * dw
    return w - mu * before + (1 + mu) * config["velocity"], config


def rmsprop_by_differences(w, dw, config=None):
    c = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8, "cache": np.zeros(w.shape), **(config or {})}
    c["cache"] = c["cache"] + (1 - c["decay_rate"]) * (np.square(dw) - c["cache"])
    return w - np.divide(c["learning_rate"] * dw, c["cache"] ** 0.5 + c["epsilon"]), c


def batchnorm_backward_by_the_graph(dout, cache):
    xhat, gamma, var = cache
    N, std = dout.shape[0], np.sqrt(var)
    centred, dxhat = xhat * std, dout * gamma
    dvar = -0.5 * np.sum(dxhat * centred, axis=0) * var**-1.5
    dmean = -np.sum(dxhat / std, axis=0) + dvar * np.sum(-2 * centred, axis=0) / N  # the last sum is 0
    return dxhat / std + dvar * 2 * centred / N + dmean / N, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def batchnorm_backward_in_loops(dout, cache):
    xhat, gamma, var = cache
    (N, D), dx = dout.shape, np.zeros_like(dout)
    for d in range(D):
        slopes = (np.eye(N) - 1 / N - np.outer(xhat[:, d], xhat[:, d]) / N) / np.sqrt(var[d])
        dx[:, d] = slopes @ dout[:, d] * gamma[d]
    return dx, np.einsum("nd,nd->d", dout, xhat), dout.sum(0)


def layernorm_by_rows(x, gamma, beta, ln_param):
    std = np.sqrt(np.var(x, axis=-1) + ln_param.get("eps", 1e-5))
    xhat = np.stack([(row - row.mean()) / s for row, s in zip(x, std, strict=True)])
    return gamma * xhat + beta, {"xhat": xhat, "std": std, "gamma": gamma}


def layernorm_backward_by_formula(dout, cache):
    xhat, g = cache["xhat"], dout * cache["gamma"]
    dx = g - g.mean(axis=1, keepdims=True) - xhat * (g * xhat).mean(axis=1, keepdims=True)
    return dx / cache["std"][:, None], (dout * xhat).sum(axis=0), dout.sum(axis=0)


def spatial_by_axes(x, gamma, beta, bn_param):
    eps, keep, shape = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9), (1, -1, 1, 1)
    zero = np.zeros(x.shape[1])
    mean, var = bn_param.get("running_mean", zero), bn_param.get("running_var", zero)
    if bn_param["mode"] == "train":
        batch_mean, batch_var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        bn_param["running_mean"] = keep * mean + (1 - keep) * batch_mean
        bn_param["running_var"] = keep * var + (1 - keep) * batch_var
        mean, var = batch_mean, batch_var
    xhat = (x - mean.reshape(shape)) / np.sqrt(var + eps).reshape(shape)
    return gamma.reshape(shape) * xhat + beta.reshape(shape), (xhat, gamma, np.sqrt(var + eps))


def spatial_backward_by_axes(dout, cache):
    xhat, gamma, std = cache
    axes = (0, 2, 3)
    dgamma, dbeta = (dout * xhat).sum(axis=axes), dout.sum(axis=axes)
    rest = dout - dout.mean(axis=axes, keepdims=True) - xhat * (dout * xhat).mean(axis=axes, keepdims=True)
    return rest * (gamma / std)[None, :, None, None], dgamma, dbeta


def groups_by_five_axes(x, gamma, beta, G, gn_param):
    N, C, H, W = x.shape
    parts = x.reshape(N, G, C // G, H, W)
    std = np.sqrt(parts.var(axis=(2, 3, 4), keepdims=True) + gn_param.get("eps", 1e-5))
    xhat = (parts - parts.mean(axis=(2, 3, 4), keepdims=True)) / std
    return xhat.reshape(x.shape) * gamma + beta, (xhat, std, gamma)


def groups_backward_by_five_axes(dout, cache):
    xhat, std, gamma = cache
    g, axes = (dout * gamma).reshape(xhat.shape), (2, 3, 4)
    dx = g - g.mean(axis=axes, keepdims=True) - xhat * (g * xhat).mean(axis=axes, keepdims=True)
    dgamma = (dout * xhat.reshape(dout.shape)).sum(axis=(0, 2, 3))[None, :, None, None]
    return (dx / std).reshape(dout.shape), dgamma, np.einsum("nchw->c", dout)[None, :, None, None]


def dropout_that_caches_indices(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    gone = np.random.rand(*x.shape) >= dropout_param["p"]
    out = x / dropout_param["p"]
    out[gone] = 0
    return out, (np.nonzero(gone), dropout_param["p"])


def dropout_backward_by_indices(dout, cache):
    if cache is None:
        return dout
    gone, p = cache
    dx = dout / p
    dx[gone] = 0
    return dx


def conv_backward_in_seven_loops(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(len(b))
    for n, f, i, j in np.ndindex(*dout.shape):
        db[f] += dout[n, f, i, j]
        for c, k, m in np.ndindex(*w.shape[1:]):
            row, column = i * stride + k - pad, j * stride + m - pad
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                dx[n, c, row, column] += dout[n, f, i, j] * w[f, c, k, m]
                dw[f, c, k, m] += dout[n, f, i, j] * x[n, c, row, column]
    return dx, dw, db


def pool_that_remembers_places(x, pool_param):
    s, shape = pool_param["stride"], (pool_param["pool_height"], pool_param["pool_width"])
    views = sliding_window_view(x, shape, axis=(2, 3))[:, :, ::s, ::s]
    flat = views.reshape(*views.shape[:4], -1)
    return flat.max(axis=-1), (x.shape, shape, s, flat.argmax(axis=-1))


def pool_backward_to_places(dout, cache):
    x_shape, shape, s, winners = cache
    n, c, i, j = np.indices(dout.shape)
    rows, columns = np.unravel_index(winners, shape)
    dx = np.zeros(x_shape)
    np.add.at(dx, (n, c, i * s + rows, j * s + columns), dout)
    return dx


def rnn_step_that_caches_slopes(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.dot(x, Wx) + np.dot(prev_h, Wh) + b)
    return next_h, {"x": x, "h": prev_h, "Wx": Wx, "Wh": Wh, "slope": 1 / np.cosh(np.arctanh(next_h)) ** 2}


def rnn_step_backward_by_slopes(dnext_h, cache):
    da = dnext_h * cache["slope"]
    inputs = np.einsum("nd,nh->dh", cache["x"], da)
    return da.dot(cache["Wx"].T), da.dot(cache["Wh"].T), inputs, np.einsum("ni,nh->ih", cache["h"], da), sum(da)


def rnn_in_a_comprehension(x, h0, Wx, Wh, b):
    hs = [h0]
    for step in np.swapaxes(x, 0, 1) @ Wx + b:
        hs.append(np.tanh(step + hs[-1] @ Wh))
    return np.stack(hs[1:], axis=1), (x, np.stack(hs, axis=1), Wx, Wh)


def echo_by_recursion(dout, out, a):
    """The last moment has its gradient from dout alone; each earlier one asks the moment after it."""

    def gradient(t):
        return dout[t] if t == len(dout) - 1 else dout[t] + a * gradient(t + 1)

    dx = np.array([gradient(t) for t in range(len(dout))])
    return dx, dx[1:] @ out[:-1]


def echo_by_powers(dout, out, a):
    """x[s] is heard at time t with a ** (t - s)."""
    T = len(dout)
    heard = np.array([[float(a) ** (t - s) if t >= s else 0.0 for t in range(T)] for s in range(T)])
    dx = heard @ dout
    return dx, float(np.sum(dx[1:] * out[:-1]))


def echo_in_one_array(dout, out, a):
    dout_now = np.array(dout, float)
    da = 0.0
    for t in range(len(dout) - 1, 0, -1):
        da += dout_now[t] * out[t - 1]
        dout_now[t - 1] += a * dout_now[t]
    return dout_now, da


def rnn_backward_all_at_once(dh, cache):
    x, hs, Wx, Wh = cache
    das, later = np.zeros_like(dh), np.zeros_like(dh[:, 0])
    for t in reversed(range(dh.shape[1])):
        das[:, t] = (dh[:, t] + later) * (1 - hs[:, t + 1] ** 2)
        later = das[:, t] @ Wh.T
    dWx, dWh = np.einsum("ntd,nth->dh", x, das), np.einsum("nti,nth->ih", hs[:, :-1], das)
    return das @ Wx.T, later, dWx, dWh, das.sum(axis=(0, 1))


def embedding_by_take(x, W):
    return np.take(W, x, axis=0), (x, W.shape)


def embedding_by_one_hot_product(x, W):
    return np.eye(len(W))[x] @ W, None


def temporal_affine_by_flattening(x, w, b):
    N, T, D = x.shape
    return (x.reshape(N * T, D).dot(w) + b).reshape(N, T, -1), (x.reshape(N * T, D), w)


def temporal_affine_backward_by_flattening(dout, cache):
    rows, w = cache
    drows = dout.reshape(-1, dout.shape[2])
    return drows.dot(w.T).reshape(*dout.shape[:2], -1), rows.T.dot(drows), drows.sum(axis=0)


def captioning_by_autograd(self, features, captions):
    import torch

    p = {name: torch.tensor(value, requires_grad=True) for name, value in self.params.items()}
    words, targets = torch.tensor(captions[:, :-1]), torch.tensor(captions[:, 1:])
    h, loss = torch.tensor(features) @ p["W_proj"] + p["b_proj"], 0
    c = torch.zeros_like(h)
    for t in range(words.shape[1]):
        a = p["W_embed"][words[:, t]] @ p["Wx"] + h @ p["Wh"] + p["b"]
        if self.cell_type == "rnn":
            h = a.tanh()
        else:
            i, f, o, g = a.chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        scores = h @ p["W_vocab"] + p["b_vocab"]
        loss = loss + torch.nn.functional.cross_entropy(scores, targets[:, t], ignore_index=self._null, reduction="sum")
    loss = loss / len(captions)
    loss.backward()
    return loss.item(), {name: value.grad.numpy() for name, value in p.items()}


def sample_one_image_at_a_time(self, features, max_length=30):
    p, captions = self.params, []
    for feature in features:
        h, word, caption = feature @ p["W_proj"] + p["b_proj"], self._start, []
        c = 0 * h
        for _ in range(max_length):
            a = p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"]
            if self.cell_type == "rnn":
                h = np.tanh(a)
            else:
                i, f, o = (1 / (1 + np.exp(-part)) for part in np.split(a, 4)[:3])
                c = f * c + i * np.tanh(np.split(a, 4)[3])
                h = o * np.tanh(c)
            word = int(np.argmax(h @ p["W_vocab"] + p["b_vocab"]))
            caption.append(word)
        captions.append(caption)
    return captions


def lstm_that_caches_gates(x, prev_h, prev_c, Wx, Wh, b):
    a = np.concatenate([x, prev_h], axis=1) @ np.concatenate([Wx, Wh]) + b
    a = a.reshape(len(x), 4, -1)
    gates, g = 1 / (1 + np.exp(-a[:, :3])), np.tanh(a[:, 3])
    next_c = gates[:, 1] * prev_c + gates[:, 0] * g
    return gates[:, 2] * np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, gates, g, np.tanh(next_c))


def lstm_backward_by_gates(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, gates, g, t = cache
    dc = dnext_c + dnext_h * gates[:, 2] * (1 - t) * (1 + t)
    dgates = np.stack([dc * g, dc * prev_c, dnext_h * t], axis=1) * gates * (1 - gates)
    da = np.concatenate([dgates.reshape(len(x), -1), dc * gates[:, 0] * (1 - g**2)], axis=1)
    both = np.hstack([x, prev_h]).T @ da
    D = x.shape[1]
    return da @ Wx.T, da @ Wh.T, dc * gates[:, 1], both[:D], both[D:], da.sum(axis=0)


def lstm_over_time(x, h0, Wx, Wh, b):
    h, c, hs, caches = h0, np.zeros(h0.shape), [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_that_caches_gates(x[:, t, :], h, c, Wx, Wh, b)
        hs.append(h[:, None])
        caches.insert(0, cache)
    return np.concatenate(hs, axis=1), caches


def lstm_back_over_time(dh, cache):
    later, dc, dxs, sums = 0, 0, [], [0, 0, 0]
    for step, dnext_h in zip(cache, dh.swapaxes(0, 1)[::-1], strict=True):
        dx, later, dc, *weights = lstm_backward_by_gates(dnext_h + later, dc, step)
        dxs.insert(0, dx)
        sums = [a + b for a, b in zip(sums, weights, strict=True)]
    return np.stack(dxs, axis=1), later, *sums


def bce_by_softplus(input, target):
    from torch.nn.functional import softplus

    return (target * softplus(-input) + (1 - target) * softplus(input)).mean()


def discriminator_by_softplus(logits_real, logits_fake):
    from torch.nn.functional import softplus

    return softplus(-logits_real).mean() + softplus(logits_fake).mean()


def discriminator_by_the_library(logits_real, logits_fake):
    import torch

    loss = torch.nn.BCEWithLogitsLoss()
    return loss(logits_real, torch.ones_like(logits_real)) + loss(logits_fake, torch.zeros_like(logits_fake))


def generator_by_log_sigmoid(logits_fake):
    return -logits_fake.sigmoid().log().mean()


def generator_by_the_library(logits_fake):
    import torch

    return torch.nn.functional.binary_cross_entropy_with_logits(logits_fake, torch.ones_like(logits_fake))


def squares_by_the_library(scores_real, scores_fake):
    import torch

    mse = torch.nn.functional.mse_loss
    return (mse(scores_real, torch.ones_like(scores_real)) + mse(scores_fake, torch.zeros_like(scores_fake))) / 2


def squares_by_sums(scores_real, scores_fake):
    real = (scores_real - 1).pow(2).sum() / scores_real.numel()
    return (real + scores_fake.pow(2).sum() / scores_fake.numel()) * 0.5


def generator_squares_by_the_library(scores_fake):
    import torch

    return torch.nn.functional.mse_loss(scores_fake, torch.ones_like(scores_fake)) / 2


def generator_squares_multiplied_out(scores_fake):
    return (scores_fake.square().mean() - 2 * scores_fake.mean() + 1) / 2


def attention_backward_in_loops(dout, cache):
    q, k, v, weights = cache
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for n, t in np.ndindex(*q.shape[:2]):
        w = weights[n, t]
        slopes = (np.diag(w) - np.outer(w, w)) / math.sqrt(q.shape[2])
        dscores = slopes @ (v[n] @ dout[n, t])
        dv[n] += np.outer(w, dout[n, t])
        dq[n, t] = dscores @ k[n]
        dk[n] += np.outer(dscores, q[n, t])
    return dq, dk, dv


def heads_one_by_one(query, key, value, Wq, bq, Wk, bk, Wv, bv, Wo, bo, num_heads, mask=None):
    q, k, v = query @ Wq + bq, key @ Wk + bk, value @ Wv + bv
    heads = zip(*(np.split(part, num_heads, axis=2) for part in (q, k, v)), strict=True)
    return np.concatenate([attention_in_loops(*head, mask)[0] for head in heads], axis=2) @ Wo + bo, None


def patches_in_loops(x, size):
    N, C, H, W = x.shape
    corners = [(i, j) for i in range(0, H, size) for j in range(0, W, size)]
    return np.stack([x[:, :, i : i + size, j : j + size].reshape(N, C * size * size) for i, j in corners], axis=1)


def patches_by_windows(x, size):
    views = sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::size, ::size]
    return np.einsum("ncijab->nijcab", views).reshape(len(x), -1, x.shape[1] * size * size)


def cosine_by_the_library(z_i, z_j):
    import torch

    return torch.nn.functional.cosine_similarity(z_i, z_j, dim=0)


def cosine_by_normalizing(z_i, z_j):
    import torch

    return (z_i / torch.sqrt(torch.dot(z_i, z_i))) @ (z_j / torch.linalg.vector_norm(z_j))


def pairs_by_a_loop(out_left, out_right):
    import torch

    return torch.stack([cosine_by_normalizing(a, b) for a, b in zip(out_left, out_right, strict=True)]).unsqueeze(1)


def pairs_by_the_library(out_left, out_right):
    import torch

    return torch.nn.functional.cosine_similarity(out_left, out_right)[:, None]


def matrix_by_the_library(out):
    import torch

    return torch.nn.functional.cosine_similarity(out[:, None], out[None], dim=2)


def matrix_by_outer_lengths(out):
    import torch

    lengths = out.pow(2).sum(1).sqrt()
    return out.mm(out.t()) / torch.outer(lengths, lengths)


def simclr_by_cross_entropy(out_left, out_right, tau):
    import torch

    N = len(out_left)
    scores = matrix_by_the_library(torch.cat([out_left, out_right])) / tau
    scores = scores.masked_fill(torch.eye(2 * N, dtype=torch.bool), float("-inf"))
    return torch.nn.functional.cross_entropy(scores, torch.arange(2 * N).roll(N))


def simclr_by_a_mask(out_left, out_right, tau):
    import torch

    N = len(out_left)
    matrix = torch.exp(matrix_by_outer_lengths(torch.cat([out_left, out_right], 0)) / tau)
    others = matrix.masked_select(~torch.eye(2 * N).bool()).view(2 * N, -1).sum(dim=-1)
    twins = torch.exp(pairs_by_the_library(out_left, out_right) / tau).squeeze(1)
    return -torch.log(torch.cat([twins, twins]) / others).sum() / (2 * N)


def clip_by_cross_entropy(pictures, captions, tau):
    import torch

    cosines = pairs_of_all(pictures, captions)
    cross_entropy, right = torch.nn.functional.cross_entropy, torch.arange(len(cosines))
    return 0.5 * (cross_entropy(cosines / tau, right) + cross_entropy(cosines.t() / tau, right))


def clip_in_loops(pictures, captions, tau):
    import torch

    scores, N = torch.exp(pairs_of_all(pictures, captions) / tau), len(pictures)
    total = 0.0
    for i in range(N):
        total = total - torch.log(scores[i, i] / scores[i].sum()) - torch.log(scores[i, i] / scores[:, i].sum())
    return total / (2 * N)


def clip_by_log_sums(pictures, captions, tau):
    import torch

    scores = pairs_of_all(pictures, captions) / tau
    both = torch.logsumexp(scores, dim=0) + torch.logsumexp(scores, dim=1)
    return (both / 2 - torch.diagonal(scores)).mean()


def pairs_of_all(left, right):
    import torch

    return torch.nn.functional.normalize(left, dim=-1) @ torch.nn.functional.normalize(right, dim=-1).t()


def means_by_weights(x, beta):
    found = []
    for T in range(1, len(x) + 1):
        weights = beta ** np.arange(T)[::-1]
        found.append(np.dot(weights, x[:T]) / weights.sum())
    return found


def means_by_moving_closer(x, beta):
    mean, means = 0.0, np.empty(len(x))
    for t in range(len(x)):
        mean += (x[t] - mean) * (1 - beta) / (1 - beta ** (t + 1))
        means[t] = mean
    return means


def soft_targets_in_rows(s, t):
    losses, ds = [], np.zeros_like(s)
    for n, row in enumerate(s):
        p = np.exp(row - row.max())
        log_sum = np.log(p.sum()) + row.max()
        losses.append(log_sum - np.dot(t[n], row))
        ds[n] = (p / p.sum() - t[n]) / len(s)
    return np.mean(losses), ds


def soft_targets_by_the_library(s, t):
    import torch

    scores = torch.tensor(s, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(t))
    loss.backward()
    return loss.item(), scores.grad


def gru_in_loops(x, prev_h, Wx, Wh, b):
    H, next_h = prev_h.shape[1], prev_h.copy()
    squash = lambda a: 0.5 + 0.5 * np.tanh(a / 2)
    for n, j in np.ndindex(*prev_h.shape):
        p, q = (x[n] @ Wx + b)[j::H], (prev_h[n] @ Wh)[j::H]
        r, z = squash(p[:2] + q[:2])
        next_h[n, j] += (1 - z) * (np.tanh(p[2] + r * q[2]) - prev_h[n, j])
    return next_h


def gru_with_one_product_for_the_gates(x, prev_h, Wx, Wh, b):
    H = prev_h.shape[1]
    gates = np.hstack([x, prev_h]) @ np.vstack([Wx, Wh])[:, : 2 * H] + b[: 2 * H]
    r, z = np.split(1 / (1 + np.exp(-gates)), 2, axis=1)
    new = np.tanh(x @ Wx[:, 2 * H :] + b[2 * H :] + r * (prev_h @ Wh[:, 2 * H :]))
    return z * prev_h + new - z * new


def gru_by_the_library(x, prev_h, Wx, Wh, b):
    import torch

    cell = torch.nn.GRUCell(x.shape[1], prev_h.shape[1], dtype=torch.float64)
    given = {"weight_ih": Wx.T, "weight_hh": Wh.T, "bias_ih": b, "bias_hh": np.zeros_like(b)}
    cell.load_state_dict({name: torch.tensor(value) for name, value in given.items()})
    return cell(torch.tensor(x), torch.tensor(prev_h)).detach()


EXTRAS = ("", " with batchnorm", " with layernorm", " with dropout")
KNN = "KNearestNeighbor."
RIGHT: list[tuple[str, Callable, dict[str, Callable]]] = [  # exercise, version, its companions
    (f"{KNN}compute_distances_two_loops", two_loops_by_norm, {}),
    (f"{KNN}compute_distances_one_loop", one_loop_by_hypot, {}),
    (f"{KNN}compute_distances_no_loops", no_loops_by_broadcasting, {}),
    (f"{KNN}compute_distances_no_loops", no_loops_in_float32, {}),
    (f"{KNN}predict_labels", vote_by_counter, {}),
    (f"{KNN}predict_labels", vote_by_unique, {}),
    ("cross_validation_folds", folds_by_masks, {}),
    ("cross_validation_folds", folds_by_deleting, {}),
    ("pairwise_l1", l1_by_a_loop, {}),
    ("svm_loss_naive", svm_in_loops, {}),
    ("svm_loss_vectorized", svm_by_one_hot, {}),
    ("softmax_loss_naive", softmax_in_loops, {}),
    ("softmax_loss_vectorized", softmax_by_logsumexp, {}),
    ("affine_forward", affine_by_einsum, {}),
    ("affine_backward", affine_backward_in_loops, {}),
    ("relu_forward", relu_by_where, {}),
    ("relu_backward", relu_backward_by_copy, {}),
    ("softmax_loss", scores_by_logsumexp, {}),
    ("sgd_momentum", momentum_of_another_scale, {}),
    ("sgd_momentum", momentum_in_place, {}),
    ("adam", adam_by_another_formula, {}),
    ("batchnorm_forward", batchnorm_in_steps, {}),
    ("layernorm_forward", layernorm_by_transposing, {}),
    ("spatial_groupnorm_forward", groupnorm_in_loops, {}),
    ("dropout_forward", dropout_by_choice, {}),
    ("dropout_forward", dropout_by_randn_s_cousin, {}),
    ("classic_dropout", classic_dropout_by_where, {}),
    ("classic_dropout", classic_dropout_in_loops, {}),
    ("channel_dropout", channels_in_loops, {}),
    ("channel_dropout", channels_by_einsum, {}),
    ("conv_forward_naive", conv_by_windows, {}),
    ("max_pool_forward_naive", pool_by_windows, {}),
    ("text_conv_forward", text_conv_by_windows, {}),
    ("text_conv_forward", text_conv_in_loops, {}),
    ("rnn_step_forward", rnn_in_one_product, {}),
    ("word_embedding_backward", embedding_by_one_hot, {}),
    ("temporal_softmax_loss", words_in_loops, {}),
    ("lstm_step_forward", lstm_by_split, {}),
    ("attention_forward", attention_in_loops, {}),
    ("positional_encoding", positions_in_loops, {}),
    ("bce_loss", bce_by_the_library, {}),
    ("simclr_loss_naive", simclr_in_loops, {}),
    ("folded_batchnorm", folded_by_the_layers, {}),
    ("folded_batchnorm", folded_in_loops, {}),
    ("fair_marks", marks_judge_by_judge, {}),
    ("fair_marks", marks_by_masked_array, {}),
    ("batchnorm_backward", batchnorm_backward_by_formula, {"forward": batchnorm_in_steps}),
    ("batchnorm_backward_alt", batchnorm_backward_by_formula, {"forward": batchnorm_in_steps}),
    ("spread", spread_by_sorting, {}),
    ("spread", spread_of_all_pairs, {}),
    ("pairwise_l1", l1_by_broadcasting, {}),
    ("binary_hinge_loss", binary_hinge_in_loops, {}),
    ("binary_hinge_loss", binary_hinge_by_a_mask, {}),
    ("softmax", softmax_in_rows, {}),
    ("softmax", softmax_by_logs, {}),
    ("softmax_row_losses", row_losses_by_logaddexp, {}),
    ("softmax_row_losses", row_losses_in_a_loop, {}),
    ("sigmoid_forward", sigmoid_by_tanh, {}),
    ("sigmoid_backward", sigmoid_backward_from_x, {"forward": sigmoid_by_tanh}),
    ("leaky_relu_forward", leaky_relu_by_two_halves, {}),
    ("leaky_relu_backward", leaky_relu_backward_by_slopes, {"forward": leaky_relu_by_two_halves}),
    ("svm_loss", hinge_in_loops, {}),
    ("standardize", standardize_by_a_loop, {}),
    ("standardize", standardize_copies, {}),
    ("log_uniform", log_uniform_by_powers, {}),
    ("log_uniform", log_uniform_by_natural_logs, {}),
    ("hog_cell_histogram", hog_cell_by_histogram, {}),
    ("hog_cell_histogram", hog_cell_by_masks, {}),
    ("wind_rose", wind_rose_by_add_at, {}),
    ("wind_rose", wind_rose_by_nearest, {}),
    ("best_setting", best_setting_in_a_loop, {}),
    ("best_setting", best_setting_by_sorting, {}),
    ("TwoLayerNet.loss", two_layers_by_indexing, {}),
    ("two_layer_backward", backward_by_einsum, {}),
    (f"{KNN}compute_distances_two_loops", distances_by_folding_hypot, {}),
    (f"{KNN}compute_distances_no_loops", distances_by_centring, {}),
    (f"{KNN}predict_labels", vote_by_a_table, {}),
    ("svm_loss_vectorized", hinge_by_take_along_axis, {}),
    ("softmax_loss_naive", softmax_by_lists, {}),
    ("affine_backward", affine_backward_by_tensordot, {}),
    ("relu_backward", relu_backward_by_heaviside, {}),
    ("softmax_loss", softmax_loss_by_softplus, {}),
    ("TwoLayerNet.loss", NetOfClosures, {}),
    ("FullyConnectedNet.loss", deep_net_by_recursion, {}),
    ("adam", adam_number_by_number, {}),
    ("hog_cell_histogram", cell_by_bincount, {}),
    ("tied_copy_loss", tied_copy_by_the_covariance, {}),
    *((f"FullyConnectedNet.loss{extra}", fully_connected_by_autograd, {}) for extra in EXTRAS),
    ("ThreeLayerConvNet.loss", convnet_by_autograd, {}),
    ("sgd", step_in_place, {}),
    ("nesterov", nesterov_by_two_velocities, {}),
    ("rmsprop", rmsprop_by_differences, {}),
    ("corrected_means", means_by_weights, {}),
    ("corrected_means", means_by_moving_closer, {}),
    ("batchnorm_backward", batchnorm_backward_by_the_graph, {"forward": batchnorm_in_steps}),
    ("batchnorm_backward", batchnorm_backward_in_loops, {"forward": batchnorm_in_steps}),
    ("layernorm_forward", layernorm_by_rows, {}),
    ("layernorm_backward", layernorm_backward_by_formula, {"forward": layernorm_by_rows}),
    ("spatial_batchnorm_forward", spatial_by_axes, {}),
    ("spatial_batchnorm_backward", spatial_backward_by_axes, {"forward": spatial_by_axes}),
    ("spatial_groupnorm_forward", groups_by_five_axes, {}),
    ("spatial_groupnorm_backward", groups_backward_by_five_axes, {"forward": groups_by_five_axes}),
    ("dropout_forward", dropout_that_caches_indices, {}),
    ("dropout_backward", dropout_backward_by_indices, {"forward": dropout_that_caches_indices}),
    ("conv_backward_naive", conv_backward_in_seven_loops, {}),
    ("max_pool_forward_naive", pool_that_remembers_places, {}),
    ("max_pool_backward_naive", pool_backward_to_places, {"forward": pool_that_remembers_places}),
    ("rnn_step_forward", rnn_step_that_caches_slopes, {}),
    ("rnn_step_backward", rnn_step_backward_by_slopes, {"forward": rnn_step_that_caches_slopes}),
    ("echo_backward", echo_by_recursion, {}),
    ("echo_backward", echo_by_powers, {}),
    ("echo_backward", echo_in_one_array, {}),
    ("rnn_forward", rnn_in_a_comprehension, {}),
    ("rnn_backward", rnn_backward_all_at_once, {"forward": rnn_in_a_comprehension}),
    ("word_embedding_forward", embedding_by_take, {}),
    ("word_embedding_forward", embedding_by_one_hot_product, {}),
    ("temporal_affine_forward", temporal_affine_by_flattening, {}),
    ("temporal_affine_backward", temporal_affine_backward_by_flattening, {"forward": temporal_affine_by_flattening}),
    ("CaptioningRNN.loss", captioning_by_autograd, {}),
    ("CaptioningRNN.sample", sample_one_image_at_a_time, {}),
    ("gru_step_forward", gru_in_loops, {}),
    ("gru_step_forward", gru_with_one_product_for_the_gates, {}),
    ("gru_step_forward", gru_by_the_library, {}),
    ("lstm_step_forward", lstm_that_caches_gates, {}),
    ("lstm_step_backward", lstm_backward_by_gates, {"forward": lstm_that_caches_gates}),
    ("lstm_forward", lstm_over_time, {}),
    ("lstm_backward", lstm_back_over_time, {"forward": lstm_over_time}),
    ("bce_loss", bce_by_softplus, {}),
    ("discriminator_loss", discriminator_by_softplus, {}),
    ("discriminator_loss", discriminator_by_the_library, {}),
    ("generator_loss", generator_by_log_sigmoid, {}),
    ("generator_loss", generator_by_the_library, {}),
    ("ls_discriminator_loss", squares_by_the_library, {}),
    ("ls_discriminator_loss", squares_by_sums, {}),
    ("ls_generator_loss", generator_squares_by_the_library, {}),
    ("ls_generator_loss", generator_squares_multiplied_out, {}),
    ("attention_backward", attention_backward_in_loops, {}),
    ("multihead_attention_forward", heads_one_by_one, {}),
    ("patchify", patches_in_loops, {}),
    ("patchify", patches_by_windows, {}),
    ("sim", cosine_by_the_library, {}),
    ("sim", cosine_by_normalizing, {}),
    ("sim_positive_pairs", pairs_by_a_loop, {}),
    ("sim_positive_pairs", pairs_by_the_library, {}),
    ("compute_sim_matrix", matrix_by_the_library, {}),
    ("compute_sim_matrix", matrix_by_outer_lengths, {}),
    ("clip_loss", clip_by_cross_entropy, {}),
    ("clip_loss", clip_in_loops, {}),
    ("clip_loss", clip_by_log_sums, {}),
    ("simclr_loss_naive", simclr_by_a_mask, {}),
    ("simclr_loss_vectorized", simclr_by_cross_entropy, {}),
    ("simclr_loss_vectorized", simclr_by_a_mask, {}),
    ("two_layer_backward", backward_image_by_image, {}),
    ("tied_copy_loss", tied_copy_by_autograd, {}),
    ("soft_targets_loss", soft_targets_in_rows, {}),
    ("soft_targets_loss", soft_targets_by_the_library, {}),
    *RIGHT_TORCH,
]


# --- lessons 07 to 13, in unusual styles -----------------------------------------------------------------------------


def batchnorm_backward_by_its_jacobian(dout, cache):
    _, xhat, gamma, _, var, eps = cache
    N = len(xhat)
    parts = np.eye(N)[:, :, None] - 1 / N - np.einsum("id,jd->ijd", xhat, xhat) / N  # (N, N, D): d xhat_i / d x_j
    dx = np.einsum("ijd,id->jd", parts, dout) * gamma / np.sqrt(var + eps)
    return dx, np.einsum("nd,nd->d", dout, xhat), np.ones(N) @ dout


def batchnorm_feature_by_feature(x, gamma, beta, bn_param):
    train, out = bn_param["mode"] == "train", []
    memory = {name: list(bn_param.get(name, [0.0] * len(gamma))) for name in ("running_mean", "running_var")}
    for d, column in enumerate(x.T):
        mean, var = memory["running_mean"][d], memory["running_var"][d]
        if train:
            m, keep = column.mean(), bn_param.get("momentum", 0.9)
            v = np.mean(column * column) - m * m
            memory["running_mean"][d], memory["running_var"][d] = keep * mean + m - keep * m, keep * var + v - keep * v
            mean, var = m, v
        out.append([gamma[d] * (a - mean) / math.sqrt(var + bn_param.get("eps", 1e-5)) + beta[d] for a in column])
    bn_param.update({name: np.array(values) for name, values in memory.items()})
    return np.transpose(out), None


def layernorm_by_apply_along_axis(x, gamma, beta, ln_param):
    def of_a_row(row):
        return (row - row.mean()) / np.sqrt(np.square(row).mean() - row.mean() ** 2 + ln_param.get("eps", 1e-5))

    return np.apply_along_axis(of_a_row, 1, x) * gamma + beta, None


def spatial_channel_by_channel(x, gamma, beta, bn_param):
    """Batch norm for one channel after the other, each with a bn_param of its own that is kept inside."""
    out = np.empty_like(x)
    own = bn_param.setdefault("channels", [{"mode": "train"} for _ in gamma])
    for c, param in enumerate(own):
        param["mode"] = bn_param["mode"]
        flat, _ = batchnorm_feature_by_feature(x[:, c].reshape(-1, 1), gamma[[c]], beta[[c]], param)
        out[:, c] = flat.reshape(x[:, c].shape)
    for name in ("running_mean", "running_var"):
        bn_param[name] = np.concatenate([param[name] for param in own])
    return out, None


def groupnorm_by_splitting(x, gamma, beta, G, gn_param):
    parts = [np.moveaxis(part, 0, -1) for part in np.split(x, G, axis=1)]
    xhat = [(p - p.mean(axis=(0, 1, 2))) / (p.var(axis=(0, 1, 2)) + gn_param.get("eps", 1e-5)) ** 0.5 for p in parts]
    return np.concatenate([np.moveaxis(p, -1, 0) for p in xhat], axis=1) * gamma + beta, None


def dropout_by_the_random_module(x, dropout_param):
    import random

    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = np.array([random.random() < p for _ in range(x.size)]).reshape(x.shape) / p
    return x * mask, (dropout_param, mask)


def dropout_by_binomial(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = np.random.binomial(1, p, size=x.shape) / p if mode == "train" else np.ones(x.shape)
    return (x * mask).astype(x.dtype), (dropout_param, mask)


def dropout_by_its_own_generator(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = np.where(rng.uniform(size=x.shape) < dropout_param["p"], 1 / dropout_param["p"], 0)
    return x * mask, (dropout_param, mask)


def dropout_with_a_fixed_count(x, dropout_param):
    """Drop exactly as many as p says, at shuffled places."""
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, None
    keep = np.random.permutation(x.size) < round(p * x.size)
    return x * keep.reshape(x.shape) / p, None


def conv_by_shifting(x, w, b, conv_param):
    """Each of the kernel's cells adds one shifted picture."""
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.zeros((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p))
    padded[:, :, p : p + x.shape[2], p : p + x.shape[3]] = x
    OH, OW = ((n - k) // s + 1 for n, k in zip(padded.shape[2:], w.shape[2:], strict=True))
    out = np.zeros((len(x), len(w), OH, OW)) + b[:, None, None]
    for i, j in np.ndindex(*w.shape[2:]):
        shifted = padded[:, :, i : i + s * (OH - 1) + 1 : s, j : j + s * (OW - 1) + 1 : s]
        out += np.tensordot(w[:, :, i, j], shifted, (1, 1)).swapaxes(0, 1)
    return out, (x, w, b, conv_param)


def conv_backward_by_shifting(dout, cache):
    x, w, _, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])
    dpadded, dw = np.zeros(padded.shape), np.empty(w.shape)
    for i, j in np.ndindex(*w.shape[2:]):
        rows, columns = (slice(k, k + s * (n - 1) + 1, s) for k, n in ((i, dout.shape[2]), (j, dout.shape[3])))
        dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, padded[:, :, rows, columns])
        dpadded[:, :, rows, columns] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
    return dpadded[:, :, p:][:, :, : x.shape[2], p : p + x.shape[3]], dw, np.einsum("nfhw->f", dout)


def pool_backward_by_add_at(dout, cache):
    x, param = cache
    PH, PW, s = (param[name] for name in ("pool_height", "pool_width", "stride"))
    places = sliding_window_view(np.arange(x[0, 0].size).reshape(x.shape[2:]), (PH, PW))[::s, ::s]
    values = sliding_window_view(x, (PH, PW), axis=(2, 3))[:, :, ::s, ::s].reshape(*dout.shape, -1)
    dx = np.zeros((*x.shape[:2], x[0, 0].size))
    for n, c in np.ndindex(*x.shape[:2]):
        first = np.argmax(values[n, c], axis=-1)[..., None]
        np.add.at(dx[n, c], np.take_along_axis(places.reshape(*dout.shape[2:], -1), first, -1)[..., 0], dout[n, c])
    return dx.reshape(x.shape)


def embedding_by_bincount(dout, cache):
    x, W = cache
    columns = dout.reshape(-1, W.shape[1]).T
    return np.stack([np.bincount(x.ravel(), column, minlength=len(W)) for column in columns], axis=1)


def rnn_backward_by_jacobians(dh, caches):
    """Add up what each state sends to every earlier input, by products of Jacobians."""
    (_, T, H), D = dh.shape, caches[0][0].shape[1]
    dx, dh0 = np.zeros((len(dh), T, D)), np.zeros(dh[:, 0].shape)
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for last in range(T):
        gradient = dh[:, last]
        for t in range(last, -1, -1):
            x, prev_h, Wx, Wh, h = caches[t]
            da = gradient * (1 - h * h)
            dx[:, t] += np.einsum("nh,dh->nd", da, Wx)
            dWx, dWh, db = dWx + x.T @ da, dWh + prev_h.T @ da, db + da.sum(0)
            gradient = np.einsum("nh,kh->nk", da, Wh)
        dh0 += gradient
    return dx, dh0, dWx, dWh, db


def lstm_step_backward_gate_by_gate(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c, H = np.tanh(next_c), prev_h.shape[1]
    dc = dnext_c + dnext_h * o / np.cosh(next_c) ** 2
    pieces = [
        dc * g * i * (1 - i),
        dc * prev_c * (f - f * f),
        dnext_h * tanh_c * o * (1 - o),
        dc * i * (1 + g) * (1 - g),
    ]
    dx, dprev_h, dWx, dWh = 0, 0, np.zeros(Wx.shape), np.zeros(Wh.shape)
    for k, piece in enumerate(pieces):
        part = slice(k * H, (k + 1) * H)
        dx, dprev_h = dx + piece @ Wx[:, part].T, dprev_h + piece @ Wh[:, part].T
        dWx[:, part], dWh[:, part] = np.tensordot(x, piece, (0, 0)), np.tensordot(prev_h, piece, (0, 0))
    return dx, dprev_h, f * dc, dWx, dWh, np.concatenate([piece.sum(0) for piece in pieces])


def lstm_with_joined_weights(x, h0, Wx, Wh, b):
    W, states, h, c = np.concatenate([Wx, Wh, b[None]]), [], h0, 0.0
    for x_t in np.moveaxis(x, 1, 0):
        joined = np.concatenate([x_t, h, np.ones((len(h), 1))], axis=1)
        a = np.einsum("nk,kgh->gnh", joined, W.reshape(len(W), 4, -1))
        i, f, o = 0.5 + 0.5 * np.tanh(a[:3] / 2)
        c = f * c + i * np.tanh(a[3])
        h = o * np.tanh(c)
        states.append(h)
    return np.swapaxes(np.array(states), 0, 1), None


def words_one_caption_at_a_time(x, y, mask):
    losses, dx = [], []
    for scores, words, counts in zip(x, y, mask, strict=True):
        right = np.eye(x.shape[2])[words]
        log_p = scores - scores.max(1)[:, None]
        log_p = log_p - np.log(np.exp(log_p).sum(1))[:, None]
        losses.append(-(log_p * right).sum(1) @ counts)
        dx.append(counts[:, None] * (np.exp(log_p) - right) / len(x))
    return np.mean(losses), np.array(dx)


def captioning_with_an_rnn_alone(self, features, captions):
    p, h, states = self.params, features @ self.params["W_proj"] + self.params["b_proj"], []
    states.append(h)
    given, wanted = captions[:, :-1], captions[:, 1:]
    for t in range(given.shape[1]):
        h = np.tanh(p["W_embed"][given[:, t]] @ p["Wx"] + h @ p["Wh"] + p["b"])
        states.append(h)
    grads, loss, back = {name: np.zeros_like(value) for name, value in p.items()}, 0.0, np.zeros_like(h)
    for t in reversed(range(given.shape[1])):
        h, before = states[t + 1], states[t]
        one, dscores = words_one_caption_at_a_time(
            (h @ p["W_vocab"] + p["b_vocab"])[:, None], wanted[:, [t]], wanted[:, [t]] != self._null
        )
        loss, dscores = loss + one, dscores[:, 0]
        grads["W_vocab"] += h.T @ dscores
        grads["b_vocab"] += dscores.sum(0)
        da = (dscores @ p["W_vocab"].T + back) * (1 - h**2)
        grads["Wx"] += p["W_embed"][given[:, t]].T @ da
        grads["Wh"] += before.T @ da
        grads["b"] += da.sum(0)
        np.add.at(grads["W_embed"], given[:, t], da @ p["Wx"].T)
        back = da @ p["Wh"].T
    grads["W_proj"], grads["b_proj"] = features.T @ back, back.sum(0)
    return loss, grads


def sample_with_an_rnn_alone(self, features, max_length=30):
    p, said = self.params, []
    h, word = features @ p["W_proj"] + p["b_proj"], [self._start] * len(features)
    while len(said) < max_length:
        h = np.tanh(p["W_embed"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
        word = np.argmax(h @ p["W_vocab"] + p["b_vocab"], axis=1)
        said.append(word)
    return np.stack(said, axis=1)


RIGHT += [
    ("batchnorm_forward", batchnorm_feature_by_feature, {}),
    ("batchnorm_backward", batchnorm_backward_by_its_jacobian, {}),
    ("batchnorm_backward_alt", batchnorm_backward_by_its_jacobian, {}),
    ("layernorm_forward", layernorm_by_apply_along_axis, {}),
    ("spatial_batchnorm_forward", spatial_channel_by_channel, {}),
    ("spatial_groupnorm_forward", groupnorm_by_splitting, {}),
    ("dropout_forward", dropout_by_the_random_module, {}),
    ("dropout_forward", dropout_by_binomial, {}),
    ("dropout_forward", dropout_by_its_own_generator, {}),
    ("dropout_forward", dropout_with_a_fixed_count, {}),
    ("conv_forward_naive", conv_by_shifting, {}),
    ("conv_backward_naive", conv_backward_by_shifting, {}),
    ("max_pool_backward_naive", pool_backward_by_add_at, {}),
    ("word_embedding_backward", embedding_by_bincount, {}),
    ("rnn_backward", rnn_backward_by_jacobians, {}),
    ("lstm_step_backward", lstm_step_backward_gate_by_gate, {}),
    ("lstm_forward", lstm_with_joined_weights, {}),
    ("temporal_softmax_loss", words_one_caption_at_a_time, {}),
    ("CaptioningRNN.loss", captioning_with_an_rnn_alone, {}),
    ("CaptioningRNN.sample", sample_with_an_rnn_alone, {}),
    ("CaptioningRNN.loss with lstm", captioning_by_autograd, {}),
    ("CaptioningRNN.sample with lstm", sample_one_image_at_a_time, {}),
]
