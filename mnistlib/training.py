"""Training: mini-batches, stochastic gradient descent, and a record of what happened. Lesson 04.

A *step* is one update from one mini-batch; an *epoch* is one pass over the training images. What is
trained is a *model*: anything that has the names of :class:`Model`.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from mnistlib import data, functions

#: Images (n, 28, 28), uint8, and their labels (n,), integers.
Dataset = tuple[np.ndarray, np.ndarray]

#: A model's parameters: any tuple of arrays, with names or without.
P = TypeVar("P", bound=tuple)


class TrainingDiverged(ArithmeticError):
    """The loss is no longer a finite number; the message says at which step, and what to try."""


class Score(NamedTuple):
    """Mean loss (cross-entropy, in nats) and accuracy (share of right answers, 0 to 1)."""

    loss: float
    accuracy: float


class Model(Protocol):
    """What can be trained: a module such as :mod:`mnistlib.network`, or an object, with these names.

    Parameters are any tuple of arrays. Where an image's answer depends on more than its own row, a
    model also has ``score(parameters, images, labels)``, which returns a :class:`Score`.
    """

    def prepare(self, images: np.ndarray, dtype) -> np.ndarray:
        """Turn n images into what the network takes, x, in a dtype."""

    def logits(self, parameters, x: np.ndarray) -> np.ndarray:
        """Return the scores of every class, shape (n, classes)."""

    def gradients(self, parameters, x: np.ndarray, y: np.ndarray) -> tuple[float, tuple]:
        """Return the loss of a batch with one-hot targets y, and its gradient by each parameter."""


@dataclass
class History:
    """What was recorded, and when.

    ``batch_loss[i]`` is the loss on the batch of step i + 1, just before that step's update.
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
    """Deal n examples into mini-batches: an array of indices for each step.

    Each epoch is shuffled anew and holds every index once; its last batch may be smaller. Built in
    lesson 04, "Step and epoch".

    Raises:
        ValueError: a number is below 1.
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


def linear_decay(start: float, steps: int) -> Callable[[int], float]:
    r"""Return a learning rate that falls in a straight line: $\eta_t = \eta_0\,(1 - t / T)$.

    ``start`` is $\eta_0$, ``steps`` is $T$: a function of the step's number t, from 0 to $T - 1$.
    Explained in lesson 04, "The whole run".

    Raises:
        ValueError: fewer steps than 1.
    """
    if steps < 1:
        raise ValueError(f"a rate falls over at least 1 step, got {steps}")
    return lambda step: start * (1 - step / steps)


def sgd_update(parameters, gradients, velocity, learning_rate: float, momentum: float) -> None:
    r"""Take one step, in place: $v \leftarrow \mu v + dW$, then $W \leftarrow W - \eta v$.

    This is done for every parameter W, whose running sum v is in ``velocity``. With momentum $\mu = 0$
    it is plain gradient descent. Source: the heavy ball of Polyak, "Some methods of speeding up the
    convergence of iteration methods", 1964. Derived in lesson 04, "Faster: momentum".
    """
    for W, dW, v in zip(parameters, gradients, velocity, strict=True):
        v *= momentum
        v += dW
        W -= learning_rate * v


def evaluate(model: Model, parameters, dataset: Dataset) -> Score:
    """Return a model's mean cross-entropy and accuracy on a whole dataset.

    The images are taken 2,000 at a time, to spare memory; a model's own ``score`` is used if it has one.
    Explained in lesson 04, "The loop".

    Raises:
        ValueError: the set is empty, or images and labels differ in number.
    """
    images, labels = _checked(dataset)
    if hasattr(model, "score"):
        return model.score(parameters, images, labels)
    loss = right = 0.0
    for start in range(0, len(images), 2_000):
        part = slice(start, start + 2_000)
        z = model.logits(parameters, model.prepare(images[part], parameters[0].dtype))
        y = data.one_hot(labels[part]).astype(z.dtype, copy=False)
        loss += functions.cross_entropy(z, y) * len(z)
        right += (z.argmax(axis=1) == labels[part]).sum()
    return Score(float(loss / len(images)), float(right / len(images)))


@contextlib.contextmanager
def _one_blas_thread() -> Iterator[None]:
    """Run matrix products in one thread; without the package threadpoolctl, BLAS decides."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(1, user_api="blas"):
        yield


