"""The pages in two more browsers: whole, to mouse and keyboard, and found by the search.

A page of each kind is opened; with EVERY_PAGE=1 in the environment, every page.
"""

import os

import pytest

from website.tests import engines
from website.tests.test_every_page import BROKEN_PICTURES, TOO_WIDE, UNREADABLE_FORMULAS

pytestmark = pytest.mark.takes(seconds=70)

LESSON = "notebooks/03_backpropagation.html"
KINDS = ["index.html", LESSON, "notation.html", "teachers.html", "library.html", "pictures.html"]


@pytest.fixture(scope="module", params=["Firefox", "WebKit"])
def engine(request):
    engine = getattr(engines, request.param)()
    yield engine
    engine.close()


@pytest.fixture
def some(pages):
    return pages if os.environ.get("EVERY_PAGE") else KINDS


HALF_FORMULAS = """
    [...document.querySelectorAll(".math :is(msub, msup, mfrac, munder, mover)")]
        .filter(tag => tag.children.length != 2).map(tag => tag.outerHTML)
"""


#: What came out is folded until it is guessed, also where a browser's search cannot look into it.
SHOWN_TOO_EARLY = """
    [...document.querySelectorAll(".what-came-out")].filter(folded => folded.offsetHeight)
        .map(folded => folded.textContent.slice(0, 80))
"""


@pytest.mark.parametrize("root", ["http", "file"])
def test_pages_are_whole_and_fit(engine, roots, some, root):
    found = {}
    for page in some:
        engine.errors.clear()
        engine.resize(1280)
        engine.open(f"{roots[root]}/{page}")
        found[page, "pictures"] = engine.run(BROKEN_PICTURES)
        found[page, "formulas"] = engine.run(UNREADABLE_FORMULAS) + engine.run(HALF_FORMULAS)
        found[page, "shown too early"] = engine.run(SHOWN_TOO_EARLY)
        for width in (1280, 390, 280):
            engine.resize(width)
            found[page, width] = max(0, engine.run(TOO_WIDE))
            assert engine.run("innerWidth") == width
        found[page, "errors"] = list(engine.errors)
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
    engine.resize(1280)
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


@pytest.mark.parametrize("root", ["http", "file"])
def test_the_search_shows_each_place_once_with_the_words_around(engine, roots, root):
    engine.errors.clear()
    engine.open(f"{roots[root]}/search.html?q=transpose")
    rows = "[...document.querySelectorAll('#search-results li')]"
    rows += ".map(row => [row.querySelector('a').href, row.innerText])"
    found = engines.waited(lambda: engine.run(rows))
    assert len(dict(found)) == len(found) > 2
    lessons = [text for address, text in found if "/notebooks/" in address]
    assert lessons
    assert [text for text in lessons if "transpos" not in text.lower()] == []
    assert engine.errors == []
