"""One epoch of a deep network, as the studies of lesson 07 train each of theirs."""

import numpy as np

from mnistlib import data, training


def accuracy_after_an_epoch(
    model: training.Model, parameters: tuple, rate: float, rng: np.random.Generator
) -> float:
    """Train in batches of 128 drawn by ``rng``; return the accuracy on validation images.

    It is 0 where the training diverged.
    """
    mnist = data.load()
    train_set, validation_set = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(6)
    )
    batches = training.minibatches(50_000, 128, rng=rng)
    try:
        trained, _ = training.train(model, parameters, train_set, batches, learning_rate=rate)
    except training.TrainingDiverged:
        return 0.0
    return training.evaluate(model, trained, validation_set).accuracy
