"""The page on which a teacher decides: each answer as it was taken, and a place for its points."""

import html
import re
from collections.abc import Mapping
from pathlib import Path

from course.classroom.extract import Version
from course.classroom.table import Row

TITLE = "For you to decide"
STYLE = Path(__file__).with_name("decide.css").read_text(encoding="utf-8")
SCRIPT = Path(__file__).with_name("decide.js").read_text(encoding="utf-8")

#: Where a reply goes on in a line of its own.
NEW_LINE = re.compile(r" (?=(?:\w+: )?(?:wanted|got) )")


def page(
    rows: list[Row],
    answers: Mapping[str, Mapping[str, list[Version]]],
    worth: Mapping[str, float],
) -> str:
    """Return the page; what others wrote stands there as text.

    It goes by exercise, so that one can compare; what was not taken at all comes first, by student.

    Args:
        rows: what a person has to decide about.
        answers: the versions of each answer, by student and exercise.
        worth: the points of each exercise.
    """
    not_taken = {}
    by_exercise = {name: [] for name in worth}
    for row in rows:
        versions = answers.get(row.student, {}).get(row.exercise, [])
        if versions:
            by_exercise[row.exercise].append(card([row], versions, worth))
        else:
            not_taken.setdefault((row.student, row.reply), []).append(row)
    groups = {"Ask for these again": [card(several, [], worth) for several in not_taken.values()]}
    groups |= {f"<code>my_{name}</code>": cards for name, cards in by_exercise.items()}
    students = len({row.student for row in rows})
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{TITLE}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>',
        f"<h1>{TITLE}</h1>",
        f"<p>Answers: {len(rows)}; students: {students}. Press the points that you give, or write "
        "others, and copy the lines at the end into <code>by-hand.csv</code>. This page remembers "
        "what you have filled in.</p>",
    ]
    for title, cards in groups.items():
        parts += [f"<h2>{title}</h2>", *cards] if cards else []
    parts += [
        "<h2>Lines for <code>by-hand.csv</code></h2>",
        '<textarea readonly aria-label="Lines for by-hand.csv"></textarea>',
        '<p><button type="button" id="copy">Copy them</button></p>',
        f"<footer>Decided: <output></output></footer><script>{SCRIPT}</script></html>",
        "",
    ]
    return "\n".join(parts)


def card(rows: list[Row], versions: list[Version], worth: Mapping[str, float]) -> str:
    """Return what is to be decided about an answer, or about several of which there is none to see."""
    row = rows[0]
    parts = [f"<section><h3>{html.escape(row.student)}</h3>"]
    parts += [f"<p>{'<br>'.join(map(html.escape, lines))}</p>" for lines in reasons(row)]
    for version in versions:
        which = "" if len(versions) == 1 else ", which counts" if version is versions[0] else ""
        parts.append(f'<p class="quiet">{html.escape(version.place)}{which}</p>')
        if version.source:
            parts.append(f"<pre>{html.escape(version.source)}</pre>")
    fields = [points_field(row, worth[row.exercise]) for row in rows]
    fields.append('<input name="why" aria-label="Why" placeholder="why (your student reads it)">')
    folded = ["<details><summary>or give points</summary>", *fields, "</details>"]
    parts += fields if versions else folded
    parts.append("</section>")
    return "\n".join(parts)


def reasons(row: Row) -> list[list[str]]:
    """Return why a person has to decide, in paragraphs: what was wanted and what came, in lines."""
    if row.note:
        return [[f"It is right. {row.note}."]]
    likely = [[f"A likely reason: {row.likely_reason}"]] if row.likely_reason else []
    first = row.reply[:1].upper() + row.reply[1:]
    return [NEW_LINE.split(first), *likely]


def points_field(row: Row, most: float) -> str:
    """Return the place for the points of an answer."""
    data = {"student": row.student, "exercise": row.exercise, "version": row.version}
    attributes = " ".join(f'data-{name}="{html.escape(text)}"' for name, text in data.items())
    buttons = " ".join(
        f'<button type="button" name="share" value="{points:g}">{points:g}</button>'
        for points in (0, most / 2, most)
    )
    return (
        f"<fieldset {attributes}><code>my_{html.escape(row.exercise)}</code> {buttons} "
        f'<label><input type="number" name="points" min="0" max="{most:g}" step="any"> of {most:g}'
        "</label></fieldset>"
    )
