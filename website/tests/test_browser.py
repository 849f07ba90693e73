"""Tests of the pages in a real browser, opened from a web server and from the disk."""

import io
import json
import re

import pypdf
import pytest
from playwright.sync_api import expect

from website import ROOT
from website.tests.tabs import both_ways

pytestmark = pytest.mark.takes(seconds=35)


@both_ways
def test_search_finds_a_word_of_a_lesson(tab):
    page = tab.open("index.html")
    page.locator(".search-button__button:visible").first.click()
    field = page.locator("#pst-search-dialog input[type=search]")
    field.fill("transpose")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=transpose*")
    page.wait_for_selector("#search-results a[href*='03_backpropagation']")


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
    lesson = lessons[4]
    page = tab.open(lesson)
    pdf = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    texts, lowest = zip(*map(read_paper, pdf.pages), strict=True)
    headings = page.locator("article :is(h2, h3)").all_inner_texts()
    assert len(headings) > 5
    ends = tuple(each.strip("# \n") for each in headings)
    assert [low for low in lowest if len(low) > 3 and low.endswith(ends)] == []
    assert [low for low in lowest if low.endswith(" minutes")] == []
    assert "not attempted" not in "".join(texts)
    printed = re.sub(r"-?\s+", "", "".join(texts))
    cells = json.loads((ROOT / lesson.replace(".html", ".ipynb")).read_text("utf-8"))["cells"]
    sections = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    shown = re.sub(r"<details>.*?</details>", "", "\n".join(sections), flags=re.S)
    words = long_words(shown)
    assert len(words) > 200
    lost = [word for word in words if word not in printed]
    assert len(lost) < len(words) / 100, lost[:20]
    last = long_words(sections[-1])[-4:]
    assert len(last) == 4
    assert [word for word in last if word not in printed[-1500:]] == []
