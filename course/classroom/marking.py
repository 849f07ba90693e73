"""Mark one submission: take its answers out, try each, and check what comes back."""

import base64
import secrets
from collections.abc import Callable
from functools import partial
from math import isfinite
from typing import get_args

from course.classroom import isolation, table
from course.classroom.assignment import levels, names_given
from course.classroom.extract import Answer
from course.classroom.protocol import LOST, READING_SECONDS, TEXT, Limits, Outcome
from course.classroom.submissions import Submission, read_files
from course.exercises.reply import Kind

#: Processor time to train what an open exercise asks for.
OPEN_SECONDS = 120


def mark_submission(
    submission: Submission, lessons: dict[str, str], digest: str, limits: Limits, trusted: bool
) -> list[table.Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lessons: of each exercise that is tried, in the table's order.
        digest: of what is handed in and what judges it.
        limits: what each answer may use.
        trusted: whether they run without bubblewrap.
    """
    answers, problems = answers_of(submission, limits, trusted)
    rows = []
    for name, lesson in lessons.items():
        if name in answers:
            may_use = limits
            if levels().get(name) == "open":
                may_use = limits._replace(seconds=max(limits.seconds, OPEN_SECONDS))
            outcome = first_that_counts(
                answers[name], partial(try_answer, name, lesson, may_use, trusted)
            )
        elif problems:
            outcome = Outcome(LOST, f"not read: {problems}")
        else:
            outcome = Outcome("not attempted", f"there is no my_{name}")
        rows.append(table.make_row(submission.student, lesson, name, outcome, digest))
    return rows


def answers_of(
    submission: Submission, limits: Limits, trusted: bool
) -> tuple[dict[str, list[Answer]], str]:
    """Return the versions of each answer in a submission, and what could not be read of it."""
    files, unread = read_files(submission.entries)
    if not files:
        return {}, unread or "nothing was handed in"
    files = [(place, base64.b64encode(raw).decode()) for place, raw in files]
    result, _ = isolation.run(
        "extract",
        {"files": files, "given": names_given()},
        limits._replace(seconds=READING_SECONDS),
        trusted,
    )
    if lost := lost_in(result):
        return {}, lost
    answers, problems = result
    answers = {name: [Answer(*parts) for parts in versions] for name, versions in answers.items()}
    return answers, ", ".join([*problems, *filter(None, [unread])])


def first_that_counts(versions: list[Answer], attempt: Callable[[Answer], Outcome]) -> Outcome:
    """Return the outcome of the version that counts; if only another is right, a person decides."""
    first, *others = versions
    outcome = attempt(first)
    if outcome.kind == "right":
        return outcome
    for other in others:
        if other.can_be_tried and attempt(other).kind == "right":
            counts, right = first.place, other.place
            if counts == right:
                counts, right = f"the last in {counts}", "an earlier version"
            reply = f"{right} is right, but {counts} counts: {outcome.kind}. {outcome.reply}"
            return outcome._replace(kind=LOST, reply=reply, is_nearly_right=False)
    return outcome


def try_answer(name: str, lesson: str, limits: Limits, trusted: bool, answer: Answer) -> Outcome:
    """Return the outcome of one version of an answer."""
    if not answer.can_be_tried:
        kind = "raises" if answer.error else LOST
        return Outcome(kind, answer.error or answer.lost, version=answer.digest)
    arguments = {"name": name, "source": answer.source, "modules": answer.modules}
    arguments["seed"] = secrets.randbits(32)
    result, spent = isolation.run("check", arguments, limits, trusted, lesson)
    kind, reply, reason = read_reply(result)
    return Outcome(
        kind=kind,
        reply=reply,
        reason="" if kind == "right" else reason,
        note=answer.note if kind == "right" else "",
        version=answer.digest,
        seconds=spent if isfinite(spent) else 0.0,
        is_nearly_right=kind != LOST and result.get("is_nearly_right") is True,
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
