"""The pictures one can touch, in a real browser: what holds for all of them, or for several."""

import pytest
from playwright.sync_api import expect

from course import pictures
from website.tests.tabs import Shown, drag, pass_time
from website.tests.test_every_page import WAKE

pytestmark = pytest.mark.takes(seconds=65)

PAGES = {
    "pictures.html": pictures.PICTURES.keys() - {"draw", "sheet"},
    "draw.html": ["draw", "sheet"],
}


@pytest.mark.parametrize("address", PAGES)
def test_without_script_a_still_picture_and_its_words_remain(browser, roots, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{roots['file']}/{address}")
    for name in PAGES[address]:
        place = page.locator(f".touchable[data-name={name}]")
        assert place.locator("img").is_visible()
        assert len(place.locator("img").get_attribute("alt")) > 40
        assert place.locator("p").inner_text().startswith("A picture to touch")
    context.close()


MOVING = """
    [...document.querySelectorAll(".explore *")]
        .filter(tag => parseFloat(getComputedStyle(tag).transitionDuration)).length
"""


def test_forced_colours_reduced_motion_and_paper_are_respected(tab):
    tab.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page = tab.open("pictures.html")
    page.evaluate(WAKE)
    assert page.evaluate(MOVING) == 0
    inks = "[...document.querySelectorAll('.explore .bar-ink')].map(ink => ink.offsetWidth)"
    assert max(page.evaluate(inks)) > 20  # a bar is still seen
    page.emulate_media(media="print")
    assert page.locator(".touchable > img:visible").count() == len(PAGES["pictures.html"])
    assert page.locator(".touchable > .explore:visible").count() == 0


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


@pytest.mark.parametrize("width", [280, 1366])
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


@pytest.mark.parametrize("name", ["kernel", "train"])
def test_on_a_phone_what_is_pressed_and_what_is_said_are_seen_together(lone, name):
    shown = Shown(lone, name, width=390)
    pressed, said = (shown.el.locator(one).first.bounding_box() for one in (".main", ".verdict"))
    assert said["y"] + said["height"] - pressed["y"] < 500
    top = shown.el.bounding_box()["y"]
    assert said["y"] + said["height"] - top < 785  # a phone's screen below the site's own bar
