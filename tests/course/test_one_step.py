"""No wrong answer passes: neither a one-step change of a solution, nor its result spoilt a little.

Each is refused, or computes the same: of whole numbers, say, nothing is lost by rounding.
"""

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


def computes_the_same(exercise, function, rtol=1e-6):
    """Tell whether a function gives the reference's results, on wide random and extreme input."""
    small = 1e-7 if exercise.name == "check_gradient" else 0
    for args, wanted in drawn(exercise):
        got = _results(function, args)
        if got is None or [*map(np.shape, got)] != [*map(np.shape, wanted)]:
            return False
        for a, b in zip(wanted, got, strict=True):
            scale = np.abs(np.asarray(a, float)).max(initial=0) * 1e-9
            try:
                if not np.allclose(b, a, rtol=rtol, atol=max(small, scale), equal_nan=True):
                    return False
            except TypeError:  # of text, say
                return False
    return True


@pytest.fixture(autouse=True)
def without_words(monkeypatch):
    """Ask only whether an answer is refused: what would be said of it costs more."""
    monkeypatch.setattr(checker, "wrong_reply", lambda *_: Reply("softmax", "wrong value"))


@pytest.mark.parametrize("name", NAMES)
def test_every_one_step_change_is_refused_or_computes_the_same(name):
    exercise = EXERCISES[name]
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


#: What becomes of each array or number of a result.
SPOILT = {
    "int": lambda a: a.astype(int),
    "rounded to 3 digits": lambda a: np.round(a.astype(float), 3),
    "+ 1e-6 of it": lambda a: a * (1 + 1e-6),
    "+ 1e-9": lambda a: a + 1e-9,
    "without signs": np.abs,
    "rows turned": lambda a: np.roll(a, 1, axis=0) if a.ndim else a,
    "sorted": lambda a: np.sort(a, axis=-1) if a.ndim else a,
}
#: Exercises no result of which is so small that 1e-9 more would be seen.
NEVER_TINY = {
    "accuracy", "label_header", "one_hot", "class_means", "nearest_mean", "central_difference",
    "sigmoid", "softmax", "log_softmax", "check_gradient", "mended_gradients", "three_layer_gradients",
    "reliability", "standard_error_by_group", "loss_at_the_start", "class_bias", "max_pool",
    "divide_backward", "unbroadcast", "take_backward", "attention_weights", "sgd_update",
}  # fmt: skip


def spoil(change, result):
    """Change every array and number of a result, and keep its form."""
    if type(result) in (tuple, list):
        return type(result)(spoil(change, part) for part in result)
    return result if result is None or isinstance(result, tuple) else change(np.asarray(result))


@pytest.mark.parametrize("name", NAMES)
def test_a_spoilt_result_is_refused_or_the_same(name):
    exercise = EXERCISES[name]
    for how, change in SPOILT.items():
        # Two ways to measure a slope agree no better.
        if (name, how) == ("check_gradient", "+ 1e-6 of it") or (
            how == "+ 1e-9" and name in NEVER_TINY
        ):
            continue

        def answer(*given, change=change):
            return spoil(change, exercise.reference(*given))

        is_right = check_answer(exercise, answer).kind == "right"
        is_excused = how != "+ 1e-9" and computes_the_same(exercise, answer, rtol=1e-8)
        assert not is_right or is_excused, (
            f"{locations.entry(name)}: a result passes that was spoilt ({how}): write a case against it"
        )


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_with_arguments_draws_some_at_random(name):
    exercise = EXERCISES[name]
    assert exercise.random_case or not exercise.arguments, (
        f"{locations.entry(name)}: write below its cases random_case=lambda rng: (...), which draws "
        "arguments at random, far apart and extreme"
    )
