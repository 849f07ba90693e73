"""The convolution against scipy.signal and loops, its gradients by differences, and bad input."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from mnistlib import convolution, data
from mnistlib.convolution import (
    Convolutional,
    Parameters,
    convolve,
    im2col,
    initialise,
    kernel_gradient,
    max_pool,
    max_pool_backward,
    pixel_gradient,
)
from mnistlib.gradcheck import central_difference, check_gradient, relative_error
from mnistlib.training import evaluate, minibatches, train

seeds = st.integers(0, 2**32 - 1)


def layer(seed, rows=6, columns=7, channels=2, side=3, kernels=4, n=2):
    """Return random images, kernels and a gradient by the sums; images last."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(channels, rows, columns, n))
    W = rng.normal(size=(side * side * channels, kernels))
    dz = rng.normal(size=(kernels, rows - side + 1, columns - side + 1, n))
    return x, W, dz


@settings(max_examples=15)
@given(seeds, st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_convolution_is_scipys_correlation(seed, side, channels, kernels):
    x, W, _ = layer(seed, channels=channels, side=side, kernels=kernels)
    z, _ = convolve(x, W)
    squares = W.reshape(side, side, channels, kernels)
    for i in range(x.shape[-1]):
        for k in range(kernels):
            expected = sum(
                signal.correlate2d(x[c, :, :, i], squares[:, :, c, k], mode="valid")
                for c in range(channels)
            )
            np.testing.assert_allclose(z[k, :, :, i], expected, rtol=1e-10, atol=1e-12)


def test_patches_by_hand():
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    by_place = [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]
    assert im2col(x, 2).reshape(4, 4).T.tolist() == by_place
    assert im2col(x, 2)[0, :, :, 0].tolist() == [[0, 1], [3, 4]]  # what the first weight sees
    two = np.concatenate([x, -x])
    assert im2col(two, 2)[:, 0, 0, 0].tolist() == [0, 0, 1, -1, 3, -3, 4, -4]


@settings(max_examples=15)
@given(seeds)
def test_gradients_of_a_convolution_by_differences(seed):
    x, W, dz = layer(seed)
    cut = convolve(x, W)[1]

    def loss(x, W):
        return (convolve(x, W)[0] * dz).sum()

    dW = kernel_gradient(dz, cut)
    assert relative_error(dW, central_difference(lambda u: loss(x, u), W)) < 1e-7
    dx = pixel_gradient(dz, W, channels=2)
    assert relative_error(dx, central_difference(lambda u: loss(u, W), x)) < 1e-7


@settings(max_examples=15)
@given(seeds)
def test_blame_goes_back_as_a_full_convolution(seed):
    x, W, dz = layer(seed, channels=1, kernels=1)
    dx = pixel_gradient(dz, W, channels=1)
    for i in range(x.shape[-1]):
        expected = signal.convolve2d(dz[0, :, :, i], W.reshape(3, 3), mode="full")
        np.testing.assert_allclose(dx[0, :, :, i], expected, rtol=1e-10, atol=1e-12)


@settings(max_examples=15)
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


def problem(seed, n=3, kernels=(2, 3), dtype=np.float64):
    """Return random parameters, biases too, and a batch of noise."""
    rng = np.random.default_rng(seed)
    parameters = initialise(rng, kernels=kernels, dtype=dtype)
    parameters = Parameters(
        *(value + rng.normal(0, 0.1, value.shape).astype(dtype) for value in parameters)
    )
    images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, n)
    model = Convolutional()
    return parameters, model.prepare(images, dtype), np.eye(10, dtype=dtype)[labels]


@pytest.mark.parametrize("name", Parameters._fields)
def test_gradients_of_the_network_by_differences(name):
    (parameters, x, y), model = problem(0), Convolutional()
    _, grads = model.gradients(parameters, x, y)

    def loss(value):
        return model.gradients(parameters._replace(**{name: value}), x, y)[0]

    value, given = getattr(parameters, name), getattr(grads, name)
    assert check_gradient(loss, value, given, sample=40, rng=np.random.default_rng(1))


