"""Lesson 05's two recipes, a constant and a falling rate, read from the studies that ran them."""

from functools import cache

import numpy as np

from course import studies

#: Seeds from here on chose a starting rate; those below it chose nothing, and compare.
FIRST_TO_CHOOSE = 20


@cache
def _rows() -> list[dict]:
    return studies.read("seeds")["rows"] + studies.read("ten_epochs")["rows"]


def results(name: str, epochs: int, falls: bool, rate: float) -> np.ndarray:
    """Return one result of the studies, in the order of the seeds that chose nothing.

    Of a result that was recorded after every epoch, such as the accuracy, only the last is returned.
    """
    by_seed = {}
    recipe = {"epochs": epochs, "falls": falls, "rate": rate}
    for row in _rows():
        settings, result = row["settings"], row["results"].get(name)
        if settings == recipe | {"seed": settings["seed"]} and settings["seed"] < FIRST_TO_CHOOSE:
            by_seed[settings["seed"]] = result[-1] if isinstance(result, list) else result
    return np.array([by_seed[seed] for seed in sorted(by_seed)])


def best_rate(epochs: int, falls: bool, by: str) -> float:
    """Return the starting rate of the best mean result, accuracy or loss, on validation images."""
    tried = {}
    for row in _rows():
        settings = row["settings"]
        is_this_recipe = (settings["epochs"], settings["falls"]) == (epochs, falls)
        if is_this_recipe and settings["seed"] >= FIRST_TO_CHOOSE:
            tried.setdefault(settings["rate"], []).append(row["results"][by][-1])
    best = {"accuracy": max, "loss": min}[by]
    return best(tried, key=lambda rate: np.mean(tried[rate]))


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
