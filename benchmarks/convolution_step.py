"""A training step of lesson 10's convolutional network, timed: ours beside PyTorch.

    python benchmarks/convolution_step.py            measure, print, and write the results (minutes)
    python benchmarks/convolution_step.py --quick    see that it runs; writes nothing
    python benchmarks/convolution_step.py --report   rewrite README.md from convolution_step.json

The contenders take turns, as in ``training_step.py``; here with one thread and with two.
"""

import statistics
import sys

from command import circumstances, command
from contenders import MOMENTUM
from convolvers import CONVOLVERS, Convolver
from report import met, render, show
from team import Team

from course.computers.machine import THREADS

KERNELS = (8, 32)
BATCH = 64

#: By the number of threads: the most of PyTorch's time that ours should take.
GOALS = {1: 0.9, 2: 1.1}

FULL = dict(rounds=15, steps=60, first=300, patience=2)
QUICK = dict(rounds=1, steps=20, first=20, patience=0)


def measure(plan: dict) -> dict:
    team = Team(CONVOLVERS, plan["patience"])
    job = dict(hidden=KERNELS, batch_size=BATCH, epochs=1)
    # Some steps each, which warm up; all should end at the same accuracy, or nearly.
    answers = team.everyone(**job, seed=0, steps=plan["first"], evaluate=True)
    accuracy = {name: answer["accuracy"] for name, answer in answers.items()}
    laps = {name: {threads: [] for threads in range(1, THREADS + 1)} for name in accuracy}
    for seed in range(plan["rounds"]):
        print(f"  round {seed + 1} of {plan['rounds']}", file=sys.stderr, flush=True)
        for threads in range(1, THREADS + 1):
            answers = team.everyone(**job, seed=seed, steps=plan["steps"], threads=threads)
            for name, answer in answers.items():
                laps[name][threads].append(round(answer["us_per_step"][0] / BATCH, 2))
    team.dismiss()
    settings = plan | dict(
        kernels=KERNELS, batch_size=BATCH, rate=Convolver.rate, momentum=MOMENTUM
    )
    return circumstances(settings, ["numpy", "torch"], team.turns, team.disturbed) | {
        "kernel": team.kernel,
        "missing": team.missing,
        "contenders": {
            name: {
                "accuracy": accuracy[name][-1] if accuracy[name] else None,
                "us_per_image": {str(threads): times for threads, times in by_threads.items()},
            }
            for name, by_threads in laps.items()
        },
    }


def report(results: dict) -> str:
    """Put the results into words and tables, in Markdown."""
    contenders = results["contenders"]
    best = {
        name: [min(times) for times in row["us_per_image"].values()]
        for name, row in contenders.items()
    }
    goals = []
    rows = []
    for precision in ("float32", "float64"):
        theirs = best.get(f"PyTorch eager, {precision}", [])
        for threads, (mine, their) in enumerate(
            zip(best[f"our kernels, {precision}"], theirs, strict=False), 1
        ):
            what = f"{precision}, {threads} thread{'s' * (threads > 1)}"
            goal = GOALS[threads]
            goals.append([what, f"{mine / their:.2f} ×", f"{goal} ×", met(mine / their, goal)])
    for name, row in contenders.items():
        cells = [name]
        for times, ours in zip(
            row["us_per_image"].values(), best[f"our kernels, {name[-7:]}"], strict=True
        ):
            cells += [f"{min(times):.1f}", f"{statistics.median(times):.1f}"]
            cells.append(f"{min(times) / ours:.2f}")
        rows.append([*cells, show(row["accuracy"] and 100 * row["accuracy"])])
    ours = {p: [f"{us:.0f}" for us in best[f"our kernels, {p}"]] for p in ("float32", "float64")}
    return render("convolution_step", results, ours=ours, goals=goals, rows=rows)


if __name__ == "__main__":
    command("convolution_step", measure, report, FULL, QUICK)
