"""The page Review: asked on its days, kept by the browser, and lost neither by tabs nor by files."""

import datetime
import json
import random

import pytest

from course import review
from website import HTML
from website.tests.tabs import Tab

FIRST = datetime.date(2026, 11, 30)
CARDS = review.all_cards()
SENTENCE = "#reviewing > p[role=status]:first-of-type"


@pytest.fixture
def asked(tab):
    """Open the page on the first day; whatever it complains of fails the test."""
    yield Asked(tab)
    assert (tab.strays, tab.errors) == ([], [])


class Asked:
    """The page Review, on a day of the test's choice."""

    def __init__(self, tab):
        self.tab, self.page = tab, tab.page
        self.page.clock.install(time=datetime.datetime(2026, 11, 30, 12))
        self.tab.open("review.html")

    def on(self, day):
        """Let it be noon of a day, so many after the first, and look at the page again."""
        noon = datetime.datetime(2026, 11, 30, 12) + datetime.timedelta(days=day)
        self.page.clock.set_fixed_time(noon)
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def read(self, number):
        self.page.locator(f"#read-{number}").click()

    @property
    def said(self):
        return self.page.locator(SENTENCE).inner_text()

    @property
    def shown(self):
        """Return the name of the card that is asked; None if there is none."""
        room = "document.querySelector('.review-card')?.parentElement"
        return self.page.evaluate(f"{room}?.dataset.name ?? null")

    def say(self, words):
        card = self.page.locator(".review-card")
        assert card.get_by_role("button", name=words).count() == 0  # not before the answer
        card.locator("summary").click()
        card.get_by_role("button", name=words).click()

    @property
    def kept(self):
        return json.loads(self.page.evaluate("localStorage.review ?? 'null'"))


def of_lesson(number):
    return [name for name, card in CARDS.items() if card.lesson.number == number]


def test_cards_guesses_and_the_rule_are_those_of_python(asked):
    shown = asked.page.locator(".asked[id]").evaluate_all("all => all.map(({ id }) => id)")
    assert shown == [f"card-{name}" for name in CARDS]
    data = json.loads(asked.page.locator("#review-data").text_content())
    for each in data["lessons"]:
        assert each["cards"] == of_lesson(each["number"])
        page = (HTML / "notebooks" / f"{each['page']}.html").read_text("utf-8")
        assert page.count("data-guessed=") == len(each["guesses"]) > 0
    chance = random.Random(0)

    def day():
        return datetime.date(2026, 1, 1) + datetime.timedelta(days=chance.randrange(80))

    python, given = [], []
    for _ in range(500):
        answers = {day(): chance.random() < 0.7 for _ in range(chance.randrange(7))}
        read, today = day(), day()
        python.append(str(review.due(read, answers, today)))
        by_day = {str(each): known for each, known in answers.items()}
        given.append((str(read), by_day, str(today)))
    theirs = "all => all.map(each => courseReview.due(...each) ?? 'None')"
    assert asked.page.evaluate(theirs, given) == python
    assert 20 < python.count("None") < 480


def test_the_page_says_what_is_due_and_what_is_learnt(asked):
    assert asked.said == "Tick each lesson you have read: its questions come back from tomorrow."
    asked.read("00")
    assert asked.said == "Nothing is due today. The next question comes tomorrow."
    names = of_lesson("00")
    for day in (1, 8, 29):
        asked.on(day)
        assert asked.said.startswith(f"{len(names)} questions for today.")
        for name in names:
            assert asked.shown == name
            asked.say("Knew it")
    assert "You have learnt them all: nothing more is due." in asked.said
    assert asked.page.locator(f"{SENTENCE}:focus").count() == 1  # the last card has left with it
    row = asked.page.locator("#reviewing fieldset > div", has_text="00")
    assert row.inner_text().endswith("all learnt")
    dates = ("2026-12-01", "2026-12-08", "2026-12-29")
    assert review.checked(asked.kept)["answers"] == {
        name: dict.fromkeys(dates, True) for name in names
    }


@pytest.mark.parametrize("tab", ["file"], indirect=True)
def test_what_was_said_outlives_a_reload_and_can_be_taken_back(asked):
    asked.read("02")
    asked.read("03")
    asked.on(1)
    first, second = of_lesson("02")[:2]
    assert asked.shown == first
    asked.say("Knew it")
    assert asked.said.startswith("That one comes back on Tuesday 8 December.")
    asked.page.get_by_role("button", name="Undo").click()
    assert asked.shown == first
    assert asked.kept["answers"][first] == {}
    asked.say("Not yet")
    asked.tab.reload_without_storage("review")
    assert asked.shown == second
    assert asked.kept["answers"] == {first: {"2026-12-01": False}}
    asked.on(2)  # what was asked before comes before a heap of new questions
    assert asked.shown == first
    count = len(of_lesson("02") + of_lesson("03"))
    assert asked.said == f"{count} questions for today. Do as many as you like: the rest can wait."
    for number in ("02", "03"):
        asked.read(number)  # takes the tick away
    assert asked.shown is None
    assert asked.kept["lessons"] == {}


