"""What to ask again today: questions and warm-ups of the lessons read, over a month.

In Jupyter::

    from course import review

    review.add_lesson("02")  # I have read lesson 02
    review.ask()             # what is due today, one question at a time
    review.knew_it()         # or review.not_yet(), and the next one appears

The page *Review* of the website shows the same cards by the same rule: it takes cards and intervals
from here, and keeps a history of the same form. A card is asked again after each of the intervals in
turn; one that was not known begins with the first again, and one known after the last is learnt.
"""

import functools
import json
import re
import textwrap
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from course import files
from course.exercises import solutions, store, withheld
from course.lessons import CLOSING, NOTEBOOKS, RECALL, Lesson, all_lessons
from course.lessons.markdown import FOLD, code_block, jupyter_anchor
from course.shown import Shown

#: Days until a card is asked again: since its lesson was read, and each time that it was known.
INTERVALS = (1, 7, 21)

#: The card that was shown last in this notebook, by its name.
_card_shown: list[str] = []


class Card(NamedTuple):
    """A question, its answer, and where it stands; its name outlives a change of its words.

    ``asked`` and ``answer`` are Markdown, ``heading`` is the one below which it stands in its lesson.
    """

    name: str
    lesson: Lesson
    heading: str
    asked: str
    answer: str


def cards(lesson: Lesson) -> list[Card]:
    """Return the cards of a lesson: what it asks first, its warm-ups, and what it asks at the end."""
    return [
        *questions(lesson, RECALL, "start"),
        *warm_ups(lesson),
        *questions(lesson, CLOSING[1], "end"),
    ]


def questions(lesson: Lesson, heading: str, place: str) -> list[Card]:
    """Return a card for each numbered question under a heading of a lesson's source.

    Raises:
        ValueError: a question has no folded answer; the message names it.
    """
    found = []
    for cell in lesson.source.cells:
        below = cell.source.partition(f"## {heading}\n")[2] if cell.cell_type == "markdown" else ""
        section = re.split(r"^## ", below, maxsplit=1, flags=re.MULTILINE)[0]
        for item in re.split(r"^(?=\d+\. )", section, flags=re.MULTILINE)[1:]:
            fold = FOLD.search(item)
            if not fold:
                raise ValueError(f"{lesson.source_path.name}: no answer is folded below {item!r}")
            number, _, asked = item[: fold.start()].partition(". ")
            # What belongs to an item stands three spaces to the right of its number.
            asked = textwrap.dedent(f"   {asked.strip()}").strip()
            answer = textwrap.dedent(fold["inside"]).strip()
            name = f"{lesson.number}-{place}-{number}"
            found.append(Card(name, lesson, heading, asked, answer))
    return found


def warm_ups(lesson: Lesson) -> list[Card]:
    """Return a card for each warm-up: it asks for the function, and answers with the solution."""
    return [
        Card(
            name=f"{lesson.number}-{exercise.name.replace('_', '-')}",
            lesson=lesson,
            heading=f"{exercise.heading} ({exercise.level}, {exercise.minutes} minutes)",
            asked=(
                f"Write `my_{exercise.name}` again, without looking:\n\n"
                f"{code_block(asked_function(exercise.stub))}"
            ),
            answer=withheld() or code_block(solutions.shown_source(exercise.solution)),
        )
        for exercise in lesson.exercises
        if exercise.level == "warm-up"
    ]


@functools.cache
def all_cards() -> dict[str, Card]:
    """Return the cards of all lessons by their names; reading the lessons takes a moment.

    There are none in a class's copy, which has the notebooks without their sources, nor the answers.
    """
    lessons = "[0-9][0-9]_*"
    if any(NOTEBOOKS.glob(f"{lessons}.ipynb")) and not any(NOTEBOOKS.glob(f"{lessons}.py")):
        return {}
    return {card.name: card for lesson in all_lessons() for card in cards(lesson)}


def asked_function(stub: str) -> str:
    """Return the stub alone, without the check that may stand below it in its cell."""
    return stub.partition("\n    ...")[0] + "\n    ..."


# --- The rule


def due(read: date, answers: Mapping[date, bool], today: date) -> date | None:
    """Return the day on which a card is to be asked next; None if it is learnt.

    An answer dated later than today, by a clock that was ahead, does not count yet: the card then comes
    too early, but it is not lost.

    Args:
        read: the day on which its lesson was read.
        answers: whether it was known, by the days on which it was asked.
        today: the day of the question.
    """
    last = read
    times_known = 0
    for day in sorted(day for day in answers if day <= today):
        last = day
        times_known = times_known + 1 if answers[day] else 0
    if times_known >= len(INTERVALS):
        return None
    return today if last > today else last + timedelta(days=INTERVALS[times_known])


# --- The history: {"lessons": {"02": day}, "answers": {"02-end-1": {day: known}}}, days as "2026-11-30"


def nothing_yet() -> dict:
    """Return the history of a beginner."""
    return {"lessons": {}, "answers": {}}


def checked(history: dict) -> dict:
    """Return a history, if its days can be read; else something is raised."""
    days = [*history["lessons"].values()]
    for answers in history["answers"].values():
        days += answers.keys()
    for day in days:
        date.fromisoformat(day)
    return history


def history_path() -> Path | None:
    """Return the file of the history, beside the kept functions; None if there is to be no file."""
    mine = store.kept_path()
    return mine and mine.with_name("review.json")


