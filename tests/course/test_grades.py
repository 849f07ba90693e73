"""What becomes of the table: points for a learning platform, a page for each student, the last lines."""

import argparse
import csv

import pytest

from course.classroom import grades, marks, table


def some_rows(students=("ada", "=bob"), shape="abc"):
    return [
        table.Row(
            student=student,
            lesson=lesson,
            exercise=name,
            kind=kind,
            reply="With *z*:\nwanted 1",
            reason="the <b> axis",
            seconds="1.0",
            shape=shape,
            run="behind bubblewrap",
            digest="d",
        )
        for student in students
        for lesson, name, kind in [("01", "one_hot", "right"), ("02", "softmax", "wrong value")]
    ]


def moodles_import(path, known):
    """Read grades as Moodle's import describes it: by column, and nothing if one student is unknown.

    It takes a mark of UTF-8 or none; a user is found by the column mapped to one; "-" is no grade; other
    grades are numbers, at most 100.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert len({*header}) == len(header)
    assert {row[0] for row in rows} <= known
    grades = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    assert all(g == "-" or 0 <= float(g) <= 100 for row in grades.values() for g in row.values())
    return grades


def canvas_import(path):
    """Read grades as Canvas' import describes it: what is possible, and by name or login, the points.

    The first column names a student, the second is an ID; SIS User ID and SIS Login ID follow, each of
    which finds a student, and Section is the last before the assignments. A quote may stand only
    at a field's beginning, so the file cannot begin with a mark.
    """
    assert path.read_bytes().startswith(b'"Student"')
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, strict=True)
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert header[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    possible = {}
    students = {}
    for row in rows:
        points = dict(zip(header[5:], row[5:], strict=True))
        if "Points Possible" in row[0]:
            possible = points
        else:
            students |= dict.fromkeys({row[0], row[2], row[3]} - {""}, points)
    return possible, students


def with_an_essay():
    """Return the rows of two students, and of a file that is no submission."""
    rows = some_rows()
    return rows + [row._replace(student="essay.txt", kind="not marked") for row in rows[:2]]


def test_moodles_import_reads_the_points(tmp_path):
    left_out = grades.write(tmp_path / "g.csv", with_an_essay(), by="lesson")
    assert left_out == ["essay.txt"]
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found == {each: {"lesson 01": "2", "lesson 02": "0"} for each in ("ada", "=bob")}


def test_what_was_not_marked_has_no_grade(tmp_path):
    rows = [row._replace(kind="not marked") if row.lesson == "02" else row for row in some_rows()]
    grades.write(tmp_path / "g.csv", rows)
    found = moodles_import(tmp_path / "g.csv", known={"ada", "=bob"})
    assert found["ada"] == {"one_hot": "2", "softmax": "-"}


def test_canvas_import_reads_the_points_and_what_is_possible(tmp_path):
    points = grades.weights("core=5, warm-up=1")
    grades.write(tmp_path / "g.csv", with_an_essay(), points, platform="canvas")
    possible, students = canvas_import(tmp_path / "g.csv")
    assert possible == {"one_hot": "5", "softmax": "5"}
    assert students == {each: {"one_hot": "5", "softmax": "0"} for each in ("ada", "=bob")}


@pytest.mark.parametrize("text", ["easy=1", "core", "core=-1", "core=x"])
def test_odd_points_are_refused_with_the_levels(text):
    with pytest.raises(argparse.ArgumentTypeError, match="the levels are warm-up, core"):
        grades.weights(text)


def test_a_report_speaks_of_its_student_alone(tmp_path):
    grades.reports(tmp_path / "reports", some_rows())
    pages = sorted((tmp_path / "reports").iterdir())
    assert [page.name for page in pages] == ["001 _bob.md", "002 ada.md"]
    text = pages[1].read_text(encoding="utf-8")
    assert "ada" in text
    assert "bob" not in text
    assert "Right: 1 of 2 exercises" in text
    skipped = grades.report(
        "ada", [row._replace(kind="not attempted") for row in some_rows(["ada"])]
    )
    assert "Not attempted: `my_softmax`." in skipped
    assert r"\*z\*" in text
    assert r"the \<b\> axis" in text


def test_reports_are_written_anew_and_nothing_else_is_touched(tmp_path):
    folder, out = tmp_path / "reports", tmp_path / "marks.csv"
    (tmp_path / "class").mkdir()
    line = [str(tmp_path / "class"), "--out", str(out), "--reports", str(folder), "--trusted"]
    grades.reports(folder, some_rows(["bob", "cleo"]))
    grades.reports(folder, some_rows(["ada", "bob"]))
    assert [page.name for page in sorted(folder.iterdir())] == ["001 ada.md", "002 bob.md"]
    (folder / "003 notes.md").write_text("# Mine\n")
    with pytest.raises(SystemExit, match="holds more than reports"):
        marks.main(line)
    (folder / "003 notes.md").unlink()
    marks.main(line)
    assert [*folder.iterdir()] == []  # as the class is


def test_a_report_calls_files_as_they_are():
    row = some_rows(["ada"])[0]._replace(kind="not marked", reply="mine.py: is a link", reason="")
    assert grades.line(row) == ("- `my_one_hot`: **not marked**: mine.py: is a link.")


def test_whose_right_answers_are_to_be_read_is_said_at_the_end():
    first = some_rows()[0]
    rows = [
        first._replace(student="ada", reason="Read it: it uses sys"),
        first._replace(student="bob", reason=""),
        first._replace(student="cleo", kind="wrong value", reason="Read it, somebody wrote"),
    ]
    assert "Right, but read it: ada" in table.summary(rows, "m.csv").splitlines()


def test_submissions_that_are_the_same_but_for_names_are_worth_a_look():
    def five(student, shape):
        [row, _] = some_rows([student])
        return [row._replace(exercise=f"e{i}", shape=f"{shape}{i}") for i in range(5)]

    rows = five("ada", "x") + five("bob", "x") + five("cleo", "y")
    assert table.alike(rows) == [["ada", "bob"]]
    assert table.alike(five("ada", "x")[:4] + five("bob", "x")[:4]) == []
