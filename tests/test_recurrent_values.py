"""What each sequence layer computes, apart from its gradient: a mistake that forward and backward share shows here."""

import numpy as np
import pytest

from cs231n_lib import layers

N, T, D, H, V = 2, 4, 3, 5, 6


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def weights(rng, gates):
    return rng.normal(size=(D, gates * H)), rng.normal(size=(H, gates * H)), rng.normal(size=gates * H)


def test_rnn_step_by_hand():
    Wx, Wh = np.array([[2.0], [-1.0]]), np.array([[0.5]])
    next_h, _ = layers.rnn_step_forward(np.array([[1.0, 3.0]]), np.array([[4.0]]), Wx, Wh, np.array([0.25]))
    assert next_h[0, 0] == pytest.approx(np.tanh(2 - 3 + 2 + 0.25))


def test_rnn_is_its_step_again_and_again():
    rng = np.random.default_rng(0)
    x, h, Wxhb = rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), weights(rng, 1)
    out, _ = layers.rnn_forward(x, h, *Wxhb)
    for t in range(T):
        h, _ = layers.rnn_step_forward(x[:, t], h, *Wxhb)
        np.testing.assert_allclose(out[:, t], h, rtol=1e-13)


def test_lstm_step_by_hand():
    """One unit, the four gates 1, 2, 3, 4 (before squashing) in the order i, f, o, g."""
    Wx, Wh, b = np.array([[1.0, 1.0, 1.0, 1.0]]), np.array([[0.0, 1.0, 2.0, 3.0]]), np.zeros(4)
    h, c, _ = layers.lstm_step_forward(np.array([[1.0]]), np.array([[1.0]]), np.array([[0.5]]), Wx, Wh, b)
    expected = sigmoid(2) * 0.5 + sigmoid(1) * np.tanh(4)
    assert c[0, 0] == pytest.approx(expected)
    assert h[0, 0] == pytest.approx(sigmoid(3) * np.tanh(expected))


@pytest.mark.parametrize(("i", "f", "kept"), [(-50, 50, 1), (50, -50, 0)])
def test_lstm_gates_forget_or_keep_the_cell(i, f, kept):
    rng = np.random.default_rng(1)
    c, x = rng.normal(size=(N, H)), rng.normal(size=(N, D))
    b = np.repeat([i, f, 50.0, 0.7], H)
    zero = np.zeros((D, 4 * H)), np.zeros((H, 4 * H))
    next_h, next_c, _ = layers.lstm_step_forward(x, np.zeros((N, H)), c, *zero, b)
    np.testing.assert_allclose(next_c, c if kept else np.full((N, H), np.tanh(0.7)))
    np.testing.assert_allclose(next_h, np.tanh(next_c))


def test_lstm_is_its_step_again_and_again():
    rng = np.random.default_rng(2)
    x, h, Wxhb = rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), weights(rng, 4)
    out, _ = layers.lstm_forward(x, h, *Wxhb)
    c = np.zeros((N, H))
    for t in range(T):
        h, c, _ = layers.lstm_step_forward(x[:, t], h, c, *Wxhb)
        np.testing.assert_allclose(out[:, t], h, rtol=1e-13)


def test_embedding_looks_up_rows_and_counts_repeated_words():
    W, x = np.arange(12.0).reshape(4, 3), np.array([[2, 0, 2], [2, 3, 0]])
    out, cache = layers.word_embedding_forward(x, W)
    assert out[0].tolist() == [W[2].tolist(), W[0].tolist(), W[2].tolist()]
    dW = layers.word_embedding_backward(np.ones((2, 3, 3)), cache)
    assert dW.tolist() == [[2] * 3, [0] * 3, [3] * 3, [1] * 3]


def test_temporal_affine_gives_every_step_the_same_weights():
    rng = np.random.default_rng(3)
    x, w, b = rng.normal(size=(N, T, D)), rng.normal(size=(D, H)), rng.normal(size=H)
    out, _ = layers.temporal_affine_forward(x, w, b)
    np.testing.assert_allclose(out, np.einsum("ntd,dh->nth", x, w) + b, rtol=1e-12)


