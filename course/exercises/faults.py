"""Find what is wrong with what an answer made of one case, and put it into words."""

import re
from collections.abc import Callable

import numpy as np

from course.exercises.attempt import Attempt, Outcome, call
from course.exercises.comparison import (
    Comparison,
    NamedValue,
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
    sentences = GENERAL["next"]
    if outcome.rebound:
        names = " and ".join(f"`{name}`" for name in outcome.rebound[:3])
        return Fault("wrong value", happened=sentences["rebinds"].format(names=names), asks=True)
    if outcome.error:
        arguments = named_arguments(exercise, attempt.arguments)
        return Fault("raises", happened=error_in_words(outcome, arguments))
    name = changed_argument(exercise, attempt)
    if name:
        happened = change_in_words(name, exercise, function, attempt)
        return Fault("wrong value", happened=happened, asks=True)
    if outcome.odd and attempt.wanted.result is not None:
        return Fault("wrong value", happened=sentences["odd"].format(what=outcome.odd), asks=True)
    if exercise.objections:
        return first_objection(exercise, outcome)
    return first_wrong_result(exercise, attempt)


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


#: The most numbers with many digits that anybody reads.
MOST_DRAWN_NUMBERS = 6


def is_long_and_drawn(value: object) -> bool:
    """Tell whether an array has so many digits that nobody reads them, or follows with a pencil."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return False
    return value.size > MOST_DRAWN_NUMBERS and bool((np.round(value, 2) != value).mean() > 0.5)


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
            lines.append(f"{name} is {text_of(value).removesuffix('.')}.")
        elif shape_of(value) or type(value) in (tuple, list):
            argument = by_name.get(name)
            has_its_shape = argument and shape_of(value) == shape_of(argument.value)
            axes = argument.axes if has_its_shape else letters_of(value, arguments)
            lines.append(f"{name} is {kind_of(value, axes)}.")
    return lines


# An argument that was changed


def changed_argument(exercise: Exercise, attempt: Attempt) -> str | None:
    """Return the name of an argument that the answer changed, and the key leaves as it was."""
    after_both = zip(attempt.wanted.arguments, attempt.outcome.arguments)
    for name, before, (after_key, after) in zip(exercise.arguments, attempt.arguments, after_both):
        if identical(before, after_key) and not identical(before, after):
            return name
    return None


def change_in_words(name: str, exercise: Exercise, function: Callable, attempt: Attempt) -> str:
    """Say that an argument is changed, in which line, and what would leave it alone."""
    place = exercise.arguments.index(name)
    line = call(function, attempt.arguments, read_only=[place]).line
    argument = attempt.arguments[place]
    sentences = GENERAL["next"]
    where = in_the_line(line)
    if isinstance(argument, list) and not line:  # no array in it was written to
        return sentences["changes a list"].format(name=name)
    if re.search(r"\bnp\.(maximum|minimum)\(", line) and not re.search(r"[-+*/]=", line):
        return sentences["changes a third"].format(name=name, line=line)
    for way, words in CHANGED_BY.items():
        if re.search(way, line):
            return sentences[words].format(name=name, where=where)
    return sentences["changes"].format(name=name, where=where)


#: How a line changes an array, and the name of the sentence that says how else it could be done.
CHANGED_BY: dict[str, str] = {
    r"\.(shuffle|sort|fill|resize|partition|put)\(": "changes by a method",
    r"[-+*/@%&|^]=": "changes by an operator",
    r"\]\s*=[^=]": "changes entries",
}


def changes_in_passing(function: Callable, attempt: Attempt) -> Fault | None:
    """Find out whether an answer changes an argument, and then puts back what was there."""
    pairs = enumerate(zip(attempt.arguments, attempt.wanted.arguments))
    left_alone = [place for place, (before, after) in pairs if identical(before, after)]
    outcome = call(function, attempt.arguments, read_only=left_alone)
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


def first_wrong_result(exercise: Exercise, attempt: Attempt) -> Fault | None:
    """Compare results, and arguments that are to be changed, with the key's."""
    comparisons = compared(exercise, attempt)
    if comparisons is None:
        got = attempt.outcome.result
        wanted = f"{len(attempt.wanted.result)} results"
        return Fault("wrong shape", wanted=wanted, got=kind_of(got), asks=got is None)
    for comparison in comparisons:
        wanted, got = comparison.wanted, comparison.got
        if shape_of(got) != shape_of(wanted):
            letters = letters_of(got, comparison.arguments)
            return Fault(
                "wrong shape",
                part=comparison.name,
                wanted=kind_of(wanted, comparison.axes),
                got=kind_of(got, letters),
                asks=got is None,
            )
        if not comparison.is_right:
            digits = digits_apart(wanted, got)
            return Fault(
                "wrong value",
                part=comparison.name,
                wanted=text_of(wanted, digits),
                got=text_of(got, digits),
                right_so_far=tuple(
                    other.name for other in comparisons if other.name and other.is_right
                ),
            )
    return narrow_result(attempt, comparisons)


def compared(exercise: Exercise, attempt: Attempt) -> list[Comparison] | None:
    """Return all that a call has to make, as it is wanted and as it came.

    None if it came in another number of results.
    """
    result = attempt.outcome.result
    are_several = is_several(attempt.wanted.result)
    all_wanted = attempt.wanted.result if are_several else [attempt.wanted.result]
    all_got = result if are_several else [result]
    has_parts = is_several(all_got) or bool(shape_of(all_got))
    if not has_parts or len(all_got) != len(all_wanted):
        return None
    arguments = named_arguments(exercise, attempt.arguments)
    results = [
        Comparison(wanted, got, arguments, shape.name, shape.axes, attempt.is_edge, exercise.atol)
        for shape, wanted, got in zip(exercise.result_shapes, all_wanted, all_got)
        if wanted is not None  # a function that changes its arguments returns nothing
    ]
    is_one_array = are_several and isinstance(result, np.ndarray)
    if is_one_array and any(shape_of(each.got) != shape_of(each.wanted) for each in results):
        return None
    return compared_arguments(exercise, attempt, arguments) + results


def compared_arguments(
    exercise: Exercise, attempt: Attempt, arguments: list[NamedValue]
) -> list[Comparison]:
    """Return the arrays in arguments that the key changes, as they are wanted and as they are."""
    comparisons = []
    after_both = zip(attempt.wanted.arguments, attempt.outcome.arguments)
    for argument, (after_key, after) in zip(arguments, after_both):
        if isinstance(after_key, tuple) and not identical(argument.value, after_key):
            for i, (wanted, got) in enumerate(zip(after_key, after, strict=True)):
                name = f"{argument.name}[{i}]"
                comparisons.append(
                    Comparison(wanted, got, arguments, name, (), attempt.is_edge, exercise.atol)
                )
    return comparisons


def narrow_result(attempt: Attempt, comparisons: list[Comparison]) -> Fault | None:
    """Find a right result in fewer digits than the arguments came in: float32, say, for float64."""
    came_in_float64 = any(
        np.asarray(value).dtype == np.float64
        for argument in attempt.arguments
        for value in (argument if is_several(argument) else [argument])
        if shape_of(value) is not None
    )
    for comparison in comparisons if came_in_float64 else ():
        dtype = np.asarray(comparison.got).dtype
        wanted = np.asarray(comparison.wanted).dtype
        if wanted == np.float64 and dtype.kind == "f" and dtype.itemsize < wanted.itemsize:
            sentence = GENERAL["next"]["narrow"].format(dtype=dtype, wanted=wanted)
            name = f"{comparison.name}: " if comparison.name else ""
            return Fault("wrong value", happened=f"{name}{sentence}", asks=True)
    return None
