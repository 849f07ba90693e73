"""What can be seen of a wrong answer that no known mistake explains, and what to ask about it.

In this order: the line that raised or of which NumPy warned; the order and number of several results;
the form of what came; its shape; a constant factor; and at last which entry differs first.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.attempt import Attempt, operations_in
from course.exercises.comparison import (
    NUMBERS,
    factor_between,
    is_numeric,
    is_several,
    matches,
    shape_of,
)
from course.exercises.exercise import Exercise
from course.exercises.parts import Part, parts_of
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL
from course.exercises.words import (
    an,
    axes_of_arguments,
    case_in_words,
    is_written_out,
    names_in_words,
)

FORMS = GENERAL["forms"]
PARTS = GENERAL["parts"]
#: The most letters of arguments that are named in passing; twice as many will do for a pencil.
SHORT = 60


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
    if not exercise.one_is_right:
        is_of_another_form = fault.kind == "wrong shape"
        return GENERAL["next"]["another form" if is_of_another_form else "by steps"]
    sentence = about_several(exercise, attempts, shown)
    if not sentence and parts_of(exercise, shown) is not None:
        sentence = about_one(exercise, function, attempts, shown, fault.part)
    if sentence:
        return sentence[:1].upper() + sentence[1:]
    return about_a_warning(shown) if shown.is_edge else GENERAL["next"]["by steps"]


# A line that NumPy warned of, or that raised


def about_a_warning(shown: Attempt) -> str:
    """Name the line of which NumPy warned, if it did."""
    if not shown.outcome.line or not shown.outcome.warned:
        return GENERAL["next"]["unstable"]
    return GENERAL["next"]["warned line"].format(shown.outcome.line)


def about_an_error(exercise: Exercise, shown: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    outcome = shown.outcome
    where = f"inside `{outcome.inside}`, " if outcome.inside else ""
    stops = f"It stops {where}in the line `{outcome.line}`"
    for words, question in GENERAL["stops"].items():
        if words in outcome.error:
            return f"{stops}: {question}" if outcome.line else question[:1].upper() + question[1:]
    if not outcome.line:
        return GENERAL["next"]["raises"]
    lines = [f"{stops}."]
    shapes_are_said = any(words in outcome.error for words in GENERAL["shapes"])
    names = [] if shapes_are_said else names_in_words(outcome.names, exercise, shown)
    question = "stopped" if names or shapes_are_said else "raises"
    return " ".join([*lines, *names, GENERAL["next"][question]])


# Several results at once


def about_several(exercise: Exercise, attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Say it if several results are right, and come in another order, number or form."""
    names = [shape.name for shape in exercise.result_shapes]
    if not all(is_several(attempt.wanted.result) for attempt in attempts):
        return ""
    pairs = [(attempt.wanted.result, attempt.outcome.result) for attempt in attempts]
    if all(isinstance(got, dict) for _, got in pairs):
        are_right = all(matches(wanted, tuple(got.values())) for wanted, got in pairs)
        return PARTS["in a dictionary"] if are_right else ""
    if all(matches(wanted, flattened(got)) for wanted, got in pairs):
        return PARTS["nested"]
    for i, name in enumerate(names):
        if all(i < len(wanted) and matches(wanted[i], got) for wanted, got in pairs):
            others = [other for other in names if other != name]
            others_in_words = " and ".join(others) if len(names) < 4 else "the others"
            return PARTS["one of them"].format(name=name, others=others_in_words)
    orders = itertools.permutations(range(len(names))) if len(names) < 5 else [()]
    for order in list(orders)[1:]:
        if all(
            len(wanted) == len(names) and matches(tuple(wanted[i] for i in order), got)
            for wanted, got in pairs
        ):
            return PARTS["in another order"]
    parts = parts_of(exercise, shown)
    if parts is None:
        return about_their_number(names, shown)
    shapes = [(shape_of(part.wanted), shape_of(part.got) or ()) for part in parts]
    wanted, got = zip(*shapes)
    return (
        PARTS["shapes in another order"] if sorted(wanted) == sorted(got) and wanted != got else ""
    )


