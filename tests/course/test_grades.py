"""What becomes of the table: points for a learning platform, a page for each student, the last lines."""

import argparse
import csv
import zipfile

import pytest

from course.classroom import grades, table
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
            version="abc",
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
    return [Submission(name, name, name, f"{name}_", [], "d") for name in students]


def write(path, rows, *, points=grades.POINTS, **options):
    worth = grades.worth_of([row.exercise for row in rows], points)
    return grades.write_points(path, rows, handed_in("ada", "=bob", "essay"), worth, **options)


def test_moodles_import_reads_the_points(tmp_path):
    rows = some_rows()
    rows += [row._replace(student="essay", kind="not marked") for row in rows[:2]]
    assert write(tmp_path / "g.csv", rows, by="lesson") == ["essay"]
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found == {each: {"lesson 01": "2", "lesson 02": "0"} for each in ("ada", "=bob")}


def test_a_lesson_has_no_grade_while_one_of_its_exercises_has_none(tmp_path):
    rows = some_rows(["ada"])
    rows = [row._replace(lesson="02") for row in rows] + [rows[0]._replace(exercise="split")]
    rows[0] = rows[0]._replace(kind="not marked")
    write(tmp_path / "g.csv", rows, by="lesson")
    found = moodles_import(tmp_path / "g.csv", known={"ada"})
    assert found["ada"] == {"lesson 02": "", "lesson 01": "2"}


@pytest.mark.parametrize("text", ["easy=1", "core=-1"])
def test_odd_points_are_refused(text):
    with pytest.raises(argparse.ArgumentTypeError, match="the levels are warm-up, core"):
        grades.read_weights(text)


def test_a_page_speaks_of_its_student_alone_and_what_others_wrote_is_no_html(tmp_path):
    grades.write_student_pages(tmp_path / "pages.zip", some_rows(), handed_in("=bob", "ada"))
    with zipfile.ZipFile(tmp_path / "pages.zip") as made:
        assert made.namelist() == ["=bob_marks.html", "ada_marks.html"]
        text = made.read("ada_marks.html").decode()
    assert "ada" in text
    assert "bob" not in text
    assert "Right: 1 of 2 exercises" in text
    assert "the &lt;b&gt; axis" in text
    skipped = [row._replace(kind="not attempted") for row in some_rows(["ada"])]
    assert "Not attempted: <code>my_softmax</code>." in grades.student_page("ada", skipped)
    by_hand = grades.exercise_line(some_rows()[1]._replace(by_hand="1.5: <i>told me"))
    assert "<b>1.5 points</b>, marked by your teacher: &lt;i&gt;told me" in by_hand


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "<b>right</b>"),
        ({"note": "Read it: it uses sys"}, "<b>with your teacher</b>"),
        ({"kind": "not marked", "reply": "SECRET"}, "<b>with your teacher</b>"),
        (
            {"kind": "raises", "reply": "ValueError: SECRET"},
            "<b>raises</b>: it stopped with an error, which your notebook shows. "
            "A likely reason: the &lt;b&gt; axis",
        ),
        (
            {"kind": "unstable", "nearly_right": "yes", "likely_reason": ""},
            "<b>unstable</b>, but nearly right: With z: wanted 1.",
        ),
    ],
)
def test_a_page_says_neither_what_a_teacher_reads_nor_the_words_of_an_error(change, words):
    row = some_rows()[0]._replace(**change)
    assert grades.exercise_line(row) == f"<li><code>my_one_hot</code>: {words}</li>"
    told = grades.student_page("ada", [row])
    assert f"Right: {int(not change)} of 1 " in told
    assert "SECRET" not in told


@pytest.mark.parametrize(("share", "points"), [(0.5, "1"), (0.0, "0")])
def test_what_is_nearly_right_earns_a_share_of_the_points(tmp_path, share, points):
    rows = [row._replace(kind="unstable", nearly_right="yes") for row in some_rows()]
    write(tmp_path / "g.csv", rows, nearly=share)
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found["ada"] == {"one_hot": points, "softmax": points}


def test_a_table_that_a_spreadsheet_has_saved_is_read(tmp_path):
    path = tmp_path / "marks.csv"
    table.write_rows(path, some_rows(["ada", "zoë"]))
    before = table.read_rows(path)
    text = path.read_text(encoding="utf-8-sig").replace('"01"', '"1"').replace('","', '";"')
    path.write_bytes(text.encode("cp1252"))
    assert table.read_rows(path) == before
