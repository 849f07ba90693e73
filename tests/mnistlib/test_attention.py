"""Attention: gradients by differences and by the tape, and what may change an answer."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course.materials.cards import deal_cards
from mnistlib import attention, autodiff, data
from mnistlib.attention import Attention, Parameters, initialise
from mnistlib.gradcheck import central_difference, check_gradient
from mnistlib.training import evaluate, minibatches, train

seeds = st.integers(0, 2**32 - 1)
few = st.integers(1, 6)


def problem(seed, pairs=4, pixels=7, hidden=5, d=3, n=6):
    """Return random parameters, biases too, and a batch of random pixels and targets."""
    rng = np.random.default_rng(seed)
    start = initialise(rng, pixels=pixels, hidden=hidden, d=d)
    parameters = Parameters(*(value + rng.normal(0, 0.3, value.shape) for value in start))
    x = rng.normal(size=(n, 2 * pairs + 1, pixels))
    return parameters, x, np.eye(10)[rng.integers(0, 10, n)]


def direction(rng, parameters):
    """Return a random direction of length 1 in the space of all parameters."""
    steps = [rng.normal(size=value.shape) for value in parameters]
    length = np.sqrt(sum((step**2).sum() for step in steps))
    return [step / length for step in steps]


def forward_on_the_tape(values, x):
    """Attention's forward pass in the tape's operations; the way back is the tape's."""
    W1, b1, Wq, Wk, Wv, b2 = values
    n, images, pixels = x.shape
    hidden, d, pairs = W1.shape[1], Wq.shape[1], images // 2
    a = (x.reshape(-1, pixels) @ W1 + b1).relu().reshape(n, images, hidden)
    q = (a[:, 0] @ Wq).reshape(n, 1, d)
    k = (a[:, 1::2].reshape(n * pairs, hidden) @ Wk).reshape(n, pairs, d)
    v = (a[:, 2::2].reshape(n * pairs, hidden) @ Wv).reshape(n, pairs, 10)
    e = ((q * k).sum(axis=2) * d**-0.5).exp()
    w = e / e.sum(axis=1)
    return (w * v).sum(axis=1).reshape(n, 10) + b2


# --- Gradients


@given(seed=seeds, pairs=few, hidden=few, d=few)
def test_gradients_are_those_of_the_tape(seed, pairs, hidden, d):
    parameters, x, y = problem(seed, pairs, hidden=hidden, d=d)
    model = Attention()
    loss, grads = model.gradients(parameters, x, y)
    tape = autodiff.TapeModel(forward_on_the_tape, model.prepare)
    taped_loss, taped = tape.gradients(parameters, x, y)
    assert loss == pytest.approx(taped_loss, rel=1e-13)
    largest = max(np.abs(grad).max() for grad in taped)
    for ours, theirs, value in zip(grads, taped, parameters, strict=True):
        assert ours.shape == value.shape
        assert np.abs(ours - theirs).max() <= 1e-13 * largest


@settings(max_examples=40)
@given(seed=seeds, pairs=few)
def test_gradients_by_differences_along_directions_of_length_one(seed, pairs):
    parameters, x, y = problem(seed, pairs)
    model = Attention()
    _, grads = model.gradients(parameters, x, y)
    steps = direction(np.random.default_rng(seed), parameters)

    def loss(t):
        moved = Parameters(*(u + t * step for u, step in zip(parameters, steps, strict=True)))
        return model.gradients(moved, x, y)[0]

    # No ReLU's kink may lie within the nudge.
    assume(np.abs(x @ parameters.W1 + parameters.b1).min() > 1e-4)
    slope = sum((grad * step).sum() for grad, step in zip(grads, steps, strict=True))
    measured = central_difference(loss, np.array(0.0))
    assert measured == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("place", range(6))
