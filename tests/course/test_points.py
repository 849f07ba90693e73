"""What becomes of the table: points for a learning platform, a page for each student, the last lines."""

import csv
import html
import zipfile

import pytest

from course.classroom import pages, points, table
from course.classroom.extract import Version
from course.classroom.submissions import Submission


def some_rows(students=("ada", "=bob")):
    return [
        table.Row(
            student=student,
            lesson=lesson,
            exercise=name,
            kind=kind,
            reply="With z: wanted 1",
            likely_reason="the <b> axis",
            note="",
            nearly_right="",
            digest="d",
        )
        for student in students
        for lesson, name, kind in [("01", "one_hot", "right"), ("02", "softmax", "wrong value")]
    ]


def moodles_import(path, known):
    """Read grades as Moodle's import describes it: by column, and nothing if one student is unknown."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert {row[0] for row in rows} <= known
    grades = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    assert all(not g or 0 <= float(g) <= 100 for row in grades.values() for g in row.values())
    return grades


def handed_in(*students):
    return [Submission(name, name, f"{name}_", {}, "") for name in students]


def write(path, rows, nearly=0.5):
    worth = points.worth_of(dict.fromkeys(row.exercise for row in rows))
    return points.write_points(path, rows, handed_in("ada", "=bob", "essay"), worth, nearly)


def test_moodles_import_reads_the_points(tmp_path):
    rows = some_rows()
    rows += [row._replace(student="essay", kind="not marked") for row in rows[:2]]
    rows[0] = rows[0]._replace(kind="not marked")
    assert write(tmp_path / "g.csv", rows) == ["essay"]
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found == {
        "ada": {"one_hot": "", "softmax": "0"},
        "=bob": {"one_hot": "2", "softmax": "0"},
    }


def test_a_page_speaks_of_its_student_alone_and_what_others_wrote_is_no_html(tmp_path):
    pages.write_student_pages(tmp_path / "pages.zip", some_rows(), handed_in("=bob", "ada"))
    with zipfile.ZipFile(tmp_path / "pages.zip") as made:
        assert made.namelist() == ["=bob_marks.html", "ada_marks.html"]
        text = made.read("ada_marks.html").decode()
    assert "ada" in text
    assert "bob" not in text
    assert "Right: 1 of 2 exercises" in text
    assert "the &lt;b&gt; axis" in text
    told = pages.exercise_line(some_rows()[1]._replace(by_hand="1.5: <i>told me"))
    assert "1.5 points, marked by your teacher: &lt;i&gt;told me" in told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "right"),
        ({"note": "Read it: it uses sys"}, "with your teacher"),
        ({"kind": "not marked", "reply": "SECRET"}, "with your teacher"),
        (
            {"kind": "raises", "reply": "ValueError: SECRET"},
            "raises: your notebook shows the error. A likely reason: the &lt;b&gt; axis",
        ),
        (
            {"kind": "unstable", "nearly_right": "yes", "likely_reason": ""},
            "unstable, but nearly right: With z: wanted 1.",
        ),
    ],
)
def test_a_page_says_neither_what_a_teacher_reads_nor_the_words_of_an_error(change, words):
    row = some_rows()[0]._replace(**change)
    assert pages.exercise_line(row) == f"<li><code>my_one_hot</code>: {words}</li>"
    told = pages.student_page("ada", [row])
    assert f"Right: {int(not change)} of 1 " in told
    assert "SECRET" not in told


@pytest.mark.parametrize(("share", "earned"), [(0.5, "1"), (0.0, "0")])
def test_what_is_nearly_right_earns_a_share_of_the_points(tmp_path, share, earned):
    rows = [row._replace(kind="unstable", nearly_right="yes") for row in some_rows()]
    write(tmp_path / "g.csv", rows, nearly=share)
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found["ada"] == {"one_hot": earned, "softmax": earned}


def test_a_table_that_a_spreadsheet_has_saved_is_read(tmp_path):
    path = tmp_path / "marks.csv"
    table.write_rows(path, some_rows(["ada", "zoë"]))
    before = table.read_rows(path)
    text = path.read_text(encoding="utf-8-sig").replace('"01"', '"1"').replace('","', '";"')
    path.write_bytes(text.encode("cp1252"))
    assert table.read_rows(path) == before


# --- The page on which a teacher decides

EVIL = "<img src=x onerror=alert(1)>"


def test_a_teacher_reads_by_exercise_what_was_taken_as_text(tmp_path):
    row = some_rows([f'ada"{EVIL}'])[0]._replace(kind="not marked", reply=f"It is {EVIL}")
    row = row._replace(likely_reason=EVIL)
    read_it = row._replace(exercise="split", note=f"Read it: {EVIL}")
    rows = [row, row._replace(exercise="softmax"), read_it]
    versions = [
        Version(source=f"def my_one_hot(): '{EVIL}'", place=f"{EVIL}.py"),
        Version(source=f"def my_one_hot( {EVIL}", why_not_tried="SyntaxError", place="02.ipynb"),
    ]
    answers = {row.student: {"one_hot": versions, "split": versions[:1]}}
    worth = dict.fromkeys(["one_hot", "split", "softmax"], 2.0)
    page = pages.decisions_page(rows, answers, worth)
    assert "<img" not in page
    text = html.unescape(page)
    order = [
        "Ask for these again",
        "(my_softmax)",
        "my_one_hot</code>",
        "which counts",
    ]
    order += [
        "def my_one_hot(): ",
        "02.ipynb</p>",
        "def my_one_hot( ",
        "my_split</code>",
        "Read it: ",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert text.count("which counts") == 1
    path = tmp_path / "by-hand.csv"
    path.write_text(pages.lines_to_fill_in(rows).replace("split,,", 'split,1.5,"said, aloud"'))
    found = points.read_by_hand(path, {row.student}, worth)
    assert found == {(row.student, "split"): "1.5: said, aloud"}
    assert pages.lines_to_fill_in(rows) in text
