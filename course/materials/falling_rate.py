"""Lesson 05's two recipes, a constant and a falling rate, read from the studies that ran them."""

from functools import cache

import numpy as np

from course import studies

#: Seeds from here on chose a starting rate; those below it chose nothing, and compare.
FIRST_TO_CHOOSE = 20


@cache
def _last(result: str, epochs: int, falls: bool, *, choosing: bool) -> dict[float, np.ndarray]:
    """Return one result of each rate's runs, of the seeds that chose or of the others, in their order.

    Of a result that was recorded after every epoch, such as the accuracy, only the last is returned.
    """
    both = studies.read("seeds")["rows"] + studies.read("ten_epochs")["rows"]
    once = {tuple(row["settings"].values()): row for row in both}  # one row is in both
    rows = [r for r in once.values() if (r["settings"]["seed"] >= FIRST_TO_CHOOSE) == choosing]
    found = studies.by_rate(rows, result, epochs=epochs, falls=falls)
    return {
        rate: np.array([run[-1] if isinstance(run, list) else run for run in runs])
        for rate, runs in found.items()
    }


def results(name: str, epochs: int, falls: bool, rate: float) -> np.ndarray:
    """Return one result at the end of each run, in the order of the seeds that chose nothing."""
    return _last(name, epochs, falls, choosing=False)[rate]


def best_rate(epochs: int, falls: bool, by: str) -> float:
    """Return the starting rate of the best mean result, accuracy or loss, on validation images."""
    tried = _last(by, epochs, falls, choosing=True)
    best = {"accuracy": max, "loss": min}[by]
    return best(tried, key=lambda rate: tried[rate].mean())


def best_rates(by: str, epochs: int) -> tuple[float, float]:
    """Return the best constant rate, and the best to fall from, by accuracy or by loss."""
    return best_rate(epochs, False, by), best_rate(epochs, True, by)


def compared(by: str, epochs: int) -> np.ndarray:
    """Return, for each seed that has both recipes, the falling rate's result minus the constant one's.

    The result is the accuracy or the loss on validation images, each recipe at its own best rate for it.
    """
    constant, falling = best_rates(by, epochs)
    before = results(by, epochs, False, constant)
    after = results(by, epochs, True, falling)
    both = min(len(before), len(after))  # each has the seeds 0, 1, 2 and so on
    return after[:both] - before[:both]
