"""The original notebook's recipe, faults included, each a named choice that can be repaired.

Its faults live here and nowhere else. Lesson 05 runs it, takes it apart, and mends it.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal, NamedTuple, get_args

import numpy as np

from mnistlib import data, functions, training


@dataclass(frozen=True)
class Recipe:
    """Every choice of a training run; without arguments, the original's.

    The first eight fields are faults 2 to 9 of lesson 05: the default is the fault, the other value
    its repair. A repaired recipe is ``dataclasses.replace(recipe, softmax="over the classes")``.

    Raises:
        ValueError: a value that is not one of the field's, or no steps, or empty batches.
    """

    split: Literal["before the seed", "after the seed"] = "before the seed"
    softmax: Literal["over the batch", "over the classes"] = "over the batch"
    jacobian: Literal["diagonal", "whole"] = "diagonal"
    loss: Literal["squared error", "cross-entropy"] = "squared error"
    recorded: Literal["class numbers", "the loss"] = "class numbers"
    unit: Literal["epoch", "step"] = "epoch"
    slope: Literal["overflows", "stable"] = "overflows"
    pixels: Literal["raw", "scaled"] = "raw"
    weights: Literal["small uniform", "Glorot"] = "small uniform"
    learning_rate: float = 0.001
    momentum: float = 0.0
    steps: int = 10_000
    batch_size: int = 128
    seed: int = 42

    def __post_init__(self) -> None:
        """Refuse a choice that does not exist, before hours are spent on it."""
        for field in fields(self):
            choices, value = get_args(field.type), getattr(self, field.name)
            if choices and value not in choices:
                raise ValueError(f"{field.name} must be one of {choices}, got {value!r}")
        if min(self.steps, self.batch_size) < 1:
            raise ValueError(
                f"steps and batch_size must be at least 1, got {self.steps} and {self.batch_size}"
            )


#: One rung of the ladder after another: what is repaired, and the recipe's fields that change.
LADDER: tuple[tuple[str, dict], ...] = (
    ("softmax over the classes", {"softmax": "over the classes"}),
    ("the whole Jacobian", {"jacobian": "whole"}),
    ("cross-entropy", {"loss": "cross-entropy"}),
    ("pixels / 255", {"pixels": "scaled"}),
    ("learning rate 0.5", {"learning_rate": 0.5}),
    ("Glorot's weights", {"weights": "Glorot"}),
    ("momentum 0.9", {"momentum": 0.9}),
)


def rungs(recipe: Recipe = Recipe(), ladder=LADDER) -> list[tuple[str, Recipe]]:
    """Return the recipes of a ladder: the first as it is, each other with one more repair."""
    recipes = [("the original", recipe)]
    for name, repair in ladder:
        recipes.append((name, replace(recipes[-1][1], **repair)))
    return recipes


class Weights(NamedTuple):
    """What the original learns, W1 (784, 128) and W2 (128, 10). It has no biases."""

    W1: np.ndarray
    W2: np.ndarray


class Run(NamedTuple):
    """A finished run: the weights, the record, and each batch's accuracy just before its step."""

    weights: Weights
    history: training.History
    batch_accuracy: list[float]


def softmax_over_batch(z: np.ndarray) -> np.ndarray:
    r"""Compute what the original took for a softmax: $e^{z_{ik} - m} / \sum_i e^{z_{ik} - m}$.

    Here $m$ is one maximum, of the whole batch.

    The sum runs over the examples i, axis 0, where it should run over the classes k. What an
    example gets depends on which others are in the batch.

    Args:
        z: logits, shape (n, k).

    Returns:
        Numbers of which each *column* sums to 1, shape (n, k).

    Taken apart in lesson 02, "Which axis?", and lesson 05.
    """
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


def class_bias(z: np.ndarray) -> np.ndarray:
    r"""Compute what the batch-axis softmax subtracts from class k: $c_k = \log \sum_i e^{z_{ik}}$.

    Its logarithm is $\log P_{ik} = z_{ik} - c_k$: a bias for each class, supplied by the batch.

    Args:
        z: logits, shape (n, k).

    Returns:
        One bias a class, shape (k,).

    Derived in lesson 05, "Why it works at all".
    """
    top = z.max(axis=0)
    return top + np.log(np.exp(z - top).sum(axis=0))


def overflowing_slope(z: np.ndarray) -> np.ndarray:
    r"""Compute the original's $\sigma'(z) = e^{-z} / (e^{-z} + 1)^2$: NaN where $e^{-z}$ overflows.

    Args:
        z: numbers, any shape.

    Returns:
        An array shaped as ``z``, values in [0, 1/4] to rounding; with a warning, 0 below about -355
        and NaN below about -709.

    Taken apart in lesson 02, "A stable sigmoid", and lesson 05.
    """
    e = np.exp(-z)
    return e / (e + 1) ** 2


