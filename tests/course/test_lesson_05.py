"""Lesson 05 compares two recipes fairly: each at a rate inside its grid, seed by seed."""

import numpy as np
import pytest

from course import studies
from course.materials import falling_rate

SETTINGS = [
    row["settings"] for name in ("seeds", "ten_epochs") for row in studies.read(name)["rows"]
]


@pytest.mark.parametrize("epochs", [1, 10])
@pytest.mark.parametrize("falls", [False, True])
@pytest.mark.parametrize("by", ["accuracy", "loss"])
def test_the_best_rate_has_worse_ones_on_both_sides(epochs, falls, by):
    tried = {s["rate"] for s in SETTINGS if (s["epochs"], s["falls"]) == (epochs, falls)}
    assert min(tried) < falling_rate.best_rate(epochs, falls, by) < max(tried)


def test_a_result_of_every_epoch_is_the_last():
    first = next(
        row["results"]
        for row in studies.read("seeds")["rows"]
        if row["settings"] == {"epochs": 10, "falls": True, "rate": 0.5, "seed": 0}
    )
    loss, test = (falling_rate.results(name, 10, True, 0.5)[0] for name in ("loss", "test"))
    assert loss == pytest.approx(first["loss"][-1])
    assert test == first["test"]
    assert not np.isclose(first["loss"][0], first["loss"][-1])
