"""Right answers by other roads: loops, other formulas, other caches, other random numbers. None is accused."""

import math
from collections import Counter

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from cs231n_lib.check import check


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
    rng = np.random.default_rng(123)
    p = dropout_param["p"]
    return x * rng.choice([0, 1 / p], size=x.shape, p=[1 - p, p]), None


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


KNN = "KNearestNeighbor."
RIGHT = [
    (f"{KNN}compute_distances_two_loops", two_loops_by_norm),
    (f"{KNN}compute_distances_one_loop", one_loop_by_hypot),
    (f"{KNN}compute_distances_no_loops", no_loops_by_broadcasting),
    (f"{KNN}compute_distances_no_loops", no_loops_in_float32),
    (f"{KNN}predict_labels", vote_by_counter),
    (f"{KNN}predict_labels", vote_by_unique),
    ("cross_validation_folds", folds_by_masks),
    ("cross_validation_folds", folds_by_deleting),
    ("pairwise_l1", l1_by_a_loop),
    ("svm_loss_naive", svm_in_loops),
    ("svm_loss_vectorized", svm_by_one_hot),
    ("softmax_loss_naive", softmax_in_loops),
    ("softmax_loss_vectorized", softmax_by_logsumexp),
    ("affine_forward", affine_by_einsum),
    ("affine_backward", affine_backward_in_loops),
    ("relu_forward", relu_by_where),
    ("relu_backward", relu_backward_by_copy),
    ("softmax_loss", scores_by_logsumexp),
    ("sgd_momentum", momentum_of_another_scale),
    ("sgd_momentum", momentum_in_place),
    ("adam", adam_by_another_formula),
    ("batchnorm_forward", batchnorm_in_steps),
    ("layernorm_forward", layernorm_by_transposing),
    ("spatial_groupnorm_forward", groupnorm_in_loops),
    ("dropout_forward", dropout_by_choice),
    ("dropout_forward", dropout_by_randn_s_cousin),
    ("conv_forward_naive", conv_by_windows),
    ("max_pool_forward_naive", pool_by_windows),
    ("rnn_step_forward", rnn_in_one_product),
    ("word_embedding_backward", embedding_by_one_hot),
    ("temporal_softmax_loss", words_in_loops),
    ("lstm_step_forward", lstm_by_split),
    ("attention_forward", attention_in_loops),
    ("positional_encoding", positions_in_loops),
    ("bce_loss", bce_by_the_library),
    ("simclr_loss_naive", simclr_in_loops),
]


@pytest.mark.parametrize(("name", "fn"), RIGHT, ids=lambda v: getattr(v, "__name__", v))
def test_a_right_answer_is_not_accused(name, fn):
    report = check(name, fn)
    assert report.status == "passed", report
    assert report.diagnosis == []


@pytest.mark.parametrize("name", ["batchnorm_backward", "batchnorm_backward_alt"])
def test_a_backward_with_its_own_forward_and_cache_is_not_accused(name):
    assert check(name, batchnorm_backward_by_formula, forward=batchnorm_in_steps).status == "passed"


def test_a_velocity_of_another_scale_is_right_and_told():
    assert "another scale" in check("sgd_momentum", momentum_of_another_scale).lines[-1]
    assert "another scale" not in repr(check("sgd_momentum", momentum_in_place))
