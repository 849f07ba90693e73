"""The original in its own float32: which repairs does it survive, and in which order? Lesson 06.

The original multiplied uint8 pixels by float32 weights. Its slope e^-z / (e^-z + 1)^2 is NaN where a
hidden unit's sum z lies below -88.7, since e^88.8 is too large for a float32. In float64, too large
is e^709.8. Each row trains a recipe with some repairs and notes when a sum first lay below -88.7,
when the weights first held a NaN, the lowest sum so far every 250 steps, and the share of the 10,000
validation images read correctly, asked all at once.

Steps count from 0, as in the original. In float32 the last bits of a product differ from one kind
of processor to another, and grow. So rows with a `kernel` are the same run under stand-ins for other
processors, in a process of their own. A row in float64 comes out the same everywhere: the quick one.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from course import studies
from mnistlib import data, original
from mnistlib.training import sgd_update

FOLDER = Path(__file__).resolve().parent
REPAIRS = {
    "softmax": {"softmax": "over the classes"},
    "jacobian": {"jacobian": "whole"},
    "slope": {"slope": "stable"},
    "loss": {"loss": "cross-entropy"},
    "pixels": {"pixels": "scaled"},
    "weights": {"weights": "Glorot"},
    "momentum": {"momentum": 0.9},
}

#: The repairs in the order of lesson 06.
LADDER = ("softmax", "jacobian", "loss", "pixels", "weights", "momentum")
SEEDS = (42, 1, 2, 3, 4)

#: Below it e^-z is infinite in float32.
WALL = -float(np.log(np.finfo(np.float32).max))


def row(
    *repairs: str,
    rate: float = 0.001,
    seed: int = 42,
    precision: str = "float32",
    steps: int = 10_000,
    kernel: str | None = None,
) -> dict:
    """Return the settings of a row."""
    return {
        "repairs": list(repairs),
        "rate": rate,
        "seed": seed,
        "precision": precision,
        "steps": steps,
        "kernel": kernel,
    }


#: Each rung of the ladder at the rate the original came with; the first two are among the next.
ROWS = [row(*LADDER[:rungs]) for rungs in range(2, len(LADDER) + 1)]
ROWS += [
    row(*repairs, seed=seed)
    for repairs in ((), ("softmax",), ("softmax", "loss"), ("softmax", "slope", "loss"))
    for seed in SEEDS
]
ROWS += [
    row("softmax", "pixels", "loss", rate=1.0),
    row("softmax", rate=0.003),
    row("softmax", "jacobian", rate=0.01),
    row("softmax", "loss", rate=0.003),
    row("softmax", "loss", precision="float64"),
]
ROWS += [row("softmax", "loss", kernel=kernel) for kernel in ("Haswell", "Nehalem")]
ROWS += [row("softmax", "loss", seed=1, precision="float64", steps=2500)]
ROWS += [row("softmax", "loss", seed=1, precision="float64", steps=500)]  # soon run again
QUICK = len(ROWS) - 1


def run(
    repairs: list[str], rate: float, seed: int, precision: str, steps: int, kernel: str | None
) -> dict:
    """Train by the recipe with these repairs, to the end or to the first NaN."""
    if kernel:
        return run_elsewhere(kernel, [repairs, rate, seed, precision, steps, None])
    recipe = original.Recipe(learning_rate=rate, seed=seed, precision=precision, steps=steps)
    for name in repairs:
        recipe = replace(recipe, **REPAIRS[name])
    mnist = data.load()
    train_set, (images, labels) = original.split(recipe, (mnist.train_images, mnist.train_labels))
    weights, batches = original.start(recipe, len(train_set[0]))
    targets = data.one_hot(train_set[1]).astype(precision)
    velocity = [np.zeros_like(W) for W in weights]
    below = nan = recorded = None
    lowest = []
    low = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for step, batch in enumerate(batches):
            x = recipe.prepare(train_set[0][batch], weights.W1.dtype)
            low = min(low, float((x @ weights.W1).min()))
            if below is None and low < WALL:
                below = step
            if step % 250 == 0:
                lowest.append(round(low, 2))
            _, gradients = recipe.gradients(weights, x, targets[batch])
            sgd_update(weights, gradients, velocity, rate, recipe.momentum)
            if not np.isfinite(weights.W1).all():
                nan = step
                recorded = recipe.gradients(weights, x, targets[batch])[0]
                break
        answers = recipe.probabilities(
            recipe.logits(weights, recipe.prepare(images, weights.W1.dtype))
        ).argmax(axis=1)
    return {
        "accuracy": float((answers == labels).mean()),
        "below": below,
        "nan": nan,
        "recorded after nan": recorded,
        "lowest": lowest,
    }


def run_elsewhere(kernel: str, arguments: list) -> dict:
    """Run a row in a process whose matrix products are made as another processor makes them."""
    code = "import json, sys, precision; print(json.dumps(precision.run(*json.loads(sys.argv[1]))))"
    command = [sys.executable, "-c", code, json.dumps(arguments)]
    surroundings = {**os.environ, "OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
    surroundings.pop("OPENBLAS_L2_SIZE", None)
    done = subprocess.run(
        command, cwd=FOLDER, env=surroundings, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    studies.main()
