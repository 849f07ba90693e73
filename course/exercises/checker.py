"""Try an answer case by case, reply to the first that goes wrong, and name the mistake behind it."""

import re
import time
from collections.abc import Callable

import numpy as np

from course.exercises.answer import is_a_stub, operations_in
from course.exercises.attempt import Attempt, call, settings_kept, try_case
from course.exercises.comparison import matches, shape_of
from course.exercises.diagnosis import find_next_step
from course.exercises.exercise import Exercise
from course.exercises.mistakes import likely_reason
from course.exercises.reply import Fault, Reply
from course.exercises.store import librarys_own
from course.exercises.texts import GENERAL
from course.exercises.words import (
    case_in_words,
    digits_apart,
    error_in_words,
    grid_of,
    kind_of,
    letters_of,
)

#: How many seconds of the processor may pass in search of the reason once a case has gone wrong.
SECONDS_FOR_A_REASON = 1.5


def check_answer(exercise: Exercise, function: Callable) -> Reply:
    """Try a function on the cases of an exercise, and reply to the first that goes wrong.

    Meanwhile the library is its own, and NumPy's settings are what they were at first.

    Raises:
        BrokenKey: the answer key itself raises.
    """
    if is_a_stub(function):
        return Reply(exercise.name, "not attempted", next_step=GENERAL["next"]["not attempted"])
    with librarys_own(), settings_kept():
        attempts = []
        for number in range(len(exercise.all_cases)):
            attempt = try_case(exercise, number, function, prints=number == 0)
            attempts.append(attempt)
            fault = find_fault(function, attempt)
            if fault or (attempt.is_edge and attempt.outcome.warned):
                return wrong_reply(function, attempts, fault)
        if draws_otherwise_again(function, attempt):
            fault = Fault("wrong value", happened=GENERAL["next"]["again"])
            return wrong_reply(function, attempts, fault)
    return right_reply(function, attempt)


# What is wrong with one case


def find_fault(function: Callable, attempt: Attempt) -> Fault | None:
    """Compare what an answer made of a case with what the key makes of it."""
    exercise, outcome = attempt.exercise, attempt.outcome
    if outcome.error:
        return Fault("raises", happened=error_in_words(attempt))
    if attempt.changed:
        return changed_argument(attempt.changed, function, attempt)
    if attempt.odd_type and attempt.wanted.result is not None:
        sentence = GENERAL["next"]["odd"].format(what=attempt.odd_type)
        return Fault("wrong value", happened=sentence)
    fault = first_objection(attempt) if exercise.objections else None
    return fault or (first_wrong_part(attempt) if exercise.one_is_right else None)


#: What predicates raise that expect a result of about the right form; a slip of theirs raises others.
ODD_FORM = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

#: How a line changes an array, and the name of the sentence that says how else it could be done.
CHANGED_BY: dict[str, str] = {
    r"^(?!.*[-+*/]=).*\bnp\.(maximum|minimum)\(": "changes a third",
    r"\.(shuffle|sort|fill|resize|partition|put)\(": "changes by a method",
    r"[-+*/@%&|^]=": "changes by an operator",
    r"\]\s*=[^=]": "changes entries",
}


def changed_argument(name: str, function: Callable, attempt: Attempt) -> Fault:
    """Say that an argument is changed, in which line, and what would leave it alone."""
    place = attempt.exercise.arguments.index(name)
    line = call(function, attempt.arguments, frozen=place).stop.line
    is_a_list = isinstance(attempt.arguments[place], list)
    ways = [sentence for pattern, sentence in CHANGED_BY.items() if re.search(pattern, line)]
    way = ways[0] if ways else "changes a list" if is_a_list and not line else "changes"
    where = f" in the line `{line}`" if line else ""
    is_right = matches(attempt.wanted.result, attempt.outcome.result, atol=attempt.exercise.atol)
    return Fault(
        "wrong value",
        happened=GENERAL["next"][way].format(name=name, where=where, line=line),
        headline="right values, but an argument is changed" if is_right else "",
    )


def first_objection(attempt: Attempt) -> Fault | None:
    """Return the first objection to a result that applies."""
    exercise, outcome = attempt.exercise, attempt.outcome
    # In an edge case it need not have to do with too large or too small numbers.
    headline = "nearly right" if attempt.is_edge else ""
    try:
        view = exercise.view(outcome.arguments, outcome.result)
        for objection in exercise.objections:
            if objection.applies(view):
                sentence = fill_fields(objection.sentence, view)
                return Fault("wrong value", happened=sentence, headline=headline)
    except ODD_FORM:
        wanted = "the form that the task describes"
        got = kind_of(outcome.result)
        return Fault("wrong shape", wanted=wanted, got=got, headline=headline)
    return None


