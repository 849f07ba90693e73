"""Guesses on a page: kept by the browser, and what came out folded until they are made or declined."""

import pytest
from playwright.sync_api import expect

from course import guesses
from website import HTML
from website.tests.tabs import UNFOLD
from website.tests.test_every_page import AXE, NO_FORMULAS, TOO_WIDE, axe


@pytest.fixture
def asking(lessons):
    """Return the first lesson's page that asks for a guess."""
    return next(page for page in lessons if "data-guess=" in (HTML / page).read_text("utf-8"))


GUESSES = [
    *["101,770", "1.0177e5", "10,1770", "log 10", "ln(10)", "log 0", "2.3", "2.31", "2", "1/4"],
    *[".25", "1/0", "\N{MINUS SIGN}5", "1e-5", "81 %", "81", "3.2", ".", "%", "nan", "It  rises"],
    *["-log 0.1", "log 0.1", "-log 0", "(110, 4, 56)", "110 and 4.0", "it (never) rises", "the"],
]
ANSWERS = ["101770", "2.302585", "0.25", "-5", "81.36", "3", "it rises", "110, 4, 56"]
#: Types guesses, one after the other, and returns what is said of each where another answer came out.
SAID = """([field, tag, out, guesses]) => {
    tag.dataset.answer = out;
    return guesses.map(guess => {
        field.value = guess;
        field.dispatchEvent(new Event("input"));
        return tag.textContent;
    });
}"""


@pytest.mark.parametrize("tab", ["file"], indirect=True)
def test_a_guess_is_kept_and_judged_as_in_a_notebook(tab, asking):
    page = tab.open(asking)
    name = page.locator(".guess label").first.inner_text().removeprefix("Your guess: ")
    field, answer = page.locator(".guess input").first, page.locator(f'[data-guessed="{name}"]')
    assert "You made no guess; the answer is " in answer.text_content()
    field.fill("<img src=x>")
    tab.reload_without_storage("guesses")
    expect(field).to_have_value("<img src=x>")
    assert answer.text_content().startswith("You guessed <img src=x>; the answer is ")
    places = [field.element_handle(), answer.element_handle()]
    for out in ANSWERS:
        ends = [guesses.ENDS[guesses.judged(guess, out)].format(out) for guess in GUESSES]
        wanted = [f"You guessed {guess}{end}" for guess, end in zip(GUESSES, ends, strict=True)]
        assert page.evaluate(SAID, [*places, out, GUESSES]) == wanted


# What came out is folded. Not every lesson has such cells, so a section is added of the elements that a
# build makes of them.


def cell(code, output, tags=""):
    """Return a cell as a build writes it."""
    return (
        f'<div class="cell {tags} docutils container"><div class="cell_input"><pre>{code}</pre></div>'
        f'<div class="cell_output docutils container"><p>{output}</p></div></div>'
    )


ASK = '<span data-guess="wrong of 101">Put your guess in place of None.</span>'
NEXT = '<span data-guess="another">Put your guess in place of None.</span>'
COMPARE = '<span data-guessed="wrong of 101" data-answer="17">You made no guess; it is 17.</span>'
SECTION = f"""<section id="here"><h2>A section</h2><p>How many are wrong?</p>
{cell("guesses.ask(...)", ASK)}<p id="before">Read the code first.</p>
<div class="cell tag_answer"><div class="cell_input"><pre>def f(): ...</pre></div></div>
{cell("print(wrong)", "seventeen wrong", "tag_answer")}
{cell("guesses.compare(...)", COMPARE, "tag_answer")}
<p id="after"><strong>Seventeen</strong> it was.</p>
<p id="change"><strong>Change a number.</strong> Ask 5.</p>
<p id="predict"><strong>Predict.</strong> And the next?</p>
{cell("guesses.ask(...)", NEXT)}<p id="another">Then another.</p>
<section id="below"><h3>Below</h3><p>More.</p></section></section>"""


@pytest.fixture
def folding(tab, lessons):
    """Open a lesson whose article begins with that section."""
    html = (HTML / lessons[0]).read_text("utf-8")
    start = html.index(">", html.index("<article")) + 1
    body = html[:start] + SECTION + html[start:]
    tab.page.route(
        f"**/{lessons[0]}*", lambda route: route.fulfill(body=body, content_type="text/html")
    )
    tab.open(lessons[0])
    yield tab
    assert tab.errors == []


