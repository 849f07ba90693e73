"""The pictures one can touch, in a real browser: what holds for all of them, or for several."""

import re

import pytest
from playwright.sync_api import expect

from course import pictures
from website import ROOT
from website.tests.tabs import STICKS_OUT, Shown, Tab, both_ways, drag, pass_time
from website.tests.test_every_page import AXE, TOO_WIDE, axe

pytestmark = pytest.mark.takes(seconds=65)

PAGES = dict.fromkeys(pictures.PICTURES, "pictures.html") | {
    "draw": "draw.html",
    "sheet": "draw.html",
}


each_page = pytest.mark.parametrize("address", sorted(set(PAGES.values())))


def names(address):
    return [name for name, page in PAGES.items() if page == address]


def woken(tab, address, width=1366):
    """Open a page, go past all its pictures, and return it once they live."""
    page = tab.open(address, width)
    for name in names(address):
        place = page.locator(f".touchable[data-name={name}]")
        place.scroll_into_view_if_needed()
        place.locator(".explore .title").wait_for()
    return page


@both_ways
@each_page
def test_the_pictures_live_and_ask_nobody_else(tab, address):
    page = woken(tab, address)
    assert page.locator(".touchable > img:visible").count() == 0
    assert page.locator(".touchable > .explore").count() == len(names(address))
    assert (tab.strays, tab.errors) == ([], [])


def test_what_a_picture_needs_is_loaded_on_its_pages_alone(browser, roots, pages):
    for page in ("notation.html", "glossary.html"):  # home begins with a picture
        tab = Tab(browser, roots["http"])
        tab.open(page)
        assert [url for url in tab.loaded if "explore" in url] == []
        tab.page.context.close()


@each_page
def test_the_pictures_are_accessible_and_fit_in_all_colours(tab, address):
    page, found = woken(tab, address), {}
    page.evaluate(AXE.read_text("utf-8"))
    for width, colours in ((1366, "light"), (390, "dark"), (390, "forced"), (320, "light")):
        tab.resize(width)
        tab.colours(colours)
        faults = {
            "axe": axe(page) if width > 320 else [],
            "too wide": page.evaluate(TOO_WIDE) > 0,
            "sticks out": page.evaluate(STICKS_OUT),
        }
        found |= {(width, colours, kind): what for kind, what in faults.items() if what}
    assert found == {}


