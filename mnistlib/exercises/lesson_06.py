"""Lesson 06's exercises: the loop back through tanh layers, a ReLU's backward, He's limit."""

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


def _way_back(seed: int, n: int, *sizes: int) -> tuple:
    """Return the layers of a tanh network, what came into each, and a gradient by its logits."""
    rng, layers = np.random.default_rng(seed), []
    kept = [rng.normal(size=(n, sizes[0]))]
    for inputs, outputs in pairwise(sizes):
        layers.append((rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)))
        kept.append(np.tanh(kept[-1] @ layers[-1][0] + layers[-1][1]))
    return layers, kept[:-1], rng.normal(size=(n, sizes[-1]))


def _through(change):
    """Return a loop back that changes the blame in its own way between two layers."""

    def loop(layers, kept, dz):
        found = []
        for (W, _), a in zip(reversed(layers), reversed(kept), strict=True):
            found += [dz.sum(axis=0), a.T @ dz]
            dz = change(dz @ W.T, a)
        return tuple(found[::-1])

    return loop


_PENCIL = ([(np.array([[1.0]]), np.zeros(1)), (np.array([[2.0]]), np.zeros(1))],
           [np.array([[1.0]]), np.array([[0.5]])], np.array([[4.0]]))  # fmt: skip

WORDS = words("lesson_06")
EXERCISES = (
    Exercise(
        deep_gradients,
        ", , n classes -> dW1: pixels hidden, db1: hidden, dW2: hidden hidden2, db2: hidden2",
        (_PENCIL, _way_back(1, 4, 3, 2, 5), _way_back(2, 3, 4, 4, 4)),
        *WORDS["deep_gradients"],
    ),
    Exercise(
        deep.relu_backward,
        "n hidden, n hidden -> n hidden",
        (
            (np.array([[5.0, 7.0]]), np.array([[2.0, 0.0]])),
            (np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]), np.array([[0.5, 0, 2], [0, 1.5, 3]])),
        ),
        *WORDS["relu_backward"],
    ),
    Exercise(he_limit, " -> ", ((6,), (2,), (784,)), *WORDS["he_limit"]),
)
