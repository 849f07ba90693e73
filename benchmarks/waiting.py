"""What else a reader waits for: loading the data, importing the library; and what training holds.

    python benchmarks/waiting.py

Prints a table, writes waiting.json, and puts the table into README.md. About a minute.
"""

import gzip
import json
import os
import statistics
import subprocess
import sys
import time

from training_step import HERE, cpu_name, show, table, write_section

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
    network.initialise(rng, dtype="{}"), mnist.train_images, mnist.train_labels, batches,
    learning_rate=0.1, momentum=0.9, monitor={{"test": (mnist.test_images, mnist.test_labels)}},
)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
"""


def ask(program: str) -> float:
    """Run a program in a Python of its own, and return the number that it prints."""
    command = [sys.executable, "-c", program]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


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
    }


def report(results: dict) -> str:
    found = results["milliseconds"]
    goals = {
        "load()": ("gzip.decompress", "2"),
        "import mnistlib": ("import numpy", "1.3"),
        "from mnistlib import training": ("import numpy", "1.3"),
    }
    rows = []
    for what, times in found.items():
        other, goal = goals.get(what, (None, ""))
        ratio = times["best"] / found[other]["best"] if other else None
        beside = f"{show(ratio)} × {other}, at most {goal}" if other else ""
        rows.append([f"`{what}`", f"{times['best']:.1f}", f"{times['median']:.1f}", beside])
    memory = results["peak_megabytes"]
    held = [[name, str(peak), "at most 300"] for name, peak in memory.items()]
    return "\n\n".join(
        [
            f"Best and median of {results['rounds']}, taken in turns, on {results['cpu']}, "
            f"Python {results['python']}.",
            table(["what", "ms, best", "median", "beside, and goal"], rows),
            table(["one epoch of", "peak MB of the whole process", "goal"], held),
        ]
    )


def main() -> None:
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    results = measure()
    (HERE / "waiting.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(report(results))
    write_section(report(results), "waiting")


if __name__ == "__main__":
    main()
