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

from course.exercises.attempt import Attempt, Outcome, call
from course.exercises.compare import Named, alike, is_several, shape_of
from course.exercises.exercise import Arguments, Exercise
from course.exercises.faults import in_letters
from course.exercises.relation import Fields, same, softmax


@dataclass(frozen=True, eq=False)
class Change:
    """A change of the arguments: its name in ``general.txt``, what it names, and what it does."""

    name: str
    fields: Fields
    make: Callable[[Arguments], Arguments]


#: What may have become of an array or a number with a point, the likelier first.
OF_NUMBERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
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
    "went through a sigmoid first": lambda a: 1 / (1 + np.exp(-a)),
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
    "a softmax of `{}`": lambda a: softmax(a),
    "a sigmoid of `{}`": lambda a: 1 / (1 + np.exp(-a)),
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


def right_for(
    exercise: Exercise,
    attempts: Sequence[Attempt],
    got: Sequence[object],
    names: Sequence[str],
    name: str,
) -> tuple[str, Fields] | None:
    """Return the name and the fields of the first change for which the answer would be right.

    Args:
        exercise: what is asked.
        attempts: what the answer made of each case.
        got: the result that is asked about, in each case.
        names: what the results are called, if there are several.
        name: which of them that is.
    """
    take = partial(result_called, exercise, names, name)
    if "[" in name:  # one change explains all arrays of the argument, or none
        got = [take(each.outcome) for each in attempts]
    are_places = all(shape_of(each) == () and np.asarray(each).dtype.kind in "iu" for each in got)
    for change in changes(exercise, [in_letters(exercise, each.case) for each in attempts]):
        if are_places and change.fields.get("how") in OF_NUMBERS:
            continue  # a few small whole numbers are soon the same
        if all(
            gives(exercise, change, attempt.case, take, result)
            for attempt, result in zip(attempts, got)
        ):
            return change.name, change.fields
    return None


def result_called(exercise: Exercise, names: Sequence[str], name: str, outcome: Outcome) -> object:
    """Return the result of this name, or all that a call leaves in an argument: for "velocity[0]"."""
    argument, _, place = name.partition("[")
    if place:
        return outcome.arguments[exercise.arguments.index(argument)]
    return outcome.result[names.index(name)] if len(names) > 1 else outcome.result


def gives(
    exercise: Exercise,
    change: Change,
    case: Arguments,
    take: Callable[[Outcome], object],
    result: object,
) -> bool:
    """Tell whether the key gives this result of the changed arguments."""
    try:
        with np.errstate(all="ignore"):
            changed = change.make(case)
    except Exception:  # of a change that does not fit these arguments
        return False
    key = call(exercise.reference, changed)
    are_same = alike if is_several(result) else same
    return not key.error and are_same(take(key), result)


def changes(exercise: Exercise, cases: Sequence[list[Named]]) -> Iterator[Change]:
    """Yield all changes that fit the arguments of every case."""
    columns = list(zip(*cases))
    numbers = [place for place, column in enumerate(columns) if are_numbers(column)]
    for first, second in itertools.combinations(numbers, 2):
        names = {"one": columns[first][0][0], "other": columns[second][0][0]}
        yield Change("exchanged", names, exchanging(first, second))
    for place, source in itertools.permutations(numbers, 2):
        for words, function in OF_OTHERS.items():
            other = words.format(columns[source][0][0])
            names = {"argument": columns[place][0][0], "other": other}
            value = partial(of_an_argument, source, function)
            yield Change("in_its_place", names, replacing(place, value))
    for place in numbers:
        values = [value for _, _, value in columns[place]]
        for words, function in functions_for(values):
            fields = {"argument": columns[place][0][0], "how": words}
            yield Change("changed", fields, applying(place, function))
    yield from changes_along_axes(columns)
    for place, column in enumerate(columns):
        yield from changes_in_a_tuple(place, [value for _, _, value in column])


def are_numbers(column: Sequence[Named]) -> bool:
    """Tell whether an argument is a number or an array of numbers in every case."""
    return all(
        shape_of(value) is not None and np.asarray(value).dtype.kind in "biuf"
        for _, _, value in column
    )