def test_each_gradient_entry_by_entry(place):
    parameters, x, y = problem(3, pairs=3)
    model = Attention()
    assert np.abs(x @ parameters.W1 + parameters.b1).min() > 1e-4
    grads = model.gradients(parameters, x, y)[1]

    def loss(value):
        changed = (*parameters[:place], value, *parameters[place + 1 :])
        return model.gradients(Parameters(*changed), x, y)[0]

    assert check_gradient(loss, parameters[place], grads[place], name=Parameters._fields[place])


@given(seed=seeds, pairs=few, d=few)
def test_the_ways_back_of_one_look(seed, pairs, d):
    rng = np.random.default_rng(seed)
    q, k, v = (
        rng.normal(size=(2, d)),
        rng.normal(size=(2, pairs, d)),
        rng.normal(size=(2, pairs, 4)),
    )
    w = attention.attention_weights(q, k, 0.7)
    dm = rng.normal(size=(2, 4))
    dw, dv = attention.weighted_mean_backward(dm, w, v)
    assert check_gradient(lambda u: (dm * attention.weighted_mean(u, v)).sum(), w, dw)
    assert check_gradient(lambda u: (dm * attention.weighted_mean(w, u)).sum(), v, dv)
    ds = rng.normal(size=w.shape)
    dq, dk = attention.scores_backward(ds, q, k, 0.7)
    scores = lambda q, k: (ds * 0.7 * np.einsum("nd,npd->np", q, k)).sum()  # noqa: E731
    assert check_gradient(lambda u: scores(u, k), q, dq)
    assert check_gradient(lambda u: scores(q, u), k, dk)


# --- What may change an answer, and what may not


@given(seed=seeds, pairs=few)
def test_shuffled_pairs_leave_the_answer_alone(seed, pairs):
    parameters, x, _ = problem(seed, pairs)
    order = np.random.default_rng(seed).permutation(pairs)
    places = np.stack([1 + 2 * order, 2 + 2 * order], axis=1).ravel()
    shuffled = np.concatenate([x[:, :1], x[:, places]], axis=1)
    before, after = (Attention().forward(parameters, cards) for cards in (x, shuffled))
    np.testing.assert_allclose(after.z, before.z, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(after.w, before.w[:, order], rtol=1e-11, atol=1e-14)


@given(seed=seeds)
def test_other_cards_in_the_batch_change_nothing(seed):
    parameters, x, _ = problem(seed)
    together = Attention().logits(parameters, x)
    alone = np.vstack([Attention().logits(parameters, x[i : i + 1]) for i in range(len(x))])
    np.testing.assert_allclose(alone, together, rtol=1e-11, atol=1e-12)


@given(seed=seeds)
def test_a_fifth_pair_is_weighed_like_the_others(seed):
    parameters, x, _ = problem(seed, pairs=5)
    five = Attention().forward(parameters, x)
    four = Attention().forward(parameters, x[:, :9])
    np.testing.assert_allclose(five.w.sum(axis=1), 1, rtol=1e-14)
    # Among the first four, attention is shared in the proportions that it had without the fifth.
    among = five.w[:, :4] / five.w[:, :4].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(among, four.w, rtol=1e-10)


@given(seed=seeds, pairs=few)
def test_scores_of_zero_give_the_mean_of_the_values(seed, pairs):
    parameters, x, _ = problem(seed, pairs)
    state = Attention(scale=0).forward(parameters, x)
    np.testing.assert_allclose(state.w, 1 / pairs, rtol=1e-15)
    np.testing.assert_allclose(state.z, state.v.mean(axis=1) + parameters.b2, atol=1e-13)


def test_one_pair_gets_all_the_attention():
    parameters, x, _ = problem(0, pairs=1)
    assert (Attention().forward(parameters, x).w == 1).all()


def test_scores_beyond_what_exp_can_hold():
    parameters, x, y = problem(0)
    state = Attention(scale=1e6).forward(parameters, x)
    assert np.isfinite(state.z).all()
    assert all(np.isfinite(g).all() for g in Attention(scale=1e6).gradients(parameters, x, y)[1])


def test_without_a_scale_it_is_one_over_the_root_of_d():
    parameters, x, _ = problem(1, d=4)
    np.testing.assert_array_equal(
        Attention().logits(parameters, x), Attention(scale=0.5).logits(parameters, x)
    )


# --- A model like the others


def test_prepare_centres_and_scales():
    cards = np.random.default_rng(0).integers(256, size=(3, 9, 28, 28), dtype=np.uint8)
    x = Attention().prepare(cards)
    assert x.shape == (3, 9, 784)
    np.testing.assert_allclose(x, cards.reshape(3, 9, 784) / 255 - attention.MEAN_PIXEL)


def test_the_mean_pixel_is_that_of_the_training_digits():
    assert data.load().train_images.mean() / 255 == pytest.approx(attention.MEAN_PIXEL, abs=5e-5)


@pytest.mark.parametrize("shape", [(2, 28, 28), (9, 784), (2, 8, 28, 28), (2, 1, 28, 28)])
def test_what_is_not_shaped_as_cards_is_refused(shape):
    with pytest.raises(ValueError, match=re.escape(f"got {shape}")):
        Attention().prepare(np.zeros(shape, np.uint8))


def test_pixels_that_were_scaled_already_are_refused():
    with pytest.raises(TypeError, match="float64"):
        Attention().prepare(np.zeros((2, 9, 28, 28)))


@pytest.mark.parametrize("shape", [(2, 7), (2, 8, 7), (2, 1, 7), (2, 9, 6)])
def test_a_batch_of_another_shape_is_refused(shape):
    parameters, _, _ = problem(0)
    with pytest.raises(ValueError, match=re.escape(f"got {shape}")):
        Attention().forward(parameters, np.zeros(shape))


def test_an_empty_batch_has_no_loss():
    parameters, x, y = problem(0)
    with pytest.raises(ValueError, match="empty"):
        Attention().gradients(parameters, x[:0], y[:0])


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="got a layer of 64 x 0"):
        initialise(np.random.default_rng(0), d=0)
    with pytest.raises(TypeError):
        initialise(np.random.default_rng(0), dtype=np.int64)


