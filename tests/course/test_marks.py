"""The command that marks a class: whose rows there are, what they say, and how it goes on."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from course import exercises
from course.classroom import assignment, isolation, marking, marks, sandbox, submissions
from course.classroom.protocol import Limits
from course.exercises.exercise import as_body
from course.lessons import all_lessons
from tests.course.a_class import (
    GOOD,
    answer,
    command,
    left_running,
    need_bubblewrap,
    notebook,
    read,
)
from tests.course.handed_in import arguments, right, write

pytestmark = pytest.mark.takes(seconds=40)


def mistaken(name):
    """Return a wrong answer to an exercise: the first known mistake that stands by itself."""
    known = [mistake.code for mistake in exercises.EXERCISES[name].mistakes]
    own = [code for code in known if not re.search(r"\b(key|given)\b", code)]
    body = textwrap.indent(as_body([*own, "0.5"][0]), "    ")
    return f"import struct\ndef my_{name}({arguments(name)}):\n{body}\n"


#: An exercise of each lesson, done wrong by one student.
MISTAKEN = [many[0].name for many in exercises.LESSONS.values()]

#: Names of files, and what stands in the table.
NAMES = {
    "Zoë 学生 👩‍🎓": "Zoë 学生 👩‍🎓",
    "two\nlines": r"two\nlines",
    "=cmd": "'=cmd",
    "a,b;\"c'": "a,b;\"c'",
    "x;=HYPERLINK(1)": "x;=HYPERLINK(1)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return what a class handed in: some good, many odd, some no submission at all."""
    need_bubblewrap()  # before it makes names that other systems refuse
    folder = tmp_path_factory.mktemp("class")
    for name in NAMES:
        (folder / f"{name}.py").write_text(GOOD)
    (folder / os.fsdecode(b"\xff\xfe.py")).write_text(GOOD)
    (folder / "mistakes.ipynb").write_text(notebook(*map(mistaken, MISTAKEN)))
    (folder / "no json.ipynb").write_text("{")
    (folder / "nested.ipynb").write_text("[" * 10**6)
    (folder / "brackets.py").write_text("x = " + "(" * 10**5)
    (folder / "no cells.ipynb").write_text("[1, 2]")
    (folder / "bytes.py").write_bytes(b"\xff\x00\xff")
    (folder / "empty").mkdir()
    (folder / "twice.py").write_text(GOOD)
    (folder / "twice.ipynb").write_text(notebook(GOOD))
    (folder / "a link.py").symlink_to("/etc/passwd")
    (folder / "pipes").mkdir()
    os.mkfifo(folder / "pipes" / "mine.py")
    (folder / "essay.txt").write_text("I did my best.")
    (folder / "02.ipynb.txt").write_text(notebook(GOOD))
    for unread in ("rest.zip", "03.ipynb.txt", "essay.PDF"):
        (folder / f"beside {unread}").mkdir()
        (folder / f"beside {unread}" / "02.ipynb").write_text(notebook(GOOD))
        (folder / f"beside {unread}" / "progress.json").write_text("{}")
        (folder / f"beside {unread}" / unread).write_text("?")
    (folder / "clash.zip").write_text("no submission")
    (folder / "clash.zip.py").write_text(GOOD)
    (folder / "CAPITALS").mkdir()
    (folder / "CAPITALS" / "MINE.PY").write_text(GOOD)
    (folder / "two of one name" / "old").mkdir(parents=True)
    (folder / "two of one name" / "mine.py").write_text(GOOD)
    wrong = GOOD.replace("np.eye(classes)[labels]", "labels")
    (folder / "two of one name" / "old" / "mine.py").write_text(wrong)
    (folder / "another is right" / "old").mkdir(parents=True)
    (folder / "another is right" / "mine.py").write_text(wrong)
    (folder / "another is right" / "old" / "mine.py").write_text(GOOD)
    for number in range(submissions.MOST_FILES + 5):
        (folder / "many folders" / f"{number:03}").mkdir(parents=True)
    (folder / "many folders" / "z").mkdir()
    (folder / "many folders" / "z" / "mine.py").write_text(GOOD)
    return folder


