"""Try out a student's answer, also on cases that nobody has seen, in a process with limits.

:mod:`course.classroom.isolation` starts this module, tells it what to try through one pipe, and reads
the reply from another, behind a token that was drawn for this one time. An answer may find the token, so
what comes back is still data from a stranger, and is checked there.
"""

import dataclasses
import json
import linecache
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from course.classroom.table import CELL, NOT_MARKED, Row
from course.exercises import EXERCISES, check_answer
from course.exercises.attempt import call, wanted_outcomes
from course.exercises.comparison import is_several, matches
from course.exercises.exercise import Exercise
from course.exercises.reply import Reply

MEGABYTE = 2**20

#: What an answer may use: megabytes beyond what its process has at the start, megabytes of each file
#: that it writes, and processes.
MEMORY = 1000
FILE = 10
PROCESSES = 8

#: How many cases are drawn for an answer that is right on those of its exercise.
DRAWN = 5

#: What is added where there are none to draw.
NOT_FRESH = " (Tried on no fresh cases: this exercise has none, so a table of answers passes.)"

#: What is said of an answer that its student saw to be right, and that is not.
NOT_ON_FRESH = "it is right on the exercise's own cases, which students see, but not on fresh ones"

#: How an answer fails that needs what is not here: it may be right where its student wrote it, since a
#: kernel knows what stood in a cell that is gone.
MISSING = re.compile(r"\b(ModuleNotFoundError|FileNotFoundError|NameError): .*")


def try_source(name: str, source: str) -> Row:
    """Run definitions, and return the row of the checker's reply to the answer to an exercise.

    A right answer is tried once more, on cases that no student has seen.
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
        why = f"what it needs of the file does not run by itself: {type(error).__name__}: {error}"
        return Row(kind=NOT_MARKED, reply=why)
    exercise = EXERCISES[name]
    drawn = with_cases_drawn(exercise)
    reply = check_answer(exercise, function)
    words = flat(reply)
    if reply.kind == "raises" and (missing := MISSING.search(words)):
        return Row(kind=NOT_MARKED, reply=f"what it needs was not handed in: {missing[0]}")
    if reply.kind == "right" and exercise.random_case:
        again = check_answer(drawn, function)
        if again.kind != "right":
            return Row(kind=NOT_MARKED, reply=f"{NOT_ON_FRESH}: {again.kind}. {flat(again)}")
    elif reply.kind == "right":
        words += NOT_FRESH
    is_nearly_right = reply.kind == "unstable" or (
        reply.kind == "wrong shape" and has_right_numbers(drawn, function)
    )
    return Row(
        kind=reply.kind,
        reply=words,
        likely_reason=reply.reason,
        nearly_right="yes" if is_nearly_right else "",
    )


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


def with_cases_drawn(exercise: Exercise, seed: int | None = None) -> Exercise:
    """Return an exercise with DRAWN cases drawn at random in place of its own, if it draws any."""
    if not exercise.random_case:
        return exercise
    rng = np.random.default_rng(seed)
    cases = tuple(exercise.random_case(rng) for _ in range(DRAWN))
    return dataclasses.replace(exercise, cases=cases, extreme=())


# --- Its process


def apply_limits(seconds: float, is_isolated: bool) -> None:
    """Hold this process to limits; where it is not isolated, to that on processor time alone."""
    try:
        import resource
    except ImportError:  # on Windows; there the clock alone stops it
        return

    seconds = int(time.process_time() + seconds) + 1
    held = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0}
    if is_isolated:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        in_use = pages * resource.getpagesize()
        held |= {
            resource.RLIMIT_AS: in_use + MEMORY * MEGABYTE,
            resource.RLIMIT_FSIZE: FILE * MEGABYTE,
            resource.RLIMIT_NPROC: PROCESSES,
            resource.RLIMIT_NOFILE: 64,
        }
    for limit, most in held.items():
        resource.setrlimit(limit, (most, most + (limit == resource.RLIMIT_CPU)))


def _child_main() -> None:
    """Try the answer that was ordered, within its limits, and send the reply."""
    order = json.load(sys.stdin.buffer)
    pipe = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    apply_limits(order["seconds"], order["isolated"])
    me = os.getpid()
    row = Row(kind=NOT_MARKED, reply="no memory was left")
    try:
        row = try_source(**order["answer"])
    except MemoryError:
        row = row._replace(reply=f"it needed more memory than {MEMORY} MB")
    except BaseException as error:
        row = row._replace(reply=f"the checker could not finish: {type(error).__name__}")
    finally:
        try:
            if os.getpid() == me:  # a copy that an answer made of itself has nothing to say
                parts = (row.kind, row.reply, row.likely_reason, row.nearly_right)
                reply = json.dumps([part[:CELL] for part in parts])
                os.write(pipe, f"{order['token']}{reply}".encode())
        finally:
            os._exit(0)


if __name__ == "__main__":
    _child_main()
