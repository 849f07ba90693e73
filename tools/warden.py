"""Try out the answers of submissions, each in a process of its own that is held to limits.

``marks.py`` starts this file and speaks with it in lines of JSON: an order, which is a submission's
files and the names of exercises, comes in; a row for each exercise goes out, ``[name, kind, reply,
reason, seconds]``. Nothing of a submission runs in this process. For each exercise it forks, and the
child gives up what it could do harm with, takes the definitions, asks ``exercises.check``, and sends
the reply through a pipe, behind a token that was drawn for this one time. Then all that it left
running is ended: this process is the one to which orphans are given (a "subreaper"), so none is lost.
"""

import ctypes
import gc
import importlib
import json
import os
import pwd
import re
import resource
import select
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

LOST = "not marked"
"""The kind of a row for which no reply came; its text says why."""

MEGABYTE = 2**20
FILE_BYTES = 50 * MEGABYTE  # of a submission: a notebook with many pictures has a few
READING_SECONDS = 30
ANSWER_BYTES = 4 * MEGABYTE  # through the pipe
LOADED = """
definitions encodings.ascii encodings.latin_1 encodings.utf_8_sig
numpy numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random
array bisect cmath collections.abc copy csv dataclasses decimal enum fractions functools gc gzip heapq
inspect itertools json math numbers operator pathlib random re statistics string struct textwrap time
traceback typing warnings zlib
mnistlib.baseline mnistlib.convolution mnistlib.data mnistlib.deep mnistlib.exercises
mnistlib.functions mnistlib.gradcheck mnistlib.network mnistlib.original mnistlib.training
mnistlib.uncertainty
"""
"""What is loaded once for all answers, who may then not be able to read the files."""
USERS = range(61_000, 65_000)  # numbers of users that a computer leaves free
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38


class Limits(NamedTuple):
    """What a process may use; seconds are counted for each exercise."""

    seconds: float = 10
    memory: int = 1000  # megabytes beyond what it has at the start
    file: int = 10  # megabytes of each file that it writes
    processes: int = 8


class Stopped(Exception):
    """Whoever gave the orders has gone."""


