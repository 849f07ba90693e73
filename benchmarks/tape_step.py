"""A training step by lesson 11's tape, timed: beside the same step by hand, PyTorch's and JAX's.

    python benchmarks/tape_step.py            measure, print, and write the results (minutes)
    python benchmarks/tape_step.py --quick    see that it runs; writes nothing
    python benchmarks/tape_step.py --report   rewrite README.md from tape_step.json

The contenders take turns, as in ``training_step.py``. JAX's step is written for one hidden layer, so
it takes no part in the deeper ones.
"""

import sys

from command import circumstances, command
from report import render
from tapes import TAPES
from team import Team

SIZES = {
    "128 units": 128,
    "512 units": 512,
    "2,048 units": 2048,
    "4,096 units": 4096,
    "4 layers": [128] * 4,
    "16 layers": [128] * 16,
}
SHALLOW = ("JAX jit, float32",)
BATCH = 128
FULL = dict(rounds=7, steps=60, patience=2)
QUICK = dict(rounds=1, steps=3, patience=0)


def measure(plan: dict) -> dict:
    team = Team(TAPES, plan["patience"])
    sizes = {size: {name: {"us_per_step": []} for name in team.connections} for size in SIZES}
    for size, hidden in SIZES.items():
        for seed in range(plan["rounds"]):
            print(f"  {size}, round {seed + 1} of {plan['rounds']}", file=sys.stderr, flush=True)
            job = dict(hidden=hidden, batch_size=BATCH, epochs=1, seed=seed, steps=plan["steps"])
            for name in list(team.connections):
                if isinstance(hidden, list) and name in SHALLOW:
                    continue
                if answer := team.turn(name, **job):
                    sizes[size][name]["us_per_step"].append(round(answer["us_per_step"][0], 1))
    team.dismiss()
    results = circumstances(
        plan | {"batch_size": BATCH}, ["numpy", "torch", "jax"], team.turns, team.disturbed
    )
    return results | {"kernel": team.kernel, "missing": team.missing, "sizes": sizes}


def report(results: dict) -> str:
    """Put the results into words and a table, in Markdown."""
    rows = []
    beside = []
    for size, contenders in results["sizes"].items():
        hand = min(contenders["by hand, float32"]["us_per_step"])
        for name, row in contenders.items():
            if row["us_per_step"]:
                best = min(row["us_per_step"])
                rows.append([f"{size}: {name}", f"{best:.0f}", f"{best / hand:.2f}"])
                if "tape" in name:
                    beside.append(best / hand)
    return render("tape_step", results, least=min(beside), most=max(beside), rows=rows)


if __name__ == "__main__":
    command("tape_step", measure, report, FULL, QUICK)
