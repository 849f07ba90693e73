"""The pages in two more browsers: whole, to mouse and keyboard, searched, and answered in."""

import json

import pytest

from website.tests import engines
from website.tests.answers import LESSON, PATIENTLY, SOFTMAX, written
from website.tests.test_every_page import (
    BROKEN_PICTURES,
    NARROW,
    TOO_WIDE,
    UNREADABLE_FORMULAS,
    WIDE,
)

pytestmark = pytest.mark.timeout(3600)

#: A page of each kind: what an engine does differently it does to all of a kind.
KINDS = ["index.html", LESSON, "notation.html", "teachers.html", "library.html", "pictures.html"]


@pytest.fixture(scope="module", params=["Firefox", "WebKit"])
def engine(request):
    engine = getattr(engines, request.param)()
    yield engine
    engine.close()


HALF_FORMULAS = """
    [...document.querySelectorAll(".math :is(msub, msup, mfrac, munder, mover)")]
        .filter(tag => tag.children.length != 2).map(tag => tag.outerHTML)
"""


#: What came out is folded until it is guessed, also where a browser's search cannot look into it.
SHOWN_TOO_EARLY = """
    [...document.querySelectorAll(".what-came-out")].filter(folded => folded.offsetHeight)
        .map(folded => folded.textContent.slice(0, 80))
"""


def test_a_page_of_each_kind_is_whole_and_fits(engine, roots):
    found = {}
    engine.errors.clear()
    for page in KINDS:
        engine.resize(WIDE)
        engine.open(f"{roots['file']}/{page}")
        found[page, "pictures"] = engine.run(BROKEN_PICTURES)
        found[page, "formulas"] = engine.run(UNREADABLE_FORMULAS) + engine.run(HALF_FORMULAS)
        found[page, "shown too early"] = engine.run(SHOWN_TOO_EARLY)
        for width in (WIDE, NARROW):
            engine.resize(width)
            found[page, width] = max(0, engine.run(TOO_WIDE))
            assert engine.run("innerWidth") == width
        found[page, "errors"] = [*engine.errors]
        engine.errors.clear()
    assert {place: what for place, what in found.items() if what} == {}


PICTURE = "document.querySelectorAll('.touchable')[{}]"
#: What a picture holds and shows, and all in it that can be pressed.
STATE = "JSON.stringify([el.model.get('state'), el.innerText])"
PLACE = """(tag => {
    tag.scrollIntoView({ block: "center" });
    const box = tag.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
})([...el.querySelectorAll(".paper, button:enabled, .choice label, .grip, input[type=range]")]
    .filter(tag => tag.checkVisibility())[{}])"""
FOCUS = """
    [...el.querySelectorAll("[tabindex='0'], button:enabled, input")]
        .filter(tag => tag.tabIndex >= 0 && tag.checkVisibility({{ visibilityProperty: true }}))[{}]
        ?.focus()
"""


def within(number, code):
    return f"(el => {code})({PICTURE.format(number)}.querySelector('.explore'))"


@pytest.mark.parametrize("page", ["pictures.html", "draw.html"])
def test_each_picture_answers_to_mouse_and_keyboard(engine, roots, page):
    engine.resize(WIDE)
    engine.open(f"{roots['file']}/{page}")
    count = engine.run("document.querySelectorAll('.touchable').length")
    assert count > 5 or page == "draw.html"
    for number in range(count):
        engine.run(f"{PICTURE.format(number)}.scrollIntoView()")
        alive = f"!!{PICTURE.format(number)}.querySelector('.explore .title')"
        engines.waited(lambda alive=alive: engine.run(alive))
        engine.run(within(number, "scrollBy(0, -100)"))
        for how in ("mouse", "keyboard"):
            before = engine.run(within(number, STATE))
            for place in range(6):
                if how == "mouse":
                    x, y = engine.run(within(number, PLACE.replace("{}", str(place))))
                    engine.act(engines.dragged((x, y), (x + 12, y + 6), (x, y)))
                else:
                    engine.run(within(number, FOCUS.format(place)))
                    for key in ("ArrowRight", "5", "Enter", "Space"):
                        engine.act(engines.pressed(key))
                if engine.run(within(number, STATE)) != before:
                    break
            else:
                pytest.fail(f"picture {number} of {page} does not answer to the {how}")
    assert engine.errors == []


def said_in(engine, name, answer):
    """Let the browser run an answer, and return what is said."""
    box = f"document.getElementById('answer-{name}').closest('section')"
    type_it = f"({box}.editor.text = {json.dumps(answer)})"
    engine.run(f"({type_it}, {box}.querySelector('.in-page-run').click(), 1)")
    ended = (
        f"/Answered|Stopped|Right|Not /.test({box}.querySelector('.in-page-status').textContent)"
    )
    engines.waited(lambda: engine.run(ended))
    return engine.run(f"{box}.querySelector('.in-page-reply').innerText")


def test_an_answer_is_run_and_kept(engine, roots):
    """From the disk in WebKit, which allows there less than any other, and from a server in Firefox."""
    root = roots["file" if isinstance(engine, engines.WebKit) else "http"]
    for visit in (1, 2):
        engine.open(f"{root}/{LESSON}?{visit}#answers")
        engines.waited(lambda: engine.run("Boolean(document.querySelector('.in-page'))"))
        engine.run(PATIENTLY)
        if visit == 1:
            assert "right" in said_in(engine, "softmax", written("softmax", SOFTMAX))
        summary = "document.querySelector('.in-page-progress summary').textContent"
        assert engine.run(summary).startswith("Your answers so far: 1 of ")
    kept = "document.getElementById('answer-softmax').closest('section').editor.text"
    assert engine.run(kept) == written("softmax", SOFTMAX)
    assert engine.errors == []
