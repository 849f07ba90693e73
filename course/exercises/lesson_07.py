"""Lesson 07's exercises: back through every layer, a ReLU's backward, He's limit, and a way around."""

from itertools import pairwise

import numpy as np

from course.exercises.cases import Seed
from course.exercises.exercise import Arguments, Exercise
from mnistlib import deep


def deep_gradients(layers, kept, dz):
    """The gradients of a tanh network, dW1, db1, dW2, db2, ..., from what was kept going forward."""
    grads = []
    for (W, _), a in zip(reversed(layers), reversed(kept), strict=True):
        grads = [a.T @ dz, dz.sum(axis=0), *grads]
        dz = dz @ W.T * (1 - a**2)
    return tuple(grads)


def he_limit(inputs):
    """The limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    return np.sqrt(6 / inputs)


def residual_gradients(layers, kept, da):
    """The gradients of tanh layers that add to their input, dW1, db1, dW2, db2, and so on."""
    grads = []
    for (W, _), a, output in zip(reversed(layers), kept[-2::-1], kept[:0:-1], strict=True):
        dz = da * (1 - (output - a) ** 2)
        grads = [a.T @ dz, dz.sum(axis=0), *grads]
        da = da + dz @ W.T
    return tuple(grads)


def _way_back(seed: Seed, n: int, *sizes: int) -> Arguments:
    """Return the layers of a tanh network, the input of each, and a gradient by its logits."""
    rng = np.random.default_rng(seed)
    layers = []
    kept = [rng.normal(size=(n, sizes[0]))]
    for inputs, outputs in pairwise(sizes):
        W = rng.normal(size=(inputs, outputs))
        b = rng.normal(size=outputs)
        layers.append((W, b))
        kept.append(np.tanh(kept[-1] @ W + b))
    return layers, kept[:-1], rng.normal(size=(n, sizes[-1]))


def _way_around(seed: Seed, n: int, units: int, count: int) -> Arguments:
    """Return layers that add to their input, all they hold, and a gradient by the last of it."""
    rng = np.random.default_rng(seed)
    layers = []
    kept = [rng.normal(size=(n, units))]
    for _ in range(count):
        W = rng.normal(size=(units, units))
        b = rng.normal(size=units)
        layers.append((W, b))
        kept.append(kept[-1] + np.tanh(kept[-1] @ W + b))
    return layers, kept, rng.normal(size=(n, units))


def _with_tiny_blame(arguments: Arguments) -> Arguments:
    """Return the same layers, where next to no blame arrives."""
    *others, blame = arguments
    return *others, 1e-7 * blame


#: By pencil: the hidden unit holds tanh(log(3) / 2) = 1/2.
_PENCIL = (
    [(np.array([[np.log(3) / 2]]), np.zeros(1)), (np.array([[2.0]]), np.zeros(1))],
    [np.array([[1.0]]), np.array([[0.5]])],
    np.array([[4.0]]),
)
#: By pencil: both sums are 0, so that nothing is added to the input.
_PENCIL_AROUND = (
    [(np.array([[2.0]]), np.array([-2.0])), (np.array([[3.0]]), np.array([-3.0]))],
    [np.array([[1.0]])] * 3,
    np.array([[4.0]]),
)

EXERCISES = (
    Exercise(
        reference=deep_gradients,
        shapes=(
            ", , n classes -> dW1: pixels hidden, db1: hidden, dW2: hidden hidden2, db2: hidden2,"
            " dW3: hidden2 hidden3, db3: hidden3, dW4: hidden3 hidden4, db4: hidden4"
        ),
        cases=(
            _PENCIL,
            _way_back(3, 2, 2, 2, 2, 2),  # equal layers: another's weights fit, and are wrong
            _way_back(1, 2, 4, 3, 5),
            _way_back(2, 3, 4, 4, 4),
            _way_back(4, 3, 5, 4, 3, 2, 2),
            _with_tiny_blame(_way_back(6, 2, 3, 2)),
        ),
        random_case=lambda rng: _way_back(rng, 6, 5, 4, 3),
    ),
    Exercise(
        reference=deep.relu_backward,
        shapes="n hidden, n hidden -> n hidden",
        cases=(
            (np.array([[5.0, 7.0]]), np.array([[2.0, 0.0]])),
            (np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]), np.array([[0.5, 0, 2], [0, 1.5, 3]])),
            (np.array([[3.0, -4.0]]), np.array([[0.0, 0.0001]])),  # awake, but only just
            (np.array([[3.0, -4.0]]), np.array([[1.5, 2.5]])),
            (1e-7 * np.array([[0.3, -0.7], [0.1, 1.1]]), np.array([[1.2, 0.0], [0.0, 2.3]])),
        ),
        random_case=lambda rng: (rng.normal(size=(6, 5)), np.maximum(rng.normal(size=(6, 5)), 0)),
    ),
    Exercise(
        reference=he_limit,
        shapes=" -> ",
        cases=((6,), (2,), (784,), (10**12,)),
        random_case=lambda rng: (int(rng.integers(1, 999)),),
    ),
    Exercise(
        reference=residual_gradients,
        shapes=(
            ", , n units -> dW1: units units2, db1: units, dW2: units units2, db2: units,"
            " dW3: units units2, db3: units"
        ),
        cases=(
            _PENCIL_AROUND,
            _way_around(1, 4, 3, 2),
            _way_around(2, 3, 2, 2),
            _way_around(3, 2, 2, 3),
            _way_around(4, 2, 2, 1),
            _with_tiny_blame(_way_around(5, 2, 3, 1)),
        ),
        random_case=lambda rng: _way_around(rng, 6, 5, 3),
    ),
)
