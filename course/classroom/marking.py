"""Mark one submission: take its answers out, try each, and check what comes back."""

import base64
import secrets
from collections.abc import Iterator
from math import isfinite
from typing import get_args

from course.classroom import isolation, table
from course.classroom.assignment import given
from course.classroom.extract import Answer
from course.classroom.protocol import LOST, READING_SECONDS, TEXT, Limits, Outcome
from course.classroom.submissions import Submission, read_file
from course.exercises.reply import Kind


def mark(
    submission: Submission,
    lessons: dict[str, str],
    digests: dict[str, str],
    limits: Limits,
    seconds: dict[str, float],
    trusted: bool,
) -> list[table.Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lessons: of each exercise that is tried, in the table's order.
        digests: of what is handed in and what judges it, by exercise.
        limits: what each answer may use.
        seconds: how long each may take.
        trusted: whether they run without bubblewrap.
    """
    run = "trusted, without bubblewrap" if trusted else "behind bubblewrap"
    return [
        table.make_row(
            submission.student, lessons[found.exercise], found, run, digests[found.exercise]
        )
        for found in outcomes(submission, [*lessons], limits, seconds, trusted)
    ]


def outcomes(
    submission: Submission,
    names: list[str],
    limits: Limits,
    seconds: dict[str, float],
    trusted: bool,
) -> Iterator[Outcome]:
    """Yield the outcome of each exercise."""
    files = []
    problems = []
    for place, path in submission.files:
        try:
            files.append((place, base64.b64encode(read_file(path)).decode()))
        except OSError as error:
            problems.append(f"{place} ({error.strerror or error})")
    problems += filter(None, [submission.unread])
    answers, more = take(files, limits, trusted)
    problems += more
    if not submission.files and not problems:
        problems = ["nothing was handed in"]
    for name in names:
        answer = answers.get(name, Answer())
        if answer.source:
            yield try_answer(name, answer, limits, seconds[name], trusted)
        elif answer.error:
            yield Outcome(name, "raises", answer.error, note=answer.place)
        elif answer.lost:
            yield Outcome(name, LOST, answer.lost, note=answer.place)
        elif problems:
            yield Outcome(name, LOST, f"not read: {', '.join(problems)}")
        else:
            yield Outcome(name, "not attempted", f"there is no my_{name}")


def take(
    files: list[tuple[str, str]], limits: Limits, trusted: bool
) -> tuple[dict[str, Answer], list[str]]:
    """Return the answers in files, and what could not be read; a file too large costs itself alone."""
    if not files:
        return {}, []
    arguments = {"files": files, "given": given()}
    result, _ = isolation.run("extract", arguments, limits, READING_SECONDS, trusted)
    lost = lost_in(result)
    if not lost:
        return answers_in(result)
    if len(files) == 1:
        return {}, [f"{files[0][0]} ({lost})"]
    half = len(files) // 2
    answers, problems = take(files[:half], limits, trusted)
    others, more = take(files[half:], limits, trusted)
    return answers | others, problems + more


def try_answer(name: str, answer: Answer, limits: Limits, seconds: float, trusted: bool) -> Outcome:
    """Return the outcome of one answer."""
    arguments = {"name": name, "source": answer.source, "modules": answer.modules}
    arguments["seed"] = secrets.randbits(32)
    result, spent = isolation.run("check", arguments, limits, seconds, trusted)
    kind, reply, reason = read_reply(result)
    if kind == "right":
        reason = ""
    notes = [answer.note if kind == "right" else "", answer.place]
    spent = spent if isfinite(spent) else 0.0
    return Outcome(name, kind, reply, reason, ". ".join(filter(None, notes)), answer.shape, spent)


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


def answers_in(result: object) -> tuple[dict[str, Answer], list[str]]:
    """Return the answers and the problems that were taken from files; what is amiss is left out."""
    try:
        answers, problems = result
        made = {name: Answer(*parts) for name, parts in answers.items()}
        whole = {name: a for name, a in made.items() if all(isinstance(part, str) for part in a)}
        return whole, [problem for problem in problems if isinstance(problem, str)]
    except (AttributeError, TypeError, ValueError):
        return {}, []
