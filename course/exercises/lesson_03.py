"""Lesson 03's exercises: the gradients of a layer, the way back through it, checks, a planted bug."""

import itertools
from typing import NamedTuple

import numpy as np

from course.exercises.cases import Seed, normal_array, normal_arrays
from course.exercises.exercise import Arguments, Exercise
from course.materials.planted_bug import faulty_gradients  # noqa: F401, the text's mistakes call it
from mnistlib import deep, network
from mnistlib.functions import sigmoid, softmax
from mnistlib.gradcheck import central_difference


class ThreeLayers(NamedTuple):
    """The parameters of a network with two hidden layers."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray
    W3: np.ndarray
    b3: np.ndarray


def bias_gradient(dz):
    """Gradient of a layer's biases, (outputs,), from that of its sums, (n, outputs)."""
    return dz.sum(axis=0)


def check_gradient(f, u, gradient):
    """Relative error of a gradient of f at u, compared with central differences."""
    measured = central_difference(f, u)
    off = np.linalg.norm(gradient - measured)
    return off / max(np.linalg.norm(gradient), np.linalg.norm(measured))


def three_layer_gradients(parameters, x, y):
    """The six gradients of the cross-entropy of a network with two hidden layers of sigmoids."""
    W1, b1, W2, b2, W3, b3 = parameters
    a1 = sigmoid(x @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    dz3 = (softmax(a2 @ W3 + b3) - y) / len(x)
    dz2 = network.hidden_gradient(dz3, W3, a2)
    dz1 = network.hidden_gradient(dz2, W2, a1)
    dW1, db1 = network.layer_gradients(x, dz1)
    dW2, db2 = network.layer_gradients(a1, dz2)
    dW3, db3 = network.layer_gradients(a2, dz3)
    return dW1, db1, dW2, db2, dW3, db3


def mended_gradients(parameters, x, y):
    """The four gradients of the cross-entropy, all right."""
    _, a1, z2 = network.forward(parameters, x)
    dz2 = (softmax(z2) - y) / len(x)
    dz1 = dz2 @ parameters.W2.T * a1 * (1 - a1)
    dW1, db1 = x.T @ dz1, dz1.sum(axis=0)
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
    return dW1, db1, dW2, db2


def _problem(seed: Seed, n: int, *sizes: int) -> Arguments:
    """Return parameters of a network with layers of such sizes, a batch and its targets."""
    shapes = []
    for inputs, outputs in itertools.pairwise(sizes):
        shapes += [(inputs, outputs), (outputs,)]
    *arrays, x = normal_arrays(seed, *shapes, (n, sizes[0]))
    has_two_layers = len(sizes) == 3
    parameters = network.Parameters(*arrays) if has_two_layers else ThreeLayers(*arrays)
    y = np.eye(sizes[-1])[np.arange(n) % sizes[-1]]
    return parameters, x, y


def _saturated(arguments: Arguments) -> Arguments:
    """Return the same problem with hidden sums so far from 0 that their slopes nearly vanish."""
    parameters, x, y = arguments
    wide = {name: 4 * value for name, value in parameters._asdict().items() if name[1:] == "1"}
    return parameters._replace(**wide), x, y


def _squares(u: np.ndarray) -> float:
    return (u**2).sum()


def _waves(u: np.ndarray) -> float:
    return np.sin(10 * u).sum() + u.sum() ** 2


def _steep(u: np.ndarray) -> float:
    """At the bottom of a narrow valley, whose curvature shows a nudge to one side only."""
    return u.sum() + 1e6 * ((u - _U) ** 2).sum()


def _faint(u: np.ndarray) -> float:
    """A function whose slopes are tiny, as those of a layer far below are."""
    return 1e-7 * (u**2).sum()


#: By pencil: both sums before the sigmoids are 0, and so are both logits.
_PENCIL = (
    ThreeLayers(
        W1=np.array([[2.0]]),
        b1=np.array([-2.0]),
        W2=np.array([[2.0]]),
        b2=np.array([-1.0]),
        W3=np.array([[2.0, -2.0]]),
        b3=np.array([-1.0, 1.0]),
    ),
    np.array([[1.0]]),
    np.array([[1.0, 0.0]]),
)
_U = np.array([1.0, 2.0])
_V = normal_array(3, 2, 3)
_SLOPES = 10 * np.cos(10 * _V) + 2 * _V.sum()
_SHAPES = "dW1: pixels hidden, db1: hidden, dW2: hidden classes, db2: classes"

EXERCISES = (
    Exercise(
        reference=bias_gradient,
        shapes="n outputs -> outputs",
        cases=(
            (np.array([[1.0, 2.0]]),),
            (np.array([[1.0, 2.0], [3.0, -4.0], [0.0, 0.5]]),),
            (normal_array(7, 4, 2),),
            (1e-7 * normal_array(8, 3, 3),),
        ),
        random_case=lambda rng: (rng.normal(size=(6, 4)),),
    ),
    Exercise(
        reference=network.layer_gradients,
        shapes="n inputs, n outputs -> dW: inputs outputs, db: outputs",
        cases=(
            (np.array([[1.0, 2.0]]), np.array([[3.0, -1.0, 0.5]])),
            (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([[3.0, -1.0], [1.0, 2.0]])),
            normal_arrays(5, (5, 3), (5, 2)),
            normal_arrays(4, (4, 4), (4, 4)),
            (normal_array(9, 3, 2), 1e-7 * normal_array(8, 3, 3)),
        ),
        random_case=lambda rng: (rng.normal(size=(6, 3)), rng.normal(size=(6, 4))),
    ),
    Exercise(
        reference=network.hidden_gradient,
        shapes="n classes, hidden classes, n hidden -> n hidden",
        cases=(
            (np.array([[1.0, -1.0]]), np.array([[2.0, 0.0]]), np.array([[0.5]])),
            (
                np.array([[4.0, -4.0]]),
                np.array([[2.0, 1.0], [0, 1], [3, 1]]),
                np.array([[0.5, 0.75, 0.5]]),
            ),
            (*normal_arrays(5, (5, 2), (3, 2)), sigmoid(normal_array(6, 5, 3))),
            (*normal_arrays(7, (4, 3), (3, 3)), sigmoid(normal_array(8, 4, 3))),
            (
                1e-7 * normal_array(9, 2, 3),
                normal_array(7, 4, 3),
                sigmoid(normal_array(8, 2, 4)),
            ),
            # saturated: next to nothing gets through
            (
                np.array([[1.0, -2.0], [0.5, 1.0], [-1.0, 1.0]]),
                np.array([[3.0, 0.5]]),
                np.array([[0.9999], [1e-5], [1.0]]),
            ),
        ),
        random_case=lambda rng: (
            rng.normal(size=(6, 3)),
            rng.normal(size=(5, 3)),
            sigmoid(3 * rng.normal(size=(6, 5))),
        ),
    ),
    Exercise(
        reference=deep.tanh_backward,
        shapes="n hidden, n hidden -> n hidden",
        cases=(
            (np.array([[1.0, 1.0]]), np.array([[0.0, 0.5]])),
            (np.array([[2.0, -1.0]]), np.array([[-0.5, 0.5]])),
            (normal_array(1, 4, 3), np.tanh(normal_array(2, 4, 3))),
            (1e-7 * normal_array(1, 2, 3), np.tanh(normal_array(3, 2, 3))),
            (np.array([[2.0, -1.0]]), np.array([[0.9999, -1.0]])),
        ),
        random_case=lambda rng: (rng.normal(size=(6, 5)), np.tanh(rng.normal(size=(6, 5)))),
    ),
    Exercise(
        reference=check_gradient,
        atol=1e-6,  # two ways to measure do not agree better
        loops_allowed=True,
        shapes=", entries, entries -> ",
        cases=(
            (_squares, _U, np.array([2.0, 4.0])),
            (_squares, _U, np.array([2.0, 0.0])),
            (_squares, _U, np.array([6.0, 12.0])),
            (_steep, _U, np.array([1.0, 1.0])),
            (_waves, _V, _SLOPES),
            (_waves, _V, _SLOPES + np.eye(2, 3) / 50),
            (_waves, _V, 0 * _V),
            (_faint, _U, np.array([3e-7, 2e-7])),
        ),
        random_case=lambda rng: (_waves, rng.normal(size=(3, 2)), rng.normal(size=(3, 2))),
    ),
    Exercise(
        reference=mended_gradients,
        loops_allowed=True,
        shapes=f", n pixels, n classes -> {_SHAPES}",
        cases=(
            _problem(1, 1, 4, 3, 3),
            _problem(2, 2, 4, 3, 3),
            _problem(6, 6, 4, 2, 3),
            _saturated(_problem(3, 2, 4, 3, 3)),
        ),
        random_case=lambda rng: _problem(rng, 6, 5, 4, 3),
    ),
    Exercise(
        reference=three_layer_gradients,
        loops_allowed=True,
        shapes=(
            f", n pixels, n classes -> {_SHAPES.replace('classes', 'hidden2')}, "
            "dW3: hidden2 classes, db3: classes"
        ),
        cases=(
            _PENCIL,
            _problem(1, 1, 2, 2, 2, 2),
            _problem(2, 2, 4, 3, 2, 5),
            _problem(5, 5, 3, 4, 4, 3),
            _saturated(_problem(3, 2, 4, 3, 2, 3)),
        ),
        random_case=lambda rng: _problem(rng, 6, 5, 4, 3, 2),
    ),
)
