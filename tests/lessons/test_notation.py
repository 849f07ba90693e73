"""One notation and one list of sources for all lessons: their pages, and the lessons that use them."""

import re

import pytest

from course.lessons import ROOT, all_lessons
from course.lessons.markdown import markdown_parser, plain

from . import report

PAGES = ROOT / "website" / "pages"
COLUMNS = ["maths", "Python", "shape", "meaning"]
WITH_TABLES = [
    lesson
    for lesson in all_lessons()
    if "| maths | Python |" in lesson.source_path.read_text(encoding="utf-8")
]


def tables(markdown):
    """Yield the rows of each table of symbols, its head left out, each as a list of plain texts."""
    rows = []
    for token in markdown_parser().parse(markdown):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level > 2:
            rows[-1].append(plain(token.content).strip())
        elif token.type == "table_close" and rows[0][:4] == COLUMNS:
            yield rows[1:]


def symbols(markdown):
    """Return {symbol: (Python, shape, meaning)}, the symbol without the formula that defines it.

    What a meaning adds after a semicolon, and the other names after a comma's "short", are left out.
    """
    found = {}
    for row in (row for table in tables(markdown) for row in table):
        maths, python, shape, meaning = row[:4]
        symbol = re.sub(r"\s*=[^$]*", "", maths).split(", short")[0]
        assert symbol not in found, f"{symbol} stands in two rows"
        found[symbol] = (python, shape, meaning.split(";")[0])
    return found


NOTATION = symbols((PAGES / "notation.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lesson", WITH_TABLES, ids=lambda lesson: lesson.name)
def test_a_lessons_symbols_are_those_of_the_notation_page(lesson):
    ours = symbols(lesson.markdown)
    assert ours
    unlike = {symbol: (said, NOTATION.get(symbol)) for symbol, said in ours.items()}
    report(
        [
            f"{symbol}: the lesson has {said}, website/pages/notation.md {known}"
            for symbol, (said, known) in unlike.items()
            if said != known
        ],
        f"write the same into notebooks/{lesson.source_path.name} and website/pages/notation.md",
    )


CITATION = r"\[([^\]]*?\b(?:1[89]|20)\d\d)\b[^\]]*\]\(([^)\s]+)\)"


def entries(text):
    """Return {authors and year: text} of the bibliography."""
    return dict(re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", text, re.M))


BIBLIOGRAPHY = entries((PAGES / "bibliography.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_what_a_lesson_cites_is_in_the_bibliography(lesson):
    cited = [(" ".join(name.split()), url) for name, url in re.findall(CITATION, lesson.markdown)]
    lost = []
    for name, url in cited:
        [*authors, year] = re.findall(r"[\w-]+", name)
        entry = [
            e for known, e in BIBLIOGRAPHY.items() if known.startswith(authors[0]) and year in known
        ]
        if not any(re.sub(r"[^/]*\.html$", "", url) in e for e in entry):
            lost.append(f"- **{name}.** [Title]({url}). What it is for. Lesson {lesson.number}.")
    report(["website/pages/bibliography.md: write"] if lost else [], "\n".join(lost))


def test_sources_stand_in_order_and_name_lessons_that_cite_them():
    """Or one whose formula the library takes from there."""
    text = (PAGES / "bibliography.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        names = list(entries(section))
        assert names == sorted(names, key=str.casefold)
    prose = {lesson.number: lesson.markdown for lesson in all_lessons()}
    library = "".join(path.read_text("utf-8") for path in (ROOT / "mnistlib").glob("*.py"))
    problems = []
    for name, entry in entries(text.partition("\n## Sources\n")[2]).items():
        ending = re.search(r"[Ll]essons? ([\d, and to]*\d\d)", entry)
        author = re.match(r"[\w-]+", name)[0]
        links = re.findall(r"\]\((\S+?)\)", entry)
        problems += [] if ending else [f"{name}: end it in Lesson NN."]
        problems += [
            f"{name}: lesson {number} does not cite it"
            for number in re.findall(r"\d\d", ending[1] if ending else "")
            if not re.search(rf"\b{author}\b", prose[number])
            and not any(link in prose[number] for link in links)
            and author not in library
        ]
    report(problems, "in website/pages/bibliography.md")
