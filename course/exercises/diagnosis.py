"""What can be seen of a wrong answer that no known mistake explains, and what to ask about it.

In this order: the line that raised or of which NumPy warned; the order and number of several results;
the form of what came; its shape; a constant factor; and at last which entry differs first.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.answer import operations_in
from course.exercises.attempt import Attempt, Part
from course.exercises.comparison import (
    ATOL,
    RTOL,
    is_narrow,
    is_numeric,
    is_several,
    matches,
    shape_of,
)
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL
from course.exercises.words import an, case_in_a_line, names_in_words, sizes_of_letters

FORMS = GENERAL["forms"]
PARTS = GENERAL["parts"]
#: The most letters of arguments that are named in passing; twice as many will do for a pencil.
SHORT = 60
#: How far the quotients of wrong results by right ones may differ, to be called one factor.
RTOL_FACTOR = 1e-6


def find_next_step(
    function: Callable, attempts: Sequence[Attempt], shown: Attempt, fault: Fault | None
) -> str:
    """Return a sentence on what can be seen of an answer, which asks a question.

    Args:
        function: the answer.
        attempts: what it made of each case that counts.
        shown: the one that the reply shows.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    if fault is None:
        return about_a_warning(shown)
    if fault.kind == "raises":
        return about_an_error(shown)
    if not shown.exercise.one_is_right:
        return GENERAL["next"]["another form" if fault.kind == "wrong shape" else "by steps"]
    sentence = about_several(attempts, shown)
    if not sentence and shown.parts:
        place = [part.name for part in shown.parts].index(fault.part)
        sentence = about_one(function, attempts, shown, place)
    if sentence:
        return sentence[:1].upper() + sentence[1:]
    return about_a_warning(shown) if shown.is_edge else GENERAL["next"]["by steps"]


# A line that NumPy warned of, or that raised


def about_a_warning(shown: Attempt) -> str:
    """Name the line of which NumPy warned, if it did."""
    if not shown.outcome.line or not shown.outcome.warned:
        return GENERAL["next"]["unstable"]
    return GENERAL["next"]["warned line"].format(shown.outcome.line)


