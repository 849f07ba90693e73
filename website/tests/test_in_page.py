"""Exercises answered in the page, by its own Python: as in Jupyter, and nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from course import exercises
from website.tests.answers import KEY, LESSON, SOFTMAX, START, EditorTab, written
from website.tests.tabs import UNFOLD
from website.tests.test_every_page import AXE, NO_FORMULAS, axe

#: What is said of an answer that does not end: where it was, or at least after how long it was stopped.
ENDED = re.compile("was still at work|Stopped after")
STUBBORN = "while True:\n    try:\n        pass\n    except BaseException:\n        pass"
#: Stands in for Python where a test is about the page alone.
ANSWERS = """said => {
    pythonEngine.start = async () => {};
    pythonEngine.run = async () => JSON.stringify({ printed: "", ...said });
}"""


#: Keeps whatever the button says.
LISTEN = """button => {
    window.said = [];
    new MutationObserver(() => said.push(button.textContent)).observe(button, { childList: true });
}"""


@pytest.fixture
def tab(browser, roots):
    tab = EditorTab(browser, roots["http"], service_workers="block")
    yield tab
    tab.page.context.close()
    assert tab.strays == []


# Python, which is started once for the tests that follow, and goes on whatever an answer does


@pytest.fixture(scope="module")
def awake(browser, roots):
    tab = EditorTab(browser, roots["http"], service_workers="block")
    tab.open(LESSON, width=390)
    yield tab
    tab.page.context.close()
    assert (tab.strays, tab.errors) == ([], [])


def test_what_a_bad_connection_has_lost_is_loaded_by_the_next_run(awake):
    page, asked = awake.page, []

    def lose(route):
        asked.append(route.request.url)
        route.abort() if len(asked) > 5 else route.continue_()

    page.route("**/_static/in_page/*.js", lose)
    run = awake.box("softmax").locator(".in-page-run")
    offer = run.inner_text()
    assert re.fullmatch(r"Load Python \(\d+ MB\) and run", offer)
    run.evaluate(LISTEN)
    assert "Is there a connection?" in awake.run("softmax")
    assert run.inner_text() == offer  # it is still to be loaded
    *told, _ = page.evaluate("window.said")
    loaded = [re.fullmatch(r"Loaded: (\d+) of (\d+) MB", text).groups() for text in told]
    shares = [(int(part), int(of)) for part, of in loaded]
    assert len(shares) > 2  # at its beginning, and with each piece
    assert shares == sorted(shares)
    assert {f"Load Python ({of} MB) and run" for _, of in shares} == {offer}
    page.unroute("**/_static/in_page/*.js", lose)
    awake.errors.clear()
    page.on("request", lambda request: asked.append(request.url))
    stub = awake.text("softmax")
    assert "not attempted" in awake.run("softmax")
    assert len({url for url in asked if asked.count(url) > 1}) == 1  # the lost one alone
    awake.write("softmax", f"{stub}# typed")
    awake.write("softmax", stub)
    assert "code" not in awake.kept["softmax"]  # it would stand above a later lesson's exercise


def test_an_answer_is_checked_with_what_stands_above_it_and_what_is_kept(awake):
    awake.write("softmax", written("softmax", "np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)"))
    assert "unstable" in awake.run("softmax")
    right = written("softmax", f"print('hello')\n{SOFTMAX}")
    awake.write("softmax", right)
    reply = awake.run("softmax")
    assert "hello" in reply
    assert "right" in reply
    assert awake.kept["softmax"] == {"state": "right", "code": right, "kept": right}
    # What stands above an exercise is there: the library, and earlier answers.
    loss = "-(y * np.log(my_softmax(z))).sum() / len(z)"
    awake.write("cross_entropy", written("cross_entropy", loss))
    assert "surprise is lost" in awake.run("cross_entropy")
    loss = "-(y * functions.log_softmax(z)).sum() / len(z)"
    awake.write("cross_entropy", written("cross_entropy", loss))
    assert "depends on your notebook" in awake.run("cross_entropy")
    # As in Jupyter, it may lean on what is kept besides.
    steps = """
