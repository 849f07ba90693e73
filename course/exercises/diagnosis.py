"""What can be seen of a wrong answer that no known mistake explains, and what to do next.

The means, in the order in which they are asked: the line that raised or of which NumPy warned; the
order and number of several results; the dtype; a relation to the right result (``relations``); a
one-step mutant of the key that gives the same (``mutants``); the form; the shape; and at last where
the two differ first. Each reply ends in a question.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from course.exercises.attempt import Attempt, leaves_unfilled
from course.exercises.comparison import (
    NUMBERS,
    Comparison,
    a,
    as_numbers,
    is_several,
    matches,
    shape_of,
)
from course.exercises.exercise import Exercise
from course.exercises.faults import case_in_numbers, compared, named_arguments, names_in_words
from course.exercises.mutants import find_mutant
from course.exercises.relations import find_difference, find_relation, sizes_in_all
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL


def find_next_step(
    exercise: Exercise,
    function: Callable,
    attempts: Sequence[Attempt],
    shown: Attempt,
    fault: Fault | None,
) -> str:
    """Return a sentence on what can be seen of an answer, which asks a question.

    Args:
        exercise: what is asked.
        function: the answer.
        attempts: what it made of each case that counts.
        shown: the one that the reply shows.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    if fault is None:
        return about_a_warning(shown)
    if fault.kind == "raises":
        return about_an_error(exercise, shown)
    sentence = ""
    if not exercise.objections:
        sentence = about_the_results(exercise, attempts) or about_the_wrong_result(
            exercise, function, attempts, shown, fault.part
        )
    if sentence:
        return capitalised(sentence)
    if exercise.objections and fault.kind == "wrong shape":
        return GENERAL["next"]["another form"]
    if shown.is_edge:
        return about_a_warning(shown)
    return first_hint(exercise)


def first_hint(exercise: Exercise) -> str:
    """Return the first hint, and ask where the answer departs from it."""
    return GENERAL["next"]["hint"].format(exercise.hints[0])


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital at its beginning, and all else as it is."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


# A line that NumPy warned of, or that raised


def about_a_warning(shown: Attempt) -> str:
    """Name the line of which NumPy warned, if it did."""
    if not shown.outcome.line or not shown.outcome.warned:
        return GENERAL["next"]["unstable"]
    return GENERAL["next"]["warned line"].format(shown.outcome.line)


