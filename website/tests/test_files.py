"""Tests of the built files themselves, read without a browser."""

import base64
import io
import json
import re
import tomllib
from itertools import pairwise
from urllib.parse import unquote, urldefrag, urlsplit

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageChops, ImageStat

from course.pictures import PICTURES
from website import HTML, ROOT
from website.build import ONLY_FOLDED

NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture(scope="module")
def soups(pages):
    """Return every page, parsed."""
    return {page: BeautifulSoup((HTML / page).read_text("utf-8"), "html.parser") for page in pages}


def notebook(page):
    """Return the notebook that a lesson's page was made from."""
    name = page.removesuffix(".html").removeprefix("notebooks/")
    return json.loads((NOTEBOOKS / f"{name}.ipynb").read_text("utf-8"))


def sources(page, kind):
    return ["".join(c["source"]) for c in notebook(page)["cells"] if c["cell_type"] == kind]


def test_there_is_a_page_for_every_lesson_and_each_is_listed_at_home(lessons, soups):
    names = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    assert lessons == [f"notebooks/{name}.html" for name in names]
    listed = [link["href"] for link in soups["index.html"].select(".lesson > .title a")]
    assert listed == lessons
    home = soups["index.html"]
    assert home.select("a[href$='licences.txt']")
    assert len(home.select(".lesson .able li")) >= 2 * len(lessons)
    # A line may end after the comma alone.
    whole = r"\d+\xa0min\xa0to\xa0read(, [^ ]+)?"
    for minutes in home.select(".lesson .minutes"):
        assert re.fullmatch(whole, minutes.get_text().strip())


def test_the_home_page_asks_about_the_2_of_lesson_06(soups):
    """The home page computes from stored scores what the lesson's figure was drawn from."""
    home = soups["index.html"]
    [cell] = [
        cell
        for page in soups
        if "06_" in page
        for cell in notebook(page)["cells"]
        if "readme" in cell["metadata"].get("tags", [])
    ]
    words = cell["metadata"]["mystnb"]["image"]["alt"]
    told = re.findall(r"(?:answered )?as a (\d)", words)
    said = [answer.get_text().split()[0] for answer in home.select(".flip .in-company strong")]
    assert said == told
    assert len({*said}) == 4
    assert len(home.select(".flip input[type=radio]")) == len(said)
    assert home.select_one("a.start")["href"] == "notebooks/00_first_look.html"


def test_each_page_says_what_it_is_where_it_is_shared(soups):
    for page, soup in soups.items():
        if not page.startswith("_modules"):
            [described] = soup.select("meta[name=description]")
            assert 60 < len(described["content"]) <= 200, page
        assert len(soup.select("meta[name=viewport]")) == 1, page


def test_no_link_anchor_or_picture_is_broken(soups):
    anchors = {page: {tag["id"] for tag in soup.select("[id]")} for page, soup in soups.items()}
    broken = []
    for page, soup in soups.items():
        for tag in soup.select("[href], [src]"):
            target = tag.get("href") or tag.get("src")
            address, anchor = urldefrag(target)
            if urlsplit(target).scheme or target == "#":
                continue  # another site, or a picture within the address itself
            path = (
                (HTML / page).parent / unquote(urlsplit(address).path) if address else HTML / page
            )
            name = path.resolve().relative_to(HTML).as_posix()
            # Of the listings of code one alone was read.
            is_lost = name in anchors and unquote(anchor) not in {"", *anchors[name]}
            if not path.is_file() or is_lost:
                broken.append((page, target))
    assert broken == []


