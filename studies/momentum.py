"""What does momentum buy? One epoch at equal effective rates, with and without momentum 0.9 (lesson 04).

Some of the rows raise the rate gradually over the first hundred steps, to see how much of the gain is
a matter of the start. At the largest rates a run is thrown about, and another computer's last digits
lead to other numbers; the quick row is none of these.
"""

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.training import minibatches, train

#: The effective rates, eta / (1 - mu): from the first step on, and those reached by a warm-up.
EFFECTIVE = (0.5, 1, 2, 3, 5, 10, 20)
WARMED_UP = (2, 3, 5, 10, 20)

#: Steps over which a warm-up raises the rate.
WARM_UP = 100

ROWS = [
    {"effective_rate": rate, "momentum": momentum, "warm_up": steps, "seed": seed}
    for steps, rates in ((0, EFFECTIVE), (WARM_UP, WARMED_UP))
    for momentum in (0.0, 0.9)
    for rate in rates
    for seed in range(10)
]
QUICK = ROWS.index({"effective_rate": 5, "momentum": 0.9, "warm_up": 0, "seed": 0})


def run(effective_rate: float, momentum: float, warm_up: int, seed: int) -> dict:
    """Train one epoch; weights and order of the images are the seed's, the split lesson 04's.

    With a warm-up of N steps the rate rises in a straight line, and from step N on stays where it is.
    """
    mnist = data.load()
    train_set, validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
    )
    rng = np.random.default_rng(seed)
    full_rate = effective_rate * (1 - momentum)
    _, history = train(
        network,
        network.initialise(rng),
        train_set,
        minibatches(50_000, 128, rng=rng),
        learning_rate=lambda step: full_rate * min(1, (step + 1) / max(warm_up, 1)),
        momentum=momentum,
        monitor={"validation": validation_set},
    )
    return {
        "accuracy": history.accuracy("validation")[-1],
        "loss": history.loss("validation")[-1],
        "worst batch loss": max(history.batch_loss),
    }


if __name__ == "__main__":
    studies.main()
