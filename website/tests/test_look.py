"""What a reader sees, as pixels and boxes: on a phone, in the dark, in colours of the reader's own."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from website import HTML
from website.tests.tabs import UNFOLD
from website.tests.test_every_page import CUT_OFF, TOO_WIDE

pytestmark = pytest.mark.takes(seconds=110)

WIDTHS = (280, 390, 768, 1280)
SURROUNDINGS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced dark": {"color_scheme": "dark", "forced_colors": "active"},
}
everywhere = pytest.mark.parametrize("surroundings", SURROUNDINGS)


def surround(tab, surroundings):
    tab.page.emulate_media(**SURROUNDINGS[surroundings])
    tab.page.add_init_script("localStorage.clear()")  # the theme follows the reader's system


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


# --- The frame


@everywhere
def test_the_buttons_of_a_phone_are_seen_and_are_not_alike(tab, lessons, surroundings):
    surround(tab, surroundings)
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


def test_the_contents_open_on_a_phone_and_lead_somewhere(tab, lessons):
    page = tab.open(lessons[0], 390)
    page.get_by_role("button", name="Site navigation").click()
    page.locator("dialog[open] a", has_text="Glossary").click()
    page.wait_for_url("**/glossary.html")
    page = tab.open(lessons[0], 390)
    page.get_by_role("button", name="On this page").click()
    link = page.locator("dialog[open] a", has_text="Next").last
    link.click()
    page.wait_for_url("**#*")
    assert page.locator("dialog[open]").count() == 0  # the heading is seen, not the menu above it


def test_a_finger_can_close_the_menus(tab, lessons):
    page = tab.open(lessons[0], 390)
    for menu in ("Site navigation", "On this page"):
        page.get_by_role("button", name=menu).click()
        page.locator("dialog[open] a").last.scroll_into_view_if_needed()
        page.locator("dialog[open]").get_by_role("button", name="Close").click()
        assert page.locator("dialog[open]").count() == 0
    tab.resize(1366)
    page.get_by_role("button", name="Close").wait_for(state="hidden")


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
    for width in (390, 1280):
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
#: The most that browsers' makers call good.
GOOD = 0.1


def test_nothing_jumps_while_a_page_is_loaded(tab, lessons):
    shifts = {}
    tab.page.add_init_script(SHIFTS)
    for page in ("index.html", lessons[2], "pictures.html", "review.html"):
        for width in (390, 1280):
            opened = tab.open(page, width)
            opened.wait_for_load_state("networkidle")
            opened.evaluate("document.fonts.ready")
            shifts[page, width] = opened.evaluate("shift")
    print(shifts)
    assert {place: shift for place, shift in shifts.items() if shift > GOOD} == {}


STICKS_OUT = """
    [...document.querySelectorAll(".page-toc code, .page-toc .pre")]
        .filter(name => name.getBoundingClientRect().right > innerWidth).map(name => name.textContent)
"""


def test_no_name_in_the_librarys_list_is_cut_off(tab):
    assert tab.open("library.html", 1280).evaluate(STICKS_OUT) == []


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


FONT_SIZE = "tag => parseFloat(getComputedStyle(tag).fontSize)"


def test_levels_of_headings_are_told_apart_at_every_width(tab, lessons):
    page = tab.open(lessons[3])
    for width in (280, 390, 820, 1280):
        tab.resize(width)
        kinds = ("h1", "h2", "h3")
        sizes = [page.locator(f"article {kind}").first.evaluate(FONT_SIZE) for kind in kinds]
        assert all(upper >= 1.1 * lower for upper, lower in itertools.pairwise(sizes)), width


def test_formulas_are_as_large_as_their_text(tab, lessons):
    formula = tab.open(lessons[2]).locator("article p .katex").first
    text = formula.locator("xpath=ancestor::p")
    assert formula.evaluate(FONT_SIZE) == text.evaluate(FONT_SIZE)


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


LINES = """
    (() => {
        const title = document.querySelector(".bd-header .title");
        return Math.round(title.offsetHeight / parseFloat(getComputedStyle(title).lineHeight));
    })()
