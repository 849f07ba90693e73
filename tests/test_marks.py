"""Marking a class: answers are tried out, and what is hostile loses its own row and nothing else."""

import csv
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import definitions
import marks
import pytest
import warden
from answers import WRONG
from lessons import all_lessons

from mnistlib import exercises

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [
    pytest.mark.takes(seconds=20),
    pytest.mark.skipif(sys.platform != "linux", reason="limits that only Linux has"),
]
GOOD = "import numpy as np\n\ndef my_one_hot(labels, classes=10):\n    return np.eye(classes)[labels]\n"


def notebook(*cells):
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def answer(body, name="sigmoid", arguments="z"):
    """Return an answer to one exercise after a good one to another."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"{GOOD}\ndef my_{name}({arguments}):\n{lines}"


def mistaken(name):
    """Return a wrong answer to an exercise, as the tests of the exercises know it."""
    exercise = exercises.EXERCISES[name]
    takes = list(inspect.signature(exercise.reference).parameters.values())
    takes = [str(p.replace(annotation=p.empty, kind=p.POSITIONAL_OR_KEYWORD)) for p in takes]
    body = textwrap.indent(textwrap.dedent(WRONG[name][0][2]).strip(), "    ")
    return f"def my_{name}({', '.join(takes[: len(exercise.cases[0])])}):\n{body}\n"


# What each hostile answer does, and the kind and some words of the only row that it loses.
HOSTILE = {
    "endless loop": ("while True: pass", "not marked", "took longer than 3 s"),
    "asleep": ("import time\ntime.sleep(1e6)", "not marked", "took longer than 3 s"),
    "memory": ("return np.ones(10**9)", "raises", "MemoryError"),
    "memory bit by bit": (
        "kept = []\nwhile True: kept.append(np.empty(10**6))",
        "raises",
        "MemoryError",
    ),
    "exits": ("import os\nos._exit(3)", "not marked", "with status 3, before a reply"),
    "exits politely": ("raise SystemExit", "raises", "SystemExit"),
    "kills itself": ("import os\nos.kill(os.getpid(), 9)", "not marked", "ended by SIGKILL"),
    "multiplies": (
        "import os, time\nfor _ in range(30):\n    if os.fork() == 0:\n        try: os.fork()\n"
        "        finally: time.sleep(1e6)",
        "raises",
        "BlockingIOError",
    ),
    "leaves a process behind": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['left-behind', '1000'])\n"
        "    os._exit(0)\nos.wait()\ntime.sleep(0.2)\nreturn z",
        "wrong value",
        "With z",
    ),
    "deleted folder": ("import os\nos.rmdir(os.getcwd())\nreturn z", "wrong value", "With z"),
    "large file": (
        "with open('large', 'wb') as file:\n    file.write(bytes(2 * 10**6))\nreturn z",
        "raises",
        "OSError",
    ),
    "prints": (
        'print(\'["sigmoid", "right", "", "", 0]\', flush=True)\nimport os\n'
        'os.write(1, b\'["sigmoid", "right", "", "", 0]\\n\')\nos._exit(0)',
        "not marked",
        "before a reply",
    ),
    "forges": (
        "import os\nfor file in range(3, 64):\n    try:\n"
        '        os.write(file, b\'{"kind": "right", "reply": "", "reason": ""}\')\n'
        "    except OSError: pass\nos._exit(0)",
        "not marked",
        "not written by the checker",
    ),
    "floods": (
        "import os\nwhile True:\n    for file in range(3, 64):\n"
        "        try: os.write(file, bytes(10**6))\n        except OSError: pass",
        "not marked",
        "took longer than 3 s",
    ),
    "another's name": (
        "return np.eye(classes)[labels]",
        "not marked",
        "the name of another exercise",
    ),
    "no Python": ("return (", "raises", "SyntaxError"),
    "a formula": ("raise type('=1+1', (Exception,), {})", "raises", ": =1+1"),
}
NAMES = {  # names of files, and what stands in the table
    "Zoë 学生 👩‍🎓": "Zoë 学生 👩‍🎓",
    "two\nlines": r"two\nlines",
    "=cmd": "'=cmd",
    "a,b;\"c'": "a,b;\"c'",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return what a class handed in: some good, many hostile, some no submission at all."""
    folder = tmp_path_factory.mktemp("class")
    for name, (body, *_) in HOSTILE.items():
        (folder / name).mkdir()
        if name == "another's name":
            renamed = "def as_other(f):\n    f.__name__ = 'my_one_hot'\n    return f\n\n@as_other\n"
            body = answer(body, arguments="labels, classes=10").replace(GOOD, GOOD + renamed)
            (folder / name / "mine.py").write_text(body)
        elif name == "no Python":
            (folder / name / "1.ipynb").write_text(notebook(GOOD, answer(body).removeprefix(GOOD)))
        else:
            (folder / name / "mine.py").write_text(answer(body), encoding="utf-8")
    for name in NAMES:
        (folder / f"{name}.py").write_text(GOOD)
    (folder / os.fsdecode(b"\xff\xfe.py")).write_text(GOOD)
    (folder / "every mistake.ipynb").write_text(notebook(*map(mistaken, exercises.EXERCISES)))
    (folder / "no json.ipynb").write_text("{")
    (folder / "nested.ipynb").write_text("[" * 10**6)
    (folder / "nested.ipynb.py").write_text("x = " + "(" * 10**5)
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
    return folder


