"""Try an answer: on small inputs first, then on extreme ones, and reply to the first fault."""

import dis
import inspect
import types
from collections.abc import Callable, Iterator

import numpy as np

from course.exercises.attempt import Attempt, Outcome, call, code_of
from course.exercises.compare import alike, is_several, shape_of
from course.exercises.exercise import Exercise, Mistake, as_function
from course.exercises.faults import Attributes, case_in_words, changes_in_passing, find_fault
from course.exercises.next_step import find_next_step
from course.exercises.reply import Fault, Reply
from course.exercises.texts import GENERAL

#: Mistakes that can be made in any exercise with one result.
ANYWHERE: tuple[Mistake, ...] = tuple(Mistake(*pair) for pair in GENERAL["any"].items())
#: What explains the numbers where nothing is wrong with them.
RIGHT: Mistake = Mistake("key(*given)", "")
#: What Python's instructions are called in ``general.txt``.
VOCABULARY: dict[str, str] = {"FOR_ITER": "a loop"}


def check_answer(exercise: Exercise, function: Callable) -> Reply:
    """Try a function on every case of an exercise, and reply to the first that goes wrong."""
    if is_a_stub(function):
        next_step = GENERAL["next"]["not attempted"]
        return Reply(exercise.name, "not attempted", next_step=next_step)
    attempts = [Attempt(case, call(function, case), extreme=False) for case in exercise.cases]
    last_ordinary = attempts[-1]
    attempts += [Attempt(case, call(function, case), extreme=True) for case in exercise.extreme]
    for attempt in attempts:
        fault = find_fault(exercise, function, attempt)
        if not fault and attempt is last_ordinary and is_drawn_elsewhere(function, attempt):
            fault = Fault("wrong value", happened=GENERAL["next"]["again"], asks=True)
        if fault and not fault.asks and is_left_to_chance(function, attempt):
            fault = Fault("wrong value", happened=GENERAL["next"]["by chance"], asks=True)
        if fault or (attempt.extreme and attempt.outcome.warned):
            return wrong_reply(exercise, function, attempts, attempt, fault)
    for attempt in attempts:
        fault = changes_in_passing(exercise, function, attempt)
        if fault:
            return wrong_reply(exercise, function, attempts, attempt, fault)
    return Reply(
        exercise.name,
        "right",
        notice=notice(exercise, attempts[-1]),
        questions=questions(exercise, function),
    )


def wrong_reply(
    exercise: Exercise,
    function: Callable,
    attempts: list[Attempt],
    shown: Attempt,
    fault: Fault | None,
) -> Reply:
    """Return the reply to the first fault, or to a warning where the value is right.

    Args:
        exercise: what is asked.
        function: the answer.
        attempts: what it made of all cases.
        shown: the one that went wrong.
        fault: what is wrong there; None if NumPy warned, and the value is right.
    """
    asks_already = fault is not None and fault.asks
    kind = "unstable" if shown.extreme and not asks_already else fault.kind
    if not shown.extreme:  # one cause explains the ordinary cases
        attempts = [attempt for attempt in attempts if not attempt.extreme]
    reason = likely_reason(exercise, attempts, shown.extreme)
    next_step = ""
    if not reason and not asks_already:
        names_used = frozenset(values_used(code_of(function)))
        next_step = find_next_step(exercise, attempts, shown, fault, names_used)
    return Reply(
        exercise.name,
        kind,
        case=case_in_words(exercise, shown.case),
        fault=fault,
        warned=shown.outcome.warned if shown.extreme else "",
        reason=reason,
        next_step=next_step,
    )


def is_drawn_elsewhere(function: Callable, attempt: Attempt) -> bool:
    """Tell whether an answer that is given a generator draws from another one, too."""
    if not any(isinstance(value, np.random.Generator) for value in attempt.case):
        return False
    return not alike(attempt.outcome.result, call(function, attempt.case).result)


