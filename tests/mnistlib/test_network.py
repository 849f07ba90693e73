"""The network: its gradients against complex steps, and what does not fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from mnistlib import network
from mnistlib.gradcheck import relative_error

from .complex_step import complex_step

NAMES = network.Parameters._fields
seeds = st.integers(0, 2**32 - 1)


def problem(seed, n=5, pixels=6, hidden=4, classes=3):
    """Return a small network, biases random too, with a batch: parameters, x, y."""
    rng = np.random.default_rng(seed)
    shapes = (pixels, hidden), (hidden,), (hidden, classes), (classes,)
    parameters = network.Parameters(*(rng.normal(size=shape) for shape in shapes))
    return parameters, rng.random((n, pixels)), np.eye(classes)[rng.integers(classes, size=n)]


def plain_loss(parameters, x, y):
    """Compute the loss by the textbook's formulas, which take complex numbers as well."""
    W1, b1, W2, b2 = parameters
    e = np.exp(1 / (1 + np.exp(-(x @ W1 + b1))) @ W2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    return (-y * np.log(p)).sum() / len(y)


@settings(max_examples=30)
@given(seed=seeds)
def test_gradients_by_complex_steps(seed):
    parameters, x, y = problem(seed)
    loss, slopes = network.gradients(parameters, x, y)
    assert loss == pytest.approx(plain_loss(parameters, x, y), rel=1e-13)
    for name in NAMES:
        exact = complex_step(
            lambda value, name=name: plain_loss(parameters._replace(**{name: value}), x, y),
            getattr(parameters, name),
        )
        assert relative_error(getattr(slopes, name), exact) <= 1e-12


@given(seeds)
def test_forward_keeps_both_layers_and_the_largest_logit_is_the_answer(seed):
    parameters, x, _ = problem(seed, n=50, classes=10)
    W1, b1, W2, b2 = parameters
    z1, a1, z2 = network.forward(parameters, x)
    np.testing.assert_allclose(z1, x @ W1 + b1, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(a1, special.expit(z1), rtol=1e-13)
    np.testing.assert_allclose(z2, a1 @ W2 + b2, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(network.logits(parameters, x), z2)
    predicted = network.predict(parameters, x)
    assert predicted.dtype == np.int64
    np.testing.assert_array_equal(predicted, special.softmax(z2, axis=1).argmax(axis=1))


@pytest.mark.parametrize("shape", [(6,), (5, 7), (6, 5), (5, 2, 3)])
def test_pixels_that_do_not_fit(shape):
    parameters, _, y = problem(0)
    for call in (
        lambda x: network.forward(parameters, x),
        lambda x: network.gradients(parameters, x, y),
    ):
        with pytest.raises(ValueError, match=r"x must have shape \(n, 6\)"):
            call(np.ones(shape))


def test_targets_that_do_not_fit():
    parameters, x, y = problem(0)
    for bad, words in (
        (y[:4], "z has 5 rows, and y 4"),
        (y[:, :2], "z tells 3 classes apart, and y 2"),
        (y.argmax(axis=1), "Are the labels one-hot"),
    ):
        with pytest.raises(ValueError, match=words):
            network.gradients(parameters, x, bad)
