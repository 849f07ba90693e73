"""What a reader sees, as pixels and boxes: on a phone, in the dark, in colours of the reader's own."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from test_browser import AXE, TOO_WIDE, axe

from conftest import HTML

WIDTHS = (280, 320, 390, 768, 1024, 1440)
NARROW = (280, 390)
SURROUNDINGS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced light": {"color_scheme": "light", "forced_colors": "active"},
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
@pytest.mark.parametrize("width", NARROW)
def test_the_buttons_of_a_phone_are_seen_and_are_not_alike(tab, lessons, surroundings, width):
    surround(tab, surroundings)
    page = tab.open(lessons[0], width)
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


HEADER = """
    [...document.querySelectorAll(".bd-header :is(.title, button)")]
        .map(tag => {
            const range = document.createRange();
            range.selectNodeContents(tag);
            return tag.matches("button") ? tag.getBoundingClientRect() : range.getBoundingClientRect();
        })
        .filter(box => box.width)
        .map(box => [box.left, box.right, box.top, box.bottom])
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
    assert faults == []


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
        for (const child of box.children) child.style.visibility = "hidden";
    }
"""


@everywhere
@pytest.mark.parametrize("kind", BOXES)
def test_what_scrolls_shows_that_it_does(tab, longest, surroundings, kind):
    surround(tab, surroundings)
    page = tab.open("notation.html" if kind == "table" else longest, 280)
    wide = "tag => tag.clientWidth && tag.scrollWidth > tag.clientWidth + 20"
    scrolling = [box for box in page.locator(BOXES[kind]).all() if box.evaluate(wide)]
    assert scrolling
    for box in scrolling[:3]:
        box.scroll_into_view_if_needed()
        assert box.get_attribute("tabindex") == "0"
        # What is written in the box is left out, to see its ground alone.
        box.evaluate(HIDE_TEXT)
        left, right = box.evaluate("b => [b.clientLeft + 1, b.clientLeft + b.clientWidth - 2]")
        at_start = pixels(box)
        box.evaluate("b => b.scrollLeft = b.scrollWidth")
        at_end = pixels(box)
        if surroundings.startswith("forced"):
            assert contrast(at_start[:, -3:], np.median(at_start)).max() > 3
            continue
        for seen, edge, none in ((at_start, right, left), (at_end, left, right)):
            shadow, plain = seen[5:-5, edge], seen[5:-5, none]
            ground = np.median(seen[:, seen.shape[1] // 2])
            assert np.median(contrast(shadow, ground)) > 1.25
            assert np.median(contrast(plain, ground)) < 1.15


def test_all_that_scrolls_sideways_can_be_reached_and_says_so(tab, pages):
    found, count = {}, 0
    check = """
        [...document.querySelectorAll("article *")]
            .filter(tag => tag.scrollWidth > tag.clientWidth + 1 && tag.clientWidth > 20)
            .filter(tag => ["auto", "scroll", "hidden"].includes(getComputedStyle(tag).overflowX))
            .filter(tag => !tag.closest(".katex, .explore"))
            .map(tag => [tag.tabIndex === 0 && tag.matches(".scrolls"), tag.outerHTML.slice(0, 80)])
    """
    for page in pages:
        if page.startswith("_modules"):
            continue
        boxes = tab.open(page, 280).evaluate(check)
        count += len(boxes)
        if unseen := [box for box in boxes if not box[0]]:
            found[page] = unseen
    assert found == {}
    assert count > 20


def test_the_keyboard_scrolls_what_is_wide(tab, longest):
    page = tab.open(longest, 320)
    box = page.locator(".bd-article .scrolls").first
    box.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 20")


BROKEN_WORDS = """
    [...document.querySelectorAll("article code:not(pre code)")]
        .filter(code => !code.textContent.includes("://")) // an address may be longer than a line
        .flatMap(code => {
        const found = [], walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            for (const word of walker.currentNode.data.matchAll(/\\w+/g)) {
                const range = document.createRange();
                range.setStart(walker.currentNode, word.index);
                range.setEnd(walker.currentNode, word.index + word[0].length);
                const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
                if (lines.size > 1) found.push(word[0]);
            }
        }
        return found;
    })
"""


def test_code_in_a_sentence_does_not_break_inside_a_word(tab, pages):
    broken = {}
    for page in pages:
        if words := tab.open(page, 390).evaluate(BROKEN_WORDS):
            broken[page] = words
    assert broken == {}


PARTED = """
    [...document.querySelectorAll("article span.math")].flatMap(formula => {
        const found = [];
        const last = [...formula.getClientRects()].at(-1), first = formula.getClientRects()[0];
        if (!first) return found;
        const beside = (node, at) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            return range.getBoundingClientRect();
        };
        const apart = (one, other) => one.bottom < other.top || other.bottom < one.top;
        for (const step of ["nextSibling", "previousSibling"]) {
            let node = formula;
            while (!node[step] && node.parentElement.matches(".nobreak")) node = node.parentElement;
            node = node[step];
            if (node?.nodeType !== 3) continue;
            const after = step === "nextSibling";
            const at = after ? 0 : node.data.length - 1;
            if (!node.data[at]?.trim()) continue;
            found.push(apart(after ? last : first, beside(node, at)) && node.data.slice(0, 30));
        }
        return found;
    })
"""


def test_no_line_ends_between_a_formula_and_what_is_written_against_it(tab, lessons):
    parted, pairs = {}, 0
    for lesson in lessons:
        tab.open(lesson)
        for width in (320, 345, 370, 390, 768):
            tab.resize(width)
            found = tab.page.evaluate(PARTED)
            pairs += len(found)
            if apart := [text for text in found if text]:
                parted[lesson, width] = apart
    assert parted == {}
    assert pairs > 100


# --- Folded code, and colours of the reader's own


def test_code_that_only_draws_is_folded_and_opens_by_the_keyboard(tab, lessons):
    folded = 0
    for lesson in lessons:
        page = tab.open(lesson)
        cells = page.locator(".cell.tag_hide-input")
        folded += cells.count()
        for cell in cells.all():
            assert not cell.locator(".cell_input pre").first.is_visible()
        if cells.count():
            cell = cells.first
            cell.locator("summary").focus()
            page.keyboard.press("Enter")
            assert cell.locator(".cell_input pre").first.is_visible()
            assert cell.locator("summary").inner_text() == "The code"
            for picture in page.locator(".cell.tag_hide-input .cell_output img").all():
                assert picture.is_visible()
    assert folded


@pytest.mark.parametrize("surroundings", ["forced light", "forced dark"])
def test_forced_colours_are_legible(tab, longest, surroundings):
    surround(tab, surroundings)
    for page in ("index.html", "notation.html", longest):
        opened = tab.open(page, 390)
        opened.evaluate(AXE.read_text("utf-8"))
        assert axe(opened) == [], page
        assert opened.evaluate(TOO_WIDE) <= 0
        for kind in ("h1", "article p", "article a", "article code", ".katex-html"):
            for tag in opened.locator(f"{kind}:visible").all()[:2]:
                seen = pixels(tag)
                assert contrast(seen, np.median(seen)).max() > 7, (page, kind)