def read_history() -> tuple[dict, list[str]]:
    """Return the history, and what has to be said of its file: one that is damaged is set aside."""
    path = history_path()
    if path is None or not path.exists():
        return nothing_yet(), []
    try:
        return checked(json.loads(path.read_text(encoding="utf-8-sig"))), []
    except (AttributeError, LookupError, TypeError, ValueError):
        number = 1
        while (aside := path.with_name(f"review-damaged-{number}.json")).exists():
            number += 1
        path.replace(aside)
        said = f"Your {path.name} could not be understood. It is now {aside.name}, and a new one begins."
        return nothing_yet(), [said]


def write_history(history: dict) -> None:
    """Write the history, whole or not at all."""
    if path := history_path():
        files.replace(path, json.dumps(history, indent=1) + "\n")


# --- In Jupyter


NO_ANSWERS = (
    "This copy of the course does not hold the answers to a lesson's questions, so it cannot ask them "
    "again."
)


def add_lesson(number: str | int) -> Shown:
    """Say that you have read a lesson: its questions and warm-ups come back from tomorrow on.

    The days are kept in ``review.json``, beside ``mine.py``; the website's page *Review* reads and
    writes the same file.

    Args:
        number: the lesson's, as in "02".

    Raises:
        ValueError: there is no such lesson.
    """
    if not all_cards():
        return plainly(NO_ANSWERS)
    number = str(number).strip().zfill(2)
    known = sorted({card.lesson.number for card in all_cards().values()})
    if number not in known:
        raise ValueError(f"no lesson has the number {number!r}; there are {', '.join(known)}")
    history, said = read_history()
    if number in history["lessons"]:
        said.append(f"Lesson {number} was on your list already.")
    else:
        history["lessons"][number] = date.today().isoformat()
        write_history(history)
        said.append(f"Lesson {number} is on your list: its questions begin tomorrow.")
    return what_is_due(history, said)


def ask() -> Shown:
    """Show one question that is due today, with its answer folded."""
    return what_is_due(*read_history())


def knew_it() -> Shown:
    """Say that you knew the answer to the question shown, and see the next one."""
    return take_down(True)


def not_yet() -> Shown:
    """Say that you did not know the answer to the question shown, and see the next one."""
    return take_down(False)


def take_down(was_known: bool) -> Shown:
    """Write down whether the question shown was known, and show what is due next."""
    history, said = read_history()
    if not _card_shown:
        said.append("No question was open in this notebook, so nothing was noted.")
        return what_is_due(history, said)
    today = date.today()
    card = all_cards()[_card_shown[0]]
    history["lessons"].setdefault(card.lesson.number, today.isoformat())
    history["answers"].setdefault(card.name, {})[today.isoformat()] = was_known
    write_history(history)
    day = next_day(card, history, today)
    said.append(f"It comes back on {day_in_words(day)}." if day else "You have learnt that one.")
    return what_is_due(history, said)


def what_is_due(history: dict, said: list[str]) -> Shown:
    """Show what was said, and the first question that is due."""
    today = date.today()
    known = all_cards()
    if not known:
        return plainly(NO_ANSWERS)
    days = {
        name: next_day(card, history, today)
        for name, card in known.items()
        if card.lesson.number in history["lessons"]
    }
    waiting = sorted((name for name in days if days[name]), key=days.get)  # else in their order
    ready = [name for name in waiting if days[name] <= today]
    # Those that were asked before come first: a heap of new ones does not keep them back.
    ready.sort(key=lambda name: not history["answers"].get(name))
    _card_shown[:] = ready[:1]
    if ready:
        return question(known[ready[0]], len(ready), said)
    if waiting:
        said.append(
            f"Nothing is due today. The next question comes on {day_in_words(days[waiting[0]])}."
        )
    elif days:
        said.append("You have learnt them all: nothing more is due.")
    else:
        said.append(
            'When you have read a lesson, say so: `review.add_lesson("02")` for lesson 02. '
            f"Its questions come back after {INTERVALS[0]}, {INTERVALS[1]} and {INTERVALS[2]} days."
        )
    return plainly(*said)


def next_day(card: Card, history: dict, today: date) -> date | None:
    """Return the day on which a card of a lesson that was read is due; None if it is learnt."""
    read = history["lessons"][card.lesson.number]
    answers = history["answers"].get(card.name, {})
    by_day = {date.fromisoformat(day): was_known for day, was_known in answers.items()}
    return due(date.fromisoformat(read), by_day, today)


def day_in_words(day: date) -> str:
    """Return a day as people say it."""
    return f"{day:%A} {day.day} {day:%B}"


def plainly(*said: str) -> Shown:
    """Return sentences, one below the other."""
    return Shown("\n".join(said), markdown="\n\n".join(said))


def question(card: Card, count: int, said: list[str]) -> Shown:
    """Return a card as it is asked: the question, the answer folded, and how to go on."""
    count_in_words = "1 question" if count == 1 else f"{count} questions"
    lesson = card.lesson
    place = f"{lesson.path.name}#{jupyter_anchor(card.heading)}"
    head = f"{count_in_words} for today, from lesson {lesson.number}, {{}}:"
    fold = f"<details><summary>Answer</summary>\n\n{card.answer}\n\n</details>"
    how = (
        "Answer in your head, or run code, and open the answer. Then say "
        "`review.knew_it()` or `review.not_yet()`."
    )
    return Shown(
        "\n\n".join([*said, head.format(card.heading), card.asked, how]),
        markdown="\n\n".join(
            [*said, head.format(f"[{card.heading}]({place})"), card.asked, fold, how]
        ),
    )