@each_page
def test_without_script_a_still_picture_and_its_words_remain(browser, roots, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{roots['file']}/{address}")
    for name in names(address):
        place = page.locator(f".touchable[data-name={name}]")
        assert place.locator("img").is_visible()
        assert len(place.locator("img").get_attribute("alt")) > 40
        assert place.locator("p").inner_text().startswith("A picture to touch")
    context.close()


def test_paper_shows_the_still_picture_whether_it_has_been_woken_or_not(tab):
    page = woken(tab, "pictures.html")
    page.emulate_media(media="print")
    assert page.locator(".touchable > img:visible").count() == len(names("pictures.html"))
    assert page.locator(".touchable > .explore:visible").count() == 0


MOVING = """
    [...document.querySelectorAll(".explore *")]
        .filter(tag => parseFloat(getComputedStyle(tag).transitionDuration)).length
"""


@each_page
def test_forced_colours_and_reduced_motion_are_respected(tab, address):
    tab.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page = woken(tab, address)
    assert page.evaluate(MOVING) == 0
    inks = "[...document.querySelectorAll('.explore .bar-ink')].map(ink => ink.offsetWidth)"
    assert max(page.evaluate(inks)) > 20  # a bar is still seen
    assert tab.errors == []


KEYS = """
    heard = [];
    document.addEventListener("keydown", ({ key, target }) => {
        const kept = target.hasAttribute("data-lm-suppress-shortcuts");
        heard.push([key, target.closest(".explore") !== null, kept]);
    }, true); // as Notebook 7 listens, before anything in the page does
"""


def test_a_key_pressed_on_a_picture_is_none_of_jupyters_shortcuts(lone):
    shown = Shown(lone, "backprop")
    shown.page.evaluate(KEYS)
    shown.tab_to("button")
    shown.page.evaluate("heard.length = 0")
    shown.page.keyboard.press("x")
    shown.page.keyboard.press("Control+s")  # saves the notebook, wherever the focus is
    shown.el.locator(".title").click()
    shown.page.keyboard.press("x")
    keys = [part for part in shown.page.evaluate("heard") if part[0] != "Control"]
    assert keys == [["x", True, True], ["s", True, False], ["x", True, True]]


def test_a_screen_reader_is_told_of_what_the_reader_does_and_of_nothing_else(lone):
    shown = Shown(lone, "descent")
    told = shown.el.locator(".told")
    pass_time(shown.page, 600)
    assert told.inner_text() == ""  # a picture that comes into view interrupts nobody
    shown.tab_to(".grip")
    shown.page.keyboard.press("ArrowLeft")
    expect(told).to_contain_text("edge")


def test_a_weight_a_point_and_a_start_can_be_grabbed(lone):
    shown = Shown(lone, "backprop")
    drag(shown, shown.el.locator(".grip[aria-label='W2[0, 1]']"), 30, 0)
    assert shown.state["W2"][1] > -2
    shown = Shown(lone, "descent")
    drag(shown, shown.el.locator(".grip"), 60, 40)
    assert shown.state["start"][0] > -1.7
    assert shown.state["start"][1] < 0.8
    ground = shown.el.locator("svg.plot").first
    area = ground.bounding_box()
    ground.click(position={"x": area["width"] * 0.75, "y": area["height"] * 0.2})
    assert min(shown.state["start"]) > 0.9  # a press elsewhere starts there
    drag(shown, ground, 40, 250)  # and to miss the mark selects no words
    assert shown.page.evaluate("getSelection().toString()") == ""
    shown.set(rate=0.2, start=[-1.0, 0.0])  # beyond the edge, and nothing leaves
    assert "leaves" not in shown.el.locator(".verdict").inner_text()
    shown = Shown(lone, "nudge")
    drag(shown, shown.el.locator(".middle"), 50, 0)
    assert shown.state["u"] > 1
    drag(shown, shown.el.locator("[aria-label='u plus h']"), -30, 0)
    assert shown.state["power"] > 0
    shown = Shown(lone, "scores")
    before = shown.state["scores"][0]
    drag(shown, shown.el.locator(".pull").first, 25, 0)
    assert shown.state["scores"][0] > before
    p = shown.numbers("td:nth-child(3) .bar-number")[0]
    assert 0.5 < p < 0.95


@pytest.mark.parametrize(
    ("name", "mark"), [("descent", "the start"), ("nudge", "u plus h"), ("fit", "point 4")]
)
def test_a_finger_that_presses_beside_a_mark_drags_it_all_the_way(finger, name, mark):
    shown = Shown(finger, name, 390)
    held = shown.el.locator(f"[aria-label='{mark}']")
    held.scroll_into_view_if_needed()
    area = held.bounding_box()
    x, y = area["x"] + area["width"] / 2 + 12, area["y"] + area["height"] / 2
    hand = shown.page.context.new_cdp_session(shown.page)
    before = held.get_attribute("aria-valuetext")
    shown.page.evaluate("""heard = []; for (const kind of ["pointermove", "pointercancel"])
        document.addEventListener(kind, () => heard.push(kind), true)""")
    for step in range(5):
        at = {"x": x - 12 * step, "y": y + 12 * step}
        kind = "touchMove" if step else "touchStart"
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(held).not_to_have_attribute("aria-valuetext", before)
    heard = shown.page.evaluate("window.heard")
    assert heard.count("pointermove") >= 3
    assert "pointercancel" not in heard  # the page has not scrolled instead


BROKEN = """
    el => [...el.querySelectorAll("output, .z, .number, td button, .says-it")].filter(tag => {
        const range = document.createRange();
        range.selectNodeContents(tag);
        const lines = new Set([...range.getClientRects()].map(line => line.top));
        const [text, place] = [range, tag].map(each => each.getBoundingClientRect().width);
        return lines.size > 1 || text > place + 1;
    }).map(tag => tag.textContent)
"""


@pytest.mark.parametrize("width", [280, 320, 390, 1366])
def test_no_number_is_broken_in_its_middle(lone, width):
    states = {
        "nudge": {"power": 16},
        "scores": {"plus": -900, "times": 10, "scores": [-10.0, *[9.9] * 9]},
        "axes": {"rows": [*range(9)]},
        "company": {"behind": True},
    }
    for name, state in states.items():
        shown = Shown(lone, name, width)
        shown.page.evaluate("document.body.style.overflowWrap = 'anywhere'")
        shown.set(**state)
        assert shown.el.evaluate(BROKEN) == [], name


def test_a_lesson_shows_its_pictures_where_its_cells_have_left_a_still_one(tab, lessons):
    for address in lessons:
        text = (ROOT / address.replace(".html", ".py")).read_text("utf-8")
        code = re.sub(r"^#.*", "", text, flags=re.MULTILINE)
        called = re.findall(r"\bpictures\.(\w+)\(", code)
        called = [name for name in called if name in pictures.PICTURES]
        if not called:
            continue
        page = tab.open(address)
        places = page.locator(".cell_output .touchable")
        shown = places.evaluate_all("tags => tags.map(tag => tag.dataset.name)")
        assert shown == called, address
        for place in places.all():
            place.scroll_into_view_if_needed()
            place.locator(".explore .title").wait_for()
        assert page.evaluate(TOO_WIDE) <= 0
        assert (tab.strays, tab.errors) == ([], [])


@pytest.mark.parametrize("name", ["kernel", "train"])
def test_on_a_phone_what_is_pressed_and_what_is_said_are_seen_together(lone, name):
    shown = Shown(lone, name, width=390)
    pressed, said = (shown.el.locator(one).first.bounding_box() for one in (".main", ".verdict"))
    assert said["y"] + said["height"] - pressed["y"] < 500
    top = shown.el.bounding_box()["y"]
    assert said["y"] + said["height"] - top < 785  # a phone's screen below the site's own bar
