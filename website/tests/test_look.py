"""What a reader sees, as pixels and boxes: on a phone, in the dark, in colours of the reader's own."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from website import HTML
from website.tests.tabs import UNFOLD
from website.tests.test_every_page import CUT_OFF, NARROW, TOO_WIDE, WIDE

pytestmark = pytest.mark.takes(seconds=60)


def pixels(thing, **options):
    """Return a screenshot as relative luminance, as WCAG computes it."""
    picture = Image.open(io.BytesIO(thing.screenshot(animations="disabled", **options)))
    share = np.asarray(picture.convert("RGB")) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(luminance, ground):
    """Return how much each pixel stands out from the ground, from 1 to 21."""
    lighter, darker = np.maximum(luminance, ground), np.minimum(luminance, ground)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(scope="session")
def longest(lessons):
    """Return the page of the lesson with the most displayed formulas."""
    return max(lessons, key=lambda page: (HTML / page).read_text("utf-8").count('div class="math'))


def test_the_buttons_of_a_phone_are_seen_and_are_not_alike(tab, lessons):
    page = tab.open(lessons[0], 390)
    page.evaluate("document.fonts.ready")
    icons = page.locator(".bd-header [class*='fa-']:visible").all()
    assert len(icons) == 3  # contents, search, sections
    shapes = []
    for icon in icons:
        seen = pixels(icon)
        ink = contrast(seen, np.median(seen[[0, -1]])) >= 3
        assert 0.08 < ink.mean() < 0.9, icon.get_attribute("class")
        shapes.append(np.asarray(Image.fromarray(ink).resize((16, 16))))
    for one, other in itertools.combinations(shapes, 2):
        assert (one != other).mean() > 0.1  # a letter that the font lacks is the same box each time


def test_the_menus_of_a_phone_lead_somewhere_and_a_finger_closes_them(tab, lessons):
    page = tab.open(lessons[0], 390)
    for menu in ("Site navigation", "On this page"):
        page.get_by_role("button", name=menu).click()
        page.locator("dialog[open] a").last.scroll_into_view_if_needed()
        page.locator("dialog[open]").get_by_role("button", name="Close").click()
        assert page.locator("dialog[open]").count() == 0
    page.get_by_role("button", name="On this page").click()
    page.locator("dialog[open] a", has_text="Next").last.click()
    page.wait_for_url("**#*")
    assert page.locator("dialog[open]").count() == 0  # the heading is seen, not the menu above it
    page.get_by_role("button", name="Site navigation").click()
    page.locator("dialog[open] a", has_text="Glossary").click()
    page.wait_for_url("**/glossary.html")


def test_without_script_the_menu_stands_below_the_page(browser, roots, lessons):
    size = {"width": 390, "height": 850}
    context = browser.new_context(java_script_enabled=False, viewport=size)
    page = context.new_page()
    page.goto(f"{roots['http']}/{lessons[0]}")
    assert page.locator("button:visible").count() == 0  # none would do anything
    page.locator(".bd-sidebar-primary").get_by_text("Glossary").click()
    page.wait_for_url("**/glossary.html")
    context.close()


def test_letters_of_twice_the_size_fit(tab, lessons):
    for width in (390, WIDE):
        page = tab.open(lessons[2], width - 10)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        tab.resize(width)  # and with that the page looks again at what is too wide
        boxes = sorted(page.evaluate(HEADER))
        assert all(right <= left for (_, right, *_), (left, *_) in itertools.pairwise(boxes))
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate(CUT_OFF) == []
        # Some fifteen letters a line at the least.
        assert page.locator("article section > p").first.bounding_box()["width"] > 300


SHIFTS = """
    window.shift = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => window.shift += one.value))
        .observe({ type: "layout-shift", buffered: true });
"""


def test_nothing_jumps_while_a_page_is_loaded(tab, lessons):
    """But for letters whose font comes late: when it comes is a race, so that here it never does."""
    shifts = {}
    tab.page.add_init_script(SHIFTS)
    tab.page.route("**/fonts/source-serif-*", lambda route: route.abort())
    for page in ("index.html", lessons[2], "review.html"):
        for width in (390, WIDE):
            tab.open(page, width).wait_for_load_state("networkidle")
            shifts[page, width] = tab.page.evaluate("shift")
    # Measured: at most 0.009. A list of sections that comes late moved the article by 0.044.
    assert {place: shift for place, shift in shifts.items() if shift > 0.02} == {}


#: A laptop's first screen, and a phone's.
SCREENS = ((1280, 800), (390, 844))


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_first_screen_of_the_home_page_has_the_thing_itself_and_one_button(tab, width, height):
    page = tab.open("index.html", width)
    page.set_viewport_size({"width": width, "height": height})
    for part in ("h1", ".hero a.start", ".flip fieldset", ".flip .the-two", ".in-company >> nth=0"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.locator(".hero a.start").count() == 1
    answers = []
    page.locator(".flip input").first.focus()
    for _ in range(5):
        [answer] = page.locator(".in-company strong:visible").all_inner_texts()
        answers.append(answer.split()[0])
        page.keyboard.press("ArrowRight")
    assert answers == ["0", "2", "3", "6", "0"]
    page.locator(".flip label", has_text="zeros").click()
    assert page.locator(".in-company strong:visible").inner_text().startswith("3")


HEADER = """
    [...document.querySelectorAll(".bd-header :is(.title, .top-links a, button)")]
        .map(tag => {
            const range = document.createRange();
            range.selectNodeContents(tag);
            return tag.matches("button") ? tag.getBoundingClientRect() : range.getBoundingClientRect();
        })
        .filter(box => box.width)
        .map(box => [box.left, box.right, box.top, box.bottom])
