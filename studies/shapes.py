"""Lesson 10: networks that see neighbours and networks that do not, asked about pushed digits.

``most`` is the largest push of a training batch, in pixels. ``pushed`` holds the accuracy on the
validation images after pushes of 1, 2 and 3 pixels, each the mean of four directions. All networks
have ReLUs, He's start, batches of 64 and, where nothing else is said, ten epochs and three seeds. For
the fully connected one and for the convolutional one three rates are tried with pushes, and the one
that reads most validation images on average is used without them, too.

More designs stand beside the two. *kernels alone* keeps no maximum. *unshared* has the same patches,
maxima and layers, but weights of its own in every place: it sees neighbours, and shares nothing; of
three rates tried for two epochs, the two better ones were run for ten. *local* keeps no maximum either,
so locality is all it has. One more network is fully connected, and as deep and as wide as the
convolutional one. And the fully connected one is pushed further, for longer. Rows that were added later
have float32, and other rates one seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course import studies
from course.materials import shapes
from mnistlib import convolution, data, deep, functions, training

EPOCHS = 10
BATCH = 64


def shared_back(
    dz: np.ndarray, cut: np.ndarray, W: np.ndarray, channels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return dW and the blame of what came in, where all places share their weights."""
    return convolution.kernel_gradient(dz, cut), convolution.pixel_gradient(dz, W, channels)