def flattened(value: object) -> object:
    """Return what the tuples or lists in a tuple or list hold; None where it holds none."""
    is_nested = is_several(value) and all(map(is_several, value))
    return tuple(itertools.chain(*value)) if is_nested else None


def about_their_number(names: Sequence[str], shown: Attempt) -> str:
    """Say that one array came where several results are wanted, or too few, or too many."""
    got, wanted = shown.outcome.result, tuple(shown.wanted.result)
    if is_several(got):
        if len(got) > len(wanted) and matches(wanted, tuple(got[: len(wanted)])):
            return PARTS["some and more"].format(count=len(got) - len(wanted))
        is_begun = 0 < len(got) < len(wanted) <= len(names)
        if is_begun and matches(wanted[: len(got)], tuple(got)):
            return PARTS["some of them"].format(missing=", ".join(names[len(got) : len(wanted)]))
    if shape_of(got) is None or not all(names):
        return ""
    what = "one array" if shape_of(got) else "one number"
    if isinstance(got, (str, bytes)):
        what = what_came(got)
    *others, last = names[: len(wanted)]
    return PARTS["one array"].format(what=what, names=f"{', '.join(others)} and {last}")


# The result that is wrong


def about_one(
    exercise: Exercise,
    function: Callable,
    attempts: Sequence[Attempt],
    shown: Attempt,
    name: str,
) -> str:
    """Say what is wrong with one result: its form, its shape, a factor, or its entries."""
    place = [part.name for part in parts_of(exercise, shown)].index(name)
    part = parts_of(exercise, shown)[place]
    in_all_cases = [part_at(place, exercise, attempt) for attempt in attempts]
    if not is_numeric(part.wanted):
        return ""
    sentence = about_a_narrow_dtype(part) or about_its_form(part)
    if sentence:
        return sentence
    if shape_of(part.got) != shape_of(part.wanted):
        return about_its_shape(part, exercise, attempts, in_all_cases)
    if all(each is not None and each.has_its_shape for each in in_all_cases) and not shown.is_edge:
        wanted = [each.wanted_array for each in in_all_cases]
        factor = factor_between(wanted, [each.got_array for each in in_all_cases])
        if factor is not None:
            digits = 4 if abs(factor - 1) > 1e-3 else 8
            return GENERAL["entries"]["constant factor"].format(factor=f"{factor:.{digits}g}")
    return (
        f"{about_its_entries(part)} {question_about(exercise, function, attempts, shown)}".strip()
    )


def part_at(place: int, exercise: Exercise, attempt: Attempt) -> Part | None:
    """Return one of a case's results beside what is wanted; None if it did not come."""
    parts = parts_of(exercise, attempt)
    is_there = not attempt.outcome.error and parts is not None and place < len(parts)
    return parts[place] if is_there else None


def about_a_narrow_dtype(part: Part) -> str:
    """Say that a result is right but for a dtype of few digits."""
    if not part.has_its_shape:
        return ""
    dtype = np.asarray(part.got).dtype
    wanted_dtype = np.asarray(part.wanted).dtype
    if dtype.kind != "f" or wanted_dtype.kind != "f" or dtype.itemsize >= wanted_dtype.itemsize:
        return ""
    limits = np.finfo(dtype)
    rtol, atol = float(limits.eps) * 100, float(limits.tiny)
    if not np.allclose(part.wanted_array, part.got_array, rtol=rtol, atol=atol):
        return ""  # something else is wrong as well
    smallest = f"{limits.smallest_subnormal:.0e}"
    return FORMS["narrow dtype"].format(dtype=dtype, digits=limits.precision, smallest=smallest)


#: What an array holds that does not hold numbers, by NumPy's letter.
HELD: dict[str, str] = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}


