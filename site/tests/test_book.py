"""The book, read back: nothing is missing, nothing is cut off, and every link leads to its place."""

import itertools
import re
from urllib.parse import urldefrag, urljoin

import pypdf
import pytest
from bs4 import BeautifulSoup
from tabs import HTML

pytestmark = pytest.mark.takes(seconds=110)

BOOK, PDF = HTML.parent / "book.html", HTML.parent / "book.pdf"
FORMULA = "¤"
#: What sticks out of the paper, or has an end that only scrolling would show.
CUT_OFF = """
    [...document.querySelectorAll("body *")]
        .filter(tag => !tag.closest(".katex-mathml, svg"))
        .filter(tag => tag.getBoundingClientRect().right > innerWidth + 1
            || (tag.matches(".math, .nobreak, pre, div, table") && tag.clientWidth
                && tag.scrollWidth > tag.clientWidth + 1))
        .map(tag => [tag.className, tag.textContent.slice(0, 80)])
"""
OUT_OF_SHAPE = """
    [...document.images].filter(i => Math.abs(i.width * i.naturalHeight / i.naturalWidth - i.height) > 2)
        .map(i => [i.src, i.width, i.height])
"""


def letters(text):
    """Return a text without what a PDF may tell differently: spaces, and letters that are joined."""
    return re.sub(r"[^A-Za-z0-9¤]|ff|fi|fl|ft", "", text)


def parsed(path):
    """Return what can be read of a page on paper, with a sign for each formula."""
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    for hidden in soup.select(".headerlink, .viewcode-link, a.start, a.setup, details.code"):
        hidden.decompose()
    for formula in soup.select(".katex"):
        formula.replace_with(FORMULA)
    return soup


def beginning(tag):
    """Return the first letters that a PDF tells of an element."""
    found = ""
    for text in tag.strings:
        found += letters(text)
        if FORMULA in found or len(found) > 20:
            break
    return found.partition(FORMULA)[0][:20]


def passages(tag):
    """Return the letters of each passage below an element in which there is no formula."""
    found = [
        letters(t.get_text()) for t in tag.select("p, li, pre") if not t.select("p, li, details")
    ]
    return [passage for passage in found if len(passage) > 20 and FORMULA not in passage]


def is_printed(passage, pages):
    """Tell whether a passage is on one of some pages, or begins on one and ends on the next."""
    parts = [(passage[:at], passage[at:]) for at in range(1, len(passage))]
    return any(passage in page for page in pages) or any(
        begun in page and ended in following
        for page, following in itertools.pairwise(pages)
        for begun, ended in parts
    )


@pytest.fixture(scope="module")
def pdf(printed):
    return pypdf.PdfReader(PDF)


@pytest.fixture(scope="module")
def texts(pdf):
    """Return the text of each page without what runs above and below it, joined letters parted."""
    joined, found = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi"}), []
    for number, page in enumerate(pdf.pages, 1):
        text = page.extract_text().translate(joined)
        running = re.match(rf"(.*\n)?{number}\n", text)
        assert running, (number, text[:100])
        found.append(text[running.end() :])
    return found


@pytest.fixture(scope="module")
def book(printed):
    return parsed(BOOK)


@pytest.fixture(scope="module")
def soups(pages):
    """Return the article of each page that a reader is led to; Review asks what the lessons ask."""
    found = {page: parsed(HTML / page) for page in pages if page != "review.html"}
    return {p: s.article for p, s in found.items() if s.select_one("a.left-prev, a.right-next")}


@pytest.fixture(scope="module")
def chapters(pdf, texts):
    """Return the outline's chapters by their title: the titles of sections, and its pages' letters."""
    found, starts = [], []
    for entry in pdf.outline:
        if isinstance(entry, list):
            found[-1][1].extend(section.title for section in entry)
        else:
            found.append((entry.title, []))
            starts.append(pdf.get_destination_page_number(entry))
    assert starts == sorted(set(starts))  # each begins on a page of its own
    return {
        title: (sections, [letters(text) for text in texts[start:end]])
        for (title, sections), start, end in zip(
            found, starts, [*starts[1:], len(texts)], strict=True
        )
    }


def test_every_page_is_a_chapter_and_its_sections_are_in_the_outline(soups, chapters):
    titles = [article.h1.get_text() for article in soups.values()]
    assert len(chapters) == len(titles) + 1  # and what was folded
    assert set(titles) < set(chapters)
    for title, article in zip(titles, soups.values(), strict=True):
        told = [tag.get_text() for tag in article.select("h2")]
        found, _ = chapters[title]
        assert len(found) == len(told)
        assert [t for t in told if t not in found and FORMULA not in t] == []


