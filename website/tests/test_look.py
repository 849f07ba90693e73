"""What a reader sees, as pixels and boxes: on a phone, in the dark, in colours of the reader's own."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from course import review
from website.tests.tabs import UNFOLD
from website.tests.test_every_page import CUT_OFF, NARROW, TOO_WIDE, WIDE


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


def test_the_buttons_of_a_phone_are_seen_and_open_menus(tab, lessons):
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
    # Their menus lead somewhere, and a finger closes them.
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


def test_without_script_menu_pictures_and_questions_are_there(browser, roots, lessons):
    size = {"width": 390, "height": 850}
    context = browser.new_context(java_script_enabled=False, viewport=size)
    page = context.new_page()
    page.goto(f"{roots['http']}/{lessons[0]}")
    assert page.locator("button:visible").count() == 0  # none would do anything
    page.locator(".bd-sidebar-primary").get_by_text("Glossary").click()
    page.wait_for_url("**/glossary.html")
    page.goto(f"{roots['file']}/pictures.html")
    stills = page.locator(".touchable > img:visible").evaluate_all("all => all.map(i => i.alt)")
    assert min(map(len, stills)) > 40
    words = page.locator(".touchable > p:visible").all_inner_texts()
    assert len(words) == len(stills) == page.locator(".touchable").count()
    assert all(each.startswith("A picture to touch") for each in words)
    page.goto(f"{roots['file']}/review.html")
    assert page.locator("article button:visible").count() == 0
    assert page.locator(".asked").count() == len(review.all_cards())
    fold = page.locator(".asked details").first
    fold.locator("summary").click()
    assert fold.locator("p").first.is_visible()
    context.close()


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
#: And the smallest phone's, where the button may come later.
SMALLEST = (320, 568)


def test_the_first_screen_of_the_home_page_has_the_thing_itself_and_one_button(tab):
    page = tab.open("index.html")
    parts = ("h1", ".hero a.start", ".flip fieldset", ".flip .the-two", ".in-company >> nth=0")
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        for part in parts:
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
    assert page.locator(".hero a.start").count() == 1
    page.set_viewport_size(dict(zip(("width", "height"), SMALLEST, strict=True)))
    for part in ("h1", ".flip fieldset", ".flip .the-two", ".in-company strong:visible"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    answers = []
    page.locator(".flip input").first.focus()
    page.keyboard.press("Space")
    for _ in range(5):
        [answer] = page.locator(".in-company strong:visible").all_inner_texts()
        answers.append(answer.split()[0])
        page.keyboard.press("ArrowRight")
    assert len({*answers}) == 4  # the last is the first again
    page.locator(".flip label", has_text="zeros").click()
    assert page.locator(".in-company strong:visible").inner_text().startswith("3")


def test_the_2_of_the_home_page_is_misread_before_one_s_eyes_but_where_nothing_should_move(tab):
    page = tab.page
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    answer = page.locator(".in-company strong:visible")
    for motion, first, then in (("no-preference", "2 ✓", "3 ✗"), ("reduce", "2 ✓", "2 ✓")):
        page.emulate_media(reduced_motion=motion)
        tab.open("index.html")
        expect(answer).to_have_text(first)
        page.clock.run_for(2000)
        expect(answer).to_have_text(then)
    page.emulate_media(reduced_motion="no-preference")
    tab.open("index.html").locator(".flip input").nth(1).focus()
    page.clock.run_for(2000)
    expect(answer).to_have_text("2 ✓")  # whoever touches it is left alone


#: Where the parts of the header are that one reads or presses: left, right, top and bottom.
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


def test_letters_of_any_size_fit(tab, lessons):
    page = tab.open(lessons[2], NARROW)
    for width, size in ((NARROW, "100%"), (390, "200%"), (WIDE, "200%")):
        page.evaluate("size => document.documentElement.style.fontSize = size", size)
        tab.resize(width - 10)
        tab.resize(width)  # and with that the page looks again at what is too wide
        boxes = sorted(page.evaluate(HEADER))
        assert len(boxes) >= 3
        assert all(right <= left for (_, right, *_), (left, *_) in itertools.pairwise(boxes))
        assert boxes[0][0] >= 0, (width, size)
        assert boxes[-1][1] <= width, size
        height = page.locator(".bd-header").bounding_box()["height"]
        assert max(bottom for *_, bottom in boxes) <= height or size == "200%", width
        assert page.evaluate(TOO_WIDE) <= 0
        assert page.evaluate(CUT_OFF) == []


#: The first that goes on far enough for a whole shadow.
WIDE_ENOUGH = """
    all => all.findIndex(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 20)
"""


#: Where a table's box begins, and where each first cell of its rows, once it is scrolled to its end.
LEFTS = """box => {
    box.scrollLeft = box.scrollWidth;
    return [box, ...box.querySelectorAll("tr > :first-child")]
        .map(tag => tag.getBoundingClientRect().left);
}"""


def test_what_scrolls_shows_that_it_does(tab, lessons):
    page = tab.open(lessons[2], NARROW)
    boxes = page.locator("div.math.scrolls")
    box = boxes.nth(boxes.evaluate_all(WIDE_ENOUGH))
    box.evaluate("box => { box.style.color = 'transparent'; }")  # to see its ground alone
    seen = pixels(box)[5:-5]
    ground = np.median(seen)
    assert np.median(contrast(seen[:, -2], ground)) > 1.25  # a shadow, where it goes on
    assert np.median(contrast(seen[:, 1], ground)) < 1.15
    # Of a table the first column stays.
    page = tab.open("data.html", NARROW)
    lefts = page.locator(".pst-scrollable-table-container.scrolls").first.evaluate(LEFTS)
    assert len(lefts) > 3
    assert np.ptp(lefts) < 2


#: Of each printed output: how far it scrolls sideways, the columns it keeps, the height of its letters,
#: whether it says that it scrolls, and how many of the lines that are no longer than that have turned.
PRINTED = """
    [...document.querySelectorAll(".cell_output:has(> .output pre)")].flatMap(cell =>
        [...cell.querySelectorAll(".highlight")].map(box => {
            const columns = Number(getComputedStyle(box).getPropertyValue("--columns"));
            const words = document.createRange();
            let turned = 0;
            for (const line of box.querySelectorAll(".ln")) {
                words.selectNodeContents(line);
                const tops = new Set([...words.getClientRects()].map(({ top }) => Math.round(top)));
                turned += line.textContent.trimEnd().length <= columns && tops.size > 1;
            }
            const letters = parseFloat(getComputedStyle(box.querySelector(".ln")).fontSize);
            const wider = box.scrollWidth - box.clientWidth;
            return [wider, columns, letters, box.matches(".scrolls"), turned];
        }))
