"""Tests of the pages in a real browser, opened from a web server and from the disk."""

import io
import json
import re
from collections import defaultdict

import pypdf
import pytest
from playwright.sync_api import expect
from tabs import HTML, ROOT, SITE, Tab, both_ways

pytestmark = pytest.mark.takes(seconds=300)

WIDTHS = (280, 360, 390, 768, 1366, 1440)
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
    Math.max(...[...document.querySelectorAll("html, main, .bd-content, .bd-content *:has(article)")]
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
SCROLLS = """
    [...document.querySelectorAll("article *")]
        .filter(tag => tag.scrollWidth > tag.clientWidth + 1 && tag.clientWidth > 20)
        .filter(tag => ["auto", "scroll", "hidden"].includes(getComputedStyle(tag).overflowX))
        .filter(tag => !tag.closest(".katex, .explore"))
        .map(tag => [tag.tabIndex === 0 && tag.matches(".scrolls"), tag.outerHTML.slice(0, 80)])
"""
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
FONTS = "document.fonts.ready.then(fonts => [...fonts].map(f => [f.family, f.status]))"


#: Axe's time grows with what it looks at, and of a page's formulas and code it need see one of each
#: kind: what stands in the same elements has the same colours.
ONE_OF_EACH = """() => {
    const seen = new Set(), body = document.body;
    body.remove(); // else each change would make the browser think of the whole page again
    for (const tag of body.querySelectorAll(".katex-html, pre span")) {
        const kind = [];
        for (let up = tag; up && kind.length < 5; up = up.parentElement)
            kind.push(`${up.tagName}.${up.className}`);
        if (seen.has(`${kind}`)) tag.replaceWith(tag.matches("pre *") ? tag.textContent : "");
        seen.add(`${kind}`);
    }
    body.normalize();
    document.documentElement.append(body);
}"""


def axe(page):
    """Return the rules that a page breaks, each with the first places where it does."""
    run = "tags => axe.run({ runOnly: tags, resultTypes: ['violations'] }).then(r => r.violations)"
    return [
        (rule["id"], len(rule["nodes"]), [node["html"][:150] for node in rule["nodes"][:3]])
        for rule in page.evaluate(run, WCAG)
    ]


def opened_whole(tab, address):
    """Open a page, and return by kind what is missing or wrong with it."""
    tab.errors, tab.strays = [], []
    page = tab.open(address)
    fonts = page.evaluate(FONTS)
    return {
        "requests to others": tab.strays,
        "errors": tab.errors,
        "pictures": page.evaluate(BROKEN_PICTURES),
        "raw TeX": page.evaluate(RAW_TEX),
        "formulas": page.evaluate(UNREADABLE_FORMULAS),
        "fonts": [family for family, status in fonts if status == "error"],
    }


@pytest.fixture(scope="module")
def walk(browser, roots, pages):
    """Go through all pages once, and return by kind, page and place what is wrong there."""
    tab, found = Tab(browser, roots["http"]), defaultdict(dict)
    for address in pages:
        if faults := {kind: what for kind, what in opened_whole(tab, address).items() if what}:
            found["whole"][address] = faults
        page = tab.page
        for width in WIDTHS:
            tab.resize(width)
            faults = [page.evaluate(TOO_WIDE), page.evaluate(CUT_OFF)]
            if faults[0] > 0 or faults[1]:
                found["too wide"][address, width] = faults
            if width == 280 and not address.startswith("_modules"):
                found["scrolls"][address] = page.evaluate(SCROLLS)
            if width == 390 and (words := page.evaluate(BROKEN_WORDS)):
                found["broken words"][address] = words
        page.evaluate(ONE_OF_EACH)
        page.evaluate(AXE.read_text("utf-8"))
        for colours, width in (("light", 1366), ("dark", 360), ("forced", 360)):
            tab.resize(width)
            tab.colours(colours)
            if violations := axe(page):
                found["axe"][address, colours] = violations
        tab.colours("light")  # as the next page begins
    tab.page.context.close()
    return found


def test_every_page_opens_whole_and_asks_nobody_else(walk):
    assert walk["whole"] == {}


@pytest.mark.parametrize("tab", ["file"], indirect=True)
def test_from_the_disk_every_page_opens_whole_too(tab, pages):
    found = {page: opened_whole(tab, page) for page in pages}
    faults = {
        (page, kind): what for page, kinds in found.items() for kind, what in kinds.items() if what
    }
    assert faults == {}


def test_no_page_scrolls_sideways_or_is_cut_off(walk):
    assert walk["too wide"] == {}


def test_all_that_scrolls_sideways_can_be_reached_and_says_so(walk):
    boxes = [(page, *box) for page, boxes in walk["scrolls"].items() for box in boxes]
    assert [box for box in boxes if not box[1]] == []
    assert len(boxes) > 20


def test_code_in_a_sentence_does_not_break_inside_a_word(walk):
    assert walk["broken words"] == {}


def test_every_page_is_accessible_in_light_dark_and_forced_colours(walk):
    assert walk["axe"] == {}


@both_ways
def test_search_finds_a_word_of_a_lesson(tab):
    page = tab.open("index.html")
    page.locator(".search-button__button:visible").first.click()
    field = page.locator("#pst-search-dialog input[type=search]")
    field.fill("transpose")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=transpose*")
    page.wait_for_selector("#search-results a[href*='03_backpropagation']", timeout=10_000)


@both_ways
def test_the_theme_can_be_chosen_and_is_remembered(tab):
    page = tab.open("index.html")
    colours = []
    for choice in ("dark", "light"):
        page.locator(".theme-switch-button:visible").click()
        page.locator(f".theme-change-button[data-mode={choice}]:visible").click()
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == choice
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours[0] != colours[1]


def test_a_lesson_is_downloaded_as_it_is(tab, lessons):
    for lesson in lessons:
        page = tab.open(lesson)
        for suffix in (".ipynb", ".py"):
            with page.expect_download() as download:
                page.locator(f".lesson-tools a[href$='{suffix}']").click()
            own = ROOT / lesson.replace(".html", suffix)
            assert download.value.suggested_filename == own.name
            assert download.value.path().read_bytes() == own.read_bytes()


def test_code_can_be_copied(tab, lessons):
    page = tab.open(lessons[0])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    folded = page.locator(".cell.tag_hide-input").first
    folded.locator("summary").click()
    for cell in (page.locator(".cell > .cell_input").first, folded.locator(".cell_input")):
        cell.hover()
        cell.locator("button.copybtn").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.strip() == cell.locator("pre").inner_text().strip()
        expect(cell.locator("button.copybtn")).to_be_focused()  # and not at the page's beginning
    for lesson in lessons:
        cells = tab.open(lesson).locator(".cell_input")
        assert cells.count() == cells.locator("button.copybtn").count()


def test_what_is_too_wide_or_too_long_scrolls_inside_itself(tab, lessons):
    page = tab.open(lessons[0], width=360)
    output = page.locator(".cell_output pre").first
    output.evaluate("pre => pre.textContent = 'a line\\n'.repeat(500)")
    box = output.evaluate("pre => [pre.clientHeight, pre.scrollHeight]")
    assert box[0] < 500 < box[1]
    tab.resize(350)  # and with that the page looks again at what scrolls
    assert output.get_attribute("tabindex") == "0"
    assert "scroll" in output.get_attribute("aria-label")


def test_printing_leaves_out_what_paper_cannot_use(tab, lessons):
    page = tab.open(lessons[0])
    tab.theme("dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for part in (".bd-header", ".bd-sidebar-primary", ".bd-sidebar-secondary", ".lesson-tools"):
        assert not page.locator(part).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("pre").first.evaluate("e => getComputedStyle(e).whiteSpace") == "pre-wrap"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def long_words(markdown):
    """Return the longer words of a text without its links, formulas and code."""
    plain = re.sub(r"\]\([^)]*\)|\$\$?[^$]+\$\$?|`[^`]+`|<[^>]*>", " ", markdown)
    # A font may draw fi and the like as one sign, which a PDF need not tell as two letters.
    return [w for w in re.findall(r"[A-Za-z]{5,}", plain) if not re.search("ff|fi|fl|ft", w)]


def read_paper(page):
    """Return a printed page's text, and of that what stands lowest."""
    found = []

    def visit(text, outer, inner, font, size):
        if text.strip():
            found.append((inner[4] * outer[1] + inner[5] * outer[3] + outer[5], text.strip()))

    return page.extract_text(visitor_text=visit), min(found)[1]


def test_a_printed_lesson_is_whole_and_no_heading_stands_apart_from_its_text(tab, lessons):
    for lesson in lessons:
        page = tab.open(lesson)
        pdf = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
        texts, lowest = zip(*map(read_paper, pdf.pages), strict=True)
        headings = page.locator("article :is(h2, h3)").all_inner_texts()
        assert len(headings) > 5
        ends = tuple(each.strip("# \n") for each in headings)
        assert [low for low in lowest if len(low) > 3 and low.endswith(ends)] == [], lesson
        assert [low for low in lowest if low.endswith("minutes)")] == [], lesson
        printed = re.sub(r"-?\s+", "", "".join(texts))
        cells = json.loads((ROOT / lesson.replace(".html", ".ipynb")).read_text("utf-8"))["cells"]
        sections = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        shown = re.sub(r"<details>.*?</details>", "", "\n".join(sections), flags=re.S)
        words = long_words(shown)
        assert len(words) > 200
        lost = [word for word in words if word not in printed]
        assert len(lost) < len(words) / 100, (lesson, lost[:20])
        last = long_words(sections[-1])[-4:]
        assert len(last) == 4
        assert [word for word in last if word not in printed[-1500:]] == [], lesson


def test_pages_are_light(browser, roots, pages, lessons):
    """What a web server sends, compressed: a lesson's text before figures, and any page with them."""
    first, whole = {}, {}
    for page in [page for page in pages if not page.startswith("_modules/")]:
        tab = Tab(browser, roots["http"])  # with an empty cache
        tab.open(page).evaluate(FONTS)
        own = {url: tab.weight(url) for url in tab.loaded if url.startswith(tab.root)}
        whole[page] = sum(own.values())
        first[page] = sum(weight for url, weight in own.items() if "/_images/" not in url)
        tab.page.context.close()
    print(whole)
    assert {page: first[page] for page in lessons if not 100_000 < first[page] <= 280_000} == {}
    assert {page: weight for page, weight in whole.items() if weight > 600_000} == {}


@pytest.mark.parametrize("tab", ["file"], indirect=True)
def test_keys_turn_the_slides_and_nothing_is_cut_off(tab):
    page = tab.page
    page.goto(f"{HTML.as_uri()}/slides/03_backpropagation.html")
    count = page.locator("section").count()
    top = "document.querySelectorAll('section')[{}].getBoundingClientRect().top"
    for key, shown in [("ArrowRight", 1), ("PageDown", 2), ("ArrowLeft", 1), (" ", 2)]:
        page.keyboard.press(key)
        page.wait_for_function(f"Math.abs({top.format(shown)}) < 2")
    assert count > len(page.locator("img").all()) > 2
    wide = "[...document.querySelectorAll('section')].filter(s => s.scrollWidth > s.clientWidth)"
    assert page.evaluate(f"{wide}.length") == 0
    narrow = "[...document.images].filter(i => i.width < 0.85 * document.body.clientWidth)"
    assert page.evaluate(f"{narrow}.length") == 0
