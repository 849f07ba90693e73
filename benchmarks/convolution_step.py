"""A training step of lesson 08's convolutional network, timed: ours beside PyTorch.

    python benchmarks/convolution_step.py            measure, print, and write the results (minutes)
    python benchmarks/convolution_step.py --quick    see that it runs; writes nothing
    python benchmarks/convolution_step.py --report   rewrite README.md from convolution_step.json

The contenders take turns, as in ``training_step.py``; here with one thread and with two.
"""

import statistics
import sys

from command import circumstances, command
from contenders import MOMENTUM
from convolvers import CONVOLVERS, Ours
from machine import THREADS
from report import footer, show, table
from team import Team

KERNELS, BATCH = (8, 32), 64
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
    settings = plan | dict(kernels=KERNELS, batch_size=BATCH, rate=Ours.rate, momentum=MOMENTUM)
    return circumstances(settings, ["numpy", "torch"], team.turns, team.disturbed) | {
        "kernel": team.kernel,
        "missing": team.missing,
        "contenders": {
            name: {
                "accuracy": accuracy[name][-1] if accuracy[name] else None,
                "us_per_image": {str(threads): times for threads, times in found.items()},
            }
            for name, found in laps.items()
        },
    }


def report(results: dict) -> str:
    """Put the results into words and a table, in Markdown."""
    settings, found = results["settings"], results["contenders"]

    def best(name: str, threads: int) -> float:
        return min(found[name]["us_per_image"][str(threads)])

    def beside(precision: str) -> str:
        ours, theirs = f"our kernels, {precision}", f"PyTorch eager, {precision}"
        if theirs not in found:
            return ""
        one, two = (f"{best(ours, t) / best(theirs, t):.2f}" for t in (1, 2))
        return (
            f" In {precision} that is {one} times PyTorch's time with one thread, {two} with two."
        )

    rows = []
    for name, row in found.items():
        cells = [name]
        for threads, times in row["us_per_image"].items():
            ours = best(f"our kernels, {name[-7:]}", int(threads))
            cells += [f"{min(times):.1f}", f"{statistics.median(times):.1f}"]
            cells.append(f"{min(times) / ours:.2f}")
        rows.append([*cells, show(row["accuracy"] and 100 * row["accuracy"])])
    head = ["of an image", *["1 thread: µs", "median", "/ ours", "2: µs", "median", "/ ours"]]
    first, second = settings["kernels"]
    parts = [
        f"Training the network of lesson 08 ({first} and {second} kernels, batches of "
        f"{settings['batch_size']}) takes ours **{best('our kernels, float32', 1):.0f} µs an image** in "
        f"float32 with one thread, {best('our kernels, float32', 2):.0f} with two; in float64, as the "
        f"lesson does, {best('our kernels, float64', 1):.0f} and {best('our kernels, float64', 2):.0f}."
        + beside("float32")
        + beside("float64"),
        table([*head, "test %"], rows),
        f"Microseconds of a step, for each image of its batch: best and median of "
        f"{settings['rounds']} turns of {settings['steps']} steps. The ratios are of the best "
        f"figures, to ours of the same precision. Test %: accuracy after {settings['first']} steps from "
        "the same weights with the same batches.",
        *footer(results),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    command("convolution_step", measure, report, FULL, QUICK)
