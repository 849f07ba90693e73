"""Try out the answers of submissions, each in a process of its own that is held to limits.

``supervisor.py`` starts this module, inside bubblewrap where that is installed (``walls.py``), and
speaks with it (``orders.py``): an order comes in, an outcome for each exercise goes out. Nothing of a
submission runs in this process. For each exercise it forks, and the child gives up what it could do
harm with, takes the definitions, asks ``exercises.check``, and sends the reply through a pipe, behind a
token that was drawn for this one time. An answer may find the token, so what comes is data from a
stranger: its shape, types and sizes are checked where it arrives (:func:`read_reply`).

Then all that it left running is ended. Behind walls this process is the first of a world of its own
(pid 1): no answer can stop or kill it, and one signal ends all others. Without walls orphans are given
to it (a "subreaper"), and it ends them one by one.
"""

import base64
import ctypes
import gc
import importlib
import json
import linecache
import os
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from course.classroom.definitions import Answer, take_answers
from course.classroom.orders import (
    KINDS,
    LOST,
    READING_SECONDS,
    TEXT,
    Greeting,
    Limits,
    Order,
    Outcome,
)
from course.classroom.walls import MEGABYTE, ROOT

#: So much may come through the pipe.
REPLY_BYTES = 4 * MEGABYTE

#: To end what an answer has left running.
ENDING_SECONDS = 30

#: What is loaded once for all answers, who may then not be able to read the files.
LOADED = """
course.classroom.definitions
encodings.ascii encodings.latin_1 encodings.unicode_escape encodings.utf_8_sig
numpy numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random
array bisect cmath collections.abc copy csv dataclasses decimal enum fractions functools gc gzip heapq
inspect itertools json math numbers operator pathlib random re statistics string struct textwrap time
traceback typing warnings zlib
mnistlib.autodiff mnistlib.baseline mnistlib.convolution mnistlib.data mnistlib.deep course.exercises
mnistlib.functions mnistlib.gradcheck mnistlib.network mnistlib.original mnistlib.regularisation
mnistlib.training mnistlib.uncertainty
"""

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


class Stopped(Exception):
    """Whoever sent the orders has closed the pipe they come through."""


