"""Lesson 04's training to tune: few images, few steps, and a target."""

import functools
from typing import NamedTuple

import numpy as np

from mnistlib import data, network, training

#: The accuracy that is wanted. Over eight seeds, tune's settings reach 0.915 to 0.920; without
#: momentum, a rate of 2 reaches 0.906 to 0.922.
TARGET = 0.91
#: The starts from which settings are judged close to the target, where one alone may be lucky.
SEEDS = (0, 1, 2)
#: How far from the target the first start alone decides.
CLOSE = 0.015


class Accuracies(NamedTuple):
    """The accuracy on the images that were learnt from, and on others."""

    training: float
    validation: float


def reached(settings: dict) -> Accuracies:
    """Train on 5,000 images with somebody's settings; return the accuracy there and on 5,000 others.

    Both sets are from the training images: the test images are for another question. Close to the
    target the accuracies are means over several starts.
    """
    first_seed, *more_seeds = SEEDS
    of_all = [reached_from(settings, first_seed)]
    if abs(of_all[0].validation - TARGET) < CLOSE:
        of_all += [reached_from(settings, seed) for seed in more_seeds]
    return Accuracies(*np.mean(of_all, axis=0).tolist())


def reached_from(settings: dict, seed: int) -> Accuracies:
    """Return what ``reached`` does, from a single start."""
    training_set, validation_set = chosen_sets()
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, hidden=32)
    parameters, _ = training.train(
        network,
        start,
        training_set,
        training.minibatches(5000, 50, rng=rng, epochs=settings["epochs"]),
        learning_rate=settings["learning_rate"],
        momentum=settings["momentum"],
    )
    return Accuracies(
        training.evaluate(network, parameters, training_set).accuracy,
        training.evaluate(network, parameters, validation_set).accuracy,
    )


@functools.cache
def chosen_sets() -> list[tuple[np.ndarray, np.ndarray]]:
    """Return images and labels to learn from, and to judge by, read from the files once."""
    mnist = data.load()
    order = np.random.default_rng(4).permutation(len(mnist.train_labels))
    return [
        (mnist.train_images[chosen], mnist.train_labels[chosen])
        for chosen in (order[:5000], order[-5000:])
    ]