def test_weights_have_hes_variance():
    start = initialise(np.random.default_rng(0), hidden=300, d=200)
    assert start.W1.var() == pytest.approx(2 / 784, rel=0.02)
    assert start.Wq.var() == pytest.approx(2 / 300, rel=0.02)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_dtype_is_kept(dtype):
    cards = np.random.default_rng(0).integers(256, size=(3, 9, 28, 28), dtype=np.uint8)
    parameters = initialise(np.random.default_rng(5), hidden=8, d=4, dtype=dtype)
    for model in (Attention(), Attention(scale=0.3)):
        x = model.prepare(cards, dtype)
        loss, grads = model.gradients(parameters, x, np.eye(10, dtype=dtype)[[1, 2, 3]])
        assert type(loss) is float
        everything = (*parameters, *grads, x, *model.forward(parameters, x))
        assert {array.dtype for array in everything} == {np.dtype(dtype)}


def test_it_trains_through_the_same_loop_as_every_model():
    mnist = data.load()
    few = mnist.train_images[:400], mnist.train_labels[:400]
    cards = deal_cards(*few, 300, pairs=2, rng=np.random.default_rng(0))
    start = initialise(np.random.default_rng(1), hidden=16, d=8, dtype=np.float32)
    before = evaluate(Attention(), start, cards[:2])
    batches = minibatches(300, 30, rng=np.random.default_rng(2), epochs=8)
    trained, history = train(
        Attention(), start, cards[:2], batches, learning_rate=0.05, momentum=0.9
    )
    assert evaluate(Attention(), trained, cards[:2]).loss < before.loss / 2
    assert len(history.batch_loss) == 80
    assert isinstance(trained, Parameters)
