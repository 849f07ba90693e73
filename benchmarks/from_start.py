"""What a person waits for: from starting Python to a network that reads 97 and 98 % right.

    python benchmarks/from_start.py             measure, print, write from_start.json and .png (minutes)
    python benchmarks/from_start.py --quick     see that it runs; writes nothing
    python benchmarks/from_start.py --report    rewrite README.md and the figure from the json

Every run is a process of its own, in which a contender (``contenders.py``) imports what it needs,
loads the images, compiles, trains, and after each epoch reads the test images, until enough are
right. The clock is the parent's: from starting the process to being told. All take turns, round
after round, and in each round all have the same weights to start from and the same batches. A first
round to 97 % is not counted: it leaves on disk what later ones find there, above all the kernels that
PyTorch has compiled.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from command import circumstances, command
from report import render, show

from course.computers.machine import quiet

WHO = [
    "ours, float32",
    "PyTorch eager",
    "PyTorch compile",
    "JAX jit",
    "JAX jit, scan",
    "scikit-learn",
]
OURS = WHO[0]

#: By per cent right on test: the epochs over which the learning rate falls to 0.
GOALS = {"97": 3, "98": 20}

#: How many times as long everybody else should take.
AHEAD = 1.5

FULL = dict(rounds=5, patience=2, goals=GOALS)
QUICK = dict(rounds=1, patience=0, goals={"97": 3})


def be(name: str, percent: str, seed: int) -> None:
    """Be a contender: train, and print the share right after each epoch until there are enough."""
    import numpy as np
    from contenders import CONTENDERS, RATE

    from mnistlib import data, network, training

    contender_type, dtype = CONTENDERS[name]
    mnist = data.load()
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, dtype=np.float32)
    batches = training.minibatches(len(mnist.train_images), rng=rng, epochs=GOALS[percent])
    every = len(batches) // GOALS[percent]
    rate_at = training.linear_decay(RATE, len(batches))
    rates = [rate_at(step) for step in range(len(batches))]
    test_set = (mnist.test_images, mnist.test_labels)
    begun = False

    def lap(weights: Callable[[], tuple] | None) -> bool:
        nonlocal begun
        if not begun:  # nothing has been learnt yet
            begun = True
            return False
        right = training.evaluate(network, weights(), test_set).accuracy
        print(right, flush=True)
        return 100 * right >= float(percent)

    contender_type(mnist, dtype).run(start, batches, rates, every, lap)


def wait(name: str, percent: str, seed: int) -> dict:
    """Start a contender; return the seconds until it has read enough, None if it never did."""
    command = [sys.executable, __file__, "--be", name, percent, str(seed)]
    begun = time.perf_counter()
    laps = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            laps.append((round(time.perf_counter() - begun, 3), float(line)))
        complaint = process.stderr.read().strip()
    if process.returncode:
        raise RuntimeError((complaint.splitlines() or ["no message"])[-1][:200])
    seconds, right = laps[-1]
    return {
        "seconds": seconds if 100 * right >= float(percent) else None,
        "epochs": len(laps),
        "right": right,
    }


def measure(plan: dict) -> dict:
    """Let all take turns; one that cannot take part is reported and left out."""
    runs = {name: {percent: [] for percent in plan["goals"]} for name in WHO}
    missing = {}
    turns = 0
    disturbed = 0
    rounds = [(seed, percent) for seed in range(plan["rounds"]) for percent in plan["goals"]]
    for i, (seed, percent) in enumerate([rounds[0], *rounds]):
        for name in [name for name in WHO if name not in missing]:
            turns += 1
            disturbed += not quiet(plan["patience"])
            try:
                answer = wait(name, percent, seed)
            except RuntimeError as error:
                missing[name] = str(error)
                continue
            if i:
                runs[name][percent].append(answer)
            took = show(answer["seconds"], "{:.2f} s")
            print(f"  seed {seed}, {percent} %: {name} {took}", file=sys.stderr, flush=True)
    packages = ["numpy", "torch", "jax", "jaxlib", "scikit-learn"]
    return circumstances(plan, packages, turns, disturbed) | {
        "missing": missing,
        "runs": {name: run for name, run in runs.items() if name not in missing},
    }


def middle(runs: list[dict]) -> float | None:
    """Return the median seconds, None if half the runs or more never got there."""
    never = float("inf")
    median = statistics.median(never if run["seconds"] is None else run["seconds"] for run in runs)
    return None if median == never else median


def opening(ours: float | None, peers: dict[str, float]) -> str:
    """Say in one sentence how long a reader waits for 97 %, with NumPy and with the quickest peer."""
    if ours is None or not peers:
        return "Half the runs or more did not get to 97 %."
    name = min(peers, key=peers.get)
    return (
        f"From starting Python to a network that reads 97 % of the test images right, plain NumPy takes "
        f"**{ours:.1f} s**; the quickest of the frameworks here, {name}, takes {peers[name]:.1f} s."
    )


def report(results: dict) -> str:
    """Put the results into words and tables, in Markdown; a missed goal is said."""
    rows = []
    goals = []
    peers = {}
    runs = results["runs"]
    ours = {percent: middle(answers) for percent, answers in runs[OURS].items()}
    for name, by_percent in runs.items():
        row = [name]
        ratios = []
        for percent, answers in by_percent.items():
            seconds = middle(answers)
            got = sum(answer["seconds"] is not None for answer in answers)
            comparable = seconds is not None and ours[percent] is not None
            ratios.append(seconds / ours[percent] if comparable else None)
            epochs = statistics.median(answer["epochs"] for answer in answers)
            row += [show(seconds), show(ratios[-1]), f"{epochs:g}", f"{got} of {len(answers)}"]
        rows.append(row)
        if name != OURS:
            enough = all(ratio is not None and ratio >= AHEAD for ratio in ratios)
            both = " and ".join(show(ratio, "{:.2f} ×") for ratio in ratios)
            goals.append([name, both, f"{AHEAD} ×", "yes" if enough else "**no**"])
            if (seconds := middle(by_percent["97"])) is not None:
                peers[name] = seconds
    head = ["from starting Python to"]
    for percent in results["settings"]["goals"]:
        head += [f"{percent} %, s", "/ ours", "epochs", "got there"]
    return render(
        "from_start", results, opening=opening(ours["97"], peers), head=head, rows=rows, goals=goals
    )


def draw(results: dict, target: Path) -> None:
    """Draw a bar for each contender: the wait for 97 %."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    waits = {name: middle(run["97"]) for name, run in results["runs"].items()}
    waits = {name: waits[name] for name in sorted(waits, key=lambda n: -(waits[n] or 0))}
    figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
    bars = axis.barh(
        list(waits),
        [seconds or 0 for seconds in waits.values()],
        color=["C0" if name == OURS else "C7" for name in waits],
    )
    axis.bar_label(bars, [show(seconds, "{:.1f} s") for seconds in waits.values()], padding=3)
    axis.margins(x=0.12)
    axis.set(xlabel="seconds from starting Python to 97 % of the test images: shorter is faster")
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--be"]:
        be(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        command("from_start", measure, report, FULL, QUICK, draw)
