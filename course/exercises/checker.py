"""Try an answer: on small inputs first, then on edge cases, and reply to the first fault."""

import copy
import dataclasses
import dis
import functools
import time
import types
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from course.exercises.attempt import (
    Attempt,
    Outcome,
    call,
    call_key,
    code_of,
    leaves_unfilled,
    originals,
    spoil_memory,
    with_inner,
)
from course.exercises.comparison import is_several, matches, same_where_known, shape_of
from course.exercises.diagnosis import find_next_step
from course.exercises.exercise import Exercise, Mistake, as_function
from course.exercises.faults import Attributes, case_in_words, changes_in_passing, find_fault
from course.exercises.reply import Fault, Reply
from course.exercises.texts import GENERAL

#: Mistakes that can be made in any exercise with one result.
ANYWHERE: tuple[Mistake, ...] = tuple(Mistake(*pair) for pair in GENERAL["any"].items())
#: What Python's instructions are called in ``general.txt``.
VOCABULARY: dict[str, str] = {"FOR_ITER": "a loop"}
#: How many seconds of the processor may pass in search of the reason once a case has gone wrong.
SECONDS_FOR_A_REASON = 1.5


def check_answer(exercise: Exercise, function: Callable) -> Reply:
    """Try a function on the cases of an exercise, and reply to the first that goes wrong.

    Meanwhile NumPy and the library are what they were at first.

    Raises:
        BrokenKey: the answer key itself raises.
    """
    with originals() as mended:
        reply = judge(exercise, function)
    if not mended:
        return reply
    names = " and ".join(f"`{name}`" for name in mended[:3])
    return dataclasses.replace(reply, mended=GENERAL["next"]["mended"].format(names=names))


def judge(exercise: Exercise, function: Callable) -> Reply:
    """Reply to the first case that goes wrong."""
    if is_a_stub(function):
        next_step = GENERAL["next"]["not attempted"]
        return Reply(exercise.name, "not attempted", next_step=next_step)
    attempts = []
    for attempt in all_attempts(exercise, function):
        attempts.append(attempt)
        fault = find_fault(exercise, function, attempt)
        if not fault and len(attempts) == len(exercise.cases):
            fault = drawn_elsewhere(function, attempt)
        if fault and not fault.asks and is_left_to_chance(function, attempt):
            name = "by memory" if leaves_unfilled(function) else "by chance"
            fault = Fault("wrong value", happened=GENERAL["next"][name], asks=True)
        if fault or (attempt.is_edge and attempt.outcome.warned):
            return wrong_reply(exercise, function, attempts, fault)
    for number, attempt in enumerate(attempts, start=1):
        fault = changes_in_passing(function, attempt)
        if fault:
            return wrong_reply(exercise, function, attempts[:number], fault)
    return Reply(
        exercise.name,
        "right",
        notice=notice(exercise, attempts[-1]),
        questions=questions(exercise, function),
    )


def all_attempts(exercise: Exercise, function: Callable, first: int = 0) -> Iterator[Attempt]:
    """Try case after case, from the first that is asked for: the ordinary ones, then the edge cases."""
    has_unfilled = leaves_unfilled(function)
    for number, case in enumerate(exercise.all_cases[first:], start=first):
        wanted = wanted_in(exercise, number)
        if has_unfilled:
            spoil_memory(wanted.result)
        yield Attempt(case, call(function, case), wanted, is_edge=number >= len(exercise.cases))


