"""Lesson 08: two networks, each trained with pushed images and without, three seeds each.

``most`` is the largest push of a training batch, in pixels. ``pushed`` holds the accuracy on the
validation images after pushes of 1, 2 and 3 pixels, each the mean of four directions. All networks
have ReLUs, He's start, batches of 64 and ten epochs; for each, three rates are tried with pushes, and
the one that reads most validation images on average is used without them, too.

Beside the two stand one that is four times as wide, with pushes only, and the same kernels without a
maximum, without pushes only and at the rate of those with one.
"""

import sys
from unittest import mock

import numpy as np
import study

from mnistlib import convolution, data, deep, training

EPOCHS, BATCH = 10, 64


def corners_backward(dlargest: np.ndarray, z: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Send the blame to the top left of each square."""
    dz = np.zeros_like(z)
    dz[:, ::2, ::2] = dlargest
    return dz


class KernelsAlone(convolution.Convolutional):
    """The same network, but of each square of 2 x 2 it keeps the top left, not the largest."""

    corners = mock.patch.multiple(
        convolution, max_pool=lambda z: z[:, ::2, ::2], max_pool_backward=corners_backward
    )
    logits = corners(convolution.Convolutional.logits)
    gradients = corners(convolution.Convolutional.gradients)


MODELS = {
    "784-128-10": (deep.Deep("relu"), lambda rng: deep.initialise(rng, [784, 128, 10])),
    "convolutional": (
        convolution.Convolutional(),
        lambda rng: convolution.initialise(rng, kernels=(8, 32)),
    ),
    "784-512-10": (deep.Deep("relu"), lambda rng: deep.initialise(rng, [784, 512, 10])),
    "kernels alone": (KernelsAlone(), lambda rng: convolution.initialise(rng, kernels=(8, 32))),
}
RATES = {
    "784-128-10": (0.05, 0.1, 0.2),
    "convolutional": (0.02, 0.04, 0.08),
    "784-512-10": (0.05, 0.1, 0.2),
}
CHOSEN = {"784-128-10": 0.1, "convolutional": 0.04}
SETTINGS = [
    *(
        (model, most, rate)
        for model in CHOSEN
        for most in (0, 1)
        for rate in (RATES[model] if most else [CHOSEN[model]])
    ),
    *(("784-512-10", 1, rate) for rate in RATES["784-512-10"]),
    ("kernels alone", 0, CHOSEN["convolutional"]),
]
ROWS = [
    {"model": model, "most": most, "rate": rate, "seed": seed}
    for model, most, rate in SETTINGS
    for seed in (0, 1, 2)
]
QUICK = 0


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return images moved by so many pixels; negative numbers move up and to the left."""
    moved = np.zeros_like(images)
    to = slice(max(down, 0), 28 + min(down, 0)), slice(max(right, 0), 28 + min(right, 0))
    come = slice(max(-down, 0), 28 + min(-down, 0)), slice(max(-right, 0), 28 + min(-right, 0))
    moved[:, *to] = images[:, *come]
    return moved


def run(model: str, most: int, rate: float, seed: int) -> dict:
    """Train one network, and ask it for pushed digits and for the test set."""
    mnist = data.load()
    (images, labels), validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(8)
    )
    rng, (model, initialise) = np.random.default_rng(seed), MODELS[model]
    trained = initialise(rng)
    batches = training.minibatches(50_000, BATCH, rng=rng, epochs=EPOCHS)
    rates, y = training.falling(rate, len(batches)), data.one_hot(labels)
    velocity = [np.zeros_like(value) for value in trained]
    for step, batch in enumerate(batches):
        push = rng.integers(-most, most + 1, size=2) if most else (0, 0)
        x = model.prepare(shifted(images[batch], *push))
        _, grads = model.gradients(trained, x, y[batch])
        training.sgd_update(trained, grads, velocity, rates(step), 0.9)

    def accuracy(images, labels):
        return training.evaluate(model, trained, (images, labels)).accuracy

    images, labels = validation_set
    pushed = []
    for pixels in (1, 2, 3):
        pushes = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)]
        pushed.append(float(np.mean([accuracy(shifted(images, *p), labels) for p in pushes])))
    return {
        "validation": accuracy(*validation_set),
        "pushed": pushed,
        "test": accuracy(mnist.test_images, mnist.test_labels),
    }


if __name__ == "__main__":
    study.main(sys.modules[__name__])
