"""The results in words, tables and a figure. Nothing is measured here."""

from pathlib import Path

HERE = Path(__file__).parent


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, aligned so that it reads well as plain text too."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "| " + " | ".join(cells) + " |"

    rule = (
        "| " + " | ".join("-" * (w - (i > 0)) + ":" * (i > 0) for i, w in enumerate(widths)) + " |"
    )
    return "\n".join([line(head), rule, *map(line, rows)])


def show(value, form: str = "{:.2f}") -> str:
    return "–" if value is None else form.format(value)


def opening(results: dict) -> str:
    """Say in a few sentences who is slower than ours and who is faster."""
    found = results["contenders"]
    ours = found["ours, float32"]
    best = ours["us_per_step_best"]
    products = found["matrix products, float32"]["us_per_step_best"]
    ratios = {
        name: row["us_per_step_best"] / best
        for name, row in sorted(found.items(), key=lambda item: item[1]["us_per_step_best"])
        if "ours" not in name and "products" not in name
    }

    def named(chosen) -> str:
        return ", ".join(f"{name} ({ratios[name]:.2f} times as long)" for name in chosen) or "none"

    return (
        f"A training step of ours takes **{best:.0f} µs** in float32, {best / products:.2f} times as "
        "long as its five matrix products alone. Slower on this computer: "
        f"{named([name for name in ratios if ratios[name] > 1])}. Faster: "
        f"{named([name for name in ratios if ratios[name] <= 1])}. 97 % of the test images are read "
        f"right after {show(ours['seconds_to_97_percent'])} s of training."
    )


def goals(results: dict) -> str:
    """Return a table of what a step should cost, what it does, and whether that goal is met."""
    found = results["contenders"]
    ours = found["ours, float32"]["us_per_step_best"]
    products = found["matrix products, float32"]["us_per_step_best"]
    rows = [["the bare products, float32", f"{ours / products:.2f} ×", "1.75 ×"]]
    rows[0].append("yes" if ours <= 1.75 * products else "**no**")
    for name, row in found.items():
        if "ours" not in name and "products" not in name:
            ratio = ours / row["us_per_step_best"]
            rows.append([name, f"{ratio:.2f} ×", "1 ×", "yes" if ratio <= 1 else "**no**"])
    return table(["a step of ours, beside", "takes", "goal: at most", "met"], rows)


def footer(results: dict) -> list[str]:
    """Say on what computer, with what, and how undisturbed it was measured; and who is missing."""
    machine = results["machine"]
    names = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    kernel = f" NumPy's matrix products: {results['kernel']}." if "kernel" in results else ""
    return [
        f"Measured on {machine['cpu']} ({machine['cores']} cores), {machine['system']}, "
        f"Python {machine['python']}, at most {results['settings']['threads']} threads for everybody; "
        f"{names}.{kernel} "
        f"{machine['disturbed_turns']} of {machine['turns']} turns began while other programs ran.",
        *(f"Left out: {name} ({reason})." for name, reason in results["missing"].items()),
    ]


def report(results: dict) -> str:
    """Put the results into words and tables, in Markdown."""
    settings, found = results["settings"], results["contenders"]
    steps, runs = [], []
    for name, row in found.items():
        best = row["us_per_step_best"]
        precision = "float64" if "float64" in name else "float32"
        products = found[f"matrix products, {precision}"]["us_per_step_best"]
        steps.append(
            [
                name,
                f"{best:.0f}",
                f"{row['us_per_step_median']:.0f}",
                f"{best / found['ours, float32']['us_per_step_best']:.2f}",
                f"{best / products:.2f}",
            ]
        )
        if "products" in name:
            continue
        runs.append(
            [
                name,
                f"{100 * row['accuracy']:.2f}",
                show(row["seconds_to_97_percent"]),
                row["runs_at_97_percent"],
                show(row["peak_megabytes"], "{:.0f}"),
                f"{row['warm_up_seconds']:.1f}",
            ]
        )
    sizes = [["hidden units"] + [str(cell["hidden"]) for cell in results["growth"]]]
    for name in found:
        sizes.append([name] + [f"{c['us_per_step_best'][name]:.0f}" for c in results["growth"]])
    parts = [
        opening(results),
        goals(results),
        "![Two charts. Above, a bar for each contender, as long as its step takes. Below, the time "
        "of a step against the number of hidden units, a line for each contender.](training_step.png)",
        table(["one step, batch of 128", "µs, best", "median", "/ ours", "/ products"], steps),
        f"Microseconds: best and median of {settings['rounds'] * settings['epochs']} epochs. The "
        "ratios are of the best figures, to ours in float32 and to the products of the contender's "
        "own precision.",
        table(
            [
                "whole runs",
                f"test % after {settings['epochs']} epochs",
                "s to 97 %",
                "got there",
                "peak MB",
                "first epoch, s",
            ],
            runs,
        ),
        f"Seconds to 97 %: training alone, median of {settings['rounds']} runs, up to the end of the "
        "first epoch at the goal; – where half the runs or more did not get there. First epoch: with "
        "all compiling and warming up, which no other column counts.",
        f"How a step's cost grows, best of {settings['repeats']} runs of {settings['grid_steps']} "
        "steps, in µs:",
        table(["batch size"] + [str(cell["batch_size"]) for cell in results["growth"]], sizes),
        *footer(results),
    ]
    return "\n\n".join(parts)


def write_section(text: str, name: str) -> None:
    """Put text between the two markers of that name in README.md."""
    readme = HERE / "README.md"
    begin, end = f"<!-- {name}: written by {name}.py -->\n", f"<!-- end of {name} -->"
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    readme.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def draw(results: dict, target: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    found = results["contenders"]
    figure, (bars, lines) = plt.subplots(2, 1, figsize=(7, 8), layout="constrained")
    names = [name for name in found if "products" not in name]
    names.sort(key=lambda name: -found[name]["us_per_step_best"])
    colours = ["C0" if "ours" in name else "C7" for name in names]
    best = [found[name]["us_per_step_best"] for name in names]
    drawn = bars.barh(names, best, color=colours)
    bars.bar_label(drawn, [f"{b:.0f}" for b in best], label_type="center", color="white")
    bars.plot(
        [found[name]["us_per_step_median"] for name in names], names, "k|", ms=12, label="median"
    )
    for precision, style in (("float32", "--"), ("float64", ":")):
        products = found[f"matrix products, {precision}"]["us_per_step_best"]
        bars.axvline(products, color="C1", ls=style, label=f"matrix products, {precision}")
    bars.set(xlabel="microseconds a step, best", title="784-128-10, batch 128: shorter is faster")
    bars.legend(loc="upper right", fontsize=8)
    cells = [
        cell
        for cell in results["growth"]
        if cell["batch_size"] == results["settings"]["batch_size"]
    ]
    for i, name in enumerate(reversed(names)):
        lines.loglog(
            [cell["hidden"] for cell in cells],
            [cell["us_per_step_best"][name] for cell in cells],
            marker="osD^vPX"[i % 7],
            lw=2.5 if "ours" in name else 1.2,
            label=name,
        )
    ticks = [cell["hidden"] for cell in cells]
    lines.set_xticks(ticks, map(str, ticks))
    lines.set_yticks([100, 200, 500, 1000, 2000], ["100", "200", "500", "1000", "2000"])
    lines.minorticks_off()
    lines.set(xlabel="hidden units", ylabel="microseconds a step", title="As the network grows")
    lines.legend(fontsize=8)
    figure.savefig(target, dpi=120)
