"""The original notebook's recipe, faults included, each a named choice that can be repaired.

The original is an anonymous notebook, whose text came to this course without a name or a licence. It is
written anew here from its formulas, with none of its code. Each of its faults is one that good people
make, and they live here and nowhere else. Lesson 06 runs it, takes it apart, and mends it.

x are prepared pixels, shape (n, 784); logits, probabilities and one-hot targets have shape (n, 10).
Shapes that disagree, and an empty batch, raise a ValueError.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal, NamedTuple, get_args

import numpy as np

from mnistlib import data, functions, network, training


class Weights(NamedTuple):
    """What the original learns, W1 (784, 128) and W2 (128, 10). It has no biases."""

    W1: np.ndarray
    W2: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """Every choice of a training run; without arguments, the original's. A model, as training wants one.

    The fields from ``cached`` to ``pixels`` are faults 1 to 9 of lesson 06: the default is the fault,
    the other value its repair. A repaired recipe is
    ``dataclasses.replace(recipe, softmax="over the classes")``.

    One default is not the original's: ``precision``. It computed in float32, whose last bits differ from
    one computer to another; in float64 a run comes out the same. ``precision="float32"`` is as it was.

    Raises:
        ValueError: a value that the field does not allow, no steps, or empty batches.
    """

    cached: Literal["whatever came", "the published file"] = "whatever came"
    split: Literal["before the seed", "after the seed"] = "before the seed"
    softmax: Literal["over the batch", "over the classes"] = "over the batch"
    jacobian: Literal["diagonal", "whole"] = "diagonal"
    loss: Literal["squared error", "cross-entropy"] = "squared error"
    recorded: Literal["class numbers", "the loss"] = "class numbers"
    unit: Literal["epoch", "step"] = "epoch"
    slope: Literal["overflows", "stable"] = "overflows"
    pixels: Literal["raw", "scaled"] = "raw"
    weights: Literal["small uniform", "Glorot"] = "small uniform"
    precision: Literal["float32", "float64"] = "float64"
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

    def initial_weights(self, chance: np.random.RandomState) -> Weights:
        r"""Draw the weights to start from, W1 first.

        Uniform in $\pm 1 / \sqrt{\text{rows} \cdot \text{columns}}$ as in the original, or by
        Glorot's rule, which is wider: $\pm\sqrt{6 / (\text{rows} + \text{columns})}$.
        """

        def draw(rows: int, columns: int) -> np.ndarray:
            drawn = chance.uniform(-1, 1, (rows, columns))
            if self.weights == "Glorot":
                return (drawn * network.LIMITS["Glorot"](rows, columns)).astype(self.precision)
            return (drawn / np.sqrt(rows * columns)).astype(self.precision)

        return Weights(draw(784, 128), draw(128, 10))

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Flatten uint8 images into rows of floats: from 0 to 255 if raw, from 0 to 1 if scaled."""
        if self.pixels == "scaled":
            return data.scale(images, dtype)
        return images.reshape(len(images), -1).astype(dtype)

    def logits(self, weights: Weights, x: np.ndarray) -> np.ndarray:
        r"""Compute the network without biases: $Z_2 = \sigma(X W_1)\, W_2$."""
        return functions.sigmoid(x @ weights.W1) @ weights.W2

    def probabilities(self, z2: np.ndarray) -> np.ndarray:
        """Apply the recipe's softmax: each column sums to 1, or each row."""
        over_classes = self.softmax == "over the classes"
        return functions.softmax(z2) if over_classes else softmax_over_batch(z2)

    def gradients(self, weights: Weights, x: np.ndarray, y: np.ndarray) -> tuple[float, Weights]:
        r"""Compute what the recipe takes for the loss of one batch, and for its gradients.

        With the faults: $dZ_2 = \frac{2 (P - Y)}{n} \odot P \odot (1 - P)$, $dW_2 = A_1^T dZ_2$,
        $dZ_1 = dZ_2 W_2^T \odot \sigma'(Z_1)$, $dW_1 = X^T dZ_1$. With the whole Jacobian, that
        of its own softmax, it is the gradient of the squared error; with cross-entropy and the
        softmax over the classes, that of the cross-entropy.
        """
        z1 = x @ weights.W1
        a1 = functions.sigmoid(z1)
        z2 = a1 @ weights.W2
        y = y.astype(z2.dtype, copy=False)
        p = self.probabilities(z2)
        if self.loss == "cross-entropy":
            dz2 = (p - y) / len(y)
        else:
            dp = functions.squared_error_gradient(p, y)
            if self.jacobian == "diagonal":
                dz2 = p * (1 - p) * dp
            elif self.softmax == "over the classes":
                dz2 = functions.softmax_backward(p, dp)
            else:  # each column is a softmax over the examples
                dz2 = functions.softmax_backward(p.T, dp.T).T
        slope = overflowing_slope(z1) if self.slope == "overflows" else a1 * (1 - a1)
        dz1 = dz2 @ weights.W2.T * slope
        return self._recorded(z2, p, y), Weights(x.T @ dz1, a1.T @ dz2)

    def score(self, weights: Weights, images: np.ndarray, labels: np.ndarray) -> training.Score:
        """Ask as the recipe asks, all the images at once, for what it records and the accuracy."""
        parts = np.split(images, range(2_000, len(images), 2_000))  # which spares memory and time
        z2 = np.concatenate(
            [self.logits(weights, self.prepare(part, weights.W1.dtype)) for part in parts]
        )
        p = self.probabilities(z2)
        right = float((p.argmax(axis=1) == labels).mean())
        return training.Score(self._recorded(z2, p, data.one_hot(labels)), right)

    def epoch(self, step: int, n: int) -> float:
        """Return which epoch it is after some steps, with n training images, in the recipe's words.

        The original calls each step an epoch; repaired, it is the images drawn so far over n.
        """
        return step if self.unit == "epoch" else step * self.batch_size / n

    def _recorded(self, z2: np.ndarray, p: np.ndarray, y: np.ndarray) -> float:
        """Return the difference of class numbers, the squared error, or the cross-entropy.

        The last is always that of the softmax over the classes.
        """
        if self.recorded == "class numbers":
            return class_number_difference(p, y)
        if self.loss == "cross-entropy":
            return functions.cross_entropy(z2, y)
        return functions.squared_error(p, y)


