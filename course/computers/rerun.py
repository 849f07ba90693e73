"""Run the lessons in surroundings of their own, and say what came out differently.

``certificate.py`` is made of this: a probe, which says what NumPy runs on, and the lessons run as
pytest runs them.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from course import files
from course.lessons import ROOT, Lesson

#: What happens to be set outside must not decide which computer is tried.
CLEARED = r"(OPENBLAS|GOTO|OMP|MKL|BLIS|NPY|LC)_|(GLIBC_TUNABLES|LANG|LANGUAGE|TZ|PYTHONPATH)$"

#: What runs in those surroundings, and prints what it sees of them.
PROBE = """
import hashlib, json, sys
import numpy as np, threadpoolctl
from importlib import metadata
from numpy._core._multiarray_umath import __cpu_dispatch__ as dispatch, __cpu_features__ as has
installed = {found.name: found.version for found in metadata.distributions()}
x = np.linspace(-30, 30, 100_000)
bits = lambda array: hashlib.sha256(array.tobytes()).hexdigest()[:4]
blas = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
print(json.dumps({
    "kernel": "/".join(sorted({p.get("architecture", "unknown") for p in blas})) or "unknown",
    "BLAS": "/".join(sorted({f"{p['internal_api']} {p['version']}" for p in blas}))
    or "{name} {version}".format(**np.show_config("dicts")["Build Dependencies"]["blas"]),
    "threads": max((p["num_threads"] for p in blas), default=0),
    "SIMD": " ".join(name for name in dispatch if has[name]) or "off",
    "product": bits(x.reshape(200, 500) @ x.reshape(500, 200)),
    "exp": bits(np.exp(x)),
    "log": bits(np.log(x * x)),
    "python": sys.version.split()[0],
    "packages": " ".join(f"{n} {installed[n]}" for n in json.loads(sys.argv[1]) if n in installed),
}))
"""


class NotPossible(Exception):
    """Raised when the lessons cannot be run, or not on the computer that was asked for."""


def unchanged() -> dict[str, str]:
    """Return this computer's own environment variables, without those that change its numbers."""
    kept = {key: value for key, value in os.environ.items() if not re.match(CLEARED, key)}
    return {**kept, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


def start(settings: dict[str, str], *command: str | Path) -> subprocess.CompletedProcess:
    """Run this Python with these environment variables."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )


def probe(settings: dict[str, str]) -> dict:
    """Return what a process in these surroundings sees."""
    try:
        project = tomllib.loads(files.read_text(ROOT / "pyproject.toml"))["project"]
    except tomllib.TOMLDecodeError as error:
        raise NotPossible(f"pyproject.toml is not TOML: {error}") from None
    requirements = project["dependencies"] + project["optional-dependencies"]["course"]
    names = [re.match(r"[\w-]+", requirement)[0] for requirement in requirements]
    done = start(settings, "-c", PROBE, json.dumps(names))
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise NotPossible(f"the probe ended with {done.returncode}: {lines[-1]}")
    return json.loads(done.stdout)


@dataclass
class Verdict:
    """What became of a lesson: how many cells ran, which differ and how far, and its figures.

    ``rms`` is the largest difference of a figure, None if none was compared.
    """

    cells: int = 0
    differing: dict[str, str] = field(default_factory=dict)
    rms: float | None = None
    figures: int = 0

    @property
    def same(self) -> bool:
        """Tell whether something ran, and all of it came out as it is stored."""
        return bool(self.cells) and not self.differing

    def add(self, case: ElementTree.Element) -> None:
        """Count one cell of a report in JUnit's format."""
        properties = [(p.get("name"), p.get("value")) for p in case.iter("property")]
        distances = [float(value) for name, value in properties if name == "rms"]
        self.cells += 1
        self.figures += len(distances)
        self.rms = max([*distances, *([] if self.rms is None else [self.rms])], default=None)
        for part in case:
            if part.tag != "properties":
                text = re.sub(r"#x1B\[[\d;]*m", "", part.text or part.get("message"))  # colours
                apart = [value for what, value in properties if what == "apart"]
                last = [line for line in text.splitlines() if line.strip()][-1:]
                self.differing[case.get("name")] = (apart or last)[0]


def run_lesson(settings: dict[str, str], lesson: Lesson, folder: Path) -> tuple[Verdict, list[str]]:
    """Run a lesson as pytest does, its report in an empty folder; return the verdict, and notes."""
    report = folder / "report.xml"
    options = ("-m", "pytest", "-q", "-n0", "--color=no", "-p", "no:cacheprovider")
    done = start(settings, *options, f"--junit-xml={report}", lesson.path)
    if not report.exists():
        raise NotPossible(f"pytest ended with {done.returncode}: {done.stdout + done.stderr}")
    verdict = Verdict()
    for case in ElementTree.parse(report).iter("testcase"):
        verdict.add(case)
    notes = [line for line in done.stdout.splitlines() if line.startswith("FIGURES NOT COMPARED")]
    return verdict, notes
