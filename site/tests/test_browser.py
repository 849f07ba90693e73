"""Tests of the pages in a real browser, opened from a web server and from the disk."""

import io
import json
import re

import pypdf

from conftest import ROOT, SITE, Tab, both_ways

WIDTHS = (280, 360, 390, 768, 1366, 1440)
AXE = SITE / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

BROKEN_PICTURES = """
    [...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src)
"""
# What is left of a page's text once formulas and code are taken out must not look like TeX.
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
# The theme lets the article scroll by itself, which would hide the fault from the window.
TOO_WIDE = """
    Math.max(...[...document.querySelectorAll("html, main, .bd-content, .bd-content *:has(article)")]
        .map(tag => tag.scrollWidth - tag.clientWidth))
"""
CUT_OFF = """
    [...document.querySelectorAll("article :is(h1, h2, h3, h4, p, li, dt, dd)")]
        .filter(tag => tag.scrollWidth > tag.clientWidth + 1 && tag.clientWidth)
        .filter(tag => !tag.closest(".pst-scrollable-table-container"))
        .map(tag => tag.textContent.slice(0, 80))
"""
FONTS = "document.fonts.ready.then(fonts => [...fonts].map(f => [f.family, f.status]))"


@both_ways
def test_every_page_opens_whole_and_asks_nobody_else(tab, pages):
    faults = {}
    for page in pages:
        tab.errors, tab.strays = [], []
        opened = tab.open(page)
        fonts = opened.evaluate(FONTS)
        found = {
            "requests to others": tab.strays,
            "errors": tab.errors,
            "pictures": opened.evaluate(BROKEN_PICTURES),
            "raw TeX": opened.evaluate(RAW_TEX),
            "formulas": opened.evaluate(UNREADABLE_FORMULAS),
            "fonts": [family for family, status in fonts if status == "error"],
        }
        faults |= {(page, kind): what for kind, what in found.items() if what}
    assert faults == {}


def test_no_page_scrolls_sideways_or_is_cut_off(tab, pages):
    too_wide = {}
    for page in pages:
        opened = tab.open(page)
        for width in WIDTHS:
            tab.resize(width)
            if (by := opened.evaluate(TOO_WIDE)) > 0:
                too_wide[page, width] = by
            if cut_off := opened.evaluate(CUT_OFF):
                too_wide[page, width] = cut_off
    assert too_wide == {}


def axe(page):
    """Return the rules that a page breaks, each with the first places where it does."""
    run = "tags => axe.run({ runOnly: tags, resultTypes: ['violations'] }).then(r => r.violations)"
    return [
        (rule["id"], len(rule["nodes"]), [node["html"][:150] for node in rule["nodes"][:3]])
        for rule in page.evaluate(run, WCAG)
    ]


def test_every_page_is_accessible_in_light_and_dark(tab, pages):
    violations = {}
    for page in pages:
        opened = tab.open(page)
        opened.evaluate(AXE.read_text("utf-8"))
        for theme, width in (("light", 1366), ("dark", 360)):
            tab.resize(width)
            tab.theme(theme)
            if found := axe(opened):
                violations[page, theme, width] = found
    assert violations == {}


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
    cell = page.locator(".cell_input").first
    cell.hover()
    cell.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == cell.locator("pre").inner_text().strip()
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


def test_a_printed_lesson_is_whole(tab, lessons):
    for lesson in lessons:
        pdf = pypdf.PdfReader(io.BytesIO(tab.open(lesson).pdf(format="A4")))
        printed = re.sub(r"-?\s+", "", "".join(page.extract_text() for page in pdf.pages))
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


def test_the_first_view_of_a_lesson_is_light(browser, roots, lessons):
    """What a web server sends, compressed, before the first figure: at most 400 kB."""
    weights = {}
    for lesson in lessons:
        tab = Tab(browser, roots["http"])  # with an empty cache
        tab.open(lesson).evaluate(FONTS)
        weights[lesson] = sum(n for url, n in tab.bytes.items() if "/_images/" not in url)
        tab.page.context.close()
    print(weights)
    assert {lesson: n for lesson, n in weights.items() if not 100_000 < n <= 400_000} == {}
