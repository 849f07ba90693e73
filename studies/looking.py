"""Lesson 12: how surely a network learns to look at the right pair, and what that depends on.

Each row deals 24,000 cards from the training digits, trains for 8 epochs of batches of 64 cards with
momentum 0.9 and a rate that falls to 0, and asks 4,000 cards of validation digits. Only the plain
rows, which differ in their seeds alone, are asked about test digits as well, and about other numbers
of pairs. ``looks`` is the share of cards on which the right pair gets the largest weight.
"""

import numpy as np

from course import studies
from course.materials.cards import deal_cards
from mnistlib import data
from mnistlib.attention import Attention, initialise
from mnistlib.training import TrainingDiverged, linear_decay, minibatches, train

PLAIN = {
    "seed": 0,
    "rate": 0.05,
    "d": 16,
    "pairs": 4,
    "keys": 10,
    "scale": None,  # 1 / sqrt(d)
    "centred": True,
    "epochs": 8,
    "dtype": "float32",
}
CHANGES = [{"seed": seed} for seed in range(10)]
CHANGES += [{"rate": rate, "seed": seed} for rate in (0.01, 0.02, 0.1, 0.2) for seed in range(3)]
CHANGES += [{"scale": scale, "seed": seed} for scale in (0.0, 1.0) for seed in range(3)]
CHANGES += [{"d": d, "seed": seed} for d in (2, 4, 8, 32, 64) for seed in range(3)]
CHANGES += [{"d": 64, "scale": 1.0, "seed": seed} for seed in range(3)]
CHANGES += [{"scale": 1.0, "rate": 0.02, "seed": seed} for seed in range(3)]
CHANGES += [{"d": 64, "scale": 1.0, "rate": 0.02, "seed": seed} for seed in range(3)]
CHANGES += [{"d": 4, "rate": 0.02, "seed": seed} for seed in range(3)]
CHANGES += [{"pairs": pairs, "seed": seed} for pairs in (2, 3, 6, 8) for seed in range(3)]
CHANGES += [{"keys": 8, "seed": seed} for seed in range(5)]
CHANGES += [
    {"centred": False, "rate": rate, "seed": seed}
    for rate in (0.005, 0.01, 0.02, 0.05)
    for seed in range(3)
]
CHANGES += [{"scale": 0.0, "epochs": 1, "dtype": "float64"}]
ROWS = [PLAIN | change for change in CHANGES]
QUICK = len(ROWS) - 1

TRAIN_CARDS = 24_000
ASKED_CARDS = 4_000


class Uncentred(Attention):
    """The same network, given pixels from 0 to 1."""

    def prepare(self, images, dtype=np.float64):
        """Scale only."""
        rows = data.scale(images.reshape(-1, 28, 28), dtype)
        return rows.reshape(*images.shape[:2], data.PIXELS)


def ask(model, parameters, digits, seed: int, **options) -> dict:
    """Deal cards from these digits, and return how many are answered right, and looked at right."""
    cards = deal_cards(*digits, ASKED_CARDS, **options, rng=np.random.default_rng(seed))
    right = looks = 0
    for start in range(0, ASKED_CARDS, 500):
        part = slice(start, start + 500)
        x = model.prepare(cards.images[part], parameters[0].dtype)
        state = model.forward(parameters, x)
        right += int((state.z.argmax(axis=1) == cards.labels[part]).sum())
        looks += int((state.w.argmax(axis=1) == cards.right[part]).sum())
    return {"accuracy": right / ASKED_CARDS, "looks": looks / ASKED_CARDS}


def run(**settings) -> dict:
    """Train one network, and ask it. The settings are those of :data:`PLAIN`, some of them changed."""
    seed, rate, d, pairs, keys, scale, centred, epochs, dtype = (settings[name] for name in PLAIN)
    mnist = data.load()
    train_digits, validation_digits = data.split(
        mnist.train_images, mnist.train_labels, rng=np.random.default_rng(4)
    )
    test_digits = mnist.test_images, mnist.test_labels
    del mnist  # the split holds copies, and the cards will need the room
    rng = np.random.default_rng(seed)
    cards = deal_cards(*train_digits, TRAIN_CARDS, pairs=pairs, keys=range(keys), rng=rng)
    start = initialise(rng, d=d, dtype=np.dtype(dtype))
    batches = minibatches(TRAIN_CARDS, 64, rng=rng, epochs=epochs)
    model = Attention(scale) if centred else Uncentred(scale)
    try:
        trained, history = train(
            model,
            start,
            (cards.images, cards.labels),
            batches,
            learning_rate=linear_decay(rate, len(batches)),
            momentum=0.9,
        )
    except TrainingDiverged:
        return {"diverged": True}
    results = {
        "diverged": False,
        "loss": float(np.mean(history.batch_loss[-100:])),
        **ask(model, trained, validation_digits, 50, pairs=pairs, keys=range(keys)),
    }
    if keys == 8:
        results["new keys"] = ask(model, trained, validation_digits, 51, asked=(8, 9))
    if settings == PLAIN | {"seed": seed}:
        results["test"] = ask(model, trained, test_digits, 52)
        results["pairs"] = {
            str(number): ask(model, trained, validation_digits, 53, pairs=number)
            for number in (2, 3, 4, 5, 6, 8, 10)
        }
        results["new keys"] = ask(model, trained, validation_digits, 51, asked=(8, 9))
    return results


if __name__ == "__main__":
    studies.main()
