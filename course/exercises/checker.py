"""Try an answer case by case, reply to the first that goes wrong, and name the mistake behind it."""

import contextlib
import copy
import functools
import numbers
import re
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from course.exercises import diagnosis
from course.exercises.attempt import (
    Attempt,
    Outcome,
    call,
    is_a_stub,
    operations_in,
)
from course.exercises.comparison import differ_visibly, identical, is_several, matches, shape_of
from course.exercises.exercise import Exercise, Mistake, as_function
from course.exercises.library import librarys_own
from course.exercises.parts import parts_of
from course.exercises.reply import Fault, Reply
from course.exercises.texts import GENERAL
from course.exercises.words import (
    an,
    case_in_words,
    digits_apart,
    error_in_words,
    grid_of,
    kind_of,
    letters_of,
)

#: Mistakes that can be made in any exercise with one result.
ANYWHERE: tuple[Mistake, ...] = tuple(Mistake(*pair) for pair in GENERAL["any"].items())
#: How many seconds of the processor may pass in search of the reason once a case has gone wrong.
SECONDS_FOR_A_REASON = 1.5


class BrokenKey(RuntimeError):
    """Raised where the answer key itself raises: a fault of the course, not of the answer."""


def check_answer(exercise: Exercise, function: Callable) -> Reply:
    """Try a function on the cases of an exercise, and reply to the first that goes wrong.

    Meanwhile the library is its own, and NumPy's settings are what they were at first.

    Raises:
        BrokenKey: the answer key itself raises.
    """
    if is_a_stub(function):
        return Reply(exercise.name, "not attempted", next_step=GENERAL["next"]["not attempted"])
    with librarys_own(), settings_kept():
        wanted = wanted_outcomes(exercise)
        attempts = []
        for number, case in enumerate(exercise.all_cases):
            is_edge = number >= len(exercise.cases)
            outcome = call(function, case, prints=number == 0)
            attempts.append(Attempt(case, outcome, wanted[number], is_edge))
            fault = find_fault(exercise, function, attempts[-1])
            if fault or (is_edge and outcome.warned):
                return wrong_reply(exercise, function, attempts, fault)
        if draws_at_random(attempts[-1]):
            fault = left_to_chance(function, attempts[-1])
            if fault:
                return wrong_reply(exercise, function, attempts, fault)
    return Reply(
        exercise.name,
        "right",
        notice=notice(exercise, attempts[-1]),
        questions=questions(exercise, function),
    )


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Put back how NumPy warns and prints, and how deep calls go."""
    depth = sys.getrecursionlimit()
    try:
        with np.errstate(all="ignore"), np.printoptions():
            yield
    finally:
        sys.setrecursionlimit(depth)


@functools.cache
def wanted_outcomes(exercise: Exercise) -> tuple[Outcome, ...]:
    """Return what the key makes of each case: once, before an answer is called, and for good.

    Raises:
        BrokenKey: it raises.
    """
    wanted = tuple(call(exercise.reference, case) for case in exercise.all_cases)
    for outcome in wanted:
        if outcome.error:
            raise BrokenKey(
                f"the answer key to {exercise.name} raised {outcome.error}. That is a fault of the "
                "course, not of your answer: please report it. Until it is fixed, this exercise "
                "cannot be checked."
            )
    return wanted


# What is wrong with one case


def find_fault(exercise: Exercise, function: Callable, attempt: Attempt) -> Fault | None:
    """Compare what an answer made of a case with what the key makes of it."""
    outcome = attempt.outcome
    if outcome.error:
        return Fault("raises", happened=error_in_words(exercise, attempt))
    name = changed_argument(exercise, attempt)
    if name:
        happened = change_in_words(name, exercise, function, attempt)
        is_right = matches(attempt.wanted.result, outcome.result, atol=exercise.atol)
        headline = "right values, but an argument is changed" if is_right else ""
        return Fault("wrong value", happened=happened, headline=headline, asks=True)
    odd = what_is_odd(outcome.result)
    if odd and attempt.wanted.result is not None:
        sentence = GENERAL["next"]["odd"].format(what=odd)
        return Fault("wrong value", happened=sentence, asks=True)
    fault = first_objection(exercise, outcome)
    if not fault and exercise.one_is_right:
        fault = first_wrong_part(exercise, attempt)
    if fault and not fault.asks:
        return left_to_chance(function, attempt) or fault
    return fault


def changed_argument(exercise: Exercise, attempt: Attempt) -> str | None:
    """Return the name of an argument that the answer changed, and the key leaves as it was."""
    after_both = zip(attempt.wanted.arguments, attempt.outcome.arguments)
    for name, before, (after_key, after) in zip(exercise.arguments, attempt.arguments, after_both):
        if identical(before, after_key) and not identical(before, after):
            return name
    return None


#: How a line changes an array, and the name of the sentence that says how else it could be done.
CHANGED_BY: dict[str, str] = {
    r"^(?!.*[-+*/]=).*\bnp\.(maximum|minimum)\(": "changes a third",
    r"\.(shuffle|sort|fill|resize|partition|put)\(": "changes by a method",
    r"[-+*/@%&|^]=": "changes by an operator",
    r"\]\s*=[^=]": "changes entries",
}


def change_in_words(name: str, exercise: Exercise, function: Callable, attempt: Attempt) -> str:
    """Say that an argument is changed, in which line, and what would leave it alone."""
    place = exercise.arguments.index(name)
    line = call(function, attempt.arguments, frozen=place).line
    is_a_list = isinstance(attempt.arguments[place], list)
    way = "changes a list" if is_a_list and not line else "changes"
    for pattern, sentence in CHANGED_BY.items():
        if re.search(pattern, line):
            way = sentence
            break
    where = f" in the line `{line}`" if line else ""
    return GENERAL["next"][way].format(name=name, where=where, line=line)


def what_is_odd(result: object) -> str:
    """Say what came in the place of plain numbers: a matrix breaks the training far from here."""
    if is_several(result):
        return next(filter(None, map(what_is_odd, result)), "")
    if not isinstance(result, np.ndarray):
        is_plain = isinstance(result, (int, float, complex, np.number))
        is_odd = isinstance(result, numbers.Number) and not is_plain
        return an(type(result).__name__) if is_odd else ""
    if isinstance(result, np.ma.MaskedArray):
        return "a masked array"
    if type(result) not in (np.ndarray, np.memmap):
        return an(f"`{type(result).__name__}`")
    return "an array of objects" if result.dtype.kind == "O" else ""


def first_objection(exercise: Exercise, outcome: Outcome) -> Fault | None:
    """Return the first objection that applies; none where the exercise has none."""
    if not exercise.objections:
        return None
    try:
        view = exercise.view(outcome.arguments, outcome.result)
        for objection in exercise.objections:
            if objection.applies(view):
                sentence = objection.sentence.format_map(Attributes(view))
                return Fault("wrong value", happened=sentence, asks=objection.asks)
    except Exception:  # the predicates expect a result of about the right form
        wanted = "the form that the task describes"
        got = kind_of(outcome.result)
        return Fault("wrong shape", wanted=wanted, got=got, asks=outcome.result is None)
    return None


class Attributes(dict):
    """The attributes of an object, by their names, for the ``{fields}`` of a sentence."""

    def __init__(self, of: object) -> None:
        """Take them from any object."""
        self.of = of

    def __missing__(self, name: str) -> object:
        return getattr(self.of, name)


def first_wrong_part(exercise: Exercise, attempt: Attempt) -> Fault | None:
    """Compare results, and arguments that are to be changed, with the key's."""
    parts = parts_of(exercise, attempt)
    if parts is None:
        got = attempt.outcome.result
        wanted = f"{len(attempt.wanted.result)} results"
        return Fault("wrong shape", wanted=wanted, got=kind_of(got), asks=got is None)
    right = [part.name for part in parts if part.name and part.is_right]
    for part in parts:
        if shape_of(part.got) != shape_of(part.wanted):
            letters = letters_of(part.got, exercise, attempt)
            wanted = kind_of(part.wanted, part.axes)
            got = kind_of(part.got, letters)
            is_none = part.got is None
            return Fault("wrong shape", part=part.name, wanted=wanted, got=got, asks=is_none)
        if not part.is_right:
            digits = digits_apart(part.wanted, part.got)
            return Fault(
                "wrong value",
                part=part.name,
                wanted=grid_of(part.wanted, digits),
                got=grid_of(part.got, digits),
                right_so_far=tuple(right),
            )
        if part.lost_digits:
            sentence = GENERAL["next"]["narrow"].format(dtype=part.got.dtype, wanted="float64")
            name = f"{part.name}: " if part.name else ""
            headline = "too few digits"
            return Fault("wrong value", happened=f"{name}{sentence}", headline=headline, asks=True)
    return None


