"""Tests of the pages in a real browser, opened from a web server and from the disk."""

import io
import json
import re

import pypdf
import pytest
from playwright.sync_api import expect

from website import ROOT


@pytest.mark.parametrize("tab", ["file"], indirect=True)  # where less is allowed than from a server
def test_search_shows_each_place_once_with_the_words_around(tab):
    page = tab.open("index.html")
    page.locator(".search-button__button:visible").first.click()
    field = page.locator("#pst-search-dialog input[type=search]")
    field.fill("transpose")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=transpose*")
    page.locator("#search-results a[href*='03_backpropagation']").first.wait_for()
    rows = page.locator("#search-results li").all()
    found = {row.locator("a").get_attribute("href"): row.inner_text() for row in rows}
    assert len(found) == len(rows) > 2
    lessons = [text for address, text in found.items() if "notebooks/" in address]
    assert [text for text in lessons if "transpos" not in text.lower()] == []


def test_a_button_that_copies_code_keeps_the_focus(tab, lessons):
    page = tab.open(lessons[0])
    folded = page.locator(".cell.tag_hide-input").first
    folded.locator("summary").click()
    for cell in (page.locator(".cell > .cell_input").first, folded.locator(".cell_input")):
        cell.hover()
        cell.locator("button.copybtn").click()
        expect(cell.locator("button.copybtn")).to_be_focused()  # and not at the page's beginning
    # What is too long scrolls inside itself, also by keyboard.
    output = page.locator(".cell_output .highlight").first
    output.evaluate("box => box.firstChild.textContent = 'a line\\n'.repeat(500)")
    box = output.evaluate("box => [box.clientHeight, box.scrollHeight]")
    assert box[0] < 500 < box[1]
    tab.resize(1300)  # and with that the page looks again at what scrolls
    assert output.get_attribute("tabindex") == "0"
    assert "scroll" in output.get_attribute("aria-label")


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
    for useless in ("not attempted", "You made no guess", "Download the notebook", "On this page"):
        assert useless not in "".join(texts)
    printed = re.sub(r"-?\s+", "", "".join(texts))
    cells = json.loads((ROOT / lesson.replace(".html", ".ipynb")).read_text("utf-8"))["cells"]
    sections = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    shown = re.sub(r"<details>.*?</details>", "", "\n".join(sections), flags=re.S)
    words = long_words(shown)
    assert len(words) > 200
    lost = [word for word in words if word not in printed]
    assert len(lost) < len(words) / 100, lost[:20]
    last = long_words(re.sub(r"<details>.*?</details>", "", sections[-1], flags=re.S))[-4:]
    assert len(last) == 4
    # Hints, answers and solutions come after all of it, out of sight of whoever works with a pencil.
    before, after = printed.split("Hints,answersandsolutions")
    assert [word for word in last if word not in before[-1500:]] == []
    assert after.count("Solution") >= len(re.findall("^### Exercise", "\n".join(sections), re.M))
    assert "Hint1" not in before
    # On paper each function that computes can be looked up, folded or not.
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    computes = "\n".join(each for each in code if "plt.show()" not in each)
    defined = re.findall(r"^def (\w+\()", computes, re.M)
    assert len(defined) > 3
    assert [name for name in defined if f"def{name}" not in before] == []
    assert page.locator(".on-paper").count() == 0
    # Paper is white, also where the screen is dark.
    tab.theme("dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


#: How far the right side of each frame is from the paper's edge.
FROM_THE_EDGE = """
    [...document.querySelectorAll("article :is(.lesson.container, div.highlight pre)")]
        .filter(frame => frame.checkVisibility())
        .map(frame => document.documentElement.clientWidth - frame.getBoundingClientRect().right)
"""


def test_paper_does_not_cut_off_the_right_side_of_a_frame(tab, lessons):
    for address in ("index.html", lessons[4]):
        page = tab.open(address, 650)
        page.emulate_media(media="print")
        gaps = page.evaluate(FROM_THE_EDGE)
        assert len(gaps) > 10
        assert min(gaps) >= 1