"""


#: On how many lines the title stands.
LINES = """
    (() => {
        const title = document.querySelector(".bd-header .title");
        return Math.round(title.offsetHeight / parseFloat(getComputedStyle(title).lineHeight));
    })()
"""


def test_nothing_in_the_header_overlaps_or_sticks_out(tab):
    page = tab.open("index.html")
    for width in (NARROW, 390, WIDE):
        tab.resize(width)
        boxes = sorted(page.evaluate(HEADER))
        assert len(boxes) >= 3
        height = page.locator(".bd-header").bounding_box()["height"]
        assert boxes[0][0] >= 0, width
        assert boxes[-1][1] <= width
        assert max(bottom for *_, bottom in boxes) <= height, width
        assert all(right <= left for (_, right, *_), (left, *_) in itertools.pairwise(boxes)), width
        assert page.evaluate(LINES) == 1 or width == NARROW


#: What may be wider than the screen.
BOXES = {
    "formula": "div.math",
    "table": ".pst-scrollable-table-container",
    "code": ".cell > .cell_input pre",
    "output": ".cell_output > .output > .highlight > pre",
}


HIDE_TEXT = """
    box => {
        box.style.color = "transparent";
        const table = box.querySelector(":scope > table");
        for (const child of table ? table.querySelectorAll(":is(td, th) > *") : box.children)
            child.style.visibility = "hidden";
    }
"""
#: Where the shadow falls at the left: a table's first column stays, and it is beside that.
LEFT_EDGE = """
    box => Math.ceil(box.querySelector("tr > :first-child")?.getBoundingClientRect().right
        - box.getBoundingClientRect().left) || box.clientLeft + 1
"""


def test_what_scrolls_shows_that_it_does(tab, longest):
    for address, kinds in ((longest, ("formula", "code", "output")), ("notation.html", ("table",))):
        page = tab.open(address, NARROW)
        if address == longest:
            page.evaluate("loadEditors()")  # which take the place of some of the code
        for colours, kind in itertools.product(("light", "forced"), kinds):
            tab.colours(colours)
            check_scrolling(page, kind, colours)


HELD = """
    cells => cells.map(cell => {
        const box = cell.closest("table").parentElement;
        cell.scrollIntoView({ block: "center" });
        box.scrollLeft = box.scrollWidth;
        const { left, right, top, bottom } = cell.getBoundingClientRect();
        const edge = box.getBoundingClientRect().left;
        const seen = document.elementFromPoint(right - 3, (top + bottom) / 2);
        return [cell.contains(seen), left - edge, right - edge];
    })
"""


def check_scrolling(page, kind, colours):
    """Check that the first box of a kind that scrolls shows it at its edges."""
    wide = (
        "tag => tag.checkVisibility() && tag.clientWidth && tag.scrollWidth > tag.clientWidth + 20"
    )
    box = next(box for box in page.locator(BOXES[kind]).all() if box.evaluate(wide))
    box.scroll_into_view_if_needed()
    assert box.get_attribute("tabindex") == "0"
    # What is written in the box is left out, to see its ground alone.
    box.evaluate(HIDE_TEXT)
    none, right = box.evaluate("b => [b.clientLeft + 1, b.clientLeft + b.clientWidth - 2]")
    box.evaluate("b => b.scrollLeft = 0")
    at_start = pixels(box)
    box.evaluate("b => b.scrollLeft = b.scrollWidth")
    left = box.evaluate(LEFT_EDGE)
    at_end = pixels(box)
    if colours == "forced":
        assert contrast(at_start[:, -3:], np.median(at_start)).max() > 3
        return
    for seen, edge, other in ((at_start, right, none), (at_end, left, right)):
        shadow, plain = seen[5:-5, edge], seen[5:-5, other]
        ground = np.median(seen[:, seen.shape[1] // 2])
        assert np.median(contrast(shadow, ground)) > 1.25
        assert np.median(contrast(plain, ground)) < 1.15


def test_the_first_column_of_a_table_stays(tab, longest):
    scrolling = 0
    for address in ("data.html", longest):
        page = tab.open(address, NARROW)
        for box in page.locator(f"{BOXES['table']}.scrolls").all():
            boxes = box.locator("tr > :first-child").evaluate_all(HELD)
            room = box.evaluate("box => box.clientWidth")
            assert all(on_top and abs(left) < 2 for on_top, left, _ in boxes)
            assert max(right for *_, right in boxes) < room / 2
            scrolling += 1
    assert scrolling >= 2


def test_figures_are_at_home_in_the_dark(tab, lessons):
    page = tab.open(lessons[3])
    tab.colours("dark")
    page.evaluate(UNFOLD)
    picture = page.locator(".cell_output img:not(.touchable *)").first
    picture.scroll_into_view_if_needed()
    seen = pixels(picture)
    assert np.median(seen) < 0.05  # the page's ground, and no white slab
    assert contrast(seen, np.median(seen)).max() > 7
