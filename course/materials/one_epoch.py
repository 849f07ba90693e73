"""One epoch of a deep network, as the studies of lesson 07 train each of theirs."""

from dataclasses import dataclass

import numpy as np

from mnistlib import data, deep, training


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


@dataclass(frozen=True)
class RateByLayer(deep.MLP):
    """A network of which each layer has a learning rate of its own: its gradients are multiplied."""

    factors: tuple[float, ...] = ()

    def gradients(self, parameters, x, y):
        """Return the loss, and its gradients, those of each layer times the layer's factor."""
        loss, grads = super().gradients(parameters, x, y)
        each = np.repeat(self.factors, 2)  # for W and b
        return loss, tuple(factor * grad for factor, grad in zip(each, grads, strict=True))


def rate_by_layer(model: deep.MLP, pulls: list[float]) -> RateByLayer:
    """Return the model with a rate for each layer, the larger, the fainter its pull; the last's is 1."""
    return RateByLayer(model.activation, tuple(pulls[-1] / pull for pull in pulls))