def test_the_network_in_loops():
    parameters, x, _ = problem(2, n=1)
    W1, b1, W2, b2, W3, b3 = parameters
    a = x[..., 0].transpose(1, 2, 0)
    for W, b in ((W1, b1), (W2, b2)):
        squares = W.reshape(5, 5, a.shape[-1], -1)
        size = len(a) - 4
        z = np.empty((size, size, len(b)))
        for r in range(size):
            for c in range(size):
                z[r, c] = np.tensordot(a[r : r + 5, c : c + 5], squares, 3) + b
        half = size // 2
        a = np.empty((half, half, len(b)))
        for r in range(half):
            for c in range(half):
                a[r, c] = np.maximum(z[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max(axis=(0, 1)), 0)
    expected = a.reshape(-1) @ W3 + b3
    np.testing.assert_allclose(Convolutional().logits(parameters, x)[0], expected, rtol=1e-10)


def test_a_batch_is_the_mean_of_its_examples():
    (parameters, x, y), model = problem(3), Convolutional()
    loss, grads = model.gradients(parameters, x, y)
    singles = [model.gradients(parameters, x[..., [i]], y[[i]]) for i in range(len(y))]
    assert loss == pytest.approx(np.mean([single[0] for single in singles]), rel=1e-12)
    for place, grad in enumerate(grads):
        mean = np.mean([single[1][place] for single in singles], axis=0)
        np.testing.assert_allclose(grad, mean, rtol=1e-9, atol=1e-14)


def test_it_learns_real_digits_through_the_seam():
    mnist = data.load()
    some = mnist.train_images[:600], mnist.train_labels[:600]
    rng, model = np.random.default_rng(4), Convolutional()
    start = initialise(rng, kernels=(4, 8), dtype=np.float32)
    batches = minibatches(600, 50, rng=rng, epochs=6)
    trained, _ = train(model, start, some, batches, learning_rate=0.05, momentum=0.9)
    assert type(trained) is Parameters
    assert evaluate(model, trained, some).accuracy > 0.93
    unseen = mnist.train_images[600:1600], mnist.train_labels[600:1600]
    assert evaluate(model, trained, unseen).accuracy > 0.85


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_dtype_is_kept(dtype):
    parameters, x, y = problem(5, dtype=dtype)
    loss, grads = Convolutional().gradients(parameters, x, y)
    assert type(loss) is float
    assert {array.dtype for array in (*parameters, x, *grads)} == {np.dtype(dtype)}
    shapes = [value.shape for value in parameters]
    assert [grad.shape for grad in grads] == shapes


def test_what_is_given_is_not_changed():
    parameters, x, y = problem(6)
    before = [array.copy() for array in (*parameters, x, y)]
    Convolutional().gradients(parameters, x, y)
    for array, copy in zip((*parameters, x, y), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: im2col(np.zeros((3, 3)), 2), "(channels, rows, columns, n), got (3, 3)"),
        (
            lambda: im2col(np.zeros((1, 3, 4, 1)), 4),
            "4 x 4 do not fit into images of shape (3, 4)",
        ),
        (lambda: im2col(np.zeros((1, 3, 4, 1)), 0), "patches of 0 x 0 do not fit"),
        (
            lambda: convolve(np.zeros((2, 9, 9, 1)), np.zeros((9, 4))),
            "9 rows, which is not a square patch of 2 channels",
        ),
        (lambda: max_pool(np.zeros((1, 3, 4, 1))), "must be even, got 3 and 4"),
        (lambda: max_pool(np.zeros((1, 4, 3, 1))), "must be even, got 4 and 3"),
        (
            lambda: initialise(np.random.default_rng(0), side=4),
            "kernels of 4 x 4 leave layers that cannot be halved",
        ),
        *[
            (
                lambda kernels=kernels: initialise(np.random.default_rng(0), kernels=kernels),
                f"kernels must be two numbers, one for each layer, got {kernels}",
            )
            for kernels in (8, (8,), (8, 16, 32))
        ],
        (
            lambda: Convolutional().gradients(
                problem(0)[0], np.zeros((1, 28, 28, 0)), np.zeros((0, 10))
            ),
            "at least one; got 0 images and 0 targets",
        ),
    ],
)
def test_bad_input_is_told(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


@pytest.mark.parametrize("side", [2, 3, 7, 11, 13])
def test_a_side_that_cannot_be_halved_twice_is_refused(side):
    with pytest.raises(ValueError, match="leave layers that cannot be halved"):
        initialise(np.random.default_rng(0), kernels=(2, 2), side=side)


def test_images_and_targets_of_different_number_are_refused():
    parameters, x, y = problem(9)
    with pytest.raises(ValueError, match="as many targets as images"):
        Convolutional().gradients(parameters, x, y[:-1])


def test_unasked_there_are_eight_kernels_and_sixteen_of_five_by_five():
    shapes = [value.shape for value in initialise(np.random.default_rng(0))]
    assert shapes == [(25, 8), (8,), (200, 16), (16,), (256, 10), (10,)]


def test_every_side_that_is_offered_works():
    for side in (1, 5, 9):
        parameters = initialise(np.random.default_rng(0), kernels=(2, 2), side=side)
        x = convolution.Convolutional().prepare(np.zeros((2, 28, 28), np.uint8))
        assert Convolutional().logits(parameters, x).shape == (2, 10)


def test_images_lie_last_and_next_to_each_other():
    images = np.random.default_rng(7).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    x = Convolutional().prepare(images)
    assert x.shape == (1, 28, 28, 5)
    assert x.flags.c_contiguous
    np.testing.assert_array_equal(x[0, :, :, 3], images[3] / 255)


def test_parameters_may_be_a_plain_tuple():
    parameters, x, y = problem(9)
    _, slopes = Convolutional().gradients(parameters, x, y)
    _, plain_slopes = Convolutional().gradients(tuple(parameters), x, y)
    assert all(map(np.array_equal, plain_slopes, slopes))


def test_of_no_images_there_are_no_logits():
    parameters = initialise(np.random.default_rng(0), kernels=(2, 2))
    x = Convolutional().prepare(np.zeros((0, 28, 28), np.uint8))
    assert Convolutional().logits(parameters, x).shape == (0, 10)


def test_asked_in_parts_the_logits_are_the_same():
    parameters, x, _ = problem(8, n=70)
    z = Convolutional().logits(parameters, x)
    alone = Convolutional().logits(parameters, x[..., 66:68])
    np.testing.assert_allclose(z[66:68], alone, rtol=1e-12, atol=1e-14)