def about_an_error(shown: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    outcome = shown.outcome
    where = f"inside `{outcome.inside}`, " if outcome.inside else ""
    stops = f"It stops {where}in the line `{outcome.line}`"
    for words, question in GENERAL["stops"].items():
        if words in outcome.error:
            return f"{stops}: {question}" if outcome.line else question[:1].upper() + question[1:]
    if not outcome.line:
        return GENERAL["next"]["raises"]
    shapes_are_said = any(words in outcome.error for words in GENERAL["shapes"])
    names = [] if shapes_are_said else names_in_words(outcome.names, shown)
    question = "stopped" if names or shapes_are_said else "raises"
    return " ".join([f"{stops}.", *names, GENERAL["next"][question]])


# Several results at once


def about_several(attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Say it if several results are right, and come in another order, number or form."""
    pairs = [(attempt.wanted.result, attempt.outcome.result) for attempt in attempts]
    if not all(is_several(wanted) for wanted, _ in pairs):
        return ""

    def are_right(change: Callable[[Sequence, object], tuple]) -> bool:
        """Tell whether what came is right once the change is made to what is wanted, or to it."""
        return all(matches(*change(wanted, got)) for wanted, got in pairs)

    if all(isinstance(got, dict) for _, got in pairs):
        values_are_right = are_right(lambda wanted, got: (wanted, tuple(got.values())))
        return PARTS["in a dictionary"] if values_are_right else ""
    if are_right(lambda wanted, got: (wanted, flattened(got))):
        return PARTS["nested"]
    names = [shape.name for shape in shown.exercise.result_shapes]
    for i, name in enumerate(names):
        if are_right(lambda wanted, got, i=i: (wanted[i : i + 1], (got,))):
            others = [other for other in names if other != name]
            others_in_words = " and ".join(others) if len(names) < 4 else "the others"
            return PARTS["one of them"].format(name=name, others=others_in_words)
    orders = itertools.permutations(range(len(names))) if len(names) < 5 else ()
    are_as_many = all(len(wanted) == len(names) for wanted, _ in pairs)
    for order in itertools.islice(orders, 1, None) if are_as_many else ():
        if are_right(lambda wanted, got, order=order: (tuple(wanted[i] for i in order), got)):
            return PARTS["in another order"]
    if shown.parts is None:
        return about_their_number(names, shown)
    wanted_shapes = [shape_of(part.wanted) for part in shown.parts]
    shapes = [shape_of(part.got) or () for part in shown.parts]
    is_mixed_up = sorted(wanted_shapes) == sorted(shapes) and wanted_shapes != shapes
    return PARTS["shapes in another order"] if is_mixed_up else ""


def flattened(value: object) -> object:
    """Return what the tuples or lists in a tuple or list hold; None where it holds none."""
    is_nested = is_several(value) and all(map(is_several, value))
    return tuple(itertools.chain(*value)) if is_nested else None


def about_their_number(names: Sequence[str], shown: Attempt) -> str:
    """Say that one array came where several results are wanted, or too few, or too many."""
    got, wanted = shown.outcome.result, tuple(shown.wanted.result)
    names = names[: len(wanted)]
    if is_several(got):
        if len(got) > len(wanted) and matches(wanted, tuple(got[: len(wanted)])):
            return PARTS["some and more"].format(count=len(got) - len(wanted))
        if 0 < len(got) < len(names) and matches(wanted[: len(got)], tuple(got)):
            return PARTS["some of them"].format(missing=", ".join(names[len(got) :]))
    if shape_of(got) is None or not all(names):
        return ""
    what = "one array" if shape_of(got) else "one number"
    if isinstance(got, (str, bytes)):
        what = what_came(got)
    *others, last = names
    return PARTS["one array"].format(what=what, names=f"{', '.join(others)} and {last}")


# The result that is wrong


def about_one(function: Callable, attempts: Sequence[Attempt], shown: Attempt, place: int) -> str:
    """Say what is wrong with one result: its form, its shape, a factor, or its entries."""
    part = shown.parts[place]
    if not is_numeric(part.wanted):
        return ""
    sentence = about_its_form(part)
    if sentence:
        return sentence
    in_all_cases = [part_at(place, attempt) for attempt in attempts]
    if not part.has_its_shape:
        return about_its_shape(attempts, part, in_all_cases)
    factor = None if shown.is_edge else constant_factor(in_all_cases)
    if factor is not None:
        digits = 4 if abs(factor - 1) > 1e-3 else 8
        return GENERAL["entries"]["constant factor"].format(factor=f"{factor:.{digits}g}")
    return f"{about_its_entries(part)} {question_about(function, attempts, shown)}".strip()


def part_at(place: int, attempt: Attempt) -> Part | None:
    """Return one of a case's results beside what is wanted; None if it did not come."""
    is_there = not attempt.outcome.error and attempt.parts and place < len(attempt.parts)
    return attempt.parts[place] if is_there else None


#: What an array holds that does not hold numbers, by NumPy's letter.
HELD: dict[str, str] = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}


def about_its_form(part: Part) -> str:
    """Say it if something else came than numbers of enough digits, or than True and False."""
    wanted, got = part.wanted, part.got
    if isinstance(got, tuple) and len(got) > 1 and any(matches(wanted, each) for each in got):
        return FORMS["among others"]
    if callable(got) and not isinstance(got, type):
        return FORMS["not called"].format(name=getattr(got, "__name__", "it"))
    kind = "" if shape_of(got) is None else np.asarray(got).dtype.kind
    wants_truth = np.asarray(wanted).dtype.kind == "b"
    if kind == "c":
        return FORMS["complex"]
    if not is_numeric(got):
        return FORMS["no array" if shape_of(wanted) else "no number"].format(what=what_came(got))
    if kind == "b" and part.has_its_shape and not wants_truth:
        return FORMS["truth"]
    if wants_truth and shape_of(got) == () and kind != "b":
        return FORMS["no truth"]
    if part.has_its_shape and is_narrow(got) and not is_narrow(wanted):
        limits = np.finfo(got.dtype)
        rtol, atol = float(limits.eps) * 100, float(limits.tiny)
        if np.allclose(wanted, got, rtol=rtol, atol=atol):
            smallest = f"{limits.smallest_subnormal:.0e}"
            return FORMS["narrow dtype"].format(
                dtype=got.dtype, digits=limits.precision, smallest=smallest
            )
    return ""


def what_came(value: object) -> str:
    """Say what came in place of numbers."""
    if isinstance(value, np.ndarray):
        return f"an array of {HELD.get(value.dtype.kind, value.dtype.name)}"
    if isinstance(value, (str, bytes)):
        return "text" if isinstance(value, str) else "bytes"
    return an(type(value).__name__)


# Its shape


def about_its_shape(
    attempts: Sequence[Attempt], part: Part, in_all_cases: Sequence[Part | None]
) -> str:
    """Say which axis is too many, missing, or of another length."""
    wanted, got = shape_of(part.wanted), shape_of(part.got)
    if np.size(part.got) == 0 and np.size(part.wanted):
        return FORMS["empty"]
    if len(got) == len(wanted):
        return about_a_length(attempts, part, in_all_cases)
    if all(each and np.size(each.got) == np.size(each.wanted) for each in in_all_cases):
        return FORMS["as many numbers"]
    form = "fewer axes" if len(got) < len(wanted) else "more axes"
    axes = {0: "no axis", 1: "1 axis"}.get(len(got), f"{len(got)} axes")
    return FORMS[form].format(wanted=len(wanted) or "none", got=axes)


def about_a_length(
    attempts: Sequence[Attempt], part: Part, in_all_cases: Sequence[Part | None]
) -> str:
    """Say along which axis the length is wrong, and what it is instead."""
    wanted, got = shape_of(part.wanted), shape_of(part.got)
    axis = next(i for i in range(len(wanted)) if wanted[i] != got[i])
    letter = part.axes[axis] if axis < len(part.axes) else ""
    where = f"along axis {axis}, which should count `{letter}`," if letter else f"along axis {axis}"
    shapes = [(shape_of(each.wanted), shape_of(each.got) or ()) for each in in_all_cases if each]
    if len(shapes) == len(attempts) > 1 and all(axis < min(map(len, pair)) for pair in shapes):
        lengths = [is_[axis] for _, is_ in shapes]
        off = {is_[axis] - should_be[axis] for should_be, is_ in shapes}
        if off in ({1}, {-1}):
            return FORMS["one off"].format(where=where, side="long" if off == {1} else "short")
        sizes = [sizes_of_letters(attempt) for attempt in attempts]
        for name in sorted(sizes[0]) if len({*lengths}) > 1 else ():
            if all(each.get(name) == {length} for each, length in zip(sizes, lengths)):
                return FORMS["another axis"].format(where=where, name=name)
    return FORMS["another size"].format(where=where, wanted=wanted[axis], got=got[axis])


# Its entries


def constant_factor(parts: Sequence[Part | None]) -> float | None:
    """Return the one factor by which a result is too large in all cases; None if there is none."""
    ratios = []
    for part in parts:
        if part is None or not (part.has_its_shape and is_numeric(part.got)):
            return None
        wanted, got = np.asarray(part.wanted, float), np.asarray(part.got, float)
        says_something = (got != 0) | (wanted != 0)  # where both are 0, any factor would do
        ratios += (got[says_something] / wanted[says_something]).tolist()
    if len(ratios) < 2 or not np.isfinite(ratios).all() or abs(ratios[0]) < ATOL:
        return None
    is_one = np.allclose(ratios, ratios[0], rtol=RTOL_FACTOR, atol=0.0)
    return ratios[0] if is_one and not np.allclose(ratios, 1, rtol=RTOL, atol=0) else None


def about_its_entries(part: Part) -> str:
    """Say how a number differs from what is wanted, or which entry differs first."""
    wanted, got = np.asarray(part.wanted, float), np.asarray(part.got, float)
    if wanted.size == 1:
        return about_a_number(part.wanted, wanted.item(), got.item())
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        is_wrong = ~np.isclose(got, wanted, rtol=10.0 ** (1 - digits), atol=0, equal_nan=True)
        if is_wrong.any():
            break
    else:
        return ""
    place = tuple(np.argwhere(is_wrong)[0].tolist())
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


def about_a_number(result: object, wanted: float, got: float) -> str:
    """Say how a single number differs from the one that is wanted."""
    kind = np.asarray(result).dtype.kind
    is_count = kind in "iu"
    if kind == "b" or (is_count and np.ndim(result)):  # a class is not too large or too small
        return ""
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


def place_in_words(place: tuple[int, ...]) -> str:
    """Say where an entry stands."""
    if len(place) == 1:
        return f"entry {place[0]}"
    if len(place) == 2:
        return f"row {place[0]}, column {place[1]}"
    return f"entry [{', '.join(map(str, place))}]"


def question_about(function: Callable, attempts: Sequence[Attempt], shown: Attempt) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    if shown.is_edge:
        return about_a_warning(shown)
    if {"empty", "empty_like"} & operations_in(function):
        return GENERAL["questions"]["unfilled"]
    before = map(case_in_a_line, attempts[: attempts.index(shown)])
    short = [words for words in before if 0 < len(words) <= SHORT]
    if short:
        return GENERAL["questions"]["right before"].format(short[-1])
    is_short = 0 < len(case_in_a_line(shown)) <= 2 * SHORT
    return GENERAL["questions"]["by hand"] if is_short else GENERAL["next"]["by steps"]
