"""Run students' code where it can do no harm: each answer in a process of its own, behind bubblewrap.

Behind bubblewrap a process sees the system, our Python, the course and its data, to be read only, and
memory disks to write on. It sees no other process, no network and nobody's files, and whatever it has
started ends with it. :mod:`course.classroom.sandbox` is what runs inside.

A teacher who trusts the code can do without (``trusted``): then it is a plain process of the teacher's
own, with a limit on time and no other.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import get_args

from course.classroom.sandbox import FILE, MEGABYTE
from course.classroom.table import CELL, NOT_MARKED, Row
from course.exercises.reply import Kind
from course.files import ROOT

#: The folders and links that a Python needs of a system, bound as they are where they are there.
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")

#: What of our environment students' code gets.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "MNISTLIB_DATA", "LANG", "SYSTEMROOT")

#: Longest reply of a process, in bytes.
REPLY_BYTES = 4 * MEGABYTE

#: What each memory disk holds, in megabytes.
DISK = 10 * FILE

#: How long a process may last by the clock: to start, and for each second of processor time.
STARTING_SECONDS = 20
CLOCK_SECONDS = 3

#: The status of a process that Linux stopped for its processor time, plainly and as bubblewrap tells it.
OUT_OF_TIME = (-24, 128 + 24)

#: The processes that run now.
running: set[subprocess.Popen] = set()


def try_isolated(name: str, source: str, seconds: float, trusted: bool, lesson: str) -> Row:
    """Return what :func:`course.classroom.sandbox.try_source` gives in a process of its own.

    Where nothing comes back, the row is not marked, and says why.

    Args:
        name: the exercise.
        source: the answer to it, and what that needs.
        seconds: of processor time.
        trusted: do without bubblewrap.
        lesson: the number of the one whose exercise is tried; a teacher's variants of others are hidden.
    """
    token = secrets.token_hex(32)
    order = {
        "token": token,
        "answer": {"name": name, "source": source},
        "seconds": seconds,
        "isolated": not trusted,
    }
    command = [sys.executable, "-P", "-m", "course.classroom.sandbox"]
    if trusted:
        place = tempfile.TemporaryDirectory(prefix="marks-", ignore_cleanup_errors=True)
    else:
        place = nullcontext("/")
        command = [*bubblewrap(lesson), *command]
    with place as folder:
        patience = STARTING_SECONDS + CLOCK_SECONDS * seconds
        done = run_in(folder, command, json.dumps(order).encode(), patience)
    if done.stdout.startswith(token.encode()):
        return row_of(done.stdout[len(token) :])
    complaint = done.stderr.decode(errors="replace").strip()
    if done.returncode in OUT_OF_TIME:
        why = f"it took longer than {seconds:g} s and was stopped"
    elif done.stdout:
        why = "what came back was not written by the checker"
    elif complaint:
        why = f"its process did not start: {complaint}"
    else:
        why = f"its process ended before a reply came, with status {done.returncode}"
    return Row(kind=NOT_MARKED, reply=why)


def row_of(reply: bytes) -> Row:
    """Return a reply as a row. It was written beside a student's code: it is data from a stranger."""
    with suppress(ValueError, RecursionError):
        match json.loads(reply):
            case [str(kind), str(words), str(reason), str(nearly_right)]:
                if kind in (NOT_MARKED, *get_args(Kind)):
                    return Row(
                        kind=kind, reply=words, likely_reason=reason, nearly_right=nearly_right
                    )
    return Row(kind=NOT_MARKED, reply="what came back isn't a reply from the checker")


def run_in(
    folder: str, command: list[str], text: bytes, patience: float
) -> subprocess.CompletedProcess:
    """Run a command in a folder, and end all that it started.

    What it writes is cut off at REPLY_BYTES. If it is late, it is stopped, with the status of one that
    is out of processor time.
    """
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "TQDM_DISABLE": "1", "MNISTLIB_MINE": os.devnull}
    environment |= {"PYTHONPATH": str(ROOT), "HOME": folder, "TMPDIR": folder}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=err,
            start_new_session=True,  # so that Ctrl-C reaches us alone
            cwd=folder,
            env=environment,
        ) as process:
            running.add(process)
            try:
                process.communicate(text, timeout=patience)
                status = process.returncode
            except subprocess.TimeoutExpired:
                status = OUT_OF_TIME[0]
            finally:
                kill_tree(process)
                running.discard(process)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(command, status, out.read(REPLY_BYTES), err.read(CELL))


def kill_tree(process: subprocess.Popen) -> None:
    """End a process and what it has started; behind bubblewrap, all of it."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def stop_all() -> None:
    """End all processes that run now."""
    for process in [*running]:
        kill_tree(process)


def why_not() -> str:
    """Return why no code can be run behind bubblewrap here; an empty text if it can."""
    if sys.platform != "linux":
        return "bubblewrap needs Linux"
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed (apt install bubblewrap)"
    stub = "def my_sigmoid(z): ..."
    row = try_isolated("sigmoid", stub, seconds=10, trusted=False, lesson="02")
    works = row.kind == "not attempted"
    return "" if works else f"bubblewrap does not work here ({row.reply})"


# --- Bubblewrap's command lines


def visible_paths() -> list[Path]:
    """Return what of ours a process behind bubblewrap sees, beside the system."""
    data = Path(os.environ.get("MNISTLIB_DATA") or ROOT / "data").resolve()
    pythons = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix)}
    return [*sorted(pythons), ROOT / "mnistlib", ROOT / "course", data]


def options_without_variants(lesson: str) -> list[str]:
    """Return the options that hide a teacher's own variants, compiled ones too, but for one lesson's.

    Their folders are shown again without them.
    """
    variants = (ROOT / "course").rglob("*lesson_9*")
    hidden = {path for path in variants if f"lesson_{lesson}" not in path.name}
    options = []
    for folder in sorted({path.parent for path in hidden}):
        options += ["--tmpfs", str(folder)]
        for entry in sorted({*folder.iterdir()} - hidden):
            options += ["--ro-bind-try", str(entry), str(entry)]
        options += ["--remount-ro", str(folder)]
    return options


def bubblewrap(lesson: str) -> list[str]:
    """Return the command that runs the rest of a command line behind bubblewrap.

    Args:
        lesson: the number of the one whose variants are not hidden.
    """
    # Root would keep the right to take what hides a file away.
    command = ["bwrap", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--unshare-all"]
    command += ["--unshare-user", "--disable-userns", "--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):
        command += ["--size", str(DISK * MEGABYTE), "--perms", "1777", "--tmpfs", folder]
    command += ["--setenv", "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp", "--chdir", "/tmp"]
    above = {folder for path in visible_paths() for folder in path.parents}
    for folder in sorted(above - {Path("/"), Path("/tmp")}):
        command += ["--perms", "0755", "--dir", str(folder)]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    for path in map(str, visible_paths()):
        command += ["--ro-bind", path, path]
    command += options_without_variants(lesson)
    return [*command, "--remount-ro", "/", "--remount-ro", "/dev"]