def prctl(option: int, value: int) -> None:
    """Ask Linux for something about this process."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


# --- A process for one piece of work


class Sandbox:
    """Runs pieces of work in processes of their own, one after the other."""

    def __init__(self, limits: Limits, user: int | None, control: int):
        """Hold to `limits` as `user`; stop when the pipe `control` is closed at its other end."""
        self.limits = limits
        self.user = user
        self.control = control
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_DUMPABLE, 0)  # no answer of the same user may look into this process

    def run(self, work: Callable, *args, seconds: float) -> tuple[object, float]:
        """Return what `work` returns in a process of its own, and how long it took.

        Where nothing came of it, that is ``{"lost": reason}``.
        """
        scratch = tempfile.mkdtemp(prefix="marks-")
        if self.user is not None:
            os.chown(scratch, self.user, self.user)
        token = os.urandom(32)
        ours, theirs = os.pipe()
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._be_the_process(work, args, scratch, token, theirs, seconds)
        os.close(theirs)
        try:
            received = self._receive(pid, ours, start + seconds)
        finally:
            os.close(ours)
            status = end(pid)
            remove(scratch)
        spent = time.monotonic() - start
        if received is None:
            return {"lost": f"it took longer than {seconds:g} s and was stopped"}, spent
        if not received:
            return {"lost": how_it_ended(status, seconds)}, spent
        if received.startswith(token):
            with suppress(ValueError, RecursionError):
                return json.loads(received[len(token) :]), spent
        return {"lost": "what came back was not written by the checker"}, spent

    def _receive(self, pid: int, pipe: int, deadline: float) -> bytes | None:
        """Return what came through the pipe until the process ended; None if that was too late."""
        received = b""
        ended = os.pidfd_open(pid)
        poll = select.poll()
        for descriptor in (pipe, ended, self.control):
            poll.register(descriptor, select.POLLIN)
        try:
            while True:
                patience = max(0, deadline - time.monotonic())
                ready = {descriptor for descriptor, _ in poll.poll(1000 * patience)}
                if self.control in ready:
                    raise Stopped
                if pipe in ready:
                    part = os.read(pipe, MEGABYTE)
                    received += part
                    if not part or len(received) > REPLY_BYTES:
                        poll.unregister(pipe)
                elif ended in ready:
                    return received
                elif not ready:
                    return None
        finally:
            os.close(ended)

    def _be_the_process(self, work, args, scratch, token, pipe, seconds) -> None:
        """Give up what is not needed, work, and send the result. It never returns."""
        # What is needed at the end an answer may have replaced by then.
        getpid = os.getpid
        write = os.write
        leave = os._exit
        dumps = json.dumps
        me = getpid()
        result = None
        try:
            self._give_up(scratch, pipe, seconds)
            result = dumps(work(*args))
        except MemoryError:
            result = dumps({"lost": f"it needed more memory than {self.limits.memory} MB"})
        except BaseException as error:
            result = dumps({"lost": f"the checker could not finish: {type(error).__name__}"})
        finally:
            try:
                if getpid() == me:  # a copy that an answer made of itself has nothing to say
                    text = token + (result or dumps({"lost": "no memory was left"})).encode()
                    while text:
                        text = text[write(pipe, text) :]
            finally:
                leave(0)

    def _give_up(self, scratch: str, pipe: int, seconds: float) -> None:
        """Let go of all files but the pipe, of memory and time beyond the limits, and of privileges."""
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        os.closerange(3, pipe)
        os.closerange(pipe + 1, 65_536)
        os.chdir(scratch)
        os.environ.update(HOME=scratch, TMPDIR=scratch, MNISTLIB_MINE=os.devnull)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        held = {
            resource.RLIMIT_AS: pages * resource.getpagesize() + self.limits.memory * MEGABYTE,
            resource.RLIMIT_CPU: int(seconds) + 1,
            resource.RLIMIT_FSIZE: self.limits.file * MEGABYTE,
            resource.RLIMIT_NPROC: self.limits.processes,
            resource.RLIMIT_NOFILE: 64,
            resource.RLIMIT_CORE: 0,
        }
        for limit, most in held.items():
            resource.setrlimit(limit, (most, most))
        if self.user is not None:  # for good, and in no group but that user's own
            os.setgroups([])
            os.setresgid(self.user, self.user, self.user)
            os.setresuid(self.user, self.user, self.user)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def how_it_ended(status: int, seconds: float) -> str:
    """Say how a process ended before a reply came."""
    if os.WIFEXITED(status):
        return f"it ended its process, with status {os.WEXITSTATUS(status)}, before a reply came"
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return f"it took longer than {seconds:g} s and was stopped"
    return f"its process was ended ({signal.strsignal(number)}) before a reply came"


def end(pid: int) -> int:
    """End a process and all that it left running; return how it ended itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    deadline = time.monotonic() + ENDING_SECONDS
    while time.monotonic() < deadline:
        for left in [-1] if os.getpid() == 1 else children():
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return status
    raise OSError("a process of a submission could not be ended")


def children() -> Iterator[int]:
    """Return the numbers of this process's children."""
    return map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def remove(folder: str) -> None:
    """Remove a folder of an answer's, which may be nested deeper than Python recurses."""
    try:
        os.rmdir(folder)
    except OSError:
        subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL, check=False)


# --- The work, each in a process of its own


def check(name: str, source: str) -> dict[str, str]:
    """Run definitions, and return the checker's reply to one of them: kind, first lines, reason."""
    import numpy as np

    from course import exercises

    # The checker reads in which step an answer raised.
    linecache.cache["answer"] = (len(source), None, source.splitlines(keepends=True), "answer")
    space = {"__name__": "answer", "np": np}
    try:
        exec(compile(source, "answer", "exec"), space)
    except MemoryError:
        raise
    except BaseException as error:
        lost = f"what it needs of the file does not run by itself: {type(error).__name__}: {error}"
        return {"lost": lost[:TEXT]}
    try:
        function = space[f"my_{name}"]
        if exercises.find(function).name != name:
            return {"lost": "it answers to the name of another exercise"}
    except MemoryError:
        raise
    except BaseException as error:
        return {"kind": "raises", "reply": f"{type(error).__name__}: {error}"[:TEXT], "reason": ""}
    reply = exercises.check(function)
    # What helps a student on tells a teacher nothing.
    text = reply.text if reply.kind == "right" else reply.description
    first_lines = " ".join(text.splitlines()[:4])
    return {"kind": reply.kind, "reply": first_lines[:TEXT], "reason": reply.reason}


def unreadable(code: list[str], data: list[str]) -> list[str | None]:
    """Return the first of each that the user of this process may not read, or None."""
    return [
        next((str(path) for path in paths if not os.access(path, os.R_OK)), None)
        for paths in (code, data)
    ]


# --- What comes of it, which is data from a stranger


