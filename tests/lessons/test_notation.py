"""One notation and one list of sources for all lessons: their pages, and the lessons that use them."""

import re
from collections import Counter

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


def test_the_page_is_read_as_it_is_meant():
    assert NOTATION["$n$"] == ("n", "", "examples in the batch")
    assert NOTATION["$W_1, b_1$"][:2] == ("W1, b1", "(784, 128), (128,)")
    assert len(NOTATION) > 20


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


def glossary_problems(text):
    """Return what is wrong with the form and the order of the glossary, each with its line."""
    lines = text.splitlines()
    begin = lines.index("```{glossary}") + 1
    end = lines.index("```", begin)
    terms = {number: line for number, line in enumerate(lines[begin:end], begin + 1)
             if line and not line.startswith(" ")}  # fmt: skip
    problems = []
    last = ""
    for number, term in terms.items():
        if term.casefold() < last.casefold():
            problems.append(f"{number}: {term!r} comes before {last!r} in the alphabet: move it up")
        last = max(last, term, key=str.casefold)
        if number < len(lines) and not re.match(r"  \S", lines[number]):
            problems.append(f"{number + 1}: write what {term!r} means, indented by two spaces")
        if lines[number - 2] and number > begin + 1:
            problems.append(f"{number}: leave an empty line above {term!r}")
    for number, line in enumerate(lines, 1):
        for target in re.findall(r"\{term\}`([^`]+)`", line):
            name = re.sub(r".*<(.+)>", r"\1", target)
            if name.casefold() not in map(str.casefold, terms.values()):
                problems.append(
                    f"{number}: no term is called {name!r}: define it, or drop {{term}}"
                )
    return [f"website/pages/glossary.md:{problem}" for problem in problems]


def test_the_glossary_is_in_form_and_in_order():
    report(glossary_problems((PAGES / "glossary.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("b\n  B.\n\na\n  A.", "glossary.md:5: 'a' comes before 'b'"),
        ("a\nA.", "glossary.md:3: write what"),
        ("a\n  A.\nb\n  B.", "glossary.md:4: leave an empty line above 'b'"),
        ("a\n  See {term}`c`.", "glossary.md:3: no term is called 'c'"),
    ],
)
def test_what_is_wrong_with_a_glossary_is_told(body, words):
    assert any(words in problem for problem in glossary_problems(f"```{{glossary}}\n{body}\n```"))


CITATION = r"\[([^\]]*?\b(?:1[89]|20)\d\d)\b[^\]]*\]\(([^)\s]+)\)"


def entries(text):
    """Return {authors and year: text} of the bibliography."""
    return dict(re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", text, re.M))


def named_lessons(entry):
    """Return the numbers of the lessons in which an entry ends."""
    ending = re.search(r"Lessons? ([\d, ]+)\.$", entry)
    return re.findall(r"\d\d", ending[1]) if ending else []


BIBLIOGRAPHY = entries((PAGES / "bibliography.md").read_text(encoding="utf-8"))


def test_sources_stand_in_order_and_say_where_they_are_used():
    text = (PAGES / "bibliography.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        names = list(entries(section))
        assert names == sorted(names, key=str.casefold), (
            "website/pages/bibliography.md: by first author"
        )
    assert len(BIBLIOGRAPHY) == text.count("\n- ")
    lost = [
        name for name, entry in BIBLIOGRAPHY.items() if not re.search(r"[Ll]essons? \d\d", entry)
    ]
    report([f"website/pages/bibliography.md, {name}: end it in Lesson NN." for name in lost])
    there = {lesson.number for lesson in all_lessons()}
    odd = [name for name, entry in BIBLIOGRAPHY.items() if not {*named_lessons(entry)} <= there]
    report(
        [
            f"website/pages/bibliography.md, {name}: it names a lesson that is not there"
            for name in odd
        ]
    )


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


SOURCES = entries((PAGES / "bibliography.md").read_text("utf-8").split("\n## Sources\n")[1])
LIBRARY = "".join(path.read_text("utf-8") for path in (ROOT / "mnistlib").glob("*.py"))


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_a_source_names_the_lessons_that_cite_it(lesson):
    """It may also name one whose formula the library takes from there."""
    wrong = []
    called = Counter((re.match(r"[\w-]+", name)[0], name[-4:]) for name in SOURCES)
    for name, entry in SOURCES.items():
        named = named_lessons(entry)
        author, year = re.match(r"[\w-]+", name)[0], name[-4:]
        by_name = re.compile(rf"{author}\b[^.\n]{{0,40}}\b{year}")
        by_link = re.findall(r"\]\((\S+?)\)", entry)
        is_cited = any(link in lesson.markdown for link in by_link) or (
            called[author, year] == 1 and by_name.search(lesson.markdown)  # else: which one?
        )
        place = f"website/pages/bibliography.md, {name}"
        if is_cited and lesson.number not in named:
            numbers = sorted([*named, lesson.number])
            lessons = f"Lesson{'s' * (len(numbers) > 1)} {', '.join(numbers)}."
            wrong.append(f"{place}: end it in {lessons}")
        if lesson.number in named and not is_cited and author not in LIBRARY:
            wrong.append(f"{place}: lesson {lesson.number} does not cite it; do not name it")
    report(wrong)
