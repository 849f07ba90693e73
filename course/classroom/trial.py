"""Try out a student's answer, also on cases that nobody has seen; this runs in its own process."""

import dataclasses
import linecache
import re
from collections.abc import Callable

import numpy as np

from course.classroom.sandbox import TEXT
from course.exercises import EXERCISES, check_answer
from course.exercises.attempt import call, wanted_outcomes
from course.exercises.comparison import is_several, matches
from course.exercises.exercise import Exercise
from course.exercises.reply import Reply

#: How many cases are drawn for an answer that is right on those of its exercise.
DRAWN = 5

#: What is added where there are none to draw.
NOT_FRESH = " (Tried on no fresh cases: this exercise has none, so a table of answers passes.)"

#: What is said of an answer that its student saw to be right, and that is not.
NOT_ON_FRESH = "it is right on the exercise's own cases, which students see, but not on fresh ones"

#: How an answer fails that needs what is not here: it may be right where its student wrote it, since a
#: kernel knows what stood in a cell that is gone.
MISSING = re.compile(r"\b(ModuleNotFoundError|FileNotFoundError|NameError): .*")


def greet() -> str:
    """Show that a process works, with all that a trial needs."""
    return "ready"


def try_source(name: str, source: str, seed: int) -> dict[str, str | bool]:
    """Run definitions, and return the checker's reply to one of them: kind, words, reason.

    Args:
        name: the exercise.
        source: the definitions.
        seed: of the cases that a right answer is tried on once more, which no student has seen.
    """
    # The checker reads in which step an answer raised.
    linecache.cache["answer"] = (len(source), None, source.splitlines(keepends=True), "answer")
    space = {"__name__": "answer", "np": np, "display": lambda *_, **__: None}
    try:
        exec(compile(source, "answer", "exec"), space)
        function = space[f"my_{name}"]
    except MemoryError:
        raise
    except BaseException as error:
        lost = f"what it needs of the file does not run by itself: {type(error).__name__}: {error}"
        return {"lost": lost[:TEXT]}
    exercise = EXERCISES[name]
    drawn = with_cases_drawn(exercise, seed)
    reply = check_answer(exercise, function)
    words = flat(reply)
    if reply.kind == "raises" and (missing := MISSING.search(words)):
        return {"lost": f"what it needs was not handed in: {missing[0]}"[:TEXT]}
    if reply.kind == "right" and exercise.random_case:
        again = check_answer(drawn, function)
        if again.kind != "right":
            return {"lost": f"{NOT_ON_FRESH}: {again.kind}. {flat(again)}"[:TEXT]}
    elif reply.kind == "right":
        words += NOT_FRESH
    is_nearly_right = reply.kind == "unstable" or (
        reply.kind == "wrong shape" and has_right_numbers(drawn, function)
    )
    return {
        "kind": reply.kind,
        "reply": words[:TEXT],
        "reason": reply.reason,
        "is_nearly_right": is_nearly_right,
    }


def flat(reply: Reply) -> str:
    """Return a reply in a line; what helps a student on, and tells a teacher nothing, is left out."""
    text = reply.text if reply.kind == "right" else reply.description
    return " ".join(text.splitlines())


def has_right_numbers(exercise: Exercise, function: Callable) -> bool:
    """Tell whether an answer gives the right numbers in order, in a list, say, or in a column."""
    if not exercise.one_is_right:
        return False
    pairs = zip(exercise.cases, wanted_outcomes(exercise), strict=True)
    return all(
        matches(in_a_row(wanted.result), in_a_row(call(function, case).result))
        for case, wanted in pairs
    )


def in_a_row(result: object) -> object:
    """Return all numbers of a result in one array, or None if they are no numbers."""
    try:
        parts = result if is_several(result) else [result]
        return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])
    except (TypeError, ValueError):
        return None


def with_cases_drawn(exercise: Exercise, seed: int) -> Exercise:
    """Return an exercise with DRAWN cases drawn at random in place of its own, if it draws any."""
    if not exercise.random_case:
        return exercise
    rng = np.random.default_rng(seed)
    cases = tuple(exercise.random_case(rng) for _ in range(DRAWN))
    return dataclasses.replace(exercise, cases=cases, extreme=())