def test_temporal_loss_sums_over_time_and_divides_by_the_captions_alone():
    x, y = np.zeros((N, T, V)), np.zeros((N, T), int)
    assert layers.temporal_softmax_loss(x, y, np.ones((N, T), bool))[0] == pytest.approx(T * np.log(V))
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0]])
    for same in (mask, mask.astype(bool), mask.astype(float)):
        loss, dx = layers.temporal_softmax_loss(x, y, same)
        assert loss == pytest.approx(4 / N * np.log(V))
        assert not dx[mask == 0].any() and dx[mask == 1].any(axis=1).all()


def test_temporal_loss_is_right_on_scores_of_thousands():
    x = np.array([[[1000.0, 3000.0, -2000.0], [5000.0, 0.0, 4999.0]]])
    loss, dx = layers.temporal_softmax_loss(x, np.array([[0, 0]]), np.ones((1, 2)))
    assert loss == pytest.approx(2000 + np.log(1 + np.exp(-1)))
    assert np.isfinite(dx).all()


def test_temporal_loss_prints_when_asked(capsys):
    layers.temporal_softmax_loss(np.zeros((N, T, V)), np.zeros((N, T), int), np.ones((N, T)), verbose=True)
    assert capsys.readouterr().out.split() == ["dx_flat:", f"({N * T},", f"{V})"]


def test_attention_without_a_question_takes_the_mean_of_what_it_may_see():
    rng = np.random.default_rng(4)
    k, v = rng.normal(size=(N, 5, 3)), rng.normal(size=(N, 5, 2))
    out, _ = layers.attention_forward(np.zeros((N, 4, 3)), k, v)
    np.testing.assert_allclose(out, np.repeat(v.mean(axis=1, keepdims=True), 4, axis=1))
    mask = np.zeros((4, 5), int)
    mask[:, 1] = mask[:, 3] = 1
    out, _ = layers.attention_forward(np.zeros((N, 4, 3)), k, v, mask)
    np.testing.assert_allclose(out[:, 0], (v[:, 1] + v[:, 3]) / 2)


def test_attention_weighs_by_exp_of_the_scaled_product():
    q, k, v = np.array([[2.0, 0, 0, 0]]), np.array([[1.0, 5, 5, 5], [3.0, 9, 9, 9]]), np.array([[1.0], [0.0]])
    out, _ = layers.attention_forward(q, k, v)  # products 2 and 6, divided by sqrt(4)
    assert out[0, 0] == pytest.approx(sigmoid(1 - 3))


def test_attention_stays_finite_on_scores_of_thousands():
    q = np.array([[3000.0]])
    out, cache = layers.attention_forward(q, np.array([[1.0], [2.0]]), np.array([[5.0], [7.0]]))
    assert out[0, 0] == pytest.approx(7)
    assert all(np.isfinite(d).all() for d in layers.attention_backward(np.ones((1, 1)), cache))


def heads_fixture(rng, E=6):
    arguments = {name: rng.normal(size=(N, T, E)) for name in ("query", "key", "value")}
    for letter in "qkvo":
        arguments |= {f"W{letter}": rng.normal(size=(E, E)), f"b{letter}": rng.normal(size=E)}
    return arguments


def test_the_first_position_does_not_see_a_later_token():
    arguments = heads_fixture(np.random.default_rng(5))
    causal = np.tril(np.ones((T, T)))
    before, _ = layers.multihead_attention_forward(**arguments, num_heads=3, mask=causal)
    for name in ("key", "value"):
        arguments[name][:, -1] += 1
    after, _ = layers.multihead_attention_forward(**arguments, num_heads=3, mask=causal)
    np.testing.assert_array_equal(after[:, :-1], before[:, :-1])
    assert not np.allclose(after[:, -1], before[:, -1])


def test_heads_work_on_columns_of_their_own():
    """With identities for weights, two heads are two attentions side by side."""
    rng = np.random.default_rng(6)
    q, k, v = (rng.normal(size=(N, T, 6)) for _ in range(3))
    plain = {f"W{letter}": np.eye(6) for letter in "qkvo"} | {f"b{letter}": np.zeros(6) for letter in "qkvo"}
    both, _ = layers.multihead_attention_forward(q, k, v, **plain, num_heads=2)
    for columns in (slice(0, 3), slice(3, 6)):
        alone, _ = layers.attention_forward(q[..., columns], k[..., columns], v[..., columns])
        np.testing.assert_allclose(both[..., columns], alone, rtol=1e-12)


