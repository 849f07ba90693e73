"""What every model of the course promises: how it begins, what its gradients are, what it refuses."""

from functools import partial

import numpy as np
import pytest

from mnistlib import attention, autodiff, convolution, data, deep, network, original
from mnistlib.gradcheck import central_difference
from mnistlib.regularisation import WithWeightDecay
from mnistlib.training import rebuild

#: A tape that uses its parameters once each, given with names or without.
TAPE = autodiff.TapeModel(lambda p, x: (x @ p[0] + p[1]).relu() @ p[2] + p[3], network.prepare)

IMAGES = np.random.default_rng(0).integers(256, size=(4, 28, 28), dtype=np.uint8)
CARDS = np.random.default_rng(0).integers(256, size=(4, 5, 28, 28), dtype=np.uint8)


def recipe(**choices):
    return original.Recipe(slope="stable", pixels="scaled", **choices)


def weights(rng, dtype):
    drawn = recipe().initial_weights(np.random.RandomState(0))
    return original.Weights(*(W.astype(dtype) for W in drawn))


#: Each model, and a function from a generator and a dtype to parameters for it.
MODELS = {
    "network": (network, network.initialise),
    "MLP": (deep.MLP(), partial(deep.initialise, sizes=[784, 8, 10])),
    "MLP, tanh": (deep.MLP("tanh"), partial(deep.initialise, sizes=[784, 8, 7, 9, 10])),
    "MLP, no hidden layer": (deep.MLP("sigmoid"), partial(deep.initialise, sizes=[784, 10])),
    "convolution": (convolution.Convolutional(), convolution.initialise),
    "attention": (attention.Attention(), attention.initialise),
    "tape": (TAPE, network.initialise),
    "weight decay": (WithWeightDecay(network, np.float64(0.1)), network.initialise),
    **{
        f"original, {loss}, {jacobian}": (recipe(loss=loss, jacobian=jacobian), weights)
        for loss in ("squared error", "cross-entropy")
        for jacobian in ("diagonal", "whole")
    },
    **{
        f"mended, {loss}": (
            recipe(softmax="over the classes", jacobian="whole", recorded="the loss", loss=loss),
            weights,
        )
        for loss in ("squared error", "cross-entropy")
    },
}


#: Those whose loss is a mean over examples that know nothing of each other.
MEANS = [name for name in MODELS if not name.startswith("original")]
#: Those that draw their weights by ``network.draw_weights``.
DRAWN = ["network", "MLP", "convolution", "attention"]


def problem(name, dtype=np.float64, seed=1):
    """Return a model, parameters that have biases too, images and labels."""
    model, initialise = MODELS[name]
    rng = np.random.default_rng(seed)
    start = initialise(rng, dtype=dtype)
    parameters = rebuild(start, (v + rng.normal(0, 0.05, v.shape).astype(dtype) for v in start))
    return model, parameters, CARDS if name == "attention" else IMAGES, np.array([1, 2, 3, 1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", MODELS)
def test_all_is_of_the_parameters_own_type_and_what_is_given_stays(name, dtype):
    model, parameters, images, labels = problem(name, dtype)
    x = model.prepare(images, dtype)
    before = [array.copy() for array in (*parameters, x)]
    for targets in (np.float64, np.float32, np.int64):
        loss, grads = model.gradients(parameters, x, data.one_hot(labels).astype(targets))
        assert type(loss) is float
        assert type(grads) is type(parameters)
        assert [grad.shape for grad in grads] == [value.shape for value in parameters]
        made = (*grads, x, model.logits(parameters, x))
        assert {array.dtype for array in made} == {np.dtype(dtype)}
    for array, kept in zip((*parameters, x), before, strict=True):
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("name", MEANS)
def test_the_gradient_is_the_slope_in_any_direction(name):
    model, parameters, images, labels = problem(name)
    x, y = model.prepare(images), data.one_hot(labels)
    rng = np.random.default_rng(2)
    for _ in range(5):
        ahead = [rng.normal(size=value.shape) / np.sqrt(value.size) for value in parameters]

        def loss(t, ahead=ahead):
            moved = (value + t * way for value, way in zip(parameters, ahead, strict=True))
            return model.gradients(rebuild(parameters, moved), x, y)[0]

        grads = model.gradients(parameters, x, y)[1]
        slope = sum((grad * way).sum() for grad, way in zip(grads, ahead, strict=True))
        assert central_difference(loss, np.array(0.0), 1e-6) == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("name", MEANS)
def test_a_batch_is_the_mean_of_its_examples(name):
    model, parameters, images, labels = problem(name)
    z = model.logits(parameters, model.prepare(images))
    loss, grads = model.gradients(parameters, model.prepare(images), data.one_hot(labels))
    singles = []
    for i in range(len(images)):
        x = model.prepare(images[[i]])
        np.testing.assert_allclose(model.logits(parameters, x)[0], z[i], rtol=1e-10, atol=1e-12)
        singles.append(model.gradients(parameters, x, data.one_hot(labels[[i]])))
    assert loss == pytest.approx(np.mean([single for single, _ in singles]), rel=1e-12)
    for place, grad in enumerate(grads):
        mean = np.mean([single[place] for _, single in singles], axis=0)
        np.testing.assert_allclose(grad, mean, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", DRAWN)
def test_parameters_may_be_a_plain_tuple(name):
    model, parameters, images, labels = problem(name)
    x, y = model.prepare(images), data.one_hot(labels)
    loss, grads = model.gradients(parameters, x, y)
    plain_loss, plain = model.gradients(tuple(parameters), x, y)
    assert plain_loss == loss
    assert all(map(np.array_equal, plain, grads))


@pytest.mark.parametrize("name", DRAWN)
def test_scaled_pixels_are_refused(name):
    model, _, images, _ = problem(name)
    with pytest.raises(TypeError, match="float64"):
        model.prepare(images / 255)


@pytest.mark.parametrize("name", DRAWN)
def test_weights_that_would_all_be_rounded_to_zero_are_refused(name):
    with pytest.raises(TypeError, match="int64"):
        MODELS[name][1](np.random.default_rng(0), dtype=np.int64)


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
