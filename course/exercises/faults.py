"""Find what is wrong with what an answer made of one case."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course.exercises.attempt import Attempt, Outcome, call
from course.exercises.compare import (
    Named,
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
    given = in_letters(exercise, attempt.case)
    outcome = attempt.outcome
    if outcome.error:
        return Fault("raises", happened=explained(outcome, given))
    key = call(exercise.reference, attempt.case)
    changed = changed_argument(exercise, attempt.case, key, outcome)
    if changed:
        happened = changing(changed, exercise, function, attempt)
        return Fault("wrong value", happened=happened, asks=True)
    if exercise.objections:
        return objection_to(exercise, outcome)
    return difference(exercise, given, key, attempt)


def in_letters(exercise: Exercise, case: Arguments) -> list[Named]:
    """Return each argument with its name and its axes."""
    takes = named_axes(exercise.shapes.split("->")[0])
    takes += [("", [])] * (len(case) - len(takes))
    pairs = zip(exercise.arguments, takes, case)  # the last argument may be left to its default
    return [(name, axes, value) for name, (_, axes), value in pairs]


def case_in_words(exercise: Exercise, case: Arguments) -> str:
    """Say what the arguments are: "z = [[0., 0.]]"; of a long array of drawn numbers, its shape."""
    return ", ".join(
        f"{name} of shape {shape_in_letters(value, axes)}"
        if is_long_and_drawn(value)
        else f"{name} = {text_of(value)}"
        for name, axes, value in in_letters(exercise, case)
    )


def in_numbers(exercise: Exercise, case: Arguments) -> str:
    """Say what the arguments are, however long."""
    given = in_letters(exercise, case)
    return ", ".join(f"{name} = {text_of(value)}" for name, _, value in given)


def is_long_and_drawn(value: object) -> bool:
    """Tell whether an array has so many digits that nobody reads them, or follows with a pencil."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size <= PENCIL:
        return False
    return bool((np.round(value, 2) != value).mean() > 0.5)


#: How many numbers with many digits one reads.
PENCIL = 6


def named_axes(side: str) -> list[tuple[str, list[str]]]:
    """Return for each part of "dW: inputs outputs, db: outputs" its name, if any, and its axes."""
    parts = [part.rpartition(":") for part in side.split(",")]
    return [(name.strip(), axes.split()) for name, _, axes in parts]


def explained(outcome: Outcome, given: list[Named]) -> str:
    """Say what was raised; where shapes do not fit, in the letters of the task."""
    for word, sentence in GENERAL["shapes"].items():
        if word in outcome.error:
            unfit = " and ".join(re.findall(r"\(\d*,[\d,]*\)", outcome.error))
            arguments = {name: value for name, _, value in given}
            arrays = {
                name: value
                for name, value in (outcome.names or arguments).items()
                if shape_of(value)
            }
            return "\n".join([sentence.format(unfit), *held(arrays, given)])
    return outcome.error


def held(names: dict[str, object], given: list[Named]) -> list[str]:
    """Say in a line what each name stands for; an array's shape in the letters of the task."""
    axes_of = {name: axes for name, axes, _ in given}
    arguments = {name: value for name, _, value in given}
    lines = []
    for name, value in names.items():
        if value is None or shape_of(value) == ():
            lines.append(f"{name} is {text_of(value)}.")
        elif shape_of(value) or type(value) in (tuple, list):
            is_as_given = name in arguments and shape_of(value) == shape_of(arguments[name])
            axes = axes_of[name] if is_as_given else letters_of(value, given)
            lines.append(f"{name} is {kind_of(value, axes)}.")
    return lines


def changed_argument(
    exercise: Exercise, case: Arguments, key: Outcome, outcome: Outcome
) -> str | None:
    """Return the name of an argument that the answer changed, and the key leaves as it was."""
    for name, before, due, after in zip(exercise.arguments, case, key.arguments, outcome.arguments):
        if identical(before, due) and not identical(before, after):
            return name
    return None


