"""Another training set: how far it moves an accuracy, beside another seed (lesson 05).

Lesson 05's recipe for ten epochs, on training images by other people: the writers of its 50,000
training images are drawn as often as there are writers, some twice and some never, and whoever is
drawn brings all their digits. The network's seed is the same in all rows. The study of seeds is the
other half: the same images, and twenty seeds.
"""

import numpy as np

from mnistlib import data, network
from mnistlib.training import linear_decay, minibatches, train

ROWS = [{"draw": draw} for draw in range(12)]
QUICK = 0


def run(draw: int) -> dict:
    """Train on the images of writers drawn at random; return how many images, and the test accuracy."""
    mnist = data.load()
    (images, labels), _ = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(seed=4)
    )
    (_, whose), _ = data.split(
        mnist.train_images, data.writers().train, rng=np.random.default_rng(seed=4)
    )
    names, place = np.unique(whose, return_inverse=True)
    drawn = np.random.default_rng([draw, 5]).integers(len(names), size=len(names))
    times = np.bincount(drawn, minlength=len(names))
    chosen = np.repeat(np.arange(len(images)), times[place])
    rng = np.random.default_rng(seed=0)
    start = network.initialise(rng)
    batches = minibatches(len(chosen), 128, rng=rng, epochs=10)
    parameters, _ = train(
        network,
        start,
        (images[chosen], labels[chosen]),
        batches,
        learning_rate=linear_decay(0.5, len(batches)),
        momentum=0.9,
    )
    right = network.predict(parameters, data.scale(mnist.test_images)) == mnist.test_labels
    return {"images": len(chosen), "test": float(right.mean())}


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
