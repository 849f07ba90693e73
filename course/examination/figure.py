"""The report as one figure: what held, how good on whom, and how honest."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from course.examination.findings import NUMBERS, QUESTIONS
from course.examination.report import Report
from mnistlib.plotting import COLOURS

#: How a verdict is drawn: a sign and the colour's place in the course's palette.
VERDICT_SIGNS = {True: ("✓", 0), False: ("✗", 1), None: ("–", None), "waits": ("…", None)}

#: How wide a column of verdicts is, where a row's whole width is 10.
COLUMN = 1.2


def draw(report: Report):
    """Draw a report, beside the other that it names, and return the figure."""
    columns = [("yours", report)] if report.attempted else []
    if report.beside:
        columns.append(("original", report.beside))
    # Its many words weigh too much for a page at the usual 110 dots an inch.
    figure = plt.figure(figsize=(6.4, 6.6), dpi=95, layout="constrained")
    # Apart, so that the labels of the charts take no room from the questions.
    above, below = figure.subfigures(2, 1, height_ratios=[1.5, 1.1])
    _verdicts(above.subplots(), columns)
    charts = below.subplots(1, 2 if report.attempted else 1, squeeze=False)[0]
    _shares(charts[0], columns)
    if report.attempted:
        _sureness(charts[1], report)
    held = sum(finding.held is True for finding in report.findings.values())
    judged = held + sum(finding.held is False for finding in report.findings.values())
    title = f"{judged} questions judged, {held} answered yes"
    if report.seconds is not None:
        title += f"; {report.images:,} images learnt"
    if not report.attempted:
        title = "Nothing of yours has been examined yet"
    figure.suptitle(title, x=0.02, ha="left")
    return figure


def _verdicts(axis, columns) -> None:
    for place, (check, question) in enumerate(QUESTIONS.items()):
        axis.axhline(-place - 0.5, color="0.88", linewidth=0.7)
        for number, (_, found) in enumerate(columns):
            sign, colour = VERDICT_SIGNS[found.findings[check].verdict]
            style = {"ha": "center", "va": "center", "fontsize": 13, "family": "DejaVu Sans"}
            shade = "0.5" if colour is None else COLOURS[colour]
            axis.text(COLUMN * (number + 0.5), -place, sign, color=shade, **style)
        left = COLUMN * len(columns)
        style = {"va": "center", "fontsize": 12}
        axis.text(left + 0.3, -place, NUMBERS[check], ha="right", **style)
        axis.text(left + 0.5, -place, question, **style)
    for number, (name, _) in enumerate(columns):
        axis.text(COLUMN * (number + 0.5), 1, name, ha="center", va="center", fontsize=12)
    axis.set(xlim=(0, 10), ylim=(-len(QUESTIONS) + 0.4, 1.6))
    axis.set_axis_off()


def _shares(axis, columns) -> None:
    columns = [(name, found) for name, found in columns if found.shares]
    names = list(columns[0][1].shares) if columns else []
    for number, (who, found) in enumerate(columns):
        right = [100 * share.right for share in found.shares.values()]
        error = [200 * share.error for share in found.shares.values()]
        level = np.arange(len(names)) + 0.25 * number
        mark, colour = ("o", COLOURS[0]) if who == "yours" else ("s", "0.35")
        style = {"fmt": mark, "color": colour, "capsize": 3}
        axis.errorbar(right, level, xerr=error, label=who, **style)
    if columns:
        averages = 100 * columns[0][1].averages  # of strangers' digits alone
        row = names.index("strangers")
        axis.vlines(averages, row - 0.25, row + 0.5, "0.5", ":", label="ten averages")
        axis.set_yticks(range(len(names)), [textwrap.fill(name, 10) for name in names])
        axis.figure.legend(fontsize=12, loc="outside lower left", ncols=3, columnspacing=0.8)
    axis.set(title="On whose digits?", xlabel="% right (± 2 standard errors)")
    axis.margins(y=0.2)
    axis.invert_yaxis()


def _sureness(axis, report: Report) -> None:
    axis.plot([0, 100], [0, 100], ":", color="0.5")
    found = report.calibration
    if found is not None:
        some = found.counts >= 10  # fewer say nothing
        sure, accuracy, spread = (
            100 * part[some] for part in (found.confidence, found.accuracy, found.spread)
        )
        axis.errorbar(sure, accuracy, yerr=2 * spread, fmt="o-", color=COLOURS[0], capsize=3)
    else:
        said = "it can't say" if report.findings["sure"].fault == "cannot say" else "not measured"
        axis.text(50, 50, said, ha="center", backgroundcolor="white")
    axis.set(title="How honest?", xlabel="% sure", ylabel="% right", ylim=(-4, 104))
