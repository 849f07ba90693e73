"""What a teacher shows in the room: for each lesson a file of slides, made from its page.

Under its headings stand the lesson's figures and formulas, the stubs of its exercises, and the closing
questions without their answers. A file holds all that it shows, so it opens from any disk.
"""

import base64
import copy
from pathlib import Path

import book
import ebook
from bs4 import BeautifulSoup, Tag

from course.lessons import all_lessons

SLIDES = book.HTML / "slides"

#: What of a page is shown under its heading.
SHOWN = "div.math, .cell_output img, .cell_input pre, #questions-to-ask-yourself ol"

STYLE = """
:root { color-scheme: light; font: clamp(1rem, 2.2vw, 2rem)/1.4 Georgia, serif; }
html { scroll-snap-type: y mandatory; }
body { margin: 0; color: #1a1a1a; background: white; }
section { box-sizing: border-box; min-height: 100vh; padding: 4vh 5vw; scroll-snap-align: start;
  display: flex; flex-direction: column; gap: 3vh; break-after: page; }
h1, h2 { margin: 0; line-height: 1.2; color: #0b5c96; }
h2 { font-size: 1.3em; }
img { width: 100%; height: 74vh; object-fit: contain; object-position: left top; }
h1 + ol { margin: 0; padding: 0; columns: 2; column-gap: 5vw; list-style-position: inside; }
math { font-size: 1.2em; }
.eqno { float: right; }
pre { margin: 0; white-space: pre-wrap; font: 0.8em/1.4 monospace; }
@page { size: A4 landscape; margin: 0; }
"""

#: The keys that lead on and back, also those of a clicker.
KEYS = """
const slides = [...document.querySelectorAll("section")];
const steps = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1};
addEventListener("keydown", event => {
  if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const shown = slides.findIndex(each => each.getBoundingClientRect().bottom > innerHeight / 2);
  slides[shown + steps[event.key]]?.scrollIntoView();
});
"""


def slides(page: Path) -> list[Tag]:
    """Return the slides of a lesson's page: its contents, and what is shown under each heading."""
    article = BeautifulSoup(page.read_text("utf-8"), "html.parser").article
    for useless in article.select("details, .headerlink"):
        useless.decompose()
    for link in article.select("a"):  # to what is not in the file
        link.unwrap()
    ebook.write_mathml(article)
    heading = article.h1
    contents = book.tag("ol", *(renamed(section, "li") for section in article.select("h2")))
    made = [book.tag("section", renamed(heading, "h1"), contents)]
    slide = None
    for part in article.select(f"{SHOWN}, h2, h3"):
        if part.name in ("h2", "h3"):
            heading = part
            slide = None
        elif part.name != "pre" or "def my_" in part.get_text():
            if slide is None or part.name == "img" or slide.img:  # a figure fills a slide
                slide = book.tag("section", renamed(heading, "h2"))
                made.append(slide)
            if part.name == "img":
                png = (page.parent / part["src"]).read_bytes()
                part["src"] = f"data:image/png;base64,{base64.b64encode(png).decode()}"
            slide.append(part.extract())
    return made


def renamed(heading: Tag, name: str) -> Tag:
    """Return a copy of a heading as an element of another name."""
    made = copy.copy(heading)
    made.name = name
    return made


def make() -> Path:
    """Make the files, and return their folder."""
    SLIDES.mkdir(exist_ok=True)
    for lesson in all_lessons():
        shown = slides(book.HTML / "notebooks" / f"{lesson.name}.html")
        head = f'<meta charset="utf-8"><title>{lesson.header.title}</title><style>{STYLE}</style>'
        body = "\n".join(map(str, shown))
        text = f'<!doctype html><html lang="en-GB"><head>{head}</head><body><main>\n{body}\n</main>'
        text += f"<script>{KEYS}</script></body></html>\n"
        (SLIDES / f"{lesson.name}.html").write_text(text, encoding="utf-8")
    return SLIDES