def functions_for(values: Sequence[object]) -> list[tuple[str, Callable]]:
    """Return what may have become of an argument that has these values."""
    if all(isinstance(value, (int, np.integer)) for value in values):
        return list(OF_COUNTS.items())
    kinds = {np.asarray(value).dtype.kind for value in values}
    if kinds == {"b"}:
        return [("had True for False", np.logical_not), *OF_ORDER.items()]
    likelier = {"f": OF_NUMBERS, "i": OF_PLACES, "u": OF_PLACES}.get("".join(kinds), {})
    return [*OF_ORDER.items(), *likelier.items()]


def changes_along_axes(columns: Sequence[Sequence[Named]]) -> Iterator[Change]:
    """Yield changes that leave entries out along an axis, in all arguments that have it."""
    letters = {
        letter for column in columns for _, axes, _ in column[:1] for letter in axes if letter
    }
    for place, column in enumerate(columns):
        axes = [len(shape_of(value) or ()) for _, _, value in column]
        for axis in range(1 if min(axes) > 2 else 2, min(axes)):
            how = f"came in the opposite order along axis {axis}"
            flip = partial(np.flip, axis=axis)
            yield Change("changed", {"argument": column[0][0], "how": how}, applying(place, flip))
    for letter in sorted(letters):
        for words, kept in OF_AXES.items():
            fields = {"axis": letter, "which": words}
            axes = [column[0][1] for column in columns]
            yield Change("along_an_axis", fields, keeping(letter, axes, kept))


def changes_in_a_tuple(place: int, values: Sequence[object]) -> Iterator[Change]:
    """Yield changes of one array in an argument that is a named tuple of arrays."""
    fields = getattr(values[0], "_fields", ())
    for name in fields:
        for words in ("were 0 everywhere", "were transposed"):
            function = {**OF_NUMBERS, **OF_ORDER}[words]
            yield Change(
                "changed", {"argument": name, "how": words}, applying_inside(place, name, function)
            )


# What a change does


def exchanging(first: int, second: int) -> Callable[[Arguments], Arguments]:
    """Return what exchanges two arguments."""

    def make(arguments: Arguments) -> Arguments:
        exchanged = list(arguments)
        exchanged[first], exchanged[second] = exchanged[second], exchanged[first]
        return tuple(exchanged)

    return make


def of_an_argument(place: int, function: Callable, arguments: Arguments) -> object:
    """Apply a function to one of the arguments."""
    return of(function, arguments[place])


def replacing(place: int, value: Callable[[Arguments], object]) -> Callable[[Arguments], Arguments]:
    """Return what puts another value in the place of an argument."""
    return lambda arguments: (*arguments[:place], value(arguments), *arguments[place + 1 :])


def applying(place: int, function: Callable) -> Callable[[Arguments], Arguments]:
    """Return what applies a function to an argument."""
    return replacing(place, lambda arguments: of(function, arguments[place]))


def applying_inside(place: int, name: str, function: Callable) -> Callable[[Arguments], Arguments]:
    """Return what applies a function to one array of a named tuple."""

    def value(arguments: Arguments) -> object:
        whole = arguments[place]
        return whole._replace(**{name: of(function, getattr(whole, name))})

    return replacing(place, value)


def of(function: Callable, value: object) -> object:
    """Apply a function to a number or an array.

    Raises:
        ValueError: the function does not fit it.
    """
    changed = function(value if isinstance(value, int) else np.asarray(value))
    if changed is None:
        raise ValueError("this change does not fit")
    return np.asarray(changed).item() if np.ndim(value) == 0 else changed


def keeping(letter: str, axes: Sequence[list[str]], kept: slice) -> Callable:
    """Return what keeps only some entries along an axis, in every argument that has it."""

    def make(arguments: Arguments) -> Arguments:
        pairs = zip(arguments, axes)
        return tuple(
            value[(slice(None),) * letters.index(letter) + (kept,)] if letter in letters else value
            for value, letters in pairs
        )

    return make
