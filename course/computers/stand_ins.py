"""Run the lessons under stand-ins for other computers, and tell where a printed number differs.

    python -m course stand-ins             # for every day: two processors, as different as can be,
                                          # and the lessons that take at most 10 seconds
    python -m course stand-ins 02 03       # the same two, for these lessons
    python -m course stand-ins --all       # every row, every lesson; each row takes some minutes
    python -m course stand-ins --all --rows Prescott
    python -m course stand-ins 02 --all --rows ARM   # emulated: lesson 02 takes a minute or two
    python -m course stand-ins --jobs 2    # two rows at a time
    python -m course stand-ins --newest    # the newest releases of the direct dependencies
    python -m course stand-ins --oldest    # the oldest that pyproject.toml admits, with all the tests

A stand-in changes what a computer does beneath NumPy: which kernel multiplies matrices
(OPENBLAS_CORETYPE), with how many threads, which vector instructions NumPy itself may use
(NPY_DISABLE_CPU_FEATURES), and which mathematics the C library does. An ARM processor is emulated
(``arm.py``), and NumPy is built on other libraries than OpenBLAS (``other_blas.py``). Then come the
circumstances: language and time zone, a home folder that cannot be written, a path with odd letters,
another Python.

Before the lessons run, a probe in the same surroundings tells what is in force. A row that did not
take effect, or in which the probe saw the same as on this computer itself (which pytest tests, and
--all repeats as its first row) or in an earlier row, is not run, and says so. The
result is 1 if a lesson differs or nothing was run, else 0. Figures are compared as well (see
course/lessons/compare_figures.py): the number in brackets is the largest difference of a figure.
"""

import argparse
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from course.computers import arm, other_blas
from course.computers.rerun import (
    NotPossible,
    StandIn,
    describe,
    direct_dependencies,
    environment,
    fingerprint,
    pins,
    probe,
    run_lessons,
    unchanged,
)
from course.lessons import ROOT, Lesson, chosen

#: In seconds: a lesson that takes longer takes minutes on an old kernel, and runs only if it is named.
QUICK = 10


def simd_features() -> str:
    """Return the vector instructions that NumPy uses here beyond its baseline."""
    seen = probe(unchanged())
    return "" if seen["SIMD"] == "off" else seen["SIMD"]


# --- The rows

ITSELF = "this computer"


def itself() -> StandIn:
    """Return the row in which nothing is changed."""
    return StandIn(ITSELF, lambda seen: True)


