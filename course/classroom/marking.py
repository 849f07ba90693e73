"""Mark one submission: take its answers out, try each, and check what comes back."""

import base64
from collections.abc import Iterator
from math import isfinite

from course.classroom import isolation, table
from course.classroom.assignment import given
from course.classroom.extract import Answer
from course.classroom.protocol import KINDS, LOST, READING_SECONDS, TEXT, Limits, Outcome
from course.classroom.submissions import Submission, read_file


def mark(
    submission: Submission,
    lessons: dict[str, str],
    limits: Limits,
    seconds: dict[str, float],
    trusted: bool,
) -> list[table.Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lessons: of each exercise that is tried, in the table's order.
        limits: what each answer may use.
        seconds: how long each may take.
        trusted: whether they run without bubblewrap.
    """
    run = "trusted, without bubblewrap" if trusted else "behind bubblewrap"
    return [
        table.make_row(submission.student, submission.digest, lessons[found.exercise], found, run)
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
    problem = submission.problem
    try:
        for place, path in submission.files:
            files.append((place, base64.b64encode(read_file(path)).decode()))
    except OSError as error:
        problem = problem or f"its files could not be read: {error.strerror or error}"
    answers, problems = {}, []
    if not problem:
        arguments = {"files": files, "given": given()}
        result, _ = isolation.run("extract", arguments, limits, READING_SECONDS, trusted)
        lost = lost_in(result)
        problem = lost and f"its files could not be read: {lost}"
        answers, problems = answers_in(result)
        problems += filter(None, [submission.unread])
    for name in names:
        answer = answers.get(name, Answer())
        if problem:
            yield Outcome(name, LOST, problem)
        elif answer.source:
            yield try_answer(name, answer, limits, seconds[name], trusted)
        elif answer.error:
            yield Outcome(name, "raises", answer.error)
        elif reason := answer.lost or next(iter(problems), ""):
            yield Outcome(name, LOST, reason)
        else:
            yield Outcome(name, "not attempted", f"there is no my_{name}")


def try_answer(name: str, answer: Answer, limits: Limits, seconds: float, trusted: bool) -> Outcome:
    """Return the outcome of one answer."""
    arguments = {"name": name, "source": answer.source}
    result, spent = isolation.run("check", arguments, limits, seconds, trusted)
    kind, reply, reason = read_reply(result)
    notes = [answer.place, answer.note if kind == "right" else reason]
    spent = spent if isfinite(spent) else 0.0
    return Outcome(name, kind, reply, " ".join(filter(None, notes)), answer.shape, spent)


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
        if all(map(is_text, reply)) and reply[0] in KINDS:
            return reply
    return LOST, "what came back is no reply of the checker's", ""


def answers_in(result: object) -> tuple[dict[str, Answer], list[str]]:
    """Return the answers and the problems that were taken from files; what is amiss is left out."""
    try:
        answers, problems = result
        made = {name: Answer(*parts) for name, parts in answers.items()}
        whole = {name: a for name, a in made.items() if all(isinstance(part, str) for part in a)}
        return whole, [problem for problem in problems if isinstance(problem, str)]
    except (AttributeError, TypeError, ValueError):
        return {}, []
