"""What holds on every page: each is opened in a real browser, and looked at from all sides at once.

To open a page takes longer than to look at it, so that one walk through all of them asks everything.
It goes through the pages on the disk, where a browser allows less than from a server.
"""

import functools
import gzip
import re
from collections import defaultdict

import pytest

from course.lessons import all_lessons
from website import HTML, SITE
from website.tests.tabs import UNFOLD, Tab

#: The walk through all pages is one step, which takes a busy computer longer than any test may.
pytestmark = pytest.mark.timeout(3600)

#: A phone's, and a laptop's: the narrow one is narrower than any phone, with room for no mistake.
NARROW, WIDE = 280, 1280
AXE = SITE / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

BROKEN_PICTURES = """
    [...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src)
"""
#: What is left of a page's text once formulas and code are taken out must not look like TeX.
RAW_TEX = r"""
    () => {
        const article = document.querySelector("main").cloneNode(true);
        article.querySelectorAll(".katex, pre, code, script").forEach(tag => tag.remove());
        return article.textContent.match(/\$[^$]{1,40}|\\[a-zA-Z]+|\\[(\[]/g) || [];
    }
"""
UNREADABLE_FORMULAS = """
    [...document.querySelectorAll(".katex-error, .math:not(:has(.katex-html))")]
        .concat([...document.querySelectorAll(".math")].filter(m => m.offsetWidth === 0))
        .map(tag => tag.outerHTML.slice(0, 100))
"""
#: The theme lets the article scroll by itself, which would hide the fault from the window.
TOO_WIDE = """
    Math.max(...[...document.querySelectorAll(
        "html, main, .bd-content, .bd-content *:has(article), .bd-sidebar-secondary")]
        .map(tag => tag.scrollWidth - tag.clientWidth))
"""
#: KaTeX ends a formula with an empty box two pixels wide. What is one pixel wide is for screen
#: readers alone, such as what a picture tells them.
CUT_OFF = """() => {
    const isCut = tag => tag.scrollWidth > tag.clientWidth + 2 && tag.clientWidth > 1;
    const asides = [...document.querySelectorAll("article p > small")];
    const cut = asides.filter(isCut); // alone: in the margin they reach beyond their paragraphs
    for (const aside of asides) aside.style.display = "none";
    const texts = document.querySelectorAll("article :is(h1, h2, h3, h4, p, li, dt, dd)");
    cut.push(...[...texts].filter(isCut));
    for (const aside of asides) aside.style.display = "";
    return cut
        .filter(tag => !tag.closest(".pst-scrollable-table-container"))
        .map(tag => tag.textContent.slice(0, 80));
}"""
#: What stands out of a picture to touch.
STICKS_OUT = """
    [...document.querySelectorAll(".explore")].flatMap(el => [...el.querySelectorAll("*")]
        .filter(tag => tag.getBoundingClientRect().right > el.getBoundingClientRect().right + 1)
        .filter(tag => !tag.closest(".scrolls, svg *")).map(tag => tag.outerHTML.slice(0, 80)))
"""
SCROLLS = """
    [...document.querySelectorAll("article *")]
        .filter(tag => tag.scrollWidth > tag.clientWidth + 1 && tag.clientWidth > 20)
        .filter(tag => ["auto", "scroll", "hidden"].includes(getComputedStyle(tag).overflowX))
        .filter(tag => !tag.closest(".katex, .explore, .in-page"))
        .map(tag => [tag.tabIndex === 0 && tag.matches(".scrolls"), tag.outerHTML.slice(0, 80)])
"""
FONTS = "document.fonts.ready.then(fonts => [...fonts].map(f => [f.family, f.status]))"


#: Where axe is asked about a part of a page: it reads all of it before, and formulas are most of that.
NO_FORMULAS = "document.querySelectorAll('.math').forEach(formula => formula.remove())"
COLOURS = ["color-contrast", "link-in-text-block"]


