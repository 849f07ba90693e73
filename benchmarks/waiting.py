"""What else a reader waits for: importing, loading, the lessons, all the tests; and peak memory.

    python benchmarks/waiting.py
    python benchmarks/waiting.py --report    write the tables anew from waiting.json

Prints tables, writes waiting.json, and puts the tables into README.md. Some ten minutes, in the
course's own environment: executing the lessons and running the tests needs its packages.
"""

import gzip
import json
import os
import re
import statistics
import subprocess
import sys
import time

from report import HERE, met, render, show, write_section

from course.computers.machine import cpu_name

ROUNDS = 15

IMPORT = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
TRAIN = """
import resource, sys
import numpy as np
from mnistlib import data, network, training
mnist = data.load()
rng = np.random.default_rng(0)
batches = training.minibatches(60_000, rng=rng, epochs=1)
training.train(
    network, network.initialise(rng, dtype="{}"), (mnist.train_images, mnist.train_labels), batches,
    learning_rate=0.1, momentum=0.9, monitor={{"test": (mnist.test_images, mnist.test_labels)}},
)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
"""


def ask(program: str) -> float:
    """Run a program in a Python of its own, and return the number that it prints."""
    command = [sys.executable, "-c", program]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def lessons() -> dict[str, dict]:
    """Execute every lesson, which stores the outputs it has; return what it took, and may take."""
    from course.lessons import Lesson

    command = [sys.executable, "-m", "course", "execute"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = re.findall(r"^(\S+): ([\d.]+) s, (?:(\d+) MB)?", printed, re.M)
    return {
        name: {
            "seconds": float(seconds),
            "megabytes": int(megabytes) if megabytes else None,
            "limits": Lesson(name).limits,
        }
        for name, seconds, megabytes in lines
    }


def all_tests() -> float:
    """Return the seconds that the whole `pytest` takes."""
    # One file is left out: it compares this page with results that are not written yet.
    command = [sys.executable, "-m", "pytest", "-q", "--ignore=tests/test_benchmarks.py"]
    start = time.perf_counter()
    subprocess.run(command, cwd=HERE.parent, check=True)
    return round(time.perf_counter() - start, 1)


def measure() -> dict:
    # Memory first: a child's peak counts what its parent held at that time.
    memory = {
        f"{dtype} training": round(ask(TRAIN.format(dtype))) for dtype in ("float32", "float64")
    }

    imports = {
        "import numpy": [],
        "import mnistlib": [],
        "from mnistlib import training": [],
    }
    for _ in range(ROUNDS):
        for statement, times in imports.items():
            times.append(ask(IMPORT.format(statement)))

    from mnistlib import data, download

    folder = HERE.parent / "data"
    packed = [(folder / file.name).read_bytes() for file in download.FILES.values()]
    loading = {"gzip.decompress": [], "load()": []}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for one in packed:
            gzip.decompress(one)
        middle = time.perf_counter()
        data.load(folder)
        loading["gzip.decompress"].append(middle - start)
        loading["load()"].append(time.perf_counter() - middle)

    return {
        "cpu": cpu_name(),
        "python": sys.version.split()[0],
        "rounds": ROUNDS,
        "milliseconds": {
            what: {
                "best": round(1e3 * min(times), 1),
                "median": round(1e3 * statistics.median(times), 1),
            }
            for what, times in {**loading, **imports}.items()
        },
        "peak_megabytes": memory,
        "lessons": lessons(),
        "pytest_seconds": all_tests(),
    }


def report(results: dict) -> str:
    """Put the results into tables, each with its goal and whether it was met."""
    milliseconds = results["milliseconds"]
    goals = {
        "load()": ("gzip.decompress", 2),
        "import mnistlib": ("import numpy", 1.3),
        "from mnistlib import training": ("import numpy", None),
    }
    short = []
    whole = []
    for what, times in milliseconds.items():
        other, goal = goals.get(what, (None, None))
        ratio = times["best"] / milliseconds[other]["best"] if other else None
        short.append(
            [
                f"`{what}`",
                f"{times['best']:.1f}",
                f"{times['median']:.1f}",
                f"{ratio:.2f} × {other}" if other else "",
                f"{goal} ×" if goal else "",
                met(ratio, goal) if goal else "",
            ]
        )
    for name, run in results["lessons"].items():
        (seconds, megabytes), peak = run["limits"], run["megabytes"]
        within = run["seconds"] <= seconds and (peak is None or peak <= megabytes)
        goal = f"{seconds} s, {megabytes} MB"
        verdict = "yes" if within else "**no**"
        whole.append([name, f"{run['seconds']:.0f}", show(peak, "{}"), goal, verdict])
    seconds = results["pytest_seconds"]
    whole.append(["the whole `pytest`", f"{seconds:.0f}", "", "480 s", met(seconds, 480)])
    for name, peak in results["peak_megabytes"].items():
        whole.append([f"{name}, one epoch", "", str(peak), "300 MB", met(peak, 300)])
    return render("waiting", results, short=short, whole=whole)


def main() -> None:
    if sys.argv[1:] == ["--report"]:
        results = json.loads((HERE / "waiting.json").read_text(encoding="utf-8"))
        write_section(report(results), "waiting")
        return
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    results = measure()
    (HERE / "waiting.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(report(results))
    write_section(report(results), "waiting")


if __name__ == "__main__":
    main()