def changing(name: str, exercise: Exercise, function: Callable, attempt: Attempt) -> str:
    """Say that an argument is changed, and in which line."""
    line = call(function, attempt.case, range(len(attempt.case))).line
    argument = attempt.case[exercise.arguments.index(name)]
    if isinstance(argument, list) and not line:  # no array in it was written into
        return GENERAL["next"]["changes a list"].format(name=name)
    if re.search(r"\bnp\.(maximum|minimum)\(", line) and not re.search(r"[-+*/]=", line):
        return GENERAL["next"]["changes a third"].format(name=name, line=line)
    where = f" in the line `{line}`" if line else ""
    return GENERAL["next"]["changes"].format(name=name, where=where)


def changes_in_passing(exercise: Exercise, function: Callable, attempt: Attempt) -> Fault | None:
    """Find out whether an answer changes an argument, and then puts back what was there."""
    key = call(exercise.reference, attempt.case)
    pairs = enumerate(zip(attempt.case, key.arguments))
    kept = [place for place, (before, due) in pairs if identical(before, due)]
    outcome = call(function, attempt.case, kept)
    if "read-only" not in outcome.error:
        return None
    where = f" in the line `{outcome.line}`" if outcome.line else ""
    happened = GENERAL["next"]["changes in passing"].format(where=where)
    return Fault("wrong value", happened=happened, asks=True)


def objection_to(exercise: Exercise, outcome: Outcome) -> Fault | None:
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


@dataclass(frozen=True, eq=False)
class Part:
    """One of the things that a call has to make: a result, or an argument as it leaves it."""

    name: str
    axes: list[str]
    wanted: object
    got: object


def parts_of(exercise: Exercise, key: Outcome, attempt: Attempt) -> list[Part] | None:
    """Return all that a call has to make, as it is wanted and as it came.

    None if it came in another number of results.
    """
    outcome = attempt.outcome
    several = is_several(key.result)
    wanted = key.result if several else [key.result]
    got = outcome.result if several else [outcome.result]
    has_parts = is_several(got) or bool(shape_of(got))
    if not has_parts or len(got) != len(wanted):
        return None
    gives = named_axes(exercise.shapes.split("->")[1])
    results = [
        Part(name, axes, want, have)
        for (name, axes), want, have in zip(gives, wanted, got)
        if want is not None
    ]
    is_one_array = several and isinstance(outcome.result, np.ndarray)
    if is_one_array and any(shape_of(part.got) != shape_of(part.wanted) for part in results):
        return None
    return changed_parts(exercise, attempt.case, key, outcome) + results


def difference(
    exercise: Exercise, given: list[Named], key: Outcome, attempt: Attempt
) -> Fault | None:
    """Compare results, and arguments that are to be changed, with the key's."""
    parts = parts_of(exercise, key, attempt)
    if parts is None:
        got = attempt.outcome.result
        wanted = f"{len(key.result)} results"
        return Fault("wrong shape", wanted=wanted, got=kind_of(got), asks=got is None)
    for part in parts:
        if shape_of(part.got) != shape_of(part.wanted):
            return Fault(
                "wrong shape",
                part=part.name,
                wanted=kind_of(part.wanted, part.axes),
                got=kind_of(part.got, letters_of(part.got, given)),
                asks=part.got is None,
            )
        if not alike(part.wanted, part.got, attempt.extreme, exercise.noise):
            digits = digits_apart(part.wanted, part.got)
            right = [
                each.name
                for each in parts
                if each.name and alike(each.wanted, each.got, attempt.extreme, exercise.noise)
            ]
            return Fault(
                "wrong value",
                part=part.name,
                wanted=text_of(part.wanted, digits),
                got=text_of(part.got, digits),
                right_so_far=tuple(right),
            )
    return None


def changed_parts(
    exercise: Exercise, case: Arguments, key: Outcome, outcome: Outcome
) -> list[Part]:
    """Return the arrays in arguments that the key changes, as they are wanted and as they are."""
    parts = []
    arguments = zip(exercise.arguments, case, key.arguments, outcome.arguments)
    for name, before, due, after in arguments:
        if isinstance(due, tuple) and not identical(before, due):
            pairs = enumerate(zip(due, after, strict=True))
            parts += [Part(f"{name}[{i}]", [], want, have) for i, (want, have) in pairs]
    return parts