def axe(page, where="document", **how):
    """Return the rules that a page breaks, each with the first places where it does.

    Of WCAG's rules, or of those that are asked for, in the whole page, or where it is asked for.
    """
    how = {"runOnly": WCAG, "resultTypes": ["violations"], **how}
    return [
        (rule["id"], len(rule["nodes"]), [node["html"][:150] for node in rule["nodes"][:3]])
        for rule in page.evaluate(f"how => axe.run({where}, how)", how)["violations"]
    ]


#: The lessons whose colours are looked at: one style sheet colours them all, as it does these.
COLOURED = ("06", "13")


def inaccessible(tab, address):
    """Yield what axe finds in a page, light, dark and in forced colours."""
    tab.page.evaluate(AXE.read_text("utf-8"))
    # From the disk axe may read no style sheet again: to try would be noted as the next page's fault.
    rest = {rule: {"enabled": False} for rule in COLOURS}
    yield "light", axe(tab.page, rules=rest, preload=False)
    if address.startswith("notebooks/") and address.split("/")[1][:2] not in COLOURED:
        return
    for colours, width in (("light", WIDE), ("dark", NARROW), ("forced", NARROW)):
        tab.resize(width)
        tab.colours(colours)
        yield colours, axe(tab.page, runOnly=COLOURS)
    tab.colours("light")  # as the next page begins


#: Goes past all pictures until they live, and loads the editors, as coming near them does.
WAKE = """(async () => {
    for (const place of document.querySelectorAll(".touchable")) {
        place.scrollIntoView();
        while (!place.matches(".awake")) await new Promise(requestAnimationFrame);
    }
    scrollTo(0, 0);
    await window.loadEditors?.();
})()"""
#: The exercises that can be answered here, and how many notes say why one cannot.
EDITORS = """[[...document.querySelectorAll(".in-page")].map(box => box.querySelector("label").htmlFor),
    document.querySelectorAll(".in-page-note").length]"""
#: A phone zooms into what is typed in smaller letters.
SMALL_INPUTS = """
    [...document.querySelectorAll("input, select, textarea")]
        .filter(input => !["range", "checkbox", "radio", "file"].includes(input.type))
        .filter(input => parseFloat(getComputedStyle(input).fontSize) < 16)
        .map(input => input.outerHTML)
"""


@functools.cache
def weight(path):
    """Return how much of a file of the site would travel, compressed as web servers do."""
    body = (HTML / path).read_bytes()
    return min(len(body), len(gzip.compress(body)))


def opened(tab, address, found):
    """Open a page with all that is folded or waits on it, and note what is missing or wrong."""
    tab.errors.clear()
    tab.strays.clear()
    tab.loaded.clear()
    page = tab.open(address)
    page.evaluate("document.fonts.ready")
    ours = {re.split("[?#]", url)[0].removeprefix(f"{tab.root}/") for url in tab.loaded}
    found["weights"][address] = {path: weight(path) for path in ours if ":" not in path}
    page.evaluate(UNFOLD)
    kinds = {"raw TeX": page.evaluate(RAW_TEX), "formulas": page.evaluate(UNREADABLE_FORMULAS)}
    page.evaluate(WAKE)
    found["editors"][address] = page.evaluate(EDITORS)
    fonts = page.evaluate(FONTS)
    kinds |= {
        "requests to others": [*tab.strays],
        "errors": [*tab.errors],
        "pictures": page.evaluate(BROKEN_PICTURES),
        # A font of the reader's own, which stands in until ours is there, may be absent.
        "fonts": [family for family, at in fonts if at == "error" and "Until then" not in family],
    }
    if faults := {kind: what for kind, what in kinds.items() if what}:
        found["whole"][address] = faults


