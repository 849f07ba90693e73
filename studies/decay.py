"""Lesson 08: weight decay and stopping, at two learning rates, and with a fifth of the labels wrong.

Each seed has its own 1,000 training images and starting weights, the same whatever else is set. Of the
training labels a share is drawn anew, each of the ten classes as likely as any other; validation labels
stay as they are. The first 5,000 validation images are watched and choose; the other 5,000 only report.
They report three networks: the one at the end, the one of the lowest watched loss, and the one at the
end with its logits divided by the temperature that the watched images choose.
"""

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.functions import cross_entropy, softmax
from mnistlib.regularisation import EarlyStopping, WithWeightDecay
from mnistlib.training import evaluate, minibatches, train
from mnistlib.uncertainty import calibration

#: The share of wrong labels, the learning rate, and the decays that were tried with both.
KINDS = [
    (0.0, 1.0, (0.0, 1e-4, 3e-4, 1e-3, 3e-3)),
    (0.0, 0.3, (0.0, 1e-3)),
    (0.2, 1.0, (0.0, 3e-3)),
    (0.2, 0.3, (0.0, 1e-2)),
]
ROWS = [
    {"wrong_labels": wrong_labels, "rate": rate, "weight_decay": weight_decay, "seed": seed}
    for wrong_labels, rate, decays in KINDS
    for weight_decay in decays
    for seed in range(10)
]
ROWS += [{"wrong_labels": 0.2, "rate": 0.5, "weight_decay": 3e-3, "seed": 0, "epochs": 10}]
TEMPERATURES = [hundredths / 100 for hundredths in range(80, 260, 5)]
QUICK = len(ROWS) - 1


def run(
    wrong_labels: float, rate: float, weight_decay: float, seed: int, epochs: int = 150
) -> dict:
    """Train one network, and report it as it was at the end and where it was lowest."""
    mnist = data.load()
    train_set, (images, labels) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    learnt_labels = train_set[1][chosen].copy()
    chance = np.random.default_rng(100 + seed)
    anew = chance.permutation(1000)[: round(1000 * wrong_labels)]
    learnt_labels[anew] = chance.integers(10, size=len(anew))
    learnt = train_set[0][chosen], learnt_labels
    watched = images[:5000], labels[:5000]
    reporting = images[5000:], labels[5000:]
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=epochs)
    watch = EarlyStopping("watched", patience=len(batches))
    trained, history = train(
        WithWeightDecay(network, weight_decay),
        start,
        learnt,
        batches,
        learning_rate=rate,
        every=50,
        monitor={"watched": watched},
        after_record=watch,
    )
    z = network.logits(trained, network.prepare(watched[0]))
    y = data.one_hot(watched[1])
    temperature = min(TEMPERATURES, key=lambda T: cross_entropy(z / T, y))
    results = {
        "loss": history.loss("watched").tolist(),
        "accuracy": history.accuracy("watched").tolist(),
        "lowest_at": watch.step,
        "learnt": evaluate(network, trained, learnt).accuracy,
        "temperature": temperature,
    }
    for name, parameters, divisor in [
        ("end", trained, 1.0),
        ("lowest", watch.parameters, 1.0),
        ("scaled", trained, temperature),
    ]:
        z = network.logits(parameters, network.prepare(reporting[0])) / divisor
        p = softmax(z)
        calibrated = calibration(p, reporting[1])
        results[name] = {
            "loss": cross_entropy(z, data.one_hot(reporting[1])),
            "accuracy": float((p.argmax(axis=1) == reporting[1]).mean()),
            "sureness": float(p.max(axis=1).mean()),
            "calibration_error": calibrated.error,
            "by_chance": calibrated.by_chance,
        }
    return results


if __name__ == "__main__":
    studies.main()
