"""Lesson 13: what the examination says of the original notebook's network.

The first row is the notebook's recipe whole; the second, after thirty steps, is run live.
"""

import numpy as np

from course import studies
from course.examination import examine
from mnistlib import original

ROWS = [{"steps": 10_000, "images": 12_000}, {"steps": 30, "images": 2_000}]
QUICK = 1


def run(steps: int, images: int) -> dict:
    """Examine the original's recipe, with a seed from the generator and the rest as lesson 06 has it."""

    def my_train(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator):
        seed = int(rng.integers(2**31))
        weights, _ = original.run(original.Recipe(steps=steps, seed=seed), (images, labels))
        return weights

    def my_predict(weights, images: np.ndarray) -> np.ndarray:
        return my_probabilities(weights, images).argmax(axis=1)

    def my_probabilities(weights, images: np.ndarray) -> np.ndarray:
        recipe = original.Recipe()
        return recipe.probabilities(recipe.logits(weights, recipe.prepare(images)))

    report = examine(my_train, my_predict, my_probabilities, images=images, limit=600)
    return {
        "findings": [
            [f.check, f.held, f.fault, f.seen]
            for f in report.findings.values()
            if f.check not in ("own", "cost")
        ],
        "shares": {name: list(share) for name, share in report.shares.items()},
        "averages": report.averages,
    }


if __name__ == "__main__":
    studies.main()
