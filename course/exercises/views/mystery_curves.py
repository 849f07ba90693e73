"""Lesson 04's ``name_the_faults``: the names that an answer gave to the curves."""

from functools import cached_property, partial

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


def returns_nothing(naming: Naming) -> bool:
    """Tell whether no value came back."""
    return naming.result is None


def is_turned_round(naming: Naming) -> bool:
    """Tell whether the faults are the keys and the letters the values."""
    result = naming.result if isinstance(naming.result, dict) else {}
    return {*result} == {*FAULTS} and {*map(str, result.values())} == {*RECIPES}


def has_other_letters(naming: Naming) -> bool:
    """Tell whether it is not a dictionary of the four letters."""
    return not isinstance(naming.result, dict) or set(naming.result) != set(RECIPES)


def has_an_unknown_name(naming: Naming) -> bool:
    """Tell whether some name is not a fault's."""
    return any(name not in FAULTS for name in naming.result.values())


def is_wrong_from(letter: str, naming: Naming) -> bool:
    """Tell whether a letter is the first with a wrong name."""
    return naming.wrong[:1] == [letter]


#: A predicate for each letter, by its name in the lesson's text.
WRONG_FROM = {
    f"is_wrong_from_{letter.lower()}_on": partial(is_wrong_from, letter) for letter in RECIPES
}
