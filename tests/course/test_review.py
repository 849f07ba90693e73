"""Questions come back on their days, once a day, and nothing that was answered is lost."""

import json
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import exercises, review
from course.lessons import CLOSING, RECALL, all_lessons

from .common import names_in, refuse

pytestmark = pytest.mark.usefixtures("nothing_shown")

DAY = timedelta(days=1)
FIRST = date(2026, 11, 30)
LESSONS = all_lessons()


def cards(number):
    """Return the cards of a lesson."""
    return [card for card in review.all_cards().values() if card.lesson.number == number]


@pytest.fixture
def nothing_shown(monkeypatch):
    """No question is open when a test begins, and the day is what `ask` is told."""
    monkeypatch.setattr(review, "_card_shown", [])
    monkeypatch.setattr(review, "date", Calendar)


class Calendar(date):
    """Days as they are, but for today's, which a test chooses."""

    now = FIRST

    @classmethod
    def today(cls):
        return cls.now


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return the file that holds the history, which is not there yet."""
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    return tmp_path / "review.json"


# --- The cards


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_question_and_each_warm_up_is_one_card_with_an_answer(lesson):
    source = re.sub("^# ?", "", lesson.source_path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ours = cards(lesson.number)
    for heading in (RECALL, CLOSING[1]):
        section = source.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        section = re.sub("<details>.+?</details>", "", section, flags=re.DOTALL)
        lines = re.findall(r"^\d+\. (.+)", section, re.MULTILINE)
        assert [c.asked.partition("\n")[0] for c in ours if c.heading == heading] == lines
    warm_ups = [exercise.name for exercise in lesson.exercises if exercise.level == "warm-up"]
    others = [card for card in ours if card.heading not in (RECALL, CLOSING[1])]
    for name, card in zip(warm_ups, others, strict=True):
        assert f"def my_{name}(" in card.asked
        assert f"def {exercises.EXERCISES[name].solution.__name__}(" in card.answer
    for card in ours:
        assert card.answer.strip()
        assert "<details>" not in card.asked + card.answer
        assert f"# {card.heading}\n" in source


def test_a_solution_that_a_class_is_not_to_see_is_on_no_card(tmp_path, monkeypatch):
    monkeypatch.setattr(exercises, "WITHHELD", tmp_path / "withheld.txt")
    exercises.WITHHELD.write_text("Ask.\n")
    assert {card.answer for card in review.warm_ups(LESSONS[3])} == {"Ask."}


def test_no_two_cards_have_one_name_and_a_changed_word_changes_none():
    names = [card.name for lesson in LESSONS for card in review.cards(lesson)]
    assert len(names) == len(set(names))
    assert {"00-accuracy", "02-start-1", "02-end-5"} < set(names)


# --- The rule

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
histories = st.dictionaries(days, st.booleans(), max_size=12)


@given(days, histories, days, st.booleans())
def test_nothing_is_due_twice_a_day(read, answers, today, known):
    after = review.due(read, answers | {today: known}, today)
    assert after is None or after > today
    if not known:
        assert after == today + DAY


@given(days, histories, days, st.integers(1, 800), st.booleans())
def test_a_clock_set_back_loses_no_card(read, answers, today, ahead, known):
    wrong = today + ahead * DAY
    day = review.due(read, answers | {wrong: known}, today)
    assert day == review.due(read, answers, today)
    assert review.due(wrong, {}, today) == today


# --- In Jupyter


def ask(word="", day=0):
    Calendar.now = FIRST + day * DAY
    words = {"": review.ask, "knew it": review.knew_it, "not yet": review.not_yet}
    return words[word]() if word in words else review.add_lesson(word)


def history(kept):
    return json.loads(kept.read_text())


def test_a_month_in_jupyter(kept):
    assert ask().startswith("When you have read a lesson, say so")
    assert not kept.exists()
    assert ask("0") == (
        "Lesson 00 is on your list: its questions begin tomorrow.\n"
        "Nothing is due today. The next question comes on Tuesday 1 December."
    )
    names = [card.name for card in cards("00")]
    missed = names[1]
    seen = Counter()
    for day in range(1, 32):
        shown = ask(day=day)
        while review._card_shown:
            [name] = review._card_shown
            seen[day] += 1
            shown = ask("not yet" if name == missed and day == 1 else "knew it", day)
        assert ("Nothing is due" in shown) == (day < 30)
    # Known at once: on days 1, 8 and 29; the one that was missed: on days 1, 2, 9 and 30.
    others = len(names) - 1
    assert seen == {1: others + 1, 8: others, 29: others, 2: 1, 9: 1, 30: 1}
    assert ask(day=31) == "You have learnt them all: nothing more is due."
    assert history(kept)["lessons"] == {"00": "2026-11-30"}
    assert history(kept)["answers"][missed] == {
        "2026-12-01": False, "2026-12-02": True, "2026-12-09": True, "2026-12-30": True,
    }  # fmt: skip
    assert names_in(kept.parent) == {"review.json"}


def test_a_question_is_shown_with_its_answer_folded_and_how_to_go_on(kept):
    ask("02")
    shown = ask(day=1)
    card = cards("02")[0]
    assert card.asked in shown
    assert card.answer not in shown  # where nothing can be folded
    head, fold = shown.markdown.split("<details><summary>Answer</summary>\n\n")
    assert card.asked in head
    assert fold.startswith(f"{card.answer}\n\n</details>")
    assert "[Before you start](02_sigmoid_softmax.ipynb#Before-you-start)" in head
    assert "`review.knew_it()`" in shown
    assert shown._repr_html_() is None  # else Jupyter would show that in place of the Markdown


def test_a_word_is_taken_down_of_what_was_shown_and_of_nothing_else(kept):
    ask("00")
    assert ask("knew it", 1).startswith("No question was open in this notebook")
    assert history(kept)["answers"] == {}
    ask("knew it", 1)
    assert [*history(kept)["answers"]] == [cards("00")[0].name]
    assert ask("00", 1).startswith("Lesson 00 was on your list already.")
    with pytest.raises(ValueError, match="no lesson has the number"):
        ask("lesson 00", 1)


def test_what_was_asked_before_comes_before_a_heap_of_new_questions(kept):
    ask("02")
    ask(day=1)
    [first] = review._card_shown
    ask("not yet", 1)
    assert review._card_shown != [first]
    assert ask(day=2).startswith(f"{len(cards('02'))} questions for today")
    assert review._card_shown == [first]


def test_each_damaged_file_is_set_aside_and_named(kept):
    damaged = [
        "{",
        '{"lessons": {"02": "2026-02-31"}, "answers": {}}',
        '{"lessons": {}, "answers": {"02-end-1": ["2026-11-30"]}}',
    ]
    for text in damaged:
        kept.write_text(text, encoding="utf-8")
        said = ask("02")
        assert said.startswith("Your review.json could not be understood. It is now review-damaged")
        aside = re.search(r"review-damaged\S*\.json", said)
        assert kept.with_name(aside[0]).read_text(encoding="utf-8") == text
        assert history(kept)["lessons"] == {"02": "2026-11-30"}
    others = [path for path in kept.parent.iterdir() if path != kept]
    assert sorted(path.read_text(encoding="utf-8") for path in others) == sorted(damaged)


def test_what_cannot_be_written_is_said_and_nothing_is_lost(kept, monkeypatch):
    ask("00")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError):
        ask("02")
    assert history(kept)["lessons"] == {"00": "2026-11-30"}
