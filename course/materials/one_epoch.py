"""One epoch of a deep network, as the studies of lesson 07 train each of theirs."""

from dataclasses import dataclass

import numpy as np

from mnistlib import data, deep, training


def own_split() -> tuple[training.Dataset, training.Dataset]:
    """Return the training and the validation images that these studies share."""
    mnist = data.load()
    return data.split(mnist.train_images, mnist.train_labels, rng=np.random.default_rng(6))


def gradient_norms(model: training.Model, parameters: tuple) -> list[float]:
    """Return the norm of the loss's gradient by each layer's weights, over 1,000 training images."""
    (images, labels), _ = own_split()
    _, grads = model.gradients(parameters, data.scale(images[:1000]), data.one_hot(labels[:1000]))
    return [float(np.linalg.norm(dW)) for dW in grads[::2]]


def accuracy_after_an_epoch(
    model: training.Model, parameters: tuple, rate: float, rng: np.random.Generator
) -> float:
    """Train in batches of 128 drawn by ``rng``; return the accuracy on validation images.

    It is 0 where the training diverged.
    """
    train_set, validation_set = own_split()
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
