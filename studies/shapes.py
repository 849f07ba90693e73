"""Lesson 10: networks that see neighbours and networks that do not, asked about pushed digits.

``most`` is the largest push of a training batch, in pixels. ``pushed`` holds the accuracy on the
validation images after pushes of 1, 2 and 3 pixels, each the mean of four directions. All networks
have ReLUs, He's start, batches of 64 and, where nothing else is said, ten epochs and three seeds. For
the fully connected one and for the convolutional one three rates are tried with pushes, and the one
that reads most validation images on average is used without them, too.

More designs stand beside the two. *kernels alone* keeps no maximum, and *means* takes the mean in its
place. *unshared* has the same patches, maxima and layers, but weights of its own in every place: it
sees neighbours, and shares nothing; of three rates tried for two epochs, the two better ones were run
for ten. *local* keeps no maximum either, so locality is all it has, and *squares* has the same weights
in the four places of each square that is pooled. Two networks are fully connected and larger, one four
times as wide, the other as deep and as wide as the convolutional one. And the fully connected one is
pushed further, for longer. Rows that were added later have float32, and other rates one seed.
"""

from unittest import mock

import numpy as np

from course import studies
from course.materials import shapes
from mnistlib import convolution, data, deep, functions, training

EPOCHS = 10
BATCH = 64


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


def means(z: np.ndarray) -> np.ndarray:
    """Take the mean of each square of 2 x 2."""
    return (z[:, ::2, ::2] + z[:, ::2, 1::2] + z[:, 1::2, ::2] + z[:, 1::2, 1::2]) / 4


