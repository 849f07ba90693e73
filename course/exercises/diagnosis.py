"""What can be seen of a wrong answer that no known mistake explains, and what to ask about it.

In this order: the line that raised or of which NumPy warned; the order and number of several results;
the form of what came; its shape; a constant factor; and at last which entry differs first.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from course.exercises.answer import stubs_called_by
from course.exercises.attempt import Attempt, Part
from course.exercises.comparison import (
    ATOL,
    RTOL,
    is_numeric,
    is_several,
    matches,
    shape_of,
)
from course.exercises.reply import Fault
from course.exercises.texts import GENERAL
from course.exercises.words import (
    case_in_a_line,
    letters_by_size,
    names_in_words,
    unfit_shapes,
    with_article,
)

FORMS = GENERAL["forms"]
SEVERAL = GENERAL["parts"]
#: The most letters of arguments that are named in passing; twice as many will do for a pencil.
SHORT = 60
#: How far the quotients of wrong results by right ones may differ, to be called one factor.
RTOL_FACTOR = 1e-6


def find_next_step(
    function: Callable, attempts: Sequence[Attempt], failed: Attempt, fault: Fault | None
) -> str:
    """Return a sentence on what can be seen of an answer, which asks a question.

    Args:
        function: the answer.
        attempts: what it made of each case that counts.
        failed: the one that the reply shows.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    if fault is None:
        return about_a_warning(failed)
    if fault.kind == "raises":
        return about_an_error(function, failed)
    if not failed.exercise.one_is_right:
        return GENERAL["next"]["another form" if fault.kind == "wrong shape" else "by steps"]
    sentence = about_several(attempts, failed)
    if not sentence and failed.parts:
        place = [part.name for part in failed.parts].index(fault.part)
        sentence = about_one(attempts, failed, place)
    if sentence:
        return sentence[:1].upper() + sentence[1:]
    return about_a_warning(failed) if failed.is_edge else GENERAL["next"]["by steps"]


# A line that NumPy warned of, or that raised


def about_a_warning(failed: Attempt) -> str:
    """Name the line of which NumPy warned, if it did."""
    if not failed.outcome.stop.line or not failed.outcome.warned:
        return GENERAL["next"]["unstable"]
    return GENERAL["next"]["warned line"].format(failed.outcome.stop.line)


def about_an_error(function: Callable, failed: Attempt) -> str:
    """Name the line that raised, and ask what fits the error."""
    error, stop = failed.outcome.error, failed.outcome.stop
    if "NoneType" in error and (stubs := stubs_called_by(function)):
        return GENERAL["next"]["unfinished"].format(name=stubs[0])
    where = f"inside `{stop.inside}`, " if stop.inside else ""
    stops = f"It stops {where}in the line `{stop.line}`"
    if question := about_numpys_name(error):
        return f"{stops}: {question}"
    if stop.outside:
        name = stop.outside[0]
        return f"{stops}. {GENERAL['next']['outside'].format(name=name)}"
    for words, question in GENERAL["stops"].items():
        if words in error:
            return f"{stops}: {question}" if stop.line else question[:1].upper() + question[1:]
    if not stop.line:
        return GENERAL["next"]["raises"]
    shapes_are_said = unfit_shapes(error) != ""
    names = [] if shapes_are_said else names_in_words(stop.names, failed)
    question = "stopped" if names or shapes_are_said else "raises"
    return " ".join([f"{stops}.", *names, GENERAL["next"][question]])


def about_numpys_name(error: str) -> str:
    """Say it if a name is misspelt in NumPy, or lacks ``np.`` in front of it; or nothing."""
    misspelt = re.search(r"module 'numpy' has no attribute '(\w+)'", error)
    if misspelt and (close := difflib.get_close_matches(misspelt[1], dir(np), n=1)):
        return GENERAL["next"]["misspelt"].format(name=misspelt[1], close=close[0])
    unknown = re.search(r"name '(\w+)' is not defined", error)
    if unknown and hasattr(np, unknown[1]):
        return GENERAL["next"]["without np"].format(name=unknown[1])
    return ""