"""


def test_nothing_in_the_header_overlaps_or_sticks_out(tab, pages):
    faults = []
    for page in ("index.html", "notation.html"):
        tab.open(page)
        for width in WIDTHS:
            tab.resize(width)
            boxes = sorted(tab.page.evaluate(HEADER))
            assert len(boxes) >= 3
            height = tab.page.locator(".bd-header").bounding_box()["height"]
            if boxes[0][0] < 0 or boxes[-1][1] > width or max(box[3] for box in boxes) > height:
                faults.append((page, width, "sticks out", boxes))
            if any(right > left for (_, right, *_), (left, *_) in itertools.pairwise(boxes)):
                faults.append((page, width, "overlaps", boxes))
            if width >= 320 and tab.page.evaluate(LINES) != 1:
                faults.append((page, width, "the title is on two lines"))
    assert faults == []


SMALL_INPUTS = """
    [...document.querySelectorAll("input, select, textarea")]
        .filter(input => !["range", "checkbox", "radio", "file"].includes(input.type))
        .filter(input => parseFloat(getComputedStyle(input).fontSize) < 16)
        .map(input => input.outerHTML)
"""


def test_a_phone_need_not_zoom_into_what_is_typed(tab, lessons):
    for address in (lessons[3], "pictures.html", "draw.html", "search.html"):
        page = tab.open(address, 390)
        page.evaluate(UNFOLD)
        for place in page.locator(".touchable").all():
            place.scroll_into_view_if_needed()
            place.and_(page.locator(".awake")).wait_for()
        assert page.evaluate(SMALL_INPUTS) == [], address


# --- What is wider than the screen

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


@everywhere
def test_what_scrolls_shows_that_it_does(tab, longest, surroundings):
    surround(tab, surroundings)
    for kind in ["formula", "code", "output"]:
        page = tab.open(longest, 280)
        page.evaluate("loadEditors()")  # which take the place of some of the code
        check_scrolling(page, kind, surroundings)
    check_scrolling(tab.open("notation.html", 280), "table", surroundings)


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


def check_scrolling(page, kind, surroundings):
    """Check that the first boxes of a kind that scroll show it at their edges."""
    wide = (
        "tag => tag.checkVisibility() && tag.clientWidth && tag.scrollWidth > tag.clientWidth + 20"
    )
    scrolling = [box for box in page.locator(BOXES[kind]).all() if box.evaluate(wide)]
    assert scrolling
    for box in scrolling[:3]:
        box.scroll_into_view_if_needed()
        assert box.get_attribute("tabindex") == "0"
        # What is written in the box is left out, to see its ground alone.
        box.evaluate(HIDE_TEXT)
        none, right = box.evaluate("b => [b.clientLeft + 1, b.clientLeft + b.clientWidth - 2]")
        at_start = pixels(box)
        box.evaluate("b => b.scrollLeft = b.scrollWidth")
        left = box.evaluate(LEFT_EDGE)
        at_end = pixels(box)
        if surroundings.startswith("forced"):
            assert contrast(at_start[:, -3:], np.median(at_start)).max() > 3
            continue
        for seen, edge, other in ((at_start, right, none), (at_end, left, right)):
            shadow, plain = seen[5:-5, edge], seen[5:-5, other]
            ground = np.median(seen[:, seen.shape[1] // 2])
            assert np.median(contrast(shadow, ground)) > 1.25
            assert np.median(contrast(plain, ground)) < 1.15


@pytest.mark.parametrize("width", [280, 390])
def test_the_first_column_of_a_table_stays(tab, longest, width):
    scrolling = 0
    for address in ("data.html", longest):
        page = tab.open(address, width)
        for box in page.locator(f"{BOXES['table']}.scrolls").all():
            boxes = box.locator("tr > :first-child").evaluate_all(HELD)
            room = box.evaluate("box => box.clientWidth")
            assert all(on_top and abs(left) < 2 for on_top, left, _ in boxes)
            assert max(right for *_, right in boxes) < room / 2
            scrolling += 1
    assert scrolling >= 2


def test_the_keyboard_scrolls_what_is_wide(tab, longest):
    page = tab.open(longest, 320)
    box = page.locator(".bd-article .scrolls").first
    box.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 20")


# --- Folded code, and colours of the reader's own


def test_figures_are_at_home_in_the_dark(tab, lessons):
    surround(tab, "dark")
    for lesson in lessons[2:5]:
        page = tab.open(lesson)
        page.evaluate(UNFOLD)
        picture = page.locator(".cell_output img:not(.touchable *)").first
        picture.scroll_into_view_if_needed()
        seen = pixels(picture)
        assert np.median(seen) < 0.05, lesson  # the page's ground, and no white slab
        assert contrast(seen, np.median(seen)).max() > 7, lesson
