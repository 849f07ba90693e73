"""The pictures one can touch, in a real browser: what holds for all of them, or for several."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from course import pictures
from website.tests.tabs import Shown, pass_time
from website.tests.test_every_page import WAKE

ON_THE_PAGE = pictures.PICTURES.keys() - {"draw", "sheet"}


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
    assert page.locator(".touchable > img:visible").count() == len(ON_THE_PAGE) - 1
    sheet = page.locator(".touchable > .explore:visible")  # which keeps what was written on it
    assert sheet.count() == 1
    assert sheet.locator("input:visible").count() == 27
    assert sheet.locator(".verdict:visible").count() == 0
    still = page.locator("[data-name=backprop] > img").bounding_box()
    assert still["height"] > 11 * 96 / 2.54  # at which its smallest letters have 6 points


#: Of each picture: where Tab leads, which keys are pressed there, and what the state `s` then is, which
#: was `was`.
BY_KEYS = {
    "attend": [
        (".move", "ArrowDown", "`${s.pairs[0]}` === `${was.pairs[1]}`"),
        (".move", "ArrowUp", "`${s.pairs}` !== `${was.pairs}`"),
        ("[aria-label='scores times']", "Home", "s.times === 0"),
    ],
    "axes": [
        (".choice input", "ArrowRight", "s.axis === 0"),
        ("button[data-column]", "ArrowRight ArrowDown", "s.held[1] === 1"),
        ("button.out", "Enter", "s.rows.length === was.rows.length - 1"),
    ],
    "backprop": [
        (".main", "Enter Enter Enter", "s.step === was.step + 3"),
        ("[aria-label='b1[0]'].grip", "ArrowRight Shift+ArrowUp", "s.b1[0] === was.b1[0] + 1.5"),
        ("input[type=number]", "- 7 2 . 5 Enter", "s.b1[0] === -72.5"),
    ],
    "company": [
        (".choice input", "ArrowRight ArrowRight", "s.company === 'all'"),
        (".sway button:nth-of-type(8)", "Enter", "s.company === 'one'"),
        (".tray button", "ArrowDown ArrowRight Space", "`${s.others}` !== `${was.others}`"),
    ],
    "descent": [
        ("[aria-label='momentum, μ']", "ArrowRight", "s.momentum === 0.05"),
        ("[aria-label='learning rate, η']", "ArrowRight", "s.rate > was.rate"),
        (".grip", "ArrowRight", "s.start[0] > was.start[0]"),
    ],
    "draw": [
        (".paper", "Space ArrowDown ArrowDown", "s.strokes.length === 1"),
        (".paper", "Backspace", "s.strokes.length === 0"),
        (".choice input", "ArrowRight", "s.centre === false"),
    ],
    "fit": [
        (".grip", "ArrowUp", "`${s.points}` !== `${was.points}`"),
        ("[aria-label='features']", "ArrowRight", "s.count === was.count + 1"),
    ],
    "kernel": [
        (".field", "ArrowRight", "s.shift[0] === 1"),
        (".kernel button", "Enter", "s.kernel[0] === 0 && s.name === 'own'"),
        ("button.main", "Enter", "s.reached < 300"),  # it slides again, from the first place
        ("button.main", "", "s.reached > 300"),
    ],
    "nudge": [
        ("[aria-label='the nudge, h']", "ArrowLeft ArrowLeft", "s.power === 1"),
        ("[aria-label='u plus h']", "Home", "s.power === 16"),
        ("[aria-label='u plus h']", "End PageDown", "s.power === 2.5"),
    ],
    "scores": [
        ("[aria-label='logit of class 7']", "ArrowRight", "s.scores[7] > was.scores[7]"),
        ("[aria-label='add to all']", "Home", "s.plus < -700"),
        (".main", "Enter", "s.plus === 710"),
        (".again", "Enter", "s.plus === 0"),
    ],
    "sheet": [
        (".found button", "ArrowRight", "s.chosen === was.chosen + 1"),
        ("input[type=file]", "", "true"),
        ("summary", "Enter", "el.querySelector('details').open"),
        ("[aria-label='threshold of darkness']", "End", "s.steps.threshold === 0.9"),
        ("details .strip:last-child button", "Enter", "s.steps.threshold === null"),
    ],
    "train": [
        ("button.main", "Enter", "el.run.step > 30"),
        ("button.main", "Enter", "el.querySelector('button.main').textContent === 'start'"),
    ],
}


@pytest.mark.parametrize("name", BY_KEYS)
def test_the_keyboard_alone_is_enough(lone, name):
    shown = Shown(lone, name)
    el = shown.el.element_handle()
    for selector, keys, then in BY_KEYS[name]:
        before = shown.state
        shown.tab_to(selector)
        for key in keys.split():
            shown.page.keyboard.press(key)
        waited = f"([el, was]) => (s => {then})(el.model.get('state'))"
        shown.page.wait_for_function(waited, arg=[el, before])


def test_a_screen_reader_is_told_of_what_the_reader_does_and_of_nothing_else(lone):
    shown = Shown(lone, "descent")
    told = shown.el.locator(".told")
    pass_time(shown.page, 600)
    assert told.inner_text() == ""  # a picture that comes into view interrupts nobody
    shown.tab_to(".grip")
    shown.page.keyboard.press("ArrowLeft")
    expect(told).to_contain_text("edge")


def drag(shown, mark, right, down):
    """Drag what is at `mark`'s middle by so many dots of the screen."""
    mark.scroll_into_view_if_needed()
    area = mark.bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    shown.page.mouse.move(x, y)
    shown.page.mouse.down()
    shown.page.mouse.move(x + right / 2, y + down / 2)
    shown.page.mouse.move(x + right, y + down)
    shown.page.mouse.up()


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
    drag(shown, shown.el.locator(".choice label").first, 60, 20)
    assert shown.page.evaluate("getSelection().toString()") == ""
    shown = Shown(lone, "nudge")
    drag(shown, shown.el.locator(".middle"), 50, 0)
    assert shown.state["u"] > 1
    shown = Shown(lone, "scores")
    before = shown.state["scores"][0]
    drag(shown, shown.el.locator(".pull").first, 25, 0)
    assert shown.state["scores"][0] > before
    shown = Shown(lone, "fit")
    before = shown.state["points"][3]
    shown.el.locator("input[type=range]").first.click()
    drag(shown, shown.el.locator(".grip").nth(3), 10, -40)
    assert shown.state["points"][3][1] > before[1]
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert shown.page.evaluate(style) == "none"  # after a slider the browser drew a box
    shown = Shown(lone, "attend", 390)
    first, *rest = shown.state["pairs"]
    boxes = [handle.bounding_box() for handle in shown.el.locator(".move").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    shown.page.mouse.move(*middles[0])
    shown.page.mouse.down()
    shown.page.mouse.move(*middles[3], steps=8)
    shown.page.mouse.up()
    assert shown.state["pairs"] == [*rest, first]


def test_a_finger_that_presses_beside_a_mark_drags_it_all_the_way(finger):
    shown = Shown(finger, "descent", 390)
    held = shown.el.locator("[aria-label='the start']")
    held.scroll_into_view_if_needed()
    area = held.bounding_box()
    x, y = area["x"] + area["width"] / 2 + 12, area["y"] + area["height"] / 2
    before = held.get_attribute("aria-valuetext")
    shown.page.evaluate("""heard = []; for (const kind of ["pointermove", "pointercancel"])
        document.addEventListener(kind, () => heard.push(kind), true)""")
    shown.touch([(x - 12 * step, y + 12 * step) for step in range(5)])
    expect(held).not_to_have_attribute("aria-valuetext", before)
    heard = shown.page.evaluate("window.heard")
    assert heard.count("pointermove") >= 3
    assert "pointercancel" not in heard  # the page has not scrolled instead


def test_of_all_nudges_what_holds_for_all_is_told_apart_from_what_holds_for_one(lone):
    shown = Shown(lone, "nudge", 1280)
    shown.el.locator("button.main").click()
    of_all, of_one = shown.verdict.splitlines()
    assert "lowest near" in of_all
    assert of_one.startswith("At h = 1:")
    texts = shown.el.locator("svg.plot text").all_text_contents()
    assert not [text for text in texts if "drag" in text]


#: How much of a picture is seen at once, below the site's own bar: on a laptop, and on a phone.
SCREENS = {1280: 720, 390: 785}


def reach(shown, part):
    """Return how far below the picture's top a part of it ends."""
    box = shown.el.locator(part).first.bounding_box()
    return box["y"] + box["height"] - shown.el.bounding_box()["y"]


#: Of each picture and width: what is on one screen; on a laptop also once what it suggests is pressed.
WHOLE = ("button.main", ".verdict", "canvas, svg.plot")
TOGETHER = [
    *[(name, 1280, WHOLE) for name in ("company", "descent", "kernel", "nudge")],
    *[(name, 390, (".main", ".verdict")) for name in ("fit", "kernel", "train")],
    ("company", 390, (".portrait", ".spoken", ".main", ".choice", ".tray", ".sway")),
]


@pytest.mark.parametrize(("name", "width", "parts"), TOGETHER)
def test_what_is_pressed_and_what_it_changes_are_seen_together(lone, name, width, parts):
    shown = Shown(lone, name, width)
    if width == 1280:
        shown.el.locator("button.main").click()
    for part in parts:
        assert reach(shown, part) < SCREENS[width], part


IN_THE_TRAY = """
    tile => { const [a, b] = [tile, tile.parentElement].map(tag => tag.getBoundingClientRect());
        return a.top >= b.top && a.bottom <= b.bottom; }
"""


def test_on_a_phone_a_companion_is_brought_in_and_the_answer_seen_to_change(lone):
    shown = Shown(lone, "company", width=390)
    answer = shown.el.locator(".says .digit").first
    before, answers = shown.el.locator(".tray").bounding_box(), [answer.inner_text()]
    for _ in range(9):
        shown.el.locator("button.main").click()
        answers.append(answer.inner_text())
        [companion] = shown.state["others"]
        assert shown.el.locator(".guests canvas:visible").count() == 1
        assert shown.el.locator(f"[data-digit='{companion}']").evaluate(IN_THE_TRAY)
        assert reach(shown, ".verdict") < SCREENS[390]
    assert all(one != other for one, other in pairwise(answers))
    assert sorted({*answers}) == list("012345678")  # no single companion makes it say 9
    shown.el.get_by_text("all 199 others").click()
    assert shown.el.locator(".guests canvas:visible").count() == 6
    assert shown.el.locator(".tray").bounding_box() == before  # nothing has moved


def test_on_a_phone_the_grid_and_what_is_said_of_it_are_one_screen(lone):
    shown = Shown(lone, "axes", width=390)
    grid = shown.el.locator("table.axes")
    before = grid.bounding_box()["y"]
    # What is marked is what changes an answer: along the rows only the other axis does.
    suggested, main = shown.el.locator(".suggested"), shown.el.locator("button.main")
    assert suggested.inner_text() == "in a column (axis=0)"
    assert main.count() == 0  # and nothing is filled, as if it were chosen
    suggested.click()
    assert suggested.count() == 0
    assert main.inner_text() == "add six 0s"
    main.click()
    assert len(shown.state["rows"]) == 13
    assert grid.bounding_box()["y"] == before  # it has not moved below the words
    assert reach(shown, "table.axes") < SCREENS[390]
    assert main.inner_text() == "add one 0"  # there are eight in all: it does as it says
    main.click()
    assert len(shown.state["rows"]) == 14
    assert main.is_disabled()
    shown.el.locator("button.out").last.click()
    assert main.inner_text() == "add one 0"


LOOKS = """
    grip => { const point = grip.matches(".point") ? grip : grip.querySelector(".point");
        const { fill, stroke, strokeWidth } = getComputedStyle(point);
        return [fill, stroke, parseFloat(strokeWidth)]; }
"""


@pytest.mark.parametrize(
    ("name", "mark"), [("fit", "point 4"), ("descent", "the start"), ("nudge", "u plus h")]
)
def test_a_point_that_has_the_focus_is_hollow(lone, name, mark):
    shown = Shown(lone, name)
    point = shown.el.locator(f".grip[aria-label='{mark}']")
    colour = point.evaluate(LOOKS)[0]
    shown.tab_to(f".grip[aria-label='{mark}']")
    inside, rim, width = point.evaluate(LOOKS)
    assert inside != colour
    assert (rim, width) == (colour, 4)
