"""Lesson 08: why weight decay gains answers from starting weights that are far too large.

The networks are those of the study large_start, and so are their images and batches, but weight decay
is on both layers, on one alone or on none.

Has the first layer learnt anything? Then a second layer that is trained anew on top of it, from our
start, should do well. It is trained on the first layer as it is, and also on the first layer after
what is left of its large start has been shrunk as far as weight decay would have shrunk it.
"""

from dataclasses import dataclass

import numpy as np

from course import studies
from mnistlib import data, functions, network
from mnistlib.training import evaluate, minibatches, train

DECAYED = {"none": [], "both": ["W1", "W2"], "first": ["W1"], "second": ["W2"]}
ROWS = [
    {"decayed": decayed, "seed": seed, "epochs": 300} for decayed in DECAYED for seed in range(5)
]
ROWS += [{"decayed": "both", "seed": 5, "epochs": 10}]
QUICK = len(ROWS) - 1
WEIGHT_DECAY = 1e-3
LEARNING_RATE = 1.0


@dataclass
class Controlled:
    """The network, with weight decay on the named weights alone."""

    decayed: list[str]
    prepare = staticmethod(network.prepare)
    logits = staticmethod(network.logits)

    def gradients(self, parameters, x, y):
        """Return the loss without the penalty, and the gradients with it."""
        loss, grads = network.gradients(parameters, x, y)
        for name in self.decayed:
            decayed = getattr(grads, name) + WEIGHT_DECAY * getattr(parameters, name)
            grads = grads._replace(**{name: decayed})
        return loss, grads


def draw(rng: np.random.Generator) -> network.Parameters:
    """Return starting weights and biases that are far too large."""
    return network.Parameters(
        W1=rng.normal(size=(784, 128)),
        b1=rng.normal(size=128),
        W2=rng.normal(size=(128, 10)),
        b2=rng.normal(size=10),
    )


def with_new_second_layer(parameters, x, y, seed, epochs) -> network.Parameters:
    """Train a second layer anew on a first layer that stays as it is."""
    rng = np.random.default_rng(seed)
    a1 = network.forward(parameters, x).a1
    W2 = network.draw_weights(rng, 128, 10, rule="Glorot")
    b2 = np.zeros(10)
    for batch in minibatches(1000, 100, rng=rng, epochs=epochs):
        _, dz2 = functions.cross_entropy_with_gradient(a1[batch] @ W2 + b2, y[batch])
        dW2, db2 = network.layer_gradients(a1[batch], dz2)
        W2 -= LEARNING_RATE * dW2
        b2 -= LEARNING_RATE * db2
    return parameters._replace(W2=W2, b2=b2)


def run(decayed: str, seed: int, epochs: int) -> dict:
    """Train one network, and report it as it is and after each change to it."""
    mnist = data.load()
    (images, labels), (others, truth) = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(7)
    )
    chosen = slice(1000 * seed, 1000 * (seed + 1))
    learnt = images[chosen], labels[chosen]
    rng = np.random.default_rng(seed)
    begin = draw(rng)
    batches = minibatches(1000, 100, rng=rng, epochs=epochs)
    trained, _ = train(
        Controlled(DECAYED[decayed]), begin, learnt, batches, learning_rate=LEARNING_RATE
    )
    # Every step adds to the weights or shrinks them, so what is not left of the start was learnt.
    shrunk = (1 - LEARNING_RATE * WEIGHT_DECAY) ** len(batches)
    left = (shrunk if "W1" in DECAYED[decayed] else 1) * begin.W1
    small = trained._replace(W1=trained.W1 - left + shrunk * begin.W1)
    x, y = network.prepare(learnt[0]), data.one_hot(learnt[1])
    versions = {
        "end": trained,
        "new second layer": with_new_second_layer(trained, x, y, seed, epochs // 2),
        "start shrunk, new second layer": with_new_second_layer(small, x, y, seed, epochs // 2),
    }
    results = {}
    for name, parameters in versions.items():
        score = evaluate(network, parameters, (others[5000:], truth[5000:]))
        results[name] = {"loss": score.loss, "accuracy": score.accuracy}
    return results


if __name__ == "__main__":
    studies.main()