s = z - z.max(axis=1, keepdims=True)
return s - np.log(np.exp(s).sum(axis=1, keepdims=True))
"""
    awake.write("log_softmax", written("log_softmax", steps))
    awake.run("log_softmax")
    loss = "-(y * my_log_softmax(z)).sum() / len(z)"
    awake.write("cross_entropy", written("cross_entropy", loss))
    reply = awake.run("cross_entropy")
    assert "right" in reply
    assert "depends on your notebook" not in reply
    summary = awake.page.locator(".in-page-progress summary")
    assert summary.inner_text().startswith("Your answers so far: 3 of ")


#: Odd answers, and what is said of them.
ODD = {
    "def my_softmax(z:": "SyntaxError",
    "import matplotlib": "the page's Python has NumPy alone",
    "x = 1": "defines no function called my_softmax",
    "def my_softmax(z):\n    print('x' * 10**5)\n    return z": "characters in all",
    "def my_softmax(z):\n    return my_softmax(z)": "RecursionError",
    "def my_softmax(z):\n    raise ValueError('<b>bold</b>')": "<b>bold</b>",  # words, and no tag
}


def test_an_odd_answer_gets_words(awake):
    for answer, words in ODD.items():
        awake.write("softmax", answer)
        assert words in awake.run("softmax"), answer


def test_what_does_not_end_is_ended_and_python_starts_again(awake):
    page = awake.page
    awake.run("sigmoid")  # and with that Python has started
    page.evaluate("pythonEngine.run('bridge.ANSWER_SECONDS = 1.0')")
    awake.write("softmax", written("softmax", STUBBORN))
    assert ENDED.search(awake.run("softmax"))
    endless = written("softmax", "return sum(iter(int, 1))")  # in which no line of Python's is run
    awake.write("softmax", endless)
    # Thirty seconds are a long time for a test: now the page's clock goes a hundred times as fast.
    page.evaluate("window.wait = window.setTimeout")
    page.evaluate("window.setTimeout = (act, time) => wait(act, time / 100)")
    assert "After 30 seconds without an answer the page stopped Python" in awake.run("softmax")
    page.evaluate("window.setTimeout = window.wait")
    awake.write("softmax", written("softmax", SOFTMAX))
    assert "right" in awake.run("softmax")
    awake.write("softmax", endless)
    box = awake.box("softmax")
    box.locator(".in-page-run").click()
    box.locator(".in-page-status", has_text="Running").wait_for()
    box.get_by_role("button", name="Stop").click()
    box.locator(".in-page-status", has_text="Stopped").wait_for()


# The editor


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
    from_a_word_processor = ">>> x\u00a0= \u201cone\u201d\n... y = \u2018two\u2019"
    page.evaluate(PASTE, from_a_word_processor)
    assert tab.text("softmax") == "x = \"one\"\ny = 'two'"
    tab.write("softmax", "")
    page.keyboard.type("for i in z:")
    page.keyboard.press("Enter")
    signs = "y = a / b * c - d + e @ f % 2, x: ~z & !w | ?;.<>^_$"
    page.keyboard.type(signs)  # no key is a shortcut of the page
    typed = f"for i in z:\n    {signs}"
    assert tab.text("softmax") == typed
    page.keyboard.press("Escape")
    page.evaluate("Date.now = (now => () => now() + 60_000)(Date.now)")  # who has read on meanwhile
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")  # who passes by changes nothing
    assert page.evaluate("document.activeElement.closest('.in-page')") is None
    assert tab.text("softmax") == typed


def test_the_editors_come_with_the_first_exercise_and_not_before(tab):
    page = super(EditorTab, tab).open(LESSON)
    assert page.locator(".in-page").count() == 0
    page.get_by_role("heading", name=re.compile("^Exercise 2.1")).scroll_into_view_if_needed()
    page.locator(".in-page").first.wait_for()


# Nothing that was typed is lost


def test_answers_are_taken_away_as_mine_py_and_brought_back(tab, tmp_path, monkeypatch):
    page = tab.open(LESSON)
    right = {
        "softmax": "def my_softmax(\n    z,\n):\n    return z\n",
        "log_softmax": written("log_softmax", "z"),
    }
    unfinished = "def my_sigmoid(z):\n\n    # half of it\n"
    tab.kept = {
        **{name: {"state": "right", "code": text, "kept": text} for name, text in right.items()},
        "sigmoid": {"code": unfinished},
    }
    tab.come_back()
    assert page.get_by_role("textbox", name="Your answer, my_softmax right").is_visible()
    page.locator(".in-page-progress summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save them as mine.py").click()
    mine = tmp_path / "mine.py"
    download.value.save_as(mine)
    monkeypatch.setenv("MNISTLIB_MINE", str(mine))
    assert {*exercises.store.functions_in(exercises.store.load(mine.read_text()))} == {*right}
    with mine.open("a", encoding="utf-8") as file:
        file.write("\n\ndef softmax(z):\n    return 0  # a helper of this name is not an answer\n")

    page.evaluate("localStorage.clear()")
    page = tab.open(LESSON)
    assert tab.text("softmax").endswith("...")
    tab.write("softmax", "typed meanwhile")
    page.locator(".in-page-progress summary").click()
    page.set_input_files(".in-page-progress input", mine)
    page.get_by_text("3 answers were loaded").wait_for()
    assert {name: tab.text(name) for name in right} == right
    assert tab.text("sigmoid") == unfinished
    # What the file took the place of is there, on the next visit too.
    page = tab.open(LESSON)
    tab.editor("softmax")
    tab.box("softmax").get_by_role("button", name="Show the other version").click()
    assert tab.text("softmax") == "typed meanwhile"
    assert not tab.box("log_softmax").get_by_role("button", name="Show the other").is_visible()
    assert tab.errors == []


def test_two_tabs_share_their_answers(tab):
    first = tab.open(LESSON)
    other = EditorTab.beside(tab)
    other.open(LESSON)
    other.text("softmax")
    tab.write("softmax", "def my_softmax(z):\n    return 111\n")
    expect(other.box("softmax").locator(".cm-content")).to_contain_text("111")
    other.write("softmax", other.text("softmax") + "# more")
    editor = first.locator("section.in-page:has(#answer-softmax) .cm-content")
    expect(editor).to_contain_text("more")
    # Of two versions typed at once, as when neither tab hears of the other, both are kept.
    theirs = {"softmax": {"code": "theirs"}}
    tab.write("softmax", "mine")
    tab.kept = theirs
    tab.write("softmax", "mine and more")
    swap = tab.box("softmax").get_by_role("button", name="Show the other version")
    swap.click()
    assert tab.text("softmax") == "theirs"
    swap.click()
    assert tab.text("softmax") == "mine and more"
    assert tab.kept["softmax"]["code"] == "mine and more"


@pytest.mark.parametrize("text", ["half a fi", "null", "5", '{"softmax": 1}'])
def test_what_the_browser_keeps_badly_is_set_aside(tab, text):
    page = tab.open(LESSON)
    count = page.locator(".in-page").count()
    assert count > 5
    page.evaluate("([key, text]) => (localStorage[key] = text)", [KEY, text])
    page = tab.open(LESSON)
    assert page.locator(".in-page").count() == count
    assert page.locator(".in-page-set-aside", has_text="could not be read").is_visible()
    assert page.evaluate("key => localStorage[`${key}-damaged`]", KEY) == text
    tab.write("softmax", "typed since")
    assert tab.kept == {"softmax": {"code": "typed since"}}
    assert tab.errors == []


def test_what_was_right_is_marked_once_it_is_changed_and_what_was_started_over_comes_back(tab):
    page = tab.open(LESSON)
    right = written("softmax", SOFTMAX)
    tab.kept = {"softmax": {"state": "right", "code": right, "kept": right}}
    tab.come_back()
    headline = tab.box("softmax").locator("label")
    assert headline.inner_text().endswith("✓")
    tab.write("softmax", right.replace("axis=1", "axis=0"))
    assert headline.inner_text().endswith("changed since it was right")
    tab.write("softmax", right)
    assert headline.inner_text().endswith("✓")
    over, back = (
        tab.box("softmax").get_by_role("button", name=name)
        for name in ("Start over", "Bring it back")
    )
    for _ in range(2):
        over.click()
        assert tab.text("softmax").endswith("...")
        back.click()
        assert tab.text("softmax") == right
    over.click()
    tab.editor("softmax").evaluate("editor => editor.type('# anew')")
    assert over.is_visible()
    # A browser that keeps nothing says so, and the page works.
    page.evaluate("void (Storage.prototype.setItem = () => { throw new DOMException('full'); })")
    tab.write("softmax", "mine")
    assert "keeps nothing" in tab.box("softmax").locator(".in-page-status").inner_text()
    page.evaluate(ANSWERS, {"kind": "right", "html": "<p>right</p>", "kept": "mine"})
    assert "right" in tab.run("softmax")
    tab.write("softmax", "more")
    assert tab.text("softmax") == "more"
    page.locator(".in-page-progress summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save them as mine.py").click()
    assert "mine" in download.value.path().read_text("utf-8")


#: A worker that does nothing, where a test is about how Python is loaded; and for another the page waits
#: three seconds, which a busy computer may need for the one that keeps the pages.
NO_PYTHON = """() => {
    window.Worker = class {
        postMessage() { this.onmessage({ data: { printed: "" } }); }
        terminate() {}
    };
    const wait = window.setTimeout;
    window.setTimeout = (act, time) => wait(act, time === 3000 ? 300000 : time);
}"""
#: Whether the browser has all that the pages consist of.
ALL_KEPT = """
    () => Promise.all(inPage.offline.map(path => caches.match(new URL(`../${path}`, location.href))))
        .then(found => found.every(Boolean))