def means_backward(dmean: np.ndarray, z: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Send a quarter of the blame to each of the four."""
    return np.repeat(np.repeat(dmean / 4, 2, axis=1), 2, axis=2)


class MeansPooled(convolution.Convolutional):
    """The same network, but of each square of 2 x 2 it takes the mean, not the largest."""

    means = mock.patch.multiple(convolution, max_pool=means, max_pool_backward=means_backward)
    logits = means(convolution.Convolutional.logits)
    gradients = means(convolution.Convolutional.gradients)


class Unshared(convolution.Convolutional):
    """The same network, but each place of a map has weights and a bias of its own.

    W1 is (576, 25, kernels) and W2 (64, 25 * channels, kernels): a matrix for each place; the biases
    are (kernels, rows, columns), one for each number that pooling leaves.
    """

    @staticmethod
    def initialise(rng: np.random.Generator) -> tuple:
        """Draw as many matrices for a layer as it has places, each as a shared one is drawn."""
        first, second = 8, 32
        draw = deep.initialise
        W1 = np.stack([draw(rng, [25, first])[0] for _ in range(24 * 24)])
        W2 = np.stack([draw(rng, [25 * first, second])[0] for _ in range(8 * 8)])
        biases = np.zeros((first, 12, 12)), np.zeros((second, 4, 4))
        return W1, biases[0], W2, biases[1], *draw(rng, [16 * second, 10])

    @staticmethod
    def convolve(x: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Multiply the patches of each place by that place's own matrix."""
        cut = convolution.im2col(x, 5)
        inputs, r, c, n = cut.shape
        by_place = cut.reshape(inputs, r * c, n).transpose(1, 0, 2)
        z = W.transpose(0, 2, 1) @ by_place
        return z.transpose(1, 0, 2).reshape(-1, r, c, n), by_place

    @staticmethod
    def back(
        dz: np.ndarray, by_place: np.ndarray, W: np.ndarray | None, channels: int | None = None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return dW and, where channels are given, the blame of what came in."""
        kernels, r, c, n = dz.shape
        dz = dz.reshape(kernels, r * c, n).transpose(1, 0, 2)
        dW = by_place @ dz.transpose(0, 2, 1)
        if channels is None:
            return dW, None
        cut = (W @ dz).transpose(1, 0, 2).reshape(5, 5, channels, r, c, n)
        dx = np.zeros((channels, r + 4, c + 4, n), dz.dtype)
        for down in range(5):
            for right in range(5):
                dx[:, down : down + r, right : right + c] += cut[down, right]
        return dW, dx

    def _forward(self, parameters: tuple, x: np.ndarray) -> tuple:
        kept = []
        for W, b in (parameters[:2], parameters[2:4]):
            z, cut = self.convolve(x, W)
            largest = convolution.max_pool(z)
            x = deep.relu(largest + b[..., None])
            kept.append((cut, z, largest, x))
        z3, cut3 = convolution.convolve(x, parameters[4])
        return z3.reshape(10, -1).T + parameters[5], cut3, kept

    def gradients(self, parameters: tuple, x: np.ndarray, y: np.ndarray) -> tuple[float, tuple]:
        """Loss and gradients, as in the shared network."""
        _, _, W2, _, W3, _ = parameters
        logits, cut3, ((cut1, z1, largest1, a1), (cut2, z2, largest2, a2)) = self._forward(
            parameters, x
        )
        loss, dlogits = functions.cross_entropy_with_gradient(logits, y)
        dz3 = dlogits.T.reshape(10, 1, 1, -1)
        dlargest2 = deep.relu_backward(convolution.pixel_gradient(dz3, W3, len(a2)), a2)
        dz2 = convolution.max_pool_backward(dlargest2, z2, largest2)
        dW2, da1 = self.back(dz2, cut2, W2, len(a1))
        dlargest1 = deep.relu_backward(da1, a1)
        dz1 = convolution.max_pool_backward(dlargest1, z1, largest1)
        dW1, _ = self.back(dz1, cut1, None)
        dW3 = convolution.kernel_gradient(dz3, cut3)
        biases = dlargest1.sum(axis=3), dlargest2.sum(axis=3), dlogits.sum(axis=0)
        return loss, (dW1, biases[0], dW2, biases[1], dW3, biases[2])


class Local(Unshared):
    """Unshared, and without maxima: nothing is left of the design but that a number sees a patch."""

    logits = KernelsAlone.corners(Unshared.logits)
    gradients = KernelsAlone.corners(Unshared.gradients)


class Squares(Unshared):
    """Unshared, but the four places of each square that is pooled have the same weights.

    W1 is (12, 12, 25, kernels) and W2 (4, 4, 25 * channels, kernels): a matrix for each square.
    """

    @staticmethod
    def initialise(rng: np.random.Generator) -> tuple:
        """Draw the unshared network, and keep the matrix at the top left of each square."""
        W1, b1, W2, b2, W3, b3 = Unshared.initialise(rng)
        W1 = W1.reshape(24, 24, *W1.shape[1:])[::2, ::2]
        W2 = W2.reshape(8, 8, *W2.shape[1:])[::2, ::2]
        return W1, b1, W2, b2, W3, b3

    @staticmethod
    def of_places(parameters: tuple) -> tuple:
        """Return the unshared network with the same weights in the four places of each square."""
        W1, b1, W2, b2, W3, b3 = parameters
        W1, W2 = (
            np.repeat(np.repeat(W, 2, axis=0), 2, axis=1).reshape(-1, *W.shape[2:])
            for W in (W1, W2)
        )
        return W1, b1, W2, b2, W3, b3

    def logits(self, parameters: tuple, x: np.ndarray) -> np.ndarray:
        """Logits, as in the unshared network."""
        return Unshared().logits(self.of_places(parameters), x)

    def gradients(self, parameters: tuple, x: np.ndarray, y: np.ndarray) -> tuple[float, tuple]:
        """Loss and gradients: the weights of a square sum those of its four places."""
        loss, grads = Unshared().gradients(self.of_places(parameters), x, y)
        dW1, db1, dW2, db2, dW3, db3 = grads
        dW1, dW2 = (
            dW.reshape(len(W), 2, len(W), 2, *dW.shape[1:]).sum(axis=(1, 3))
            for dW, W in ((dW1, parameters[0]), (dW2, parameters[2]))
        )
        return loss, (dW1, db1, dW2, db2, dW3, db3)


MODELS = {
    "784-128-10": (deep.MLP("relu"), lambda rng: deep.initialise(rng, [784, 128, 10])),
    "convolutional": (
        convolution.Convolutional(),
        lambda rng: convolution.initialise(rng, kernels=(8, 32)),
    ),
    "784-512-10": (deep.MLP("relu"), lambda rng: deep.initialise(rng, [784, 512, 10])),
    "kernels alone": (KernelsAlone(), lambda rng: convolution.initialise(rng, kernels=(8, 32))),
    "means": (MeansPooled(), lambda rng: convolution.initialise(rng, kernels=(8, 32))),
    "unshared": (Unshared(), Unshared.initialise),
    "local": (Local(), Local.initialise),
    "squares": (Squares(), Squares.initialise),
    "784-1152-512-10": (
        deep.MLP("relu"),
        lambda rng: deep.initialise(rng, [784, 1152, 512, 10]),
    ),
}
RATES = {
    "784-128-10": (0.05, 0.1, 0.2),
    "convolutional": (0.02, 0.04, 0.08),
    "784-512-10": (0.05, 0.1, 0.2),
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
    *(("784-512-10", 1, rate) for rate in RATES["784-512-10"]),
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
            ("means", 0.08),
            ("means", 0.04),
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
            ("squares", 0.16, (0, 1)),
            ("squares", 0.08, (0,)),
            ("squares", 0.32, (0,)),
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

    if isinstance(model, convolution.Convolutional) and not isinstance(model, Unshared):
        trained = convolution.Parameters(*trained)
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
