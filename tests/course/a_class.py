"""A class that hands in: answers, the command that marks them, and the table that comes of it."""

import csv
import functools
import json
import os
import sys
from pathlib import Path

import pytest

from course.classroom import isolation

GOOD = "import numpy as np\n\ndef my_one_hot(labels, classes=10):\n    return np.eye(classes)[labels]\n"


def notebook(*cells):
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def answer(body, name="sigmoid", arguments="z"):
    """Return an answer to one exercise after a good one to another."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"{GOOD}\ndef my_{name}({arguments}):\n{lines}"


why_not = functools.cache(isolation.why_not)  # it starts a process


def need_bubblewrap():
    """Skip where bubblewrap does not work; CI installs it, and must have it."""
    if reason := why_not():
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"needs bubblewrap: {reason}")


def command(folder, out, *more):
    small = ["--seconds", "2", "--memory", "200", "--file", "1", "--jobs", "2"]
    return [sys.executable, "-m", "course", "marks", folder, "--out", out, *small, *more]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


def cmdline(pid):
    """Return a process's command line; an empty text if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def ancestors(pid):
    """Yield the processes above one, without the first of all."""
    while True:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        except OSError:
            return
        pid = stat.rpartition(")")[2].split()[1]  # behind the name: the state, the parent
        if pid in ("0", "1"):
            return
        yield pid


def is_at_work(pid):
    """Tell whether a process belongs to a marking or a test that goes on, perhaps beside this one."""
    at_work = ("\0course\0marks\0", "pytest", "exec(eval(sys.stdin.readline()))")  # xdist's workers
    return any(words in cmdline(above) for above in ancestors(pid) for words in at_work)


def left_running():
    """Return the processes that a marking started and, having ended, left."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        line = cmdline(process.name)
        is_sandbox = "course.classroom.sandbox" in line and sys.executable in line
        if (is_sandbox or line.startswith("left-behind")) and not is_at_work(process.name):
            found.append((process.name, cmdline(process.name)))
    return [(pid, line) for pid, line in found if line]