#: The rungs of the ladder in order: what is repaired, and the recipe's fields that change. The learning
#: rate is not a rung: it belongs to each recipe, and lesson 06 chooses it anew for each.
LADDER: tuple[tuple[str, dict], ...] = (
    ("softmax over the classes", {"softmax": "over the classes"}),
    ("the whole Jacobian", {"jacobian": "whole"}),
    ("cross-entropy", {"loss": "cross-entropy"}),
    ("pixels / 255", {"pixels": "scaled"}),
    ("Glorot's weights", {"weights": "Glorot"}),
    ("momentum 0.9", {"momentum": 0.9}),
)


def rungs() -> list[tuple[str, Recipe]]:
    """Return the recipes of the ladder: the original, and then each with one more repair."""
    recipes = [("the original", Recipe())]
    for name, repair in LADDER:
        recipes.append((name, replace(recipes[-1][1], **repair)))
    return recipes


def softmax_over_batch(z: np.ndarray) -> np.ndarray:
    r"""Compute what the original took for a softmax: $e^{z_{ik} - \max z} / \sum_i e^{z_{ik} - \max z}$.

    The sum runs over the examples i, axis 0, where it should run over the classes k: each *column*
    sums to 1, and what an example gets depends on which others are in the batch. There is one
    maximum, of the whole batch. Taken apart in lesson 02, "Which axis?", and lesson 06.
    """
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


def class_bias(z: np.ndarray) -> np.ndarray:
    r"""Compute what the batch-axis softmax subtracts from class k: $c_k = \log \sum_i e^{z_{ik}}$.

    That softmax gives numbers of logarithm $z_{ik} - c_k$: the batch supplies a bias for each
    class. Derived in lesson 06, "Why it works at all".
    """
    top = z.max(axis=0)
    return top + np.log(np.exp(z - top).sum(axis=0))


def overflowing_slope(z: np.ndarray) -> np.ndarray:
    r"""Compute the original's $\sigma'(z) = e^{-z} / (e^{-z} + 1)^2$: NaN where $e^{-z}$ overflows.

    With a warning it is 0 below about -355 and NaN below about -709; in float32, 0 below about -44
    and NaN below about -88.7. Taken apart in lesson 02, "A stable sigmoid", and lesson 06.
    """
    e = np.exp(-z)
    return e / (e + 1) ** 2


def class_number_difference(p: np.ndarray, y: np.ndarray) -> float:
    """Compute the original's "loss", 0 to 81: the mean squared difference of answers and labels.

    It is not a loss: a 0 read as 9 costs 81, read as 1 it costs 1, and the gradient of an argmax is
    zero almost everywhere. Nothing ever followed it; it was only plotted. Taken apart in lesson 06,
    "The patient".
    """
    return float(((p.argmax(axis=1) - y.argmax(axis=1)) ** 2).mean())


def split(recipe: Recipe, train_set: training.Dataset, shuffle: int | None = 0):
    """Split a set into training and validation images, the latter 10,000, with their labels.

    The original shuffled before it set its seed, so it split differently each time. Here the seed
    ``shuffle`` stands for the luck of that day; None splits differently each time, as the notebook
    did. Repaired, the split depends on the recipe's seed alone.

    Raises:
        ValueError: images and labels differ in number, or there are no more than 10,000.
    """
    seed = recipe.seed if recipe.split == "after the seed" else shuffle
    return data.split(*train_set, rng=np.random.RandomState(seed))


def start(recipe: Recipe, n: int) -> tuple[Weights, list[np.ndarray]]:
    """Draw everything random in a run: first the weights, then the batches.

    Both come from ``RandomState(recipe.seed)``. A batch holds indices below n, drawn with replacement.
    """
    chance = np.random.RandomState(recipe.seed)
    weights = recipe.initial_weights(chance)
    return weights, [chance.randint(0, n, recipe.batch_size) for _ in range(recipe.steps)]


def run(
    recipe: Recipe, train_set: training.Dataset, bar: Callable = iter, **options
) -> tuple[Weights, training.History]:
    """Train by a recipe, in its precision, with the original's random numbers.

    ``bar``, such as ``tqdm``, is put around the batches and shows how far it is. ``options`` are
    ``monitor``, ``every`` and ``after_record`` of :func:`mnistlib.training.train`. Explained in
    lesson 06, "The patient".

    Raises:
        training.TrainingDiverged: the recorded loss became infinite or NaN. The difference of class
            numbers never does: it hides even a network whose weights are all NaN.
    """
    weights, batches = start(recipe, len(train_set[0]))
    return training.train(
        recipe,
        weights,
        train_set,
        bar(batches),
        learning_rate=recipe.learning_rate,
        momentum=recipe.momentum,
        **options,
    )
