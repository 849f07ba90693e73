"""Tests of the built files themselves, read without a browser."""

import base64
import importlib.metadata
import io
import json
import re
import tomllib
from urllib.parse import unquote, urldefrag, urlsplit

import jinja2
import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image, ImageChops, ImageStat

from course.pictures import PICTURES
from website import HTML, ROOT, SITE
from website.build import ONLY_FOLDED

pytestmark = pytest.mark.takes(seconds=20)

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


#: Elements and classes of elements.
NO_PROSE = {"pre", "code", "h1", "h2", "h3", "h4", "summary", "script", "cell_output", "katex"}


def prose(tag):
    """Yield the texts of an element without code, formulas, headings, and the names of folds."""
    for child in tag.children:
        if not isinstance(child, Tag):
            yield child
        elif child.name not in NO_PROSE and not NO_PROSE & {*child.get("class", [])}:
            yield from prose(child)


def test_there_is_a_page_for_every_lesson_and_each_is_listed_at_home(lessons, soups):
    names = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    assert lessons == [f"notebooks/{name}.html" for name in names]
    listed = [link["href"] for link in soups["index.html"].select(".lesson > .title a")]
    assert listed == lessons
    home = soups["index.html"]
    assert len(home.select(".lesson .able li")) >= 2 * len(lessons)
    assert all("min to read" in each.get_text() for each in home.select(".lesson .minutes"))


def size_of(png):
    return Image.open(io.BytesIO(png)).size


def off_by(png, stored):
    """Return by how much a picture differs from what is stored, in the mean, in 255ths of white."""
    both = (Image.open(io.BytesIO(each)).convert("RGB") for each in (png, stored))
    return np.mean(ImageStat.Stat(ImageChops.difference(*both)).mean)


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
    assert said == told == ["0", "2", "3", "6", "0"]
    assert len(home.select(".flip input[type=radio]")) == len(said)
    assert home.select_one("a.start")["href"] == "notebooks/00_first_look.html"


def test_each_page_says_what_it_is_where_it_is_shared(soups):
    for page, soup in soups.items():
        if not page.startswith("_modules"):
            [described] = soup.select("meta[name=description]")
            assert 60 < len(described["content"]) <= 200, page
        assert len(soup.select("meta[name=viewport]")) == 1, page


def test_the_licences_of_all_that_the_pages_carry_travel_with_them(soups):
    [link] = soups["index.html"].select("a[href$='licences.txt']")
    text = (HTML / link["href"]).read_text("utf-8")
    brought = set(re.findall(r"^=+ (.+)$", text, re.M))
    assert {"LICENSE", "LICENSE-TEXT.md", "data/README.md"} < brought
    assert "Khan Academy" in text
    ours = {"made by the build": {"pygments.css", "katex.min.css", "texts.js"}}
    for name in brought & {each.name.lower() for each in importlib.metadata.distributions()}:
        files = importlib.metadata.files(name)
        # A template loses its ending when Sphinx fills it in.
        ours[name] = {re.sub(r"(\.jinja|_t|\.jinja2)$", "", file.name) for file in files}
    for name in brought & {"katex", "@fontsource/source-serif-4"}:
        ours[name] = {path.name for path in (SITE / "node_modules" / name).rglob("*")}
    ours["the course"] = {path.name for path in SITE.glob("static/*")} | {"company.png"}
    strangers = [
        path.relative_to(HTML).as_posix()
        for path in (HTML / "_static").rglob("*.*")
        # The pictures are ours, and what runs exercises in a page has a notice of its own.
        if path.parent.name not in ("explore", "in_page") and not path.name.startswith("mystnb.")
        if not any(path.name in names for names in ours.values())
    ]
    assert not strangers, f"whose are {strangers}? Name the package in CARRIED, website/build.py"


def targets(soup):
    """Return what a page points to: links, pictures, scripts, style sheets."""
    return [t.get("href") or t.get("src") for t in soup.select("[href], [src]")]


def test_no_link_anchor_or_picture_is_broken(soups):
    anchors = {page: {tag["id"] for tag in soup.select("[id]")} for page, soup in soups.items()}
    broken = []
    for page, soup in soups.items():
        for target in targets(soup):
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


def test_the_stored_pictures_are_shown_and_each_is_light(lessons, soups):
    for page in lessons:
        outputs = [out for cell in notebook(page)["cells"] for out in cell.get("outputs", [])]
        stored = [out["data"]["image/png"] for out in outputs if "image/png" in out.get("data", {})]
        images = soups[page].select(".cell_output img")
        found = [(HTML / page).parent.joinpath(img["src"]).read_bytes() for img in images]
        pairs = [*zip(found, map(base64.b64decode, stored), strict=True)]
        assert [size_of(ours) for ours, _ in pairs] == [size_of(theirs) for _, theirs in pairs]
        assert not pairs or off_by(*pairs[-1]) < 0.25
        assert [len(png) for png in found if len(png) > 120_000] == []


def test_a_page_knows_how_large_its_pictures_are(soups):
    count = 0
    for page, soup in soups.items():
        for picture in soup.select("img[src$='.png']"):
            size = np.array(Image.open((HTML / page).parent / picture["src"]).size)
            shown_as = np.array([float(picture["width"]), float(picture["height"])])
            # Whole, or half as large: then of an odd number of dots half a one is lost or won.
            assert np.abs(shown_as - size).max() == 0 or np.abs(2 * shown_as - size).max() <= 1, (
                page
            )
            count += 1
    assert count > 30


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
        assert cell.select_one("details.code:not([open]) > summary").get_text() == "The code"
        assert cell.select("details .cell_input pre, .cell_input details pre")
        assert not cell.select("details img")


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


