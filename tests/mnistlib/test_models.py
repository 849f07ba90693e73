"""What every model of the course promises: how it begins, and what its gradients are."""

import numpy as np
import pytest

from mnistlib import attention, autodiff, convolution, data, deep, network, original
from mnistlib.regularisation import WithWeightDecay

#: A tape that uses its parameters once each, given with names or without.
TAPE = autodiff.TapeModel(lambda p, x: (x @ p[0] + p[1]).relu() @ p[2] + p[3], network.prepare)

IMAGES = np.random.default_rng(0).integers(256, size=(4, 28, 28), dtype=np.uint8)
CARDS = np.random.default_rng(0).integers(256, size=(4, 5, 28, 28), dtype=np.uint8)


def recipe(**choices):
    return original.Recipe(slope="stable", pixels="scaled", **choices)


#: Each model, and a function from a generator and a dtype to parameters for it.
MODELS = {
    "network": (network, network.initialise),
    "MLP": (deep.MLP(), lambda rng, dtype: deep.initialise(rng, [784, 8, 10], dtype=dtype)),
    "convolution": (convolution.Convolutional(), convolution.initialise),
    "attention": (attention.Attention(), attention.initialise),
    "tape": (TAPE, network.initialise),
    "weight decay": (WithWeightDecay(network, np.float64(0.1)), network.initialise),
    **{
        f"original, {loss}, {jacobian}": (
            recipe(loss=loss, jacobian=jacobian),
            lambda rng, dtype: original.Weights(
                *(W.astype(dtype) for W in recipe().initial_weights(np.random.RandomState(0)))
            ),
        )
        for loss in ("squared error", "cross-entropy")
        for jacobian in ("diagonal", "whole")
    },
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_of_the_parameters_own_type_whatever_the_targets_are(name, dtype):
    model, initialise = MODELS[name]
    parameters = initialise(np.random.default_rng(1), dtype=dtype)
    x = model.prepare(CARDS if name == "attention" else IMAGES, dtype)
    for targets in (np.float64, np.float32, np.int64):
        loss, grads = model.gradients(parameters, x, data.one_hot([1, 2, 3, 1], dtype=targets))
        assert type(loss) is float
        assert type(grads) is type(parameters)
        assert [grad.shape for grad in grads] == [value.shape for value in parameters]
        assert {grad.dtype for grad in grads} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    ("name", "rule", "weights"),
    [
        ("network", "Glorot", {0: (784, 128), 2: (128, 10)}),
        ("MLP", "He", {0: (784, 8), 2: (8, 10)}),
        ("convolution", "He", {0: (25, 8), 2: (200, 16), 4: (256, 10)}),
        ("attention", "He", {0: (784, 64), 2: (64, 16), 3: (64, 16), 4: (64, 10)}),
    ],
)
def test_every_network_begins_with_weights_drawn_in_order_and_biases_of_0(name, rule, weights):
    start = MODELS[name][1](np.random.default_rng(5), dtype=np.float64)
    rng = np.random.default_rng(5)
    for place, value in enumerate(start):
        if place in weights:
            rows, columns = weights[place]
            limit = np.sqrt(6 / (rows + columns if rule == "Glorot" else rows))
            np.testing.assert_array_equal(value, rng.uniform(-limit, limit, weights[place]))
        else:
            assert value.ndim == 1
            assert not value.any()