"""


def test_what_is_printed_fits_a_phone_and_the_rows_of_a_table_stay_whole(tab, lessons):
    found = []
    for lesson in (lessons[5], lessons[6], lessons[10]):
        tab.open(lesson, 390).evaluate(UNFOLD)
        tab.resize(380)
        tab.resize(390)  # and with that the page looks again at what is too wide
        found += tab.page.evaluate(PRINTED)
    assert len(found) > 30
    for wider, columns, letters, says, turned in found:
        assert letters >= 9
        assert turned == 0
        assert says == (wider > 1)
        assert not says or columns > 60
    assert 0 < sum(says for *_, says, _ in found) < 10


#: Of each line of code that turns: its columns of indentation, and how far its parts begin from the left
#: in columns.
TURNED = """
    [...document.querySelectorAll("div.highlight pre:has(.n) .ln")].filter(one => one.checkVisibility())
        .flatMap(line => {
            const words = document.createRange(), letters = getComputedStyle(line);
            const pen = new OffscreenCanvas(1, 1).getContext("2d");
            pen.font = `${letters.fontSize} ${letters.fontFamily}`;
            const column = pen.measureText("0").width, left = line.getBoundingClientRect().left;
            const lines = new Map();
            const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const { data } = walk.currentNode;
                if (!data.trim()) continue;
                words.setStart(walk.currentNode, data.search(/\\S/));
                words.setEnd(walk.currentNode, data.trimEnd().length);
                for (const box of words.getClientRects()) {
                    const top = [...lines.keys()].find(each => Math.abs(each - box.top) < 4) ?? box.top;
                    lines.set(top, Math.min(lines.get(top) ?? Infinity, box.left));
                }
            }
            const begins = [...lines.values()].map(each => (each - left) / column);
            return begins.length > 1 ? [[line.textContent.search(/\\S/), begins]] : [];
        })
"""


def test_code_that_turns_keeps_its_indentation(tab, lessons):
    page = tab.open(lessons[4], 390)
    page.evaluate("document.querySelectorAll('details').forEach(fold => (fold.open = true))")
    found = page.evaluate(TURNED)
    assert len(found) > 20
    assert max(deep for deep, _ in found) >= 8
    for deep, (first, *others) in found:
        # A word that is too long for the first line goes below it, whole.
        assert min(abs(first - deep), abs(first - deep - 4)) < 0.2
        assert others == pytest.approx([deep + 4] * len(others), abs=0.2)


#: Where links lead, to a lesson or another page: its anchor, what is to be seen there, the page's width.
GONE_TO = [
    (4, "the-loop", "#the-loop > h2", 390),
    (4, "the-loop", "#the-loop > h2", WIDE),
    (2, "answer-softmax", "section:has(> .in-page #answer-softmax) > h3", 390),
    ("review.html", "read-02", "#read-02", WIDE),
]


@pytest.mark.parametrize(("page", "anchor", "seen", "width"), GONE_TO)
def test_what_one_goes_to_stands_clear_of_the_header(tab, lessons, page, anchor, seen, width):
    address = page if isinstance(page, str) else lessons[page]
    opened = tab.open(f"{address}#{anchor}", width)
    expect(opened.locator(seen)).to_be_in_viewport(ratio=1)
    header = opened.locator(".bd-header").bounding_box()
    assert opened.locator(seen).bounding_box()["y"] > header["y"] + header["height"] + 10


READY_TO_ANSWER = """
    window.loadEditors?.().then(() => document.querySelector(".in-page-progress").open = true)
"""


def test_what_a_finger_presses_is_large_enough(browser, roots, lessons):
    context = browser.new_context(
        has_touch=True,
        is_mobile=True,
        viewport={"width": 390, "height": 844},
        service_workers="block",
    )
    page = context.new_page()
    for address, things in (
        ("index.html", ".flip input"),
        ("review.html", "#reviewing label, article summary"),
        (lessons[4], "article summary"),
        (lessons[4], ":is(.in-page, .in-page-progress) :is(button, a, summary)"),
    ):
        page.goto(f"{roots['http']}/{address}")
        page.evaluate(READY_TO_ANSWER)
        heights = page.locator(f":is({things}):visible").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().height)"
        )
        assert len(heights) >= 5
        assert min(heights) >= 44, address
    context.close()


def test_figures_are_at_home_in_the_dark(tab, lessons):
    page = tab.open(lessons[3])
    tab.colours("dark")
    page.evaluate(UNFOLD)
    picture = page.locator(".cell_output img:not(.touchable *)").first
    picture.scroll_into_view_if_needed()
    seen = pixels(picture)
    assert np.median(seen) < 0.05  # the page's ground, and no white slab
    assert contrast(seen, np.median(seen)).max() > 7