@pytest.fixture(scope="module", autouse=True)
def scratch():
    """Let scratch folders be made where nobody else makes any, and see that none is left."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        os.chmod(folder, 0o1777)  # as /tmp is
        patch.setenv("TMPDIR", folder)
        yield
        assert os.listdir(folder) == []


def command(folder, out, *more):
    few = ["--seconds", "3", "--memory", "200", "--file", "1", "--jobs", "2"]
    return [sys.executable, ROOT / "tools/marks.py", folder, "--out", out, *few, *more]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def marked(folder, tmp_path_factory):
    """Return the table, what was said, and the processes that were left."""
    out = tmp_path_factory.mktemp("out") / "marks.csv"
    said = subprocess.run(command(folder, out), capture_output=True, text=True, timeout=300)
    assert said.returncode == 0, said.stderr
    return read(out), said, out


def test_every_submission_has_a_row_for_each_exercise(folder, marked):
    table, said, _ = marked
    names, open_ones = marks.exercises(with_open=False)
    assert "softmax" in names
    assert open_ones == ["tune"]
    assert "tune" not in names
    students = {student for student, _ in table}
    assert len(students) == len(list(folder.iterdir())) - 1  # two have one name
    assert set(table) == {(student, name) for student in students for name in names}
    homes = {task.name: lesson.number for lesson in all_lessons() for task in lesson.tasks}
    assert {name: row["lesson"] for (_, name), row in table.items()} == {n: homes[n] for n in names}
    assert f"{len(students)} submissions" in said.stdout
    reasons = [row["likely reason"] for row in table.values() if row["likely reason"]]
    _, title, *lines = said.stdout.splitlines()
    assert title == "The reasons most often given:"
    assert len(lines) == 10
    for line in lines:
        count, _, reason = re.fullmatch(r" *(\d+)  my_(\w+): (.+)", line).groups()
        assert reasons.count(reason) >= int(count) > 0


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_loses_its_own_row_only(marked, name):
    _, kind, words = HOSTILE[name]
    row = marked[0][name, "sigmoid"]
    assert (row["kind"], words in row["reply"]) == (kind, True), row
    assert marked[0][name, "one_hot"]["kind"] == "right"
    assert marked[0][name, "softmax"]["kind"] == "not attempted"


@pytest.mark.parametrize("name", marks.exercises(with_open=False)[0])
def test_the_kind_of_each_row_is_the_checkers(marked, name):
    row = marked[0]["every mistake", name]
    assert (row["kind"], row["reply"] != "") == (WRONG[name][0][0], True), row
    if row["kind"] in ("wrong value", "unstable") and "wanted" in row["reply"]:
        assert re.search(r"\bgot \S", row["reply"]), row
    assert not row["reply"].endswith(("but", "wanted", ":"))
    assert "at which step does yours part from it?" not in row["reply"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_letters_in_a_name_do_no_harm(marked, name):
    assert marked[0][NAMES[name], "one_hot"]["kind"] == "right"


def test_a_name_that_is_no_text_does_no_harm(marked):
    assert marked[0][r"\udcff\udcfe", "one_hot"]["kind"] == "right"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no json", "cannot be read as JSON from line 1"),
        ("nested", ""),
        ("nested.ipynb", ""),
        ("no cells", "no cells of code"),
        ("bytes", "no text in UTF-8"),
        ("empty", "no notebook and no .py"),
        ("essay.txt", "not readable: it is neither a folder nor .ipynb nor .py"),
        ("02.ipynb.txt", "not readable: it is neither a folder nor .ipynb nor .py"),
        ("twice", "2 submissions have this name: twice.ipynb, twice.py"),
        ("a link", "a link.py"),
        ("pipes", "is no file"),
    ],
)
def test_what_cannot_be_read_loses_its_rows_with_the_reason(marked, name, words):
    row = marked[0][name, "one_hot"]
    if name == "nested.ipynb":  # no answer in it could be found either way
        assert row["kind"] in ("not marked", "not attempted")
    else:
        assert (row["kind"], words in row["reply"]) == ("not marked", True), row


def ours():
    """Return the processes that marking started and left, and scratch folders that it left."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_text()
        except OSError:
            continue
        if f"{ROOT}/tools/warden.py" in line or line.startswith("left-behind"):
            found.append((process.name, line))
    return found


