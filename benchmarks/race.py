"""A race: the course's network trained to 97 % by plain NumPy, PyTorch, JAX and scikit-learn.

    python benchmarks/race.py             measure, print, and write race.json, race.png and README.md
    python benchmarks/race.py --quick     see that it runs; writes nothing
    python benchmarks/race.py --report    rewrite README.md and the figure from race.json

Each run is a process of its own, as for a user: a contender (``contenders.py``) imports what it needs,
loads the images, perhaps compiles, trains, and reads the test images after each epoch. The parent's
clock runs from starting that process until 97 % are right; a step's time is the epoch's without the
reading, over its steps. Ours has the one thread that ``train`` takes, each peer one and two: the better
counts. All take turns, and in each round all have the same weights to start from and the same batches.
A first round is not counted: it leaves on disk what later ones find there.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from page import circumstances, footer, main, quiet, table

WHO = {
    "ours, float32": (1,),
    "ours, float64": (1,),
    "PyTorch": (1, 2),
    "JAX jit": (1, 2),
    "JAX jit, scan": (1, 2),
    "scikit-learn": (1, 2),
}
OURS = "ours, float32"
GOAL = 0.97
FULL = dict(rounds=5, epochs=3, batch_size=128, hidden=128)
QUICK = FULL | dict(rounds=1)
PACKAGES = ["numpy", "torch", "jax", "jaxlib", "scikit-learn"]


def train_contender(name: str, seed: int, plan: dict) -> None:
    """Train, and print after each epoch the share of test images read correctly, and a step's time."""
    import numpy as np
    from contenders import CONTENDERS, RATE

    from mnistlib import data, network, training

    contender_type, dtype = CONTENDERS[name]
    mnist = data.load()
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, hidden=plan["hidden"], dtype=np.float32)
    epochs = plan["epochs"]
    n = len(mnist.train_images)
    batches = training.minibatches(n, plan["batch_size"], rng=rng, epochs=epochs)
    every = len(batches) // epochs
    rate_at = training.linear_decay(RATE, len(batches))
    test_set = (mnist.test_images, mnist.test_labels)
    began = None

    def on_epoch(weights) -> None:
        nonlocal began
        if began is not None:
            us_per_step = round(1e6 * (time.perf_counter() - began) / every, 1)
            right = training.evaluate(network, weights(), test_set).accuracy
            print(json.dumps({"right": right, "us_per_step": us_per_step}), flush=True)
        began = time.perf_counter()

    rates = [rate_at(step) for step in range(len(batches))]
    contender_type(mnist, dtype).run(start, batches, rates, every, on_epoch)


def turn(name: str, threads: int, seed: int, plan: dict) -> dict:
    """Run a contender in a process of its own, with this many cores and threads."""
    command = [sys.executable, __file__, "--contender", name, str(seed), json.dumps(plan)]
    variables = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | dict.fromkeys(variables, str(threads))
    if hasattr(os, "sched_setaffinity"):  # JAX takes as many threads as it sees cores
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:threads])
    began = time.perf_counter()
    epochs = []
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with subprocess.Popen(command, env=env, **pipes) as process:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, cores)
        for line in process.stdout:
            epochs.append(json.loads(line) | {"seconds": round(time.perf_counter() - began, 3)})
        complaint = process.stderr.read().strip()
    if process.returncode:
        raise RuntimeError((complaint.splitlines() or ["no message"])[-1][:200])
    done = next((i for i, epoch in enumerate(epochs) if epoch["right"] >= GOAL), None)
    last = epochs[-1 if done is None else done]
    return {
        "to_97": {
            "seconds": None if done is None else last["seconds"],
            "epochs": len(epochs) if done is None else done + 1,
            "right": last["right"],
        },
        "us_per_step": [epoch["us_per_step"] for epoch in epochs],
    }


def measure(plan: dict) -> dict:
    """Let all take turns; one that cannot take part is reported and left out."""
    runs = {}
    missing = {}
    turns = []
    for count in range(plan["rounds"] + 1):
        seed = max(count - 1, 0)  # round 0 only warms up
        for name, choices in WHO.items():
            for threads in choices if name not in missing else ():
                turns.append(quiet())
                try:
                    answer = turn(name, threads, seed, plan)
                except RuntimeError as error:
                    missing[name] = str(error)
                    runs.pop(name, None)
                    break
                empty = {"to_97": [], "us_per_step": []}
                kept = runs.setdefault(name, {}).setdefault(str(threads), empty)
                if count:
                    kept["to_97"].append(answer["to_97"])
                    kept["us_per_step"] += answer["us_per_step"]
                print(f"  round {count}: {name}, {threads}", file=sys.stderr, flush=True)
    present = [name for name in PACKAGES if is_installed(name)]
    return circumstances(plan, present, turns) | {"note": "", "missing": missing, "runs": runs}