def draws_at_random(attempt: Attempt) -> bool:
    """Tell whether an answer is given a generator to draw from."""
    return any(isinstance(value, np.random.Generator) for value in attempt.arguments)


def left_to_chance(function: Callable, attempt: Attempt) -> Fault | None:
    """Find out whether an answer to the same question comes out differently the second time."""
    again = call(function, attempt.arguments)
    if attempt.outcome.error or again.error:
        return None
    if not differ_visibly(attempt.outcome.result, again.result):
        return None
    if draws_at_random(attempt):
        name = "again"
    elif {"empty", "empty_like"} & operations_in(function):
        name = "by memory"
    else:
        name = "by chance"
    return Fault("wrong value", happened=GENERAL["next"][name], asks=True)


# The reply


def wrong_reply(
    exercise: Exercise, function: Callable, attempts: list[Attempt], fault: Fault | None
) -> Reply:
    """Return the reply to the first fault, or to a warning where the value is right.

    Args:
        exercise: what is asked.
        function: the answer.
        attempts: what it made of the cases so far; the last is the one that went wrong.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    shown = attempts[-1]
    asks_already = fault is not None and fault.asks
    # An objection asks its own question, and says what is unstable.
    is_unstable = shown.is_edge and (not asks_already or bool(exercise.objections))
    latest = time.process_time() + SECONDS_FOR_A_REASON
    attempts = with_the_others(exercise, function, attempts, latest)
    is_objection = asks_already and exercise.is_compared  # which says what is wrong
    reason = "" if is_objection else likely_reason(exercise, attempts, latest)
    next_step = ""
    if not reason and not asks_already:
        next_step = diagnosis.find_next_step(exercise, function, attempts, shown, fault)
    return Reply(
        exercise.name,
        "unstable" if is_unstable else fault.kind,
        case=case_in_words(exercise, shown.arguments),
        fault=fault,
        warned=", ".join(sorted(shown.outcome.warned)) if shown.is_edge else "",
        reason=reason,
        next_step=next_step,
    )


def with_the_others(
    exercise: Exercise, function: Callable, attempts: list[Attempt], latest: float
) -> list[Attempt]:
    """Try the other cases that one cause would explain too, as far as the time allows.

    One cause explains the ordinary cases; where an edge case went wrong, it explains them all.
    """
    attempts = list(attempts)
    is_edge = attempts[-1].is_edge
    cases = exercise.all_cases if is_edge else exercise.cases
    for number in range(len(attempts), len(cases)):
        if time.process_time() > latest:
            break
        outcome = call(function, cases[number])
        wanted = wanted_outcomes(exercise)[number]
        attempts.append(Attempt(cases[number], outcome, wanted, number >= len(exercise.cases)))
    return attempts


def notice(exercise: Exercise, attempt: Attempt) -> str:
    """Return what a right answer is told; where many are right, also what it reached."""
    if exercise.one_is_right:
        return exercise.notice
    view = exercise.view(attempt.outcome.arguments, attempt.outcome.result)
    return exercise.notice.format_map(Attributes(view))


def questions(exercise: Exercise, function: Callable) -> tuple[str, ...]:
    """Return what a right answer is asked about: habits that the solution does not have."""
    habits = operations_in(function) - operations_in(exercise.shown)
    has_arrays = any(shape_of(value) for case in exercise.cases for value in case)
    if exercise.loops_allowed or not has_arrays:
        habits.discard("a loop")
    asked = [question for habit, question in GENERAL["habits"].items() if habit in habits]
    return tuple(dict.fromkeys(asked))  # each once


# Known mistakes


def likely_reason(exercise: Exercise, attempts: list[Attempt], latest: float) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does.

    Args:
        exercise: what is asked.
        attempts: what the answer made of the cases.
        latest: the time of the processor at which the search ends.
    """
    wanted = [attempt.wanted for attempt in attempts]
    if explains(wanted, attempts, exercise.atol):
        return ""  # the numbers are right: what is wrong is how they came about
    for mistake in (*exercise.mistakes, *anywhere(exercise)):
        if time.process_time() > latest:
            return ""
        outcomes = (outcome_of(exercise, mistake.code, number) for number in range(len(attempts)))
        if explains(outcomes, attempts, exercise.atol):
            return mistake.sentence
    return ""