def train(
    model: Model,
    parameters: P,
    train_set: Dataset,
    batches: Iterable[np.ndarray],
    *,
    learning_rate: float | Callable[[int], float],
    momentum: float = 0.0,
    monitor: dict[str, Dataset] | None = None,
    every: int | None = None,
    after_record: Callable[[int, tuple, History], bool | None] | None = None,
) -> tuple[P, History]:
    """Train, and record. The result is the same for the same model, parameters, set and batches.

    Products as small as ours gain from a second thread only while the computer is quiet (lesson 04's
    step took 721 microseconds in place of 1,131). Beside other programs it costs more than it gains,
    since at every product the threads wait for each other; so there is one.

    Args:
        model: what is trained.
        parameters: where to start, a tuple of arrays; not changed.
        train_set: images and labels.
        batches: for each step, the indices of its examples; :func:`minibatches` deals them. Wrapped
            in ``tqdm(batches)`` they show how far it is.
        learning_rate: above 0, or a function from the step's number (from 0) to the rate.
        momentum: from 0 to below 1.
        monitor: sets to score on the way, ``{"validation": (images, labels)}``.
        every: steps between two scores; if None, only before the first step and after the last.
        after_record: called after each scoring with the steps taken, the parameters and the history;
            training ends there if it returns True.

    Returns:
        The trained parameters, and the :class:`History`.

    Raises:
        TrainingDiverged: the loss became infinite or NaN.
        ValueError: an empty set or batch, images and labels that differ in number, a label outside
            0 to 9, or a learning rate, momentum or interval out of its range.

    Built in lesson 04, "The loop".
    """
    images, labels = _checked(train_set)
    if not callable(learning_rate) and not 0 < learning_rate < np.inf:
        raise ValueError(f"the learning rate must be above 0 and finite, got {learning_rate}")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, got {momentum}")
    if every is not None and every < 1:
        raise ValueError(f"every must be at least 1 step, got {every}")

    monitor = monitor or {}
    parameters = copy_parameters(parameters)
    velocity = [np.zeros_like(value) for value in parameters]
    dtype = parameters[0].dtype
    targets = data.one_hot(labels).astype(dtype, copy=False)
    history = History(scores={name: [] for name in monitor})

    def record(step: int) -> bool:
        """Score every monitored set; return whether to end here."""
        history.steps.append(step)
        for name, dataset in monitor.items():
            history.scores[name].append(evaluate(model, parameters, dataset))
        return bool(after_record and after_record(step, parameters, history))

    with _one_blas_thread():
        ended = record(0)
        step = 0
        for batch in () if ended else batches:
            rate = learning_rate(step) if callable(learning_rate) else learning_rate
            if not 0 <= rate < np.inf:  # which also refuses NaN
                raise ValueError(
                    f"the learning rate must be 0 or more and finite, got {rate} at step {step + 1}"
                )
            chosen = np.asarray(batch)  # indices in a tuple would be one index along each axis
            x = model.prepare(images[chosen], dtype)
            loss, gradients = model.gradients(parameters, x, targets[chosen])
            step += 1
            if not np.isfinite(loss):
                raise TrainingDiverged(
                    f"the loss became {loss} at step {step}, with learning rate {rate:g}. Try a "
                    "smaller one (a tenth, say); if that does not help, check the gradients and "
                    "whether the pixels are scaled to [0, 1]"
                )
            history.batch_loss.append(loss)
            sgd_update(parameters, gradients, velocity, rate, momentum)
            if every and step % every == 0 and (ended := record(step)):
                break
        if not step and not ended:
            raise ValueError("there is no batch to train on: minibatches(n, rng=rng) deals some")
        if history.steps[-1] != step:
            record(step)
    return parameters, history


def rebuild(parameters: P, values: Iterable[np.ndarray]) -> P:
    """Return arrays in a tuple of the type that parameters have: with the same names, if any."""
    kind = type(parameters)
    return kind(*values) if hasattr(parameters, "_fields") else kind(values)


def copy_parameters(parameters: P) -> P:
    """Return a copy of parameters: every array anew."""
    return rebuild(parameters, (value.copy() for value in parameters))


def _checked(dataset: Dataset) -> Dataset:
    images, labels = dataset
    if not len(images) or len(images) != len(labels):
        raise ValueError(
            "expected as many labels as images, and at least one; "
            f"got {len(images)} images and {len(labels)} labels"
        )
    return images, labels
