"""Attention: what may change an answer, and what is refused; its gradients are in test_models."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistlib import attention, data
from mnistlib.attention import Attention, Parameters, initialise

seeds = st.integers(0, 2**32 - 1)
few = st.integers(1, 6)


def problem(seed, pairs=4, d=3, n=6):
    """Return random parameters, biases too, and a batch of random pixels and targets."""
    rng = np.random.default_rng(seed)
    start = initialise(rng, hidden=5, d=d)
    parameters = Parameters(*(value + rng.normal(0, 0.3, value.shape) for value in start))
    x = rng.normal(size=(n, 2 * pairs + 1, 784))
    return parameters, x, np.eye(10)[rng.integers(0, 10, n)]


@given(seed=seeds, pairs=few)
def test_shuffled_pairs_leave_the_answer_alone(seed, pairs):
    parameters, x, _ = problem(seed, pairs)
    order = np.random.default_rng(seed).permutation(pairs)
    places = np.stack([1 + 2 * order, 2 + 2 * order], axis=1).ravel()
    shuffled = np.concatenate([x[:, :1], x[:, places]], axis=1)
    before, after = (Attention().forward(parameters, cards) for cards in (x, shuffled))
    np.testing.assert_allclose(after.z, before.z, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(after.w, before.w[:, order], rtol=1e-11, atol=1e-14)


@given(seed=seeds, pairs=few)
def test_scores_of_zero_give_the_mean_of_the_values(seed, pairs):
    parameters, x, _ = problem(seed, pairs)
    state = Attention(scale=0).forward(parameters, x)
    np.testing.assert_allclose(state.w, 1 / pairs, rtol=1e-15)
    np.testing.assert_allclose(state.z, state.v.mean(axis=1) + parameters.b2, atol=1e-13)


def test_scores_are_divided_by_the_root_of_a_keys_length_unless_told_otherwise():
    parameters, x, _ = problem(0, d=4)
    halved = Attention(scale=0.5).forward(parameters, x)
    np.testing.assert_array_equal(Attention().forward(parameters, x).w, halved.w)


def test_scores_beyond_what_exp_can_hold():
    parameters, x, y = problem(0)
    state = Attention(scale=1e6).forward(parameters, x)
    assert np.isfinite(state.z).all()
    assert all(np.isfinite(g).all() for g in Attention(scale=1e6).gradients(parameters, x, y)[1])


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