def anywhere(exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that can be made anywhere; those about 1/n only where there are examples."""
    has_examples = exercise.argument_shapes[0].axes[:1] == ["n"]
    return [mistake for mistake in ANYWHERE if has_examples or "len(" not in mistake.code]


@functools.cache
def outcome_of(exercise: Exercise, code: str, number: int) -> Outcome:
    """Return what a mistake comes to in one of the cases: always the same, so it is tried once."""
    wanted = copy.deepcopy(wanted_outcomes(exercise)[number].result)
    return call(as_function(exercise, code, wanted=wanted), exercise.all_cases[number])


def explains(outcomes: Iterator[Outcome], attempts: list[Attempt], atol: float) -> bool:
    """Tell whether what a mistake came to is what an answer came to, in all cases."""
    exact = any(attempt.is_edge for attempt in attempts)
    errors = 0
    is_in_other_words = False
    for outcome, attempt in zip(outcomes, attempts):
        if not same_outcome(outcome, attempt.outcome, exact, atol):
            return False
        errors += bool(outcome.error)
        is_in_other_words |= outcome.error != attempt.outcome.error
    # Where it often returns a result, an error elsewhere may be put in other words. Otherwise the
    # words of the error are all that is known of the answer.
    return not is_in_other_words or 2 * errors <= len(attempts)


def same_outcome(one: Outcome, other: Outcome, exact: bool, atol: float) -> bool:
    """Tell whether two calls came to the same: result, kind of error, arguments, warnings."""
    if one.kind_of_error != other.kind_of_error:
        return False
    if not matches(one.result, other.result, exact, atol):
        return False
    if not matches(one.arguments, other.arguments, exact):
        return False
    if exact and (one.warned, dtype_of(one.result)) != (other.warned, dtype_of(other.result)):
        return False
    # Many steps lead to nan, and not all by the same operation.
    return (
        is_finite(one.result)
        or not (one.warned and other.warned)
        or bool(one.warned & other.warned)
    )


def dtype_of(result: object) -> str:
    """Return the dtype of a result, if it is one array or number of NumPy's."""
    return str(result.dtype) if isinstance(result, (np.ndarray, np.generic)) else ""


def is_finite(result: object) -> bool:
    """Tell whether no number of a result is nan or infinite."""
    if is_several(result):
        return all(map(is_finite, result))
    is_number = shape_of(result) is not None and np.asarray(result).dtype.kind == "f"
    return not is_number or bool(np.isfinite(result).all())