def test_two_tabs_show_each_others_days_and_do_not_overwrite_them(asked):
    other = Tab.beside(asked.tab)
    other.open("review.html").locator("#read-03").click()
    asked.page.locator("#read-03:checked").wait_for()
    # From here on neither tab hears of the other before it writes.
    for page in (asked.page, other.page):
        page.evaluate("addEventListener('storage', stop => stop.stopImmediatePropagation(), true)")
    other.page.locator("#read-01").click()
    asked.read("02")
    assert sorted(asked.kept["lessons"]) == ["01", "02", "03"]


def test_the_days_travel_as_the_file_that_jupyter_keeps(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", str(tmp_path / "mine.py"))
    asked.read("00")
    asked.on(1)
    asked.say("Not yet")
    with asked.page.expect_download() as download:
        asked.page.get_by_role("button", name="Save my progress as a file").click()
    assert download.value.suggested_filename == "review.json"
    download.value.save_as(tmp_path / "review.json")
    said = review.add_lesson("01")
    assert said.startswith("Lesson 01 is on your list")
    asked.page.get_by_role("button", name="Clear my progress").click()
    assert asked.kept == review.nothing_yet()
    asked.page.locator("#reviewing input[type=file]").set_input_files(tmp_path / "review.json")
    asked.page.get_by_text("review.json was added to what is kept here.").wait_for()
    assert asked.page.locator(".review-card:focus").count() == 1
    assert [*asked.kept["lessons"]] == ["00", "01"]
    assert asked.kept["answers"] == {of_lesson("00")[0]: {"2026-12-01": False}}


BAD = [
    "no file of ours",
    '{"lessons": {"02": "2026-02-31"}, "answers": {}}',
    '{"lessons": {}, "answers": {"02-end-1": {"2026-11-30": 1}}}',
]


def test_what_is_no_history_changes_nothing_or_is_set_aside(asked, tmp_path):
    asked.read("00")
    before = asked.kept
    for number, text in enumerate(BAD):
        bad = tmp_path / f"bad{number}.json"
        bad.write_text(text)
        asked.page.locator("#reviewing input[type=file]").set_input_files(bad)
        asked.page.get_by_text(f"{bad.name} was not saved by this page").wait_for()
        assert asked.kept == before, text
    asked.page.evaluate("text => (localStorage.review = text)", BAD[0])
    asked.page.reload()
    asked.read("02")
    assert [*asked.kept["lessons"]] == ["02"]
    assert asked.page.evaluate("localStorage['review-damaged']") == BAD[0]
    # What was cleared can be brought back.
    asked.page.get_by_role("button", name="Clear my progress").click()
    assert asked.kept == review.nothing_yet()
    asked.read("01")
    asked.page.get_by_role("button", name="Bring it back").click()
    assert sorted(asked.kept["lessons"]) == ["01", "02"]


def test_a_browser_that_keeps_nothing_is_said_and_the_page_works(tab):
    for method in ("setItem", "getItem"):
        tab.page.add_init_script(f"Storage.prototype.{method} = () => {{ throw new Error('no') }}")
    asked = Asked(tab)
    asked.read("00")
    assert "This browser keeps nothing for this page" in asked.said
    asked.on(1)
    asked.say("Knew it")
    assert asked.shown == of_lesson("00")[1]


def test_guesses_stand_beside_what_came_out(asked):
    page = asked.tab.open("notebooks/00_first_look.html")
    name = page.locator(".guess label").first.inner_text().removeprefix("Your guess: ")
    page.locator(".guess input").first.fill("<b>8</b>")
    page = asked.tab.open("review.html")
    page.get_by_text("Your guesses, and what came out").click()
    [said] = page.locator("#reviewing li").all_inner_texts()
    assert said.startswith(f"{name}: you guessed <b>8</b>; it was ")


def test_the_keyboard_alone_is_enough(asked):
    page = asked.page
    page.locator("#read-00").focus()
    page.keyboard.press("Space")
    asked.on(1)
    first, second = of_lesson("00")[:2]
    assert asked.shown == first
    page.locator(".review-card summary").focus()
    page.keyboard.press("Enter")
    page.locator(".review-say").wait_for()  # the browser says a little later that the fold is open
    for _ in range(3):  # the answer's code can be copied
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Knew it":
            break
    page.keyboard.press("Enter")
    assert asked.shown == second
    assert asked.kept["answers"] == {first: {"2026-12-01": True}}
    assert page.evaluate("document.activeElement.className") == "review-card"


def test_a_lessons_end_leads_to_its_tick(asked):
    page = asked.tab.open("notebooks/02_sigmoid_softmax.html")
    page.locator(".review-link a").click()
    page.wait_for_url("**/review.html#read-02")
    page.locator("#read-02:focus").wait_for()
    assert 100 < page.locator("#read-02").bounding_box()["y"] < 700  # below the header
    page.keyboard.press("Space")
    assert page.locator("#read-02").is_checked()
