"""Run lessons in surroundings of one's own, and tell what came out otherwise than it is stored.

The stand-ins for other computers (``stand_ins.py``) and a reader's report on their own computer
(``certificate.py``) are made of this: a probe, which tells what is in force beneath NumPy, and the
lessons run as pytest runs them. `StandIn` tells what settings are.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from xml.etree import ElementTree

from course.lessons import ROOT, Lesson

#: Rows set these themselves; what happens to be set outside would make a row lie.
CLEARED = r"(OPENBLAS|GOTO|OMP|MKL|BLIS|NPY|LC)_|(GLIBC_TUNABLES|LANG|LANGUAGE|TZ|PYTHONPATH)$"

#: What runs in those surroundings, and prints what it sees of them.
PROBE = """
import hashlib, json, locale, os, pathlib, platform, sys, time
import numpy as np, threadpoolctl, mnistlib
from importlib import metadata
from numpy._core._multiarray_umath import __cpu_dispatch__ as dispatch, __cpu_features__ as has
installed = {found.name: found.version for found in metadata.distributions()}
x = np.linspace(-30, 30, 100_000)
bits = lambda array: hashlib.sha256(array.tobytes()).hexdigest()[:4]
blas = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
# What threadpoolctl does not know, Debian keeps in folders of that name: blas, blis-openmp.
maps = pathlib.Path("/proc/self/maps")
lines = maps.read_text().splitlines() if maps.exists() else []
places = {pathlib.Path(line.split()[-1]).parent.name for line in lines if "/libblas.so" in line}
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass  # as if nothing had been set
try:
    (pathlib.Path.home() / f"probe-{os.getpid()}").mkdir()
    (pathlib.Path.home() / f"probe-{os.getpid()}").rmdir()
    writable = True
except OSError:
    writable = False
print(json.dumps({
    "kernel": "/".join(sorted({p.get("architecture", "unknown") for p in blas})) or "unknown",
    "BLAS": "/".join(sorted({f"{p['internal_api']} {p['version']}" for p in blas}))
    or " ".join(sorted(place.replace("-", " ") for place in places))
    or "{name} {version}".format(**np.show_config("dicts")["Build Dependencies"]["blas"]),
    "threads": max((p["num_threads"] for p in blas), default=0),
    "SIMD": " ".join(name for name in dispatch if has[name]) or "off",
    "product": bits(x.reshape(200, 500) @ x.reshape(500, 200)),
    "exp": bits(np.exp(x)),
    "log": bits(np.log(x * x)),
    "decimal": locale.localeconv()["decimal_point"],
    "zone": time.strftime("%z", time.gmtime(0)) and time.strftime("%z"),
    "home writable": writable,
    "folder": str(pathlib.Path(mnistlib.__file__).parent.parent),
    "machine": platform.machine(),
    "python": sys.version.split()[0],
    "packages": " ".join(f"{n} {installed[n]}" for n in json.loads(sys.argv[1]) if n in installed),
}))
"""

#: Settings that are no variables of the environment.
NOT_VARIABLES = ("python", "root", "kernel")


class NotPossible(Exception):
    """Raised when a computer cannot play a stand-in."""


@dataclass
class StandIn:
    """One row: what to set, and what the probe must then see.

    `prepare` is given an empty folder and returns further settings; of them, ``python`` and
    ``root`` are the interpreter and the clone to use, ``kernel`` is the command that starts the
    Python of the lessons if that is another one, the rest are environment variables.
    """

    name: str
    expected: Callable[[dict], bool]
    settings: dict = field(default_factory=dict)
    prepare: Callable[[Path], dict] = lambda folder: {}
    all_tests: bool = False
    otherwise: str = "it did not take effect"


def direct_dependencies(course: bool = True) -> list[str]:
    """Return the requirements in pyproject.toml, as in ``numpy>=2.3``; the library's, the course's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["dependencies"] + (project["optional-dependencies"]["course"] if course else [])


def pins(folder: Path, instead: str = "") -> Path:
    """Write requirements.txt into a folder, without the clone or with something in its place."""
    file = folder / "pins.txt"
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    file.write_text(text.replace("-e .", instead), encoding="utf-8")
    return file


def environment(folder: Path, python: str, *requirements: str | Path) -> dict[str, Path]:
    """Make a virtual environment with some packages; return its interpreter."""
    folder = folder / "venv"
    interpreter = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    for command in (
        [python, "-m", "venv", folder],
        [interpreter, "-m", "pip", "install", "-q", *requirements],
    ):
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise NotPossible((done.stderr or done.stdout).strip().splitlines()[-1])
    return {"python": interpreter}


_making = Lock()


def made_once(name: str, source: Path, make: Callable[[Path], object]) -> Path:
    """Return a folder of the temporary files that `make(folder)` fills, unless it has done so before.

    It is made anew when the pins or the module `source` have changed.
    """
    read = (ROOT / "requirements.txt").read_bytes() + source.read_bytes()
    made = Path(tempfile.gettempdir()) / f"mnistlib-{name}-{hashlib.sha256(read).hexdigest()[:12]}"
    with _making:
        if not made.exists():
            part = Path(tempfile.mkdtemp(prefix=f"{made.name}-"))
            try:
                make(part)
                os.replace(part, made)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    if hasattr(os, "getuid") and made.stat().st_uid != os.getuid():
        raise NotPossible(f"{made} is somebody else's")
    return made


