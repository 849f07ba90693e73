"""A step of the lessons' networks with one BLAS thread and two, on a quiet and a busy computer.

    python benchmarks/threads.py            measure, print, and write the results (minutes)
    python benchmarks/threads.py --quick    see that it runs; writes nothing
    python benchmarks/threads.py --report   rewrite README.md from threads.json

Why ``training.train`` takes one thread. *Busy* means beside programs that only count, one for each core.
"""

import contextlib
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator

import numpy as np
from page import circumstances, footer, main, quiet, table

from mnistlib import convolution, data, network, training

FULL = dict(rounds=7, steps=60)
QUICK = dict(rounds=1, steps=3)


def networks() -> dict[str, tuple]:
    """Return each network with its parameters and its batch size; another lesson's is another line."""
    rng = np.random.default_rng(0)
    return {
        "lesson 04's network": (network, network.initialise(rng), 128),
        "lesson 10's network": (convolution.Convolutional(), convolution.initialise(rng), 64),
    }


def count() -> None:
    """Keep a core busy until killed."""
    while True:
        pass


@contextlib.contextmanager
def busy(programs: int) -> Iterator[None]:
    """Let this many programs run meanwhile."""
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
    rng = np.random.default_rng(1)
    times_of = {}
    turns = []
    for programs in (0, os.cpu_count()):
        for name, (model, start, batch_size) in networks().items():
            batches = training.minibatches(len(mnist.train_images), batch_size, rng=rng)
            laps = times_of[f"{name}, {'busy' if programs else 'quiet'}"] = {"1": [], "2": []}
            for turn in range(plan["rounds"]):
                print(f"  {name}, {programs} others, round {turn + 1}", file=sys.stderr, flush=True)
                for threads, times in laps.items():
                    turns.append(quiet())
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
    return circumstances(plan, ["numpy"], turns) | {"us_per_step": times_of}


def report(results: dict) -> str:
    """Put the results into a table, in Markdown."""
    rows = []
    for name, laps in results["us_per_step"].items():
        middle = {threads: statistics.median(times) for threads, times in laps.items()}
        cells = [f"{min(laps[t]):.0f} ({middle[t]:.0f})" for t in middle]
        rows.append([name, *cells, f"{middle['2'] / middle['1']:.2f}"])
    head = ["a step, µs: best (median)", "1 thread", "2 threads", "median, 2 / 1"]
    words = (
        f"Best and median of {results['settings']['rounds']} turns of {results['settings']['steps']} "
        "steps in float64. *Busy*: beside programs that only count, one for each core."
    )
    return "\n\n".join([table(head, rows), words, footer(results)])


if __name__ == "__main__":
    main("threads", measure, report, FULL, QUICK)