def is_open(page):
    """Tell whether what came out is seen: all of it is, or nothing."""
    seen = "tag => tag.checkVisibility({ contentVisibilityAuto: true })"
    parts = page.locator(
        "#here :is(#after, #change, .what-came-out .cell_output, .what-came-out .cell)"
    ).all()
    found = {part.evaluate(seen) for part in parts}
    assert len(found) == 1
    for part in (
        "#before",
        "#predict",
        "#another",
        "#below",
        ".cell_input pre:has-text('print(wrong)')",
    ):
        assert page.locator(f"#here {part}").first.is_visible()  # nothing else is folded
    return found.pop()


def test_what_came_out_is_folded_until_a_guess_is_made(folding):
    page = folding.page
    assert not is_open(page)
    show = page.locator("#here").get_by_role("button", name="Show what came out")
    assert show.is_disabled()
    # The field stands with its question, above the code that answers.
    field, code = page.locator("#here .guess").first, page.locator("#before")
    assert field.bounding_box()["y"] < code.bounding_box()["y"]
    page.get_by_label("wrong of 101").press_sequentially("20")
    assert show.is_enabled()
    assert not is_open(page)
    page.keyboard.press("Enter")
    assert is_open(page)
    assert page.evaluate("document.activeElement.ariaLabel") == "What came out"
    expect(page.locator("#after")).to_be_in_viewport()
    assert "You guessed 20; the answer is 17." in page.inner_text("article")
    # Nothing is folded for the next one, which is answered further down: it says so.
    buttons = page.locator("#here").get_by_role("button")
    assert buttons.all_inner_texts() == ["Keep it"]
    page.get_by_label("another").fill("3")
    buttons.click()
    assert "Kept." in page.get_by_role("status").all_inner_texts()[0]
    page.reload()
    assert page.locator("#after").is_visible()

    # Without a guess it is shown to whoever asks.
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_label("wrong of 101").focus()
    page.keyboard.press("Tab")  # over the button that wants a guess
    page.keyboard.press("Enter")
    assert is_open(page)
    page.reload()
    assert page.locator("#after").is_visible()


def test_a_link_and_the_search_of_the_browser_open_what_is_folded(folding):
    page = folding.page
    page.evaluate("location.hash = '#after'")
    page.locator("#after").wait_for(state="visible")
    page.wait_for_function("!document.querySelector('#here .what-came-out[hidden]')")
    page.evaluate("localStorage.clear()")
    page.goto(page.url.partition("#")[0])
    page.reload()
    folded = page.locator("#here .what-came-out")
    assert folded.get_attribute("hidden") == "until-found"
    folded.dispatch_event("beforematch")  # what the browser says when it has found something there
    assert is_open(page)
    # Damage in the storage takes no field away.
    page.evaluate("localStorage.guesses = localStorage['guesses-shown'] = 'half a fi'")
    page.reload()
    assert page.locator("#here .guess input").count() == 2
    assert not is_open(page)
    page.get_by_label("wrong of 101").fill("20")
    page.reload()
    assert page.get_by_label("wrong of 101").input_value() == "20"


def test_the_block_is_accessible_and_paper_shows_all(folding):
    page = folding.page
    page.evaluate(NO_FORMULAS)
    page.evaluate(AXE.read_text("utf-8"))
    assert axe(page, "'#here'") == []
    folding.resize(280)
    assert page.evaluate(TOO_WIDE) <= 0
    page.emulate_media(media="print")
    assert is_open(page)
    assert page.locator("#here").get_by_role("button").count() == 0


#: Of the cells that answer, whether each whose code has the answer in words is seen.
TELLING = """
    [...document.querySelectorAll(".cell.tag_answer")].filter(cell => {
        const said = cell.querySelector("[data-answer]")?.dataset.answer;
        return said && cell.querySelector(".cell_input").textContent.includes(`"${said}"`);
    }).map(cell => cell.checkVisibility({ contentVisibilityAuto: true }))
"""


def test_code_that_would_tell_the_answer_is_folded_with_it(tab):
    page = tab.open("notebooks/07_deeper.html")
    seen = page.evaluate(TELLING)
    assert seen
    assert not any(seen)
    page.evaluate(UNFOLD)
    assert all(page.evaluate(TELLING))