ASIDES = """
    [...document.querySelectorAll("article p > small")].map(aside => {
        const box = aside.getBoundingClientRect();
        const crossed = [...document.querySelectorAll("article :is(p, pre, img, td, h2, h3, small)")]
            .filter(other => !other.contains(aside) && !aside.contains(other))
            .filter(other => other.checkVisibility())
            .map(other => {
                const words = document.createRange();
                words.selectNodeContents(other); // a heading is wider than its words
                return (/^H/.test(other.tagName) ? words : other).getBoundingClientRect();
            })
            .filter(other => other.left < box.right && other.right > box.left)
            .filter(other => other.top < box.bottom && other.bottom > box.top);
        const paragraph = aside.parentElement.getBoundingClientRect();
        return { beside: box.left >= paragraph.right, right: box.right, crossed: crossed.length,
            letters: parseFloat(getComputedStyle(aside).fontSize) };
    })
"""


def looked_at(tab, address, width):
    """Yield what is wrong with a page at a width, by its kind; of some kinds also what is not."""
    page = tab.page
    tab.resize(width)
    faults = [page.evaluate(TOO_WIDE), page.evaluate(CUT_OFF), page.evaluate(STICKS_OUT)]
    if faults[0] > 0 or faults[1] or faults[2]:
        yield "too wide", faults
    if width == NARROW:
        if not address.startswith("_modules"):
            yield "scrolls", page.evaluate(SCROLLS)
        if inputs := page.evaluate(SMALL_INPUTS):
            yield "small inputs", inputs
    if address.startswith("notebooks/"):
        yield "asides", page.evaluate(ASIDES)


@pytest.fixture(scope="module")
def walk(browser, roots, pages):
    """Go through all pages once, and return by kind, page and place what is wrong there."""
    tab, found = Tab(browser, roots["file"]), defaultdict(dict)
    for address in pages:
        opened(tab, address, found)
        for width in (NARROW, WIDE):
            for kind, what in looked_at(tab, address, width):
                found[kind][address, width] = what
        if violations := [
            (colours, *rule) for colours, rules in inaccessible(tab, address) for rule in rules
        ]:
            found["axe"][address] = violations
    tab.page.context.close()
    return found


def test_every_page_opens_whole_and_asks_nobody_else(walk):
    assert walk["whole"] == {}


def test_each_exercise_has_its_editor_or_says_why_not(walk):
    for lesson in all_lessons():
        wanted = [
            f"answer-{exercise.name}" for exercise in lesson.exercises if exercise.level != "open"
        ]
        notes = len(lesson.exercises) - len(wanted)
        if not lesson.exercises:  # then a whole network is written there, and a note says how
            wanted, notes = ["answer-network"], 1
        assert walk["editors"][f"notebooks/{lesson.name}.html"] == [wanted, notes]


def test_a_phone_need_not_zoom_into_what_is_typed(walk):
    assert walk["small inputs"] == {}


def test_no_page_scrolls_sideways_or_is_cut_off(walk):
    assert walk["too wide"] == {}


def test_all_that_scrolls_sideways_can_be_reached_and_says_so(walk):
    boxes = [(page, *box) for (page, _), boxes in walk["scrolls"].items() for box in boxes]
    assert [box for box in boxes if not box[1]] == []
    assert len(boxes) > 20


def test_every_page_is_accessible_in_light_dark_and_forced_colours(walk):
    assert walk["axe"] == {}


def test_an_aside_stands_in_the_margin_and_on_a_phone_where_it_was_said(walk):
    wide = {page: asides for (page, width), asides in walk["asides"].items() if width == WIDE}
    assert any(wide.values())
    for page, asides in wide.items():
        for one in asides:
            assert one["beside"], page
            assert not one["crossed"], page
            assert one["right"] < WIDE, page
        for one in walk["asides"][page, NARROW]:
            assert not one["beside"], page
            assert one["letters"] >= 12, page


def test_pages_are_light(walk, lessons):
    """What a web server sends, compressed: a lesson's text before figures, and any page with them."""
    whole = {
        page: sum(own.values())
        for page, own in walk["weights"].items()
        if not page.startswith("_modules/")
    }
    first = {
        page: sum(size for path, size in own.items() if not path.startswith("_images/"))
        for page, own in walk["weights"].items()
    }
    assert {page: first[page] for page in lessons if not 100_000 < first[page] <= 300_000} == {}
    assert {page: weight for page, weight in whole.items() if weight > 1_000_000} == {}