@functools.cache
def wanted_in(exercise: Exercise, number: int) -> Outcome:
    """Return what the key makes of one of the cases: always the same, so it is called once."""
    return call_key(exercise.reference, exercise.all_cases[number])


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
    has_objections = bool(exercise.objections)  # each asks its own question
    is_unstable = shown.is_edge and (not asks_already or has_objections)
    kind = "unstable" if is_unstable else fault.kind
    latest = time.process_time() + SECONDS_FOR_A_REASON
    attempts = with_the_others(exercise, function, attempts, latest)
    reason = likely_reason(exercise, attempts, shown.is_edge, latest)
    next_step = ""
    if not reason and not asks_already:
        next_step = find_next_step(exercise, function, attempts, shown, fault)
    return Reply(
        exercise.name,
        kind,
        case=case_in_words(exercise, shown.arguments),
        fault=fault,
        warned=shown.outcome.warned if shown.is_edge else "",
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
    counted = len(exercise.cases)
    if attempts[-1].is_edge:
        counted += len(exercise.extreme)
    others = all_attempts(exercise, function, len(attempts))
    while len(attempts) < counted and time.process_time() < latest:
        attempts.append(next(others))
    return attempts


def drawn_elsewhere(function: Callable, attempt: Attempt) -> Fault | None:
    """Find out whether an answer that is given a generator draws from another one, too."""
    if not any(isinstance(value, np.random.Generator) for value in attempt.arguments):
        return None
    again = call(function, attempt.arguments)
    if matches(attempt.outcome.result, again.result):
        return None
    return Fault("wrong value", happened=GENERAL["next"]["again"], asks=True)


def is_left_to_chance(function: Callable, attempt: Attempt) -> bool:
    """Tell whether an answer to the same question comes out differently the second time."""
    again = call(function, attempt.arguments)
    is_another = not same_where_known(attempt.outcome.result, again.result)
    return is_another and not (attempt.outcome.error or again.error)


def notice(exercise: Exercise, attempt: Attempt) -> str:
    """Return what a right answer is told; where many are right, also what it reached."""
    if exercise.view is None:
        return exercise.notice
    view = exercise.view(attempt.outcome.arguments, attempt.outcome.result)
    return exercise.notice.format_map(Attributes(view))


# What an answer does


def operations(code: types.CodeType | None) -> Iterator[str]:
    """Yield what code does, in words of the vocabulary or Python's own, and all names it asks for."""
    for part in with_inner(code) if code else ():
        yield from part.co_names
        for instruction in dis.get_instructions(part):
            yield VOCABULARY.get(instruction.opname, instruction.opname)


#: What a stub of ``...`` or ``pass`` does: it returns None.
NOTHING: set[str] = {*operations((lambda: None).__code__), "NOP"}


def is_a_stub(function: Callable) -> bool:
    """Tell whether a function does nothing yet."""
    code = code_of(function)
    if code is None:  # it cannot be looked into, so it does something
        return False
    does_nothing = all(done in NOTHING for done in operations(code))
    return does_nothing and {*code.co_consts} <= {None, function.__doc__}


def questions(exercise: Exercise, function: Callable) -> tuple[str, ...]:
    """Return what a right answer is asked about: habits that the solution does not have."""
    habits = {*operations(code_of(function))}.difference(operations(exercise.shown.__code__))
    if exercise.loops_allowed or not has_arrays(exercise):
        habits.discard("a loop")
    asked = [question for habit, question in GENERAL["habits"].items() if habit in habits]
    return tuple(dict.fromkeys(asked))  # each once


def has_arrays(exercise: Exercise) -> bool:
    """Tell whether an array operation could take a loop's place."""
    return any(shape_of(value) for case in exercise.cases for value in case)


# Known mistakes


def likely_reason(
    exercise: Exercise, attempts: list[Attempt], exact: bool, latest: float = float("inf")
) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does.

    Args:
        exercise: what is asked.
        attempts: what the answer made of the cases.
        exact: whether only the last bits may differ.
        latest: the time of the processor at which the search ends.
    """
    wanted = [attempt.wanted for attempt in attempts]
    if explain(wanted, attempts, exact, exercise.atol):
        return ""  # the numbers are right: what is wrong is how they came about
    for mistake in (*exercise.mistakes, *anywhere(exercise)):
        if time.process_time() > latest:
            return ""
        outcomes = (outcome_of(exercise, mistake.code, number) for number in range(len(attempts)))
        if explain(outcomes, attempts, exact, exercise.atol):
            return mistake.sentence
    return ""


def anywhere(exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that can be made anywhere; those about 1/n only where there are examples."""
    has_examples = exercise.argument_shapes[0].axes[:1] == ["n"]
    return [mistake for mistake in ANYWHERE if has_examples or "len(" not in mistake.code]


def explain(outcomes: Iterable[Outcome], attempts: list[Attempt], exact: bool, atol: float) -> bool:
    """Tell whether what a mistake came to is what an answer came to, in all cases."""
    errors = 0
    has_another_step = False
    for outcome, attempt in zip(outcomes, attempts):
        if not outcome.is_like(attempt.outcome, exact, atol, in_kind=True):
            return False
        if not is_finite(outcome.result) and not warned_alike(outcome, attempt.outcome):
            return False  # many steps lead to nan, and not all by the same operation
        if outcome.error:
            errors += 1
        if raised_otherwise(outcome, attempt.outcome):
            has_another_step = True
    # Where it often returns a result, an error elsewhere may be put in other words, or come from
    # another step. Otherwise the step that raises is all that is known of the answer.
    return not has_another_step or 2 * errors <= len(attempts)


@functools.cache
def outcome_of(exercise: Exercise, code: str, number: int) -> Outcome:
    """Return what a mistake comes to in one of the cases: always the same, so it is tried once."""
    wanted = copy.deepcopy(wanted_in(exercise, number).result)
    return call(as_function(exercise, code, wanted=wanted), exercise.all_cases[number])


def raised_otherwise(one: Outcome, other: Outcome) -> bool:
    """Tell whether two calls raised in other words, or in steps that are known and differ."""
    are_known = bool(one.step and other.step)
    return one.error != other.error or (are_known and one.step != other.step)


def is_finite(result: object) -> bool:
    """Tell whether no number of a result is nan or infinite."""
    if is_several(result):
        return all(map(is_finite, result))
    is_number = shape_of(result) is not None and np.asarray(result).dtype.kind == "f"
    return not is_number or bool(np.isfinite(result).all())


def warned_alike(one: Outcome, other: Outcome) -> bool:
    """Tell whether NumPy warned of one thing in both calls, as far as neither of them hides it."""
    if not one.warned or not other.warned:
        return True
    return bool(things_warned_of(one) & things_warned_of(other))


def things_warned_of(outcome: Outcome) -> set[str]:
    """Return what NumPy warned of, be it in an array or in a number."""
    return {*outcome.warned.replace("scalar ", "").split(", ")}
