"""Lesson 08: decay and stopping at another learning rate, and with wrong labels.

As in the study ``decay``, each seed has its own 1,000 training images and starting weights, the first
5,000 validation images are watched, and the other 5,000 report. Of the training labels a share is
drawn anew, each of the ten classes as likely as any other; validation labels stay as they are.
"""

import numpy as np

from mnistlib import data, network
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import evaluate, minibatches, train

KINDS = [
    {"wrong_labels": 0.0, "rate": 0.3, "weight_decay": 0.0},
    {"wrong_labels": 0.0, "rate": 0.3, "weight_decay": 1e-3},
    {"wrong_labels": 0.2, "rate": 1.0, "weight_decay": 0.0},
    {"wrong_labels": 0.2, "rate": 1.0, "weight_decay": 3e-3},
    {"wrong_labels": 0.2, "rate": 0.3, "weight_decay": 0.0},
    {"wrong_labels": 0.2, "rate": 0.3, "weight_decay": 1e-2},
]
ROWS = [kind | {"seed": seed} for kind in KINDS for seed in range(10)]
QUICK = ROWS.index({"wrong_labels": 0.2, "rate": 1.0, "weight_decay": 0.0, "seed": 0})


def run(wrong_labels: float, rate: float, weight_decay: float, seed: int) -> dict:
    """Train one network for 150 epochs, and report it as it was at the end and where it was lowest."""
    mnist = data.load()
    train_set, (images, labels) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    learnt_images = train_set[0][chosen]
    learnt_labels = train_set[1][chosen].copy()
    chance = np.random.default_rng(100 + seed)
    anew = chance.permutation(1000)[: round(1000 * wrong_labels)]
    learnt_labels[anew] = chance.integers(10, size=len(anew))
    watched = images[:5000], labels[:5000]
    reporting = images[5000:], labels[5000:]
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=150)
    watch = EarlyStopping("watched", patience=len(batches))
    trained, history = train(
        WithWeightDecay(network, weight_decay),
        start,
        (learnt_images, learnt_labels),
        batches,
        learning_rate=rate,
        every=50,
        monitor={"watched": watched},
        after_record=watch,
    )
    learnt = evaluate(network, trained, (learnt_images, learnt_labels)).accuracy
    results = {
        "loss": history.loss("watched").tolist(),
        "accuracy": history.accuracy("watched").tolist(),
        "lowest_at": watch.step,
        "learnt": learnt,
    }
    for name, parameters in [("end", trained), ("lowest", watch.parameters)]:
        score = evaluate(network, parameters, reporting)
        results[name] = {"loss": score.loss, "accuracy": score.accuracy}
    return results


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