def is_text(value: object) -> bool:
    """Tell whether a value is a text of a fit length."""
    return isinstance(value, str) and len(value) <= TEXT


def lost_in(result: object) -> str:
    """Return why a piece of work came to nothing; an empty text if it did not."""
    lost = result.get("lost") if isinstance(result, dict) else None
    return lost if is_text(lost) else ""


def read_reply(result: object) -> tuple[str, str, str]:
    """Return a checker's reply as its kind, text and reason; what is none is not marked."""
    if lost := lost_in(result):
        return LOST, lost, ""
    if isinstance(result, dict):
        reply = (result.get("kind"), result.get("reply"), result.get("reason"))
        if all(map(is_text, reply)) and reply[0] in KINDS:
            return reply
    return LOST, "what came back is no reply of the checker's", ""


def answers_in(result: object) -> tuple[dict[str, Answer], list[str]]:
    """Return the answers and the problems that were taken from files; what is amiss is left out."""
    try:
        answers, problems = result
        made = {name: Answer(*parts) for name, parts in answers.items()}
        whole = {name: a for name, a in made.items() if all(isinstance(part, str) for part in a)}
        return whole, [problem for problem in problems if isinstance(problem, str)]
    except (AttributeError, TypeError, ValueError):
        return {}, []


# --- Orders


def outcomes(sandbox: Sandbox, order: Order, closed_code: str | None = None) -> Iterator[Outcome]:
    """Yield the outcome of each exercise in an order.

    Args:
        sandbox: what runs a piece of work in a process of its own.
        order: what is to be tried.
        closed_code: a file of our Python that the user of the process may not read.
    """
    files = [(place, base64.b64decode(raw)) for place, raw in order.files]
    result, _ = sandbox.run(take_answers, files, order.given, seconds=READING_SECONDS)
    if lost := lost_in(result):
        for name in order.exercises:
            yield Outcome(name, LOST, f"its files could not be read: {lost}")
        return
    answers, problems = answers_in(result)
    problems += filter(None, [order.unread])
    for name in order.exercises:
        answer = answers.get(name, Answer())
        if answer.source:
            yield try_answer(sandbox, name, answer, order.seconds[name], closed_code)
        elif answer.error:
            yield Outcome(name, "raises", answer.error[:TEXT])
        elif reason := answer.lost or next(iter(problems), ""):
            yield Outcome(name, LOST, reason[:TEXT])
        else:
            yield Outcome(name, "not attempted", f"there is no my_{name}")


def try_answer(
    sandbox: Sandbox, name: str, answer: Answer, seconds: float, closed_code: str | None
) -> Outcome:
    """Return the outcome of one answer, tried in a process of its own."""
    result, spent = sandbox.run(check, name, answer.source, seconds=seconds)
    kind, reply, reason = read_reply(result)
    if closed_code and re.search(r"\b(ImportError|ModuleNotFoundError): ", reply):
        kind = LOST
        reply = f"{reply} ({closed_code} cannot be read by the user it runs as)"
    notes = [answer.place, answer.note if kind == "right" else reason]
    return Outcome(name, kind, reply, " ".join(filter(None, notes)), answer.shape, spent)


def greet(sandbox: Sandbox) -> Greeting:
    """Try the sandbox with something harmless: what its user may not read."""
    import numpy

    from course import exercises
    from mnistlib import download

    code = [os.__file__, numpy.__file__, exercises.__file__]
    folder = Path(os.environ.get("MNISTLIB_DATA") or ROOT / "data")
    data = [str(folder / file.name) for file in download.FILES.values()]
    closed, _ = sandbox.run(unreadable, code, data, seconds=sandbox.limits.seconds)
    if lost := lost_in(closed):
        return Greeting(lost, sandbox.user, None, None)
    return Greeting(None, sandbox.user, *closed)


def main() -> None:
    """Greet; then take orders until there are no more."""
    limits, user = json.loads(sys.argv[1])
    # What an answer's process inherits is only what is opened anew from here on.
    control = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an answer may send it
    for name in LOADED.split():
        importlib.import_module(name)

    def say(value: tuple) -> None:
        out.write(json.dumps(value) + "\n")
        out.flush()

    sandbox = Sandbox(Limits(*limits), user, control.fileno())
    greeting = greet(sandbox)
    say(greeting)
    gc.freeze()
    with suppress(Stopped, BrokenPipeError):
        while line := control.readline():
            for outcome in outcomes(sandbox, Order(*json.loads(line)), greeting.closed_code):
                say(outcome)


if __name__ == "__main__":
    main()
