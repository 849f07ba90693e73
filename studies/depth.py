"""Lesson 07: one epoch with one to five hidden layers, sigmoids against ReLUs, each at several rates.

Sigmoids start from Glorot's weights, from these times four, and ReLUs from He's; with five layers
ReLUs also start from Glorot's. Accuracy is that on the validation images; the norms are those of the
loss's gradient by each layer's weights, over the first 1,000 training images, before the first step.
"""

import numpy as np

from course import studies
from course.materials.one_epoch import accuracy_after_an_epoch, gradient_norms
from mnistlib import deep

STARTS = {
    "sigmoid, Glorot": ("sigmoid", "Glorot", 1),
    "sigmoid, Glorot x 4": ("sigmoid", "Glorot", 4),
    "ReLU, He": ("relu", "He", 1),
    "ReLU, Glorot": ("relu", "Glorot", 1),
}
ROWS = [
    {"start": start, "hidden_layers": hidden_layers, "rate": rate, "seed": seed}
    for start in STARTS
    for hidden_layers in ((5,) if start == "ReLU, Glorot" else (1, 2, 3, 4, 5))
    for rate in (0.03, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0)
    for seed in (0, 1, 2)
]
QUICK = ROWS.index({"start": "ReLU, He", "hidden_layers": 5, "rate": 0.1, "seed": 0})


def run(start: str, hidden_layers: int, rate: float, seed: int) -> dict:
    """Train one network for one epoch."""
    activation, rule, width = STARTS[start]
    rng = np.random.default_rng(seed)
    model = deep.MLP(activation)
    parameters = deep.initialise(rng, [784, *[128] * hidden_layers, 10], rule=rule)
    parameters = tuple(width * value for value in parameters)  # the biases are 0
    return {
        "accuracy": accuracy_after_an_epoch(model, parameters, rate, rng),
        "norms": gradient_norms(model, parameters),
    }


if __name__ == "__main__":
    studies.main()