def processors() -> list[StandIn]:
    """Return the twenty: five kernels, one and two threads, SIMD on and off."""
    simd = simd_features()
    rows = []
    kernels = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX"]
    for kernel, threads, on in itertools.product(kernels, (1, 2), (True, False)):
        reported = "Katmai" if kernel == "Prescott" else kernel  # its name inside OpenBLAS
        settings = {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": str(threads)}
        if not on:
            settings["NPY_DISABLE_CPU_FEATURES"] = simd
        rows.append(
            StandIn(
                f"{kernel}, {threads} thread{'s' * (threads > 1)}, SIMD {'on' if on else 'off'}",
                lambda seen, wanted=(reported, threads, on): (
                    (seen["kernel"], seen["threads"], seen["SIMD"] != "off") == wanted
                ),
                settings,
            )
        )
    return rows


def everyday(rows: list[StandIn], kernel: str) -> list[StandIn]:
    """Choose the oldest processor with nothing, and a recent one other than this `kernel`."""
    recent = "Sandybridge" if kernel == "Haswell" else "Haswell"
    names = ("Prescott, 2 threads, SIMD off", f"{recent}, 1 thread, SIMD on")
    return [row for row in rows if row.name in names]


def older_c_library() -> StandIn:
    """Return the row in which exp and log come from the C library, without fused products."""
    without = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4"
    settings = {"NPY_DISABLE_CPU_FEATURES": simd_features(), "GLIBC_TUNABLES": without}
    fused = probe({**unchanged(), **settings, "GLIBC_TUNABLES": ""})
    return StandIn(
        "C library without FMA",
        lambda seen: (seen["exp"], seen["log"]) != (fused["exp"], fused["log"]),
        settings,
    )


def circumstances() -> list[StandIn]:
    """Return the rows that concern everything around the processor."""

    def turkish(folder: Path) -> dict:
        name = "tr_TR.UTF-8"
        if shutil.which("localedef") and sys.platform == "linux":
            made = subprocess.run(
                ["localedef", "-i", "tr_TR", "-f", "UTF-8", folder / name], capture_output=True
            )
            if made.returncode == 0:
                return {"LC_ALL": name, "LANG": name, "LOCPATH": str(folder)}
        return {"LC_ALL": name, "LANG": name}

    def unwritable(folder: Path) -> dict:
        home = folder / "home"
        home.touch()  # a file, so that nothing can be made below it, not even by root
        return {"HOME": str(home), "USERPROFILE": str(home)}

    def odd_path(folder: Path) -> dict:
        root = folder / "Zwölf Übungen, λ → 数"
        ignored = shutil.ignore_patterns(".git", ".*_cache", "node_modules", "build", "_build")
        shutil.copytree(ROOT, root, ignore=ignored)
        return {"root": root}

    return [
        StandIn(
            "Turkish, in Kathmandu",
            lambda seen: seen["decimal"] == "," and seen["zone"] == "+0545",
            {"TZ": "Asia/Kathmandu"},
            turkish,
        ),
        StandIn(
            "home not writable",
            lambda seen: not seen["home writable"],
            prepare=unwritable,
        ),
        StandIn(
            "a path with odd letters",
            lambda seen: seen["folder"].endswith("数"),
            prepare=odd_path,
        ),
    ]


def other_pythons() -> list[StandIn]:
    """Return a row for the first and for the last Python of the course that are not this one."""

    def pinned(folder: Path, minor: int) -> dict:
        python = shutil.which(f"python3.{minor}")
        if not python:
            raise NotPossible(f"no python3.{minor} here")
        return environment(folder, python, "-r", pins(folder, instead="threadpoolctl"))

    return [
        StandIn(
            f"Python 3.{minor}",
            lambda seen, minor=minor: seen["python"].startswith(f"3.{minor}."),
            prepare=lambda folder, minor=minor: pinned(folder, minor),
        )
        for minor in (11, 13, 14)
        if minor != sys.version_info.minor
    ]


def other_releases(oldest: bool) -> StandIn:
    """Return the row with the oldest or the newest releases of the direct dependencies."""
    here = probe(unchanged())["packages"]
    wanted = [r.replace(">=", "==") if oldest else r for r in direct_dependencies()]
    return StandIn(
        "oldest releases" if oldest else "newest releases",
        lambda seen: seen["packages"] != here,
        prepare=lambda folder: environment(folder, sys.executable, *wanted, "threadpoolctl"),
        all_tests=oldest,
        otherwise="they are the releases that are installed here already",
    )


# --- Running them


def run_row(
    row: StandIn, lessons: list[Lesson], earlier: dict[str, str]
) -> tuple[list[str], list[str], bool | None]:
    """Run one row; return its cells of the table, what to tell below it, and whether all is same.

    The last is None if the row was not run. `earlier` maps what a probe saw to the row that saw it.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        settings = {**unchanged(), **row.settings}
        try:
            (folder / "own").mkdir()
            settings |= row.prepare(folder / "own")
            seen = probe(settings)
            if not row.expected(seen):
                raise NotPossible(f"{row.otherwise}; seen: {describe(seen)}")
            if (same := earlier.setdefault(fingerprint(seen), row.name)) != row.name:
                raise NotPossible(f"the same as {same}")
            verdicts, notes = run_lessons(settings, lessons, row.all_tests, folder)
        except NotPossible as reason:
            return [f"not possible here: {reason}"], [], None
    details = ["", f"{row.name}: {describe(seen)}", *notes]
    details += [seen["packages"]] if "releases" in row.name else []
    for number, verdict in verdicts.items():
        for cell, lines in verdict.printed.items():
            details += ["", f"{number}, {cell}:", *lines]
    same = all(verdict.same for verdict in verdicts.values())
    return [f"{verdict!s:16}" for verdict in verdicts.values()], details, same


def main() -> None:
    """Run the chosen rows and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lessons", nargs="*", metavar="NN", help="a lesson's number, as in 02")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--all", action="store_true", help="every row")
    kinds.add_argument("--newest", action="store_true", help="newest direct dependencies")
    kinds.add_argument("--oldest", action="store_true", help="oldest direct dependencies")
    parser.add_argument("--rows", default="", metavar="REGEX", help="only rows that match this")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="rows at a time")
    options = parser.parse_args()
    try:
        lessons = chosen(options.lessons)
    except ValueError as error:
        parser.error(str(error))
    if not (options.lessons or options.all or options.newest or options.oldest):
        lessons = [lesson for lesson in lessons if lesson.seconds <= QUICK]

    here = probe(unchanged())
    if options.newest or options.oldest:
        rows = [other_releases(options.oldest)]
    elif options.all:
        rows = [itself(), *processors(), *arm.rows(), *other_blas.rows(), older_c_library()]
        rows += [*circumstances(), *other_pythons()]
    else:
        rows = everyday(processors(), here["kernel"])
    rows = [row for row in rows if re.search(options.rows, row.name)]
    columns = [*(lesson.number for lesson in lessons), *(["tests"] if options.oldest else [])]
    print(f"| {'stand-in':32} | " + " | ".join(f"{c:16}" for c in columns) + " |")
    print("|---" * (1 + len(columns)) + "|", flush=True)

    earlier = {fingerprint(here): ITSELF}
    details = []
    outcomes = []
    with ThreadPoolExecutor(options.jobs) as pool:
        runs = pool.map(lambda row: run_row(row, lessons, earlier), rows)
        for row, (cells, more, same) in zip(rows, runs, strict=True):
            print(f"| {row.name:32} | " + " | ".join(cells) + " |", flush=True)
            details += more
            outcomes += [] if same is None else [same]
    print("\n".join(details))
    if not outcomes:
        print("Nothing was run.")
    sys.exit(0 if outcomes and all(outcomes) else 1)


if __name__ == "__main__":
    main()
