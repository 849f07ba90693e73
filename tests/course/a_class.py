"""A class that hands in: answers, the command that marks them, and the table that comes of it."""

import csv
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


def need_bubblewrap():
    """Skip where bubblewrap does not work; CI installs it, and must have it."""
    if reason := isolation.why_not():
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"needs bubblewrap: {reason}")


def command(folder, out, *more):
    small = ["--seconds", "3", "--memory", "200", "--file", "1", "--jobs", "2"]
    return [sys.executable, "-m", "course", "marks", folder, "--out", out, *small, *more]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


def left_running():
    """Return the processes that marking started and left."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_text()
        except OSError:
            continue
        is_sandbox = "course.classroom.sandbox" in line and sys.executable in line
        if is_sandbox or line.startswith("left-behind"):
            found.append((process.name, line))
    return found