def prctl(option, value):
    """Ask Linux for something about this process."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


# --- The user as whom answers run


def claim_user():
    """Return the number of a user who owns nothing and whom no other warden has; None if not root.

    The claim is a socket's name, so it ends with this process, and is returned to be kept.
    """
    if os.geteuid():
        return None, None
    running = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            running.add(folder.stat().st_uid)
    for user in USERS:
        claim = socket.socket(socket.AF_UNIX)
        with suppress(OSError):
            claim.bind(f"\0mnistlib-marks-{user}")
            try:
                pwd.getpwuid(user)
            except KeyError:
                if user not in running:
                    return user, claim
        claim.close()
    raise OSError("every user that answers could run as is taken")


def become(user):
    """Be another user for good, in no group but that user's own."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def threads_of(user):
    """Count the threads of a user: what RLIMIT_NPROC counts."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == user:
                count += len(os.listdir(folder / "task"))
    return count


# --- A process for one piece of work


class Warden:
    """Runs pieces of work in processes of their own, one after the other."""

    def __init__(self, limits, control=None):
        """Hold to `limits`; stop when the file descriptor `control` is closed at its other end."""
        self.limits, self.control = limits, control
        self.user, self._claim = claim_user()
        # Root is not held by RLIMIT_NPROC; another user starts from 0, we from what runs already.
        running = threads_of(os.getuid()) if self.user is None else 0
        self.processes = running + limits.processes
        prctl(PR_SET_CHILD_SUBREAPER, 1)

    def run(self, work, *args, seconds=None):
        """Return what `work` returns in a process of its own, or why there is nothing, and the time.

        Returns:
            (result, None, seconds) or (None, reason, seconds).
        """
        allowed = seconds or self.limits.seconds
        scratch = tempfile.mkdtemp(prefix="marks-")
        if self.user is not None:
            os.chown(scratch, self.user, self.user)
        token = os.urandom(32)
        ours, theirs = os.pipe()
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._inside(work, args, scratch, token, theirs, allowed)
        os.close(theirs)
        try:
            came, late = self._listen(pid, ours, start + allowed)
        finally:
            os.close(ours)
            status = self._end(pid)
            shutil.rmtree(scratch, ignore_errors=True)
        seconds = time.monotonic() - start
        if late:
            return None, f"it took longer than {allowed:g} s and was stopped", seconds
        if not came:
            return None, self._how_it_ended(status), seconds
        if came.startswith(token):
            with suppress(ValueError):
                return json.loads(came[len(token) :]), None, seconds
        return None, "what came back was not written by the checker", seconds

    def _listen(self, pid, pipe, deadline):
        """Return what came through the pipe until the process ended, and whether it was too late."""
        came, ended = b"", os.pidfd_open(pid)
        poll = select.poll()
        for each in (pipe, ended) if self.control is None else (pipe, ended, self.control):
            poll.register(each, select.POLLIN)
        try:
            while True:
                ready = {each for each, _ in poll.poll(max(0, deadline - time.monotonic()) * 1000)}
                if self.control in ready:
                    raise Stopped
                if pipe in ready:
                    part = os.read(pipe, MEGABYTE)
                    came += part
                    if not part or len(came) > ANSWER_BYTES:
                        poll.unregister(pipe)
                elif ended in ready:
                    return came, False
                elif not ready:
                    return b"", True
        finally:
            os.close(ended)

    def _end(self, pid):
        """End a process and all that it started, and return how it ended itself."""
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        # Whatever it left behind, in other groups and sessions too, is now a child of ours.
        patience = time.monotonic() + 30
        while time.monotonic() < patience:
            try:
                if os.waitpid(-1, os.WNOHANG) != (0, 0):
                    continue
            except ChildProcessError:
                return status
            if self.user is not None:
                self._kill_all_of_the_user()
            for child in children():
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.002)
        raise OSError("a process of a submission could not be ended")

    def _kill_all_of_the_user(self):
        """Kill all the user's processes at one stroke, which even one that multiplies cannot evade."""
        pid = os.fork()
        if pid == 0:
            try:
                become(self.user)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)

    def _how_it_ended(self, status):
        if os.WIFEXITED(status):
            return (
                f"it ended its process, with status {os.WEXITSTATUS(status)}, before a reply came"
            )
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return f"it took longer than {self.limits.seconds:g} s and was stopped"
        return f"its process was ended by {signal.Signals(number).name} before a reply came"

    def _inside(self, work, args, scratch, token, pipe, seconds):
        """Be the process: give up what is not needed, work, send the result. It never returns."""
        getpid, write, leave, dumps = os.getpid, os.write, os._exit, json.dumps
        me, result = getpid(), None
        try:
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
            memory = pages * resource.getpagesize() + self.limits.memory * MEGABYTE
            whole = int(seconds) + 1
            for limit, most in [
                (resource.RLIMIT_AS, memory),
                (resource.RLIMIT_CPU, whole),
                (resource.RLIMIT_FSIZE, self.limits.file * MEGABYTE),
                (resource.RLIMIT_NPROC, self.processes),
                (resource.RLIMIT_NOFILE, 64),
                (resource.RLIMIT_CORE, 0),
            ]:
                resource.setrlimit(limit, (most, most))
            become(self.user)
            prctl(PR_SET_NO_NEW_PRIVS, 1)
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
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