def test_every_chapter_is_whole_to_its_last_words(soups, lessons, chapters):
    for page, article in soups.items():
        _, printed = chapters[article.h1.get_text()]
        folds = article.select("details") if page in lessons else []
        elsewhere = {passage for fold in folds for passage in passages(fold)}
        whole = [passage for passage in passages(article) if passage not in elsewhere]
        assert whole, page
        assert [passage for passage in whole if not is_printed(passage, printed)] == [], page
        assert is_printed(whole[-1], printed[-2:]), page


def test_what_the_lessons_fold_is_printed_at_the_end(soups, lessons, book, chapters):
    *_, (_, printed) = chapters.values()
    folds = [fold for page in lessons for fold in soups[page].select("details")]
    assert [p for fold in folds for p in passages(fold) if not is_printed(p, printed)] == []
    links, anchors = book.select(".folded a"), {tag["id"]: tag for tag in book.select("p[id]")}
    assert len(links) == len(folds) > len(lessons)
    for link, fold in zip(links, folds, strict=True):
        told = anchors[link["href"][1:]].get_text()
        assert (told, True) == (link.get_text(), told.startswith(fold.summary.get_text()))
    answers = [link.get_text() for link in links if link.get_text().startswith("Answer")]
    assert "Answer 3.2" in answers
    assert len(set(answers)) == len(answers)


def test_every_link_of_a_page_leads_to_the_same_place_in_the_book(soups, book):
    anchors = {tag["id"]: tag for tag in book.select("[id]")}
    assert len(anchors) == len(book.select("[id]"))
    links = {(link["href"], link.get_text()) for link in book.select(".chapter a[href^='#']")}
    lost = []
    targets = {page: {tag["id"]: tag for tag in a.select("[id]")} for page, a in soups.items()}
    for page, article in soups.items():
        for link in article.select("a[href]"):
            address, anchor = urldefrag(urljoin(page, link["href"]))
            if address in soups:
                place = f"{address}:{anchor}" if anchor else address
                there = targets[address][anchor] if anchor else soups[address]
                if (f"#{place}", link.get_text()) not in links:
                    lost.append((page, link["href"]))
                assert beginning(there).startswith(beginning(anchors[place])), place
    assert lost == []


def test_every_link_in_the_pdf_leads_to_the_page_where_its_target_stands(pdf, texts, book):
    anchors = {tag["id"]: beginning(tag) for tag in book.select("[id]")}
    inside, outside = set(), set()
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            note = note.get_object()
            if "/Dest" in note:
                inside.add(note["/Dest"].removeprefix("/"))
            else:
                outside.add(note["/A"]["/URI"])
    assert inside == {link["href"][1:] for link in book.select("a[href^='#']")}
    assert [address for address in outside if not re.match("https?://", address)] == []
    wrong = []
    for name in inside:
        number = pdf.get_destination_page_number(pdf.named_destinations[f"/{name}"])
        if anchors[name] not in letters(texts[number]):
            wrong.append((name, number + 1))
    assert wrong == []


def test_the_contents_tell_the_numbers_of_the_pages(pdf, texts):
    chapters = [entry for entry in pdf.outline if not isinstance(entry, list)]
    numbers = [pdf.get_destination_page_number(entry) + 1 for entry in chapters]
    contents = " ".join("".join(texts[: numbers[0] - 1]).split())
    for entry, number in zip(chapters, numbers, strict=True):
        assert f"{entry.title} {number}" in contents
        assert letters(texts[number - 1]).startswith(letters(entry.title))


def test_nothing_is_wider_than_the_paper_or_cut_off(browser, printed):
    width = (210 - 2 * 19) / 25.4 * 96  # of A4 between book.css's margins
    page = browser.new_page(viewport={"width": int(width), "height": 900})
    page.emulate_media(media="print")
    page.goto(BOOK.as_uri(), wait_until="load")
    page.wait_for_selector("body.shrunk")
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(OUT_OF_SHAPE) == []
    page.close()


def test_no_picture_is_missing_and_no_page_is_nearly_empty(pdf, texts, book, chapters):
    drawn = [
        [x for x in page["/Resources"].get("/XObject", {}).values() if "/Width" in x.get_object()]
        for page in pdf.pages
    ]
    assert sum(map(len, drawn)) >= len(book.select("img"))
    starts = [pdf.get_destination_page_number(e) for e in pdf.outline if not isinstance(e, list)]
    empty = [
        number
        for number, (pictures, text) in enumerate(zip(drawn, texts, strict=True))
        if len(letters(text)) < 200 and not pictures
    ]
    assert [number + 1 for number in empty if number + 1 not in [*starts, len(texts)]] == []
    assert 5 * len(chapters) < len(texts) < 30 * len(chapters)
