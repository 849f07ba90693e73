"""Try an answer: on small inputs first, then on extreme ones, and reply to the first fault."""

import dis
import inspect
import types
from collections.abc import Callable

import numpy as np

from course.exercises.attempt import OPAQUE, Attempt, Outcome, call
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
    attempts = [Attempt(case, call(function, case), False) for case in exercise.cases]
    attempts += [Attempt(case, call(function, case), True) for case in exercise.extreme]
    for attempt in attempts:
        fault = find_fault(exercise, function, attempt)
        is_last = attempt is attempts[len(exercise.cases) - 1]
        if not fault and is_last and is_drawn_elsewhere(function, attempt):
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
    attempt: Attempt,
    fault: Fault | None,
) -> Reply:
    """Return the reply to the first fault, or to a warning where the value is right."""
    kind = "unstable" if attempt.extreme and not (fault and fault.asks) else fault.kind
    shown = attempts if attempt.extreme else [each for each in attempts if not each.extreme]
    reason = likely_reason(exercise, shown, attempt.extreme)
    next_step = ""
    if not reason and not (fault and fault.asks):
        names = frozenset(values_used(getattr(function, "__code__", OPAQUE)))
        next_step = find_next_step(exercise, shown, attempt, fault, names)
    return Reply(
        exercise.name,
        kind,
        case=case_in_words(exercise, attempt.case),
        fault=fault,
        warned=attempt.outcome.warned if attempt.extreme else "",
        reason=reason,
        next_step=next_step,
    )


def is_drawn_elsewhere(function: Callable, attempt: Attempt) -> bool:
    """Tell whether an answer that is given a generator draws from another one, too."""
    if not any(isinstance(each, np.random.Generator) for each in attempt.case):
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


def operations(code: types.CodeType) -> set[str]:
    """Return what code does, in words of the vocabulary or Python's own, and all names it asks for.

    That of code in it, too.
    """
    done = {each.opname for each in dis.get_instructions(code)}
    names = {VOCABULARY.get(each, each) for each in done}.union(code.co_names)
    inner = [operations(constant) for constant in code.co_consts if inspect.iscode(constant)]
    return names.union(*inner)


#: How Python's instructions begin that ask for a value of the code's own.
ASKING: tuple[str, ...] = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")


def values_used(code: types.CodeType) -> set[str]:
    """Return the names of arguments and other own values that code asks for, and code in it."""
    names = set()
    for each in dis.get_instructions(code):
        if each.opname.startswith(ASKING):
            names.update(each.argval if isinstance(each.argval, tuple) else [each.argval])
    inner = [values_used(constant) for constant in code.co_consts if inspect.iscode(constant)]
    return names.union(*inner)


#: What a stub of ``...`` or ``pass`` does: it returns None.
NOTHING: set[str] = operations((lambda: None).__code__) | {"NOP"}


def is_a_stub(function: Callable) -> bool:
    """Tell whether a function does nothing yet."""
    code = getattr(function, "__code__", OPAQUE)
    return operations(code) <= NOTHING and {*code.co_consts} <= {None, function.__doc__}


def questions(exercise: Exercise, function: Callable) -> tuple[str, ...]:
    """Return what a right answer is asked about: habits that the solution does not have."""
    code = getattr(function, "__code__", OPAQUE)
    own = operations(code) - operations(exercise.shown.__code__)
    if exercise.may_loop or not has_arrays(exercise):
        own.discard("a loop")
    asked = [question for habit, question in GENERAL["habits"].items() if habit in own]
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
    is_another_step = False
    for attempt in attempts:
        outcome = call(mistaken, attempt.case)
        if not outcome.is_like(attempt.outcome, exact, exercise.noise, in_kind=True):
            return False
        if not is_finite(outcome.result) and not warned_alike(outcome, attempt.outcome):
            return False  # many steps lead to nan, and not all by the same operation
        errors += bool(outcome.error)
        steps = (outcome.step, attempt.outcome.step)
        is_another_step |= outcome.error != attempt.outcome.error or (
            all(steps) and len({*steps}) > 1
        )
    # Where it often returns a result, an error elsewhere may be put in other words, or come from
    # another step. Otherwise the step that raises is all that is known of the answer.
    return not is_another_step or 2 * errors <= len(attempts)


def is_finite(result: object) -> bool:
    """Tell whether no number of a result is nan or infinite."""
    if is_several(result):
        return all(map(is_finite, result))
    is_number = shape_of(result) is not None and np.asarray(result).dtype.kind == "f"
    return not is_number or bool(np.isfinite(result).all())


def warned_alike(*outcomes: Outcome) -> bool:
    """Tell whether NumPy warned of one thing in both calls, as far as none of them hides it."""
    one, other = ({*each.warned.replace("scalar ", "").split(", ")} for each in outcomes)
    return "" in one | other or bool(one & other)
