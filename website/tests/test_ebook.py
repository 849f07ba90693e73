"""The e-book: accepted by epubcheck, whole, light, and its notes linked both ways."""

import shutil
import subprocess
import zipfile
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

from course.lessons import all_lessons
from website import HTML, ebook


@pytest.fixture(scope="module")
def chapters(built):
    """Return the chapters by their files, parsed."""
    with zipfile.ZipFile(ebook.EPUB) as files:
        return {
            name.removeprefix("book/"): BeautifulSoup(files.read(name).decode(), "html.parser")
            for name in files.namelist()
            if name.endswith(".xhtml")
        }


def test_epubcheck_finds_no_error_and_no_warning(built):
    # Debian's package is a Java archive that a kernel without binfmt does not start by itself.
    # What runs once is not worth compiling well.
    java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = [*java, "-jar", shutil.which("epubcheck"), "--failonwarnings", ebook.EPUB]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ebook.EPUB.stat().st_size < 8_000_000


def test_each_lesson_is_a_chapter_with_all_its_sections_figures_and_formulas(chapters):
    formulas = len(chapters["notes.xhtml"].select("math"))
    for lesson in all_lessons():
        chapter = chapters[f"{lesson.name}.xhtml"]
        page = (HTML / "notebooks" / f"{lesson.name}.html").read_text("utf-8")
        assert len(chapter.select("h2")) == page.count("<h2>") > 4
        assert len(chapter.select("img")) >= len(lesson.figures())
        assert chapter.select(".katex, script, details, button") == []
        # Nobody can give a guess or an answer to a book, so nothing is said of them.
        assert not any(words in chapter.get_text() for words in ("not attempted", "You made no"))
        # Of a page's formulas the book has some in its notes.
        formulas += len(chapter.select("math")) - page.count('class="katex"')
    assert formulas == 0


def test_formulas_are_mathml_and_stand_once(chapters):
    for name, chapter in chapters.items():
        for math in chapter.select("math"):
            assert math["alttext"], name
            assert math.annotation is None


def test_notes_lead_there_and_back(chapters):
    places = {
        (file, tag["id"]): tag for file, soup in chapters.items() for tag in soup.select("p[id]")
    }
    asked = [(file, link) for file, soup in chapters.items() for link in soup.select(".folded a")]
    told = chapters["notes.xhtml"].select(".summary a")
    assert len(asked) == len(told) > 200
    for (file, there), back in zip(asked, told, strict=True):
        assert back.parent is places[urldefrag(there["href"])]
        assert there.parent is places[urldefrag(back["href"])]
        assert back["href"].startswith(file)
