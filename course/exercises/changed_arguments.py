"""For which other arguments an answer would be right: one doubled, two exchanged, a row left out.

The key is asked with changed arguments. Where it gives in every case what the answer gave, the
answer treats its arguments so, however it is written. The sentence of each change stands under its
name in ``general.txt``.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from course.exercises.array_functions import sigmoid, softmax
from course.exercises.attempt import Attempt, Outcome, call
from course.exercises.compare import alike, is_several, shape_of
from course.exercises.exercise import Arguments, Exercise
from course.exercises.faults import named_arguments
from course.exercises.pairs import Finding, same

#: Makes other arguments of a case's.
Change = Callable[[Arguments], Arguments]


#: What may have become of an array or a number with a point, the likelier first; None does not fit.
OF_NUMBERS: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "had the other sign": lambda a: -a,
    "were twice as large": lambda a: 2 * a,
    "were half as large": lambda a: a / 2,
    "were 1 everywhere": np.ones_like,
    "were 0 everywhere": np.zeros_like,
    "were squared": np.square,
    "stood under a root": lambda a: np.sqrt(a) if np.all(a >= 0) else None,
    "were 1 minus what it is": lambda a: 1 - a,
    "were taken without its signs": np.abs,
    "went through exp first": np.exp,
    "went through log first": lambda a: np.log(a) if np.all(a > 0) else None,
    "went through a sigmoid first": sigmoid,
    "went through tanh first": np.tanh,
    "went through a softmax first": lambda a: softmax(a) if a.ndim == 2 else None,
    "were multiplied by the logarithm of 2, as if 2 stood for e": lambda a: a * np.log(2),
    "were divided by 255": lambda a: a / 255,
    "lost what stands behind the point": np.trunc,
    "were cut off below 0": lambda a: np.maximum(a, 0),
}
#: What may have become of the order of an array.
OF_ORDER: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "were transposed": lambda a: a.T if a.ndim == 2 else None,
    "were laid out by reshape where it should be transposed": lambda a: (
        a.reshape(a.shape[::-1]).T if a.ndim == 2 else None
    ),
    "came in the opposite order": lambda a: a[::-1] if a.ndim else None,
    "came with the columns in the opposite order": lambda a: a[:, ::-1] if a.ndim == 2 else None,
    "were turned by half a turn": lambda a: a[::-1, ::-1] if a.ndim == 2 else None,
    "were turned by a quarter turn to the left": lambda a: np.rot90(a) if a.ndim == 2 else None,
    "were turned by a quarter turn to the right": lambda a: (
        np.rot90(a, -1) if a.ndim == 2 else None
    ),
    "were sorted": lambda a: np.sort(a, axis=-1) if a.ndim else None,
}
#: What may have become of a count.
OF_COUNTS: dict[str, Callable[[int], int]] = {
    "were larger by 1": lambda count: count + 1,
    "were smaller by 1": lambda count: count - 1,
    "were twice as large": lambda count: 2 * count,
    "were always 1": lambda count: 1,
    "were always 0": lambda count: 0,
}
#: The same for an array of whole numbers, such as labels.
OF_PLACES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    words: OF_COUNTS[words] for words in ("were larger by 1", "were smaller by 1")
}
#: What may have been made of one argument and put into the place of another.
OF_OTHERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "`{}` itself": lambda a: a,
    "a softmax of `{}`": softmax,
    "a sigmoid of `{}`": sigmoid,
    "tanh of `{}`": np.tanh,
    "exp of `{}`": np.exp,
    "log of `{}`": np.log,
}
#: Which entries along an axis may have been taken alone.
OF_AXES: dict[str, slice] = {
    "only the first": slice(0, 1),
    "only the last": slice(-1, None),
    "all but the last": slice(None, -1),
    "all but the first": slice(1, None),
}


def find_changed_arguments(
    exercise: Exercise, attempts: Sequence[Attempt], name: str
) -> Finding | None:
    """Return the first change of the arguments for which the answer would be right.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case.
        name: the result that is asked about: "dW", or "velocity[0]" for an array in an argument,
            where one change must explain all arrays of that argument.
    """
    got = [result_called(name, exercise, attempt.outcome) for attempt in attempts]
    are_places = all(
        shape_of(result) == () and np.asarray(result).dtype.kind in "iu" for result in got
    )
    for finding, change in changes(arguments_in_all(exercise, attempts)):
        if are_places and finding.fields.get("how") in OF_NUMBERS:
            continue  # a few small whole numbers are soon the same
        if all(
            explains(result, change, exercise, attempt.case, name)
            for attempt, result in zip(attempts, got)
        ):
            return finding
    return None


def result_called(name: str, exercise: Exercise, outcome: Outcome) -> object:
    """Return the result of this name, or all that a call leaves in an argument: for "velocity[0]"."""
    argument, bracket, _ = name.partition("[")
    if bracket:
        return outcome.arguments[exercise.arguments.index(argument)]
    names = [shape.name for shape in exercise.result_shapes]
    return outcome.result[names.index(name)] if len(names) > 1 else outcome.result


def explains(
    result: object, change: Change, exercise: Exercise, case: Arguments, name: str
) -> bool:
    """Tell whether the key gives this result of the changed arguments."""
    try:
        with np.errstate(all="ignore"):
            changed = change(case)
    except Exception:  # of a change that does not fit these arguments
        return False
    key = call(exercise.reference, changed)
    if key.error:
        return False
    are_the_same = alike if is_several(result) else same
    return are_the_same(result_called(name, exercise, key), result)


@dataclass(frozen=True, eq=False)
class Argument:
    """One of the arguments, in all cases."""

    place: int
    name: str
    axes: Sequence[str]
    values: Sequence[object]

    @property
    def is_number_or_array(self) -> bool:
        """Whether it is a number or an array of numbers in every case."""
        return all(
            shape_of(value) is not None and np.asarray(value).dtype.kind in "biuf"
            for value in self.values
        )


def arguments_in_all(exercise: Exercise, attempts: Sequence[Attempt]) -> list[Argument]:
    """Return the arguments that all cases have."""
    cases = [named_arguments(exercise, attempt.case) for attempt in attempts]
    return [
        Argument(place, in_all[0].name, in_all[0].axes, [argument.value for argument in in_all])
        for place, in_all in enumerate(zip(*cases))
    ]


def changes(arguments: Sequence[Argument]) -> Iterator[tuple[Finding, Change]]:
    """Yield all changes that fit the arguments of every case, with what is said of each."""
    numbers = [argument for argument in arguments if argument.is_number_or_array]
    for one, other in itertools.combinations(numbers, 2):
        finding = Finding("exchanged", {"one": one.name, "other": other.name})
        yield finding, partial(exchange, one.place, other.place)
    for one, other in itertools.permutations(numbers, 2):
        for words, function in OF_OTHERS.items():
            fields = {"argument": one.name, "other": words.format(other.name)}
            change = partial(replace, one.place, other.place, function)
            yield Finding("in_its_place", fields), change
    for argument in numbers:
        for words, function in functions_for(argument.values):
            yield change_of(argument, words, function)
    for argument in arguments:
        yield from changes_along_later_axes(argument)
    yield from changes_along_axes(arguments)
    for argument in arguments:
        yield from changes_in_a_tuple(argument)


def change_of(argument: Argument, words: str, function: Callable) -> tuple[Finding, Change]:
    """Return what applies a function to an argument, with what is said of it."""
    finding = Finding("changed", {"argument": argument.name, "how": words})
    return finding, partial(replace, argument.place, argument.place, function)


def functions_for(values: Sequence[object]) -> list[tuple[str, Callable]]:
    """Return what may have become of an argument that has these values, in words and as functions."""
    if all(isinstance(value, (int, np.integer)) for value in values):
        return list(OF_COUNTS.items())
    kinds = {np.asarray(value).dtype.kind for value in values}
    if kinds == {"b"}:
        return [("had True for False", np.logical_not), *OF_ORDER.items()]
    if kinds == {"f"}:
        return [*OF_ORDER.items(), *OF_NUMBERS.items()]
    if kinds in ({"i"}, {"u"}):
        return [*OF_ORDER.items(), *OF_PLACES.items()]
    return list(OF_ORDER.items())


def changes_along_later_axes(argument: Argument) -> Iterator[tuple[Finding, Change]]:
    """Yield turns along each axis but the first, where there are more than a matrix has."""
    axes = min(len(shape_of(value) or ()) for value in argument.values)
    for axis in range(1, axes) if axes > 2 else ():
        words = f"came in the opposite order along axis {axis}"
        yield change_of(argument, words, partial(np.flip, axis=axis))


def changes_along_axes(arguments: Sequence[Argument]) -> Iterator[tuple[Finding, Change]]:
    """Yield changes that leave entries out along an axis, in all arguments that have it."""
    axes = [argument.axes for argument in arguments]
    for letter in sorted({letter for of_an_argument in axes for letter in of_an_argument}):
        for words, kept in OF_AXES.items():
            finding = Finding("along_an_axis", {"axis": letter, "which": words})
            yield finding, partial(keep_along, letter, axes, kept)


def changes_in_a_tuple(argument: Argument) -> Iterator[tuple[Finding, Change]]:
    """Yield changes of one array in an argument that is a named tuple of arrays."""
    for name in getattr(argument.values[0], "_fields", ()):
        for words, function in (
            ("were 0 everywhere", OF_NUMBERS["were 0 everywhere"]),
            ("were transposed", OF_ORDER["were transposed"]),
        ):
            finding = Finding("changed", {"argument": name, "how": words})
            yield finding, partial(replace_inside, argument.place, name, function)


# What a change does


def exchange(first: int, second: int, arguments: Arguments) -> Arguments:
    """Return the arguments with two of them exchanged."""
    exchanged = list(arguments)
    exchanged[first], exchanged[second] = arguments[second], arguments[first]
    return tuple(exchanged)


def replace(place: int, source: int, function: Callable, arguments: Arguments) -> Arguments:
    """Return the arguments with a function of one of them at a place."""
    value = applied(function, arguments[source])
    return (*arguments[:place], value, *arguments[place + 1 :])


def replace_inside(place: int, name: str, function: Callable, arguments: Arguments) -> Arguments:
    """Return the arguments with a function applied to one array of a named tuple."""
    whole = arguments[place]
    value = whole._replace(**{name: applied(function, getattr(whole, name))})
    return (*arguments[:place], value, *arguments[place + 1 :])


def keep_along(
    letter: str, axes: Sequence[Sequence[str]], kept: slice, arguments: Arguments
) -> Arguments:
    """Return the arguments with only some entries along an axis, in each that has it."""
    return tuple(
        value[(slice(None),) * letters.index(letter) + (kept,)] if letter in letters else value
        for value, letters in zip(arguments, axes)
    )


def applied(function: Callable, value: object) -> object:
    """Apply a function to a number or an array.

    Raises:
        ValueError: the function does not fit it.
    """
    result = function(value if isinstance(value, int) else np.asarray(value))
    if result is None:
        raise ValueError("this change does not fit")
    return np.asarray(result).item() if np.ndim(value) == 0 else result
