"""Try out a submission's answers: start the process that does so, and talk with it.

That process is ``sandbox.py``. An answer may end it, or speak in its place, so what it says is checked
here again (:func:`outcome_in`), and a new one takes the place of one that has ended.
"""

import base64
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from course.classroom import table
from course.classroom.asked import given
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
from course.classroom.submissions import Submission, read_file
from course.classroom.walls import MEGABYTE, refusals, walls

#: So long may a line be that tells an outcome.
LINE_BYTES = 10 * TEXT

#: In seconds, beyond its limit, until a process that does not answer is ended.
PATIENCE = 10

#: What of our environment a sandbox gets.
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "MNISTLIB_DATA", "LANG", "TMPDIR")

#: Numbers of users that a computer leaves free.
USERS = range(61_000, 65_000)


def claim_user() -> tuple[int | None, socket.socket | None]:
    """Return the number of a user who owns nothing and whom no other sandbox has; None if not root.

    The claim is a socket's name, so it ends with this process; it is returned, to be kept and closed.
    """
    import pwd  # which Linux has

    if os.geteuid():
        return None, None
    for user in USERS:
        claim = socket.socket(socket.AF_UNIX)
        with suppress(OSError):
            claim.bind(f"\0mnistlib-marks-{user}")
            try:
                pwd.getpwuid(user)
            except KeyError:
                return user, claim
        claim.close()
    raise OSError("every user that answers could run as is taken")


class SandboxProcess:
    """A process in which answers are tried, and talking with it."""

    def __init__(self, limits: Limits, behind_walls: bool):
        """Start it; in a session of its own, so that Ctrl-C reaches only us.

        Args:
            limits: what each answer may use.
            behind_walls: whether bubblewrap holds it.

        Raises:
            RuntimeError: it did not start; the message has what it said.
        """
        user, self.claim = claim_user()
        filter_file = os.memfd_create("filter")
        os.write(filter_file, refusals())
        os.lseek(filter_file, 0, os.SEEK_SET)
        command = walls(user, 10 * limits.file, filter_file) if behind_walls else []
        command += [sys.executable, "-m", "course.classroom.sandbox", json.dumps([limits, user])]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1", "HOME": "/"}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[filter_file] if behind_walls else [],
            env=environment,
        )
        os.close(filter_file)
        self.heard = b""
        line = self.listen(READING_SECONDS)
        if not line:
            self.process.kill()
            complaint = self.process.stderr.read().decode(errors="replace").strip()
            self.close()
            raise RuntimeError(f"the process in which answers are tried did not start: {complaint}")
        self.greeting = Greeting(*json.loads(line))

    def listen(self, seconds: float) -> bytes:
        """Return the line that it says next; none if it has ended, or is ended since it is too late.

        No thread waits for us: an answer that stops all processes made after its own would find it.
        """
        deadline = time.monotonic() + seconds + PATIENCE
        pipe = self.process.stdout.fileno()
        while b"\n" not in self.heard:
            if not select.select([pipe], [], [], max(0, deadline - time.monotonic()))[0]:
                self.process.kill()
                return b""
            part = os.read(pipe, MEGABYTE)
            if not part or len(self.heard) > LINE_BYTES:
                return b""
            self.heard += part
        line, _, self.heard = self.heard.partition(b"\n")
        return line

    def outcomes(self, order: Order) -> Iterator[Outcome]:
        """Yield the outcome of each exercise; fewer if an answer ended the process, or spoke for it."""
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        reading = READING_SECONDS
        for name in order.exercises:
            outcome = outcome_in(self.listen(reading + order.seconds[name]), name)
            if outcome is None:
                return
            yield outcome
            reading = 0

    def close(self) -> None:
        """Let it end what it watches over, and itself."""
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        if self.claim is not None:
            self.claim.close()


def outcome_in(line: bytes | str, exercise: str) -> Outcome | None:
    """Return the outcome that a line tells; None if it tells none, as where an answer wrote it."""
    try:
        outcome = Outcome(*json.loads(line))
        *texts, seconds = outcome
        is_whole = all(isinstance(text, str) and len(text) <= 2 * TEXT for text in texts)
        is_known = outcome.exercise == exercise and outcome.kind in (*KINDS, LOST)
        return outcome if is_whole and is_known and 0 <= seconds < 1e6 else None
    except (ValueError, TypeError, RecursionError):
        return None


def try_all(order: Order, limits: Limits, behind_walls: bool) -> list[Outcome]:
    """Return the outcome of each exercise, in as many processes as answers end, and one."""
    outcomes = []
    while waiting := order.exercises[len(outcomes) :]:
        process = SandboxProcess(limits, behind_walls)
        try:
            told = [*process.outcomes(order._replace(exercises=waiting))]
        finally:
            process.close()
        outcomes += told
        if len(told) < len(waiting):
            ending = waiting[len(told)]
            outcomes.append(Outcome(ending, LOST, "it ended the process that tries it"))
    return outcomes


def mark(
    submission: Submission,
    lessons: dict[str, str],
    limits: Limits,
    seconds: dict[str, float],
    behind_walls: bool,
) -> list[table.Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lessons: of each exercise that is tried, in the table's order.
        limits: what each answer may use.
        seconds: how long each may take.
        behind_walls: whether bubblewrap holds them.
    """
    names = [*lessons]
    files = []
    problem = submission.problem
    try:
        for place, path in submission.files:
            files.append((place, base64.b64encode(read_file(path)).decode()))
    except OSError as error:
        problem = problem or f"its files could not be read: {error.strerror or error}"
    if problem:
        outcomes = [Outcome(name, LOST, problem) for name in names]
    else:
        order = Order(files, submission.unread, names, seconds, given())
        outcomes = try_all(order, limits, behind_walls)
    return [
        table.make_row(submission.student, submission.digest, lessons[outcome.exercise], outcome)
        for outcome in outcomes
    ]
