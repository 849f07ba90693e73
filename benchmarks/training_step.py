"""One training step, timed: ours beside PyTorch, JAX, scikit-learn and the bare matrix products.

    python benchmarks/training_step.py            measure, print, and write the results (minutes)
    python benchmarks/training_step.py --quick    see that it runs; writes nothing
    python benchmarks/training_step.py --report   rewrite the page and the figure from what is stored

The contenders (``contenders.py``) take turns, several rounds of them (``team.py``); ``report.py``
writes the page. README.md says what is counted and what is not.
"""

import os
import statistics
import sys
import tempfile
import time

import numpy as np
from command import circumstances, command
from contenders import CONTENDERS, MOMENTUM, RATE
from report import draw, report
from team import Team

HIDDEN = 128
BATCH = 128
FULL = dict(rounds=7, epochs=3, grid=[32, 128, 512], grid_steps=100, repeats=5, patience=2)
QUICK = FULL | dict(rounds=1, epochs=1, grid=[32, 128], repeats=1, patience=0)


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def first_time(answer: dict, goal: float) -> float | None:
    """Return the seconds of training until a lap ended with at least `goal` right on test."""
    for i, accuracy in enumerate(answer["accuracy"]):
        if accuracy >= goal:
            return sum(answer["seconds"][: i + 1])
    return None


def reached(answers: list[dict]) -> dict:
    """Return the median time to 97 %, None if half the runs missed it, and how many did not."""
    times = [first_time(answer, 0.97) for answer in answers]
    middle = statistics.median(np.inf if t is None else t for t in times)
    return {
        "seconds_to_97_percent": None if middle == np.inf else round(middle, 3),
        "runs_at_97_percent": f"{sum(t is not None for t in times)} of {len(times)}",
    }


def warm_up(team: Team) -> dict[str, float]:
    """Let each contender train an epoch, in which it compiles; return the seconds that it took."""
    seconds = {}
    for name in list(team.connections):
        began = time.perf_counter()
        if team.ask(name, hidden=HIDDEN, batch_size=BATCH, seed=0, epochs=1):
            seconds[name] = round(time.perf_counter() - began, 1)
    return seconds


def whole_runs(team: Team, runs: int, epochs: int) -> list[dict[str, dict]]:
    """Let all train from start to end, run after run, each with a seed of its own."""
    answers = []
    for seed in range(runs):
        say(f"run {seed + 1} of {runs}: {epochs} epochs each")
        job = dict(hidden=HIDDEN, batch_size=BATCH, seed=seed, epochs=epochs, evaluate=True)
        answers.append(team.everyone(**job))
    return answers


def times(laps: list[float]) -> dict[str, float]:
    return {
        "us_per_step_best": round(min(laps), 1),
        "us_per_step_median": round(statistics.median(laps), 1),
    }


def summary(answers: list[dict], warm_up_seconds: float, trains: bool) -> dict:
    """Return one contender's row, from its answers in all the runs."""
    laps = [us for answer in answers for us in answer["us_per_step"]]
    row = times(laps) | {
        "us_per_step": [round(us, 1) for us in laps],
        "warm_up_seconds": warm_up_seconds,
    }
    if not trains:
        return row
    row["accuracy"] = round(statistics.mean(answer["accuracy"][-1] for answer in answers), 4)
    megabytes = answers[-1]["megabytes"]
    return row | reached(answers) | {"peak_megabytes": megabytes and round(megabytes)}


def growth(team: Team, sizes: list[int], repeats: int, steps: int) -> list[dict]:
    """Time steps of other batch sizes, and of other numbers of hidden units."""
    cells = []
    for batch_size in sizes:
        for hidden in sizes:
            if batch_size != BATCH and hidden != HIDDEN:
                continue  # one of the two changes at a time
            say(f"batch {batch_size}, hidden {hidden}")
            # The first lap wakes what was compiled, and loads what its network needs.
            laps = dict(epochs=3, steps=steps, laps=3)
            job = dict(batch_size=batch_size, hidden=hidden, seed=0) | laps
            team.everyone(**job)
            answers = [team.everyone(**job) for _ in range(repeats)]
            cell = {"batch_size": batch_size, "hidden": hidden}
            for name in team.connections:
                laps = [us for answer in answers for us in answer[name]["us_per_step"]]
                for what, value in times(laps).items():
                    cell.setdefault(what, {})[name] = value
            cells.append(cell)
    return cells


def measure(plan: dict) -> dict:
    team = Team(CONTENDERS, plan["patience"])
    say("warming up")
    warm = warm_up(team)
    runs = whole_runs(team, plan["rounds"], plan["epochs"])
    cells = growth(team, plan["grid"], plan["repeats"], plan["grid_steps"])
    contenders = {
        name: summary(
            [answers[name] for answers in runs],
            warm[name],
            trains="products" not in name,
        )
        for name in team.connections
    }
    team.dismiss()
    settings = plan | dict(hidden=HIDDEN, batch_size=BATCH, rate=RATE, momentum=MOMENTUM)
    packages = ["numpy", "torch", "jax", "jaxlib", "scikit-learn"]
    return circumstances(settings, packages, team.turns, team.disturbed) | {
        "kernel": team.kernel,
        "missing": team.missing,
        "contenders": contenders,
        "growth": cells,
    }


def measure_afresh(plan: dict) -> dict:
    """Measure with nothing compiled beforehand, so that what compiles, compiles."""
    with tempfile.TemporaryDirectory() as empty:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = empty
        return measure(plan)


if __name__ == "__main__":
    command("training_step", measure_afresh, report, FULL, QUICK, draw)