"""


def test_every_page_and_python_are_there_without_a_connection(browser, roots, lessons):
    tab = EditorTab(browser, roots["http"])
    page = tab.open(LESSON)
    tab.write("softmax", written("softmax", "z"))
    page.evaluate(NO_PYTHON)
    tab.run("softmax")
    assert page.evaluate("inPage.offline").count(lessons[9]) == 1
    page.wait_for_function(ALL_KEPT, timeout=120_000)
    tab.page.context.set_offline(True)
    page.reload()
    page.evaluate("loadEditors()")
    page.evaluate(NO_PYTHON)
    page.evaluate(START)  # which fails unless all pieces of Python are there
    assert tab.text("softmax") == written("softmax", "z")
    page = tab.open(lessons[9])  # which was never opened
    assert page.locator("article .katex").count() > 10
    page.evaluate(UNFOLD)
    page.locator(".cell_output img").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.cell_output img').naturalWidth > 0")
    tab.page.context.close()


# On a phone


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


def test_on_a_phone_all_is_large_enough_and_in_sight(browser, roots):
    touch = {"has_touch": True, "is_mobile": True, "service_workers": "block"}
    phone = EditorTab(browser, roots["http"], **touch)
    page = phone.open(LESSON, width=390)
    # Keys that a phone hides type where the cursor is.
    phone.write("softmax", "")
    page.locator("#answer-softmax").tap()
    for key in ("brackets ( )", "brackets [ ]", "="):
        phone.box("softmax").get_by_role("button", name=key, exact=True).tap()
    assert phone.text("softmax") == "([=])"
    assert page.evaluate("document.activeElement.id") == "answer-softmax"

    page.locator(".in-page-progress summary").tap()
    assert page.evaluate(TOO_SMALL) == []
    page.evaluate(NO_FORMULAS)
    page.add_script_tag(path=AXE)
    assert axe(page, "'.in-page, .in-page-progress'") == []
    phone.write("softmax", f"def my_softmax(z):\n    return {' + '.join(['z'] * 40)}\n")
    lefts = phone.box("softmax").locator(".cm-line").nth(1).evaluate(LEFTS)
    assert min(lefts[1:]) > lefts[0] + 10  # what is left of a long line begins deeper
    phone.editor("sigmoid")
    page.locator("#answer-sigmoid").tap()
    page.evaluate(ANSWERS, {"kind": "unstable", "html": "<p>A reply of some lines.</p>" * 6})
    phone.run("sigmoid")
    expect(phone.box("sigmoid").locator(".in-page-reply")).to_be_in_viewport(ratio=1)
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

    # A link to another lesson's editor leads to its exercise's heading.
    page.set_viewport_size({"width": 390, "height": 850})
    link = page.locator(".in-page-progress a[href*='/03_']").first
    place = link.get_attribute("href").partition("#")[2]
    link.tap()
    page.wait_for_url("**/03_*")
    heading = page.locator(f"section:has(> .in-page #{place}) > h3")
    expect(heading).to_be_in_viewport(ratio=1)
    header = page.locator(".bd-header").bounding_box()
    assert heading.bounding_box()["y"] >= header["y"] + header["height"] - 1
    page.context.close()
    assert (phone.strays, phone.errors) == ([], [])
