"""The results in words, tables and a figure. Nothing is measured here."""

from pathlib import Path

import jinja2

HERE = Path(__file__).parent


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, aligned so that it reads well as plain text too."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "| " + " | ".join(cells) + " |"

    rule = (
        "| " + " | ".join("-" * (w - (i > 0)) + ":" * (i > 0) for i, w in enumerate(widths)) + " |"
    )
    return "\n".join([line(head), rule, *map(line, rows)])


def show(value: float | None, form: str = "{:.2f}") -> str:
    return "–" if value is None else form.format(value)


def met(value: float | None, goal: float) -> str:
    """Say whether a value was measured, and is at most the goal."""
    return "yes" if value is not None and value <= goal else "**no**"


def render(name: str, results: dict, **facts) -> str:
    """Fill the template ``templates/NAME.md`` with what is stored, and with facts made from it."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    templates.globals["table"] = table
    return templates.get_template(f"{name}.md").render({"kernel": None, **results, **facts}).strip()


def is_peer(name: str) -> bool:
    """Tell whether a contender is neither ours nor the bare products."""
    return "ours" not in name and "products" not in name


def report(results: dict) -> str:
    """Put a race's steps, whole runs and sizes into words and tables, in Markdown."""
    contenders = results["contenders"]
    best = {name: row["us_per_step_best"] for name, row in contenders.items()}
    ours = best["ours, float32"]
    products = best["matrix products, float32"]

    def named(slower: bool) -> str:
        chosen = sorted(
            (time / ours, name)
            for name, time in best.items()
            if is_peer(name) and (time > ours) == slower
        )
        return ", ".join(f"{name} ({ratio:.2f} times as long)" for ratio, name in chosen) or "none"

    goals = [["the bare products, float32", ours / products, 1.75]]
    goals += [[name, ours / best[name], 1] for name in contenders if is_peer(name)]
    steps = []
    runs = []
    for name, row in contenders.items():
        bare = best[f"matrix products, {'float64' if 'float64' in name else 'float32'}"]
        times = best[name], row["us_per_step_median"]
        ratios = best[name] / ours, best[name] / bare
        steps.append([name, *(f"{us:.0f}" for us in times), *(f"{r:.2f}" for r in ratios)])
        if "products" not in name:
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
    cells = results["growth"]
    sizes = [["batch size", *(str(cell["batch_size"]) for cell in cells)]]
    sizes.append(["hidden units", *(str(cell["hidden"]) for cell in cells)])
    sizes += [[name, *(f"{c['us_per_step_best'][name]:.0f}" for c in cells)] for name in contenders]
    return render(
        "training_step",
        results,
        ours=ours,
        products=products,
        slower=named(True),
        faster=named(False),
        seconds=show(contenders["ours, float32"]["seconds_to_97_percent"]),
        goals=[[who, f"{r:.2f} ×", f"{goal} ×", met(r, goal)] for who, r, goal in goals],
        steps=steps,
        runs=runs,
        sizes=sizes,
    )


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

    contenders = results["contenders"]
    figure, (bars, lines) = plt.subplots(2, 1, figsize=(7, 8), layout="constrained")
    names = [name for name in contenders if "products" not in name]
    names.sort(key=lambda name: -contenders[name]["us_per_step_best"])
    colours = ["C0" if "ours" in name else "C7" for name in names]
    best = [contenders[name]["us_per_step_best"] for name in names]
    drawn = bars.barh(names, best, color=colours)
    bars.bar_label(drawn, [f"{b:.0f}" for b in best], label_type="center", color="white")
    bars.plot(
        [contenders[name]["us_per_step_median"] for name in names],
        names,
        "k|",
        ms=12,
        label="median",
    )
    for precision, style in (("float32", "--"), ("float64", ":")):
        products = contenders[f"matrix products, {precision}"]["us_per_step_best"]
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
