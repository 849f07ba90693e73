"""The course as an e-book: python -m website makes an EPUB 3 from the built pages.

Each page is a chapter. A formula is MathML and nothing else; hints, answers and solutions are notes at
the end, linked both ways, because a reader that ignores <details> would show each answer below its
question; a picture to touch is its still and its words. Pages for a screen alone are left out.
"""

import copy
import datetime
import mimetypes
import uuid
import zipfile
from collections.abc import Container, Iterable
from pathlib import Path
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from website import HTML, SITE

EPUB = HTML / "book.epub"
STYLE = SITE / "ebook.css"

TITLE = "Build a neural network from bare arrays"
AUTHOR = "The mnistlib authors"
#: The chapter of what the lessons fold.
NOTES = "notes.xhtml"
#: Pages that are of no use on paper-like screens, or to those who only read; and Review, whose questions
#: stand in the lessons.
NOT_IN_THE_BOOK = {"index.html", "teachers.html", "library.html", "speed.html", "computers.html"}
NOT_IN_THE_BOOK |= {"draw.html", "review.html"}
#: What only a browser can use.
FOR_BROWSERS = "script, style, button, input, form, .lesson-tools, .prev-next-footer"
FOR_BROWSERS += ", .touchable .explore, .thumb"
#: Attributes that a chapter keeps; the rest speaks to the pages' scripts and styles.
KEPT = {"id", "class", "href", "src", "alt", "lang", "title"}
KEPT |= {"colspan", "rowspan", "start", "scope"}


def pages_in_order() -> dict[str, BeautifulSoup]:
    """Return the parsed pages of the book by their address, in the order in which they lead on."""
    pages = {}
    page = "index.html"
    while page:
        pages[page] = BeautifulSoup((HTML / page).read_text("utf-8"), "html.parser")
        link = pages[page].select_one("a.right-next")
        page = urljoin(page, link["href"]) if link else None
    return {page: soup for page, soup in pages.items() if page not in NOT_IN_THE_BOOK}


def new_tag(name: str, *content: str | Tag, **attributes) -> Tag:
    """Return an element."""
    made = BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes)
    made.extend(content)
    return made


def heading_text(heading: Tag) -> str:
    """Return a heading's text, in which formulas stand once."""
    copied = copy.copy(heading)
    for double in copied.select(".katex-mathml"):
        double.decompose()
    return copied.get_text().strip()


def file_name_of(page: str) -> str:
    """Return the name of a chapter's file."""
    return page.removeprefix("notebooks/").removesuffix(".html").replace("/", "-") + ".xhtml"


def chapter_of(page: str, soup: BeautifulSoup, pages: Container[str]) -> Tag:
    """Return a page's article as a chapter, whose links lead to other chapters."""
    article = soup.select_one("article").extract()
    for useless in article.select(".headerlink, .viewcode-link, a.start, a.setup"):
        useless.decompose()
    for line in article.select(".highlight .ln"):
        line.unwrap()  # an e-reader turns lines as it likes
    # A heading moves to the next page with what follows; its section would begin at the end of this.
    for heading in article.select("section[id] > :is(h1, h2, h3, h4)"):
        for other in heading.find_previous_siblings(id=True):
            heading.insert(0, other.extract())
        heading["id"] = heading.parent["id"]
        del heading.parent["id"]
    for picture in article.select("[src]"):
        picture["src"] = urljoin(page, picture["src"])
    for link in article.select("a[href]"):
        address, anchor = urldefrag(urljoin(page, link["href"]))
        if address in pages:
            link["href"] = file_name_of(address) + (anchor and f"#{anchor}")
        elif not urlsplit(address).scheme:
            link.unwrap()  # a file beside the pages, or a page that is left out
    return new_tag("section", article, **{"class": "chapter"})


def notes_of(chapters: dict[str, Tag]) -> Tag:
    """Take what is folded out of the chapters of lessons, and return it as a chapter of its own."""
    article = new_tag(
        "article", new_tag("h1", "Hints, answers and solutions"), **{"class": "bd-article"}
    )
    number = 0
    for page, part in chapters.items():
        file = file_name_of(page)
        place = None
        answers = 0
        for fold in part.select("details"):
            if "code" in fold.get("class", []):
                fold.decompose()
                continue
            summary = fold.summary.extract()
            if not page.startswith("notebooks/"):
                fold.insert_before(new_tag("p", *summary.contents, **{"class": "summary"}))
                fold.unwrap()
                continue
            number += 1
            anchor = f"fold{number}"
            heading = fold.find_previous(["h1", "h2", "h3", "h4"])
            if place is None:
                article.append(new_tag("h2", heading_text(part.h1), id=f"of-{file[:2]}"))
            if heading is not place:
                place = heading
                article.append(new_tag("h3", heading_text(heading)))
            words = summary.get_text()
            if words == "Answer":  # of which a lesson has several
                answers += 1
                words += f" {int(file[:2])}.{answers}"
            there = new_tag("a", words, href=f"{NOTES}#{anchor}")
            fold.insert_before(new_tag("p", there, id=f"{anchor}-asked", **{"class": "folded"}))
            back = new_tag("a", words, href=f"{file}#{anchor}-asked")
            article.append(new_tag("p", back, id=anchor, **{"class": "summary"}))
            article.extend(fold.extract().contents)
    return new_tag("section", article, **{"class": "chapter"})


