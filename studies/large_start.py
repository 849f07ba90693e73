"""Lesson 08: weight decay with clean labels, from starting weights that are far too large.

Weights and biases are drawn from the bell curve of standard deviation 1, as Nielsen's book first draws
them; images, split, batches and learning rate are those of the study decay, and training is twice as
long. The weight decay is the one that was chosen there. The first 5,000 validation images are watched;
the other 5,000 report, at the end and where the watched loss was lowest.

Why does weight decay gain answers here? The controls put it on one layer alone, or freeze the first
layer at its start, large or ours. And every trained network reports once more without what no training
image has ever touched: the weights of pixels that are 0 in all of them, and whatever part of the first
layer's weights lies outside the span of the training images.
"""

from dataclasses import dataclass

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.regularisation import EarlyStopping
from mnistlib.training import evaluate, minibatches, train

#: What is decayed, from which start, whether the first layer is frozen, and the number of seeds.
KINDS = [
    ("nothing", "large", False, 10),
    ("both layers", "large", False, 10),
    ("first layer", "large", False, 5),
    ("second layer", "large", False, 5),
    ("nothing", "large", True, 5),
    ("second layer", "large", True, 5),
    ("nothing", "ours", True, 5),
]
ROWS = [
    {"decayed": decayed, "start": start, "frozen": frozen, "seed": seed}
    for decayed, start, frozen, seeds in KINDS
    for seed in range(seeds)
]
QUICK = ROWS.index({"decayed": "both layers", "start": "large", "frozen": False, "seed": 0})
WEIGHT_DECAY = 1e-3
LEARNING_RATE = 1.0


@dataclass
class WithControls:
    """The network, with weight decay on the named weights, and its first layer frozen or not."""

    decayed: list[str]
    frozen: bool
    classes = network.classes
    prepare = staticmethod(network.prepare)
    logits = staticmethod(network.logits)

    def gradients(self, parameters, x, y):
        """Return the loss without the penalty, and the gradients with it."""
        loss, grads = network.gradients(parameters, x, y)
        for name in self.decayed:
            decayed = getattr(grads, name) + WEIGHT_DECAY * getattr(parameters, name)
            grads = grads._replace(**{name: decayed})
        if self.frozen:
            grads = grads._replace(W1=np.zeros_like(grads.W1), b1=np.zeros_like(grads.b1))
        return loss, grads


DECAYED = {
    "nothing": [],
    "both layers": ["W1", "W2"],
    "first layer": ["W1"],
    "second layer": ["W2"],
}


def draw(start: str, rng: np.random.Generator) -> network.Parameters:
    """Return starting weights and biases, far too large or as the course draws them."""
    if start == "ours":
        return network.initialise(rng)
    return network.Parameters(
        W1=rng.normal(size=(784, 128)),
        b1=rng.normal(size=128),
        W2=rng.normal(size=(128, 10)),
        b2=rng.normal(size=10),
    )


def in_the_span(x: np.ndarray, W1: np.ndarray) -> np.ndarray:
    """Return the part of the weights that lies in the span of the images, the rows of x."""
    _, sizes, directions = np.linalg.svd(x, full_matrices=False)
    directions = directions[sizes > 1e-9 * sizes[0]]
    return directions.T @ (directions @ W1)


def saturated(parameters: network.Parameters, x: np.ndarray) -> float:
    """Return the share of hidden activations that lie within a hundredth of 0 or 1."""
    a1 = network.forward(parameters, x).a1
    return float((np.minimum(a1, 1 - a1) < 0.01).mean())


def run(decayed: str, start: str, frozen: bool, seed: int) -> dict:
    """Train one network for 300 epochs, and report it as it was at the end and where it was lowest."""
    mnist = data.load()
    (images, labels), (others, truth) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    learnt = images[chosen], labels[chosen]
    watched, reporting = (others[:5000], truth[:5000]), (others[5000:], truth[5000:])
    rng = np.random.default_rng(seed)
    begin = draw(start, rng)
    batches = minibatches(1000, 100, rng=rng, epochs=300)
    watch = EarlyStopping("watched", patience=len(batches))
    trained, history = train(
        WithControls(DECAYED[decayed], frozen),
        begin,
        learnt,
        batches,
        learning_rate=LEARNING_RATE,
        every=300,
        monitor={"watched": watched},
        after_record=watch,
    )
    x = network.prepare(learnt[0])
    blank = x.max(axis=0) == 0
    shrunk = 1.0
    if "W1" in DECAYED[decayed]:
        shrunk = (1 - LEARNING_RATE * WEIGHT_DECAY) ** len(batches)
    left = shrunk * begin.W1  # the steps are sums, so the rest of W1 is what was learnt
    results = {
        "loss": history.loss("watched").tolist(),
        "accuracy": history.accuracy("watched").tolist(),
        "lowest_at": watch.step,
        "learnt": evaluate(network, trained, learnt)._asdict(),
        "learnt W1 / left of the start": float(
            np.linalg.norm(trained.W1 - left) / np.linalg.norm(left)
        ),
        "saturated": [saturated(begin, x), saturated(trained, x)],
        "blank": int(blank.sum()),
    }
    for name, parameters in {
        "end": trained,
        "lowest": watch.parameters,
        "blank zeroed": trained._replace(W1=np.where(blank[:, None], 0, trained.W1)),
        "in the span": trained._replace(W1=in_the_span(x, trained.W1)),
    }.items():
        score = evaluate(network, parameters, reporting)
        results[name] = {"loss": score.loss, "accuracy": score.accuracy}
    return results


if __name__ == "__main__":
    studies.main()
