"""Lesson 08: weight decay with clean labels, from starting weights that are far too large.

Weights and biases are drawn from the bell curve of standard deviation 1, as Nielsen's book first draws
them; images, split, batches and learning rate are those of the study decay, and training is twice as
long. The weight decay is the one that was chosen there. The first 5,000 validation images are watched;
the other 5,000 report, at the end and where the watched loss was lowest.
"""

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import evaluate, minibatches, train

ROWS = [
    {"weight_decay": weight_decay, "seed": seed}
    for weight_decay in (0.0, 1e-3)
    for seed in range(10)
]
QUICK = ROWS.index({"weight_decay": 1e-3, "seed": 0})


def run(weight_decay: float, seed: int) -> dict:
    """Train one network for 300 epochs, and report it as it was at the end and where it was lowest."""
    mnist = data.load()
    (images, labels), (others, truth) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    watched, reporting = (others[:5000], truth[:5000]), (others[5000:], truth[5000:])
    rng = np.random.default_rng(seed)
    start = network.Parameters(
        W1=rng.normal(size=(784, 128)),
        b1=rng.normal(size=128),
        W2=rng.normal(size=(128, 10)),
        b2=rng.normal(size=10),
    )
    batches = minibatches(1000, 100, rng=rng, epochs=300)
    watch = EarlyStopping("watched", patience=len(batches))
    trained, history = train(
        WithWeightDecay(network, weight_decay),
        start,
        (images[chosen], labels[chosen]),
        batches,
        learning_rate=1.0,
        every=300,
        monitor={"watched": watched},
        after_record=watch,
    )
    results = {
        "loss": history.loss("watched").tolist(),
        "accuracy": history.accuracy("watched").tolist(),
        "lowest_at": watch.step,
    }
    for name, parameters in [("end", trained), ("lowest", watch.parameters)]:
        score = evaluate(network, parameters, reporting)
        results[name] = {"loss": score.loss, "accuracy": score.accuracy}
    return results


if __name__ == "__main__":
    studies.main()