def unchanged() -> dict:
    """Return the settings of this computer itself: its environment without what the rows set."""
    kept = {key: value for key, value in os.environ.items() if not re.match(CLEARED, key)}
    return {**kept, "LANG": "C.UTF-8", "python": sys.executable, "root": ROOT}


def start(settings: dict, *command: str | Path) -> subprocess.CompletedProcess:
    """Run a command as a row prescribes."""
    env = {key: value for key, value in settings.items() if key not in NOT_VARIABLES}
    env |= {"PYTHONPATH": str(settings["root"])}
    return subprocess.run(
        [str(word) for word in command],
        cwd=settings["root"],
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )


def probe(settings: dict) -> dict:
    """Return what a process in these surroundings sees."""
    names = [re.match(r"[\w-]+", requirement)[0] for requirement in direct_dependencies()]
    python = settings.get("kernel", [settings["python"]])
    done = start(settings, *python, "-c", PROBE, json.dumps(names))
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise NotPossible(f"the probe ended with {done.returncode}: {lines[-1]}")
    return json.loads(done.stdout)


def fingerprint(seen: dict) -> str:
    """Return all that a probe saw as one string."""
    return json.dumps(seen, sort_keys=True)


@dataclass
class Verdict:
    """What became of a lesson: how many cells ran, which differ and how far, and its figures.

    `rms` is the largest difference of a figure, None if none was compared; `printed` is what the tests
    print of each cell that differs.
    """

    cells: int = 0
    differing: dict[str, str] = field(default_factory=dict)
    rms: float | None = None
    figures: int = 0
    printed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Tell whether something ran, and all of it came out as it is stored."""
        return bool(self.cells) and not self.differing

    def __str__(self) -> str:
        """Return the verdict in a few words, for a table."""
        if self.same:
            return "same" if self.rms is None else f"same ({self.rms:.2f})"
        if not self.cells:
            return "DIFFERS: no cell was run"
        also = f" +{len(self.differing) - 1}" if len(self.differing) > 1 else ""
        return f"DIFFERS: {next(iter(self.differing))}{also}"

    def add(self, case: ElementTree.Element) -> None:
        """Count one cell, or one test, of a report in JUnit's format."""
        properties = [(p.get("name"), p.get("value")) for p in case.iter("property")]
        distances = [float(value) for name, value in properties if name == "rms"]
        self.cells += 1
        self.figures += len(distances)
        self.rms = max([*distances, *([] if self.rms is None else [self.rms])], default=None)
        for part in case:
            if part.tag != "properties":
                text = re.sub(r"#x1B\[[\d;]*m", "", part.text or part.get("message"))  # colours
                name = case.get("name")
                lines = text.splitlines()
                words = [value for what, value in properties if what == "apart"]
                self.differing[name] = (words or [line for line in lines if line.strip()][-1:])[0]
                self.printed[name] = lines[-30:]


def own_kernel(settings: dict, folder: Path) -> tuple[list[str], dict]:
    """Return the options, and settings, with which nbval runs the lessons in a Python of their own."""
    spec = {
        "argv": [*settings["kernel"], "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "another",
        "language": "python",
    }
    (folder / "kernels" / "another").mkdir(parents=True)
    (folder / "kernels" / "another" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    # In place of those in pyproject.toml, which say that the kernel is this Python.
    options = ["-o", "addopts=", "--nbval", "--nbval-kernel-name=another"]
    options += ["--nbval-kernel-startup-timeout=600", "--nbval-cell-timeout=9999", "--timeout=9999"]
    return options, settings | {"JUPYTER_PATH": str(folder)}


def run_lessons(
    settings: dict, lessons: list[Lesson], all_tests: bool, folder: Path
) -> tuple[dict[str, Verdict], list[str]]:
    """Run the tests; return the verdict on each lesson (and on the other tests), and the notes."""
    root = settings["root"]
    notebooks = [root / lesson.path.relative_to(ROOT) for lesson in lessons]
    report = folder / "report.xml"
    options = []
    if "kernel" in settings:
        options, settings = own_kernel(settings, folder)
    done = start(
        settings,
        *(settings["python"], "-m", "pytest", "-q", "-n0", "--color=no", "-p", "no:cacheprovider"),
        *options,
        f"--junit-xml={report}",
        *notebooks,
        *([root / "tests"] if all_tests else []),
    )
    if not report.exists():
        raise NotPossible(f"pytest ended with {done.returncode}: {(done.stdout + done.stderr)}")
    columns = {f"notebooks.{lesson.name}": lesson.number for lesson in lessons}
    names = [*columns.values(), *(["tests"] if all_tests else [])]
    verdicts = {name: Verdict() for name in names}
    for case in ElementTree.parse(report).iter("testcase"):
        name = columns.get(case.get("classname").removesuffix(".ipynb"), "tests")
        verdicts[name].add(case)
    notes = [line for line in done.stdout.splitlines() if line.startswith("FIGURES NOT COMPARED")]
    return verdicts, notes


def describe(seen: dict) -> str:
    """Tell in a line what the probe saw."""
    parts = [f"{seen['machine']}, {seen['BLAS']}, kernel {seen['kernel']}"]
    parts += [f"{seen['threads']} thread(s), SIMD {seen['SIMD']}"]
    parts += [f"last bits of a product {seen['product']}, of exp {seen['exp']}"]
    parts += [f"decimal {seen['decimal']}", f"zone {seen['zone']}", f"Python {seen['python']}"]
    return "; ".join(parts)
