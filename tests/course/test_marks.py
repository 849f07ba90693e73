"""The command that marks a class: whose rows there are, what they say, and how it goes on."""

import os
import re
import signal
import subprocess
import tempfile

import numpy as np
import pytest

from course import exercises
from course.classroom import isolation, marks, points, sandbox, submissions
from course.classroom.table import Row
from course.exercises import lesson_04
from course.lessons import all_lessons
from tests.course.a_class import (
    GOOD,
    answer,
    command,
    left_running,
    notebook,
    read,
    why_not,
)
from tests.course.handed_in import right, write

#: An answer that is wrong for a reason that the checker names.
WRONG = GOOD.replace("np.eye(classes)[labels]", "labels == np.arange(classes)")


@pytest.fixture(scope="module", autouse=True)
def here():
    """Let what is handed in run in this process: here all of it is harmless, and that is quick."""
    why_not()  # which starts a process, once for all tests
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNISTLIB_MINE", os.devnull)
        # What runs here redirects the output of all threads, so joblib starts one.
        patch.setenv("LOKY_MAX_CPU_COUNT", "1")
        patch.setattr(
            isolation, "try_isolated", lambda name, source, *_: sandbox.try_source(name, source)
        )
        yield


def mark(folder, *more):
    """Mark what is in the folder ``class`` of a folder, and return the table."""
    out = folder / "marks.csv"
    marks.main([str(folder / "class"), "--out", str(out), "--trusted", *more])
    return read(out)


def hand_in(folder, **texts):
    """Let students hand in a file each."""
    (folder / "class").mkdir(exist_ok=True)
    for student, text in texts.items():
        (folder / "class" / f"{student}.py").write_text(text)


def tried(folder, code, name):
    """Return the row of an exercise in the code of one file."""
    (folder / "ada.py").write_text(code)
    [submission] = submissions.submissions_in(folder)
    [row] = marks.mark_submission(submission, {name: "02"}, "digest", trusted=True)
    return row


