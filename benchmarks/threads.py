"""A training step with one BLAS thread and with two, on a quiet computer and on a busy one.

    python benchmarks/threads.py            measure, print, and write the results (minutes)
    python benchmarks/threads.py --quick    see that it runs; writes nothing
    python benchmarks/threads.py --report   rewrite README.md from threads.json

Why ``training.train`` takes one thread. Busy is beside programs that do nothing but count, one a core.
"""

import contextlib
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator

import numpy as np
from command import circumstances, command
from report import render

from course.computers.machine import blas_kernel, quiet
from mnistlib import convolution, data, network, training

FULL = dict(rounds=7, steps=60, patience=2)
QUICK = dict(rounds=1, steps=3, patience=0)


def count() -> None:
    """Keep a core busy until killed."""
    while True:
        pass


@contextlib.contextmanager
def busy(programs: int) -> Iterator[None]:
    """Let so many programs run meanwhile."""
    others = [multiprocessing.Process(target=count, daemon=True) for _ in range(programs)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.join()


def measure(plan: dict) -> dict:
    mnist = data.load()
    rng = np.random.default_rng(0)
    networks = {
        "lesson 04's network": (network, network.initialise(rng), 128),
        "lesson 10's network": (convolution.Convolutional(), convolution.initialise(rng), 64),
    }
    times_of = {}
    turns = 0
    disturbed = 0
    for programs in (0, os.cpu_count()):
        for name, (model, start, batch_size) in networks.items():
            batches = training.minibatches(len(mnist.train_images), batch_size, rng=rng)
            laps = times_of[f"{name}, {'busy' if programs else 'quiet'}"] = {"1": [], "2": []}
            for turn in range(plan["rounds"]):
                print(f"  {name}, {programs} others, round {turn + 1}", file=sys.stderr, flush=True)
                for threads, times in laps.items():
                    turns += 1
                    disturbed += not quiet(plan["patience"])
                    with busy(programs):
                        began = time.perf_counter()
                        training.train(
                            model,
                            start,
                            (mnist.train_images, mnist.train_labels),
                            batches[: plan["steps"]],
                            learning_rate=0.02,
                            threads=int(threads),
                        )
                        seconds = time.perf_counter() - began
                    times.append(round(1e6 * seconds / plan["steps"], 1))
    return circumstances(plan, ["numpy"], turns, disturbed) | {
        "kernel": blas_kernel(),
        "missing": {},
        "us_per_step": times_of,
    }


def report(results: dict) -> str:
    """Put the results into a table, in Markdown."""
    rows = []
    for name, laps in results["us_per_step"].items():
        middle = {threads: statistics.median(times) for threads, times in laps.items()}
        cells = [f"{min(laps[t]):.0f} ({middle[t]:.0f})" for t in middle]
        rows.append([name, *cells, f"{middle['2'] / middle['1']:.2f}"])
    return render("threads", results, rows=rows)


if __name__ == "__main__":
    command("threads", measure, report, FULL, QUICK)