def about_its_form(part: Part) -> str:
    """Say it if something else came than numbers, or a number where True or False is wanted."""
    got = part.got
    is_array_or_number = shape_of(got) is not None
    if isinstance(got, tuple) and len(got) > 1 and any(matches(part.wanted, each) for each in got):
        return FORMS["among others"]
    if callable(got) and not isinstance(got, type):
        return FORMS["not called"].format(name=getattr(got, "__name__", "it"))
    if is_array_or_number and np.iscomplexobj(got):
        return FORMS["complex"]
    wants_truth = np.asarray(part.wanted).dtype.kind == "b"
    is_truth = is_array_or_number and np.asarray(got).dtype.kind == "b"
    if part.has_its_shape and is_truth and not wants_truth:
        return FORMS["truth"]
    if not is_array_or_number or np.asarray(got).dtype.kind not in NUMBERS:
        form = "no array" if shape_of(part.wanted) else "no number"
        return FORMS[form].format(what=what_came(got))
    return FORMS["no truth"] if wants_truth and shape_of(got) == () and not is_truth else ""


def what_came(value: object) -> str:
    """Say what came in place of numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of {HELD.get(value.dtype.kind, value.dtype.name)}"
    if isinstance(value, (str, bytes)):
        return "text" if isinstance(value, str) else "bytes"
    return an(type(value).__name__)


# Its shape


def about_its_shape(
    part: Part,
    exercise: Exercise,
    attempts: Sequence[Attempt],
    in_all_cases: Sequence[Part | None],
) -> str:
    """Say which axis is too many, missing, or of another length."""
    wanted, got = shape_of(part.wanted), shape_of(part.got)
    if np.size(part.got) == 0 and np.size(part.wanted):
        return FORMS["empty"]
    if len(got) == len(wanted):
        return about_a_length(part, exercise, attempts, in_all_cases)
    if all(each and np.size(each.got) == np.size(each.wanted) for each in in_all_cases):
        return FORMS["as many numbers"]
    form = "fewer axes" if len(got) < len(wanted) else "more axes"
    return FORMS[form].format(wanted=len(wanted) or "none", got=axes_in_words(len(got)))


def axes_in_words(count: int) -> str:
    """Say how many axes there are."""
    return {0: "no axis", 1: "1 axis"}.get(count, f"{count} axes")


def about_a_length(
    part: Part,
    exercise: Exercise,
    attempts: Sequence[Attempt],
    in_all_cases: Sequence[Part | None],
) -> str:
    """Say along which axis the length is wrong, and what it is instead."""
    wanted, got = shape_of(part.wanted), shape_of(part.got)
    axis = next(i for i in range(len(wanted)) if wanted[i] != got[i])
    letter = part.axes[axis] if axis < len(part.axes) else ""
    where = f"along axis {axis}, which should count `{letter}`," if letter else f"along axis {axis}"
    lengths = [
        (length_of(each.got, axis), length_of(each.wanted, axis)) for each in in_all_cases if each
    ]
    if len(lengths) == len(in_all_cases) > 1 and all(None not in pair for pair in lengths):
        off = {is_ - should_be for is_, should_be in lengths}
        if off in ({1}, {-1}):
            return FORMS["one off"].format(where=where, side="long" if off == {1} else "short")
        for name, sizes in sizes_in_all_cases(exercise, attempts):
            if sizes == [is_ for is_, _ in lengths]:
                return FORMS["another axis"].format(where=where, name=name)
    return FORMS["another size"].format(where=where, wanted=wanted[axis], got=got[axis])


def length_of(value: object, axis: int) -> int | None:
    """Return an array's length along an axis; None if it has no such axis."""
    shape = shape_of(value) or ()
    return shape[axis] if axis < len(shape) else None


