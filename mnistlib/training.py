"""Training: mini-batches, stochastic gradient descent, and a record of what happened. Lesson 04.

A *step* is one update from one mini-batch; an *epoch* is one pass over the training images.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from mnistlib import data, functions, network


class TrainingDiverged(ArithmeticError):
    """The loss is no longer a finite number; the message says at which step and what to try."""


class Score(NamedTuple):
    """Mean loss (cross-entropy, in nats) and accuracy (share of right answers, 0 to 1)."""

    loss: float
    accuracy: float


@dataclass
class History:
    """What was recorded, and when.

    ``batch_loss[i]`` is the loss of step i + 1's batch just before that step's update.
    ``scores[name][j]`` is the score on the monitored set ``name`` after ``steps[j]`` steps; the
    first is taken before any.
    """

    batch_loss: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    scores: dict[str, list[Score]] = field(default_factory=dict)

    def loss(self, name: str) -> np.ndarray:
        """Return the losses on one monitored set, one for each entry of ``steps``."""
        return np.array([score.loss for score in self.scores[name]])

    def accuracy(self, name: str) -> np.ndarray:
        """Return the accuracies on one monitored set, one for each entry of ``steps``."""
        return np.array([score.accuracy for score in self.scores[name]])


def minibatches(
    n: int, batch_size: int = 128, *, rng: np.random.Generator, epochs: int = 1
) -> list[np.ndarray]:
    """Deal n examples into mini-batches, shuffled anew for each epoch.

    Args:
        n: examples in the training set.
        batch_size: examples in a batch; the last one of an epoch may be smaller.
        rng: where the shuffles come from.
        epochs: passes over the training set.

    Returns:
        One array of indices for each step. Every index occurs once in each epoch.

    Raises:
        ValueError: a number is below 1.

    Built in lesson 04, "Step and epoch".
    """
    if min(n, batch_size, epochs) < 1:
        raise ValueError(
            f"n, batch_size and epochs must be at least 1, got {n}, {batch_size}, {epochs}"
        )
    batches = []
    for _ in range(epochs):
        order = rng.permutation(n)
        batches += [order[start : start + batch_size] for start in range(0, n, batch_size)]
    return batches


def falling(start: float, steps: int) -> Callable[[int], float]:
    r"""Return a learning rate that falls in a straight line: $\eta_t = \eta_0\,(1 - t / T)$.

    Args:
        start: the rate at the first step, $\eta_0$.
        steps: how many steps there will be, $T$; the rate would be 0 at the next one.

    Returns:
        A function from the step's number t (0 for the first) to its rate.

    Explained in lesson 04, "Faster: momentum".
    """
    return lambda step: start * (1 - step / steps)


def sgd_update(parameters, gradients, velocity, learning_rate: float, momentum: float) -> None:
    r"""Take one step of stochastic gradient descent, in place.

    $v \leftarrow \mu v + dW$, then $W \leftarrow W - \eta v$, for every parameter $W$. With
    $\mu = 0$ that is plain gradient descent.

    Args:
        parameters: arrays, changed in place.
        gradients: the loss's gradient by each, in the same shapes.
        velocity: the running sum v, one array for each parameter, changed in place.
        learning_rate: $\eta$, above 0.
        momentum: $\mu$, from 0 to below 1.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning",
    2013. Derived in lesson 04, "Faster: momentum".
    """
    for value, gradient, v in zip(parameters, gradients, velocity, strict=True):
        v *= momentum
        v += gradient
        value -= learning_rate * v


def evaluate(parameters, images: np.ndarray, labels: np.ndarray) -> Score:
    """Score the network on a whole set, some images at a time to spare memory.

    Args:
        parameters: the network's parameters.
        images: uint8, shape (n, 28, 28).
        labels: integers, shape (n,).

    Returns:
        Mean cross-entropy and accuracy.

    Raises:
        ValueError: the set is empty, or images and labels differ in number.

    Explained in lesson 04, "What to record".
    """
    _check_set(images, labels)
    loss = right = 0.0
    for start in range(0, len(images), 2_000):
        part = slice(start, start + 2_000)
        z2 = network.forward(parameters, data.scale(images[part], parameters.W1.dtype)).z2
        y = data.one_hot(labels[part], z2.shape[1])
        loss += functions.cross_entropy(z2, y) * len(z2)
        right += (z2.argmax(axis=1) == labels[part]).sum()
    return Score(float(loss / len(images)), float(right / len(images)))


def train(
    parameters,
    images: np.ndarray,
    labels: np.ndarray,
    batches: Sequence[np.ndarray],
    *,
    learning_rate: float | Callable[[int], float],
    momentum: float = 0.0,
    monitor: dict[str, tuple[np.ndarray, np.ndarray]] | None = None,
    every: int | None = None,
    gradients: Callable = network.gradients,
    evaluate: Callable = evaluate,
    prepare: Callable = data.scale,
    progress: bool = False,
):
    """Train, and record. The result is the same for the same parameters, images and batches.

    Args:
        parameters: where to start, a NamedTuple of arrays; not changed.
        images: uint8, shape (n, 28, 28).
        labels: integers, shape (n,).
        batches: for each step, the indices of its examples; :func:`minibatches` deals them.
        learning_rate: above 0, or a function from the step's number (from 0) to the rate.
        momentum: from 0 to below 1.
        monitor: sets to score on the way, ``{"validation": (images, labels)}``.
        every: steps between two scores; once an epoch if None. The last step is always scored.
        gradients: from parameters, x and y to the batch's loss and the parameters' gradients.
        evaluate: from parameters, images and labels to a :class:`Score`.
        prepare: from a batch of images and a dtype to x.
        progress: show a bar. At the end it is taken away, with all else the cell has printed.

    Returns:
        The trained parameters, and the :class:`History`.

    Raises:
        TrainingDiverged: the loss became infinite or NaN.
        ValueError: an empty set or batch, images and labels that differ in number, a label outside
            the network's classes, or a learning rate, momentum or interval out of its range.

    Built in lesson 04, "The loop".
    """
    _check_set(images, labels)
    if not len(batches):
        raise ValueError("there is no batch to train on; minibatches(n, rng=rng) deals some")
    if not callable(learning_rate) and not learning_rate > 0:
        raise ValueError(f"the learning rate must be above 0, got {learning_rate}")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, got {momentum}")
    every = every if every is not None else -(-len(images) // max(len(batches[0]), 1))
    if every < 1:
        raise ValueError(f"every must be at least 1 step, got {every}")

    monitor = monitor or {}
    parameters = type(parameters)(*(value.copy() for value in parameters))
    velocity = [np.zeros_like(value) for value in parameters]
    classes, dtype = parameters[-1].shape[-1], parameters[0].dtype
    targets = data.one_hot(labels, classes).astype(dtype, copy=False)
    history = History(scores={name: [] for name in monitor})

    def record(step: int) -> None:
        history.steps.append(step)
        for name, (some_images, some_labels) in monitor.items():
            history.scores[name].append(evaluate(parameters, some_images, some_labels))

    record(0)
    for step, batch in enumerate(_with_bar(batches) if progress else batches):
        rate = learning_rate(step) if callable(learning_rate) else learning_rate
        if not rate >= 0:
            raise ValueError(
                f"the learning rate must not be below 0, got {rate} at step {step + 1}"
            )
        loss, slopes = gradients(parameters, prepare(images[batch], dtype), targets[batch])
        if not np.isfinite(loss):
            raise TrainingDiverged(
                f"the loss became {loss} at step {step + 1}, with learning rate {rate:g}. Try a "
                "smaller one (a tenth, say); if that does not help, check the gradients and "
                "whether the pixels are scaled to [0, 1]"
            )
        history.batch_loss.append(loss)
        sgd_update(parameters, slopes, velocity, rate, momentum)
        if (step + 1) % every == 0 or step + 1 == len(batches):
            record(step + 1)
    return parameters, history


def _check_set(images: np.ndarray, labels: np.ndarray) -> None:
    if not len(images) or len(images) != len(labels):
        raise ValueError(
            "expected as many labels as images, and at least one; "
            f"got {len(images)} images and {len(labels)} labels"
        )


def _with_bar(batches: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the batches under a progress bar; in a notebook it is taken away without a trace.

    tqdm itself keeps quiet where the environment variable TQDM_DISABLE is 1, as in the tests.
    """
    from tqdm import tqdm

    with tqdm(batches, unit="step", leave=False) as bar:
        yield from bar
    if "ipykernel" in sys.modules and not bar.disable:
        from IPython.display import clear_output

        clear_output()