def children():
    """Return the numbers of this process's children."""
    try:
        return [int(n) for n in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:  # a kernel that keeps no such list
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                after_name = file.read_text(errors="replace").rpartition(")")[2].split()
                if int(after_name[1]) == os.getpid():
                    found.append(int(file.parent.name))
        return found


# --- Orders


def read_file(path):
    """Return the bytes of a file, and nothing of what only looks like one.

    Raises:
        OSError: a link, a pipe, a device, a file that is too large or cannot be read.
    """
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(0, "is no file")
        raw = opened.read(FILE_BYTES + 1)
    if len(raw) > FILE_BYTES:
        raise OSError(0, f"is larger than {FILE_BYTES // MEGABYTE} MB")
    return raw


def check(name, source):
    """Run definitions, and return the checker's reply to one of them: kind, first lines, reason."""
    import numpy as np

    from mnistlib import exercises

    space = {"__name__": "answer", "np": np}
    try:
        exec(compile(source, "answer", "exec"), space)
        function = space[f"my_{name}"]
        if exercises.find(function).name != name:
            return {"lost": "it answers to the name of another exercise"}
    except MemoryError:
        raise
    except BaseException as error:
        return {"kind": "raises", "reply": f"{type(error).__name__}: {error}", "reason": ""}
    reply = exercises.check(function)
    lines = reply.text.splitlines()
    reasons = [line for line in lines if line.startswith("A likely reason: ")]
    reason = reasons[0].removeprefix("A likely reason: ") if reasons else ""
    # What helps a student on tells a teacher nothing.
    asked = exercises.GENERAL["next"].values()
    said = [line for line in lines if line not in (*reasons, *asked)]
    return {"kind": reply.kind, "reply": " ".join(said[:4]), "reason": reason}


def rows(warden, order, closed=None):
    """Yield a row for each exercise of an order; `closed` is what an answer may not import from."""
    from definitions import taken

    raws, problems = [], []
    for path in order["files"]:
        try:
            raws.append((os.path.basename(path), read_file(path)))
        except OSError as error:
            problems.append(f"{os.path.basename(path)}: {error.strerror or error}")
    found, lost, _ = warden.run(taken, raws, seconds=READING_SECONDS)
    found = found or {}
    lost = lost or found.get("lost")
    problems += found.get("problems", [])
    for name in order["names"]:
        answer = found.get("answers", {}).get(name)
        if lost:
            yield [name, LOST, f"its files could not be read: {lost}", "", 0]
        elif answer is None and problems:
            yield [name, LOST, problems[0], "", 0]
        elif answer is None:
            yield [name, "not attempted", f"there is no my_{name}", "", 0]
        elif "lost" in answer:
            yield [name, LOST, answer["lost"], "", 0]
        elif "error" in answer:
            yield [name, "raises", answer["error"], "", 0]
        else:
            reply, lost_now, seconds = warden.run(
                check, name, answer["source"], seconds=order["seconds"].get(name)
            )
            lost_now = lost_now or reply.get("lost")
            said = (reply or {}).get("reply", "")
            if closed and re.search(r"\b(ImportError|ModuleNotFoundError): ", said):
                lost_now = f"{said} ({closed} cannot be read by the user it runs as)"
            if lost_now:
                yield [name, LOST, lost_now, "", seconds]
            else:
                kind, said, reason = (str(reply.get(k)) for k in ("kind", "reply", "reason"))
                yield [name, kind, said, answer["note"] if kind == "right" else reason, seconds]


def unreadable(code, data):
    """Return the first of each that the user of this process may not read, or None."""

    def first(paths):
        return next((str(path) for path in paths if not os.access(path, os.R_OK)), None)

    return {"code": first(code), "data": first(data)}


def main():
    """Say that all is well, or what is not; then obey orders until there are no more."""
    limits = Limits(**json.loads(sys.argv[1]))
    # What an answer's process inherits is only what is opened anew from here on.
    control, out = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for name in LOADED.split():
        importlib.import_module(name)
    import numpy

    from mnistlib import download, exercises

    def say(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    warden = Warden(limits, control.fileno())
    code = [os.__file__, numpy.__file__, exercises.__file__]
    folder = Path(os.environ.get("MNISTLIB_DATA") or ROOT / "data")
    data = [folder / file.name for file in download.FILES.values()]
    closed, lost, _ = warden.run(unreadable, code, data)
    say({"user": warden.user, "lost": lost or (closed or {}).get("lost"), "closed": closed})
    gc.freeze()
    with suppress(Stopped, BrokenPipeError):
        while line := control.readline():
            for row in rows(warden, json.loads(line), (closed or {}).get("code")):
                say(row)


if __name__ == "__main__":
    main()
