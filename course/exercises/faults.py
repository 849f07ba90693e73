"""Find what is wrong with what an answer made of one case."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.exercises.attempt import Attempt, Outcome, call
from course.exercises.compare import (
    NamedValue,
    alike,
    digits_apart,
    identical,
    is_several,
    kind_of,
    letters_of,
    shape_in_letters,
    shape_of,
    text_of,
)
from course.exercises.exercise import Arguments, Exercise
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL


def find_fault(exercise: Exercise, function: Callable, attempt: Attempt) -> Fault | None:
    """Compare what an answer made of a case with what the key makes of it."""
    outcome = attempt.outcome
    if outcome.error:
        arguments = named_arguments(exercise, attempt.case)
        return Fault("raises", happened=error_in_words(outcome, arguments))
    key = call(exercise.reference, attempt.case)
    name = changed_argument(exercise, attempt.case, key, outcome)
    if name:
        happened = change_in_words(name, exercise, function, attempt)
        return Fault("wrong value", happened=happened, asks=True)
    if exercise.objections:
        return first_objection(exercise, outcome)
    return first_wrong_part(exercise, key, attempt)


# A case in words


def named_arguments(exercise: Exercise, case: Arguments) -> list[NamedValue]:
    """Return the arguments of a case with their names and axes."""
    shapes = exercise.argument_shapes
    axes = [shape.axes for shape in shapes] + [[]] * (len(case) - len(shapes))
    triples = zip(exercise.arguments, axes, case)  # the last may be left to its default
    return [NamedValue(*triple) for triple in triples]


def case_in_words(exercise: Exercise, case: Arguments) -> str:
    """Say what the arguments are: "z = [[0., 0.]]"; of a long array of drawn numbers, its shape."""
    return ", ".join(
        f"{name} of shape {shape_in_letters(value, axes)}"
        if is_long_and_drawn(value)
        else f"{name} = {text_of(value)}"
        for name, axes, value in named_arguments(exercise, case)
    )


def case_in_numbers(exercise: Exercise, case: Arguments) -> str:
    """Say what the arguments are, however long."""
    arguments = named_arguments(exercise, case)
    return ", ".join(f"{name} = {text_of(value)}" for name, _, value in arguments)


#: How many numbers with many digits one reads.
PENCIL = 6


def is_long_and_drawn(value: object) -> bool:
    """Tell whether an array has so many digits that nobody reads them, or follows with a pencil."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size <= PENCIL:
        return False
    return bool((np.round(value, 2) != value).mean() > 0.5)


# An error


def error_in_words(outcome: Outcome, arguments: list[NamedValue]) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    for word, sentence in GENERAL["shapes"].items():
        if word in outcome.error:
            unfit = " and ".join(re.findall(r"\(\d*,[\d,]*\)", outcome.error))
            names = outcome.names or {argument.name: argument.value for argument in arguments}
            arrays = {name: value for name, value in names.items() if shape_of(value)}
            return "\n".join([sentence.format(unfit), *names_in_words(arrays, arguments)])
    return outcome.error


def names_in_words(names: dict[str, object], arguments: list[NamedValue]) -> list[str]:
    """Say in a line what each name stands for; an array's shape in the letters of the task."""
    by_name = {argument.name: argument for argument in arguments}
    lines = []
    for name, value in names.items():
        if value is None or shape_of(value) == ():
            lines.append(f"{name} is {text_of(value)}.")
        elif shape_of(value) or type(value) in (tuple, list):
            argument = by_name.get(name)
            has_its_shape = argument and shape_of(value) == shape_of(argument.value)
            axes = argument.axes if has_its_shape else letters_of(value, arguments)
            lines.append(f"{name} is {kind_of(value, axes)}.")
    return lines


# An argument that was changed


def changed_argument(
    exercise: Exercise, case: Arguments, key: Outcome, outcome: Outcome
) -> str | None:
    """Return the name of an argument that the answer changed, and the key leaves as it was."""
    arguments = zip(exercise.arguments, case, key.arguments, outcome.arguments)
    for name, before, after_key, after in arguments:
        if identical(before, after_key) and not identical(before, after):
            return name
    return None


def change_in_words(name: str, exercise: Exercise, function: Callable, attempt: Attempt) -> str:
    """Say that an argument is changed, and in which line."""
    line = call(function, attempt.case, range(len(attempt.case))).line
    argument = attempt.case[exercise.arguments.index(name)]
    if isinstance(argument, list) and not line:  # no array in it was written into
        return GENERAL["next"]["changes a list"].format(name=name)
    if re.search(r"\bnp\.(maximum|minimum)\(", line) and not re.search(r"[-+*/]=", line):
        return GENERAL["next"]["changes a third"].format(name=name, line=line)
    return GENERAL["next"]["changes"].format(name=name, where=in_the_line(line))


