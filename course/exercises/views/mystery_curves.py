"""Lesson 04's ``name_the_faults``: the names that an answer gave to the curves."""

from collections.abc import Callable
from functools import cached_property

from course.exercises.exercise import Arguments
from course.materials.mystery_curves import FAULTS, RECIPES


class Naming:
    """The names that an answer gave to the curves."""

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, of which there are none, and its result."""
        self.result = result

    @property
    def unknown(self) -> str:
        """The first name that is not a fault's."""
        return repr(next(name for name in self.result.values() if name not in FAULTS))

    @property
    def faults(self) -> str:
        """The names of all faults."""
        return ", ".join(FAULTS)

    @cached_property
    def wrong(self) -> list[str]:
        """The letters that have a wrong name."""
        return [letter for letter, recipe in RECIPES.items() if self.result[letter] != recipe.fault]

    @property
    def which(self) -> str:
        """Which have a wrong name: the one, or how many and the first of them."""
        first, *others = self.wrong
        return f"{len(self.wrong)} of the four, {first} among them" if others else first

    def is_turned_round(self) -> bool:
        """Whether the faults are the keys and the letters the values."""
        result = self.result if isinstance(self.result, dict) else {}
        return {*result} == {*FAULTS} and {*map(str, result.values())} == {*RECIPES}


#: In which ways a naming can be wrong; the last four tell which letter is the first to be wrong.
PREDICATES: dict[str, Callable[[Naming], bool]] = {
    "returns_nothing": lambda naming: naming.result is None,
    "is_turned_round": Naming.is_turned_round,
    "has_other_letters": lambda naming: (
        not isinstance(naming.result, dict) or {*naming.result} != {*RECIPES}
    ),
    "has_an_unknown_name": lambda naming: any(
        name not in FAULTS for name in naming.result.values()
    ),
    "is_wrong_from_a_on": lambda naming: naming.wrong[:1] == ["A"],
    "is_wrong_from_b_on": lambda naming: naming.wrong[:1] == ["B"],
    "is_wrong_from_c_on": lambda naming: naming.wrong[:1] == ["C"],
    "is_wrong_from_d_on": lambda naming: naming.wrong[:1] == ["D"],
}
