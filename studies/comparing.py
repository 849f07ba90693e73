"""Lesson 12: how well the right key is found by networks, by readers and by nothing but pixels.

Rows of kind ``network`` repeat rows of the study ``looking`` with further seeds, or with scores
multiplied by 1/8 whatever d is. The others train no attention at all. ``names`` and ``soft`` train
a classifier on the digits 0 to 7, and choose the key that gets the same name as the image asked
about, or the largest dot product of the two answers; ``soft by cosine`` takes the same answers'
cosine instead. ``features`` compares that classifier's hidden layers by their cosine, and ``pixels``
the images themselves. All of them are asked the cards that ``looking`` asks: keys 0 to 7, and then 8
or 9 among keys from all ten.
"""

import numpy as np

from course import studies
from course.materials.cards import deal_cards
from mnistlib import data, deep, functions
from mnistlib.training import linear_decay, minibatches, train

PLAIN = {"kind": "network", "seed": 0, "d": 16, "scale": None, "keys": 10}
CHANGES = [{"keys": 8, "seed": seed} for seed in range(5, 15)]
CHANGES += [{"d": d, "scale": 0.125, "seed": seed} for d in (4, 8, 32) for seed in range(3)]
CHANGES += [
    {"kind": kind, "keys": 8, "seed": seed}
    for kind in ("names", "soft", "soft by cosine", "features")
    for seed in range(5)
]
CHANGES += [{"kind": "pixels", "keys": 8}]
ROWS = [PLAIN | change for change in CHANGES]
QUICK = len(ROWS) - 1

CARDS = 4_000


def likeness(kind: str, rows: np.ndarray, reader) -> np.ndarray:
    """Return how alike the first image of each card is to each key, (CARDS, keys), from pixel rows."""
    if kind == "pixels":
        features = rows
    elif kind == "features":
        features = np.maximum(rows @ reader[0] + reader[1], 0)
    else:
        features = functions.softmax(deep.MLP().logits(reader, rows))
        if kind == "names":  # 1 for the name it gives, 0 for the others
            features = np.eye(features.shape[1])[features.argmax(axis=1)]
    if kind in ("pixels", "features", "soft by cosine"):
        features = features / np.linalg.norm(features, axis=1, keepdims=True)
    features = features.reshape(CARDS, 5, -1)
    return (features[:, :1] * features[:, 1:]).sum(axis=2)


def share_found(same: np.ndarray, right: np.ndarray) -> float:
    """Return the share of cards whose right key is the most alike; equals share by lot."""
    best = same == same.max(axis=1, keepdims=True)
    return float((best[np.arange(len(right)), right] / best.sum(axis=1)).mean())


def run(**settings) -> dict:
    """Train one network or one reader, and ask it. The settings are those of :data:`PLAIN`, changed."""
    kind, seed, d, scale, keys = (settings[name] for name in PLAIN)
    if kind == "network":
        looking = studies.module("looking")
        changed = {"seed": seed, "d": d, "scale": scale, "keys": keys}
        return looking.run(**looking.PLAIN | changed)
    mnist = data.load()
    train_digits, validation_digits = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(4)
    )
    reader = None
    if kind != "pixels":
        known = np.flatnonzero(train_digits[1] < keys)
        rng = np.random.default_rng(seed)
        batches = minibatches(len(known), 64, rng=rng, epochs=3)
        reader, _ = train(
            deep.MLP(),
            deep.initialise(rng, [data.PIXELS, 64, 10]),
            (train_digits[0][known], train_digits[1][known]),
            batches,
            learning_rate=linear_decay(0.1, len(batches)),
            momentum=0.9,
        )
    found = {}
    for name, options in [
        ("looks", {"keys": range(keys), "rng": np.random.default_rng(50)}),
        ("new keys", {"asked": (8, 9), "rng": np.random.default_rng(51)}),
    ]:
        cards = deal_cards(*validation_digits, CARDS, **options)
        images = cards.images[:, [0, 1, 3, 5, 7]].reshape(-1, 28, 28)
        found[name] = share_found(likeness(kind, data.scale(images), reader), cards.right)
    return {"looks": found["looks"], "new keys": {"looks": found["new keys"]}}


if __name__ == "__main__":
    studies.main()
