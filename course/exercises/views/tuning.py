"""Lesson 04's ``tune``: the settings that an answer chose, and what they reach."""

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np

from course.exercises.exercise import Arguments
from course.materials.tuning import TARGET, Accuracies, reached

#: The momentum with which settings without any are compared.
USUAL_MOMENTUM = 0.9
#: How far two accuracies must be apart, so that it is not the luck of a seed.
CLEARLY = 0.015
#: The settings that there are.
SETTING_NAMES = ("learning_rate", "momentum", "epochs")


@cache
def remembered(learning_rate: float, momentum: float, epochs: int) -> Accuracies:
    """Train as ``reached`` does, but not twice with the same settings."""
    settings = {"learning_rate": learning_rate, "momentum": momentum, "epochs": int(epochs)}
    with np.errstate(all="ignore"):
        return reached(settings)


class Tuning:
    """The settings that an answer chose, and what they reach."""

    target = TARGET

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, of which there are none, and its result."""
        self.settings = result

    @property
    def odd(self) -> tuple[str, object]:
        """The first setting that is not a number: its name and its value."""
        return next(pair for pair in self.settings.items() if not is_number(pair[1]))

    def is_out_of_bounds(self) -> bool:
        """Whether the rate or momentum is not allowed."""
        has_a_rate = 0 < self.settings["learning_rate"] < 1e3
        has_a_momentum = 0 <= self.settings["momentum"] < 1
        return not (has_a_rate and has_a_momentum)

    @cached_property
    def accuracies(self) -> Accuracies:
        """What the settings reach."""
        return remembered(**{name: self.settings[name] for name in SETTING_NAMES})

    def misses_the_target(self) -> bool:
        """Whether the target is missed."""
        return self.accuracies.validation < TARGET

    def is_far_too_fast(self) -> bool:
        """Whether it misses the target with steps of a length that no valley has.

        Or with steps so long that most of what a good rate teaches is lost.
        """
        is_lost = self.effective_rate >= 5 and self.accuracies.validation < TARGET - 0.1
        return self.misses_the_target() and (self.effective_rate > 30 or is_lost)

    @property
    def apart(self) -> float:
        """How far it is from the target, in points of a percentage."""
        return abs(100 * (TARGET - self.accuracies.validation))

    @property
    def steps(self) -> int:
        """How many steps the training has."""
        return 100 * self.settings["epochs"]

    @property
    def memory(self) -> int:
        """How many steps the velocity adds up, if all gradients agree; no more than there are."""
        return min(round(1 / (1 - self.settings["momentum"])), self.steps)

    @property
    def effective_rate(self) -> float:
        """The rate with what momentum makes of it."""
        return self.settings["learning_rate"] / (1 - self.settings["momentum"])

    @property
    def other_way(self) -> str:
        """The momentum to compare with: none, or the usual one if there was none."""
        return "no momentum" if self.settings["momentum"] else f"a momentum of {USUAL_MOMENTUM}"

    @property
    def how_many_otherwise(self) -> str:
        """How this momentum compares at the same effective rate.

        In words, because near the edge the last bits grow, and no two computers agree to a tenth.
        """
        momentum = 0.0 if self.settings["momentum"] else USUAL_MOMENTUM
        rate = self.effective_rate * (1 - momentum)
        accuracy = remembered(rate, momentum, self.settings["epochs"]).validation
        gain = accuracy - self.accuracies.validation
        if abs(gain) < CLEARLY:
            return "about as many"
        return "clearly more" if gain > 0 else "clearly fewer"


def is_number(value: object) -> bool:
    """Tell whether a value is a number."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


#: In which ways settings can be wrong, or miss the target.
PREDICATES: dict[str, Callable[[Tuning], bool]] = {
    "returns_nothing": lambda tuning: tuning.settings is None,
    "has_other_keys": lambda tuning: (
        not isinstance(tuning.settings, dict) or {*tuning.settings} != {*SETTING_NAMES}
    ),
    "has_no_number": lambda tuning: not all(map(is_number, tuning.settings.values())),
    "has_other_epochs": lambda tuning: tuning.settings["epochs"] not in range(1, 6),
    "is_out_of_bounds": Tuning.is_out_of_bounds,
    "is_far_too_fast": Tuning.is_far_too_fast,
    "has_steps_left": lambda tuning: tuning.misses_the_target() and tuning.settings["epochs"] < 5,
    "remembers_too_long": lambda tuning: (
        tuning.misses_the_target() and tuning.settings["momentum"] > 0.95
    ),
    "misses_the_target": Tuning.misses_the_target,
}