# --- A class


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Mark a class whose files are some good, many odd, some no submission at all."""
    top = tmp_path_factory.mktemp("class")
    hand_in(top, **{"Zoë 学生 👩‍🎓": GOOD, "a,b;\"c'": GOOD, "=cmd": GOOD})
    hand_in(top, twice=GOOD, wrong=WRONG, also_wrong=WRONG)
    folder = top / "class"
    (folder / os.fsdecode(b"\xff\xfe.py")).write_text(GOOD)  # as old zips unpack
    (folder / "twice.ipynb").write_text(notebook(GOOD))
    (folder / "no json.ipynb").write_text("{")
    (folder / "bytes.py").write_bytes(b"\xff\x00\xff")
    (folder / "empty").mkdir()
    (folder / "essay.txt").write_text("I did my best.")
    (folder / "02.ipynb.txt").write_text(notebook(GOOD))
    students = {
        "beside a zip": {"02.ipynb": notebook(GOOD), "rest.zip": "?", "progress.json": "{}"},
        "CAPITALS": {"MINE.PY": GOOD},
        "deep": {"mine.py": WRONG, "old/mine.py": GOOD},
    }
    for student, files in students.items():
        for place, text in files.items():
            (folder / student / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / student / place).write_text(text)
    return mark(top), top


def test_every_submission_has_a_row_for_each_exercise_with_its_lesson(marked):
    rows, top = marked
    lessons = {
        exercise.name: lesson.number
        for lesson in all_lessons()
        for exercise in lesson.exercises
        if exercise.level != "open"
    }
    students = {student for student, _ in rows}
    assert len(students) == len([*(top / "class").iterdir()]) - 1  # twice is one student's
    assert set(rows) == {(student, name) for student in students for name in lessons}
    assert all(row["lesson"] == lessons[name] for (_, name), row in rows.items())
    assert {*points.exercises_to_mark(with_open=True)} == {*lessons, "tune"}


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Zoë 学生 👩‍🎓", "right", ""),
        ("a,b;\"c'", "right", ""),
        ("'=cmd", "right", ""),  # which no spreadsheet takes for a formula
        (r"\udcff\udcfe", "right", ""),
        ("CAPITALS", "right", ""),
        ("twice", "right", ""),
        ("wrong", "wrong shape", ""),
        ("deep", "not marked", "old/mine.py is right, but mine.py counts: wrong shape"),
        ("no json", "not marked", "not valid JSON from line 1"),
        ("bytes", "not marked", "not a text in UTF-8"),
        ("empty", "not marked", "no notebook and no .py file was handed in"),
        ("essay", "not marked", "not read: no notebook and no .py file was handed in"),
        ("02", "not marked", "not read: 02.ipynb.txt (no .ipynb, no .py, and no zip"),
    ],
)
def test_each_student_has_the_right_mark_or_the_reason_why_not(marked, name, kind, words):
    rows, top = marked
    row = rows[name, "one_hot"]
    assert (row["kind"], words in row["reply"]) == (kind, True), row
    page = (top / "to-decide.html").read_text()
    assert (f">{name}<" in page or f">{name}: " in page) == (kind == "not marked")


def test_what_may_stand_in_a_file_that_is_not_read_is_not_marked(marked):
    rows, _ = marked
    assert rows["beside a zip", "one_hot"]["kind"] == "right"
    row = rows["beside a zip", "softmax"]
    problem = "not read: rest.zip (no .ipynb, no .py, and no zip that can be read)"
    assert (row["kind"], row["reply"]) == ("not marked", problem)
    assert rows["wrong", "softmax"]["kind"] == "not attempted"


def test_at_the_end_the_commonest_reasons_are_told(marked, capsys):
    rows, top = marked
    before = (top / "marks.csv").read_bytes()
    assert mark(top) == rows  # a second time it tries nothing, and says the same
    assert (top / "marks.csv").read_bytes() == before
    assert all(line[0] == line[-1] == '"' for line in before.decode("utf-8-sig").splitlines())
    said = capsys.readouterr().out
    assert f"{len({student for student, _ in rows})} submissions" in said
    reason = exercises.check(write("one_hot", "return labels == np.arange(classes)")).reason
    assert reason == rows["wrong", "one_hot"]["likely reason"]
    assert f"\nThe reasons most often given:\n   3  my_one_hot: {reason}\n" in said


# --- How it goes on


@pytest.mark.parametrize(
    ("platform", "found", "reply", "words"),
    [
        ("darwin", "/bin/bwrap", "not attempted", "bubblewrap needs Linux"),
        ("linux", None, "not attempted", "bubblewrap is not installed"),
        ("linux", "/bin/bwrap", "not marked", "bubblewrap does not work here"),
        ("linux", "/bin/bwrap", "not attempted", "you are root"),
    ],
)
def test_for_root_or_without_bubblewrap_nothing_is_run_unless_the_teacher_trusts_it(
    tmp_path, monkeypatch, platform, found, reply, words
):
    monkeypatch.setattr(isolation.sys, "platform", platform)
    monkeypatch.setattr(isolation.shutil, "which", lambda name: found)
    monkeypatch.setattr(isolation, "try_isolated", lambda *_, **__: Row(kind=reply))
    monkeypatch.setattr(marks.os, "geteuid", lambda: 0, raising=False)
    hand_in(tmp_path, ada=GOOD)
    with pytest.raises(SystemExit, match=f"Nothing was run: {words}.*--trusted"):
        marks.main([str(tmp_path / "class"), "--out", str(tmp_path / "marks.csv")])
    assert not (tmp_path / "marks.csv").exists()
    assert marks.how_it_is_run(trusted=True).startswith("Trusted")


def test_what_is_new_or_has_changed_is_tried_and_nothing_else(tmp_path, monkeypatch):
    hand_in(tmp_path, ada=GOOD)
    before = mark(tmp_path, "--lesson", "01")
    hand_in(tmp_path, zoe=GOOD)
    anew = []

    def note_and_mark(submission, *more, mark_submission=marks.mark_submission):
        anew.append(submission.student)
        return mark_submission(submission, *more)

    monkeypatch.setattr(marks, "mark_submission", note_and_mark)
    after = mark(tmp_path, "--lesson", "01")
    assert anew == ["zoe"]
    assert {key: after[key] for key in before} == before
    hand_in(tmp_path, ada=WRONG)
    assert mark(tmp_path, "--lesson", "01")["ada", "one_hot"]["kind"] == "wrong shape"
    assert anew == ["zoe", "ada"]


def test_stopped_in_the_middle_it_keeps_what_is_finished_and_leaves_nothing(tmp_path, monkeypatch):
    """Where answers are trusted, since what bubblewrap has started ends by itself."""
    hand_in(tmp_path, ada=GOOD, bob=answer("while True: pass"))
    out = tmp_path / "marks.csv"
    with tempfile.TemporaryDirectory() as scratch:
        monkeypatch.setenv("TMPDIR", scratch)
        monkeypatch.delenv("LOKY_MAX_CPU_COUNT")  # with threads, as a teacher runs it
        line = command(tmp_path / "class", out, "--lesson", "01,02", "--trusted", seconds=600)
        process = subprocess.Popen(
            line, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
        )  # fmt: skip
        try:
            complaint = ""
            while not re.search("reading.*2/2.*1/2", complaint, re.DOTALL):
                complaint += process.stderr.read(1)
                assert process.poll() is None, complaint
            process.send_signal(signal.SIGINT)
            complaint += process.communicate(timeout=200)[1]
        finally:
            process.kill()
        assert (left_running(), os.listdir(scratch)) == ([], [])
    assert process.returncode == 1
    assert "goes on from there" in complaint
    assert "Traceback" not in complaint
    assert {student for student, _ in read(out)} == {"ada"}


def test_no_other_file_and_no_table_of_other_lessons_is_overwritten(tmp_path):
    hand_in(tmp_path, ada=GOOD)
    out = tmp_path / "marks.csv"
    out.write_text("name,grade\nada,1\n")
    with pytest.raises(SystemExit, match="is not a table of marks"):
        mark(tmp_path)
    assert out.read_text() == "name,grade\nada,1\n"
    out.unlink()
    mark(tmp_path, "--lesson", "01")
    before = out.read_bytes()
    with pytest.raises(SystemExit, match="holds marks of lesson 01; name another file with --out"):
        mark(tmp_path, "--lesson", "02")
    assert out.read_bytes() == before
    assert {row["lesson"] for row in mark(tmp_path, "--lesson", "01, 02").values()} == {"01", "02"}
    with pytest.raises(SystemExit, match="lesson 99, but of 00, 01"):
        mark(tmp_path, "--lesson", "99")


@pytest.mark.parametrize(
    "file",
    ["mnistlib/functions.py", "course/exercises/lesson_02.txt", "course/materials/stopping.py"],
)
def test_an_answer_is_tried_again_when_what_judges_it_has_changed(tmp_path, monkeypatch, file):
    monkeypatch.setattr(marks, "ROOT", tmp_path)
    (tmp_path / file).parent.mkdir(parents=True)
    before = marks.digest_of_judge()
    assert marks.digest_of_judge() == before
    (tmp_path / file).write_text("K = 1")
    assert marks.digest_of_judge() != before


# --- One answer

FROM_LIBRARY = answer("return functions.sigmoid(z)")
SCALAR = "return 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))"
BELOW = "\nmy_sigmoid = np.vectorize(my_sigmoid, otypes=[float])\n"
TO_LIST = "from mnistlib import functions\nreturn functions.softmax(z).tolist()"
SEEN = "def my_one_hot(labels, classes=10):\n    return labels\n"
FAULTS = f"def my_name_the_faults():\n    return {lesson_04.name_the_faults()}\n"
STABLE = "\nreturn np.exp(np.minimum(z, 0)) / (1 + np.exp(-abs(z)))"
MISSING = {"reply": "what it needs was not handed in: "}
EARLIER = "an earlier version is right, but the last in ada.py "

#: The code of a file, an exercise of it, the kind of its row, and some more of what stands there.
TRIED = [
    ("import numpy as np\nK = np.load('a.npy')\ndef my_sigmoid(z): return K\n", "sigmoid",
     "not marked", {"reply": "does not run by itself: FileNotFoundError: "}),
    (f"from mnistlib import functions\n{FROM_LIBRARY}", "sigmoid", "right",
     {"note": "Read it: it uses mnistlib.functions.sigmoid"}),
    (f"from mnistlib import functions\n{FROM_LIBRARY.replace('my_sigmoid', 'my_softmax')}",
     "softmax", "wrong value", {"note": ""}),
    (f"{GOOD}\n{SEEN}", "one_hot", "not marked", {"reply": EARLIER}),  # a person decides
    (f"{SEEN}\n{GOOD}", "one_hot", "right", {}),
    (SEEN + SEEN.replace("return labels", "return 0"), "one_hot", "wrong shape", {}),
    (f"import math\n{answer(SCALAR)}", "sigmoid", "raises", {}),
    (f"import math\n{answer(SCALAR)}{BELOW}", "sigmoid", "right", {}),
    (answer("return 1 / (1 + np.exp(-z))"), "sigmoid", "unstable", {"nearly_right": "yes"}),
    (answer(TO_LIST, "softmax"), "softmax", "wrong shape", {"nearly_right": "yes"}),
    (answer("return ['a', None]", "softmax"), "softmax", "wrong shape", {"nearly_right": ""}),
    (answer("return z"), "sigmoid", "wrong value", {"nearly_right": ""}),
    (answer(f"display(z){STABLE}"), "sigmoid", "right", {}),
    (answer(f"import no_such{STABLE}"), "sigmoid", "not marked", MISSING),
    (answer(f"np.load('table.npy'){STABLE}"), "sigmoid", "not marked", MISSING),
    (answer(f"z += 0 * of_a_cell_that_is_gone{STABLE}"), "sigmoid", "not marked", MISSING),
    (FAULTS, "name_the_faults", "right", {"reply": "Tried on no fresh cases"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name", "kind", "more"), TRIED)
def test_an_answer_has_its_row(tmp_path, code, name, kind, more):
    row = tried(tmp_path, code, name)
    assert row.kind == kind, row
    for column, words in more.items():
        found = getattr(row, column)
        assert (words in found) if words else not found, row


def test_a_table_of_the_published_cases_fails_on_cases_that_nobody_has_seen(tmp_path):
    exercise = exercises.EXERCISES["sigmoid"]
    table = [
        (np.asarray(z).tolist(), exercise.reference(z).tolist()) for (z,) in exercise.all_cases
    ]
    code = (
        f"import numpy as np\nfrom numpy import inf, nan\nTABLE = {table!r}\n"
        "def my_sigmoid(z):\n"
        "    for seen, answer in TABLE:\n"
        "        if np.array_equal(seen, z):\n"
        "            return np.asarray(answer)\n"
        "    return 0.5 + 0 * z\n"
    )
    exec(code, space := {})
    assert exercises.check(space["my_sigmoid"]).kind == "right"  # which a student can see
    found = tried(tmp_path, code, "sigmoid")
    assert found.kind == "not marked"
    assert "right on the exercise's own cases" in found.reply
    assert "but not on fresh ones: wrong value. With z" in found.reply


@pytest.mark.parametrize("name", [e.name for e in exercises.EXERCISES.values() if e.arguments])
def test_right_answers_are_right_on_cases_that_are_drawn_and_none_of_them_is_published(name):
    exercise = exercises.EXERCISES[name]
    published = {repr(case) for case in exercise.all_cases}
    drawn = sandbox.with_cases_drawn(exercise, seed=0)
    assert not published & {*map(repr, drawn.cases)}
    for body in right(name):
        reply = exercises.check_answer(drawn, write(name, body))
        assert reply.kind == "right", (body, reply.description)


# --- Marks by hand

HEAD = "student,exercise,points,why\n"


@pytest.fixture
def marked_by_hand(tmp_path, capsys):
    """Return a way to mark two students, with marks by hand, which gives the table and what is said."""
    hand_in(tmp_path, ada=GOOD, bob=GOOD)

    def mark_with(hand, *more):
        if hand is not None:
            raw = hand.encode("utf-16" if "\t" in hand else "utf-8")
            (tmp_path / "by-hand.csv").write_bytes(raw)
        capsys.readouterr()
        rows = mark(tmp_path, "--lesson", "01", "--grades", str(tmp_path / "grades.csv"), *more)
        grades = (tmp_path / "grades.csv").read_text().replace('"', "").splitlines()
        return rows, capsys.readouterr().out, grades

    return mark_with


@pytest.mark.parametrize(
    "hand",
    [
        HEAD + "ada,one_hot,1.5,late\nbob,my_split,2,told me\nbob,one_hot,,\n",
        "\ufeff" + HEAD.replace(",", ";") + "ada;one_hot;1,5;late\nbob;split;2;told me\n",
        (HEAD + "ada,one_hot,1.5,late\nbob,my_split,2,told me\n").replace(",", "\t"),
    ],
)
def test_marks_by_hand_always_win_and_survive_every_run(marked_by_hand, hand):
    for _ in range(2):
        rows, said, grades = marked_by_hand(hand)
        assert rows["ada", "one_hot"]["kind"] == "right"
        assert rows["ada", "one_hot"]["by hand"] == "1.5: late"
        assert "ada,0,0,0,0,1.5" in grades
        assert "bob,0,2,0,0,2" in grades
        assert (
            "Your marks by hand, kept:\n      ada: my_one_hot (1.5: late), which is right\n" in said
        )
    rows, said, grades = marked_by_hand(HEAD)
    assert rows["ada", "one_hot"]["by hand"] == ""
    assert "ada,0,0,0,0,2" in grades


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("eve,one_hot,1,", "line 2: there is no student 'eve'; one who handed in nothing"),
        ("ada,onehot,1,", "line 2: there is no exercise 'onehot'"),
        ("ada,one_hot,1,5,late", "line 2: there are more than 4 cells"),
        ("ada,one_hot,Right,", "line 2: 'Right' is not a number of points from 0 to 2"),
        ("ada,one_hot,20,", "line 2: '20' is not a number of points from 0 to 2"),
        ("ada,one_hot,1,\nada,my_one_hot,2,", "line 3: ada has a mark for one_hot above"),
    ],
)
def test_what_is_not_a_mark_by_hand_is_refused_with_its_line(marked_by_hand, tmp_path, line, words):
    marked_by_hand(HEAD)
    before = (tmp_path / "marks.csv").read_bytes()
    with pytest.raises(SystemExit) as refusal:
        marked_by_hand(HEAD + line)
    assert f"\n{words}" in str(refusal.value)
    assert (tmp_path / "marks.csv").read_bytes() == before


def test_a_mark_by_hand_for_an_exercise_of_another_week_waits(marked_by_hand):
    assert "softmax" not in marked_by_hand(HEAD + "ada,softmax,1,\n")[1]


def test_a_mark_by_hand_counts_for_somebody_with_an_empty_folder(marked_by_hand, tmp_path):
    (tmp_path / "names.csv").write_text("ada,ada@x\nbob,bob@x\neve,eve@x\nfay,fay@x\n")
    (tmp_path / "class" / "eve").mkdir()
    hand = HEAD + "eve,one_hot,1,aloud\n"
    rows, said, grades = marked_by_hand(hand, "--names", str(tmp_path / "names.csv"))
    assert rows["eve", "split"]["reply"] == "not read: no notebook and no .py file was handed in"
    assert grades[1:] == ["ada@x,0,0,0,0,2", "bob@x,0,0,0,0,2", "eve@x,,,,,1"]
    assert (
        "Your marks by hand, kept:\n      eve: my_one_hot (1: aloud), which is not marked\n" in said
    )


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ("--reports by-hand.csv", "your own marks"),
        ("--names names.csv --grades class/../names.csv", "the names"),  # Moodle's worksheet, say
        ("--grades marks.csv", "the table"),
        ("--reports to-decide.html", "what you have to decide"),
        ("--grades both.csv --reports both.csv", "the points"),
    ],
)
def test_no_file_is_written_where_another_is(marked_by_hand, tmp_path, monkeypatch, options, holds):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.csv").write_text("ada,ada@x\nbob,bob@x\n")
    marked_by_hand(HEAD)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    with pytest.raises(SystemExit, match=f" is for {holds}; name another file$"):
        marked_by_hand(HEAD, *options.split())
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == before