# Several results at once


def about_several(attempts: Sequence[Attempt], failed: Attempt) -> str:
    """Say it if something else came than so many results, or if their shapes are mixed up."""
    if not is_several(failed.wanted.result):
        return ""
    if failed.parts is None:
        return about_their_number(failed)
    is_in_order = all(part.has_its_shape for part in failed.parts)
    is_mixed_up = not is_in_order and all(map(has_the_shapes_wanted, attempts))
    return SEVERAL["shapes in another order"] if is_mixed_up else ""


def has_the_shapes_wanted(attempt: Attempt) -> bool:
    """Tell whether the results have the shapes that are wanted, in whatever order."""
    if attempt.outcome.error or not attempt.parts:
        return False
    wanted = Counter(shape_of(part.wanted) for part in attempt.parts)
    return wanted == Counter(shape_of(part.got) for part in attempt.parts)


def about_their_number(failed: Attempt) -> str:
    """Say which of several results came, and which did not; or that one array or number came."""
    wanted, got = failed.wanted.result, failed.outcome.result
    names = [shape.name for shape in failed.exercise.result_shapes][: len(wanted)]
    came = got if is_several(got) else [got]
    right = [name for name, one, other in zip(names, wanted, came) if matches(one, other)]
    if names == right:
        return SEVERAL["some and more"].format(count=len(came) - len(names))
    if right and len(right) == len(came):
        missing = names[len(right) :]
        return SEVERAL["some of them"].format(
            right=joined_by_and(right), missing=joined_by_and(missing)
        )
    if shape_of(got) is None or not all(names):
        return ""
    return SEVERAL["one array"].format(what=what_came(got), names=joined_by_and(names))


def joined_by_and(names: Sequence[str]) -> str:
    """Write names one after the other, with "and" before the last."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


# The result that is wrong


def about_one(attempts: Sequence[Attempt], failed: Attempt, place: int) -> str:
    """Say what is wrong with one result: its form, its shape, a factor, or its entries."""
    part = failed.parts[place]
    if not is_numeric(part.wanted):
        return ""
    if not is_numeric(part.got):
        if callable(part.got) and not isinstance(part.got, type):
            return FORMS["not called"].format(name=getattr(part.got, "__name__", "it"))
        form = "no array" if shape_of(part.wanted) else "no number"
        return FORMS[form].format(what=what_came(part.got))
    in_all_cases = [part_at(place, attempt) for attempt in attempts]
    if not part.has_its_shape:
        return about_its_shape(part, in_all_cases, attempts)
    wanted_kind, kind = (np.asarray(value).dtype.kind for value in (part.wanted, part.got))
    if (kind == "b") != (wanted_kind == "b"):
        return FORMS["truth" if kind == "b" else "no truth"]
    factor = None if failed.is_edge else constant_factor(in_all_cases)
    if factor is not None:
        digits = 4 if abs(factor - 1) > 1e-3 else 8
        return GENERAL["entries"]["constant factor"].format(factor=f"{factor:.{digits}g}")
    return f"{about_its_entries(part)} {question_about(attempts, failed)}".strip()


def what_came(value: object) -> str:
    """Say what came in place of numbers, or of several results."""
    held = {"U": "text", "S": "bytes", "O": "objects", "c": "complex numbers"}
    if isinstance(value, str):
        return "text"
    if shape_of(value):
        kind = held.get(np.asarray(value).dtype.kind)
        return f"an array of {kind}" if kind else "one array"
    return "one number" if is_numeric(value) else with_article(type(value).__name__)


def part_at(place: int, attempt: Attempt) -> Part | None:
    """Return one of a case's results beside what is wanted; None if it did not come."""
    parts = [] if attempt.outcome.error else attempt.parts or []
    return parts[place] if place < len(parts) else None


