"""How the cost grows with the images, with the hidden units, with the layers: ours and two peers.

    python benchmarks/growth.py             measure, print, write growth.json and growth.png (minutes)
    python benchmarks/growth.py --quick     see that it runs; writes nothing
    python benchmarks/growth.py --report    rewrite README.md and the figure from growth.json

Each of the three grows while the others stay as in the course: 60,000 images, 128 hidden units, one
hidden layer. The contenders (``contenders.py``) take turns (``team.py``).
"""

import sys
from math import log
from pathlib import Path

from command import circumstances, command
from contenders import CONTENDERS
from report import render
from team import Team

WHO = ["ours, float32", "PyTorch eager", "scikit-learn"]
OURS = WHO[0]
BATCH = 128
HIDDEN = 128
AXES = {
    "images": "images: an epoch, ms",
    "hidden": "hidden units: a step, µs",
    "layers": "hidden layers of 128: a step, µs",
}
FULL = dict(
    images=[1_000, 3_000, 10_000, 30_000, 60_000],
    hidden=[32, 128, 512, 2_048, 4_096],
    layers=[1, 2, 4, 8, 16],
    steps=40,
    repeats=7,
    patience=2,
)
QUICK = dict(images=[1_000, 3_000], hidden=[32, 64], layers=[1, 3], steps=3, repeats=1, patience=0)


def job(axis: str, size: int, steps: int) -> dict:
    """Return what a contender does to have one point of an axis measured."""
    common = dict(seed=0, batch_size=BATCH, epochs=1, hidden=HIDDEN)
    if axis == "images":
        return common | {"images": size}
    return common | {"steps": steps, "hidden": size if axis == "hidden" else [HIDDEN] * size}


def measure(plan: dict) -> dict:
    """Let all take turns at every point, again and again; keep the best, in µs or, for images, ms.

    A program that gets in the way for half a minute spoils one visit to each point, and no point.
    """
    team = Team({name: CONTENDERS[name] for name in WHO}, plan["patience"])
    visits = {axis: {name: [[] for _ in plan[axis]] for name in WHO} for axis in AXES}
    for visit in range(plan["repeats"] + 1):
        print(f"  visit {visit} of {plan['repeats']}", file=sys.stderr, flush=True)
        for axis in AXES:
            for i, size in enumerate(plan[axis]):
                answers = team.everyone(**job(axis, size, plan["steps"]))
                for name, answer in answers.items() if visit else ():  # the first one warms up
                    took = (
                        1e3 * sum(answer["seconds"])
                        if axis == "images"
                        else answer["us_per_step"][0]
                    )
                    visits[axis][name][i].append(took)
    best = {
        axis: {
            name: [round(min(costs), 1) for costs in points]
            for name, points in rows.items()
            if name not in team.missing
        }
        for axis, rows in visits.items()
    }
    team.dismiss()
    return circumstances(plan, ["numpy", "torch", "scikit-learn"], team.turns, team.disturbed) | {
        "missing": team.missing,
        "found": best,
    }


def slope(sizes: list[int], costs: list[float]) -> float:
    """Return by which power of the size the cost grows at the end: between the last two points."""
    a, b = sizes[-2:]
    c, d = costs[-2:]
    return log(d / c) / log(b / a)


def each_layer(layers: list[int], costs: list[float]) -> float:
    """Return what one more layer costs: the slope of the straight line that fits best."""
    x = sum(layers) / len(layers)
    y = sum(costs) / len(costs)
    pairs = list(zip(layers, costs, strict=True))
    return sum((a - x) * (b - y) for a, b in pairs) / sum((a - x) ** 2 for a, _ in pairs)


def lost(results: dict) -> list[str]:
    """Say at which points a peer is faster than ours, and how much."""
    sentences = []
    for axis, rows in results["found"].items():
        for name, costs in rows.items():
            sizes = results["settings"][axis]
            behind = [
                f"{size:,} ({mine / cost:.2f} times as long)"
                for size, mine, cost in zip(sizes, rows[OURS], costs, strict=True)
                if mine > cost
            ]
            if behind:
                what = AXES[axis].split(":")[0]
                sentences.append(f"behind {name} at {what} {', '.join(behind)}")
    return sentences


def report(results: dict) -> str:
    """Put the results into words and tables, in Markdown."""
    tables = []
    for axis, title in AXES.items():
        sizes = results["settings"][axis]
        rows = []
        for name, costs in results["found"][axis].items():
            row = [name, *(f"{cost:.0f}" for cost in costs), f"{slope(sizes, costs):.2f}"]
            if axis == "layers":
                row.append(f"{each_layer(sizes, costs):.0f}")
            rows.append(row)
        head = [title, *(f"{size:,}" for size in sizes), "power"]
        tables.append((head + (["each more"] if axis == "layers" else []), rows))
    return render("growth", results, behind=lost(results), tables=tables)


def draw(results: dict, target: Path) -> None:
    """Draw the three charts."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator, StrMethodFormatter

    figure, axes = plt.subplots(3, 1, figsize=(7, 10), layout="constrained")
    titles = [
        "Twice the images, twice the time",
        "Wider: at first nearly free",
        "Deeper: by the layer",
    ]
    for axis, (what, label), title in zip(axes, AXES.items(), titles, strict=True):
        sizes = results["settings"][what]
        rows = results["found"][what]
        for i, (name, costs) in enumerate(rows.items()):
            axis.loglog(sizes, costs, marker="osD"[i], lw=2.5 if name == OURS else 1.2, label=name)
        if what == "layers":
            # What a straight line would be: the first layer, and each more at the same price.
            price = each_layer(sizes, rows[OURS])
            line = [rows[OURS][0] + price * (size - sizes[0]) for size in sizes]
            axis.loglog(sizes, line, "k--", lw=1, label="a first layer, and equal ones")
        else:
            line = [rows[OURS][-1] * size / sizes[-1] for size in sizes]
            axis.loglog(sizes, line, "k--", lw=1, label="in proportion")
        axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axis.minorticks_off()
        xlabel, ylabel = label.split(": ")
        axis.set(title=title, xlabel=xlabel, ylabel=ylabel)
        axis.legend(fontsize=8)
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    command("growth", measure, report, FULL, QUICK, draw)
