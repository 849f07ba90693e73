"""Exercises answered in the page, by its own Python: as in Jupyter, and nothing typed is lost."""

import json
import re

import pytest
from playwright.sync_api import expect

from course import exercises
from course.lessons import all_lessons
from website.tests.answers import LESSON, PATIENTLY, SOFTMAX, SOON, written
from website.tests.tabs import UNFOLD, Tab, both_ways
from website.tests.test_every_page import AXE, axe
from website.tests.test_said import OPEN, check_exercises, heard, nameless

pytestmark = pytest.mark.takes(seconds=100)

#: What is said of an answer that does not end: where it was, or at least after how long it was stopped.
ENDED = re.compile("was still at work|Stopped after")
STUBBORN = "while True:\n    try:\n        pass\n    except BaseException:\n        pass"


@pytest.fixture(autouse=True)
def nothing_is_written(monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", "")


class EditorTab(Tab):
    """A tab on pages that have the editors."""

    def note(self, message):
        """Note what goes wrong, but for what the test itself has blocked."""
        if "blocked by Playwright" not in message.text:
            super().note(message)

    def open(self, address, width=1366):
        """Open a page, and load the editors, as coming near an exercise does."""
        page = super().open(address, width)
        page.evaluate(PATIENTLY)
        return page

    def box(self, name):
        return self.page.locator(f"section.in-page:has(#answer-{name})")

    def editor(self, name):
        """Return the editor of an exercise, CodeMirror's once it is loaded."""
        box = self.box(name)
        box.scroll_into_view_if_needed()
        box.locator(".cm-content").wait_for()
        return box.evaluate_handle("box => box.editor")

    def write(self, name, answer):
        self.editor(name).evaluate("(editor, text) => (editor.text = text)", answer)

    def text(self, name):
        return self.editor(name).evaluate("editor => editor.text")

    def run(self, name):
        """Run an answer, and return what is said."""
        box = self.box(name)
        box.locator(".in-page-run").click()
        box.locator(".in-page-status", has_text=re.compile("Answered|Stopped")).wait_for(
            timeout=300_000
        )
        return box.locator(".in-page-reply").inner_text()


@pytest.fixture
def tab(browser, roots, request):
    tab = EditorTab(browser, roots[getattr(request, "param", "http")], service_workers="block")
    yield tab
    tab.page.context.close()
    assert tab.strays == []


@both_ways
def test_an_answer_is_run_and_kept_and_taken_away_and_brought_back(tab, tmp_path, monkeypatch):
    page = tab.open(LESSON, width=390)
    offer = tab.box("softmax").locator(".in-page-run").inner_text()
    # From the disk there is nothing to load over a network.
    is_local = tab.root.startswith("file:")
    assert re.fullmatch("Run" if is_local else r"Load Python \(\d+ MB\) and run", offer)
    assert "not attempted" in tab.run("softmax")
    tab.write("softmax", written("softmax", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"))
    assert "unstable" in tab.run("softmax")
    tab.write("softmax", written("softmax", f"print('hello')\n{SOFTMAX}"))
    reply = tab.run("softmax")
    assert "hello" in reply
    assert "right" in reply
    # What stands above an exercise is there: the library, and earlier answers.
    loss = "-(y * np.log(my_softmax(z))).sum() / len(z)"
    tab.write("cross_entropy", written("cross_entropy", loss))
    assert "surprise is lost" in tab.run("cross_entropy")
    loss = "-(y * functions.log_softmax(z)).sum() / len(z)"
    tab.write("cross_entropy", written("cross_entropy", loss))
    assert "depends on your notebook" in tab.run("cross_entropy")
    # As in Jupyter, it may lean on what is kept besides.
    steps = """
s = z - z.max(axis=1, keepdims=True)
return s - np.log(np.exp(s).sum(axis=1, keepdims=True))
"""
    tab.write("log_softmax", written("log_softmax", steps))
    tab.run("log_softmax")
    loss = "-(y * my_log_softmax(z)).sum() / len(z)"
    tab.write("cross_entropy", written("cross_entropy", loss))
    reply = tab.run("cross_entropy")
    assert "right" in reply
    assert "depends on your notebook" not in reply

    page = tab.open(LESSON)  # anew
    assert "hello" in tab.text("softmax")
    assert page.get_by_role("textbox", name="Your answer, my_softmax right").is_visible()
    summary = page.locator(".in-page-progress summary")
    assert summary.inner_text().startswith("Your answers so far: 3 of ")
    summary.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the right ones").click()
    mine = tmp_path / "mine.py"
    download.value.save_as(mine)
    with monkeypatch.context() as there:
        there.setenv("MNISTLIB_MINE", str(mine))
        lines = exercises.mine().splitlines()
    exercises.mine()  # the library's own again
    assert lines[0] == "yours:         softmax, log_softmax, cross_entropy"
    with mine.open("a", encoding="utf-8") as file:
        file.write("\n\ndef softmax(z):\n    return 0  # a helper of this name is not an answer\n")

    page.evaluate("localStorage.clear()")
    page = tab.open(LESSON)
    assert tab.text("softmax").endswith("...")
    page.locator(".in-page-progress summary").click()
    page.set_input_files(".in-page-progress input", mine)
    page.get_by_text("3 answers were loaded").wait_for()
    assert "right" in tab.run("softmax")
    assert tab.errors == []


def test_what_a_bad_connection_has_lost_is_loaded_by_the_next_run(tab):
    tab.page.route("**/editor.js", lambda route: route.abort())
    page = tab.open(LESSON)
    area = page.locator("#answer-softmax")  # which does the editor's work until that is there
    area.fill("def my_softmax(z):\n")
    area.press("Tab")
    area.press_sequentially("return z")
    assert area.input_value() == "def my_softmax(z):\n    return z"
    run = tab.box("softmax").locator(".in-page-run")
    asked = []

    def lose(route):
        asked.append(route.request.url)
        route.abort() if len(asked) > 5 else route.continue_()

    page.route("**/_static/in_page/*.js", lose)
    offer = run.inner_text()
    assert "Is there a connection?" in tab.run("softmax")
    assert run.inner_text() == offer  # it is still to be loaded
    page.unroute("**/_static/in_page/*.js", lose)
    page.on("request", lambda request: asked.append(request.url))
    assert "wrong value" in tab.run("softmax")
    assert len(asked) == len(set(asked)) + 1  # the lost one alone was asked for twice
    page.unroute("**/editor.js")
    tab.open(LESSON)
    assert tab.text("softmax") == "def my_softmax(z):\n    return z"


#: Pastes into what has the focus.
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const how = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
}"""


def test_the_editor_pastes_indents_and_is_left_by_keyboard(tab):
    page = tab.open(LESSON)
    tab.write("softmax", "")
    tab.editor("softmax").evaluate("editor => editor.focus()")
    page.evaluate(
        PASTE, ">>> x\u00a0= \u201cone\u201d\n... y = \u2018two\u2019"
    )  # a word processor's
    assert tab.text("softmax") == "x = \"one\"\ny = 'two'"
    tab.write("softmax", "")
    page.keyboard.type("for i in z:")
    page.keyboard.press("Enter")
    signs = "y = a / b * c - d + e @ f % 2, x: ~z & !w | ?;.<>^_$"
    page.keyboard.type(signs)  # no key is a shortcut of the page
    written = f"for i in z:\n    {signs}"
    assert tab.text("softmax") == written
    page.keyboard.press("Escape")
    page.evaluate("Date.now = (now => () => now() + 60_000)(Date.now)")  # who has read on meanwhile
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")  # who passes by changes nothing
    assert page.evaluate("document.activeElement.closest('.in-page')") is None
    assert tab.text("softmax") == written


# Nothing that was typed is lost


def test_the_editors_come_with_the_first_exercise_and_not_before(tab):
    page = super(EditorTab, tab).open(LESSON)
    assert page.locator(".in-page").count() == 0
    page.get_by_role("heading", name=re.compile("^Exercise 2.1")).scroll_into_view_if_needed()
    page.locator(".in-page").first.wait_for()


def test_two_tabs_share_their_answers(tab):
    first = tab.open(LESSON)
    other = EditorTab.beside(tab)
    other.open(LESSON)
    other.text("softmax")
    tab.write("softmax", "def my_softmax(z):\n    return 111\n")
    expect(other.box("softmax").locator(".cm-content")).to_contain_text("111")
    other.write("softmax", other.text("softmax") + "# more")
    expect(first.locator("section.in-page:has(#answer-softmax) .cm-content")).to_contain_text(
        "more"
    )
    tab.open(LESSON)
    assert tab.text("softmax") == "def my_softmax(z):\n    return 111\n# more"


#: What a browser may have kept that no page of this course has written there.
ODDITIES = [
    "half a fi",
    '{"softmax": null, "sigmoid": {"code": "mine"}}',
    '{"softmax": {"state": "right", "kept": 5, "code": "x"}, "sigmoid": {"code": "mine"}}',
]


def test_an_odd_entry_in_the_storage_takes_no_editor_away(tab):
    page = tab.open(LESSON)
    count = page.locator(".in-page").count()
    assert count > 5
    for text in ODDITIES:
        page.evaluate("([key, text]) => (localStorage[key] = text)", [KEY, text])
        page = tab.open(LESSON)
        assert page.locator(".in-page").count() == count, text
        assert page.locator(".in-page-set-aside", has_text="could not be read").is_visible(), text
        assert page.evaluate("key => localStorage[`${key}-damaged`]", KEY) == text
        if "mine" in text:
            assert tab.text("sigmoid") == "mine"
    tab.write("softmax", "typed since")
    page = tab.open(LESSON)
    assert tab.text("softmax") == "typed since"
    assert page.locator(".in-page-set-aside", has_text="could not be read").count() == 0
    assert tab.errors == []


def test_a_headline_says_that_the_answer_was_changed_since_it_was_right(tab):
    page = tab.open(LESSON)
    right = written("softmax", SOFTMAX)
    kept = {"softmax": {"state": "right", "code": right, "kept": right}}
    page.evaluate("([key, text]) => (localStorage[key] = text)", [KEY, json.dumps(kept)])
    page = tab.open(LESSON)
    headline = tab.box("softmax").locator("label")
    assert headline.inner_text().endswith("✓")
    tab.write("softmax", right.replace("axis=1", "axis=0"))
    assert headline.inner_text().endswith("changed since it was right")
    tab.write("softmax", right)
    assert headline.inner_text().endswith("✓")


#: The browser's name for all answers.
KEY = "digits-from-arrays-up"
#: What another tab writes, of which this one has not heard.
WRITTEN_ELSEWHERE = """key => {
    const answers = JSON.parse(localStorage[key]);
    answers.softmax.code = "theirs";
    localStorage[key] = JSON.stringify(answers);
}"""


def test_of_two_versions_typed_at_once_neither_is_lost(tab):
    page = tab.open(LESSON)
    tab.write("softmax", "mine")
    page.evaluate(WRITTEN_ELSEWHERE, KEY)
    tab.write("softmax", "mine and more")
    swap = tab.box("softmax").get_by_role("button", name="Show the other version")
    swap.click()
    assert tab.text("softmax") == "theirs"
    swap.click()
    assert tab.text("softmax") == "mine and more"


def test_a_stub_that_was_only_run_does_not_shadow_a_later_lesson(tab):
    page = tab.open(LESSON)
    stub = tab.text("softmax")
    assert "not attempted" in tab.run("softmax")
    tab.write("softmax", f"{stub}# typed")
    tab.write("softmax", stub)
    kept = page.evaluate("key => JSON.parse(localStorage[key]).softmax", KEY)
    assert "code" not in kept


def test_a_browser_that_keeps_nothing_says_so_and_works(tab):
    tab.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    page = tab.open(LESSON)
    tab.write("softmax", written("softmax", SOFTMAX))
    assert "keeps nothing" in tab.box("softmax").locator(".in-page-status").inner_text()
    assert "right" in tab.run("softmax")
    tab.write("softmax", written("softmax", "z"))
    assert tab.text("softmax") == written("softmax", "z")
    page.locator(".in-page-progress summary").click()
    assert page.get_by_role("button", name="Save the right ones").is_visible()


# Python goes on, whatever an answer does


def test_what_does_not_end_is_ended(tab):
    page = tab.open(LESSON)
    assert "not attempted" in tab.run("softmax")
    page.evaluate(SOON)
    tab.write("softmax", written("softmax", STUBBORN))
    assert ENDED.search(tab.run("softmax"))
    endless = written("softmax", "return sum(iter(int, 1))")  # in which no line of Python's is run
    tab.write("softmax", endless)
    box = tab.box("softmax")
    box.locator(".in-page-run").click()
    box.locator(".in-page-status", has_text="Running").wait_for()
    box.get_by_role("button", name="Stop").click()
    box.locator(".in-page-status", has_text="Stopped").wait_for()
    # Thirty seconds are a long time for a test: now the page's clock goes a hundred times as fast.
    page.evaluate("window.wait = window.setTimeout")
    page.evaluate("window.setTimeout = (act, time) => wait(act, time / 100)")
    assert "After 30 seconds without an answer the page stopped Python" in tab.run("softmax")
    page.evaluate("window.setTimeout = window.wait")
    tab.write("softmax", written("softmax", SOFTMAX))
    assert "right" in tab.run("softmax")


#: Odd answers, and what is said of them. All are given to one Python.
ODD = {
    "def my_softmax(z:": "SyntaxError",
    "import matplotlib": "the page's Python has NumPy alone",
    "x = 1": "defines no function called my_softmax",
    "def my_softmax(z):\n    print('x' * 10**5)\n    return z": "characters in all",
    "def my_softmax(z):\n    return my_softmax(z)": "RecursionError",
    "def my_softmax(z):\n    raise ValueError('<b>bold</b>')": "<b>bold</b>",  # words, and no tag
}


def test_an_odd_answer_gets_words_and_python_goes_on(tab):
    page = tab.open(LESSON)
    for answer, words in ODD.items():
        tab.write("softmax", answer)
        assert words in tab.run("softmax"), answer
    page.locator(".in-page-progress summary").click()
    page.get_by_role("button", name="Start Python again").click()
    tab.write("softmax", written("softmax", SOFTMAX))
    assert "right" in tab.run("softmax")
    assert tab.errors == []


#: For the service worker a page waits three seconds.
HOWEVER_SLOW = """(wait =>
    (window.setTimeout = (act, time) => wait(act, time === 3000 ? 300000 : time)))(window.setTimeout)"""
#: Whether the browser has all that the pages consist of.
ALL_KEPT = """
    () => Promise.all(inPage.offline.map(path => caches.match(new URL(`../${path}`, location.href))))
        .then(found => found.every(Boolean))
"""


def test_every_page_opens_without_a_connection_once_python_is_loaded(browser, roots, lessons):
    tab = EditorTab(browser, roots["http"])
    page = tab.open(LESSON)
    tab.write("softmax", written("softmax", "z"))
    page.evaluate(HOWEVER_SLOW)
    assert "wrong value" in tab.run("softmax")
    assert page.evaluate("inPage.offline").count(lessons[9]) == 1
    page.wait_for_function(ALL_KEPT, timeout=120_000)
    tab.page.context.set_offline(True)
    page.reload()
    page.evaluate(PATIENTLY)
    assert tab.text("softmax") == written("softmax", "z")
    assert "wrong value" in tab.run("softmax")
    page = tab.open(lessons[9])  # which was never opened
    assert page.locator("article .katex").count() > 10
    page.evaluate(UNFOLD)
    page.locator(".cell_output img").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.cell_output img').naturalWidth > 0")
    tab.page.context.close()


@pytest.fixture
def phone(browser, roots):
    touch = {"has_touch": True, "is_mobile": True, "service_workers": "block"}
    tab = EditorTab(browser, roots["http"], **touch)
    yield tab
    tab.page.context.close()
    assert (tab.strays, tab.errors) == ([], [])


def test_keys_that_a_phone_hides_type_where_the_cursor_is(phone):
    page = phone.open(LESSON, width=390)
    phone.write("softmax", "")
    page.locator("#answer-softmax").tap()
    for key in ("brackets ( )", "brackets [ ]", "="):
        phone.box("softmax").get_by_role("button", name=key, exact=True).tap()
    assert phone.text("softmax") == "([=])"
    assert page.evaluate("document.activeElement.id") == "answer-softmax"


#: Where each line of what is written in an element begins.
LEFTS = """tag => {
    const range = document.createRange();
    range.selectNodeContents(tag);
    const found = new Map();
    for (const { top, left, width } of range.getClientRects()) {
        const line = Math.round(top / 8);
        if (width) found.set(line, Math.min(left, found.get(line) ?? left));
    }
    return [...found.values()];
}"""
#: What one taps that is smaller than a finger: its name, its width, and its height.
TOO_SMALL = """() => [...document.querySelectorAll(".in-page, .in-page-progress")]
    .flatMap(box => [...box.querySelectorAll("button, a, summary")])
    .filter(each => each.offsetParent)
    .map(each => [each.ariaLabel ?? each.textContent, each.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 40)
    .map(([name, { width, height }]) => [name, width, height])
"""


def test_on_a_phone_all_is_large_enough_and_in_sight(phone):
    page = phone.open(LESSON, width=390)
    page.locator(".in-page-progress summary").tap()
    assert page.evaluate(TOO_SMALL) == []
    page.add_script_tag(path=AXE)
    assert axe(page) == []
    phone.write("softmax", f"def my_softmax(z):\n    return {' + '.join(['z'] * 40)}\n")
    lefts = phone.box("softmax").locator(".cm-line").nth(1).evaluate(LEFTS)
    assert min(lefts[1:]) > lefts[0] + 10  # what is left of a long line begins deeper
    phone.editor("sigmoid")
    page.locator("#answer-sigmoid").tap()
    phone.write("sigmoid", written("sigmoid", "1 / (1 + np.exp(-z))"))
    assert "unstable" in phone.run("sigmoid")
    reply = phone.box("sigmoid").locator(".in-page-reply")
    expect(reply).to_be_in_viewport(ratio=1)
    # With its keyboard open, and an answer longer than what is left of the page.
    page.set_viewport_size({"width": 390, "height": 470})
    phone.write("sigmoid", written("sigmoid", "\n".join(f"e = {i}" for i in range(30))))
    page.keyboard.press("Control+Home")
    keys = phone.box("sigmoid").locator(".in-page-keys")
    expect(keys).to_be_in_viewport(ratio=1)
    page.keyboard.press("Control+End")
    page.keyboard.type("return e")
    expect(keys).to_be_in_viewport(ratio=1)
    end = page.locator("#answer-sigmoid").bounding_box()
    assert end["y"] + end["height"] <= keys.bounding_box()["y"] + 4  # the last line is above them


def test_a_link_to_an_editor_leads_to_its_exercise(phone):
    page = phone.open("notebooks/03_backpropagation.html", width=390)
    page.locator(".in-page-progress summary").tap()
    progress = page.locator(".in-page-progress")
    progress.get_by_role("link", name="softmax, not tried yet", exact=True).tap()
    page.wait_for_load_state()
    heading = page.get_by_role("heading", name=re.compile("^Exercise .*: softmax by rows"))
    expect(heading).to_be_in_viewport(ratio=1)
    header = page.locator(".bd-header").bounding_box()
    assert heading.bounding_box()["y"] >= header["y"] + header["height"] - 1


def test_what_was_started_over_can_be_brought_back(tab):
    tab.open(LESSON)
    answer = written("softmax", SOFTMAX)
    tab.write("softmax", answer)
    for _ in range(2):
        tab.box("softmax").get_by_role("button", name="Start over").click()
        assert tab.text("softmax").endswith("...")
        tab.box("softmax").get_by_role("button", name="Bring it back").click()
        assert tab.text("softmax") == answer
    tab.box("softmax").get_by_role("button", name="Start over").click()
    tab.editor("softmax").evaluate("editor => editor.type('# anew')")
    assert tab.box("softmax").get_by_role("button", name="Start over").is_visible()


def test_a_screen_reader_comes_from_the_editor_to_the_hints(tab):
    lesson = next(each for each in all_lessons() if LESSON.endswith(f"/{each.name}.html"))
    page = tab.open(LESSON)
    page.evaluate(OPEN)
    spoken = heard(page)
    assert nameless(spoken) == []
    guesses = page.locator(".guess input").count()
    assert [role for role, *_ in spoken].count("textbox") == len(lesson.exercises) + guesses
    check_exercises(spoken, lesson)
