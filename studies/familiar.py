"""Ask how much it helps to know a writer already from the training images (lesson 01).

Half of the writers are set aside, and a third of their digits are asked about. One reader learns from
the other two thirds and some digits by other people, the second from as many digits by other people
alone, who are fewer; all else is the same for both.
"""

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.training import linear_decay, minibatches, train

#: Digits to learn from, and digits that the slower reader, the nearest neighbour, is asked about.
TO_LEARN, ASKED = 29_000, 2_000

ROWS = [
    {"reader": reader, "seed": seed}
    for reader in ("network", "nearest neighbour")
    for seed in range(10)
]
QUICK = ROWS.index({"reader": "network", "seed": 0})


def three_parts(writers: np.ndarray, rng: np.random.Generator) -> tuple:
    """Return indices of the digits asked about, of other digits by the same hands, and of strangers'."""
    people = rng.permutation(np.unique(writers))
    is_known = np.isin(writers, people[: len(people) // 2])
    known, strangers = (rng.permutation(np.flatnonzero(part)) for part in (is_known, ~is_known))
    asked = known[: len(known) // 3]
    return asked, known[len(asked) :], strangers


def read_by_neighbour(images, labels, asked) -> np.ndarray:
    """Return the label of the nearest image for each one asked, from exact sums of whole numbers."""
    rows = images.reshape(len(images), -1).astype(float)
    squares = (rows**2).sum(axis=1)
    asked = asked.reshape(len(asked), -1).astype(float)
    answers = [
        labels[(squares - 2 * asked[i : i + 250] @ rows.T).argmin(axis=1)]
        for i in range(0, len(asked), 250)
    ]
    return np.concatenate(answers)


def read_by_network(images, labels, asked, seed) -> np.ndarray:
    """Return the answers of a network after five epochs at a falling rate."""
    rng = np.random.default_rng([seed, 1])
    start = network.initialise(rng)
    batches = minibatches(len(images), 128, rng=rng, epochs=5)
    parameters, _ = train(
        network,
        start,
        (images, labels),
        batches,
        learning_rate=linear_decay(0.5, len(batches)),
        momentum=0.9,
    )
    answers = [  # a part at a time, to spare memory
        network.predict(parameters, data.scale(asked[i : i + 1_000]))
        for i in range(0, len(asked), 1_000)
    ]
    return np.concatenate(answers)


def run(reader: str, seed: int) -> dict:
    """Read the same digits twice; return the share read right with, and without, familiar hands."""
    mnist = data.load()
    images, labels = mnist.train_images, mnist.train_labels
    asked, same_hands, strangers = three_parts(data.writers().train, np.random.default_rng(seed))
    if reader == "nearest neighbour":
        asked = asked[:ASKED]
    with_them = np.concatenate([same_hands, strangers])[:TO_LEARN]
    without = strangers[:TO_LEARN]
    right = {}
    for name, learnt in {"familiar": with_them, "strangers": without}.items():
        given = images[learnt], labels[learnt], images[asked]
        answers = (
            read_by_neighbour(*given) if reader != "network" else read_by_network(*given, seed)
        )
        right[name] = answers == labels[asked]
    return {
        "familiar": float(right["familiar"].mean()),
        "strangers": float(right["strangers"].mean()),
        "only with familiar hands": int((right["familiar"] & ~right["strangers"]).sum()),
        "only without": int((~right["familiar"] & right["strangers"]).sum()),
        "asked": len(asked),
        "writers": len(np.unique(data.writers().train[asked])),
    }


if __name__ == "__main__":
    studies.main()