def test_no_process_is_left(marked):
    assert ours() == []


def test_the_same_line_again_does_nothing_anew_and_a_new_submission_alone_is_tried(
    folder, marked, tmp_path
):
    out = tmp_path / "marks.csv"
    out.write_bytes(marked[2].read_bytes())
    late = folder / "zz late.py"
    late.write_text(GOOD)
    try:
        subprocess.run(command(folder, out), check=True, capture_output=True, timeout=60)
    finally:
        late.unlink()
    table = read(out)
    assert table.pop(("zz late", "one_hot"))["kind"] == "right"
    assert {k: v for k, v in table.items() if k[0] != "zz late"} == marked[0]


@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_stopped_in_the_middle_it_goes_on_and_leaves_nothing(tmp_path, how):
    folder, out = tmp_path / "class", tmp_path / "marks.csv"
    folder.mkdir()
    for i in range(8):
        slow = "import time\nopen('x', 'w').close()\nwhile True: time.sleep(1)"
        slow = slow if i > 4 else "return z"
        (folder / f"{i}.py").write_text(answer(slow))
    line = command(folder, out, "--seconds", "600", "--jobs", "2")
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's & ignores it
    )  # fmt: skip
    scratch = Path(os.environ["TMPDIR"])
    deadline = time.monotonic() + 60
    while "\n4,01,one_hot," not in (out.read_text("utf-8-sig") if out.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    assert list(scratch.glob("*/x"))
    process.send_signal(signal.Signals[how])
    _, said = process.communicate(timeout=60)
    if how != "SIGKILL":
        assert process.returncode == 1
        assert "goes on from there" in said
        assert "Traceback" not in said
    deadline = time.monotonic() + 10
    while (ours() or [*scratch.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ours() == []
    assert [*scratch.iterdir()] == []
    before = read(out)
    assert {student for student, _ in before} == set("01234")
    with out.open("a") as file:
        file.write('5,01,one_hot,"cut o')
    subprocess.run(command(folder, out), check=True, capture_output=True, timeout=60)
    after = read(out)
    assert [*scratch.iterdir()] == []
    assert {key: after[key] for key in before} == before
    assert {student for student, _ in after} == set("01234567")
    assert after["7", "sigmoid"]["kind"] == "not marked"


def test_another_file_is_not_overwritten(tmp_path, folder, capsys):
    out = tmp_path / "grades.csv"
    out.write_text("name,grade\nada,1\n")
    with pytest.raises(SystemExit, match="no table of marks"):
        marks.main([str(folder), "--out", str(out)])
    assert out.read_text() == "name,grade\nada,1\n"


def test_elsewhere_than_on_linux_it_says_so_and_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(marks, "Watch", None)
    with pytest.raises(SystemExit, match="only Linux has"):
        marks.main([str(tmp_path), "--out", str(tmp_path / "marks.csv")])
    assert list(tmp_path.iterdir()) == []


def test_after_a_change_of_the_course_all_are_tried_again(tmp_path, monkeypatch):
    (tmp_path / "ada.py").write_text(GOOD)
    [before], [again] = marks.submissions(tmp_path), marks.submissions(tmp_path)
    assert before == again
    monkeypatch.setattr(marks, "ROOT", tmp_path)  # another course
    (tmp_path / "mnistlib" / "exercises").mkdir(parents=True)
    checker = tmp_path / "mnistlib" / "exercises" / "lesson_90.py"
    digests = {before.digest}
    for text in ("1", "2"):
        checker.write_text(text)
        marks.course.cache_clear()
        digests.add(next(s for s in marks.submissions(tmp_path) if s.student == "ada").digest)
    marks.course.cache_clear()
    assert len(digests) == 3


def test_one_lesson_alone():
    names, _ = marks.exercises(with_open=False, only="02")
    assert names == {e.name: "02" for e in exercises.LESSONS["02"]}
    with pytest.raises(SystemExit, match="lesson 99, but of 00, 01"):
        marks.exercises(with_open=False, only="99")


class Here:
    """A warden that runs what is harmless where it is."""

    def run(self, work, *args, seconds):
        return work(*args), None, 0


@pytest.mark.parametrize(("closed", "kind"), [("/closed/os.py", "not marked"), (None, "raises")])
def test_an_import_that_our_python_alone_may_make_is_not_the_students_fault(
    monkeypatch, tmp_path, closed, kind
):
    file = tmp_path / "ada.py"
    file.write_text(answer("import not_there\nreturn z"))
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    order = {"files": [str(file)], "names": ["sigmoid"], "seconds": {}}
    [[_, found, reply, *_]] = warden.rows(Here(), order, closed)
    assert found == kind
    assert "No module named 'not_there'" in reply
    assert ("cannot be read by the user" in reply) == bool(closed)


# --- What is taken


def taken(*cells, name="1.ipynb"):
    found = definitions.taken([(name, notebook(*cells).encode())])
    assert found["problems"] == []
    return {name: answer.get("source") for name, answer in found["answers"].items()}


def test_only_definitions_are_taken_and_what_they_need():
    found = taken(
        "import numpy as np\nfrom math import exp\nimport os\nos.system('boom')",
        "EPS = 1e-9\nCLASSES: int = 10\neye = np.eye(CLASSES)\nW = train(1)\nA, B = 1, 2\n"
        "square = lambda z: z ** 2",
        "%matplotlib inline\n!rm -rf /\ndef helper(z):\n    return square(z) + EPS + A\n",
        "def my_sigmoid(z):\n    return helper(z) + exp(0)\n\nprint(my_sigmoid(W))",
        "for i in range(3):\n    def my_softmax(z): return z",
        "labels = W[0]\nk = 5\ndef my_one_hot(labels, classes=CLASSES):\n"
        "    return np.array([eye[k] for k in labels])",
    )
    assert set(found) == {"sigmoid", "one_hot", "softmax"}
    assert found["softmax"] is None
    lines = found["sigmoid"].splitlines()
    assert [line for line in lines if line.strip()] == [
        "from math import exp",
        "EPS = 1e-09",
        "A, B = (1, 2)",
        "square = lambda z: z ** 2",
        "def helper(z):",
        "    return square(z) + EPS + A",
        "def my_sigmoid(z):",
        "    return helper(z) + exp(0)",
    ]
    assert "CLASSES: int = 10" in found["one_hot"]
    assert "os" not in found["one_hot"].split()
    assert not {"labels = W[0]", "k = 5"} & {*found["one_hot"].splitlines()}


def test_the_last_that_is_more_than_a_stub_counts():
    stub, first, second = [
        f"def my_sigmoid(z):\n    {body}" for body in ("...", "return 1", "return 2")
    ]
    assert "return 1" in taken(first, stub)["sigmoid"]
    assert "return 2" in taken(first, second, stub)["sigmoid"]
    assert "..." in taken(stub)["sigmoid"]
    files = [("mine.py", first.encode()), ("z.py", second.encode()), ("a.py", stub.encode())]
    for order in (files, files[::-1]):
        assert "return 1" in definitions.taken(order)["answers"]["sigmoid"]["source"]


def test_a_cell_that_is_no_python_does_not_hide_the_others():
    found = definitions.taken(
        [
            (
                "1.ipynb",
                notebook("def my_sigmoid(z:\n    return z", "def my_softmax(z): return z").encode(),
            )
        ]
    )["answers"]
    assert found["sigmoid"]["error"].startswith("SyntaxError: ")
    assert "source" in found["softmax"]


@pytest.mark.parametrize(
    "cell",
    [
        "from mnistlib.functions import softmax as my_softmax",
        "if True:\n    def my_softmax(z): return z",
        "my_softmax = lambda z: z",
    ],
)
def test_a_name_that_is_no_definition_of_its_own_is_not_marked_with_the_reason(cell):
    good, stub = "def my_softmax(z):\n    return 1", "def my_softmax(z):\n    ..."
    for cells in ([cell], [stub, cell]):
        files = [("1.ipynb", notebook(*cells).encode())]
        assert "no `def my_softmax" in definitions.taken(files)["answers"]["softmax"]["lost"]
        files.append(("0.py", good.encode()))
        assert "return 1" in definitions.taken(files)["answers"]["softmax"]["source"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / (1 + np.exp(-z))", ""),
        ("return functions.sigmoid(z)", "it uses mnistlib"),
        ("np.allclose = lambda *a, **k: True\nreturn z", "it changes np.allclose"),
        ("import sys\nreturn sys.modules[__name__]", "it uses sys"),
        ("setattr(np, 'allclose', max)\nreturn z", "it uses setattr"),
    ],
)
def test_a_right_answer_that_a_teacher_should_read_is_said_to_be_one(body, words):
    source = "from mnistlib import functions\nimport numpy as np\n" + answer(body)
    found = definitions.taken([("a.py", source.encode())])["answers"]["sigmoid"]
    assert found["note"] == (f"Read it: {words}" if words else "")


def test_what_is_to_be_read_stands_in_the_table(monkeypatch, tmp_path):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    (tmp_path / "ada.py").write_text(
        "from mnistlib import functions\ndef my_sigmoid(z):\n    return functions.sigmoid(z)\n"
        "def my_softmax(z):\n    return functions.sigmoid(z)\n"
    )
    order = {"files": [str(tmp_path / "ada.py")], "names": ["sigmoid", "softmax"], "seconds": {}}
    right, wrong = warden.rows(Here(), order)
    assert (right[1], right[3]) == ("right", "Read it: it uses mnistlib")
    assert (wrong[1], "Read it" in wrong[3]) == ("wrong value", False)
