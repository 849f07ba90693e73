"""Raw pixels at a rate of their own: what is left of the gain of pixels / 255 (lesson 06).

The rung "cross-entropy" of the ladder with two learning rates: that of W2 is the best rate of the next
rung, whose pixels are scaled, and that of W1 is the same over 255 squared, which lets raw pixels move
it as far as scaled ones would (exercise 6.4). The weights start where the rung's do. No rate was chosen.
"""

from dataclasses import replace

import numpy as np

from course import studies
from mnistlib import data, original

#: The rate of W2.
RATE = 1.0
ROWS = [{"seed": seed} for seed in (1, 2, 3, 4)]
QUICK = 0


def run(seed: int) -> dict:
    """Train on raw pixels for 10,000 steps, each layer at its own rate; return validation accuracy."""
    recipe = replace(dict(original.rungs())["cross-entropy"], slope="stable", seed=seed)
    mnist = data.load()
    train_set, (images, labels) = original.split(recipe, (mnist.train_images, mnist.train_labels))
    weights, batches = original.start(recipe, len(train_set[0]))
    for batch in batches:
        x = recipe.prepare(train_set[0][batch])
        _, grads = recipe.gradients(weights, x, data.one_hot(train_set[1][batch]))
        weights = original.Weights(
            weights.W1 - RATE / 255**2 * grads.W1, weights.W2 - RATE * grads.W2
        )
    z2 = recipe.logits(weights, recipe.prepare(images))
    return {
        "accuracy": float((z2.argmax(axis=1) == labels).mean()),
        "finite": bool(np.isfinite(z2).all()),
    }


if __name__ == "__main__":
    studies.main()
