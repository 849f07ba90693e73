"""Does a falling rate help, and how far apart are two seeds? The final recipe, ten seeds (lesson 05)."""

import numpy as np

from mnistlib import data, network
from mnistlib.training import linear_decay, minibatches, train

ROWS = [
    {"epochs": epochs, "falls": falls, "seed": seed}
    for epochs, seeds in ((10, 10), (1, 5))
    for falls in (False, True)
    for seed in range(seeds)
]
QUICK = ROWS.index({"epochs": 1, "falls": True, "seed": 0})


def run(epochs: int, falls: bool, seed: int) -> dict:
    """Train with momentum 0.9 from rate 0.5, constant or falling; weights and order are the seed's."""
    mnist = data.load()
    train_set, validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
    )
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(50_000, 128, rng=rng, epochs=epochs)
    _, history = train(
        network,
        start,
        train_set,
        batches,
        learning_rate=linear_decay(0.5, len(batches)) if falls else 0.5,
        momentum=0.9,
        monitor={"validation": validation_set},
        every=391,
    )
    return {
        "accuracy": history.accuracy("validation").tolist(),
        "loss": history.loss("validation").tolist(),
    }


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