def test_a_lesson_lists_its_sections_and_leads_on(lessons, soups):
    for before, page in zip([None, *lessons], lessons, strict=False):
        headings = [tag.get_text().rstrip("#") for tag in soups[page].article.select("h2")]
        contents = [a.get_text().strip() for a in soups[page].select(".page-toc .toc-h2 > a")]
        assert contents == headings
        assert not any("minutes)" in a.get_text() for a in soups[page].select(".page-toc a"))
        if before:
            assert soups[before].select_one("a.right-next")["href"] == page.split("/")[1]
            assert soups[page].select_one("a.left-prev")["href"] == before.split("/")[1]


def test_each_term_is_linked_where_a_lesson_first_uses_it(lessons, soups):
    entries = [
        tag.get_text().rstrip("#") for tag in soups["glossary.html"].select("dl.glossary dt")
    ]
    assert len(entries) > 20
    words = "|".join(map(re.escape, sorted(entries, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w-])({words})(?:es|s)?(?![\w-])", re.I)
    linked_anywhere = set()
    for page in lessons:
        seen = set()
        for text in prose(soups[page].article):
            for match in pattern.finditer(text):
                term = match[1].lower()
                link = text.find_parent("a", class_="term")
                other_link = link is None and text.find_parent("a")
                if not other_link:
                    assert bool(link) == (term not in seen), (page, term, str(text)[:80])
                    seen.add(term)
        linked_anywhere |= seen
        assert not soups[page].select(
            "pre a.term, code a.term, .katex a.term, h1 a.term, h2 a.term, summary a.term"
        )
    assert {entry.lower() for entry in entries} - linked_anywhere == set()


#: What a lesson imports of the course.
OF_THE_COURSE = ("exercises", "materials.faulty_download", "pencil", "pictures", "studies")


def public_names():
    """Yield place and name of every public function and class that a lesson may import."""
    files = {f"mnistlib.{path.stem}": path for path in (ROOT / "mnistlib").glob("[a-z]*.py")}
    for name in OF_THE_COURSE:
        place = ROOT / "course" / name.replace(".", "/")
        one, many = place.with_suffix(".py"), place / "__init__.py"
        files[f"course.{name}"] = one if one.exists() else many
    for place, path in files.items():
        for name in re.findall(r"^(?:def|class) ([a-zA-Z]\w*)", path.read_text("utf-8"), re.M):
            yield place, name


def test_the_library_page_documents_every_public_name_and_links_to_its_source(soups):
    page = soups["library.html"]
    names = list(public_names())
    assert {("course.exercises", "check"), ("mnistlib.network", "forward")} <= set(names)
    missing = []
    for place, name in names:
        entry = page.find(id=f"{place}.{name}")
        package = place.partition(".")[0]
        if not (entry and entry.select_one(f"a[href*='_modules/{package}/'] .viewcode-link")):
            missing.append(f"{place}.{name}")
    assert missing == []
    assert page.select(".katex")
    assert "Alias for field" not in page.get_text()
    assert max(len(entry.get_text()) for entry in page.select("dt.sig")) < 400


def test_without_a_repository_no_page_links_to_one(soups):
    assert [page for page in soups if "In the repository" in soups[page].get_text()] == []


def test_with_a_repository_each_lesson_links_to_its_place_there():
    template = jinja2.Template((SITE / "templates" / "lesson-tools.html").read_text("utf-8"))
    lesson = {"pagename": "notebooks/00_first_look", "pathto": lambda page, kind: page}
    tools = BeautifulSoup(template.render(lesson, repository="someone/course"), "html.parser")
    links = {link.get_text(): link["href"] for link in tools.select(".lesson-tools a")}
    place = "someone/course/blob/HEAD/notebooks/00_first_look.ipynb"
    assert links["In the repository"] == f"https://github.com/{place}"
    assert links["Colab"] == f"https://colab.research.google.com/github/{place}"
    tree = "/gh/someone/course/HEAD?urlpath=lab/tree/notebooks/00_first_look.ipynb"
    assert links["Binder"] == f"https://mybinder.org/v2{tree}"
    assert links["Codespaces"] == "https://codespaces.new/someone/course"
    assert "https://github.com/someone/course /content/course" in tools.pre.text


def test_what_binder_and_codespaces_need_is_there():
    """Binder takes requirements.txt, and Python from runtime.txt; Codespaces its container."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "requires-python"
    ]
    [version] = re.findall(r"^python-3\.(\d+)$", (ROOT / "runtime.txt").read_text("utf-8"), re.M)
    assert int(version) >= int(wanted.removeprefix(">=3."))
    assert (ROOT / "requirements.txt").read_text("utf-8").rstrip().endswith("-e .")
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert "requirements.txt" in container["postCreateCommand"]


def test_no_page_tells_where_it_was_built(pages):
    private = [str(ROOT), str(SITE), "file://"]
    told = [
        (page, place)
        for page in pages
        for place in private
        if place in (HTML / page).read_text("utf-8")
    ]
    assert told == []
