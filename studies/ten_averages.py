"""Does the original's recipe beat ten averages, which take no steps? Six more seeds (lesson 06).

The study of the ladder has the notebook's own seed and four others; here are six, at its own rate,
beside the nearest mean of lesson 01. Both are asked about the same 10,000 validation images, the recipe
all at once, as it asks itself.
"""

from course import studies
from mnistlib import baseline, data, original, uncertainty

ROWS = [{"seed": seed, "steps": 10_000} for seed in range(5, 11)]
ROWS += [{"seed": 5, "steps": 500}]
QUICK = len(ROWS) - 1


def run(seed: int, steps: int) -> dict:
    """Train the original for so many steps; return the images gained and lost on ten averages."""
    recipe = original.Recipe(seed=seed, steps=steps)
    mnist = data.load()
    train_set, (images, digits) = original.split(recipe, (mnist.train_images, mnist.train_labels))
    means = baseline.class_means(*train_set)
    nearest = baseline.nearest_mean(images.reshape(-1, 784).astype(float), means) == digits
    weights, _ = original.run(recipe, train_set)
    p = recipe.probabilities(recipe.logits(weights, recipe.prepare(images)))
    pair = uncertainty.mcnemar(nearest, p.argmax(axis=1) == digits)
    return {
        "accuracy": float((p.argmax(axis=1) == digits).mean()),
        "nearest mean": float(nearest.mean()),
        "gained": pair.gained,
        "lost": pair.lost,
        "p": pair.p,
    }


if __name__ == "__main__":
    studies.main()
