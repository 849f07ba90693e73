"""Does a falling rate help, and how far apart are two seeds? Each schedule at its own rate (lesson 05).

Five seeds choose the starting rate; others, which chose nothing, compare.
"""

import numpy as np

from course import studies
from mnistlib import data, network, uncertainty
from mnistlib.functions import cross_entropy
from mnistlib.training import History, linear_decay, minibatches, train

#: Starting rates to choose from, by epochs and by whether the rate falls.
RATES = {
    1: {False: (0.3, 0.5, 0.6, 0.75, 1.0), True: (0.3, 0.5, 0.6, 0.75, 1.0)},
    10: {False: (0.15, 0.3, 0.5), True: (0.3, 0.5, 0.75)},
}

#: The rates compared: after one epoch also from the same rate, else each schedule from its own best.
COMPARED = {
    1: {False: (0.5, 0.6), True: (0.5, 0.75)},
    10: {False: (0.3,), True: (0.5,)},
}

#: Seeds that choose a rate, and seeds that compare; twenty, to see how far seeds lie apart.
CHOOSING = {1: range(20, 25), 10: range(20, 23)}
COMPARING = {
    (1, False): range(10),
    (1, True): range(10),
    (10, False): range(10),
    (10, True): range(20),
}

ROWS = [
    {"epochs": epochs, "falls": falls, "rate": rate, "seed": seed}
    for epochs in (1, 10)
    for falls in (False, True)
    for rates, seeds in (
        (RATES[epochs][falls], CHOOSING[epochs]),
        (COMPARED[epochs][falls], COMPARING[epochs, falls]),
    )
    for rate in rates
    for seed in seeds
]
QUICK = ROWS.index({"epochs": 1, "falls": True, "rate": 0.5, "seed": 0})

#: Divisors of the logits, of which the one with the lowest validation loss is kept.
DIVISORS = np.round(np.arange(0.8, 1.61, 0.02), 2)


def fit(epochs: int, falls: bool, rate: float, seed: int) -> tuple:
    """Train with momentum 0.9 from a rate, constant or falling; weights and order are the seed's.

    Returns the parameters, the history after each epoch, and the validation images with their labels.
    """
    mnist = data.load()
    train_set, validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
    )
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(50_000, 128, rng=rng, epochs=epochs)
    parameters, history = train(
        network,
        start,
        train_set,
        batches,
        learning_rate=linear_decay(rate, len(batches)) if falls else rate,
        momentum=0.9,
        monitor={"validation": validation_set},
        every=391,
    )
    return parameters, history, validation_set


def judge(parameters: network.Parameters, history: History, validation_set: tuple) -> dict:
    """Judge what `fit` returned.

    Returns accuracy and loss after each epoch and the best divisor of the logits, all on validation
    images, and of the test images the accuracy with its standard errors, by digit and by writer.
    """
    mnist = data.load()
    z2 = network.logits(parameters, data.scale(validation_set[0]))
    y = data.one_hot(validation_set[1])
    losses = [cross_entropy(z2 / divisor, y) for divisor in DIVISORS]
    right = network.predict(parameters, data.scale(mnist.test_images)) == mnist.test_labels
    return {
        "accuracy": history.accuracy("validation").tolist(),
        "loss": history.loss("validation").tolist(),
        "divisor": float(DIVISORS[np.argmin(losses)]),
        "test": float(right.mean()),
        "error by digit": uncertainty.standard_error(right),
        "error by writer": uncertainty.standard_error_by_group(right, data.writers().test),
    }


def run(epochs: int, falls: bool, rate: float, seed: int) -> dict:
    """Train and judge one network."""
    return judge(*fit(epochs, falls, rate, seed))


if __name__ == "__main__":
    studies.main()
