"""Nothing but the right result is called right: each solution's is spoilt a little, in every way.

A spoilt result is refused, or right all the same: of whole numbers, say, nothing is lost by rounding.
It is then excused, if each right result is whole, of arguments that are drawn, too.
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


def is_same(one, other, atol):
    """Tell whether two results agree, by a measure of the tests' own."""
    if isinstance(one, (tuple, list)):
        return all(is_same(*pair, atol) for pair in zip(one, other, strict=True))
    return one is other or np.allclose(other, one, rtol=1e-8, atol=atol, equal_nan=True)


def is_right_all_the_same(exercise, change):
    """Tell whether a change leaves results right: of the last case, and of arguments drawn."""
    rng = np.random.default_rng(7)
    draws = [exercise.random_case(rng) for _ in range(20)] if exercise.random_case else []
    results = [exercise.reference(*copy.deepcopy(each)) for each in (*draws, exercise.cases[-1])]
    return all(is_same(each, spoil(change, each), exercise.atol) for each in results)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_result_is_refused_or_right_all_the_same(name, how):
    exercise = EXERCISES[name]
    change = SPOILT[how]
    answer = named(lambda *given: spoil(change, exercise.reference(*given)), name)
    can_be_tiny = name not in NEVER_TINY
    is_excused = not can_be_tiny if how == "+ 1e-9" else is_right_all_the_same(exercise, change)
    # Two ways to measure a slope agree no better.
    is_excused |= (name, how) == ("check_gradient", "+ 1e-6 of it")
    assert check_answer(exercise, answer).kind != "right" or is_excused, (
        f"{locations.entry(name)}: a result passes that was spoilt ({how}): write a case against it"
    )
