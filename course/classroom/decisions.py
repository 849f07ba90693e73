"""The page on which a teacher decides: each answer as it was taken, and a place for its points."""

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path

from course import files
from course.classroom.extract import Answer
from course.classroom.table import Row

#: How the page begins, by which it is known again.
TITLE = "For you to decide"

#: Gathers what is filled in as lines for ``by-hand.csv``.
SCRIPT = """
const quoted = text => '"' + text.replaceAll('"', '""') + '"';
addEventListener("input", () => {
    const lines = [];
    for (const place of document.querySelectorAll("section")) {
        const {student, exercise} = place.dataset;
        const [points, why] = place.querySelectorAll("input");
        if (points.value !== "")
            lines.push([student, exercise, points.value, why.value].map(quoted).join(","));
    }
    document.querySelector("output").textContent = lines.join("\\n");
});
"""

STYLE = """
body { max-width: 60em; margin: 2em auto; padding: 0 1em; font-family: sans-serif; line-height: 1.5 }
pre, output { white-space: pre-wrap; overflow-wrap: anywhere; font-family: monospace }
pre { background: #8882; padding: 0.5em 1em }
output { display: block; border: 1px solid; padding: 0.5em 1em; min-height: 1.5em }
"""


def write(
    path: Path,
    rows: list[Row],
    answers: Mapping[str, Mapping[str, list[Answer]]],
    worth: Mapping[str, float],
) -> None:
    """Write the page.

    Args:
        path: the file to write.
        rows: what a person has to decide about.
        answers: the versions of each answer, by student and exercise.
        worth: the points of each exercise.
    """
    files.replace(path, page(rows, answers, worth).encode("utf-8"))


def page(
    rows: list[Row],
    answers: Mapping[str, Mapping[str, list[Answer]]],
    worth: Mapping[str, float],
) -> str:
    """Return the page; what others wrote stands there as text, and no script runs but ours."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{TITLE}</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{STYLE}</style>',
        f"<h1>{TITLE}</h1>",
        "<p>Give points where you can. The lines for <code>by-hand.csv</code> gather at the end.</p>",
    ]
    for row in rows:
        versions = answers.get(row.student, {}).get(row.exercise, [])
        parts.append(section(row, versions, worth[row.exercise]))
    parts += [
        "<h2>Add these lines to by-hand.csv</h2><output></output>",
        f"<script>{SCRIPT}</script></html>",
        "",
    ]
    return "\n".join(parts)


def section(row: Row, versions: list[Answer], most: float) -> str:
    """Return what is to be decided about one answer, and the place for its points."""
    student, exercise = html.escape(row.student), html.escape(row.exercise)
    said = [f"{row.kind}. {row.reply}", row.note, row.reason and f"A likely reason: {row.reason}"]
    parts = [
        f'<section data-student="{student}" data-exercise="{exercise}">',
        f"<h2>{student}: my_{exercise}</h2>",
        *(f"<p>{html.escape(words)}</p>" for words in said if words),
    ]
    for version in versions:
        parts.append(f"<p>From {html.escape(version.place)}:</p>")
        modules = json.loads(version.modules or "{}")
        sources = {f"# {name}.py\n{code}" for name, code in modules.items()}
        for source in (version.source or version.error or version.lost, *sorted(sources)):
            parts.append(f"<pre>{html.escape(source)}</pre>")
    parts += [
        f'<label>Points: <input type="number" min="0" max="{most:g}" step="any"> of {most:g}</label>',
        '<label>Why: <input size="60"></label>',
        "</section>",
    ]
    return "\n".join(parts)
