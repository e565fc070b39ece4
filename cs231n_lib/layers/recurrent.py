"""Recurrent layers: the same weights at every step in time, and a memory handed from step to step.

The sequence layers multiply all inputs by Wx before the loop over time starts, and gather all gradients of the weights
after it ends: one large matrix product takes less time than T small ones. For that they put time first, (T, N, H).
"""

import numpy as np

from cs231n_lib.layers import _checks
from cs231n_lib.layers.activations import sigmoid


def rnn_step_forward(
    x: np.ndarray, prev_h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Compute next_h = tanh(x Wx + prev_h Wh + b).

    Shapes: x (N, D), prev_h (N, H), Wx (D, H), Wh (H, H), b (H,).
    Returns: next_h (N, H), and the cache for `rnn_step_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: Elman 1990, Finding Structure in Time.
    """
    _check_step("rnn_step_forward", x, prev_h, Wx, Wh, b, gates=1)
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dnext_h back through tanh, whose slope is 1 - next_h^2, and through both products.

    Shapes: dnext_h (N, H).
    Returns: dx (N, D), dprev_h (N, H), dWx (D, H), dWh (H, H), db (H,).
    """
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)  # (N, H)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Run the step h_t = tanh(x_t Wx + h_{t-1} Wh + b) over a whole sequence.

    Shapes: x (N, T, D), h0 (N, H), Wx (D, H), Wh (H, H), b (H,).
    Returns: h (N, T, H), and the cache for `rnn_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: Elman 1990, Finding Structure in Time.
    """
    _check_sequence("rnn_forward", x, h0, Wx, Wh, b, gates=1)
    T, x_rows, a = _input_products(x, Wx, b)  # a (T, N, H)
    h = np.empty((T + 1, *h0.shape), np.result_type(a, h0, Wh))
    h[0] = h0
    for t in range(T):
        h[t + 1] = np.tanh(a[t] + h[t] @ Wh)
    return h[1:].swapaxes(0, 1), (x_rows, h, Wx, Wh)


def rnn_backward(dh: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Walk back in time; each h_t gets a gradient from its own output and one from the step after it.

    Shapes: dh (N, T, H).
    Returns: dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,).
    Source: Werbos 1990, Backpropagation Through Time.
    """
    x_rows, h, Wx, Wh = cache
    da, dprev_h = np.empty_like(h[1:]), np.zeros_like(h[0])
    for t in reversed(range(len(da))):
        dnext_h = dh[:, t] + dprev_h
        da[t] = dnext_h * (1 - h[t + 1] * h[t + 1])
        dprev_h = da[t] @ Wh.T
    dx, dWx, dWh, db = _weight_gradients(da, x_rows, h, Wx)
    return dx, dprev_h, dWx, dWh, db


def lstm_step_forward(
    x: np.ndarray, prev_h: np.ndarray, prev_c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Compute next_c = f prev_c + i g and next_h = o tanh(next_c), the gates from one product a = x Wx + prev_h Wh + b.

    The 4H columns of Wx, Wh and b hold the gates in the order i, f, o, g: input, forget, output (all sigmoid) and
    candidate (tanh). PyTorch's order is i, f, g, o.

    Shapes: x (N, D), prev_h (N, H), prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,).
    Returns: next_h (N, H), next_c (N, H), and the cache for `lstm_step_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: Hochreiter and Schmidhuber 1997, Long Short-Term Memory; Gers et al. 2000, Learning to Forget.
    """
    _check_step("lstm_step_forward", x, prev_h, Wx, Wh, b, gates=4)
    _checks.match("lstm_step_forward", prev_h=(prev_h, "N H"), prev_c=(prev_c, "N H"))
    next_h, next_c, cell = _cell(x @ Wx + prev_h @ Wh + b, prev_c)
    return next_h, next_c, (x, prev_h, Wx, Wh, cell)


def lstm_step_backward(dnext_h: np.ndarray, dnext_c: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Send dnext_h and dnext_c back; c reaches the loss directly and through h.

    Shapes: dnext_h (N, H), dnext_c (N, H).
    Returns: dx (N, D), dprev_h (N, H), dprev_c (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    """
    x, prev_h, Wx, Wh, cell = cache
    da, dprev_c = _cell_backward(dnext_h, dnext_c, cell)
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Run the LSTM step over a whole sequence; the cell starts at 0.

    Shapes: x (N, T, D), h0 (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,); gates in the order i, f, o, g.
    Returns: h (N, T, H), and the cache for `lstm_backward`.
    Raises: ValueError if the sizes do not fit or x holds integers.
    Source: Hochreiter and Schmidhuber 1997, Long Short-Term Memory; Gers et al. 2000, Learning to Forget.
    """
    _check_sequence("lstm_forward", x, h0, Wx, Wh, b, gates=4)
    T, x_rows, a = _input_products(x, Wx, b)  # a (T, N, 4H)
    h = np.empty((T + 1, *h0.shape), np.result_type(a, h0, Wh))
    h[0], c, cells = h0, np.zeros_like(h[0]), []
    for t in range(T):
        h[t + 1], c, cell = _cell(a[t] + h[t] @ Wh, c)
        cells.append(cell)
    return h[1:].swapaxes(0, 1), (x_rows, h, Wx, Wh, cells)


def lstm_backward(dh: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Walk back in time; h_t and c_t each hand a gradient to the step before.

    Shapes: dh (N, T, H).
    Returns: dx (N, T, D), dh0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    Source: Werbos 1990, Backpropagation Through Time.
    """
    x_rows, h, Wx, Wh, cells = cache
    T, N, H = h[1:].shape
    da = np.empty((T, N, 4 * H), h.dtype)
    dprev_h, dprev_c = np.zeros_like(h[0]), np.zeros_like(h[0])
    for t in reversed(range(T)):
        da[t], dprev_c = _cell_backward(dh[:, t] + dprev_h, dprev_c, cells[t])
        dprev_h = da[t] @ Wh.T
    dx, dWx, dWh, db = _weight_gradients(da, x_rows, h, Wx)
    return dx, dprev_h, dWx, dWh, db


def _cell(a: np.ndarray, prev_c: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple]:
    """Return next_h, next_c (N, H) and what `_cell_backward` needs, for the gates' inputs a (N, 4H)."""
    H = prev_c.shape[1]
    i, f, o = np.split(sigmoid(a[:, : 3 * H]), 3, axis=1)
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    return o * tanh_c, next_c, (i, f, o, g, prev_c, tanh_c)


def _cell_backward(dnext_h: np.ndarray, dnext_c: np.ndarray, cell: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Return da (N, 4H) and dprev_c (N, H)."""
    i, f, o, g, prev_c, tanh_c = cell
    dc = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    da = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * prev_c * f * (1 - f),
            dnext_h * tanh_c * o * (1 - o),
            dc * i * (1 - g * g),
        ],
        axis=1,
    )
    return da, dc * f


def _input_products(x: np.ndarray, Wx: np.ndarray, b: np.ndarray) -> tuple[int, np.ndarray, np.ndarray]:
    """Return T, the inputs as rows (T N, D) with time first, and x Wx + b as (T, N, columns of Wx)."""
    N, T, D = x.shape
    x_rows = x.swapaxes(0, 1).reshape(T * N, D)
    return T, x_rows, (x_rows @ Wx + b).reshape(T, N, -1)


def _weight_gradients(
    da: np.ndarray, x_rows: np.ndarray, h: np.ndarray, Wx: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return dx (N, T, D), dWx, dWh and db: every step used the same weights, so their gradients add up over time."""
    T, N, columns = da.shape
    da = da.reshape(T * N, columns)
    h_rows = h[:-1].reshape(T * N, -1)  # the h that met Wh is the one before the step
    dx = (da @ Wx.T).reshape(T, N, -1).swapaxes(0, 1)
    return dx, x_rows.T @ da, h_rows.T @ da, da.sum(axis=0)


def _check_step(
    op: str, x: np.ndarray, prev_h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray, gates: int
) -> None:
    _checks.floats(op, x=x)
    sizes = _checks.match(op, x=(x, "N D"), prev_h=(prev_h, "N H"))
    _check_weights(op, sizes, Wx, Wh, b, gates)


def _check_sequence(
    op: str, x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray, gates: int
) -> None:
    _checks.floats(op, x=x)
    sizes = _checks.match(op, x=(x, "N T D"), h0=(h0, "N H"))
    _check_weights(op, sizes, Wx, Wh, b, gates)


def _check_weights(op: str, sizes: dict[str, int], Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray, gates: int) -> None:
    D, H = sizes["D"], sizes["H"]
    for name, array, shape in (("Wx", Wx, (D, gates * H)), ("Wh", Wh, (H, gates * H)), ("b", b, (gates * H,))):
        if array.shape != shape:
            raise ValueError(f"{op}: {name} has shape {array.shape}; with D = {D} and H = {H} it must be {shape}")
