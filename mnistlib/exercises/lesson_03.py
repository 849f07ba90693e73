"""Lesson 03's exercises: gradients of a layer, the way back through it, a planted bug."""

import numpy as np

from mnistlib import functions, network
from mnistlib.exercises.trial import Exercise


def _layer(n: int, d: int = 3, m: int = 2) -> tuple:
    rng = np.random.default_rng(n)
    return rng.normal(size=(n, d)), rng.normal(size=(n, m))


def _hidden(n: int, m: int = 3, k: int = 2) -> tuple:
    rng = np.random.default_rng(n)
    return rng.normal(size=(n, k)), rng.normal(size=(m, k)), rng.random((n, m))


def _problem(n: int, hidden: int = 3) -> tuple:
    rng = np.random.default_rng(n)
    parameters = network.initialise(rng, pixels=4, hidden=hidden, classes=3)
    parameters = parameters._replace(b1=rng.normal(size=hidden), b2=rng.normal(size=3))
    return parameters, rng.random((n, 4)), np.eye(3)[rng.integers(0, 3, n)]


def faulty_gradients(parameters, x, y):
    """A backward pass with one bug planted in it. Exercise 3.3 asks which."""
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


EXERCISES = (
    Exercise(
        name="layer_gradients",
        reference=network.layer_gradients,
        cases=lambda: [_layer(1), _layer(2), _layer(5), _layer(4, d=4, m=4)],
        hints=(
            "What came in, times the blame of what went out, added up over the examples.",
            "A sum over the examples is a matrix product with the examples in the middle.",
            "inputs.T @ dz for the weights, dz.sum(axis=0) for the biases",
        ),
        notice="Nothing here knows which layer it is: the same two lines serve all of them.",
        mistakes={
            "the product is transposed: dW must have the shape of W, inputs by outputs.": (
                lambda inputs, dz: (dz.T @ inputs, dz.sum(axis=0))
            ),
            "the biases' sum ran over the units; it must run over the examples, axis 0.": (
                lambda inputs, dz: (inputs.T @ dz, dz.sum(axis=1))
            ),
            "the biases got the mean. Their gradient is a sum: 1/n is in dz already.": (
                lambda inputs, dz: (inputs.T @ dz, dz.mean(axis=0))
            ),
            "divided by n once more: 1/n is in dz already.": lambda inputs, dz: (
                inputs.T @ dz / len(dz),
                dz.sum(axis=0) / len(dz),
            ),
        },
        grow=_layer,
        home=network,
    ),
    Exercise(
        name="hidden_gradient",
        reference=network.hidden_gradient,
        cases=lambda: [_hidden(1), _hidden(2), _hidden(5), _hidden(4, m=3, k=3)],
        hints=(
            "First the blame of the activations: back along the same weights, transposed.",
            "Then through the sigmoid: times its slope, which follows from its value.",
            "dz2 @ W2.T * a1 * (1 - a1)",
        ),
        notice="Where a1 is near 0 or 1 the product nearly vanishes: a saturated unit hardly learns.",
        mistakes={
            "the blame goes back along the same weights transposed, W2.T.": lambda dz2, W2, a1: (
                dz2 @ W2 * a1 * (1 - a1)
            ),
            "that is da1: the sigmoid's slope is still missing.": lambda dz2, W2, a1: dz2 @ W2.T,
            "times a1, but a sigmoid's slope is a1 * (1 - a1).": lambda dz2, W2, a1: (
                dz2 @ W2.T * a1
            ),
            "a1 is the sigmoid's value already; its slope follows from it without another sigmoid.": (
                lambda dz2, W2, a1: dz2 @ W2.T * functions.sigmoid_derivative(a1)
            ),
            "the slope is a1 * (1 - a1), without a square.": lambda dz2, W2, a1: (
                dz2 @ W2.T * a1 * (1 - a1) ** 2
            ),
        },
        grow=_hidden,
        home=network,
    ),
    Exercise(
        name="mended_gradients",
        reference=mended_gradients,
        cases=lambda: [_problem(1), _problem(2), _problem(6)],
        hints=(
            "Run check_gradient on each of the four. Three pass.",
            "Look at the ratio of given and measured in the verdict. What is it equal to?",
            "1/n is in dz2 already, and so in dz1. What does a mean divide by?",
        ),
        notice="With one example the bug cannot be seen: a mean of one is its sum. Check with several.",
        mistakes={
            "the bug is still there. Which gradient does check_gradient refuse?": (
                lambda parameters, x, y: tuple(faulty_gradients(parameters, x, y))
            ),
            "10 is the right factor for a batch of ten only. Which number is it in general?": (
                lambda parameters, x, y: (lambda g: (g.dW1, 10 * g.db1, g.dW2, g.db2))(
                    faulty_gradients(parameters, x, y)
                )
            ),
            "now 1/n is missing everywhere.": lambda parameters, x, y: tuple(
                len(x) * slope for slope in network.gradients(parameters, x, y)[1]
            ),
            "db1 is right now, but the other three have lost their 1/n.": lambda parameters, x, y: (
                lambda g: (len(x) * g.dW1, g.db1, len(x) * g.dW2, len(x) * g.db2)
            )(network.gradients(parameters, x, y)[1]),
            "now db2 is a mean as well. Both biases need a sum: 1/n is in dz2 already.": (
                lambda parameters, x, y: (lambda g: (g.dW1, g.db1 / len(x), g.dW2, g.db2 / len(x)))(
                    network.gradients(parameters, x, y)[1]
                )
            ),
            "the order is dW1, db1, dW2, db2.": lambda parameters, x, y: (
                lambda g: (g.dW2, g.db2, g.dW1, g.db1)
            )(network.gradients(parameters, x, y)[1]),
        },
    ),
)
