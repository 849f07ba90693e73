"""Lesson 06's exercises: the loop back through tanh layers, a ReLU's backward, He's limit."""

from itertools import pairwise

import numpy as np

from mnistlib import deep
from mnistlib.exercises.trial import Exercise


def deep_gradients(layers, kept, dz):
    """The gradients of a tanh network, dW1, db1, dW2, db2, ..., from what was kept on the way up."""
    found = []
    for (W, _), a in zip(reversed(layers), reversed(kept), strict=True):
        found += [dz.sum(axis=0), a.T @ dz]
        dz = deep.tanh_backward(dz @ W.T, a)
    return tuple(reversed(found))


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
        return tuple(reversed(found))

    return loop


_PENCIL = ([(np.array([[1.0]]), np.zeros(1)), (np.array([[2.0]]), np.zeros(1))],
           [np.array([[1.0]]), np.array([[0.5]])], np.array([[4.0]]))  # fmt: skip

EXERCISES = (
    Exercise(
        deep_gradients,
        ", , n classes -> dW1: pixels hidden, db1: hidden, dW2: hidden hidden2, db2: hidden2",
        (_PENCIL, _way_back(1, 4, 3, 2, 5), _way_back(2, 3, 4, 4, 4)),
        (
            "At each layer, from the last to the first: its two gradients, then the blame below it.",
            "reversed(layers) and reversed(kept) go together: kept[-1] came into the last layer.",
            "dW = a.T @ dz, db = dz.sum(axis=0), then dz = dz @ W.T * (1 - a**2)",
        ),
        "The loop does not know how many layers there are. A hundred would need no new line.",
        """
key(layers, kept, dz)[::-1]
    the order is another. Which layer comes first in the list that is wanted?
_through(lambda da, a: da)(layers, kept, dz)
    the blame went from da to da. What stands between a layer's sums and its activations?
_through(lambda da, a: da * a * (1 - a))(layers, kept, dz)
    that is the sigmoid's slope. Which function have these layers?
_through(lambda da, a: da * (1 - a))(layers, kept, dz)
_through(lambda da, a: da * (1 - np.tanh(a) ** 2))(layers, kept, dz)
    that is not the slope of tanh, found from its value. What is it, if a = tanh(z)?
tuple(value for pair in zip(key(layers, kept, dz)[1::2], key(layers, kept, dz)[::2]) for value in pair)
    the biases come before the weights. In which order does a layer hold them?
tuple(value / len(dz) for value in key(layers, kept, dz))
    all are n times too small. Has dz got its 1/n already?
list(zip(key(layers, kept, dz)[::2], key(layers, kept, dz)[1::2]))
    the gradients come in pairs. Which form has the list that is wanted?
""",
    ),
    Exercise(
        deep.relu_backward,
        "n hidden, n hidden -> n hidden",
        (
            (np.array([[5.0, 7.0]]), np.array([[2.0, 0.0]])),
            (np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]]), np.array([[0.5, 0, 2], [0, 1.5, 3]])),
        ),
        (
            "A unit that is awake passes its blame on as it is. Which ones are awake?",
            "a > 0 is True for those. What does True count as in a product?",
            "da * (a > 0)",
        ),
        "No exponential, no product of values: where a unit is awake, nothing is lost.",
        """
da * (a >= 0)
da
    every unit counts as awake, for no activation is below 0. What does a sleeping one answer?
da * a
    the blame was weighted by the value. What is the slope of a straight line through 0?
da * (da > 0)
np.maximum(da, 0)
    the blame itself was cut off. Whose sign decides whether it passes?
a > 0
(a > 0) * 1.0
    that is the slope alone. What does the chain rule multiply it by?
da * a * (1 - a)
    that is the sigmoid's slope. What is the slope of max(z, 0)?
""",
    ),
    Exercise(
        he_limit,
        " -> ",
        ((6,), (2,), (784,)),
        (
            "Set the variance of the uniform distribution, limit squared over 3, equal to 2 / inputs.",
            "Multiply by 3, then take the root.",
            "np.sqrt(6 / inputs)",
        ),
        "For 784 inputs that is 0.087; Glorot's rule for 784 inputs and 128 outputs gives 0.081.",
        """
np.sqrt(2 / inputs)
    that is a standard deviation. How far from it is the limit of a uniform distribution?
2 / inputs
    that is the variance itself. Which limit has it?
6 / inputs
    that is the square of what is wanted. What is still to do?
np.sqrt(2 / (3 * inputs))
    the 3 went to the other side. Is the limit larger or smaller than the standard deviation?
np.sqrt(3 / inputs)
    that limit has the variance 1 / inputs. What does a ReLU do to half of its inputs?
np.sqrt(6 * inputs)
    it grows with the inputs. Should many inputs have large weights?
""",
    ),
)