def own_convolve(x: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Multiply the patches of each place by that place's own matrix: W (places, patch, kernels)."""
    cut = convolution.im2col(x, 5)
    inputs, r, c, n = cut.shape
    by_place = cut.reshape(inputs, r * c, n).transpose(1, 0, 2)
    z = W.transpose(0, 2, 1) @ by_place
    return z.transpose(1, 0, 2).reshape(-1, r, c, n), by_place


def own_back(
    dz: np.ndarray, by_place: np.ndarray, W: np.ndarray, channels: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return dW and the blame of what came in, where each place has weights of its own."""
    kernels, r, c, n = dz.shape
    dz = dz.reshape(kernels, r * c, n).transpose(1, 0, 2)
    dW = by_place @ dz.transpose(0, 2, 1)
    cut = (W @ dz).transpose(1, 0, 2).reshape(5, 5, channels, r, c, n)
    dx = np.zeros((channels, r + 4, c + 4, n), dz.dtype)
    for down in range(5):
        for right in range(5):
            dx[:, down : down + r, right : right + c] += cut[down, right]
    return dW, dx


def corners(z: np.ndarray) -> np.ndarray:
    """Keep the top left of each square of 2 x 2, not the largest."""
    return z[:, ::2, ::2]


def corners_backward(dkept: np.ndarray, z: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Send the blame to the top left of each square."""
    dz = np.zeros_like(z)
    dz[:, ::2, ::2] = dkept
    return dz


#: How a layer multiplies, forward and back: all places with the same weights, or each with its own.
SHARED = convolution.convolve, shared_back
OWN = own_convolve, own_back
#: What is kept of each square of 2 x 2, and the way back.
LARGEST = convolution.max_pool, convolution.max_pool_backward
CORNERS = corners, corners_backward


@dataclass(frozen=True)
class Design(convolution.Convolutional):
    """The convolutional network, whose two layers multiply and pool as it is told.

    Where each place has its own weights it has its own bias, too: b (kernels, rows, columns), one for
    each number that pooling leaves.
    """

    layer: tuple[Callable, Callable]
    pooling: tuple[Callable, Callable]

    def _forward(self, parameters: tuple, x: np.ndarray) -> tuple:
        convolve, _ = self.layer
        pool, _ = self.pooling
        kept = []
        for W, b in (parameters[:2], parameters[2:4]):
            z, cut = convolve(x, W)
            pooled = pool(z)
            x = deep.relu(pooled + b.reshape(*b.shape, *[1] * (4 - b.ndim)))
            kept.append((cut, z, pooled, x))
        z3, cut3 = convolution.convolve(x, parameters[4])
        return z3.reshape(10, -1).T + parameters[5], cut3, kept

    def gradients(self, parameters: tuple, x: np.ndarray, y: np.ndarray) -> tuple[float, tuple]:
        """Loss and gradients, as in the convolutional network."""
        _, back = self.layer
        _, pool_backward = self.pooling
        W1, b1, W2, b2, W3, _ = parameters
        logits, cut3, ((cut1, z1, pooled1, a1), (cut2, z2, pooled2, a2)) = self._forward(
            parameters, x
        )
        loss, dlogits = functions.cross_entropy_with_gradient(logits, y)
        dz3 = dlogits.T.reshape(10, 1, 1, -1)
        dW3, da2 = shared_back(dz3, cut3, W3, len(a2))
        dpooled2 = deep.relu_backward(da2, a2)
        dW2, da1 = back(pool_backward(dpooled2, z2, pooled2), cut2, W2, len(a1))
        dpooled1 = deep.relu_backward(da1, a1)
        dW1, _ = back(pool_backward(dpooled1, z1, pooled1), cut1, W1, 1)
        db1 = dpooled1.sum(axis=tuple(range(b1.ndim, 4)))
        db2 = dpooled2.sum(axis=tuple(range(b2.ndim, 4)))
        return loss, (dW1, db1, dW2, db2, dW3, dlogits.sum(axis=0))


def start_shared(rng: np.random.Generator) -> tuple:
    """Draw the convolutional network."""
    return convolution.initialise(rng, kernels=(8, 32))


def start_own(rng: np.random.Generator) -> tuple:
    """Draw as many matrices for a layer as it has places, each as a shared one is drawn."""
    first, second = 8, 32
    draw = deep.initialise
    W1 = np.stack([draw(rng, [25, first])[0] for _ in range(24 * 24)])
    W2 = np.stack([draw(rng, [25 * first, second])[0] for _ in range(8 * 8)])
    biases = np.zeros((first, 12, 12)), np.zeros((second, 4, 4))
    return W1, biases[0], W2, biases[1], *draw(rng, [16 * second, 10])


MODELS = {
    "784-128-10": (deep.MLP("relu"), lambda rng: deep.initialise(rng, [784, 128, 10])),
    "convolutional": (convolution.Convolutional(), start_shared),
    "kernels alone": (Design(SHARED, CORNERS), start_shared),
    "unshared": (Design(OWN, LARGEST), start_own),
    "local": (Design(OWN, CORNERS), start_own),
    "784-1152-512-10": (
        deep.MLP("relu"),
        lambda rng: deep.initialise(rng, [784, 1152, 512, 10]),
    ),
}
RATES = {
    "784-128-10": (0.05, 0.1, 0.2),
    "convolutional": (0.02, 0.04, 0.08),
    "unshared": (0.04, 0.08, 0.16),
}
CHOSEN = {"784-128-10": 0.1, "convolutional": 0.04}
SEEDS = (0, 1, 2)
SETTINGS = [
    *(
        (model, most, rate)
        for model in ("784-128-10", "convolutional")
        for most in (0, 1)
        for rate in (RATES[model] if most else [CHOSEN[model]])
    ),
    ("kernels alone", 0, CHOSEN["convolutional"]),
]
#: The unshared network moves half a million weights in each step, so it has float32 and one seed.
LIGHT = {"model": "unshared", "most": 0, "dtype": "float32"}
ROWS = [
    *(
        {"model": model, "most": most, "rate": rate, "seed": seed}
        for model, most, rate in SETTINGS
        for seed in SEEDS
    ),
    *(LIGHT | {"rate": rate, "seed": 0, "epochs": 2} for rate in RATES["unshared"]),
    *(LIGHT | {"rate": rate, "seed": 0} for rate in RATES["unshared"][1:]),
    *(
        {"model": "784-128-10", "most": 2, "rate": CHOSEN["784-128-10"], "seed": seed, "epochs": 30}
        for seed in SEEDS
    ),
    *(
        {"model": model, "most": 0, "dtype": "float32", "rate": rate, "seed": seed}
        for model, rate in [
            ("kernels alone", 0.08),
            ("convolutional", 0.08),
        ]
        for seed in SEEDS
    ),
    {"model": "784-128-10", "most": 0, "rate": CHOSEN["784-128-10"], "seed": 0, "epochs": 1},
    *(
        {"model": model, "most": 0, "dtype": "float32", "rate": rate, "seed": seed}
        for model, rate, seeds in [
            ("local", 0.16, SEEDS),
            ("local", 0.32, (0,)),
            ("unshared", 0.16, (1, 2)),
            ("kernels alone", 0.16, (0,)),
            ("convolutional", 0.02, (0,)),
            ("784-1152-512-10", 0.05, (0,)),
            ("784-1152-512-10", 0.1, (0,)),
            ("784-128-10", 0.05, (0,)),
            ("784-128-10", 0.2, (0,)),
        ]
        for seed in seeds
    ),
    LIGHT | {"model": "local", "rate": 0.16, "seed": 0, "shuffled": True},
]
QUICK = next(number for number, row in enumerate(ROWS) if row.get("epochs") == 1)


def run(
    model: str,
    most: int,
    rate: float,
    seed: int,
    epochs: int = EPOCHS,
    dtype: str = "float64",
    shuffled: bool = False,
) -> dict:
    """Train one network, and ask it for pushed digits and for the test set.

    Where they are shuffled, the pixels of all images are, in the same way and after any push.
    """
    mnist = data.load()
    (images, labels), validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(8)
    )
    rng = np.random.default_rng(seed)
    model, initialise = MODELS[model]
    trained = [value.astype(dtype) for value in initialise(rng)]
    batches = training.minibatches(50_000, BATCH, rng=rng, epochs=epochs)
    rates = training.linear_decay(rate, len(batches))
    y = data.one_hot(labels).astype(dtype)
    velocity = [np.zeros_like(value) for value in trained]
    order = np.random.default_rng(10).permutation(784) if shuffled else np.arange(784)

    def seen(images: np.ndarray) -> np.ndarray:
        return images.reshape(-1, 784)[:, order].reshape(images.shape)

    for step, batch in enumerate(batches):
        push = rng.integers(-most, most + 1, size=2) if most else (0, 0)
        x = model.prepare(seen(shapes.pushed(images[batch], *push)), dtype)
        _, grads = model.gradients(trained, x, y[batch])
        training.sgd_update(trained, grads, velocity, rates(step), 0.9)

    def accuracy(images: np.ndarray, labels: np.ndarray) -> float:
        return training.evaluate(model, trained, (seen(images), labels)).accuracy

    images, labels = validation_set
    pushed = []
    for pixels in (1, 2, 3):
        pushes = [(pixels, 0), (-pixels, 0), (0, pixels), (0, -pixels)]
        pushed.append(float(np.mean([accuracy(shapes.pushed(images, *p), labels) for p in pushes])))
    return {
        "validation": accuracy(*validation_set),
        "pushed": pushed,
        "test": accuracy(mnist.test_images, mnist.test_labels),
    }


if __name__ == "__main__":
    studies.main()
