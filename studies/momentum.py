"""What does momentum buy? One epoch at equal effective rates, with momentum 0.9 and without (lesson 04).

At the largest rates a run is thrown about, and another computer's last digits lead to other numbers;
the quick row is none of these.
"""

import numpy as np

from mnistlib import data, network
from mnistlib.training import minibatches, train

#: The effective rates, eta / (1 - mu).
EFFECTIVE = (0.5, 1, 2, 3, 5, 10, 20)
ROWS = [
    {"effective_rate": rate, "momentum": momentum, "seed": seed}
    for momentum in (0.0, 0.9)
    for rate in EFFECTIVE
    for seed in range(5)
]
QUICK = ROWS.index({"effective_rate": 5, "momentum": 0.9, "seed": 0})


def run(effective_rate: float, momentum: float, seed: int) -> dict:
    """Train one epoch; weights and order of the images are the seed's, the split lesson 04's."""
    mnist = data.load()
    train_set, validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
    )
    rng = np.random.default_rng(seed)
    _, history = train(
        network,
        network.initialise(rng),
        train_set,
        minibatches(50_000, 128, rng=rng),
        learning_rate=effective_rate * (1 - momentum),
        momentum=momentum,
        monitor={"validation": validation_set},
    )
    return {
        "accuracy": history.accuracy("validation")[-1],
        "loss": history.loss("validation")[-1],
        "worst batch loss": max(history.batch_loss),
    }


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
