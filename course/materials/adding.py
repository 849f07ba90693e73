"""Two answerers of lesson 12's cards that compare nothing: the question's votes, plus the company's.

Used in lesson 12, "Two votes, added".
"""

from itertools import pairwise

import numpy as np

from mnistlib import autodiff, data, functions
from mnistlib.training import linear_decay, minibatches, train

#: Points of the classes that must never win.
PUSHED_DOWN = -100.0


def longest_rising(values: np.ndarray) -> list[int]:
    """Return the places of a longest run of values that, in their order, never fall."""
    runs = []  # the longest that ends at each place
    for place, value in enumerate(values):
        before = [run for run in runs if values[run[-1]] <= value]
        runs.append([*max(before, key=len, default=[]), place])
    return max(runs, key=len)


def company_votes(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the points (10,) that a card's company gives to the classes.

    Class l then has points[l] + l * u if digit u is asked about: a straight line over u. The lines of
    a longest rising run of values cross between its keys, and all other lines are pushed down.
    """
    order = np.lexsort([values, keys])
    keys, values = keys[order], values[order]
    run = longest_rising(values)
    points = np.full(10, PUSHED_DOWN)
    points[values[run[0]]] = 0
    for one, next_one in pairwise(run):
        low, high = values[one], values[next_one]
        if low < high:
            crossing = (keys[one] + keys[next_one]) / 2
            points[high] = points[low] - (high - low) * crossing
    return points


def deal_digits(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return cards without handwriting (count, 9), and the answers.

    A row is the digit asked about, then four keys, then their four values.
    """
    keys = rng.permuted(np.tile(np.arange(10), (count, 1)), axis=1)[:, :4]
    values = rng.integers(10, size=(count, 4))
    right = rng.integers(4, size=count)
    cards = np.arange(count)
    return np.column_stack([keys[cards, right], keys, values]), values[cards, right]


def as_ones(rows: np.ndarray, dtype: type = np.float64) -> np.ndarray:
    """Return cards as ones and zeros (n, 10 + 100): the asked digit, and which key has which value."""
    asked, keys, values = rows[:, 0], rows[:, 1:5], rows[:, 5:]
    table = np.zeros((len(rows), 10, 10), dtype)
    table[np.arange(len(rows))[:, None], keys, values] = 1
    return np.hstack([np.eye(10, dtype=dtype)[asked], table.reshape(-1, 100)])


def add_votes(parameters, x):
    """Return the logits: a row of the table F for the question, plus a network's for the company."""
    F, W1, b1, W2, b2 = parameters
    return x[:, :10] @ F + (x[:, 10:] @ W1 + b1).relu() @ W2 + b2


def train_adder(learnt: int, asked: int, rng: np.random.Generator) -> tuple[float, float]:
    """Train an adder that reads perfectly; return its accuracy and mean loss on new cards."""
    cards, labels = deal_digits(learnt + asked, rng)
    start = (
        rng.normal(size=(10, 10)),
        rng.normal(0, np.sqrt(1 / 2), (100, 64)),
        np.zeros(64),
        rng.normal(0, np.sqrt(1 / 32), (64, 10)),
        np.zeros(10),
    )
    adder = autodiff.TapeModel(add_votes, as_ones)
    batches = minibatches(learnt, 100, rng=rng, epochs=1)
    rates = linear_decay(0.3, len(batches))
    trained, _ = train(adder, start, (cards, labels), batches, learning_rate=rates, momentum=0.9)
    z = adder.logits(trained, as_ones(cards[learnt:]))
    loss = functions.cross_entropy(z, data.one_hot(labels[learnt:]))
    return float((z.argmax(axis=1) == labels[learnt:]).mean()), float(loss)