def changes_in_passing(exercise: Exercise, function: Callable, attempt: Attempt) -> Fault | None:
    """Find out whether an answer changes an argument, and then puts back what was there."""
    key = call(exercise.reference, attempt.case)
    pairs = enumerate(zip(attempt.case, key.arguments))
    left_alone = [place for place, (before, after) in pairs if identical(before, after)]
    outcome = call(function, attempt.case, read_only=left_alone)
    if "read-only" not in outcome.error:
        return None
    where = in_the_line(outcome.line)
    happened = GENERAL["next"]["changes in passing"].format(where=where)
    return Fault("wrong value", happened=happened, asks=True)


def in_the_line(line: str) -> str:
    """Say in which line, if one is known."""
    return f" in the line `{line}`" if line else ""


# An objection, where many results are right


def first_objection(exercise: Exercise, outcome: Outcome) -> Fault | None:
    """Return the first objection that applies, where many results are right."""
    try:
        view = exercise.view(outcome.arguments, outcome.result)
        for objection in exercise.objections:
            if objection.applies(view):
                sentence = objection.sentence.format_map(Attributes(view))
                return Fault("wrong value", happened=sentence, asks=objection.asks)
    except Exception:  # the predicates expect a result of about the right form
        wanted = "the form that the task describes"
        got = kind_of(outcome.result)
        return Fault("wrong shape", wanted=wanted, got=got, asks=outcome.result is None)
    return None


class Attributes(dict):
    """The attributes of an object, by their names, for the ``{fields}`` of a sentence."""

    def __init__(self, of: object) -> None:
        """Take them from any object."""
        self.of = of

    def __missing__(self, name: str) -> object:
        return getattr(self.of, name)


# A result that differs


@dataclass(frozen=True, eq=False)
class Part:
    """One of the things that a call has to make: a result, or an argument as it leaves it."""

    name: str
    axes: list[str]
    wanted: object
    got: object

    def is_right(self, exercise: Exercise, attempt: Attempt) -> bool:
        """Tell whether what came is what is wanted; in an extreme case, but for the last bits."""
        return alike(self.wanted, self.got, attempt.extreme, exercise.noise)


def first_wrong_part(exercise: Exercise, key: Outcome, attempt: Attempt) -> Fault | None:
    """Compare results, and arguments that are to be changed, with the key's."""
    parts = parts_of(exercise, key, attempt)
    if parts is None:
        got = attempt.outcome.result
        wanted = f"{len(key.result)} results"
        return Fault("wrong shape", wanted=wanted, got=kind_of(got), asks=got is None)
    for part in parts:
        if shape_of(part.got) != shape_of(part.wanted):
            arguments = named_arguments(exercise, attempt.case)
            return Fault(
                "wrong shape",
                part=part.name,
                wanted=kind_of(part.wanted, part.axes),
                got=kind_of(part.got, letters_of(part.got, arguments)),
                asks=part.got is None,
            )
        if not part.is_right(exercise, attempt):
            digits = digits_apart(part.wanted, part.got)
            return Fault(
                "wrong value",
                part=part.name,
                wanted=text_of(part.wanted, digits),
                got=text_of(part.got, digits),
                right_so_far=tuple(
                    other.name
                    for other in parts
                    if other.name and other.is_right(exercise, attempt)
                ),
            )
    return None


def parts_of(exercise: Exercise, key: Outcome, attempt: Attempt) -> list[Part] | None:
    """Return all that a call has to make, as it is wanted and as it came.

    None if it came in another number of results.
    """
    result = attempt.outcome.result
    are_several = is_several(key.result)
    wanted = key.result if are_several else [key.result]
    got = result if are_several else [result]
    has_parts = is_several(got) or bool(shape_of(got))
    if not has_parts or len(got) != len(wanted):
        return None
    results = [
        Part(shape.name, shape.axes, wanted_part, got_part)
        for shape, wanted_part, got_part in zip(exercise.result_shapes, wanted, got)
        if wanted_part is not None  # a function that changes its arguments returns nothing
    ]
    is_one_array = are_several and isinstance(result, np.ndarray)
    if is_one_array and any(shape_of(part.got) != shape_of(part.wanted) for part in results):
        return None
    return changed_parts(exercise, key, attempt) + results


def changed_parts(exercise: Exercise, key: Outcome, attempt: Attempt) -> list[Part]:
    """Return the arrays in arguments that the key changes, as they are wanted and as they are."""
    parts = []
    arguments = zip(exercise.arguments, attempt.case, key.arguments, attempt.outcome.arguments)
    for name, before, after_key, after in arguments:
        if isinstance(after_key, tuple) and not identical(before, after_key):
            pairs = enumerate(zip(after_key, after, strict=True))
            parts += [Part(f"{name}[{i}]", [], wanted, got) for i, (wanted, got) in pairs]
    return parts