@pytest.fixture(scope="module", autouse=True)
def scratch():
    """Return a folder for all; in it let scratch folders be made, and see that none is left."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        os.chmod(folder, 0o755)
        made = Path(folder, "tmp")
        made.mkdir()
        made.chmod(0o1777)  # as /tmp is
        patch.setenv("TMPDIR", str(made))
        yield folder
        assert os.listdir(made) == []  # nothing is left there


@pytest.fixture(scope="module")
def marked(folder, tmp_path_factory):
    """Return the table, what was said, and the file."""
    out = tmp_path_factory.mktemp("out") / "marks.csv"
    done = subprocess.run(command(folder, out), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Behind bubblewrap"), done.stdout
    return read(out), done, out


def test_every_submission_has_a_row_for_each_exercise(folder, marked):
    rows, said, _ = marked
    names = assignment.exercises_to_mark(with_open=False)
    assert "softmax" in names
    assert "tune" not in names
    assert {*assignment.exercises_to_mark(with_open=True)} == {*names, "tune"}
    students = {student for student, _ in rows}
    assert len(students) == len(list(folder.iterdir())) - 2  # two and two are one student's
    assert set(rows) == {(student, name) for student in students for name in names}
    homes = {
        exercise.name: lesson.number for lesson in all_lessons() for exercise in lesson.exercises
    }
    assert {name: row["lesson"] for (_, name), row in rows.items()} == {n: homes[n] for n in names}
    assert f"{len(students)} submissions" in said.stdout
    reasons = [row["likely reason"] for row in rows.values() if row["likely reason"]]
    _, _, title, *lines = said.stdout.partition("\nFor you to decide,")[0].splitlines()
    assert title == "The reasons most often given:"
    assert len(lines) == 10
    for line in lines:
        count, _, reason = re.fullmatch(r" *(\d+)  my_(\w+): (.+)", line).groups()
        assert reasons.count(reason) >= int(count) > 0


@pytest.mark.parametrize("name", MISTAKEN)
def test_the_kind_of_each_row_is_the_checkers(marked, name, monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    row = marked[0]["mistakes", name]
    here = sandbox.check(name, f"import numpy as np\n{mistaken(name)}", "", 0)
    assert row["kind"] == here["kind"] != "right"
    assert row["reply"]
    if row["kind"] in ("wrong value", "unstable") and "wanted" in row["reply"]:
        assert re.search(r"\bgot \S", row["reply"]), row
    assert not row["reply"].endswith(("but", "wanted", ":"))


@pytest.mark.parametrize("name", NAMES)
def test_odd_letters_in_a_name_do_no_harm(marked, name):
    row = marked[0][NAMES[name], "one_hot"]
    assert row["kind"] == "right", row


def test_a_name_that_is_no_text_does_no_harm(marked):
    assert marked[0][r"\udcff\udcfe", "one_hot"]["kind"] == "right"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no json", "not valid JSON from line 1"),
        ("nested", "nested"),
        ("no cells", "no cells of code"),
        ("bytes", "not a text in UTF-8"),
        ("empty", "nothing was handed in"),
        ("essay", "not read: essay.txt (neither .ipynb nor .py)"),
        ("02", "not read: 02.ipynb.txt (neither .ipynb nor .py)"),
        ("many folders", "(and what follows it: more than 100 folders)"),
        ("a link", "not read: a link.py (a link)"),
        ("pipes", "not read: mine.py (not a file)"),
    ],
)
def test_what_cannot_be_read_loses_its_rows_with_the_reason_and_is_shown_once(marked, name, words):
    row = marked[0][name, "one_hot"]
    assert (row["kind"], words in row["reply"]) == ("not marked", True), row
    text = marked[2].with_name("to-decide.html").read_text()
    assert text.count(f"<h3>{name}</h3>") == 1
    shown = text.partition(f"<h3>{name}</h3>")[2].partition("</p>")[0]
    assert words.removeprefix("not read: ") in shown


def test_what_may_stand_in_a_file_that_is_not_read_is_not_marked(marked):
    for unread in ("rest.zip", "03.ipynb.txt", "essay.PDF"):
        student = f"beside {unread}"
        assert marked[0][student, "one_hot"]["kind"] == "right"
        row = marked[0][student, "softmax"]
        why = "not a zip that can be read" if "zip" in unread else "neither .ipynb nor .py"
        problem = f"not read: {unread} ({why})"
        assert (row["kind"], row["reply"]) == ("not marked", problem)


def test_a_file_that_holds_no_answers_is_no_reason_not_to_mark(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    for name in ("02.ipynb", "progress.json", "plot.png", "._02.ipynb.txt", "mine.pyc", "me.txt"):
        (folder / name).touch()
    [before] = submissions.submissions_in(tmp_path)
    assert submissions.read_files(before.entries) == ([("02.ipynb", b"")], "")
    (folder / "rest.pdf").touch()
    [after] = submissions.submissions_in(tmp_path)
    assert after.digest != before.digest  # so it is marked again


def test_too_many_files_cost_only_those_that_are_too_many(tmp_path):
    (tmp_path / "ada" / ".venv").mkdir(parents=True)
    (tmp_path / "ada" / "env" / "lib").mkdir(parents=True)
    (tmp_path / "ada" / "env" / "pyvenv.cfg").touch()
    (tmp_path / "ada" / "mnistlib").mkdir()
    for inner in (".venv", "env/lib", "mnistlib"):  # others' code
        (tmp_path / "ada" / inner / "code.py").touch()
    for number in range(submissions.MOST_FILES + 2):
        (tmp_path / "ada" / f"{number:03}.py").touch()
    [found] = submissions.submissions_in(tmp_path)
    files, unread = submissions.read_files(found.entries)
    assert len(files) == submissions.MOST_FILES
    assert unread == found.unread == "100.py and what follows it (more than 100 files and 50 MB)"


def test_the_shallower_of_two_files_of_one_name_counts(marked):
    row = marked[0]["two of one name", "one_hot"]
    assert (row["kind"], row["note"]) == ("right", "")


def test_where_only_a_version_that_does_not_count_is_right_a_person_decides(marked):
    row = marked[0]["another is right", "one_hot"]
    told = "old/mine.py is right, but mine.py counts: wrong "
    assert (row["kind"], row["reply"][: len(told)]) == ("not marked", told)


def test_files_and_folders_of_one_name_are_one_students(marked):
    assert marked[0]["twice", "one_hot"]["kind"] == "right"
    assert marked[0]["clash", "one_hot"]["kind"] == "right"
    assert marked[0]["clash", "softmax"]["reply"].startswith("not read: clash.zip")


def test_names_in_capitals_are_read(marked):
    assert marked[0]["CAPITALS", "one_hot"]["kind"] == "right"


def test_every_cell_is_quoted_so_that_no_list_separator_begins_a_formula(marked):
    lines = marked[2].read_text("utf-8-sig").splitlines()
    assert all(line.startswith('"') and line.endswith('"') for line in lines)


@pytest.mark.parametrize(
    ("platform", "found", "words"),
    [
        ("darwin", "/bin/bwrap", "bubblewrap needs Linux"),
        ("linux", None, "bubblewrap is not installed"),
        ("linux", "/bin/bwrap", "bubblewrap does not work here"),
    ],
)
def test_without_bubblewrap_nothing_is_run_unless_the_teacher_trusts_it(
    tmp_path, monkeypatch, platform, found, words
):
    refusing = ["sh", "-c", "echo no namespaces >&2"]
    monkeypatch.setattr(isolation.sys, "platform", platform)
    monkeypatch.setattr(isolation.shutil, "which", lambda name: found)
    monkeypatch.setattr(isolation, "bubblewrap", lambda *_: refusing)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(GOOD)
    out = tmp_path / "marks.csv"
    line = [str(tmp_path / "class"), "--out", str(out), "--lesson", "01"]
    with pytest.raises(SystemExit, match=f"Nothing was run: {words}.*--trusted") as refusal:
        marks.main(line)
    assert ("no namespaces" in str(refusal.value)) == ("work here" in words)
    assert not out.exists()
    monkeypatch.undo()
    marks.main([*line, "--trusted"])
    assert read(out)["ada", "one_hot"]["kind"] == "right"


def test_no_process_is_left(marked):
    assert left_running() == []


def test_the_same_line_again_does_nothing_anew_and_a_new_submission_alone_is_tried(
    folder, marked, tmp_path
):
    out = tmp_path / "marks.csv"
    out.write_bytes(marked[2].read_bytes())
    late = folder / "zz late.py"
    late.write_text(GOOD)
    try:
        subprocess.run(command(folder, out), check=True, capture_output=True, timeout=200)
    finally:
        late.unlink()
    rows = read(out)
    assert rows.pop(("zz late", "one_hot"))["kind"] == "right"
    assert {k: v for k, v in rows.items() if k[0] != "zz late"} == marked[0]


def test_the_page_to_decide_on_shows_each_answer_that_is_open(here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    seen = "def my_one_hot(labels, classes=10):\n    return labels  # just to see\n"
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(f"{GOOD}\n{seen}")
    (tmp_path / "class" / "bob.py").write_text(GOOD)
    line = ["class", "--trusted", "--jobs", "1", "--lesson", "01"]
    for _ in range(2):  # the second time nothing is tried
        marks.main(line)
        text = (tmp_path / "to-decide.html").read_text()
        assert text.count("<section>") == 1
        assert 'data-student="ada" data-exercise="one_hot"' in text
        assert "return np.eye(classes)[labels]" in text
        assert "n earlier version is right" in text


@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_stopped_in_the_middle_it_goes_on_and_leaves_nothing(tmp_path, how):
    folder, out = tmp_path / "class", tmp_path / "marks.csv"
    folder.mkdir()
    for i in range(3):
        slow = "while True: pass" if i else "return z"
        (folder / f"{i}.py").write_text(answer(slow))
    need_bubblewrap()
    line = command(folder, out, "--lesson", "01,02", "--seconds", "600")
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
    )  # fmt: skip
    scratch = Path(os.environ["TMPDIR"])
    deadline = time.monotonic() + 300
    try:
        while '\n"0","01","one_hot",' not in (out.read_text("utf-8-sig") if out.exists() else ""):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.Signals[how])
        _, complaint = process.communicate(timeout=200)
    finally:
        process.kill()
    if how != "SIGKILL":
        assert process.returncode == 1
        assert "goes on from there" in complaint
        assert "Traceback" not in complaint
    deadline = time.monotonic() + 30
    while (left_running() or [*scratch.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_running() == []
    assert [*scratch.iterdir()] == []
    before = read(out)
    assert {student for student, _ in before} == {"0"}
    if how != "SIGKILL":  # which alone leaves the command no time to tidy up
        return
    with out.open("a") as file:
        file.write('"1","01","one_hot","cut o')
    again = command(folder, out, "--lesson", "01,02", "--seconds", "1")
    subprocess.run(again, check=True, capture_output=True, timeout=200)
    after = read(out)
    assert [*scratch.iterdir()] == []
    assert {key: after[key] for key in before} == before
    assert {student for student, _ in after} == set("012")
    assert after["2", "sigmoid"]["kind"] == "not marked"


def test_another_file_is_not_overwritten(tmp_path, folder, capsys):
    out = tmp_path / "grades.csv"
    out.write_text("name,grade\nada,1\n")
    with pytest.raises(SystemExit, match="is not a table of marks"):
        marks.main([str(folder), "--out", str(out)])
    assert out.read_text() == "name,grade\nada,1\n"


def test_a_table_of_other_lessons_is_not_overwritten(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(GOOD)
    out = tmp_path / "marks.csv"
    line = [str(tmp_path / "class"), "--out", str(out), "--trusted", "--lesson"]
    marks.main([*line, "01"])
    before = out.read_bytes()
    with pytest.raises(SystemExit, match="holds marks of lesson 01; name another file with --out"):
        marks.main([*line, "02"])
    assert out.read_bytes() == before
    marks.main([*line, "01,02"])
    assert {row["lesson"] for row in read(out).values()} == {"01", "02"}


def test_rows_of_a_student_who_has_left_are_kept_and_named(here, tmp_path, capsys):
    for name in ("ada", "bob"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "01.py").write_text(GOOD)
    line = [
        str(tmp_path / "class"),
        "--out",
        str(tmp_path / "marks.csv"),
        "--trusted",
        "--jobs",
        "1",
    ]
    marks.main([*line, "--lesson", "01"])
    shutil.rmtree(tmp_path / "class" / "ada")
    capsys.readouterr()
    marks.main([*line, "--lesson", "01"])
    assert "whose rows are kept: ada\n" in capsys.readouterr().out
    assert ("ada", "one_hot") in read(tmp_path / "marks.csv")


@pytest.mark.parametrize(
    ("file", "is_tried_again"),
    [
        ("mnistlib/functions.py", True),
        ("course/exercises/checker.py", True),
        ("course/exercises/lesson_02.txt", True),
        ("course/exercises/lesson_01.txt", False),
        ("course/exercises/lesson_91.py", False),
    ],
)
def test_an_answer_is_tried_again_only_when_what_judges_it_has_changed(
    tmp_path, monkeypatch, file, is_tried_again
):
    monkeypatch.setattr(assignment, "ROOT", tmp_path)
    (tmp_path / file).parent.mkdir(parents=True)
    before = assignment.digest_of_judge(["02", "03"])
    assert assignment.digest_of_judge(["02", "03"]) == before
    (tmp_path / file).write_text("K = 1")
    assert (assignment.digest_of_judge(["02", "03"]) != before) == is_tried_again


def test_some_lessons_alone():
    names = assignment.exercises_to_mark(with_open=False, only="02")
    assert names == {e.name: "02" for e in exercises.LESSONS["02"]}
    names = assignment.exercises_to_mark(with_open=False, only="02,03")
    assert {*names.values()} == {"02", "03"}
    with pytest.raises(ValueError, match="lesson 99, but of 00, 01"):
        assignment.exercises_to_mark(with_open=False, only="99")


@pytest.fixture
def here(monkeypatch):
    """Let what is harmless run where it is."""
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)

    def run(work, arguments, *_):
        return sandbox.WORK[work](**arguments), 0

    monkeypatch.setattr(isolation, "run", run)


def tried(folder, code, *names):
    """Return the rows of exercises in the code of one file."""
    (folder / "ada.py").write_text(code)
    [submission] = submissions.submissions_in(folder)
    lessons = dict.fromkeys(names, "02")
    return marking.mark_submission(submission, lessons, "digest", Limits(), trusted=True)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("label_header", 'struct.unpack(">2I", raw)'),
        ("label_header", "int(raw[:4]), int(raw[4:8])"),
        ("one_hot", "labels == np.arange(classes)"),
        ("softmax", "np.exp(z) / np.exp(z).sum(axis=1)"),
    ],
)
def test_an_error_has_the_reason_that_a_notebook_names(monkeypatch, name, code):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    body = f"import struct\nreturn {code}"
    reply = exercises.check(write(name, body))
    source = answer(body, name, arguments(name))
    found = sandbox.check(name, source, "", 0)
    assert (found["kind"], found["reason"]) == (reply.kind, reply.reason)
    assert reply.reason
    exec(source.replace(GOOD, "import numpy as np\n"), space := {})  # whose lines nobody has
    assert exercises.check(space[f"my_{name}"]).reason == reply.reason


def test_what_does_not_run_by_itself_is_not_marked_with_the_reason(here, tmp_path):
    code = "import numpy as np\nK = np.load('mine.npy')\ndef my_sigmoid(z):\n    return K\n"
    [row] = tried(tmp_path, code, "sigmoid")
    assert row.kind == "not marked"
    assert "does not run by itself: FileNotFoundError: " in row.reply


def test_a_right_answer_with_what_its_lesson_gives_is_right_and_no_more(here, tmp_path):
    body = "print(sigmoid(0.0))\nreturn inputs.T @ dz, dz.sum(axis=0)"
    code = answer(body, "layer_gradients", arguments("layer_gradients"))
    [found] = tried(tmp_path, f"from mnistlib.functions import sigmoid\n{code}", "layer_gradients")
    assert (found.kind, found.likely_reason) == ("right", "")


def test_what_is_to_be_read_stands_in_the_table(here, tmp_path):
    code = (
        "from mnistlib import functions\ndef my_sigmoid(z):\n    return functions.sigmoid(z)\n"
        "def my_softmax(z):\n    return functions.sigmoid(z)\n"
    )
    right, wrong = tried(tmp_path, code, "sigmoid", "softmax")
    assert (right.kind, right.note) == ("right", "Read it: it uses functions.sigmoid")
    assert (wrong.kind, wrong.note) == ("wrong value", "")


def test_a_later_version_just_to_see_is_for_a_person_to_decide(here, tmp_path):
    seen = "def my_one_hot(labels, classes=10):\n    return labels\n"
    [found] = tried(tmp_path, f"{GOOD}\n{seen}", "one_hot")
    assert found.kind == "not marked"
    assert found.reply.startswith("an earlier version is right, but the last in ada.py ")
    [found] = tried(tmp_path, f"{seen}\n{GOOD}", "one_hot")
    assert found.kind == "right"
    [found] = tried(tmp_path, seen + seen.replace("return labels", "return 0"), "one_hot")
    assert found.kind.startswith("wrong")


def test_an_answer_that_is_vectorised_below_its_definition_is_right(here, tmp_path):
    sigmoid = "1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))"
    code = f"import math\nimport numpy as np\ndef my_sigmoid(z):\n    return {sigmoid}\n"
    [found] = tried(tmp_path, code, "sigmoid")
    assert found.kind == "raises"
    for wrapped in (
        "np.vectorize(my_sigmoid, otypes=[float])",
        "wrapped(np.vectorize(my_sigmoid))",
    ):
        below = f"\ndef wrapped(f): return lambda z: f(z)\nmy_sigmoid = {wrapped}\n"
        [found] = tried(tmp_path, code + below, "sigmoid")
        assert found.kind == "right", found


@pytest.mark.parametrize(
    ("name", "body", "kind", "is_nearly_right"),
    [
        ("sigmoid", "return 1 / (1 + np.exp(-z))", "unstable", True),
        (
            "softmax",
            "e = np.exp(z - z.max(axis=1)[:, None])\nreturn (e / e.sum(axis=1)[:, None]).tolist()",
            "wrong shape",
            True,
        ),
        ("softmax", "return [0.5]", "wrong shape", False),
        ("softmax", "return ['a', None]", "wrong shape", False),
        ("sigmoid", "return z", "wrong value", False),
        ("one_hot", "return np.eye(classes)[labels].ravel()", "wrong shape", True),
    ],
)
def test_what_is_nearly_right_is_known(here, tmp_path, name, body, kind, is_nearly_right):
    code = f"import numpy as np\n{answer(body, name, arguments(name))}"
    if name == "one_hot":
        code = code.replace(GOOD, "")
    [found] = tried(tmp_path, code, name)
    assert (found.kind, found.nearly_right == "yes") == (kind, is_nearly_right), found


def in_place(folder, monkeypatch):
    """Work in a folder, and find modules where one would without."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("display(z)\n    return half(z)", "right"),
        ("import mine\n    return mine.half(z)", "right"),
        ("import no_such\n    return half(z)", "not marked"),
        ("np.load('table.npy')\n    return half(z)", "not marked"),
        ("return half(z) + 0 * of_a_cell_that_is_gone", "not marked"),
    ],
)
def test_what_is_right_in_a_notebook_is_right_here_or_for_a_person_to_decide(
    here, tmp_path, monkeypatch, body, kind
):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    in_place(tmp_path, monkeypatch)
    cell = f"import numpy as np\nfrom mine import half\ndef my_sigmoid(z):\n    {body}"
    (tmp_path / "class" / "ada" / "02.ipynb").write_text(notebook(cell))
    stable = "np.exp(np.minimum(z, 0)) / (1 + np.exp(-abs(z)))"
    helper = f"import numpy as np\ndef half(z):\n    return {stable}\n"
    (tmp_path / "class" / "ada" / "mine.py").write_text(helper)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    [submission] = submissions.submissions_in(tmp_path / "class")
    [found] = marking.mark_submission(
        submission, {"sigmoid": "02"}, "digest", Limits(), trusted=True
    )
    assert found.kind == kind, found
    assert kind == "right" or "what it needs was not handed in: " in found.reply


