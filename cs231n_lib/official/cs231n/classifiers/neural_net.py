"""Assignment 1 of 2018 to 2020: a two-layer net that trains itself; penalty reg * sum(W * W)."""

import numpy as np

from cs231n_lib.layers import affine_backward, affine_forward, affine_relu_backward, affine_relu_forward, softmax_loss


class TwoLayerNet:
    """Score rows by affine - relu - affine.

    Shapes: W1 (D, H), b1 (H,), W2 (H, C), b2 (C,); W1, then W2 drawn by np.random.randn, times `std`.
    """

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        """Return scores (N, C), or with labels loss and gradients: cross-entropy + reg * sum of squared weights."""
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        hidden, hidden_cache = affine_relu_forward(X, W1, b1)
        scores, scores_cache = affine_forward(hidden, W2, b2)
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        dhidden, dW2, db2 = affine_backward(dscores, scores_cache)
        _, dW1, db1 = affine_relu_backward(dhidden, hidden_cache)
        loss += reg * float(np.sum(W1 * W1) + np.sum(W2 * W2))
        return loss, {"W1": dW1 + 2 * reg * W1, "b1": db1, "W2": dW2 + 2 * reg * W2, "b2": db2}

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=5e-6,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """Take `num_iters` steps on batches drawn with replacement; the rate decays after each epoch.

        Returns: loss_history, one a step; train_acc_history and val_acc_history, one an epoch.
        """
        history = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
        epoch = max(len(X) // batch_size, 1)
        for step in range(num_iters):
            batch = np.random.choice(len(X), batch_size)
            loss, grads = self.loss(X[batch], y[batch], reg)
            history["loss_history"].append(loss)
            for name, grad in grads.items():
                self.params[name] = self.params[name] - learning_rate * grad
            if verbose and step % 100 == 0:
                print(f"iteration {step} / {num_iters}: loss {loss:f}")
            if step % epoch == 0:
                history["train_acc_history"].append((self.predict(X[batch]) == y[batch]).mean())
                history["val_acc_history"].append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        """Return for each row the class with the highest score, (N,)."""
        return self.loss(X).argmax(axis=1)


__all__ = ["TwoLayerNet"]
