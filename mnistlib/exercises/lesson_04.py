"""Lesson 04's exercises: mini-batches, momentum, four mystery curves."""

import numpy as np

from mnistlib import network, training
from mnistlib.exercises.trial import Exercise


def _batches_are_wrong(args: tuple, got: object) -> tuple[str, str] | None:
    n, batch_size, _, epochs = args
    try:
        batches = [np.asarray(batch) for batch in got]
    except TypeError:
        return "wrong shape", "wanted something to loop over, one array of indices for each step."
    each = -(-n // batch_size)
    sizes = [np.size(batch) for batch in batches]
    full = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    if sizes != full * epochs:
        return "wrong shape", f"wanted batches of {full}, {epochs} times over, got {sizes}."
    orders = [
        np.concatenate(batches[each * epoch : each * (epoch + 1)]).tolist()
        for epoch in range(epochs)
    ]
    if any(sorted(order) != list(range(n)) for order in orders):
        return "wrong value", "in some epoch an index is missing, and another comes twice."
    if n > 8 and orders[0] == sorted(orders[0]):
        return "wrong value", "nothing was shuffled."
    if n > 8 and epochs > 1 and orders[0] == orders[1]:
        return "wrong value", "every epoch has the same order. Shuffle anew at the start of each."
    return None


def _minibatches(n, batch_size, rng, epochs):
    return training.minibatches(n, batch_size, rng=rng, epochs=epochs)


def _momentum_args(learning_rate: float, momentum: float) -> tuple:
    rng = np.random.default_rng(1)
    arrays = [(rng.normal(size=3), rng.normal(size=(2, 2))) for _ in range(3)]
    return *arrays, learning_rate, momentum


def _each(rule):
    """Return an update of all parameters in place, from a rule for one: (w, g, v) to (w, v)."""

    def update(parameters, gradients, velocity, learning_rate, momentum):
        for w, g, v in zip(parameters, gradients, velocity, strict=True):
            w[...], v[...] = rule(w.copy(), g, v.copy(), learning_rate, momentum)

    return update


def name_the_faults():
    """Which fault is behind each of the mystery curves."""
    return {
        "A": "rate too large",
        "B": "overfitting",
        "C": "labels mixed up",
        "D": "rate too small",
    }


_KEY = name_the_faults()
FAULTS = tuple(sorted(_KEY.values()))


def mystery_curves(images: np.ndarray, labels: np.ndarray) -> dict[str, training.History]:
    """Train four times on few images, each time with another fault; monitor both sets.

    Args:
        images: uint8, shape (n, 28, 28), n at least 3,000.
        labels: integers, shape (n,).

    Returns:
        A history for each letter, with scores on "training" and "validation".
    """
    # Learning rate, training images, whether the labels are shuffled, and steps: at far too large a
    # rate the last bits grow, and after some dozens of steps no two computers have the same curve.
    settings = {
        "rate too large": (30.0, 1000, False, 40),
        "overfitting": (1.0, 300, False, 480),
        "labels mixed up": (1.0, 300, True, 480),
        "rate too small": (0.003, 1000, False, 480),
    }
    validation = images[1000:3000], labels[1000:3000]
    histories = {}
    for letter, fault in _KEY.items():
        rate, count, mixed, steps = settings[fault]
        rng = np.random.default_rng(12)
        few = images[:count], rng.permutation(labels[:count]) if mixed else labels[:count]
        batches = training.minibatches(count, 50, rng=rng, epochs=2400 // (count // 10))
        _, histories[letter] = training.train(
            network,
            network.initialise(rng, hidden=32),
            few,
            batches[:steps],
            learning_rate=rate,
            every=steps // 20,
            monitor={"training": few, "validation": validation},
        )
    return histories


def _names_are_wrong(args: tuple, got: object) -> tuple[str, str] | None:
    if not isinstance(got, dict) or set(got) != set(_KEY):
        return "wrong shape", "wanted a dictionary with the letters A, B, C and D."
    unknown = [got[letter] for letter in _KEY if got[letter] not in FAULTS]
    if unknown:
        return "wrong value", f"no fault is called {unknown[0]!r}. Choose from {', '.join(FAULTS)}."
    wrong = [letter for letter, fault in _KEY.items() if got[letter] != fault]
    if wrong:
        return (
            "wrong value",
            f"wrong: {len(wrong)} of the four, {wrong[0]} among them. Does its loss leap, or move "
            "smoothly? Do its two losses part? And does the validation loss get well below log 10?",
        )
    return None


EXERCISES = (
    Exercise(
        name="minibatches",
        reference=_minibatches,
        cases=lambda: [
            (2, 2, np.random.default_rng(0), 1),
            (5, 2, np.random.default_rng(0), 2),
            (40, 12, np.random.default_rng(0), 3),
        ],
        accept=_batches_are_wrong,
        hints=(
            "rng.permutation(n) is one epoch's order. Where must the call stand, so that it is new "
            "in each epoch?",
            "Inside an epoch, cut the order at 0, batch_size, 2 * batch_size, ...; a slice may run "
            "over the end.",
            "for _ in range(epochs): order = rng.permutation(n); "
            "for start in range(0, n, batch_size): yield order[start : start + batch_size]",
        ),
        notice="The last batch of an epoch is smaller. Its gradient still is a mean: over its own n.",
        shows=training.minibatches,
    ),
    Exercise(
        name="sgd_update",
        reference=training.sgd_update,
        cases=lambda: [_momentum_args(0.1, 0.0), _momentum_args(0.1, 0.9)],
        in_place=(0, 2),
        hints=(
            "Two lines for each parameter: first its velocity, then the parameter itself.",
            "In place: v *= ..., v += ..., w -= .... Writing w = w - ... makes a new array instead.",
            "for w, g, v in zip(parameters, gradients, velocity): v *= momentum; v += g; "
            "w -= learning_rate * v",
        ),
        notice="With momentum 0 the velocity is just the gradient: plain descent is a special case.",
        mistakes={
            "it walks uphill: the step goes against the velocity.": _each(
                lambda w, g, v, rate, mu: (w + rate * (mu * v + g), mu * v + g)
            ),
            "the step uses the gradient alone; the velocity is updated, but never used.": _each(
                lambda w, g, v, rate, mu: (w - rate * g, mu * v + g)
            ),
            "the new gradient was weighted by 1 - momentum: then the steps do not grow tenfold.": (
                _each(
                    lambda w, g, v, rate, mu: (
                        w - rate * (mu * v + (1 - mu) * g),
                        mu * v + (1 - mu) * g,
                    )
                )
            ),
            "the parameter moved by the old velocity: update the velocity first.": _each(
                lambda w, g, v, rate, mu: (w - rate * v, mu * v + g)
            ),
            "the velocity is right, but the parameters have not moved: w -= ... moves them, while "
            "w = w - ... makes a new array.": _each(lambda w, g, v, rate, mu: (w, mu * v + g)),
            "the parameters moved, but the velocity that is handed on has not changed: write "
            "v *= ... and v += ..., not v = ...": _each(
                lambda w, g, v, rate, mu: (w - rate * (mu * v + g), v)
            ),
            "the learning rate is in the velocity. Here the velocity adds up gradients, and the "
            "rate comes in with the step.": _each(
                lambda w, g, v, rate, mu: (w - (mu * v + rate * g), mu * v + rate * g)
            ),
            "the learning rate is in the velocity, with a minus. Here the velocity adds up "
            "gradients, and the rate comes in with the step.": _each(
                lambda w, g, v, rate, mu: (w + (mu * v - rate * g), mu * v - rate * g)
            ),
            "nothing has changed: assign into the arrays (w -= ...), not to new names (w = w - ...).": (
                _each(lambda w, g, v, rate, mu: (w, v))
            ),
        },
        home=training,
    ),
    Exercise(
        name="name_the_faults",
        reference=name_the_faults,
        cases=lambda: [()],
        accept=_names_are_wrong,
        hints=(
            "First the training loss: two fall nicely, one hardly, one jumps about.",
            "Of the two whose training loss falls to nothing, one is far better than log 10 on the "
            "validation set. The other never is.",
            "A ramp that has hardly begun is a small rate; leaps far above log 10 are a large one.",
        ),
        notice="Mixed-up labels can be learnt by heart, too: a falling training loss proves nothing.",
    ),
)