@pytest.mark.parametrize("E", [6, 7])
def test_positions_are_sines_and_cosines_ever_slower(E):
    pe = layers.positional_encoding(9, E)
    assert pe.shape == (9, E) and pe[0].tolist() == [0.0, 1.0] * 3 + [0.0] * (E - 6)
    for i in range(9):
        for j in range(E):
            angle = i * 10000 ** (-(j - j % 2) / E)
            assert pe[i, j] == pytest.approx(np.cos(angle) if j % 2 else np.sin(angle))


def test_positions_are_added():
    x = np.random.default_rng(7).normal(size=(N, T, 5))
    out, _ = layers.positional_encoding_forward(x)
    np.testing.assert_allclose(out - x, np.broadcast_to(layers.positional_encoding(T, 5), x.shape), atol=1e-14)


x, h, Wx, Wh, b = np.zeros((2, 3)), np.zeros((2, 5)), np.zeros((3, 5)), np.zeros((5, 5)), np.zeros(5)
WIDE = np.zeros((3, 20)), np.zeros((5, 20)), np.zeros(20)
qkv = np.zeros((4, 3)), np.zeros((5, 3)), np.zeros((5, 2))


def attend(*arguments):
    return layers.multihead_attention_forward(*arguments)


MHA = [np.zeros((2, 4, 6)), np.zeros((2, 5, 6)), np.zeros((2, 5, 6)), *[np.zeros((6, 6)), np.zeros(6)] * 4]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: layers.rnn_step_forward(x, h[:1], Wx, Wh, b), r"rnn_step_forward: prev_h has shape \(1, 5\)"),
        (lambda: layers.rnn_step_forward(x, h, Wx.T, Wh, b), r"Wx has shape \(5, 3\).* must be \(3, 5\)"),
        (lambda: layers.rnn_forward(x[:, None], h, Wx, Wh[:4], b), r"rnn_forward: Wh has shape"),
        (lambda: layers.rnn_forward(x, h, Wx, Wh, b), r"x has shape \(2, 3\); give 3 axes"),
        (lambda: layers.rnn_forward(x[:, None].astype(int), h, Wx, Wh, b), "x holds int64"),
        (lambda: layers.lstm_step_forward(x, h, h, Wx, Wh, b), r"Wx has shape .* must be \(3, 20\)"),
        (lambda: layers.lstm_step_forward(x, h, h[:, :4], *WIDE), r"prev_c has shape \(2, 4\)"),
        (lambda: layers.lstm_forward(x[:, None], h, *WIDE[:2], b), r"lstm_forward: b has shape \(5,\)"),
        (lambda: layers.word_embedding_forward(np.array([[4]]), np.zeros((4, 2))), "labels 4 .. 4; give 0 .. 3"),
        (lambda: layers.word_embedding_forward(np.array([[-1]]), np.zeros((4, 2))), "labels -1"),
        (lambda: layers.word_embedding_forward(np.array([[1.0]]), np.zeros((4, 2))), "give integer labels"),
        (lambda: layers.temporal_affine_forward(x, Wx, b), "temporal_affine_forward: x has shape"),
        (lambda: layers.temporal_softmax_loss(np.zeros((1, 1, 3)), np.array([[3]]), np.ones((1, 1))), "0 .. 2"),
        (lambda: layers.temporal_softmax_loss(np.zeros((1, 2, 3)), np.zeros((1, 1), int), np.ones((1, 2))), "y has"),
        (lambda: layers.attention_forward(qkv[0], qkv[1][:, :2], qkv[2]), "use .*same leading axes"),
        (lambda: layers.attention_forward(qkv[0], qkv[1][:4], qkv[2]), "use .*same leading axes"),
        (lambda: layers.attention_forward(qkv[0][None], *qkv[1:]), "use .*same leading axes"),
        (lambda: layers.attention_forward(*qkv, np.ones((5, 4))), r"mask has shape \(5, 4\); use \(T, S\) = \(4, 5\)"),
        (lambda: layers.attention_forward(*qkv, np.eye(4, 5) * [[1], [1], [0], [1]]), "leaves query 2 no key"),
        (lambda: layers.attention_forward(*(a.astype(int) for a in qkv)), "q holds int64"),
        (lambda: attend(*MHA, 4), "num_heads is 4; use a divisor of E = 6"),
        (lambda: attend(*MHA, 0), "num_heads is 0"),
        (lambda: attend(MHA[0][..., :5], *MHA[1:], 2), "must be 5"),
        (lambda: layers.positional_encoding_forward(x), "positional_encoding_forward: x has shape"),
    ],
)
def test_what_they_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()
