"""Mark one submission: take its answers out, try each, and check what comes back."""

import base64
import secrets
from collections.abc import Callable
from functools import partial
from typing import get_args

from course.classroom import isolation, table
from course.classroom.assignment import levels, names_given
from course.classroom.extract import Version
from course.classroom.sandbox import TEXT, Limits
from course.classroom.submissions import Submission, read_files
from course.classroom.table import LOST, Row
from course.exercises.reply import Kind

#: Processor time for taking the answers out of a submission.
READING_SECONDS = 20
#: Processor time to train what an open exercise asks for.
OPEN_SECONDS = 120


def mark_submission(
    submission: Submission, lesson_of: dict[str, str], digest: str, limits: Limits, trusted: bool
) -> list[table.Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lesson_of: the lesson of each exercise that is tried, in the table's order.
        digest: of what is handed in and what judges it.
        limits: what each answer may use.
        trusted: whether they run without bubblewrap.
    """
    answers, problems = answers_of(submission, limits, trusted)
    rows = []
    for name, lesson in lesson_of.items():
        if name in answers:
            may_use = limits
            if levels().get(name) == "open":
                may_use = limits._replace(seconds=max(limits.seconds, OPEN_SECONDS))
            row = first_that_counts(
                answers[name], partial(try_answer, name, lesson, may_use, trusted)
            )
        elif problems:
            row = Row(kind=LOST, reply=f"not read: {problems}")
        else:
            row = Row(kind="not attempted", reply=f"there is no my_{name}")
        whose = {"student": submission.student, "lesson": lesson, "exercise": name}
        rows.append(table.cleaned(row._replace(**whose, digest=digest)))
    return rows


def answers_of(
    submission: Submission, limits: Limits, trusted: bool
) -> tuple[dict[str, list[Version]], str]:
    """Return the versions of each answer in a submission, and what could not be read of it."""
    files, unread = read_files(submission.entries)
    if not files:
        return {}, unread or "nothing was handed in"
    files = [(place, base64.b64encode(raw).decode()) for place, raw in files]
    result = isolation.run_isolated(
        "take_sent_answers",
        {"files": files, "given": names_given()},
        limits._replace(seconds=READING_SECONDS),
        trusted,
    )
    if lost := lost_in(result):
        return {}, lost
    answers, problems = result
    answers = {name: [Version(*parts) for parts in versions] for name, versions in answers.items()}
    return answers, ", ".join([*problems, *filter(None, [unread])])


def first_that_counts(versions: list[Version], attempt: Callable[[Version], Row]) -> Row:
    """Return the row of the version that counts; if only another is right, a person decides."""
    first, *others = versions
    row = attempt(first)
    if row.kind == "right":
        return row
    for other in others:
        if not other.lost and attempt(other).kind == "right":
            counts, right = first.place, other.place
            if counts == right:
                counts, right = f"the last in {counts}", "an earlier version"
            reply = f"{right} is right, but {counts} counts: {row.kind}. {row.reply}"
            return row._replace(kind=LOST, reply=reply, nearly_right="")
    return row


def try_answer(name: str, lesson: str, limits: Limits, trusted: bool, version: Version) -> Row:
    """Return what the row of one version of an answer holds of it."""
    if version.lost:
        return Row(kind=LOST, reply=version.lost)
    arguments = {"name": name, "source": version.source, "seed": secrets.randbits(32)}
    result = isolation.run_isolated("try_source", arguments, limits, trusted, lesson)
    kind, reply, reason = read_reply(result)
    is_nearly_right = kind != LOST and result.get("is_nearly_right") is True
    return Row(
        kind=kind,
        reply=reply,
        likely_reason="" if kind == "right" else reason,
        note=version.note if kind == "right" else "",
        nearly_right="yes" if is_nearly_right else "",
    )


# --- What comes back, which is data from a stranger


def is_text(value: object) -> bool:
    """Tell whether a value is a text of a fit length."""
    return isinstance(value, str) and len(value) <= TEXT


def lost_in(result: object) -> str:
    """Return why a piece of work came to nothing; an empty text if it did not."""
    lost = result.get("lost") if isinstance(result, dict) else None
    return lost if is_text(lost) else ""


def read_reply(result: object) -> tuple[str, str, str]:
    """Return a checker's reply as its kind, text and reason; anything else is not marked."""
    if lost := lost_in(result):
        return LOST, lost, ""
    if isinstance(result, dict):
        reply = (result.get("kind"), result.get("reply"), result.get("reason"))
        if all(map(is_text, reply)) and reply[0] in get_args(Kind):
            return reply
    return LOST, "what came back isn't a reply from the checker", ""