def test_a_table_of_the_published_cases_fails_on_cases_that_nobody_has_seen(
    here, tmp_path, monkeypatch
):
    in_place(tmp_path, monkeypatch)
    exercise = exercises.EXERCISES["sigmoid"]
    cases = list(exercise.all_cases)
    table = [(z.tolist(), exercise.reference(z).tolist()) for (z,) in map(as_arrays, cases)]
    code = (
        f"import numpy as np\nfrom numpy import inf, nan\nTABLE = {table!r}\n"
        "def my_sigmoid(z):\n"
        "    for seen, answer in TABLE:\n"
        "        if np.array_equal(seen, z):\n"
        "            return np.asarray(answer)\n"
        "    return 0.5 + 0 * z\n"
    )
    assert exercises.check(function_of(code)).kind == "right"  # which a student can see
    [found] = tried(tmp_path, code, "sigmoid")
    assert found.kind == "not marked"
    assert "right on the exercise's own cases" in found.reply
    assert "but not on fresh ones: wrong value. With z" in found.reply


def as_arrays(arguments):
    return [np.asarray(argument) for argument in arguments]


def function_of(code):
    exec(code, space := {})
    return space["my_sigmoid"]


@pytest.mark.parametrize("name", [n for n, e in exercises.EXERCISES.items() if e.random_case])
def test_right_answers_are_right_on_cases_that_are_drawn(name, monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    for body in right(name):
        for seed in range(2):
            drawn = sandbox.with_cases_drawn(exercises.EXERCISES[name], seed)
            reply = exercises.check_answer(drawn, write(name, body))
            assert reply.kind == "right", (body, seed, reply.description)


@pytest.mark.parametrize("name", [n for n, e in exercises.EXERCISES.items() if e.arguments])
def test_a_case_that_is_drawn_is_none_of_the_published(name):
    exercise = exercises.EXERCISES[name]
    published = {repr(case) for case in exercise.all_cases}
    for seed in range(3):
        assert not published & {*map(repr, sandbox.with_cases_drawn(exercise, seed).cases)}


def test_the_table_says_what_was_not_tried_on_fresh_cases(here, tmp_path, monkeypatch):
    in_place(tmp_path, monkeypatch)
    names = exercises.EXERCISES["name_the_faults"].reference()
    [found] = tried(tmp_path, f"def my_name_the_faults():\n    return {names}", "name_the_faults")
    assert found.kind == "right"
    assert "Tried on no fresh cases" in found.reply


# --- Marks by hand


@pytest.fixture
def marked_by_hand(here, tmp_path, capsys):
    """Return a way to mark two students, with marks by hand, which gives the table and what is said."""
    (tmp_path / "class").mkdir()
    for name in ("ada", "bob"):
        (tmp_path / "class" / f"{name}.py").write_text(GOOD)

    def mark(hand, *more):
        if hand is not None:
            (tmp_path / "by-hand.csv").write_bytes(
                hand.encode("utf-16" if "\t" in hand else "utf-8")
            )
        out = tmp_path / "marks.csv"
        line = [str(tmp_path / "class"), "--out", str(out), "--trusted", "--lesson", "01"]
        line += ["--jobs", "1"]  # since what runs here redirects the output of all threads
        capsys.readouterr()
        marks.main([*line, "--grades", str(tmp_path / "grades.csv"), *more])
        grades = (tmp_path / "grades.csv").read_text().splitlines()
        return read(out), capsys.readouterr().out, [line.replace('"', "") for line in grades]

    return mark


HEAD = "student,exercise,points,why\n"


@pytest.mark.parametrize(
    "hand",
    [
        HEAD + "ada,one_hot,1.5,late\nbob,my_split,2,told me\n",
        "\ufeff" + HEAD.replace(",", ";") + "ada;one_hot;1,5;late\nbob;split;2;told me\n",
        (HEAD + "ada,one_hot,1.5,late\nbob,my_split,2,told me\n").replace(",", "\t"),
    ],
)
def test_marks_by_hand_always_win_and_survive_every_run(marked_by_hand, tmp_path, hand):
    for _ in range(2):
        rows, said, grades = marked_by_hand(hand)
        assert rows["ada", "one_hot"]["kind"] == "right"
        assert rows["ada", "one_hot"]["by hand"] == "1.5: late"
        assert "ada,0,1.5,0,0,0" in grades
        assert "bob,0,2,2,0,0" in grades
        assert "Your marks by hand, kept:\n      ada: my_one_hot (1.5: late)\n" in said
    rows, said, grades = marked_by_hand(HEAD)
    assert rows["ada", "one_hot"]["by hand"] == ""
    assert "ada,0,2,0,0,0" in grades


def test_an_answer_that_has_changed_since_it_was_marked_by_hand_is_named(marked_by_hand, tmp_path):
    rows, _, _ = marked_by_hand(HEAD)
    hand = f"{HEAD}ada,one_hot,1,seen,{rows['ada', 'one_hot']['version']}\nbob,one_hot,1,\n"
    (tmp_path / "class" / "ada.py").write_text(GOOD + "\nK = 1\n")
    assert "Answered anew" not in marked_by_hand(hand)[1]  # a line elsewhere
    for name in ("ada", "bob"):
        (tmp_path / "class" / f"{name}.py").write_text(GOOD.replace("labels]", "labels] + 0"))
    _, said, grades = marked_by_hand(None)
    assert "ada,0,1,0,0,0" in grades
    assert said.endswith("Answered anew since you marked it by hand:\n      ada: my_one_hot\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "eve,one_hot,1,",
            "line 2: there is no student 'eve'; somebody who handed in nothing needs an empty folder "
            "among those of the class",
        ),
        ("ada,onehot,1,", "line 2: there is no exercise 'onehot'"),
        (
            "ada,one_hot,1,5,late",
            "line 2: there are more than 4 cells; put quotation marks around a cell that contains the "
            "separator",
        ),
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
    assert words in str(refusal.value).splitlines()
    assert (tmp_path / "marks.csv").read_bytes() == before


def test_a_mark_by_hand_knows_a_student_without_the_platforms_number(marked_by_hand, tmp_path):
    for number in (1, 2, 3):
        name = f"{'eve' if number > 1 else 'cy'}_{number}_assignsubmission_file_a.py"
        (tmp_path / "class" / name).write_text(GOOD)
    rows, _, _ = marked_by_hand(HEAD + "cy,one_hot,1,\n")
    assert rows["cy (1)", "one_hot"]["by hand"] == "1: "
    with pytest.raises(SystemExit, match="no student 'eve'"):  # of whom there are two
        marked_by_hand(HEAD + "eve,one_hot,1,\n")


def test_a_mark_by_hand_for_an_exercise_of_another_week_waits(marked_by_hand):
    assert "softmax" not in marked_by_hand(HEAD + "ada,softmax,1,\n")[1]


def test_a_mark_by_hand_counts_for_somebody_with_an_empty_folder(marked_by_hand, tmp_path):
    (tmp_path / "names.csv").write_text("ada,ada@x\nbob,bob@x\neve,eve@x\nfay,fay@x\n")
    (tmp_path / "class" / "eve").mkdir()
    hand = HEAD + "eve@x,one_hot,1,aloud\n"
    rows, said, grades = marked_by_hand(hand, "--names", str(tmp_path / "names.csv"))
    assert rows["eve", "split"]["reply"] == "not read: nothing was handed in"
    assert grades[1:] == ["ada@x,0,2,0,0,0", "bob@x,0,2,0,0,0", "eve@x,,1,,,"]
    assert "Your marks by hand, kept:\n      eve: my_one_hot (1: aloud)\n" in said


def test_the_file_of_marks_by_hand_is_never_written(marked_by_hand, tmp_path):
    marked_by_hand(HEAD)
    with pytest.raises(SystemExit, match="is for your own marks; name another file"):
        marked_by_hand(HEAD, "--to-decide", str(tmp_path / "by-hand.csv"))
    assert (tmp_path / "by-hand.csv").read_text() == HEAD
