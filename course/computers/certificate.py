"""Run the lessons on this computer, and report whether it gets the numbers that are stored.

    python -m course certificate          # every lesson; some minutes
    python -m course certificate 02 03    # these only
    python -m course certificate 02 --kernel Prescott    # as on another processor

The report is Markdown, ready to be pasted. It says what computer this is, as far as numbers depend on
it, and for every lesson that all cells came out the same, or which differ and how far. It is printed
and sent nowhere. ``website/pages/computers.md`` lists the computers that were tried; yours is welcome.
The exit code is 1 if a lesson differs, else 0.

With ``--kernel`` this processor stands in for another one: OpenBLAS multiplies matrices with the kernel
of that processor, and for the oldest of them, Prescott, NumPy does without vector instructions. The
report is refused if that did not take effect.
"""

import argparse
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from course import files
from course.computers import cpu_name
from course.computers.rerun import NotPossible, Verdict, probe, run_lesson, unchanged
from course.lessons import ROOT, chosen

#: Kernels of OpenBLAS that any processor of Intel or AMD can run, and the name that each then reports.
KERNELS = {"Prescott": "Katmai", "Nehalem": "Nehalem", "Sandybridge": "Sandybridge"}

#: In seconds: with ``--quick`` only lessons that take no longer run.
QUICK = 10


def stand_in(kernel: str) -> tuple[dict[str, str], dict]:
    """Return the environment in which this processor stands in for another, and what a probe saw."""
    here = unchanged()
    settings = here | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
    if kernel == "Prescott" and (simd := probe(here)["SIMD"]) != "off":
        settings["NPY_DISABLE_CPU_FEATURES"] = simd
    seen = probe(settings)
    if seen["kernel"] != KERNELS[kernel] or (kernel == "Prescott" and seen["SIMD"] != "off"):
        raise NotPossible(
            f"{kernel} did not take effect: the kernel is {seen['kernel']}, SIMD {seen['SIMD']}"
        )
    return settings, seen


def course() -> str:
    """Tell which state of the course this is, and which of its files were changed here."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip()

    try:
        changed = git("status", "--porcelain", "--", "mnistlib", "notebooks", "data", "course")
        files = [line[3:] for line in changed.splitlines() if not line.startswith("?")]
        also = f"; changed here: {', '.join(files)}" if files else ""
        return f"commit {git('rev-parse', '--short=10', 'HEAD')}{also}"
    except (OSError, subprocess.CalledProcessError):
        return "not a git clone"


def pinned(packages: str) -> list[str]:
    """Return the packages among ``numpy 2.4.6 matplotlib ...`` that are not the pinned releases."""
    pins = files.read_text(ROOT / "requirements.txt")
    words = packages.split()
    pairs = zip(words[::2], words[1::2], strict=True)
    return [f"{n} {v}" for n, v in pairs if not re.search(rf"^{n}=={re.escape(v)}\b", pins, re.M)]


def computer(seen: dict) -> dict[str, str]:
    """Return what there is to say about this computer, given what a probe saw of it."""
    numpy = re.search(r"\bnumpy (\S+)", seen["packages"])[1]
    others = pinned(seen["packages"])
    return {
        "processor": f"{cpu_name()}, {platform.machine()}",
        "system": platform.platform(),
        "Python": f"{platform.python_implementation()} {seen['python']}",
        "NumPy": f"{numpy}; vector instructions beyond its baseline: {seen['SIMD']}",
        "BLAS": f"{seen['BLAS']}, kernel {seen['kernel']}, {seen['threads'] or 'unknown'} thread(s)",
        "last bits": f"of a product {seen['product']}, of exp {seen['exp']}, of log {seen['log']}",
        "packages": f"not as pinned: {', '.join(others)}" if others else "as pinned",
        "course": course(),
    }


def sentence(verdict: Verdict) -> str:
    """Return the verdict on a lesson in full: the cells that differ, by the numbers Jupyter shows."""
    if not verdict.cells:
        return "**differs**: no cell was run"
    if verdict.same:
        figures = (
            f", {verdict.figures} figures (apart {verdict.rms:.2f})" if verdict.figures else ""
        )
        return f"same: {verdict.cells} cells{figures}"
    cells = [
        f"[{int(name.removeprefix('Cell ')) + 1}] by {words}"
        for name, words in verdict.differing.items()
    ]
    more = f"; and {len(cells) - 5} more" if len(cells) > 5 else ""
    return f"**differs** in {len(cells)} of {verdict.cells} cells: {'; '.join(cells[:5])}{more}"


def table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """Return a Markdown table of two columns; nothing in a cell can end it."""
    lines = [head, ("---", "---"), *rows]
    return "\n".join(f"| {a} | {b.replace('|', '/')} |" for a, b in lines)


def main() -> None:
    """Run the lessons and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lessons", nargs="*", metavar="NN", help="a lesson's number, as in 02")
    parser.add_argument("--kernel", choices=KERNELS, help="stand in for another processor")
    parser.add_argument("--quick", action="store_true", help=f"lessons of at most {QUICK} seconds")
    options = parser.parse_args()
    try:
        lessons = chosen(options.lessons)
    except ValueError as error:
        parser.error(str(error))
    if options.quick:
        lessons = [lesson for lesson in lessons if lesson.seconds <= QUICK]
    for lesson in lessons:
        lesson.refuse_damaged()
    verdicts = {}
    notes = set()
    try:
        if options.kernel:
            settings, seen = stand_in(options.kernel)
        else:
            settings = unchanged()
            seen = probe(settings)
        about = computer(seen)
        for lesson in lessons:
            print(f"lesson {lesson.number} ...", end=" ", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                verdict, more = run_lesson(settings, lesson, Path(folder))
            print("same" if verdict.same else "DIFFERS", file=sys.stderr)
            verdicts[lesson.number] = verdict
            notes.update(more)
    except NotPossible as reason:
        sys.exit(f"no report could be made: {reason}")
    same = all(verdict.same for verdict in verdicts.values())
    name = cpu_name() + (f" as {options.kernel}" if options.kernel else "")
    print(f"### {'The same numbers' if same else 'Other numbers'} on {name}\n")
    print(table(("computer", ""), about.items()), end="\n\n")
    print(table(("lesson", ""), [(n, sentence(v)) for n, v in verdicts.items()]))
    for note in sorted(notes):
        print(f"\n{note.capitalize()}.")
    print("\nThis was sent nowhere. Paste it where you found the course.", file=sys.stderr)
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
