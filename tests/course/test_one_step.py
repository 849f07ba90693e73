"""No wrong answer passes: all one-step changes of each solution are refused, or compute the same."""

import copy
import functools
import warnings

import numpy as np
import pytest

from course.exercises import EXERCISES, checker
from course.exercises.checker import check_answer
from course.exercises.reply import Reply

from . import locations
from .mutants import mutants_of

pytestmark = pytest.mark.takes(seconds=8)

#: How often arguments are drawn.
TRIES = 40
#: Exercises with one defined result.
NAMES = [
    name for name, exercise in EXERCISES.items() if exercise.random_case and exercise.one_is_right
]


def _answer(exercise, source):
    space = dict(exercise.reference.__globals__)
    exec(source, space)
    return space[exercise.reference.__name__]


def _results(function, args):
    """Return what a function computes and what it leaves of its arguments, or None if it raises."""
    given = copy.deepcopy(args)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = function(*given)
    except Exception:
        return None
    several = result if isinstance(result, (tuple, list)) else [result]
    several = [] if result is None else list(several)
    return several + [part for arg in given if isinstance(arg, tuple) for part in arg]


@functools.cache
def drawn(exercise):
    """Return wide random and extreme input, each beside the reference's results."""
    rng = np.random.default_rng(2024)
    cases = [exercise.random_case(rng) for _ in range(TRIES)]
    return [(args, _results(exercise.reference, args)) for args in cases]


def computes_the_same(exercise, function):
    """Tell whether a function gives the reference's results, on wide random and extreme input."""
    small = 1e-7 if exercise.name == "check_gradient" else 0
    for args, wanted in drawn(exercise):
        got = _results(function, args)
        try:
            assert len(wanted) == len(got)
            for a, b in zip(wanted, got, strict=True):
                assert np.shape(a) == np.shape(b)
                scale = np.abs(np.asarray(a, float)).max(initial=0) * 1e-9
                np.testing.assert_allclose(b, a, rtol=1e-6, atol=max(small, scale))
        except (AssertionError, TypeError, ValueError):
            return False
    return True


@pytest.mark.parametrize("name", NAMES)
def test_every_one_step_change_is_refused_or_computes_the_same(name, monkeypatch):
    exercise = EXERCISES[name]
    # Only whether a change is refused is asked: what it would be told costs more.
    monkeypatch.setattr(checker, "wrong_reply", lambda *_: Reply(name, "wrong value"))
    sources = mutants_of(exercise.reference)
    assert len(sources) >= 5, f"{locations.entry(name)}: it has too few steps to try"
    passed = []
    for source in sources:
        function = _answer(exercise, source)
        is_right = check_answer(exercise, function).kind == "right"
        if is_right and not computes_the_same(exercise, function):
            passed.append(source)
    assert not passed, (
        f"{locations.entry(name)}: write a case that refuses each of {len(passed)} wrong answers:\n"
        + "\n\n".join(passed)
    )


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_with_arguments_draws_some_at_random(name):
    exercise = EXERCISES[name]
    assert exercise.random_case or not exercise.arguments, (
        f"{locations.entry(name)}: write below its cases random_case=lambda rng: (...), which draws "
        "arguments at random, far apart and extreme"
    )