def class_number_difference(p: np.ndarray, y: np.ndarray) -> float:
    r"""Compute the original's "loss": the mean of $(\hat k - k)^2$ over answers and labels.

    No loss at all: a 0 read as 9 costs 81, read as 1 it costs 1, and the gradient of an argmax is
    zero almost everywhere. Nothing ever followed it; it was only drawn.

    Args:
        p: probabilities or scores, shape (n, k).
        y: one-hot targets, shape (n, k).

    Returns:
        The mean, between 0 and $(k - 1)^2$.

    Taken apart in lesson 05, "Nine faults, nine checks".
    """
    return float(((p.argmax(axis=1) - y.argmax(axis=1)) ** 2).mean())


def initial_weights(recipe: Recipe, chance: np.random.RandomState) -> Weights:
    r"""Draw the weights to start from, W1 first.

    Uniform in $\pm 1 / \sqrt{d_{in} d_{out}}$ as in the original, or by Glorot's rule, which is wider:
    $\pm\sqrt{6 / (d_{in} + d_{out})}$.

    Args:
        recipe: its ``weights`` says by which rule.
        chance: the stream to draw from.

    Returns:
        W1, shape (784, 128), and W2, shape (128, 10), float64.
    """

    def draw(rows: int, columns: int) -> np.ndarray:
        if recipe.weights == "Glorot":
            return chance.uniform(-1, 1, (rows, columns)) * np.sqrt(6 / (rows + columns))
        return chance.uniform(-1, 1, (rows, columns)) / np.sqrt(rows * columns)

    return Weights(draw(784, 128), draw(128, 10))


def prepare(recipe: Recipe, images: np.ndarray, dtype=np.float64) -> np.ndarray:
    """Flatten images into rows of floats.

    Args:
        recipe: its ``pixels`` says in which range.
        images: uint8, shape (n, 28, 28).
        dtype: of the result.

    Returns:
        One image a row, shape (n, 784): 0 to 255 if raw, 0 to 1 if scaled.

    Raises:
        TypeError, ValueError: scaled, and the images are no uint8 images; see ``data.scale``.
    """
    if recipe.pixels == "scaled":
        return data.scale(images, dtype)
    return images.reshape(len(images), -1).astype(dtype)


def logits(weights: Weights, x: np.ndarray) -> np.ndarray:
    r"""Compute the network without biases: $Z_2 = \sigma(X W_1)\, W_2$.

    Args:
        weights: the network.
        x: prepared pixels, shape (n, 784).

    Returns:
        Logits, shape (n, 10).
    """
    return functions.sigmoid(x @ weights.W1) @ weights.W2


def probabilities(recipe: Recipe, z2: np.ndarray) -> np.ndarray:
    """Apply the recipe's softmax, over the batch or over the classes.

    Args:
        recipe: its ``softmax`` says over which.
        z2: logits, shape (n, k).

    Returns:
        Numbers of that shape; each column sums to 1, or each row.
    """
    over_classes = recipe.softmax == "over the classes"
    return functions.softmax(z2) if over_classes else softmax_over_batch(z2)


def recorded_loss(recipe: Recipe, z2: np.ndarray, y: np.ndarray) -> float:
    """Compute what the recipe records as its loss.

    Args:
        recipe: its ``recorded`` and ``loss`` say which number.
        z2: logits, shape (n, k).
        y: one-hot targets, shape (n, k).

    Returns:
        The difference of class numbers, the squared error, or the cross-entropy. The last is always
        that of the softmax over the classes.

    Raises:
        ValueError: the shapes disagree, or the batch is empty.
    """
    if recipe.recorded == "class numbers":
        return class_number_difference(probabilities(recipe, z2), y)
    if recipe.loss == "cross-entropy":
        return functions.cross_entropy(z2, y)
    return functions.squared_error(probabilities(recipe, z2), y)