def is_installed(package: str) -> bool:
    from importlib import metadata

    try:
        return bool(metadata.version(package))
    except metadata.PackageNotFoundError:
        return False


def median_wait(runs: list[dict]) -> float | None:
    """Return the median seconds to 97 %, None if half the runs or more never got there."""
    never = float("inf")
    waits = [never if run["seconds"] is None else run["seconds"] for run in runs]
    median = statistics.median(waits) if waits else never
    return None if median == never else median


def better(by_threads: dict[str, dict]) -> tuple[str, dict]:
    """Choose the number of threads with the shorter wait, or the quicker step where none waited."""

    def key(item: tuple[str, dict]) -> tuple[float, float]:
        wait = median_wait(item[1]["to_97"])
        return float("inf") if wait is None else wait, min(item[1]["us_per_step"])

    return min(by_threads.items(), key=key)


def report(results: dict) -> str:
    """Put the results into words and a table, in Markdown."""
    rows = []
    waits = {}
    steps = {}
    for name, by_threads in results["runs"].items():
        threads, runs = better(by_threads)
        waits[name] = median_wait(runs["to_97"])
        steps[name] = min(runs["us_per_step"])
        got = sum(run["seconds"] is not None for run in runs["to_97"])
        cells = [f"{statistics.median(runs['us_per_step']):.0f}", f"{steps[name]:.0f}"]
        cells += [f"{steps[name] / steps[OURS]:.2f}"]
        wait = "–" if waits[name] is None else f"{waits[name]:.2f}"
        rows.append([name, threads, *cells, wait, f"{got} of {len(runs['to_97'])}"])
    peers = [name for name in waits if "ours" not in name]
    quickest = min(peers, key=lambda name: waits[name] or float("inf"), default=None)
    faster = [f"*{name}*" for name in peers if steps[name] < steps[OURS]]
    sentences = []
    if quickest and waits[OURS] and waits[quickest]:
        sentences.append(
            "From starting Python to a network that reads 97 % of the test images correctly, plain "
            f"NumPy takes **{waits[OURS]:.1f} s**; the quickest of the frameworks here, *{quickest}*, "
            f"takes {waits[quickest]:.1f} s."
        )
    sentences.append(
        f"Once it trains, plain NumPy needs {steps[OURS]:.0f} µs for a step at best; "
        f"{' and '.join(faster) or 'none of them'} {'need' if len(faster) > 1 else 'needs'} less."
    )
    head = ["", "threads", "a step, µs", "at best", "/ ours", "to 97 %, s", "got there"]
    parts = [
        " ".join(sentences),
        "![A bar for each contender: the seconds from starting Python to a network that reads 97 % "
        "of the test images correctly.](race.png)",
        table(head, rows),
        "A step: median and best of all epochs, in batches of 128. To 97 %: median of "
        f"{results['settings']['rounds']} runs, with starting Python and importing; – where it was "
        "not measured, or half the runs or more did not get there.",
        results["note"],
        footer(results),
        *(f"Left out: {name} ({why})." for name, why in results["missing"].items()),
    ]
    return "\n\n".join(part for part in parts if part)


def draw(results: dict, target: Path) -> None:
    """Draw a bar for each contender: the wait for 97 %."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    waits = {
        n: median_wait(better(by_threads)[1]["to_97"]) for n, by_threads in results["runs"].items()
    }
    names = sorted((name for name in waits if waits[name]), key=lambda name: -waits[name])
    figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
    colours = ["C0" if name == OURS else "C7" for name in names]
    bars = axis.barh(names, [waits[name] for name in names], color=colours)
    axis.bar_label(bars, [f"{waits[name]:.1f} s" for name in names], padding=3)
    axis.margins(x=0.12)
    axis.set(xlabel="seconds from starting Python to 97 % of the test images: shorter is faster")
    figure.savefig(target, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        train_contender(sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
    else:
        main("race", measure, report, FULL, QUICK, draw)
