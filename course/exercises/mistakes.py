"""Known mistakes: which of them, run on the same cases, comes to what an answer came to."""

import copy
import functools
import linecache
import re
import time
import types
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from course.exercises.attempt import Attempt, Outcome, call, wanted_outcomes
from course.exercises.comparison import matches, shape_of
from course.exercises.exercise import Exercise, Mistake
from course.exercises.texts import GENERAL

#: Mistakes that can be made in any exercise, by what it must have.
ANYWHERE: dict[str, list[Mistake]] = {
    kind: [Mistake(*pair) for pair in sentences.items()]
    for kind, sentences in GENERAL.items()
    if kind.startswith("any")
}


def likely_reason(attempts: Sequence[Attempt], latest: float) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does.

    Args:
        attempts: what the answer made of the cases.
        latest: the time of the processor at which the search ends.
    """
    exercise = attempts[0].exercise
    if explains((attempt.wanted for attempt in attempts), attempts):
        return ""  # the numbers are right: what is wrong is how they came about
    for mistake in (*exercise.mistakes, *mistakes_anywhere(exercise)):
        if time.process_time() > latest:
            return ""
        outcomes = (outcome_of(exercise, mistake.code, number) for number in range(len(attempts)))
        if explains(outcomes, attempts):
            return mistake.sentence
    return ""


def mistakes_anywhere(exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that can be made in any exercise like this one."""
    if len(exercise.result_shapes) > 1:
        return ANYWHERE["any with several results"]
    has_examples = exercise.argument_shapes[0].axes[:1] == ["n"]
    return ANYWHERE["any"] + (ANYWHERE["any with examples"] if has_examples else [])


@functools.cache
def outcome_of(exercise: Exercise, code: str, number: int) -> Outcome:
    """Return what a mistake comes to in one of the cases: always the same, so it is tried once."""
    wanted = copy.deepcopy(wanted_outcomes(exercise)[number].result)
    return call(as_function(exercise, code, wanted=wanted), exercise.all_cases[number])


def explains(outcomes: Iterable[Outcome], attempts: Sequence[Attempt]) -> bool:
    """Tell whether what a mistake came to is what an answer came to, in all cases."""
    exact = any(attempt.is_edge for attempt in attempts)
    errors = []
    for outcome, attempt in zip(outcomes, attempts):
        if not same_outcome(outcome, attempt.outcome, exact, attempt.exercise.atol):
            return False
        if outcome.error:
            errors.append(outcome.error == attempt.outcome.error)
    # Where it often returns a result, an error elsewhere may be put in other words. Otherwise the
    # words of the error are all that is known of the answer.
    return all(errors) or 2 * len(errors) <= len(attempts)


def same_outcome(one: Outcome, other: Outcome, exact: bool, atol: float) -> bool:
    """Tell whether two calls came to the same: result, type of error, arguments, warnings."""
    if one.error.partition(":")[0] != other.error.partition(":")[0]:
        return False
    if not matches(one.result, other.result, exact, atol):
        return False
    if not matches(one.arguments, other.arguments, exact):
        return False
    if exact and (one.warned, dtype_of(one.result)) != (other.warned, dtype_of(other.result)):
        return False
    # Many steps lead to nan, and not all by the same operation.
    have_warned = one.warned and other.warned
    return not have_warned or bool(one.warned & other.warned) or is_finite(one.result)


def dtype_of(result: object) -> str:
    """Return the dtype of a result, if it is one array or number of NumPy's."""
    return str(result.dtype) if isinstance(result, (np.ndarray, np.generic)) else ""


def is_finite(result: object) -> bool:
    """Tell whether no number of an array is nan or infinite."""
    is_number = shape_of(result) is not None and np.asarray(result).dtype.kind == "f"
    return not is_number or bool(np.isfinite(result).all())


# A mistake as a function


def as_body(code: str) -> str:
    """Return the body of a function; where the code is one expression, the body returns it."""
    is_statement = re.search(r"\b(return|yield)\b|^(for|import) ", code) or "\n" in code
    return code if is_statement else f"return {code}"


def as_function(exercise: Exercise, code: str, **names: object) -> Callable:
    """Make a function of an exercise's arguments from its body, or from one expression.

    In it ``key`` is the right answer and ``given`` the list of all arguments, and every name is
    known that the reference's module knows, or that is passed.
    """
    space = {**exercise.reference.__globals__, "np": np, "key": exercise.reference, **names}
    exec(compiled_answer(exercise, code), space)
    space["answer"].__defaults__ = exercise.reference.__defaults__
    return space["answer"]


@functools.cache
def compiled_answer(exercise: Exercise, code: str) -> types.CodeType:
    """Compile such a function, whose source a traceback then finds."""
    arguments = ", ".join(exercise.arguments)
    lines = [f"def answer({arguments}):", f"given = [{arguments}]", *as_body(code).splitlines()]
    source = "\n    ".join(lines) + "\n"
    file = f"<{exercise.name}: {code}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return compile(source, file, "exec")
