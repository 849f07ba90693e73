"""Lesson 04's mystery curves: four trainings, each with another fault."""

from typing import NamedTuple

import numpy as np

from mnistlib import network, training


class FaultyRecipe(NamedTuple):
    """How a network is trained for a mystery curve."""

    fault: str
    learning_rate: float
    #: How many images it may learn from.
    images: int
    mixes_up_labels: bool
    steps: int


#: The recipe behind each curve. At far too large a rate the last bits grow, and after some dozens of
#: steps no two computers have the same curve: that one has few.
RECIPES: dict[str, FaultyRecipe] = {
    "A": FaultyRecipe(
        "rate too large", learning_rate=30.0, images=1000, mixes_up_labels=False, steps=40
    ),
    "B": FaultyRecipe(
        "overfitting", learning_rate=3.0, images=100, mixes_up_labels=False, steps=480
    ),
    "C": FaultyRecipe(
        "labels mixed up", learning_rate=1.0, images=300, mixes_up_labels=True, steps=480
    ),
    "D": FaultyRecipe(
        "rate too small", learning_rate=0.003, images=1000, mixes_up_labels=False, steps=480
    ),
}
#: What a curve may be called.
FAULTS = tuple(sorted(recipe.fault for recipe in RECIPES.values()))


def mystery_curves(images: np.ndarray, labels: np.ndarray) -> dict[str, training.History]:
    """Train four times on few images, each time with another fault; monitor both sets.

    Args:
        images: uint8, shape (n, 28, 28), n at least 3,000.
        labels: integers, shape (n,).

    Returns:
        A history for each letter, with scores on "training" and "validation".
    """
    return {letter: _train(recipe, images, labels) for letter, recipe in RECIPES.items()}


def _train(recipe: FaultyRecipe, images: np.ndarray, labels: np.ndarray) -> training.History:
    """Train by one recipe."""
    rng = np.random.default_rng(12)
    some_labels = labels[: recipe.images]
    if recipe.mixes_up_labels:
        some_labels = rng.permutation(some_labels)
    training_set = images[: recipe.images], some_labels
    batches = training.minibatches(recipe.images, 50, rng=rng, epochs=24_000 // recipe.images)
    start = network.initialise(rng, hidden=32)
    _, history = training.train(
        network,
        start,
        training_set,
        batches[: recipe.steps],
        learning_rate=recipe.learning_rate,
        every=recipe.steps // 20,
        monitor={
            "training": training_set,
            "validation": (images[1000:3000], labels[1000:3000]),
        },
    )
    return history
