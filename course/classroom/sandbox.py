"""What runs in a process of its own beside a student's code: one piece of work, and what came of it.

:mod:`course.classroom.isolation` starts this module, tells it what to do through one pipe, and reads the
result from another, behind a token that was drawn for this one time. An answer may find the token, so
what comes back is still data from a stranger, and :mod:`course.classroom.marking` checks it.
"""

import base64
import dataclasses
import json
import linecache
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from course.classroom.protocol import MEGABYTE, TEXT, Limits

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
    """Try what every piece of work needs."""
    from course import exercises  # noqa: F401

    return "ready"


def extract(files: list[tuple[str, str]], given: dict[str, list[str]]) -> tuple:
    """Return the answers in files, and a sentence for each that cannot be read."""
    from course.classroom.extract import take_answers

    return take_answers([(place, base64.b64decode(raw)) for place, raw in files], given)


def check(name: str, source: str, seed: int) -> dict[str, str | bool]:
    """Run definitions, and return the checker's reply to one of them: kind, words, reason.

    Args:
        name: the exercise.
        source: the definitions.
        seed: of the cases that a right answer is tried on once more, which no student has seen.
    """
    import numpy as np

    from course import exercises

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
    exercise = exercises.EXERCISES[name]
    drawn = with_cases_drawn(exercise, seed)
    reply = exercises.check_answer(exercise, function)
    words = flat(reply)
    if reply.kind == "raises" and (missing := MISSING.search(words)):
        return {"lost": f"what it needs was not handed in: {missing[0]}"[:TEXT]}
    if reply.kind == "right" and exercise.random_case:
        again = exercises.check_answer(drawn, function)
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


def flat(reply) -> str:
    """Return a reply in a line; what helps a student on, and tells a teacher nothing, is left out."""
    text = reply.text if reply.kind == "right" else reply.description
    return " ".join(text.splitlines())


def has_right_numbers(exercise, function: Callable) -> bool:
    """Tell whether an answer gives the right numbers in order, in a list, say, or in a column."""
    from course.exercises.attempt import call, wanted_outcomes
    from course.exercises.comparison import matches

    if not exercise.one_is_right:
        return False
    pairs = zip(exercise.cases, wanted_outcomes(exercise), strict=True)
    return all(
        matches(in_a_row(wanted.result), in_a_row(call(function, case).result))
        for case, wanted in pairs
    )


def in_a_row(result: object) -> object:
    """Return all numbers of a result in one array, or None if they are no numbers."""
    import numpy as np

    try:
        parts = result if isinstance(result, tuple | list) else [result]
        return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])
    except (TypeError, ValueError):
        return None


def with_cases_drawn(exercise, seed: int):
    """Return an exercise with DRAWN cases drawn at random in place of its own, if it draws any."""
    import numpy as np

    if not exercise.random_case:
        return exercise
    rng = np.random.default_rng(seed)
    cases = tuple(exercise.random_case(rng) for _ in range(DRAWN))
    return dataclasses.replace(exercise, cases=cases, extreme=())


#: The pieces of work, by name.
WORK: dict[str, Callable] = {"greet": greet, "extract": extract, "check": check}


def apply_limits(limits: Limits, is_isolated: bool) -> None:
    """Hold this process to limits; where it is not isolated, to the limit on time alone."""
    try:
        import resource
    except ImportError:  # on Windows; there the clock alone stops it
        return

    seconds = int(time.process_time() + limits.seconds) + 1
    held = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_CORE: 0}
    if is_isolated:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        in_use = pages * resource.getpagesize()
        held |= {
            resource.RLIMIT_AS: in_use + limits.memory * MEGABYTE,
            resource.RLIMIT_FSIZE: limits.file * MEGABYTE,
            resource.RLIMIT_NPROC: limits.processes,
            resource.RLIMIT_NOFILE: 64,
        }
    for limit, most in held.items():
        resource.setrlimit(limit, (most, most + (limit == resource.RLIMIT_CPU)))


def _child_main() -> None:
    """Do the work that was ordered, within its limits, and send the result."""
    order = json.load(sys.stdin.buffer)
    work = WORK[order["work"]]
    if work is check:
        greet()  # what it loads counts for no answer
    pipe = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    limits = Limits(*order["limits"])
    apply_limits(limits, order["isolated"])
    me = os.getpid()
    result = json.dumps({"lost": "no memory was left"})
    try:
        result = json.dumps(work(**order["arguments"]))
    except MemoryError:
        result = json.dumps({"lost": f"it needed more memory than {limits.memory} MB"})
    except BaseException as error:
        result = json.dumps({"lost": f"the checker could not finish: {type(error).__name__}"})
    finally:
        try:
            if os.getpid() == me:  # a copy that an answer made of itself has nothing to say
                text = f"{order['token']}{result}".encode()
                while text:
                    text = text[os.write(pipe, text) :]
        finally:
            os._exit(0)


if __name__ == "__main__":
    _child_main()
