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
from .handed_in import named


@pytest.fixture(autouse=True)
def without_words(monkeypatch):
    """Ask only whether a result is refused: what would be said of it costs more."""
    monkeypatch.setattr(checker, "wrong_reply", lambda *_: Reply("softmax", "wrong value"))


#: Exercises with one defined result.
NAMES = [name for name, exercise in EXERCISES.items() if exercise.one_is_right]


#: What becomes of each array or number of a result; and what every right result must be (as its
#: exercise says in ``results_are``) where the spoilt one is right all the same.
SPOILT = {
    "int": (lambda a: a.astype(int), "whole"),
    "rounded to 3 digits": (lambda a: np.round(a.astype(float), 3), "whole"),
    "+ 1e-6 of it": (lambda a: a * (1 + 1e-6), "whole"),
    "+ 1e-9": (lambda a: a + 1e-9, "never tiny"),
    "without signs": (np.abs, "never negative"),
    "rows turned": (lambda a: np.roll(a, 1, axis=0) if a.ndim else a, "a number"),
    "sorted": (lambda a: np.sort(a, axis=-1) if a.ndim else a, "a number"),
}


def spoil(change, result):
    """Change every array and number of a result, and keep its form."""
    if type(result) in (tuple, list):
        return type(result)(spoil(change, part) for part in result)
    return result if result is None or isinstance(result, tuple) else change(np.asarray(result))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_result_is_refused_or_excused(name, how):
    exercise = EXERCISES[name]
    change, excuse = SPOILT[how]
    answer = named(lambda *given: spoil(change, exercise.reference(*given)), name)
    result = exercise.reference(*copy.deepcopy(exercise.cases[-1]))
    several = result if isinstance(result, (tuple, list)) else [result]
    excused = {*exercise.results_are}
    if not any(np.ndim(part) for part in several):
        excused.add("a number")
    if name == "check_gradient":  # two ways to measure do not agree better
        excused.add("whole")
    changes_its_arguments = result is None
    assert (
        check_answer(exercise, answer).kind != "right" or excuse in excused or changes_its_arguments
    ), (
        f"{locations.entry(name)}: a result passes that was spoilt ({how}): write a case that refuses "
        f"it, whose results are not {excuse}; or, if every right result is, say so in results_are"
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
        for view in (lambda a: a, lambda a: a[::-1]):
            answer = named(lambda *given, at=place, view=view: view(given[at]), name)
            assert check_answer(exercise, answer).kind != "right", (
                f"{locations.entry(name)}: write a case whose result is none of its arguments"
            )