def about_an_error(exercise: Exercise, shown: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    outcome = shown.outcome
    stops = f"It stops in the line `{outcome.line}`"
    for words, question in GENERAL["stops"].items():
        if words in outcome.error:
            return f"{stops}: {question}" if outcome.line else capitalised(question)
    if not outcome.line:
        return GENERAL["next"]["raises"]
    lines = [f"{stops}."]
    shapes_are_said = any(words in outcome.error for words in GENERAL["shapes"])
    if not shapes_are_said:
        lines += names_in_words(outcome.names, named_arguments(exercise, shown.arguments))
    return " ".join([*lines, GENERAL["next"]["stopped"]])


# Several results at once


def about_the_results(exercise: Exercise, attempts: Sequence[Attempt]) -> str:
    """Say it if several results are right, and come in another order or form."""
    wanted = [attempt.wanted.result for attempt in attempts]
    got = [attempt.outcome.result for attempt in attempts]
    if not all(is_several(results) for results in wanted):
        return ""
    names = [shape.name for shape in exercise.result_shapes]
    sentences = GENERAL["parts"]
    if all(isinstance(results, dict) for results in got):
        values = [tuple(results.values()) for results in got]
        return sentences["in a dictionary"] if all(map(matches, wanted, values)) else ""
    if all(
        is_nested(results) and matches(in_case, tuple(itertools.chain(*results)))
        for in_case, results in zip(wanted, got)
    ):
        return sentences["nested"]
    for i, name in enumerate(names):
        if all(
            i < len(in_case) and matches(in_case[i], result) for in_case, result in zip(wanted, got)
        ):
            others = [other for other in names if other != name]
            in_short = " and ".join(others) if len(names) < 4 else "the others"
            return sentences["one of them"].format(name=name, others=in_short)
    return sentences["in another order"] if are_in_another_order(wanted, got, len(names)) else ""


def is_nested(value: object) -> bool:
    """Tell whether a value is a list of lists, say."""
    return is_several(value) and all(is_several(entry) for entry in value)


def are_in_another_order(wanted: Sequence[tuple], got: Sequence[object], count: int) -> bool:
    """Tell whether one other order makes the results right in all cases; of five or more, no."""
    if count > 4 or any(len(in_case) != count for in_case in wanted):
        return False
    _, *other_orders = itertools.permutations(range(count))  # the first is as they are wanted
    got = [tuple(results) if is_several(results) else results for results in got]
    return any(
        all(
            matches(tuple(in_case[i] for i in order), results)
            for in_case, results in zip(wanted, got)
        )
        for order in other_orders
    )


def about_their_number(exercise: Exercise, shown: Attempt) -> str:
    """Say that one array came where several results are wanted, or too few, or too many."""
    got = shown.outcome.result
    wanted = shown.wanted.result
    names = [shape.name for shape in exercise.result_shapes]
    if is_several(got) and is_several(wanted):
        if len(got) > len(wanted) and matches(tuple(wanted), tuple(got[: len(wanted)])):
            count = len(got) - len(wanted)
            return GENERAL["parts"]["some and more"].format(count=count)
        if 0 < len(got) < len(wanted) <= len(names) and matches(
            tuple(wanted[: len(got)]), tuple(got)
        ):
            missing = ", ".join(names[len(got) : len(wanted)])
            return GENERAL["parts"]["some of them"].format(missing=missing)
    if shape_of(got) is None or not all(names):
        return ""
    if isinstance(got, (str, bytes)):
        what = what_came(got)
    else:
        what = "one array" if shape_of(got) else "one number"
    *others, last = names
    wanted = f"{', '.join(others)} and {last}"
    return GENERAL["parts"]["one array"].format(what=what, names=wanted)


# The result that is wrong


@dataclass(frozen=True, eq=False)
class WrongResult:
    """The result that is wrong in the case that is shown, there and in the other cases."""

    #: In the case that is shown.
    shown: Comparison
    #: In all cases in which the answer returned one.
    comparisons: Sequence[Comparison]
    #: Whether these are all cases that count.
    is_in_all_cases: bool

    @property
    def comparable(self) -> Sequence[Comparison]:
        """The cases of which something may be said: all of them, or only the one that is shown."""
        return self.comparisons if self.is_in_all_cases else [self.shown]


def about_the_wrong_result(
    exercise: Exercise,
    function: Callable,
    attempts: Sequence[Attempt],
    shown: Attempt,
    name: str,
) -> str:
    """Say how the result that is wrong is related to what is wanted, or where it differs first."""
    if compared(exercise, shown) is None:
        return about_their_number(exercise, shown)
    wrong = result_called(name, exercise, attempts, shown)
    if wrong is None or as_numbers(wrong.shown.wanted) is None:
        return ""
    narrow_dtype = about_a_narrow_dtype(wrong.shown)
    if narrow_dtype:
        return narrow_dtype
    if not shown.is_edge:
        cause = find_relation(wrong.comparisons) if wrong.is_in_all_cases else None
        if cause is None and is_telling(wrong.comparisons):
            cause = find_mutant(exercise, function, attempts)
        if cause:
            return GENERAL["relations"][cause.name].format(**cause.fields)
    return (
        about_its_form(wrong.shown)
        or about_its_shape(wrong)
        or about_its_entries(wrong, exercise, function, attempts, shown)
    )


def result_called(
    name: str, exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt
) -> WrongResult | None:
    """Return the result of a name, in all cases in which there is one."""
    names = [comparison.name for comparison in compared(exercise, shown)]
    if name not in names:
        return None
    place = names.index(name)
    in_each_case = [comparison_at(place, exercise, attempt) for attempt in attempts]
    comparisons = [comparison for comparison in in_each_case if comparison is not None]
    return WrongResult(
        shown=in_each_case[attempts.index(shown)],
        comparisons=comparisons,
        is_in_all_cases=len(comparisons) == len(attempts),
    )


def comparison_at(place: int, exercise: Exercise, attempt: Attempt) -> Comparison | None:
    """Return one of a case's results beside what is wanted; None if it did not come."""
    comparisons = compared(exercise, attempt)
    if attempt.outcome.error or comparisons is None or place >= len(comparisons):
        return None
    return comparisons[place]


def is_telling(comparisons: Sequence[Comparison]) -> bool:
    """Tell whether wrong results hold more than one number that many mistakes lead to: 0, 1, nan.

    Of a few zeros and ones, some mutant of the key would be right by accident.
    """
    wrong = [as_numbers(each.got) for each in comparisons if not each.is_right]
    if any(got is None for got in wrong):
        return True
    numbers = np.concatenate([np.ravel(got) for got in wrong]) if wrong else np.zeros(0)
    zeros = numbers == 0
    ones = numbers == 1
    others = np.isfinite(numbers) & ~zeros & ~ones
    return bool(others.any() or (zeros.any() and ones.any()))


# Its dtype, and whether it holds numbers


def about_a_narrow_dtype(comparison: Comparison) -> str:
    """Say that a result is right but for a dtype of few digits."""
    if shape_of(comparison.got) is None or not comparison.has_its_shape:
        return ""
    dtype = np.asarray(comparison.got).dtype
    wanted_dtype = np.asarray(comparison.wanted).dtype
    if dtype.kind != "f" or wanted_dtype.kind != "f" or dtype.itemsize >= wanted_dtype.itemsize:
        return ""
    limits = np.finfo(dtype)
    rtol = float(limits.eps) * 100
    atol = float(limits.tiny)
    if not np.allclose(comparison.wanted_array, comparison.got_array, rtol=rtol, atol=atol):
        return ""  # something else is wrong as well
    return GENERAL["forms"]["narrow dtype"].format(
        dtype=dtype, digits=limits.precision, smallest=f"{limits.smallest_subnormal:.0e}"
    )


#: What an array holds that does not hold numbers, by NumPy's letter.
HELD: dict[str, str] = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}


