"""Lesson 03's exercises: the gradients of a layer, the way back through it, checks, a planted bug."""

import itertools

import numpy as np

from mnistlib import functions, gradcheck, network
from mnistlib.exercises.trial import Exercise, words


def bias_gradient(dz):
    """Gradient of a layer's biases, (outputs,), from that of its sums, (n, outputs)."""
    return dz.sum(axis=0)


def tanh_backward(da, a):
    """The loss's gradient by z, where a = tanh(z) and da is its gradient by a."""
    return da * (1 - a**2)


def check_gradient(f, u, gradient):
    """Relative error of a gradient of f at u, compared with central differences."""
    measured = gradcheck.central_difference(f, u)
    off = np.linalg.norm(gradient - measured)
    return off / max(np.linalg.norm(gradient), np.linalg.norm(measured))


def three_layer_gradients(parameters, x, y):
    """The six gradients of the cross-entropy of a network with two hidden layers of sigmoids."""
    W1, b1, W2, b2, W3, b3 = parameters
    a1 = functions.sigmoid(x @ W1 + b1)
    a2 = functions.sigmoid(a1 @ W2 + b2)
    dz3 = functions.cross_entropy_gradient(a2 @ W3 + b3, y)
    dz2 = network.hidden_gradient(dz3, W3, a2)
    dz1 = network.hidden_gradient(dz2, W2, a1)
    dW1, db1 = network.layer_gradients(x, dz1)
    dW2, db2 = network.layer_gradients(a1, dz2)
    dW3, db3 = network.layer_gradients(a2, dz3)
    return dW1, db1, dW2, db2, dW3, db3


def faulty_gradients(parameters, x, y):
    """A backward pass with one bug planted in it. An exercise of lesson 03 asks which."""
    W1, b1, W2, b2 = parameters
    n = len(x)
    a1 = functions.sigmoid(x @ W1 + b1)
    p = functions.softmax(a1 @ W2 + b2)
    dz2 = (p - y) / n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1 = x.T @ dz1
    db1 = dz1.mean(axis=0)
    return network.Gradients(dW1, db1, dW2, db2)


def mended_gradients(parameters, x, y):
    """The four gradients of the cross-entropy, all right."""
    _, a1, z2 = network.forward(parameters, x)
    dz2 = (functions.softmax(z2) - y) / len(x)
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
    dz1 = dz2 @ parameters.W2.T * a1 * (1 - a1)
    dW1, db1 = x.T @ dz1, dz1.sum(axis=0)
    return dW1, db1, dW2, db2


def _with_slopes(parameters, x, y, *slopes, end=functions.cross_entropy_gradient):
    """The gradients if blame met such slopes, functions of a, in the hidden layers of sigmoids."""
    layers, kept, found = [*zip(parameters[::2], parameters[1::2], strict=True)], [x], []
    for W, b in layers[:-1]:
        kept.append(functions.sigmoid(kept[-1] @ W + b))
    dz = end(kept[-1] @ layers[-1][0] + layers[-1][1], y)
    for (W, _), a, slope in zip(
        layers[::-1], kept[::-1], [*slopes[::-1], np.ones_like], strict=True
    ):
        found = [a.T @ dz, dz.sum(axis=0), *found]
        dz = dz @ W.T * slope(a)
    return tuple(found)


def _times(gradients, *factors):
    """Return gradients, each multiplied by its factor."""
    return tuple(factor * array for factor, array in zip(factors, gradients, strict=True))


