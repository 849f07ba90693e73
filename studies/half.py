"""Lesson 07: what stops five sigmoid layers, their slope of a quarter or their mean of a half.

Five hidden layers of 128 units, Glorot's weights, one epoch, each network at several rates. The sigmoid
minus 1/2 keeps the slope and loses the mean; tanh plus 1 keeps the slope of 1 and gains a mean. Three
more networks ask how far the answer goes: a sixth layer for the sigmoid minus 1/2; a learning rate for
each layer of the sigmoid, larger where the pull is fainter; and sigmoids whose half the next layer's
biases take off, so that the network computes what the sigmoid minus 1/2 does, and only its gradients
differ.
Weights and batches are those of the rows "sigmoid, Glorot" with five hidden layers in the study depth.
"""

import numpy as np

from course import studies
from course.materials.one_epoch import RateByLayer, accuracy_after_an_epoch, gradient_norms
from mnistlib import deep
from mnistlib.functions import sigmoid

SIZES = [784, 128, 128, 128, 128, 128, 10]
#: Each activation function, and the way back through it, from the activations a.
ACTIVATIONS = {
    "sigmoid - 1/2": deep.Activation(
        forward=lambda z: sigmoid(z) - 0.5, backward=lambda da, a: da * (0.25 - a**2)
    ),
    "tanh + 1": deep.Activation(
        forward=lambda z: np.tanh(z) + 1, backward=lambda da, a: da * (1 - (a - 1) ** 2)
    ),
    "tanh": deep.ACTIVATIONS["tanh"],
}
#: A rate for each layer, in inverse proportion to its pull at the start; ``rate`` is the last layer's.
BY_LAYER = "sigmoid, a rate for each layer"
SIX_LAYERS = "sigmoid - 1/2, six layers"
BY_BIASES = "sigmoid, half taken off by the biases"
RATES = {
    "sigmoid - 1/2": (0.03, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0),
    "tanh + 1": (0.03, 0.1, 0.3, 1.0),
    "tanh": (0.03, 0.1, 0.3, 1.0),
    BY_LAYER: (0.03, 0.1, 0.3, 1.0),
    SIX_LAYERS: (1.0, 2.0, 3.0, 5.0, 10.0, 20.0),
    BY_BIASES: (0.3, 1.0, 2.0, 3.0, 5.0, 10.0),
}
ROWS = [
    {"activation": activation, "rate": rate, "seed": seed}
    for activation, rates in RATES.items()
    for rate in rates
    for seed in (0, 1, 2)
]
# Not at a large rate: there the last bits of a computer's sums change how many images come out right.
QUICK = ROWS.index({"activation": "tanh", "rate": 0.03, "seed": 0})


def without_half(parameters: tuple) -> tuple:
    """Return parameters whose biases, but for the first layer's, take a half off each input."""
    changed = list(parameters)
    for place in range(2, len(parameters), 2):
        changed[place + 1] = parameters[place + 1] - 0.5 * parameters[place].sum(axis=0)
    return tuple(changed)


def run(activation: str, rate: float, seed: int) -> dict:
    """Train one network for one epoch."""
    if activation in (BY_LAYER, BY_BIASES):
        model = deep.MLP("sigmoid")
    else:
        name = activation.removesuffix(", six layers")
        deep.ACTIVATIONS[name] = ACTIVATIONS[name]
        model = deep.MLP(name)
    rng = np.random.default_rng(seed)
    sizes = [*SIZES[:-1], 128, 10] if activation == SIX_LAYERS else SIZES
    parameters = deep.initialise(rng, sizes, rule="Glorot")
    if activation == BY_LAYER:
        pulls = gradient_norms(model, parameters)
        model = RateByLayer("sigmoid", factors=tuple(pulls[-1] / pull for pull in pulls))
    if activation == BY_BIASES:
        parameters = without_half(parameters)
    return {"accuracy": accuracy_after_an_epoch(model, parameters, rate, rng)}


if __name__ == "__main__":
    studies.main()
