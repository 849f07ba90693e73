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


def best_rate(epochs: int, falls: bool) -> float:
    """Return the starting rate of the highest mean accuracy on validation images."""
    tried = {}
    for row in _rows():
        settings = row["settings"]
        is_this_recipe = (settings["epochs"], settings["falls"]) == (epochs, falls)
        if is_this_recipe and settings["seed"] >= FIRST_TO_CHOOSE:
            accuracy = row["results"]["accuracy"][-1]
            tried.setdefault(settings["rate"], []).append(accuracy)
    return max(tried, key=lambda rate: np.mean(tried[rate]))


def compared(epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each seed that has both recipes, what the falling rate gains over the constant one.

    First the gain in points of accuracy, then whether the loss is lower; both on validation images, and
    each recipe at its own best rate.
    """
    constant, falling = best_rate(epochs, falls=False), best_rate(epochs, falls=True)

    def of_both(name: str) -> tuple[np.ndarray, np.ndarray]:
        before = results(name, epochs, False, constant)
        after = results(name, epochs, True, falling)
        both = min(len(before), len(after))  # each has the seeds 0, 1, 2 and so on
        return before[:both], after[:both]

    accuracy_before, accuracy_after = of_both("accuracy")
    loss_before, loss_after = of_both("loss")
    return 100 * (accuracy_after - accuracy_before), loss_after < loss_before