def about_its_form(comparison: Comparison) -> str:
    """Say it if something else came than numbers, or a number where True or False is wanted."""
    forms = GENERAL["forms"]
    got = comparison.got
    is_array_or_number = shape_of(got) is not None
    is_more_than_one = isinstance(got, tuple) and len(got) > 1
    if is_more_than_one and any(matches(comparison.wanted, part) for part in got):
        return forms["among others"]
    if callable(got) and not isinstance(got, type):
        return forms["not called"].format(name=getattr(got, "__name__", "it"))
    if is_array_or_number and np.iscomplexobj(got):
        return forms["complex"]
    if (
        comparison.has_its_shape
        and is_true_or_false(got)
        and not is_true_or_false(comparison.wanted)
    ):
        return forms["truth"]
    if not is_array_or_number or np.asarray(got).dtype.kind not in NUMBERS:
        form = "no array" if shape_of(comparison.wanted) else "no number"
        return forms[form].format(what=what_came(got))
    if is_true_or_false(comparison.wanted) and shape_of(got) == () and not is_true_or_false(got):
        return forms["no truth"]
    return ""


def is_true_or_false(value: object) -> bool:
    """Tell whether a value is True or False, or an array of them."""
    return np.asarray(value).dtype.kind == "b"


def what_came(value: object) -> str:
    """Say what came in place of numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of {HELD.get(value.dtype.kind, value.dtype.name)}"
    if isinstance(value, (str, bytes)):
        return "text" if isinstance(value, str) else "bytes"
    return a(type(value).__name__)


# Its shape


def about_its_shape(wrong: WrongResult) -> str:
    """Say it if the shape is wrong: which axis is too many, missing, or of another size."""
    wanted = shape_of(wrong.shown.wanted)
    got = shape_of(wrong.shown.got)
    if got == wanted:
        return ""
    forms = GENERAL["forms"]
    if np.size(wrong.shown.got) == 0 and np.size(wrong.shown.wanted):
        return forms["empty"]
    if len(got) == len(wanted):
        return about_a_length(wrong)
    if all(np.size(each.wanted) == np.size(each.got) for each in wrong.comparable):
        return forms["as many numbers"]
    form = "fewer axes" if len(got) < len(wanted) else "more axes"
    return forms[form].format(wanted=counted(len(wanted)), got=counted(len(got)))


def counted(axes: int) -> str:
    """Say how many axes there are."""
    return {0: "no axis", 1: "1 axis"}.get(axes, f"{axes} axes")


def about_a_length(wrong: WrongResult) -> str:
    """Say along which axis the length is wrong, and what it is instead."""
    wanted = shape_of(wrong.shown.wanted)
    got = shape_of(wrong.shown.got)
    axes = wrong.shown.axes
    axis = next(i for i in range(len(wanted)) if wanted[i] != got[i])
    letter = axes[axis] if axis < len(axes) else ""
    where = f"along axis {axis}, which should count `{letter}`," if letter else f"along axis {axis}"
    with_that_axis = [
        each
        for each in wrong.comparable
        if len(shape_of(each.got) or ()) == len(shape_of(each.wanted)) > axis
    ]
    wanted_lengths = [shape_of(each.wanted)[axis] for each in with_that_axis]
    got_lengths = [shape_of(each.got)[axis] for each in with_that_axis]
    forms = GENERAL["forms"]
    off = {is_ - should_be for is_, should_be in zip(got_lengths, wanted_lengths)}
    if off in ({1}, {-1}) and len(with_that_axis) == len(wrong.comparable) > 1:
        return forms["one off"].format(where=where, side="long" if off == {1} else "short")
    for name, lengths in sizes_in_all(wrong.comparable):
        if lengths == got_lengths:
            return forms["another axis"].format(where=where, name=name)
    return forms["another size"].format(where=where, wanted=wanted[axis], got=got[axis])


# Its entries


def about_its_entries(
    wrong: WrongResult,
    exercise: Exercise,
    function: Callable,
    attempts: Sequence[Attempt],
    shown: Attempt,
) -> str:
    """Say which entry differs first and what the wrong ones share, and ask what leads on."""
    difference = find_difference(wrong.shown, wrong.comparable)
    sentence = ""
    if difference:
        sentence = GENERAL["entries"][difference.name].format(**difference.fields)
    if shown.is_edge:
        question = about_a_warning(shown)
    elif leaves_unfilled(function):
        question = GENERAL["questions"]["unfilled"]
    else:
        question = question_about(exercise, attempts, shown)
    return f"{sentence} {question}".strip()


#: The most letters of arguments that are named in passing; twice as many will do for a pencil.
SHORT = 60


def question_about(exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    questions = GENERAL["questions"]
    right_before = [
        case_in_numbers(exercise, attempt.arguments)
        for attempt in attempts[: attempts.index(shown)]
    ]
    short = [words for words in right_before if len(words) <= SHORT]
    if short:
        return questions["right before"].format(short[-1])
    if len(case_in_numbers(exercise, shown.arguments)) <= 2 * SHORT:
        return questions["by hand"]
    return first_hint(exercise)