def sizes_in_all_cases(
    exercise: Exercise, attempts: Sequence[Attempt]
) -> list[tuple[str, list[int]]]:
    """Return each letter of the arguments with its size in every case, if that is not always one."""
    in_each_case = []
    for attempt in attempts:
        axes = axes_of_arguments(exercise, attempt.arguments).values()
        in_each_case.append(
            {
                letter: size
                for letters, value in zip(axes, attempt.arguments)
                for letter, size in zip(letters, shape_of(value) or ())
            }
        )
    letters = [each for each in in_each_case[0] if all(each in sizes for sizes in in_each_case)]
    sizes = [(letter, [sizes[letter] for sizes in in_each_case]) for letter in sorted(letters)]
    return [(letter, in_all) for letter, in_all in sizes if len({*in_all}) > 1]


# Its entries


def about_its_entries(part: Part) -> str:
    """Say how a number differs from what is wanted, or which entry differs first."""
    if np.size(part.wanted) == 1:
        return about_a_number(part)
    is_wrong, digits = wrong_entries(part)
    if not is_wrong.any():
        return ""
    place = tuple(int(i) for i in np.argwhere(is_wrong)[0])
    wanted, got = part.wanted_array, part.got_array
    if not np.isfinite(got).all():
        form = "not a number"
    elif is_wrong.all():
        form = "all entries"
    else:
        form = "one entry" if is_wrong.sum() == 1 else "some entries"
    return GENERAL["entries"][form].format(
        place=place_in_words(place),
        wanted=f"{wanted[place] + 0.0:.{digits}g}",  # a 0 has no sign
        got=f"{got[place] + 0.0:.{digits}g}",
        wrong=int(is_wrong.sum()),
        all=wanted.size,
    )


def about_a_number(part: Part) -> str:
    """Say how a single number differs from the one that is wanted."""
    kind = np.asarray(part.wanted).dtype.kind
    is_count = kind in "iu"
    is_place = is_count and np.ndim(part.wanted)  # a class is not too large or too small
    if kind == "b" or is_place:
        return ""
    wanted, got = part.wanted_array.item(), part.got_array.item()
    if not np.isfinite(got):
        words = "not an ordinary number"
    elif is_count:
        words = f"too {'large' if got > wanted else 'small'} by {abs(got - wanted):.4g}"
    elif got == 0 or abs(wanted) < 1e-9 * abs(got) or abs(got / wanted - 1) < 1e-3:
        words = f"off by {abs(got - wanted):.4g}"
    elif wanted * got < 0:
        words = "on the other side of 0"
    else:
        words = f"{got / wanted:.4g} times as large as it should be"
    return GENERAL["entries"]["a number"].format(comparison=words)


def wrong_entries(part: Part) -> tuple[np.ndarray, int]:
    """Return which entries are wrong, and how many digits it takes to see it."""
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        rtol = 10.0 ** (1 - digits)
        is_right = np.isclose(part.got_array, part.wanted_array, rtol=rtol, atol=0, equal_nan=True)
        if not is_right.all():
            break
    return ~is_right, digits


def place_in_words(place: tuple[int, ...]) -> str:
    """Say where an entry stands."""
    if len(place) == 1:
        return f"entry {place[0]}"
    if len(place) == 2:
        return f"row {place[0]}, column {place[1]}"
    return f"entry [{', '.join(map(str, place))}]"


def question_about(
    exercise: Exercise, function: Callable, attempts: Sequence[Attempt], shown: Attempt
) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    if shown.is_edge:
        return about_a_warning(shown)
    if {"empty", "empty_like"} & operations_in(function):
        return GENERAL["questions"]["unfilled"]
    before = attempts[: attempts.index(shown)]
    written_out = [each for each in before if is_written_out(each.arguments)]
    right_before = [case_in_words(exercise, each.arguments, True) for each in written_out]
    short = [words for words in right_before if len(words) <= SHORT]
    if short:
        return GENERAL["questions"]["right before"].format(short[-1])
    length = len(case_in_words(exercise, shown.arguments, in_numbers=True))
    if length <= 2 * SHORT and is_written_out(shown.arguments):
        return GENERAL["questions"]["by hand"]
    return GENERAL["next"]["by steps"]
