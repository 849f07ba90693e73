"""Mark one submission: take its answers out, try each, and check what comes back."""

import base64
import secrets
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple, get_args

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
        for found in outcomes(submission, lessons, limits, seconds, trusted)
    ]


def outcomes(
    submission: Submission,
    lessons: dict[str, str],
    limits: Limits,
    seconds: dict[str, float],
    trusted: bool,
) -> Iterator[Outcome]:
    """Yield the outcome of each exercise, whose lesson is told beside it."""
    answers, problems = answers_of(submission, limits, trusted)
    if not submission.files and not problems:
        problems = ["nothing was handed in"]
    for name, lesson in lessons.items():
        if name in answers:
            trial = Trial(name, lesson, limits, seconds[name], trusted)
            yield first_that_counts(trial, answers[name])
        elif problems:
            yield Outcome(name, LOST, f"not read: {', '.join(problems)}")
        else:
            yield Outcome(name, "not attempted", f"there is no my_{name}")


def answers_of(
    submission: Submission, limits: Limits, trusted: bool
) -> tuple[dict[str, list[Answer]], list[str]]:
    """Return the versions of each answer in a submission, and what could not be read of it."""
    files = []
    problems = []
    for file in submission.files:
        try:
            files.append((file.place, base64.b64encode(read_file(file)).decode()))
        except OSError as error:
            problems.append(f"{file.place} ({error.strerror or error})")
    problems += filter(None, [submission.unread])
    answers, more = take(files, limits, trusted)
    return answers, problems + more


def take(
    files: list[tuple[str, str]], limits: Limits, trusted: bool
) -> tuple[dict[str, list[Answer]], list[str]]:
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


class Trial(NamedTuple):
    """How an answer to an exercise is tried."""

    name: str
    lesson: str
    limits: Limits
    seconds: float
    trusted: bool


def first_that_counts(trial: Trial, versions: list[Answer]) -> Outcome:
    """Return the outcome of the version that counts; if only another is right, a person decides."""
    first, *others = versions
    outcome = try_answer(trial, first)
    if outcome.kind == "right":
        return outcome
    for other in others:
        if other.source and try_answer(trial, other).kind == "right":
            counts, right = first.place, other.place
            if counts == right:
                counts, right = f"the last version in {counts}", "an earlier one there"
            reply = f"{right} is right, but {counts} counts: {outcome.kind}. {outcome.reply}"
            return outcome._replace(kind=LOST, reply=reply, is_nearly_right=False)
    return outcome


def try_answer(trial: Trial, answer: Answer) -> Outcome:
    """Return the outcome of one version of an answer."""
    if not answer.source:
        kind = "raises" if answer.error else LOST
        return Outcome(trial.name, kind, answer.error or answer.lost)
    arguments = {"name": trial.name, "source": answer.source, "modules": answer.modules}
    arguments["seed"] = secrets.randbits(32)
    result, spent = isolation.run(
        "check", arguments, trial.limits, trial.seconds, trial.trusted, trial.lesson
    )
    kind, reply, reason = read_reply(result)
    return Outcome(
        exercise=trial.name,
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


def answers_in(result: object) -> tuple[dict[str, list[Answer]], list[str]]:
    """Return the answers and the problems that were taken from files; what is amiss is left out."""
    try:
        answers, problems = result
        made = {name: [Answer(*parts) for parts in versions] for name, versions in answers.items()}
        whole = {
            name: versions
            for name, versions in made.items()
            if versions and all(isinstance(part, str) for answer in versions for part in answer)
        }
        return whole, [problem for problem in problems if isinstance(problem, str)]
    except (AttributeError, TypeError, ValueError):
        return {}, []