def write_mathml(part: Tag) -> None:
    """Put MathML in the place of all formulas, with their TeX as the words for those who need them."""
    for katex in part.select(".katex"):
        math = katex.select_one("math").extract()
        math["alttext"] = math.annotation.extract().get_text()
        math.semantics.unwrap()
        (katex.find_parent(class_="katex-display") or katex).replace_with(math)


def take_no_answers(part: Tag) -> None:
    """Take out what is said of guesses and answers that nobody can give to a book."""
    for place in part.select("[data-guess]"):
        place.find_parent(class_="cell").decompose()
    for place in part.select("[data-guessed]"):
        place.string = f"The answer is {place['data-answer']}."
    for verdict in part.find_all("strong", string="not attempted"):
        verdict.find_parent("p").decompose()


def simplified_chapter(part: Tag) -> Tag:
    """Return a chapter without what is for browsers, its formulas as MathML."""
    take_no_answers(part)
    for useless in part.select(FOR_BROWSERS):
        useless.decompose()
    write_mathml(part)
    for element in part.find_all(True):
        if element.find_parent("math") or element.name == "math":
            continue
        for name in set(element.attrs) - KEPT:
            del element[name]
    for table in part.select("table"):  # its caption and its groups must come in HTML's order
        for cell in table.select("th, td"):
            cell.attrs.pop("class", None)
    return part


def take_images(chapters: Iterable[Tag]) -> dict[str, bytes]:
    """Return the chapters' images by their new names, at which the chapters now look."""
    images = {}
    for part in chapters:
        for image in part.select("img[src]"):
            source = HTML / image["src"]
            name = f"images/{source.name}"
            images[name] = source.read_bytes()
            image["src"] = name
    return images


def chapter_file(title: str, body: Tag | str) -> str:
    """Return a chapter's file."""
    names = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
    head = f'<title>{title}</title><link rel="stylesheet" type="text/css" href="ebook.css"/>'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html {names} lang="en-GB" xml:lang="en-GB"><head>{head}</head><body>{body}</body></html>\n'
    )


def table_of_contents(chapters: dict[str, Tag]) -> Tag:
    """Return the table of contents: chapters and their sections."""
    rows = []
    for file, part in chapters.items():
        inner = [
            new_tag("li", new_tag("a", heading_text(h2), href=f"{file}#{h2['id']}"))
            for h2 in part.select("h2[id]")
        ]
        row = new_tag("li", new_tag("a", heading_text(part.h1), href=file))
        if inner:
            row.append(new_tag("ol", *inner))
        rows.append(row)
    return new_tag("nav", new_tag("h1", "Contents"), new_tag("ol", *rows), **{"epub:type": "toc"})


PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en-GB">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{number}</dc:identifier>
<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>en-GB</dc:language>
<dc:rights>CC BY 4.0; code MIT</dc:rights>
<meta property="dcterms:modified">{now}</meta>
</metadata>
<manifest>
{items}
</manifest>
<spine>
{order}
</spine>
</package>
"""


def package_document(files: dict[str, bytes], spine: list[str]) -> str:
    """Return the OPF: what the book is, what it holds, and in which order it is read."""
    ids = {name: f"item{number}" for number, name in enumerate(files)}
    items = []
    for name, content in files.items():
        suffix = Path(name).suffix
        kind = "application/xhtml+xml" if suffix == ".xhtml" else mimetypes.types_map[suffix]
        properties = {"contents.xhtml": "nav", "images/cover.png": "cover-image"}.get(name, "")
        if suffix == ".xhtml" and b"<math" in content:
            properties = f"{properties} mathml".strip()
        told = f' properties="{properties}"' if properties else ""
        items.append(f'<item id="{ids[name]}" href="{quote(name)}" media-type="{kind}"{told}/>')
    return PACKAGE.format(
        number=uuid.uuid5(uuid.NAMESPACE_URL, TITLE),
        title=TITLE,
        author=AUTHOR,
        now=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        items="\n".join(items),
        order="\n".join(f'<itemref idref="{ids[name]}"/>' for name in spine),
    )


CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""


def make_epub() -> None:
    """Make the e-book from the built pages, and put it beside them."""
    pages = pages_in_order()
    parts = {page: chapter_of(page, soup, pages) for page, soup in pages.items()}
    notes = notes_of(parts)
    chapters = {file_name_of(page): simplified_chapter(part) for page, part in parts.items()}
    chapters[NOTES] = simplified_chapter(notes)
    files = take_images(chapters.values())
    files["images/cover.png"] = (SITE / "cover.png").read_bytes()
    files["ebook.css"] = STYLE.read_bytes()
    image = '<img class="cover" src="images/cover.png" alt="{}, and find out how it can fool you"/>'
    cover = f'<section epub:type="cover">{image.format(TITLE)}</section>'
    texts = {"cover.xhtml": chapter_file(TITLE, cover)}
    texts["contents.xhtml"] = chapter_file("Contents", table_of_contents(chapters))
    texts |= {file: chapter_file(heading_text(part.h1), part) for file, part in chapters.items()}
    files |= {file: text.encode() for file, text in texts.items()}
    with zipfile.ZipFile(EPUB, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        target.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        target.writestr("META-INF/container.xml", CONTAINER)
        target.writestr("book/package.opf", package_document(files, list(texts)))
        for name, content in files.items():
            target.writestr(f"book/{name}", content)