def test_each_formula_of_a_lesson_is_on_its_page(lessons, soups):
    differing = {}
    for page in lessons:
        text = "\n\n".join(sources(page, "markdown"))
        text = re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.M | re.S)
        display = re.findall(r"\$\$.+?\$\$", text, flags=re.S)
        inline = re.findall(r"\$[^$]+\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.S))
        article = soups[page].article
        shown = len(article.select("div.math .katex")), len(article.select("span.math .katex"))
        if shown != (len(display), len(inline)):
            differing[page] = (shown, (len(display), len(inline)))
        # No line ends between a formula and what is written against it, such as a comma.
        for formula in article.select("span.math"):
            assert "nobreak" in formula.parent["class"], page
            assert re.match(r"\s|$", formula.parent.next_sibling or ""), (page, formula.parent)
    assert differing == {}


def test_every_picture_is_described(soups):
    vague = [
        (page, picture.get("src"))
        for page, soup in soups.items()
        for picture in soup.select("img")
        if len(picture.get("alt", "")) < 20 or picture["alt"].endswith(".png")
    ]
    assert vague == []
    images = {page: soup.select("img:not([width][height])") for page, soup in soups.items()}
    assert {page for page, unsized in images.items() if unsized} == set()  # or the page would jump


def test_headings_leave_no_level_out_and_code_is_told_from_what_it_prints(lessons, soups):
    for page in lessons:
        article = soups[page].article
        levels = [int(heading.name[1]) for heading in article.select("h1, h2, h3, h4")]
        assert (levels[0], levels.count(1)) == (1, 1), page
        assert all(below <= above + 1 for above, below in pairwise(levels)), page
        for part, name in (("input", "Code"), ("output", "Output")):
            cells = article.select(f".cell_{part}:has(pre):not(:has(details))")
            assert len(cells) > 2, page
            assert {cell.get("aria-label") for cell in cells} == {name}, page


def test_the_stored_pictures_are_shown_and_each_is_light(lessons, soups):
    for page in lessons:
        outputs = [out for cell in notebook(page)["cells"] for out in cell.get("outputs", [])]
        pngs = [out["data"]["image/png"] for out in outputs if "image/png" in out.get("data", {})]
        stored = [Image.open(io.BytesIO(base64.b64decode(png))) for png in pngs]
        paths = [(HTML / page).parent / i["src"] for i in soups[page].select(".cell_output img")]
        shown = [Image.open(path) for path in paths]
        assert [image.size for image in shown] == [image.size for image in stored]
        assert [path for path in paths if path.stat().st_size > 120_000] == []
        for ours, theirs in zip(
            shown[-1:], stored[-1:], strict=True
        ):  # by 255ths of white, in the mean
            off = ImageChops.difference(ours.convert("RGB"), theirs.convert("RGB"))
            assert np.mean(ImageStat.Stat(off).mean) < 0.25, page


def test_each_code_cell_is_on_its_page(lessons, soups):
    for page in lessons:
        shown = [tag.get_text().strip() for tag in soups[page].select(".cell_input pre")]
        written = [source.strip() for source in sources(page, "code") if source.strip()]
        # What only folds hints and a solution is shown as its folds.
        assert shown == [source for source in written if not ONLY_FOLDED.fullmatch(source)]


def test_code_that_only_draws_is_folded_and_its_picture_is_not(lessons, soups):
    cells = [cell for page in lessons for cell in soups[page].select(".cell.tag_hide-input")]
    assert cells
    for cell in cells:
        said = cell.select_one("details.code:not([open]) > summary").get_text()
        assert re.fullmatch(r"The code (of \w.*|that \w.*|for “.+”)", said), said
        assert cell.select("details .cell_input pre, .cell_input details pre")
        assert not cell.select("details img")
    # Where two follow each other and the first shows nothing, they are one.
    assert max(len(cell.select(".cell_input pre")) for cell in cells) == 2
    silent = [cell for cell in cells if not cell.select_one(".cell_output")]
    following = [cell.find_next_sibling() for cell in silent]
    assert not [tag for tag in following if tag and "tag_hide-input" in tag.get("class", [])]


def test_a_lesson_is_downloaded_as_it_is(lessons, soups):
    for page in lessons:
        links = soups[page].select(".lesson-tools a[download]")
        for link, suffix in zip(links, (".ipynb", ".py"), strict=True):
            own = ROOT / page.replace(".html", suffix)
            assert link["href"] == own.name
            assert (HTML / page).with_name(own.name).read_bytes() == own.read_bytes()


def test_a_picture_to_touch_stands_where_a_cell_has_left_a_still_one(lessons, soups):
    for page in lessons:
        code = re.sub(r"^#.*", "", "\n".join(sources(page, "code")), flags=re.M)
        called = [name for name in re.findall(r"\bpictures\.(\w+)\(", code) if name in PICTURES]
        shown = soups[page].select(".cell_output .touchable")
        assert [place["data-name"] for place in shown] == called, page


def test_each_term_is_linked_once_a_lesson_and_each_entry_is_linked_to(lessons, soups):
    linked = set()
    for page in lessons:
        terms = [link["href"] for link in soups[page].article.select("a.term")]
        assert len(terms) == len({*terms}) > 5, page
        linked |= {address.partition("#")[2] for address in terms}
        assert not soups[page].select(
            "a.term :is(pre, code), :is(pre, code, h1, h2, summary) a.term"
        )
    entries = {tag["id"] for tag in soups["glossary.html"].select("dl.glossary dt")}
    assert linked == entries


def test_the_library_page_documents_every_public_name_and_links_to_its_source(soups):
    page = soups["library.html"]
    missing = []
    for path in (ROOT / "mnistlib").glob("[a-z]*.py"):
        for name in re.findall(r"^(?:def|class) ([a-zA-Z]\w*)", path.read_text("utf-8"), re.M):
            entry = page.find(id=f"mnistlib.{path.stem}.{name}")
            if not (entry and entry.select_one("a[href*='_modules/mnistlib/'] .viewcode-link")):
                missing.append(f"{path.stem}.{name}")
    assert missing == []
    assert page.find(id="course.exercises.check")
    assert page.select(".katex")
    assert "Alias for field" not in page.get_text()
    assert max(len(entry.get_text()) for entry in page.select("dt.sig")) < 400


def test_binder_has_a_python_that_the_course_runs_on():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "requires-python"
    ]
    [version] = re.findall(r"^python-3\.(\d+)$", (ROOT / "runtime.txt").read_text("utf-8"), re.M)
    assert int(version) >= int(wanted.removeprefix(">=3."))


def test_no_page_tells_where_it_was_built(pages):
    texts = {page: (HTML / page).read_text("utf-8") for page in pages}
    assert [page for page, text in texts.items() if str(ROOT) in text or "file://" in text] == []
