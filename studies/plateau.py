"""Lesson 07: five hidden layers of sigmoids with Glorot's weights, trained for longer than an epoch.

After every epoch: accuracy and loss on the validation images, and the norms of the loss's gradient by
each layer's weights, over the first 1,000 training images. The list of each begins before the first
step. The row of one epoch is the beginning of the longer one with its rate and seed.
"""

import numpy as np

from course import studies
from course.materials.one_epoch import gradient_norms, own_split
from mnistlib import deep, training

SIZES = [784, 128, 128, 128, 128, 128, 10]
ROWS = [{"rate": 2.0, "seed": 0, "epochs": 1}] + [
    {"rate": rate, "seed": seed, "epochs": epochs}
    for rate, epochs in ((2.0, 10), (0.5, 20))
    for seed in (0, 1, 2)
]
QUICK = 0


def run(rate: float, seed: int, epochs: int) -> dict:
    """Train one network, and look at it after each epoch."""
    train_set, validation_set = own_split()
    rng = np.random.default_rng(seed)
    model = deep.MLP("sigmoid")
    norms = []
    parameters = deep.initialise(rng, SIZES, rule="Glorot")
    batches = training.minibatches(50_000, 128, rng=rng, epochs=epochs)

    def look(step: int, parameters: list[np.ndarray], history: training.History) -> None:
        norms.append(gradient_norms(model, parameters))

    _, history = training.train(
        model,
        parameters,
        train_set,
        batches,
        learning_rate=rate,
        monitor={"validation": validation_set},
        every=len(batches) // epochs,
        after_record=look,
    )
    return {
        "accuracy": history.accuracy("validation").tolist(),
        "loss": history.loss("validation").tolist(),
        "norms": norms,
    }


if __name__ == "__main__":
    studies.main()
