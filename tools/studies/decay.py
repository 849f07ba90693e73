"""Lesson 07: weight decay on 1,000 training images, and where training on each would have stopped.

Each seed has its own 1,000 images and starting weights, the same for every decay. The first 5,000
validation images are watched and choose; the other 5,000 only report.
"""

import sys

import numpy as np
import study

from mnistlib import data, network
from mnistlib.functions import softmax
from mnistlib.regularisation import Decayed, EarlyStopping
from mnistlib.training import evaluate, minibatches, train
from mnistlib.uncertainty import calibration

ROWS = [
    {"weight_decay": weight_decay, "seed": seed}
    for weight_decay in (0.0, 1e-4, 3e-4, 1e-3, 3e-3)
    for seed in range(10)
]
QUICK = ROWS.index({"weight_decay": 1e-3, "seed": 0})


def run(weight_decay: float, seed: int) -> dict:
    """Train one network for 150 epochs, and report it as it was at the end and where it was lowest."""
    mnist = data.load()
    train_set, (images, labels) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    few = train_set[0][chosen], train_set[1][chosen]
    choosing, reporting = (images[:5000], labels[:5000]), (images[5000:], labels[5000:])
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=150)
    watch = EarlyStopping("choosing", patience=len(batches))
    trained, history = train(
        Decayed(network, weight_decay),
        start,
        few,
        batches,
        learning_rate=1.0,
        every=50,
        monitor={"choosing": choosing},
        after_record=watch,
    )
    results = {"choosing": history.loss("choosing").tolist(), "lowest_at": watch.step}
    for name, parameters in [("end", trained), ("lowest", watch.parameters)]:
        score = evaluate(network, parameters, reporting)
        p = softmax(network.logits(parameters, network.prepare(reporting[0])))
        results[name] = {
            "loss": score.loss,
            "accuracy": score.accuracy,
            "calibration_error": calibration(p, reporting[1]).error,
        }
    return results


if __name__ == "__main__":
    study.main(sys.modules[__name__])
