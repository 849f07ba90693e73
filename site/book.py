"""One PDF of all pages, made from the built pages: python site/build.py --pdf.

The pages are joined into one, in the order in which they lead on, and Chromium prints it. What a page
folds comes after all of them, since answers should not stand below their questions; code that only
draws is left out. Chromium knows no page's number before it has printed, so it prints twice; its own
outline tells headings that it moved to the next page twice too, so ours is made from the contents.
"""

import copy
import io
import logging
import shutil
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pypdf
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright

HTML = Path(__file__).resolve().parent / "_build" / "html"
BOOK = HTML.parent / "book.html"
PDF = HTML.parent / "book.pdf"

#: How wide a page prints, in pixels of 1/96 inch; book.css has the margins.
WIDTH = 650

#: Code of more lines than this may be parted.
LONG = 15

# It warns that Chromium counts objects otherwise.
logging.getLogger("pypdf").setLevel(logging.ERROR)

CONTENTS = "#contents li"
ROWS = """rows => rows.map(row => [
    row.className == "level1", row.textContent, row.firstElementChild.hash.slice(1)])"""
#: Paper cannot scroll: what is wider than its room becomes smaller, once it has its fonts.
SHRINK = """document.fonts.ready.then(() => {
    for (const box of document.querySelectorAll("div.math, .pst-scrollable-table-container"))
        for (let share = 98; box.scrollWidth > box.clientWidth && share > 40; share -= 2)
            box.querySelector(".katex-display, table").style.fontSize = `${share}%`;
    document.body.classList.add("shrunk");
})"""
UNSEEN = ".katex-mathml { display: none } img { visibility: hidden }"
FILL_IN = """numbers => {
    for (const link of document.querySelectorAll("a[data-page]"))
        link.dataset.page = numbers[link.hash.slice(1)];
}"""


def chapters() -> dict[str, BeautifulSoup]:
    """Return the parsed pages by their address, in the order in which they lead on.

    All but Review, whose questions stand in the lessons.
    """
    pages = {}
    page = "index.html"
    while page:
        pages[page] = BeautifulSoup((HTML / page).read_text("utf-8"), "html.parser")
        link = pages[page].select_one("a.right-next")
        page = urljoin(page, link["href"]) if link else None
    del pages["review.html"]
    return pages


def tag(name: str, *content: str | Tag, **attributes) -> Tag:
    """Return an element."""
    made = BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes)
    made.extend(content)
    return made


def plain(heading: Tag) -> str:
    """Return a heading's text, in which formulas stand once."""
    copied = copy.copy(heading)
    for double in copied.select(".katex-mathml"):
        double.decompose()
    return copied.get_text().strip()


def to_page(words: str, anchor: str) -> Tag:
    """Return a link that also tells the number of the page that it leads to."""
    return tag("a", words, href=f"#{anchor}", **{"data-page": "000"})


def chapter(page: str, soup: BeautifulSoup, pages: Container[str]) -> Tag:
    """Return a page's article as a chapter: its anchors carry the page's name, its links follow them."""
    article = soup.select_one("article").extract()
    for useless in article.select(".headerlink, .viewcode-link, a.start, a.setup"):
        useless.decompose()
    for element in article.select("[id]"):
        element["id"] = f"{page}:{element['id']}"
    # A heading moves to the next page with what follows; its section would begin at the end of this.
    for heading in article.select("section[id] > :is(h1, h2, h3, h4)"):
        for other in heading.find_previous_siblings(id=True):
            heading.insert(0, other.extract())
        heading["id"] = heading.parent["id"]
        del heading.parent["id"]
    for lines in article.select("pre"):
        if lines.get_text().count("\n") > LONG:
            lines["class"] = "long"
    for picture in article.select("[src]"):
        picture["src"] = f"html/{urljoin(page, picture['src'])}"
    for link in article.select("a[href]"):
        address, anchor = urldefrag(urljoin(page, link["href"]))
        if address in pages:
            link["href"] = f"#{address}:{anchor}" if anchor else f"#{address}"
        elif not urlsplit(address).scheme:
            link.unwrap()  # a file beside the pages
    return tag("section", article, id=page, **{"class": "chapter"})


