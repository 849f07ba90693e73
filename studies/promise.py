"""Does the standard error keep its promise, if people are drawn and not digits? Lesson 05.

A network learns from the digits of half of the training writers. Those of the other half then stand for
all the people there are: as many of them are drawn, some more than once, and the truth should lie within
two standard errors of the accuracy on their digits 19 times in 20. The same is asked of these people
with at most 34 digits each, which is the average of the test set's writers, and of those writers.
"""

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.training import linear_decay, minibatches, train

#: Writers who stand in the training half; there are 539.
HALF = 270
EPOCHS = 3
DRAWS = 2000
#: Digits per writer in the test set, on average.
FEW = 34
ROWS = [{"seed": seed} for seed in range(12, 17)]
QUICK = 0


def within_two_errors(right: np.ndarray, groups: np.ndarray, rng: np.random.Generator) -> dict:
    """Return in which share of the draws the truth is within two errors, by digit and by writer."""
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    right_of = np.bincount(place, weights=right)
    people = len(sizes)
    kept = {"by digit": 0, "by writer": 0}
    for _ in range(DRAWS):
        drawn = rng.integers(people, size=people)
        n = sizes[drawn].sum()
        q = right_of[drawn].sum() / n
        excess = right_of[drawn] - q * sizes[drawn]
        errors = {
            "by digit": np.sqrt(q * (1 - q) / n),
            "by writer": np.sqrt(people / (people - 1) * (excess**2).sum()) / n,
        }
        for name, error in errors.items():
            kept[name] += bool(abs(q - right.mean()) <= 2 * error)
    return {name: times / DRAWS for name, times in kept.items()}


def first_of_each(groups: np.ndarray, number: int) -> np.ndarray:
    """Return the places of each writer's first digits, at most so many."""
    order = np.argsort(groups, kind="stable")
    _, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    rank = np.arange(len(order)) - np.repeat(starts, sizes)  # 0 for a writer's first digit
    return order[rank < number]


def run(seed: int) -> dict:
    """Train on half of the writers; return how often the promise is kept for the others."""
    mnist, writers = data.load(), data.writers()
    everyone = np.random.default_rng(seed).permutation(np.unique(writers.train))
    known = np.isin(writers.train, everyone[:HALF])
    rng = np.random.default_rng(seed)
    start = network.initialise(rng)
    batches = minibatches(known.sum(), 128, rng=rng, epochs=EPOCHS)
    parameters, _ = train(
        network,
        start,
        (mnist.train_images[known], mnist.train_labels[known]),
        batches,
        learning_rate=linear_decay(0.5, len(batches)),
        momentum=0.9,
    )

    def is_right(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        blocks = np.array_split(images, 10)  # one after the other, to save memory
        answers = [network.predict(parameters, data.scale(block)) for block in blocks]
        return np.concatenate(answers) == labels

    right = is_right(mnist.train_images[~known], mnist.train_labels[~known])
    whose = writers.train[~known]
    few = first_of_each(whose, FEW)
    draws = np.random.default_rng(seed + 1)
    return {
        "people": len(np.unique(whose)),
        "digits": len(whose),
        "all their digits": within_two_errors(right, whose, draws),
        "few digits each": within_two_errors(right[few], whose[few], draws),
        "the test set's writers": within_two_errors(
            is_right(mnist.test_images, mnist.test_labels), writers.test, draws
        ),
    }


if __name__ == "__main__":
    studies.main()
