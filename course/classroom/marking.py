"""Mark one submission: try each of its answers, and fill its rows."""

from collections.abc import Callable
from functools import partial

from course.classroom import inspection, isolation
from course.classroom.extract import Version
from course.classroom.grades import levels
from course.classroom.submissions import Submission
from course.classroom.table import NOT_MARKED, Row, clean

#: Processor time for an answer.
SECONDS = 10
#: Processor time to train what an open exercise asks for.
OPEN_SECONDS = 120


def mark_submission(
    submission: Submission, lesson_of: dict[str, str], digest: str, trusted: bool
) -> list[Row]:
    """Return a submission's rows.

    Args:
        submission: what a student handed in.
        lesson_of: the lesson of each exercise that is tried, in the table's order.
        digest: of what is handed in and what judges it.
        trusted: whether answers run without bubblewrap.
    """
    rows = []
    for name, lesson in lesson_of.items():
        if name in submission.answers:
            row = first_that_counts(
                submission.answers[name], partial(try_answer, name, lesson, trusted)
            )
        elif submission.unread:
            row = Row(kind=NOT_MARKED, reply=f"not read: {submission.unread}")
        else:
            row = Row(kind="not attempted", reply=f"there is no my_{name}, or only its stub")
        whose = {"student": submission.student, "lesson": lesson, "exercise": name}
        rows.append(Row(*map(clean, row._replace(**whose, digest=digest))))
    return rows


def first_that_counts(versions: list[Version], attempt: Callable[[Version], Row]) -> Row:
    """Return the row of the version that counts; if only another is right, a person decides."""
    first, *others = versions
    row = attempt(first)
    if row.kind == "right":
        return row
    for other in others:
        if not other.why_not_tried and attempt(other).kind == "right":
            counts, right = first.place, other.place
            if counts == right:
                counts, right = f"the last in {counts}", "an earlier version"
            reply = f"{right} is right, but {counts} counts: {row.kind}. {row.reply}"
            return row._replace(kind=NOT_MARKED, reply=reply, nearly_right="")
    return row


def try_answer(name: str, lesson: str, trusted: bool, version: Version) -> Row:
    """Return what the row of one version of an answer holds of it."""
    if version.why_not_tried:
        return Row(kind=NOT_MARKED, reply=version.why_not_tried)
    seconds = OPEN_SECONDS if levels().get(name) == "open" else SECONDS
    row = isolation.try_isolated(name, version.source, seconds, trusted, lesson)
    if row.kind == "right":
        return row._replace(note=inspection.reason_to_read(name, version.source))
    return row
