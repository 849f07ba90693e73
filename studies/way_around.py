"""Lesson 07: what four residual layers are worth, with each network at its own best rate.

Five hidden layers of 128 sigmoids with Glorot's weights, one epoch: the first is an ordinary layer, and
each of the other four adds to its input. Beside it the network with the first layer alone, and the
residual one with its four layers left as they were drawn. Seeds 0 to 2 choose each network's rate, and
seeds 3 to 7 compare the networks at these rates.
"""

import numpy as np

from course import studies
from course.materials.one_epoch import accuracy_after_an_epoch
from mnistlib import deep, functions
from mnistlib.functions import sigmoid

SIZES = [784, 128, 128, 128, 128, 128, 10]
#: Each network's rates, and how many seeds it is trained from.
NETWORKS = {
    "residual": ((0.5, 1.0, 1.5, 2.0), 8),
    "one hidden layer": ((1.0, 2.0, 3.0), 8),
    "residual, frozen": ((0.03, 0.1, 0.3, 1.0), 3),
}
ROWS = [
    {"network": network, "rate": rate, "seed": seed}
    for network, (rates, seeds) in NETWORKS.items()
    for rate in rates
    for seed in range(seeds)
]
QUICK = ROWS.index({"network": "residual", "rate": 1.0, "seed": 0})


class Residual(deep.MLP):
    """Sigmoid layers of which all hidden ones but the first add to their input."""

    def forward(self, parameters, x):
        """Return the pixels, each hidden layer's activations, and the logits."""
        (W, b), *residual, (W_last, b_last) = zip(parameters[::2], parameters[1::2], strict=True)
        kept = [x, sigmoid(x @ W + b)]
        for W, b in residual:
            kept.append(kept[-1] + sigmoid(kept[-1] @ W + b))
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
            added = output - layer_input
            dz = da * added * (1 - added)
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
    kind = {"residual": Residual, "one hidden layer": deep.MLP, "residual, frozen": Frozen}[network]
    model = kind("sigmoid")
    sizes = [784, 128, 10] if network == "one hidden layer" else SIZES
    parameters = deep.initialise(rng, sizes, rule="Glorot")
    return {"accuracy": accuracy_after_an_epoch(model, parameters, rate, rng)}


if __name__ == "__main__":
    studies.main()
