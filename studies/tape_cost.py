"""Lesson 11: what the tape costs beside the backward pass that was written by hand.

Networks of 128 and of 4,096 sigmoids, and lesson 10's network of kernels; a batch of 128 images,
float64, one thread. The control, one sigmoid and one image, has next to nothing to multiply.
``multiplications`` counts those of the matrix products, for one image. ``memory`` is the most that was
taken on the way, in megabytes, the parameters not counted; ``time`` is the processor's, in
milliseconds, each the best of many rounds in which all take turns, and that several times over.
"""

import time
import tracemalloc
from itertools import pairwise

import numpy as np

from course import studies
from mnistlib import autodiff, convolution, data, deep, functions

#: The control: here the tape's books are nearly all there is.
SMALLEST = "1 unit"
SIZES = {
    "128 units": [784, 128, 10],
    "4,096 units": [784, 4096, 10],
    SMALLEST: [784, 1, 10],
}
#: Lesson 10's network, beside those.
KERNELS = "lesson 10"
NAMES = (*SIZES, KERNELS)
#: Its products, for one image: how many places, inputs and outputs each of its three layers has.
PRODUCTS = ((24 * 24, 25, 8), (8 * 8, 200, 16), (1, 256, 10))
ROWS = [{"measure": "multiplications"}, {"measure": "memory"}, {"measure": "time"}]
QUICK = 0
BATCH = 128
REPEATS = 5
ROUNDS = 30

#: In seconds, how long a round takes.
AT_LEAST = 0.01


def way_up(parameters, x):
    """Go up any number of layers, as lesson 11 does."""
    *hidden, (W, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for W_hidden, b_hidden in hidden:
        x = (x @ W_hidden + b_hidden).sigmoid()
    return x @ W + b


def kernels(x, W, b, side=5):
    """Apply a layer of kernels as lesson 11 does."""
    n, rows, columns, channels = x.shape
    down, right = np.divmod(np.arange(side * side), side)
    top, left = np.arange(rows - side + 1), np.arange(columns - side + 1)
    patches = x[:, top[:, None, None] + down, left[None, :, None] + right]
    z = patches.reshape(-1, side * side * channels) @ W + b
    squares = z.reshape(n, len(top) // 2, 2, len(left) // 2, 2, b.shape[0])
    return squares.max(axis=(2, 4)).reshape(n, len(top) // 2, len(left) // 2, b.shape[0]).relu()


def way_up_kernels(parameters, x):
    """Go up lesson 10's network, as lesson 11 does."""
    W1, b1, W2, b2, W3, b3 = parameters
    a = kernels(kernels(x.transpose(3, 1, 2, 0), W1, b1), W2, b2)
    return a.reshape(x.shape[-1], -1) @ W3 + b3


def network(name: str) -> tuple:
    """Return a network by hand, its way up for the tape, and where it starts."""
    rng = np.random.default_rng(0)
    if name == KERNELS:
        return convolution.Convolutional(), way_up_kernels, convolution.initialise(rng)
    return deep.MLP("sigmoid"), way_up, deep.initialise(rng, SIZES[name], rule="Glorot")


def contenders(name: str) -> dict:
    """Return what takes turns, each a function of nothing, at one size."""
    by_hand, forward, start = network(name)
    by_tape = autodiff.TapeModel(forward, by_hand.prepare)
    images, labels = data.load()[:2]
    x = by_hand.prepare(images[:BATCH])
    y = data.one_hot(labels[:BATCH])
    if name == SMALLEST:
        x, y = x[:1], y[:1]
    return {
        "loss": lambda: functions.cross_entropy(by_hand.logits(start, x), y),
        "loss by tape": lambda: functions.cross_entropy(by_tape.logits(start, x), y),
        "hand": lambda: by_hand.gradients(start, x, y),
        "tape": lambda: by_tape.gradients(start, x, y),
    }


def multiplications(name: str) -> dict:
    """Count those of the products: dW at each layer, and dA at each but the first."""
    products = PRODUCTS if name == KERNELS else [(1, *pair) for pair in pairwise(SIZES[name])]
    counts = [places * inputs * outputs for places, inputs, outputs in products]
    return {"loss": sum(counts), "gradient": 3 * sum(counts) - counts[0]}


def memory(name: str) -> dict:
    """Return the peak of each, in megabytes."""
    peaks = {}
    for who, run in contenders(name).items():
        run()
        tracemalloc.start()
        run()
        peaks[who] = round(tracemalloc.get_traced_memory()[1] / 1e6, 2)
        tracemalloc.stop()
    return peaks


def times(name: str) -> dict:
    """Return the best times of each, one for each repeat."""
    runs = contenders(name)
    repeats = [best_time(runs) for _ in range(REPEATS)]
    return {who: [best[who] for best in repeats] for who in runs}


def best_time(runs: dict) -> dict:
    """Return the best time of each, in milliseconds."""
    best = dict.fromkeys(runs, np.inf)
    for _ in range(ROUNDS):
        for who, run in runs.items():
            count = 0
            start = time.process_time()
            while (spent := time.process_time() - start) < AT_LEAST or not count:
                run()
                count += 1
            best[who] = min(best[who], 1000 * spent / count)
    return {who: round(ms, 3) for who, ms in best.items()}


def parameters(name: str) -> int:
    """Count the network's parameters."""
    return sum(array.size for array in network(name)[2])


def run(measure: str) -> dict:
    """Measure one thing for every network."""
    ask = {"multiplications": multiplications, "memory": memory, "time": times}[measure]
    return {name: {"parameters": parameters(name), **ask(name)} for name in NAMES}


if __name__ == "__main__":
    studies.main()
