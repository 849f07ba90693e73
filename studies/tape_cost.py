"""Lesson 11: what the tape costs beside the backward pass that was written by hand.

Networks of sigmoids with 128 to 4,096 hidden units, and with 1 to 16 layers of 128; a batch of 128
images, float64, one thread. ``multiplications`` counts those of the matrix products, for one image.
``memory`` is the most that was taken on the way, in megabytes, the parameters not counted; ``time``
is the processor's, the best of many rounds in which loss, hand and tape take turns, in milliseconds.
"""

import time
import tracemalloc
from itertools import pairwise

import numpy as np

from mnistlib import autodiff, data, deep, functions

UNITS = (128, 256, 512, 1024, 2048, 4096)
LAYERS = (1, 2, 4, 8, 16)
SIZES = {f"{units:,} units": [784, units, 10] for units in UNITS} | {
    f"{layers} layers": [784, *[128] * layers, 10] for layers in LAYERS[1:]
}
ROWS = [{"measure": "multiplications"}, {"measure": "memory"}, {"measure": "time"}]
QUICK = 0
BATCH = 128
ROUNDS = 40

#: In seconds, how long a round takes.
AT_LEAST = 0.01


def way_up(parameters, x):
    """Go up any number of layers, as lesson 11 does."""
    *hidden, (W, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for W_hidden, b_hidden in hidden:
        x = (x @ W_hidden + b_hidden).sigmoid()
    return x @ W + b


HAND = deep.MLP("sigmoid")
TAPE = autodiff.TapeModel(way_up, HAND.prepare)


def contenders(sizes: list[int]) -> dict:
    """Return what takes turns, each a function of nothing, at one size."""
    rng = np.random.default_rng(0)
    start = deep.initialise(rng, sizes, rule="Glorot")
    images, labels = data.load()[:2]
    x = data.scale(images[:BATCH])
    y = data.one_hot(labels[:BATCH])
    return {
        "loss": lambda: functions.cross_entropy(HAND.logits(start, x), y),
        "hand": lambda: HAND.gradients(start, x, y),
        "tape": lambda: TAPE.gradients(start, x, y),
    }


def multiplications(sizes: list[int]) -> dict:
    """Count those of the products: dW at each layer, and dA at each but the first."""
    counts = [inputs * outputs for inputs, outputs in pairwise(sizes)]
    return {"loss": sum(counts), "gradient": 3 * sum(counts) - counts[0]}


def memory(sizes: list[int]) -> dict:
    """Return the peak of each, in megabytes."""
    peaks = {}
    for name, run in contenders(sizes).items():
        run()
        tracemalloc.start()
        run()
        peaks[name] = round(tracemalloc.get_traced_memory()[1] / 1e6, 2)
        tracemalloc.stop()
    return peaks


def best_time(sizes: list[int]) -> dict:
    """Return the best time of each, in milliseconds."""
    runs = contenders(sizes)
    best = dict.fromkeys(runs, np.inf)
    for _ in range(ROUNDS):
        for name, run in runs.items():
            count = 0
            start = time.process_time()
            while (spent := time.process_time() - start) < AT_LEAST or not count:
                run()
                count += 1
            best[name] = min(best[name], 1000 * spent / count)
    return {name: round(ms, 3) for name, ms in best.items()}


def parameters(sizes: list[int]) -> int:
    """Count the network's parameters."""
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))


def run(measure: str) -> dict:
    """Measure one thing at every size."""
    ask = {"multiplications": multiplications, "memory": memory, "time": best_time}[measure]
    return {name: {"parameters": parameters(sizes), **ask(sizes)} for name, sizes in SIZES.items()}


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
