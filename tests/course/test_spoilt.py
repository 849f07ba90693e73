"""Nothing but the right result is called right: each solution's is spoilt a little, in every way.

A spoilt result is refused, or right all the same: of whole numbers, say, nothing is lost by rounding.
What every right result of an exercise is, it says in ``results_are``.
"""

import copy

import numpy as np
import pytest

from course.exercises import EXERCISES, checker
from course.exercises.checker import check_answer
from course.exercises.reply import Reply

from . import locations


@pytest.fixture(autouse=True)
def without_words(monkeypatch):
    """Ask only whether a result is refused: what would be said of it costs more."""
    monkeypatch.setattr(checker, "wrong_reply", lambda *_: Reply("softmax", "wrong value"))


#: Exercises with one defined result.
NAMES = [name for name, exercise in EXERCISES.items() if exercise.one_is_right]


def each(change):
    """Return what changes every array and number of a result, and keeps its form."""

    def changed(result):
        if isinstance(result, (tuple, list)):
            return type(result)(map(changed, result)) if type(result) in (tuple, list) else result
        return change(np.asarray(result)) if result is not None else None

    return changed


def turned(array):
    """Put the rows into another order."""
    return np.roll(array, 1, axis=0) if array.ndim else array


def has_rows(result):
    """Tell whether there is an array in a result."""
    if isinstance(result, (tuple, list)):
        return any(map(has_rows, result))
    return np.ndim(result) > 0 if result is not None else False


SPOILT = {
    "int": each(lambda array: array.astype(int)),
    "float16": each(lambda array: array.astype(np.float16)),
    "float32": each(lambda array: array.astype(np.float32)),
    "rounded to 3 digits": each(lambda array: np.round(array.astype(float), 3)),
    "+ 1e-6 of it": each(lambda array: array * (1 + 1e-6)),
    "+ 1e-9": each(lambda array: array + 1e-9),
    "rows turned": each(turned),
    "sorted": each(lambda array: np.sort(array, axis=-1) if array.ndim else array),
    "without signs": each(np.abs),
}

#: Of a result that is spoilt so and right all the same: what must be true of every right result.
EXCUSES = {
    "int": "whole",
    "float16": "whole",
    "rounded to 3 digits": "whole",
    "+ 1e-6 of it": "whole",
    "+ 1e-9": "never tiny",
    "without signs": "never negative",
}

#: What the results of a case are that refuses it where there is no such excuse.
NEEDED = {"whole": "fractions", "never tiny": "tiny", "never negative": "negative"}


def is_excused(exercise, how):
    """Tell whether a result that was spoilt is right all the same, and cannot but be."""
    result = exercise.reference(*copy.deepcopy(exercise.cases[-1]))
    if result is None:
        return True  # it returns nothing: it changes its arguments
    if how == "float32":
        return True  # the network may compute in it
    if how in ("rows turned", "sorted"):
        return not has_rows(result)
    if (exercise.name, how) == ("check_gradient", "+ 1e-6 of it"):
        return True  # two ways to measure do not agree better
    return EXCUSES[how] in exercise.results_are


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_result_is_refused_or_excused(name, how):
    exercise = EXERCISES[name]

    def answer(*arguments):
        return SPOILT[how](exercise.reference(*arguments))

    refused = check_answer(exercise, answer).kind != "right"
    excuse = EXCUSES.get(how)
    needed = NEEDED.get(excuse, "different in each row, and not in order")
    or_else = f'; or, if every right result is, add "{excuse}" to results_are' if excuse else ""
    assert refused or is_excused(exercise, how), (
        f"{locations.entry(name)}: a result passes that was spoilt ({how}): write a case whose results "
        f"are {needed}{or_else}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_that_changes_an_argument_is_refused(name):
    exercise = EXERCISES[name]

    def arrays_of(values):
        for value in values:
            if isinstance(value, np.ndarray):
                yield value
            elif isinstance(value, (tuple, list)):
                yield from arrays_of(value)

    def spoils(*arguments):
        result = copy.deepcopy(exercise.reference(*arguments))
        for array in arrays_of(arguments):
            array[...] = array + (1 if array.dtype.kind in "iu" else 1.5) if array.size else array
        return result

    has_arrays = any(True for _ in arrays_of(exercise.cases[-1]))
    reply = check_answer(exercise, spoils)
    assert (reply.kind == "right") != has_arrays, reply


@pytest.mark.parametrize("name", NAMES)
def test_an_argument_or_a_view_of_it_is_no_answer(name):
    exercise = EXERCISES[name]
    for place in range(len(exercise.cases[0])):
        for view in (lambda a: a, lambda a: a[:], lambda a: a[::-1], lambda a: a.T):

            def answer(*arguments, place=place, view=view):
                return view(arguments[place])

            assert check_answer(exercise, answer).kind != "right", (
                f"{locations.entry(name)}: write a case whose result is none of its arguments"
            )