def about_its_shape(
    part: Part, in_all_cases: Sequence[Part | None], attempts: Sequence[Attempt]
) -> str:
    """Say which axis is too many, missing, or of another length."""
    wanted, got = shape_of(part.wanted), shape_of(part.got)
    if np.size(part.got) == 0 and np.size(part.wanted):
        return FORMS["empty"]
    if len(got) == len(wanted):
        axis = next(i for i in range(len(wanted)) if wanted[i] != got[i])
        letter = part.axes[axis] if axis < len(part.axes) else ""
        where = f"along axis {axis}" + (f", which should count `{letter}`," if letter else "")
        if name := axis_as_long(axis, in_all_cases, attempts):
            return FORMS["another axis"].format(where=where, name=name)
        return FORMS["another size"].format(where=where, wanted=wanted[axis], got=got[axis])
    if all(each and np.size(each.got) == np.size(each.wanted) for each in in_all_cases):
        return FORMS["as many numbers"]
    form = "fewer axes" if len(got) < len(wanted) else "more axes"
    axes = {0: "no axis", 1: "1 axis"}.get(len(got), f"{len(got)} axes")
    return FORMS[form].format(wanted=len(wanted) or "none", got=axes)


def axis_as_long(
    axis: int, in_all_cases: Sequence[Part | None], attempts: Sequence[Attempt]
) -> str:
    """Return the letter of the argument's axis that is as long as one of a result in every case."""
    lengths = set()
    letters = []
    for part, attempt in zip(in_all_cases, attempts):
        shape = shape_of(part.got) if part else None
        if not shape or axis >= len(shape):
            return ""
        lengths.add(shape[axis])
        letters.append(letters_by_size(attempt).get(shape[axis], set()))
    in_every_case = set.intersection(*letters)
    return min(in_every_case, default="") if len(lengths) > 1 else ""  # one length may be chance


def constant_factor(in_all_cases: Sequence[Part | None]) -> float | None:
    """Return the one factor by which a result is too large in all cases; None if there is none."""
    ratios = []
    for part in in_all_cases:
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
    """Say which entry of an array differs first."""
    wanted, got = np.asarray(part.wanted, float), np.asarray(part.got, float)
    if wanted.size == 1:  # which the reply shows already
        return ""
    for digits in (6, 10, 16):  # the coarser, the less is said of mere rounding
        is_wrong = ~np.isclose(got, wanted, rtol=10.0 ** (1 - digits), atol=0, equal_nan=True)
        if is_wrong.any():
            break
    else:
        return ""
    place = tuple(np.argwhere(is_wrong)[0].tolist())
    in_words = {1: "entry {}", 2: "row {}, column {}"}
    if not np.isfinite(got).all():
        form = "not a number"
    elif is_wrong.all():
        form = "all entries"
    else:
        form = "one entry" if is_wrong.sum() == 1 else "some entries"
    return GENERAL["entries"][form].format(
        place=in_words.get(len(place), f"entry {[*place]}").format(*place),
        wanted=f"{wanted[place] + 0.0:.{digits}g}",  # a 0 has no sign
        got=f"{got[place] + 0.0:.{digits}g}",
        wrong=int(is_wrong.sum()),
        all=wanted.size,
    )


def question_about(attempts: Sequence[Attempt], failed: Attempt) -> str:
    """Return what to ask where nothing more is known of an answer: about the case that it fails."""
    if failed.is_edge:
        return about_a_warning(failed)
    before = map(case_in_a_line, attempts[: attempts.index(failed)])
    short = [words for words in before if 0 < len(words) <= SHORT]
    if short:
        return GENERAL["questions"]["right before"].format(short[-1])
    is_short = 0 < len(case_in_a_line(failed)) <= 2 * SHORT
    return GENERAL["questions"]["by hand"] if is_short else GENERAL["next"]["by steps"]
