"""Cross-entropy or squared error, from an ordinary start and from a badly wrong one? (lesson 07)."""

from functools import partial
from types import SimpleNamespace

import numpy as np

from mnistlib import data, network
from mnistlib.training import minibatches, train

ROWS = [
    {"sure_of_zero": sure_of_zero, "loss": loss, "rate": rate, "seed": seed}
    for sure_of_zero in (0, 10)
    for loss in ("cross-entropy", "squared error")
    for rate in (0.1, 0.2, 0.5, 1, 2, 5)
    for seed in range(5)
]
QUICK = ROWS.index({"sure_of_zero": 10, "loss": "squared error", "rate": 0.2, "seed": 0})


def run(sure_of_zero, loss, rate, seed):
    """Train for 390 steps; weights and order of the images are the seed's, the split is always one.

    The badly wrong start has an output bias of 10 for the class 0: every image is called a 0.
    The accuracy is on 2,000 images of the validation set, before the first step and every ten.
    """
    mnist = data.load()
    train_set, (images, labels) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=3)
    )
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    start.b2[0] = sure_of_zero
    model = SimpleNamespace(
        classes=network.classes,
        prepare=network.prepare,
        logits=network.logits,
        gradients=partial(network.gradients, loss=loss),
    )
    _, history = train(
        model,
        start,
        train_set,
        minibatches(50_000, 128, rng=rng)[:390],
        learning_rate=rate,
        monitor={"validation": (images[:2000], labels[:2000])},
        every=10,
    )
    return {"accuracy": list(map(float, history.accuracy("validation")))}


if __name__ == "__main__":
    import sys

    import study

    study.main(sys.modules[__name__])
