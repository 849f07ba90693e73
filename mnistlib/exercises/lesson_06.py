"""Lesson 06's exercises: a ReLU's backward, the loop back, He's limit, and a way around."""

from itertools import pairwise

import numpy as np

from mnistlib import deep
from mnistlib.exercises.trial import Exercise, words


def deep_gradients(layers, kept, dz):
    """The gradients of a tanh network, dW1, db1, dW2, db2, ..., from what was kept on the way up."""
    found = []
    for (W, _), a in zip(reversed(layers), reversed(kept), strict=True):
        found += [dz.sum(axis=0), a.T @ dz]
        dz = deep.tanh_backward(dz @ W.T, a)
    return tuple(found[::-1])


def he_limit(inputs):
    """The limit of a uniform distribution around 0 whose variance is 2 / inputs."""
    return np.sqrt(6 / inputs)


def residual_gradients(layers, kept, da):
    """The gradients of tanh layers that add to what came in, dW1, db1, dW2, db2, ..., from the top."""
    found = []
    for (W, _), a, above in zip(reversed(layers), kept[-2::-1], kept[:0:-1], strict=True):
        dz = deep.tanh_backward(da, above - a)
        found += [dz.sum(axis=0), a.T @ dz]
        da = da + dz @ W.T
    return tuple(found[::-1])


def _way_back(seed: int, n: int, *sizes: int) -> tuple:
    """Return the layers of a tanh network, what came into each, and a gradient by its logits."""
    rng, layers = np.random.default_rng(seed), []
    kept = [rng.normal(size=(n, sizes[0]))]
    for inputs, outputs in pairwise(sizes):
        layers.append((rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)))
        kept.append(np.tanh(kept[-1] @ layers[-1][0] + layers[-1][1]))
    return layers, kept[:-1], rng.normal(size=(n, sizes[-1]))


def _walk(before, after, axis=0):
    """Return a loop back that changes the blame in its own way, before and after it is used."""

    def loop(layers, kept, dz):
        found = []
        for (W, _), a in zip(reversed(layers), reversed(kept), strict=True):
            dz = before(dz, W, a)
            found += [dz.sum(axis=axis), a.T @ dz]
            dz = after(dz, W, a)
        return tuple(found[::-1])

    return loop


def _as_it_is(dz, W, a):
    return dz


def _down(dz, W, a):
    return deep.tanh_backward(dz @ W.T, a)


def _through(change):
    """Return a loop back that changes the blame in its own way between two layers."""
    return _walk(_as_it_is, lambda dz, W, a: change(dz @ W.T, a))


def _turned(found):
    """Return the gradients with the last layer's first, or the other way round."""
    pairs = list(zip(found[::2], found[1::2]))[::-1]
    return tuple(value for pair in pairs for value in pair)


def _way_around(seed: int, n: int, units: int, count: int) -> tuple:
    """Return layers that add to what came in, all they hold, and a gradient by the last of it."""
    rng, layers = np.random.default_rng(seed), []
    kept = [rng.normal(size=(n, units))]
    for _ in range(count):
        layers.append((rng.normal(size=(units, units)), rng.normal(size=units)))
        kept.append(kept[-1] + np.tanh(kept[-1] @ layers[-1][0] + layers[-1][1]))
    return layers, kept, rng.normal(size=(n, units))


def _around(slope, change):
    """Return a loop back past additions whose slope or sum of the blame is made in its own way."""

    def loop(layers, kept, da):
        found = []
        for (W, _), a, above in zip(reversed(layers), kept[-2::-1], kept[:0:-1], strict=True):
            dz = slope(da, a, above)
            found += [dz.sum(axis=0), a.T @ dz]
            da = change(da, dz @ W.T, dz, W, a, above)
        return tuple(found[::-1])

    return loop


def _by_value(da, a, above):
    return deep.tanh_backward(da, above - a)


# tanh(log(3) / 2) = 1/2
_PENCIL = ([(np.array([[np.log(3) / 2]]), np.zeros(1)), (np.array([[2.0]]), np.zeros(1))],
           [np.array([[1.0]]), np.array([[0.5]])], np.array([[4.0]]))  # fmt: skip

_AROUND = ([(np.array([[2.0]]), np.array([-2.0])), (np.array([[3.0]]), np.array([-3.0]))],
           [np.array([[1.0]])] * 3, np.array([[4.0]]))  # fmt: skip

WORDS = words("lesson_06")
EXERCISES = (
    Exercise(
        deep.relu_backward,
        "n hidden, n hidden -> n hidden",
        (
            (np.array([[5.0, 7.0]]), np.array([[2.0, 0.0]])),
            (np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]), np.array([[0.5, 0, 2], [0, 1.5, 3]])),
            (np.array([[3.0, -4.0]]), np.array([[0.0, 0.0001]])),  # awake, but only just
            (np.array([[3.0, -4.0]]), np.array([[1.0, 2.0]])),
        ),
        *WORDS["relu_backward"],
    ),
    Exercise(
        deep_gradients,
        (
            ", , n classes -> dW1: pixels hidden, db1: hidden, dW2: hidden hidden2, db2: hidden2,"
            " dW3: hidden2 hidden3, db3: hidden3, dW4: hidden3 hidden4, db4: hidden4"
        ),
        (
            _PENCIL,
            _way_back(3, 2, 2, 2, 2, 2),  # equal layers: another's weights fit, and are wrong
            _way_back(1, 2, 4, 3, 5),
            _way_back(2, 3, 4, 4, 4),
            _way_back(4, 3, 5, 4, 3, 2, 2),
        ),
        *WORDS["deep_gradients"],
    ),
    Exercise(he_limit, " -> ", ((6,), (2,), (784,)), *WORDS["he_limit"]),
    Exercise(
        residual_gradients,
        (
            ", , n units -> dW1: units units2, db1: units, dW2: units units2, db2: units,"
            " dW3: units units2, db3: units"
        ),
        (
            _AROUND,
            _way_around(1, 4, 3, 2),
            _way_around(2, 3, 2, 2),
            _way_around(3, 2, 2, 3),
            _way_around(4, 2, 2, 1),
        ),
        *WORDS["residual_gradients"],
    ),
)