def is_left_to_chance(function: Callable, attempt: Attempt) -> bool:
    """Tell whether an answer to the same question comes out otherwise the second time."""
    if shape_of(attempt.outcome.result) is None and not is_several(attempt.outcome.result):
        return False  # a function that was not called, say, is another one each time
    again = call(function, attempt.case)
    is_another = not alike(attempt.outcome.result, again.result)
    return is_another and not (attempt.outcome.error or again.error)


def notice(exercise: Exercise, attempt: Attempt) -> str:
    """Return what a right answer is told; where many are right, also of what it reached."""
    if exercise.view is None:
        return exercise.notice
    view = exercise.view(attempt.outcome.arguments, attempt.outcome.result)
    return exercise.notice.format_map(Attributes(view))


# What an answer does


def with_inner(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield code, and the code of the functions that are defined in it."""
    yield code
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from with_inner(constant)


def operations(code: types.CodeType) -> set[str]:
    """Return what code does, in words of the vocabulary or Python's own, and all names it asks for."""
    done = set()
    for part in with_inner(code):
        instructions = {instruction.opname for instruction in dis.get_instructions(part)}
        done.update(VOCABULARY.get(name, name) for name in instructions)
        done.update(part.co_names)
    return done


#: How Python's instructions begin that ask for a value of the code's own.
ASKING: tuple[str, ...] = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")


def values_used(code: types.CodeType) -> set[str]:
    """Return the names of arguments and other own values that code asks for."""
    names = set()
    for part in with_inner(code):
        for instruction in dis.get_instructions(part):
            if instruction.opname.startswith(ASKING):
                asked = instruction.argval  # some ask for two values at once
                names.update(asked if isinstance(asked, tuple) else [asked])
    return names


#: What a stub of ``...`` or ``pass`` does: it returns None.
NOTHING: set[str] = operations((lambda: None).__code__) | {"NOP"}


def is_a_stub(function: Callable) -> bool:
    """Tell whether a function does nothing yet."""
    code = code_of(function)
    return operations(code) <= NOTHING and {*code.co_consts} <= {None, function.__doc__}


def questions(exercise: Exercise, function: Callable) -> tuple[str, ...]:
    """Return what a right answer is asked about: habits that the solution does not have."""
    habits = operations(code_of(function)) - operations(exercise.shown.__code__)
    if exercise.may_loop or not has_arrays(exercise):
        habits.discard("a loop")
    asked = [question for habit, question in GENERAL["habits"].items() if habit in habits]
    return tuple(dict.fromkeys(asked))  # each once


def has_arrays(exercise: Exercise) -> bool:
    """Tell whether an array operation could take a loop's place."""
    return any(shape_of(value) for case in exercise.cases for value in case)


def likely_reason(exercise: Exercise, attempts: list[Attempt], exact: bool) -> str:
    """Return the sentence on the mistake that explains the answers to all cases, if one does."""
    if explains(exercise, RIGHT, attempts, exact):
        return ""  # the numbers are: what is wrong is how they came about
    for mistake in (*exercise.mistakes, *anywhere(exercise)):
        if explains(exercise, mistake, attempts, exact):
            return mistake.sentence
    return ""


def anywhere(exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that can be made anywhere; those about 1/n only where there are examples."""
    has_examples = exercise.argument_shapes[0].axes[:1] == ["n"]
    return [mistake for mistake in ANYWHERE if has_examples or "len(" not in mistake.code]


def explains(exercise: Exercise, mistake: Mistake, attempts: list[Attempt], exact: bool) -> bool:
    """Tell whether a mistake comes to what an answer came to, in all cases."""
    mistaken = as_function(exercise, mistake.code)
    errors = 0
    has_another_step = False
    for attempt in attempts:
        outcome = call(mistaken, attempt.case)
        if not outcome.is_like(attempt.outcome, exact, exercise.noise, in_kind=True):
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
    """Tell whether NumPy warned of one thing in both calls, as far as none of them hides it."""
    if not one.warned or not other.warned:
        return True
    return bool(things_warned_of(one) & things_warned_of(other))


def things_warned_of(outcome: Outcome) -> set[str]:
    """Return what NumPy warned of, be it in an array or in a number."""
    return {*outcome.warned.replace("scalar ", "").split(", ")}
