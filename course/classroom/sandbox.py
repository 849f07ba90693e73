"""What runs in a process of its own beside a student's code: one piece of work, within its limits.

:mod:`course.classroom.isolation` starts this module, tells it what to do through one pipe, and reads the
result from another, behind a token that was drawn for this one time. An answer may find the token, so
what comes back is still data from a stranger, and :mod:`course.classroom.marking` checks it.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

#: Longest text in what comes back, in characters; longer ones are cut there.
TEXT = 4000

MEGABYTE = 2**20

#: The pieces of work, and the module that has each. Only it is loaded: to take the answers out of a
#: submission needs no exercise, which would be a third of a second for each.
WORK = {
    "greet": "course.classroom.trial",
    "take_sent_answers": "course.classroom.extract",
    "try_source": "course.classroom.trial",
}


class Limits(NamedTuple):
    """What the process of one answer may use.

    Seconds are processor time. Memory is counted beyond what the process has at the start, and a file's
    size for each file that it writes; both in megabytes.
    """

    seconds: float = 10
    memory: int = 1000
    file: int = 10
    processes: int = 8


def work_called(name: str) -> Callable:
    """Return a piece of work."""
    return getattr(importlib.import_module(WORK[name]), name)


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
    work = work_called(order["work"])  # what it loads counts for no answer
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
