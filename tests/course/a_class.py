"""A class that hands in: answers, the command that marks them, and the table that comes of it."""

import csv
import functools
import json
import os
import secrets
import shutil
import sys
import time
from pathlib import Path

import pytest

from course.classroom import extract, isolation

GOOD = "import numpy as np\n\ndef my_one_hot(labels, classes=10):\n    return np.eye(classes)[labels]\n"


def notebook(*cells):
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    metadata = {"language_info": {"version": "3.11.0"}}
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def answer(body, name="sigmoid", arguments="z"):
    """Return an answer to one exercise after a good one to another."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"{GOOD}\ndef my_{name}({arguments}):\n{lines}"


def that_count(files):
    """Return of each answer in some files the version that counts."""
    answers, _ = extract.take_answers(files)
    return {name: versions[0] for name, versions in answers.items()}


why_not = functools.cache(isolation.why_not)  # it starts a process

#: Stands in an environment variable that reaches all processes of a marking, and so tells them apart
#: from those of others.
OURS = f"left-by-the-tests-{secrets.token_hex(8)}"
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), OURS])

#: Starts the command as if root were anybody, with the seconds that each answer has. It refuses root
#: because of the one limit that Linux does not put on root.
AS_ANYBODY = """
import os
from course.classroom import marks
os.geteuid = lambda: 1
marks.SECONDS = {seconds}
marks.main()
"""


def need_bubblewrap():
    """Skip where there is no bubblewrap; CI on Linux must have one that works, if it has one."""
    if reason := why_not():
        must_work = sys.platform == "linux" and shutil.which("bwrap") and os.environ.get("CI")
        give_up = pytest.fail if must_work else pytest.skip
        give_up(f"needs bubblewrap: {reason}")


def command(folder, out, *more, seconds=2):
    start = AS_ANYBODY.format(seconds=seconds)
    return [sys.executable, "-c", start, folder, "--out", out, *more]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


def left_running():
    """Return the command lines of processes that a marking of these tests started and left.

    What has been killed is given a moment to end, since it ends when the kernel comes to it.
    """
    deadline = time.monotonic() + 10
    while (found := running()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def running():
    """Return the command lines of processes that a marking of these tests started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = OURS.encode() in (process / "environ").read_bytes()
            line = (process / "cmdline").read_text(errors="replace")
        except OSError:  # another's, or one that has ended
            continue
        if is_ours and ("course.classroom.sandbox" in line or line.startswith("left-behind")):
            found.append(line)
    return found