def _normal(seed: int, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _problem(n: int, *sizes: int) -> tuple:
    """Return parameters of a network with layers of such sizes, a batch and its targets."""
    pairs = list(itertools.pairwise(sizes))
    shapes = [shape for pair in pairs for shape in (pair, pair[1:])]
    *parameters, x = _normal(n, *shapes, (n, sizes[0]))
    two = len(pairs) == 2
    parameters = network.Parameters(*parameters) if two else tuple(parameters)
    return parameters, x, np.eye(sizes[-1])[np.arange(n) % sizes[-1]]


def _squares(u):
    return (u**2).sum()


def _waves(u):
    return np.sin(10 * u).sum() + u.sum() ** 2


def _steep(u):
    """At the bottom of a narrow valley, whose curvature shows a nudge to one side only."""
    return u.sum() + 1e6 * ((u - _U) ** 2).sum()


def _norm(array, order=None):
    return np.linalg.norm(array.ravel(), order)


def _off(gradient, measured):
    return _norm(gradient - measured) / max(_norm(gradient), _norm(measured))


def _one_sided(f, u, h):
    """Measure each slope from the value at u and that at h beside it."""
    return np.array([(f(u + h * one) - f(u)) / h for one in _each(u)]).reshape(u.shape)


def _each(u):
    return np.eye(u.size).reshape(-1, *u.shape)


#: By pencil: both sums before the sigmoids are 0, and so are both logits.
_PENCIL = (
    (*map(np.array, ([[2.0]], [-2.0], [[2.0]], [-1.0], [[2.0, -2.0]], [-1.0, 1.0])),),
    np.array([[1.0]]),
    np.array([[1.0, 0.0]]),
)
_measure, _U, _V = gradcheck.central_difference, np.array([1.0, 2.0]), _normal(3, (2, 3))[0]
_SLOPES = 10 * np.cos(10 * _V) + 2 * _V.sum()
_SHAPES = "dW1: pixels hidden, db1: hidden, dW2: hidden classes, db2: classes"

WORDS = words("lesson_03")
EXERCISES = (
    Exercise(
        bias_gradient,
        "n outputs -> outputs",
        (
            (np.array([[1.0, 2.0]]),),
            (np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 5.0]]),),
            _normal(7, (4, 2)),
        ),
        *WORDS["bias_gradient"],
    ),
    Exercise(
        network.layer_gradients,
        "n inputs, n outputs -> dW: inputs outputs, db: outputs",
        (
            (np.array([[1.0, 2.0]]), np.array([[3.0, -1.0, 0.5]])),
            (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([[3.0, -1.0], [1.0, 2.0]])),
            _normal(5, (5, 3), (5, 2)),
            _normal(4, (4, 4), (4, 4)),
        ),
        *WORDS["layer_gradients"],
    ),
    Exercise(
        network.hidden_gradient,
        "n classes, hidden classes, n hidden -> n hidden",
        (
            (np.array([[1.0, -1.0]]), np.array([[2.0, 0.0]]), np.array([[0.5]])),
            (
                np.array([[4.0, -4.0]]),
                np.array([[2.0, 1.0], [0, 1], [3, 1]]),
                np.array([[0.5, 0.75, 0.5]]),
            ),
            (*_normal(5, (5, 2), (3, 2)), functions.sigmoid(_normal(6, (5, 3))[0])),
            (*_normal(7, (4, 3), (3, 3)), functions.sigmoid(_normal(8, (4, 3))[0])),
        ),
        *WORDS["hidden_gradient"],
    ),
    Exercise(
        tanh_backward,
        "n hidden, n hidden -> n hidden",
        (
            (np.array([[1.0, 1.0]]), np.array([[0.0, 0.5]])),
            (np.array([[2.0, -1.0]]), np.array([[-0.5, 0.5]])),
            (_normal(1, (4, 3))[0], np.tanh(_normal(2, (4, 3))[0])),
        ),
        *WORDS["tanh_backward"],
    ),
    Exercise(
        check_gradient,
        ", entries, entries -> ",
        (
            (_squares, _U, np.array([2.0, 4.0])),
            (_squares, _U, np.array([2.0, 0.0])),
            (_squares, _U, np.array([6.0, 12.0])),
            (_steep, _U, np.array([1.0, 1.0])),
            (_waves, _V, _SLOPES),
            (_waves, _V, _SLOPES + np.eye(2, 3) / 50),
            (_waves, _V, 0 * _V),
        ),
        *WORDS["check_gradient"],
    ),
    Exercise(
        mended_gradients,
        f", n pixels, n classes -> {_SHAPES}",
        (_problem(1, 4, 3, 3), _problem(2, 4, 3, 3), _problem(6, 4, 2, 3)),
        *WORDS["mended_gradients"],
    ),
    Exercise(
        three_layer_gradients,
        f", n pixels, n classes -> {_SHAPES.replace('classes', 'hidden2')}, "
        "dW3: hidden2 classes, db3: classes",
        (_PENCIL, _problem(1, 2, 2, 2, 2), _problem(2, 4, 3, 2, 5), _problem(5, 3, 4, 4, 3)),
        *WORDS["three_layer_gradients"],
    ),
)
