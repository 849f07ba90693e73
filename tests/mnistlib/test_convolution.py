"""The convolution and its maxima against loops, and bad input; the gradients are in test_models."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistlib.convolution import (
    Convolutional,
    Parameters,
    convolve,
    im2col,
    initialise,
    max_pool,
    max_pool_backward,
)
from mnistlib.gradcheck import central_difference, relative_error

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=15)
@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_convolution_by_its_definition(seed, side, channels, kernels):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(channels, 6, 7, 2))
    W = rng.normal(size=(side * side * channels, kernels))
    z, _ = convolve(x, W)
    assert z.shape == (kernels, 6 - side + 1, 7 - side + 1, 2)
    squares = W.reshape(side, side, channels, kernels)
    for (k, r, c, i), value in np.ndenumerate(z):
        patch = x[:, r : r + side, c : c + side, i].transpose(1, 2, 0)
        assert value == pytest.approx((patch * squares[..., k]).sum(), rel=1e-10, abs=1e-12)


@settings(max_examples=5)
@given(seeds)
def test_max_pool_keeps_the_largest_of_each_square(seed):
    z = np.random.default_rng(seed).normal(size=(2, 6, 4, 3))
    largest = max_pool(z)
    for (k, r, c, i), value in np.ndenumerate(largest):
        assert value == z[k, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2, i].max()
    dlargest = np.random.default_rng(seed + 1).normal(size=largest.shape)
    dz = max_pool_backward(dlargest, z, largest)
    measured = central_difference(lambda u: (max_pool(u) * dlargest).sum(), z)
    assert relative_error(dz, measured) < 1e-7


def test_equals_share_the_blame_and_none_is_lost():
    z = np.zeros((1, 2, 4, 1))
    z[0, 0, 0] = 1
    dz = max_pool_backward(np.array([[[[6.0], [8.0]]]]), z, max_pool(z))
    assert dz[0, :, :, 0].tolist() == [[6, 0, 2, 2], [0, 0, 2, 2]]


def problem(seed, n=3):
    """Return random parameters, biases too, and a batch of noise."""
    rng = np.random.default_rng(seed)
    start = initialise(rng, kernels=(2, 3))
    parameters = Parameters(*(value + rng.normal(0, 0.1, value.shape) for value in start))
    images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
    return parameters, Convolutional().prepare(images), np.eye(10)[rng.integers(0, 10, n)]


def test_each_layer_convolves_keeps_the_largest_and_cuts_off_what_is_negative():
    parameters, x, _ = problem(2)
    W1, b1, W2, b2, W3, b3 = parameters
    for W, b in ((W1, b1), (W2, b2)):
        x = np.maximum(max_pool(convolve(x, W)[0] + b[:, None, None, None]), 0)
    expected = convolve(x, W3)[0].reshape(10, -1).T + b3
    found = Convolutional().logits(parameters, problem(2)[1])
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda rng: im2col(np.zeros((3, 3)), 2), "got (3, 3)"),
        (lambda rng: im2col(np.zeros((1, 3, 4, 1)), 4), "4 x 4 do not fit"),
        (lambda rng: im2col(np.zeros((1, 3, 4, 1)), 0), "0 x 0 do not fit"),
        (lambda rng: convolve(np.zeros((2, 9, 9, 1)), np.zeros((9, 4))), "square patch of 2"),
        (lambda rng: max_pool(np.zeros((1, 3, 4, 1))), "even, got 3 and 4"),
        (lambda rng: max_pool(np.zeros((1, 4, 3, 1))), "even, got 4 and 3"),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call(np.random.default_rng(0))


def test_images_lie_last_and_next_to_each_other():
    images = np.random.default_rng(7).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    x = Convolutional().prepare(images)
    assert x.shape == (1, 28, 28, 5)
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x[0, :, :, 3], images[3] / 255)


def test_asked_in_parts_the_logits_are_the_same_and_of_no_images_there_are_none():
    parameters, x, _ = problem(8, n=70)
    z = Convolutional().logits(parameters, x)
    alone = Convolutional().logits(parameters, x[..., 66:68])
    np.testing.assert_allclose(z[66:68], alone, rtol=1e-12, atol=1e-14)
    assert Convolutional().logits(parameters, x[..., :0]).shape == (0, 10)