def unfold(chapters: Iterable[Tag]) -> Tag:
    """Take what is folded out of the chapters of lessons, and return it as a chapter of its own."""
    article = tag("article", tag("h1", "Hints, answers and solutions"), **{"class": "bd-article"})
    number = 0
    for part in chapters:
        place = None
        answers = 0
        for fold in part.select("details"):
            if "code" in fold.get("class", []):
                fold.decompose()
                continue
            summary = fold.summary.extract()
            if "/" not in part["id"]:  # no lesson
                fold.insert_before(tag("p", *summary.contents, **{"class": "summary"}))
                fold.unwrap()
                continue
            number += 1
            anchor = f"fold{number}"
            heading = fold.find_previous(["h1", "h2", "h3", "h4"])
            if place is None:
                article.append(tag("h2", plain(part.h1), id=f"folded:{part['id']}"))
            if heading is not place:
                place = heading
                article.append(tag("h3", plain(heading)))
            words = summary.get_text()
            if words == "Answer":  # of which a lesson has several
                answers += 1
                words += f" {int(part['id'].partition('/')[2][:2])}.{answers}"
            asked = f"{anchor}-asked"
            fold.insert_before(tag("p", to_page(words, anchor), id=asked, **{"class": "folded"}))
            back = tag("a", words, href=f"#{asked}")
            article.append(tag("p", back, id=anchor, **{"class": "summary"}))
            article.extend(fold.extract().contents)
    return tag("section", article, id="folded", **{"class": "chapter"})


def contents(parts: Iterable[Tag]) -> Iterator[tuple[int, str, str]]:
    """Yield level, words and anchor of each entry of the table of contents."""
    for part in parts:
        yield 1, plain(part.h1), part["id"]
        for heading in part.select("h2"):
            yield 2, plain(heading), heading["id"]


def front(home: BeautifulSoup, parts: list[Tag]) -> Tag:
    """Return the title, and the table of contents with the numbers of pages."""
    rows = [
        tag("li", to_page(words, anchor), **{"class": f"level{level}"})
        for level, words, anchor in contents(parts)
    ]
    return tag(
        "section",
        tag("h1", title(home)),
        tag("p", home.select_one(".copyright").get_text().strip()),
        tag("ul", *rows),
        id="contents",
        **{"class": "bd-article"},
    )


def title(home: BeautifulSoup) -> str:
    """Return the title of the course, as the home page tells it."""
    return home.select_one(".navbar-brand").get_text().strip()


def assemble() -> None:
    """Write the one page, with the style sheets that any of the pages has."""
    pages = chapters()
    home = pages["index.html"]
    sheets = {
        urljoin(page, link["href"]).partition("?")[0]: None
        for page, soup in pages.items()
        for link in soup.select("head link[rel=stylesheet]")
    }
    parts = [chapter(page, soup, pages) for page, soup in pages.items()]
    parts.append(unfold(parts))
    style = ""
    for number, part in enumerate(parts):
        part["style"] = f"page: chapter{number}"
        words = plain(part.h1).replace("\\", "").replace('"', "'")
        style += f'@page chapter{number} {{ @top-left {{ content: "{words}" }} }}\n'
    links = [tag("link", rel="stylesheet", href=f"html/{sheet}") for sheet in sheets]
    links.append(tag("link", rel="stylesheet", href="../book.css"))
    head = tag("head", tag("meta", charset="utf-8"), tag("title", title(home)), *links)
    head.append(tag("style", style))
    head.append(tag("script", src="html/_static/pages.js"))
    head.append(tag("script", f"addEventListener('load', () => {SHRINK})"))
    body = tag("body", front(home, parts), *parts)
    html = tag("html", head, body, **{"lang": "en", "data-theme": "light"})
    BOOK.write_text(f"<!doctype html>\n{html}", encoding="utf-8")


def numbers(pdf: pypdf.PdfReader) -> dict[str, int]:
    """Return the number of the page on which each anchor is that a link leads to, from 1."""
    return {
        name.removeprefix("/"): pdf.get_destination_page_number(place) + 1
        for name, place in pdf.named_destinations.items()
    }


def print_it() -> tuple[pypdf.PdfReader, list]:
    """Print the one page, with the numbers of pages filled in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.emulate_media(media="print")  # before pages.js looks at what is too wide
        page.goto(BOOK.as_uri(), wait_until="load")
        page.wait_for_selector("body.shrunk")
        options = {"prefer_css_page_size": True, "print_background": True}
        # First for the numbers alone, without what takes no room: a formula's MathML, a picture's dots.
        less = page.add_style_tag(content=UNSEEN)
        page.evaluate(FILL_IN, numbers(pypdf.PdfReader(io.BytesIO(page.pdf(**options)))))
        less.evaluate("tag => tag.remove()")
        rows = page.eval_on_selector_all(CONTENTS, ROWS)
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(tagged=True, **options)))
        browser.close()
    return printed, rows


def add_outline(printed: pypdf.PdfReader, rows: list) -> None:
    """Write what was printed, with the table of contents as its outline."""
    writer = pypdf.PdfWriter(clone_from=printed)
    above = None
    places = printed.named_destinations
    for chapter, words, anchor in rows:
        place = places[f"/{anchor}"]
        fit = pypdf.generic.Fit.xyz(place.left, place.top)
        number = printed.get_destination_page_number(place)
        item = writer.add_outline_item(words, number, None if chapter else above, fit=fit)
        above = item if chapter else above
    writer.page_mode = "/UseOutlines"
    writer.write(PDF)


def make() -> Path:
    """Make the PDF, and return its path."""
    assemble()
    add_outline(*print_it())
    return PDF
