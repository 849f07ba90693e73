"""Lesson 05 compares two recipes fairly: each at a rate inside its grid."""

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
