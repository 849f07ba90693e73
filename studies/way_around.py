"""Lesson 07: what four residual layers are worth, with each network at its own best rate.

Five hidden layers of 128 sigmoids with Glorot's weights, one epoch: the first is an ordinary layer, and
each of the other four adds to its input. Beside it the network with the first layer alone, and the
residual one with its four layers left as they were drawn, adding either the sigmoid or the sigmoid minus
a half. Seeds 0 to 2 choose each network's rate, and seeds 3 to 7 compare the networks at these rates.
"""

from dataclasses import dataclass

import numpy as np

from course import studies
from course.materials.one_epoch import accuracy_after_an_epoch
from mnistlib import deep, functions
from mnistlib.functions import sigmoid

SIZES = [784, 128, 128, 128, 128, 128, 10]
RATES = {
    "residual": (0.5, 1.0, 1.5, 2.0),
    "one hidden layer": (1.0, 2.0, 3.0),
    "frozen": (0.01, 0.03, 0.1),
    "frozen, minus a half": (1.0, 2.0, 3.0),
}
ROWS = [
    {"network": network, "rate": rate, "seed": seed}
    for network, rates in RATES.items()
    for rate in rates
    for seed in range(8)
]
QUICK = ROWS.index({"network": "residual", "rate": 1.0, "seed": 0})


@dataclass(frozen=True)
class Residual(deep.MLP):
    """Sigmoid layers of which all hidden ones but the first add to their input.

    From what these add, ``minus`` is subtracted.
    """

    minus: float = 0.0

    def forward(self, parameters, x):
        """Return the pixels, each hidden layer's activations, and the logits."""
        (W, b), *residual, (W_last, b_last) = zip(parameters[::2], parameters[1::2], strict=True)
        kept = [x, sigmoid(x @ W + b)]
        for W, b in residual:
            kept.append(kept[-1] + sigmoid(kept[-1] @ W + b) - self.minus)
        return [*kept, kept[-1] @ W_last + b_last]

    def gradients(self, parameters, x, y):
        """Return the loss and its gradient with respect to every parameter."""
        _, *residual, W_last = parameters[::2]
        *kept, z = self.forward(parameters, x)
        loss, dz = functions.cross_entropy_with_gradient(z, y)
        grads = [dz.sum(axis=0), kept[-1].T @ dz]
        da = dz @ W_last.T
        # from the top down: each layer's weights, its input and its output
        for W, layer_input, output in zip(
            reversed(residual), kept[-2:0:-1], kept[:1:-1], strict=True
        ):
            value = output - layer_input + self.minus  # the sigmoid itself
            dz = da * value * (1 - value)
            grads += [dz.sum(axis=0), layer_input.T @ dz]
            da = da + dz @ W.T  # around the layer, and through it
        dz = da * kept[1] * (1 - kept[1])
        grads += [dz.sum(axis=0), x.T @ dz]
        return loss, tuple(reversed(grads))


class Frozen(Residual):
    """The same network, whose residual layers are never changed: their gradients are set to 0."""

    def gradients(self, parameters, x, y):
        """Return the loss, and gradients that are 0 but for the first and the last layer."""
        loss, grads = super().gradients(parameters, x, y)
        return loss, (*grads[:2], *(np.zeros_like(grad) for grad in grads[2:-2]), *grads[-2:])


def run(network: str, rate: float, seed: int) -> dict:
    """Train one network for one epoch."""
    rng = np.random.default_rng(seed)
    model = {
        "residual": Residual("sigmoid"),
        "one hidden layer": deep.MLP("sigmoid"),
        "frozen": Frozen("sigmoid"),
        "frozen, minus a half": Frozen("sigmoid", minus=0.5),
    }[network]
    sizes = [784, 128, 10] if network == "one hidden layer" else SIZES
    parameters = deep.initialise(rng, sizes, rule="Glorot")
    return {"accuracy": accuracy_after_an_epoch(model, parameters, rate, rng)}


if __name__ == "__main__":
    studies.main()