def fill_fields(sentence: str, view: object) -> str:
    """Put the attributes of a view into the ``{fields}`` of a sentence."""
    names = re.findall(r"\{(\w+)", sentence)
    return sentence.format(**{name: getattr(view, name) for name in names})


def first_wrong_part(attempt: Attempt) -> Fault | None:
    """Compare results, and arguments that are to be changed, with the key's."""
    if attempt.parts is None:
        wanted = f"{len(attempt.wanted.result)} results"
        return Fault("wrong shape", wanted=wanted, got=kind_of(attempt.outcome.result))
    for part in attempt.parts:
        if not part.has_its_shape:
            return Fault(
                "wrong shape",
                part=part.name,
                wanted=kind_of(part.wanted, part.axes),
                got=kind_of(part.got, letters_of(part.got, attempt)),
            )
        if part.lost_digits:
            sentence = GENERAL["next"]["narrow"].format(dtype=part.got.dtype, wanted="float64")
            happened = f"{part.name}: {sentence}" if part.name else sentence
            return Fault("wrong value", happened=happened, headline="too few digits")
        if not part.is_right:
            digits = digits_apart(part.wanted, part.got)
            return Fault(
                "wrong value",
                part=part.name,
                wanted=grid_of(part.wanted, digits),
                got=grid_of(part.got, digits),
            )
    return None


def draws_otherwise_again(function: Callable, attempt: Attempt) -> bool:
    """Tell whether an answer that is given a generator draws from something else besides."""
    if not any(isinstance(value, np.random.Generator) for value in attempt.arguments):
        return False
    return not matches(attempt.outcome.result, call(function, attempt.arguments).result)


# The reply


def right_reply(function: Callable, attempt: Attempt) -> Reply:
    """Return what a right answer is told, and asked about habits that the solution does not have."""
    exercise, outcome = attempt.exercise, attempt.outcome
    notice = exercise.notice
    if not exercise.one_is_right:  # it also says what was reached
        notice = fill_fields(notice, exercise.view(outcome.arguments, outcome.result))
    habits = operations_in(function) - operations_in(exercise.solution)
    has_arrays = any(shape_of(value) for case in exercise.cases for value in case)
    if exercise.loops_allowed or not has_arrays:
        habits.discard("a loop")
    asked = [question for habit, question in GENERAL["habits"].items() if habit in habits]
    each_once = tuple(dict.fromkeys(asked))
    return Reply(exercise.name, "right", notice=notice, questions=each_once)


def wrong_reply(function: Callable, attempts: list[Attempt], fault: Fault | None) -> Reply:
    """Return the reply to the first fault, or to a warning where the value is right.

    Args:
        function: the answer.
        attempts: what it made of the cases so far; the last is the one that went wrong.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    failed = attempts[-1]
    exercise = failed.exercise
    asks_already = fault is not None and fault.asks
    # An objection asks its own question, and says what is unstable.
    is_unstable = failed.is_edge and (not asks_already or bool(exercise.objections))
    latest = time.process_time() + SECONDS_FOR_A_REASON
    attempts = with_the_others(function, attempts, latest)
    is_objection = asks_already and exercise.is_compared  # which says what is wrong
    reason = "" if is_objection else likely_reason(attempts, latest)
    is_one_of_several = fault is not None and fault.kind == "wrong value" and fault.part != ""
    is_explained = reason or asks_already
    return Reply(
        exercise.name,
        "unstable" if is_unstable else fault.kind,
        case=case_in_words(failed),
        fault=fault,
        right_so_far=right_in_all(attempts, failed) if is_one_of_several else (),
        warned=", ".join(sorted(failed.outcome.warned)) if failed.is_edge else "",
        reason=reason,
        next_step="" if is_explained else find_next_step(function, attempts, failed, fault),
    )


def right_in_all(attempts: list[Attempt], failed: Attempt) -> tuple[str, ...]:
    """Return the names of the results that are right in each case, not by chance in one of them."""
    return tuple(
        name
        for name in [part.name for part in failed.parts or ()]
        if all(part.is_right for each in attempts for part in each.parts or () if part.name == name)
    )


def with_the_others(function: Callable, attempts: list[Attempt], latest: float) -> list[Attempt]:
    """Try the other cases that one cause would explain too, as far as the time allows.

    One cause explains the ordinary cases; where an edge case went wrong, it explains them all.
    """
    exercise = attempts[-1].exercise
    cases = exercise.all_cases if attempts[-1].is_edge else exercise.cases
    others = []
    for number in range(len(attempts), len(cases)):
        if time.process_time() > latest:
            break
        others.append(try_case(exercise, number, function))
    return attempts + others