def gradients(
    recipe: Recipe, weights: Weights, x: np.ndarray, y: np.ndarray
) -> tuple[float, Weights, float]:
    r"""Compute what the recipe takes for the gradients of one batch.

    With the faults: $dZ_2 = \frac{2 (P - Y)}{n} \odot P \odot (1 - P)$, $dW_2 = A_1^T dZ_2$,
    $dZ_1 = dZ_2 W_2^T \odot \sigma'(Z_1)$, $dW_1 = X^T dZ_1$. Only with the softmax over the classes,
    and the whole Jacobian or cross-entropy, is it the gradient of any loss at all.

    Args:
        recipe: which faults are still in.
        weights: the network.
        x: prepared pixels, shape (n, 784).
        y: one-hot targets, shape (n, 10).

    Returns:
        What is recorded as the loss, the gradients, and the batch's accuracy.
    """
    z1 = x @ weights.W1
    a1 = functions.sigmoid(z1)
    z2 = a1 @ weights.W2
    p = probabilities(recipe, z2)
    if recipe.loss == "cross-entropy":
        dz2 = (p - y) / len(y)
    else:
        dp = functions.squared_error_gradient(p, y)
        whole = recipe.jacobian == "whole"
        dz2 = functions.softmax_backward(p, dp) if whole else p * (1 - p) * dp
    slope = overflowing_slope(z1) if recipe.slope == "overflows" else a1 * (1 - a1)
    dz1 = dz2 @ weights.W2.T * slope
    accuracy = float((p.argmax(axis=1) == y.argmax(axis=1)).mean())
    return recorded_loss(recipe, z2, y), Weights(x.T @ dz1, a1.T @ dz2), accuracy


def split(recipe: Recipe, images, labels, shuffle: int = 0):
    """Split into 50,000 training and 10,000 validation images.

    The original shuffled before it set its seed, so its split was another one each time. Here
    ``shuffle`` stands for the chance of that day. Repaired, the split depends on the seed alone.

    Args:
        recipe: its ``split`` and ``seed`` say how.
        images: uint8, shape (60000, 28, 28).
        labels: integers, shape (60000,).
        shuffle: seed of the shuffle where the recipe has none.

    Returns:
        Images and labels to train on, and images and labels for validation.

    Raises:
        ValueError: images and labels differ in number, or there are no more than 10,000.
    """
    seed = recipe.seed if recipe.split == "after the seed" else shuffle
    return data.split(images, labels, rng=np.random.RandomState(seed))


def run(
    recipe: Recipe,
    train_set: tuple[np.ndarray, np.ndarray],
    *,
    validation_set: tuple[np.ndarray, np.ndarray] | None = None,
    every: int = 20,
    progress: bool = False,
) -> Run:
    """Train by a recipe, in float64, with the original's stream of chance.

    Weights first, then the batches, drawn with replacement, all from ``RandomState(recipe.seed)``.

    Args:
        recipe: every choice.
        train_set: images uint8 (n, 28, 28), labels (n,).
        validation_set: scored every ``every`` steps if given: most of the original's time.
        every: steps between two scores.
        progress: show a bar, as :func:`mnistlib.training.train` does.

    Returns:
        The weights, the history and the batches' accuracies.

    Raises:
        training.TrainingDiverged: the recorded loss became infinite or NaN. The difference of class
            numbers never does: it hides even a network whose weights are all NaN.

    Explained in lesson 05, "As it was".
    """
    chance = np.random.RandomState(recipe.seed)
    start = initial_weights(recipe, chance)
    n, accuracies = len(train_set[0]), []
    batches = [chance.randint(0, n, recipe.batch_size) for _ in range(recipe.steps)]

    def gradients_and_accuracy(weights: Weights, x: np.ndarray, y: np.ndarray):
        loss, slopes, accuracy = gradients(recipe, weights, x, y)
        accuracies.append(accuracy)
        return loss, slopes

    weights, history = training.train(
        start,
        *train_set,
        batches,
        learning_rate=recipe.learning_rate,
        momentum=recipe.momentum,
        monitor={"validation": validation_set} if validation_set else None,
        every=every,
        gradients=gradients_and_accuracy,
        evaluate=_scorer(recipe, validation_set) if validation_set else training.evaluate,
        prepare=lambda images, dtype: prepare(recipe, images, dtype),
        progress=progress,
    )
    return Run(weights, history, accuracies)


def _scorer(recipe: Recipe, validation_set) -> Callable:
    """Return a function that scores weights on one set, whose pixels are prepared only once."""
    x, y = prepare(recipe, validation_set[0]), data.one_hot(validation_set[1])

    def score(weights: Weights, images: np.ndarray, labels: np.ndarray) -> training.Score:
        z2 = logits(weights, x)
        right = float((probabilities(recipe, z2).argmax(axis=1) == labels).mean())
        return training.Score(recorded_loss(recipe, z2, y), right)

    return score


def accuracy(recipe: Recipe, weights: Weights, images: np.ndarray, labels: np.ndarray) -> float:
    """Ask as the recipe asks: all the images at once.

    Args:
        recipe: how pixels are prepared, and over what the softmax runs.
        weights: the network.
        images: uint8, shape (n, 28, 28).
        labels: integers, shape (n,).

    Returns:
        The share of right answers, 0 to 1.
    """
    p = probabilities(recipe, logits(weights, prepare(recipe, images)))
    return float((p.argmax(axis=1) == labels).mean())
