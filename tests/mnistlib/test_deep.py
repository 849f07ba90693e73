"""Networks of any depth: their forward pass, each activation, and what is refused."""

import numpy as np
import pytest

from mnistlib import deep
from mnistlib.deep import ACTIVATIONS, MLP, initialise


def test_forward_keeps_every_layers_activations():
    rng = np.random.default_rng(0)
    parameters = tuple(
        rng.normal(0, 0.5, value.shape) + value for value in initialise(rng, [6, 5, 4, 10])
    )
    x = rng.random((7, 6))
    kept = MLP("tanh").forward(parameters, x)
    W1, b1, W2, b2, W3, b3 = parameters
    a1 = np.tanh(x @ W1 + b1)
    a2 = np.tanh(a1 @ W2 + b2)
    for ours, theirs in zip(kept, [x, a1, a2, a2 @ W3 + b3], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    np.testing.assert_array_equal(MLP("tanh").logits(parameters, x), kept[-1])


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_backward_is_the_slope_found_from_the_value(name):
    z = np.linspace(-4, 4, 81).reshape(9, 9) + 0.01
    forward, backward = ACTIVATIONS[name]
    measured = (forward(z + 1e-6) - forward(z - 1e-6)) / 2e-6
    da = np.random.default_rng(2).normal(size=z.shape)
    np.testing.assert_allclose(backward(da, forward(z)), da * measured, atol=1e-8)


def test_relu_at_its_kink():
    assert deep.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 2]
    assert deep.relu_backward(np.ones(3), np.array([0.0, 0.0, 2.0])).tolist() == [0, 0, 1]


def test_the_sigmoid_is_looked_up_at_each_call(monkeypatch):
    monkeypatch.setattr(deep.functions, "sigmoid", lambda z: 0 * z + 7)
    parameters = initialise(np.random.default_rng(0), [4, 3, 10])
    assert (MLP("sigmoid").forward(parameters, np.ones((2, 4)))[1] == 7).all()


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (lambda rng: MLP("step"), "'step'; choose one of sigmoid"),
        (lambda rng: initialise(rng, [784, 10], rule="guess"), "'guess'; choose one of Glorot, He"),
        (lambda rng: initialise(rng, [784]), "at least two sizes"),
        (lambda rng: MLP().logits((), np.ones((2, 4))), "W and b for each layer, got 0"),
        (
            lambda rng: MLP().logits(initialise(rng, [4, 3, 10])[:3], np.ones((2, 4))),
            "W and b for each layer, got 3",
        ),
    ],
)
def test_what_does_not_fit_is_named(attempt, said):
    with pytest.raises(ValueError, match=said):
        attempt(np.random.default_rng(0))
