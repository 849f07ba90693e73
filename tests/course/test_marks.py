"""Marking a class: answers are tried out, and what is hostile loses its own row and nothing else."""

import argparse
import base64
import csv
import inspect
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from course import exercises
from course.classroom import (
    asked,
    definitions,
    grades,
    marks,
    orders,
    review,
    sandbox,
    submissions,
    supervisor,
    table,
    walls,
)
from course.lessons import all_lessons
from tests.course.handed_in import arguments, right, write

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.takes(seconds=120),
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
    """Return a wrong answer to an exercise: the first known mistake that stands by itself."""
    exercise = exercises.EXERCISES[name]
    takes = list(inspect.signature(exercise.reference).parameters.values())
    takes = [str(p.replace(annotation=p.empty, kind=p.POSITIONAL_OR_KEYWORD)) for p in takes]
    own = [m.code for m in exercise.mistakes if not re.search(r"\b(key|given)\b", m.code)]
    code = [*own, "0.5"][0]
    is_statement = re.search(r"\b(return|yield)\b|^(for|import) ", code) or "\n" in code
    body = textwrap.indent(code if is_statement else f"return {code}", "    ")
    return f"def my_{name}({', '.join(takes[: len(exercise.cases[0])])}):\n{body}\n"


#: What each hostile answer does, and the kind (or kinds, by who tries it) and some words of the only
#: row that it loses.
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
    "kills itself": (
        "import os\nos.kill(os.getpid(), 9)",
        "not marked",
        "ended (Killed) before",
    ),
    "multiplies": (
        "import os, time\nfor _ in range(30):\n    if os.fork() == 0:\n        try: os.fork()\n"
        "        finally: time.sleep(1e6)",
        "raises",
        "BlockingIOError",
    ),
    "leaves a process behind": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['left-behind', '1000'])\n"
        "    os._exit(0)\nos.wait()\ntime.sleep(0.05)\nreturn z",
        "wrong value|raises",
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
    "stops who ends it": (
        "import os, signal\nif os.fork() == 0:\n    os.setsid()\n    me = os.getpid()\n"
        "    while True:\n        for pid in range(me + 1, me + 40):\n"
        "            try: os.kill(pid, signal.SIGSTOP)\n            except OSError: pass\n"
        "import time\ntime.sleep(0.1)\nreturn z",
        "wrong value|raises",
        "With z",
    ),
    "forges with the token": (
        "import sys, os\nframe = sys._getframe()\nwhile frame:\n    found = frame.f_locals\n"
        "    if 'token' in found and 'pipe' in found:\n"
        "        os.write(found['pipe'], found['token'] + b'{\"lost\": 5}')\n        os._exit(0)\n"
        "    frame = frame.f_back",
        "not marked",
        "no reply of the checker",
    ),
    "a formula": ("raise type('=1+1', (Exception,), {})", "raises", ": =1+1"),
    "stops its watcher": (
        "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nreturn z",
        "wrong value|raises|not marked",
        "",
    ),
    "kills its watcher": (
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(0.3)\nreturn z",
        "wrong value|raises|not marked",
        "",
    ),
    "speaks for its watcher": (
        "import os\nfor file in range(3, 20):\n    try:\n"
        "        out = os.open(f'/proc/{os.getppid()}/fd/{file}', os.O_WRONLY)\n"
        '        os.write(out, b\'["sigmoid", "right", "", "", "", 0]\\n\')\n'
        "    except OSError: pass\nreturn z",
        "wrong value",
        "With z",
    ),
    "a signal without a name": (
        "import os\nos.kill(os.getpid(), 40)",
        "not marked",
        "before a reply came",
    ),
    "folders in folders": (
        "import os\nfor _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\nreturn z",
        "wrong value|not marked",  # a disk takes long to be rid of them
        "",
    ),
    "multiplies and dies": (
        "import os\nif os.fork() == 0:\n    os.setsid()\n    while True:\n"
        "        if os.fork(): os._exit(0)\nreturn z",
        "wrong value|raises",
        "With z",
    ),
    "complains at length": ("raise ValueError('no ' * 5000)", "raises", "ValueError: no no no"),
}
#: Names of files, and what stands in the table.
NAMES = {
    "Zoë 学生 👩‍🎓": "Zoë 学生 👩‍🎓",
    "two\nlines": r"two\nlines",
    "=cmd": "'=cmd",
    "a,b;\"c'": "a,b;\"c'",
    "＝full": "'＝full",
    "x;=HYPERLINK(1)": "x;=HYPERLINK(1)",
}


@pytest.fixture(scope="module")
def hostile(scratch):
    """Return a folder of hostile submissions, which everybody may read."""
    folder = Path(scratch, "hostile")
    folder.mkdir()
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
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return what a class handed in: some good, many odd, some no submission at all."""
    folder = tmp_path_factory.mktemp("class")
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
    for number in range(submissions.MOST_FILES + 5):
        (folder / "many folders" / f"{number:03}").mkdir(parents=True)
    (folder / "many folders" / "z").mkdir()
    (folder / "many folders" / "z" / "mine.py").write_text(GOOD)
    deep = folder / "a deep nest"
    deep.mkdir()
    (deep / "mine.py").write_text(GOOD)
    here = os.getcwd()
    os.chdir(deep)
    for _ in range(3000):  # deeper than a path may be long
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    yield folder
    subprocess.run(["rm", "-r", deep], check=True)  # Python's own cleaning recurses


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
        assert os.listdir(made) == []


#: Each way to try answers: behind walls or not; where we are root, also as somebody who is not.
NO_WALLS = ["--no-walls"]
WALLS = [pytest.param([], id="behind walls"), pytest.param(NO_WALLS, id="without walls")]
WAYS = [pytest.param((*way.values, False), id=way.id) for way in WALLS]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    WAYS += [pytest.param((*way.values, True), id=f"{way.id}, not root") for way in WALLS]


def need_walls():
    """Leave out what needs bubblewrap where it does not work; CI installs it, and must have it."""
    trial = ["bwrap", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true"]
    if not shutil.which("bwrap") or subprocess.run(trial, capture_output=True).returncode:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("needs bubblewrap (apt install bubblewrap), and a system that lets it work")


def as_another():
    """Return the beginning of a line that runs the rest as a user who owns nothing, but may read."""
    seen = {Path(path).resolve() for path in (ROOT, sys.prefix, sys.base_prefix)}
    above = sorted({folder for path in seen for folder in path.parents})
    line = ["bwrap", "--dev-bind", "/", "/"]
    for folder in above:
        if not folder.stat().st_mode & 0o001:
            line += ["--perms", "0755", "--tmpfs", folder]
            inside = [each for each in above if each.is_relative_to(folder) and each != folder]
            line += [word for each in inside for word in ("--perms", "0755", "--dir", each)]
    line += [word for path in seen for word in ("--ro-bind", path, path)]
    return [*line, "--", "setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]


def command(folder, out, *more):
    small = ["--seconds", "3", "--memory", "200", "--file", "1", "--jobs", "2"]
    return [sys.executable, "-m", "course", "marks", folder, "--out", out, *small, *more]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module", params=WALLS)
def marked(request, folder, tmp_path_factory):
    """Return the table, what was said, and the file."""
    if not request.param:
        need_walls()
    out = tmp_path_factory.mktemp("out") / "marks.csv"
    line = command(folder, out, *request.param)
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Without" if request.param else "Behind"), done.stdout
    return read(out), done, out


@pytest.fixture(scope="module")
def tried(request, hostile):
    """Return the table of the hostile submissions, tried in one of the ways."""
    walls, another = request.param
    if not walls or another:
        need_walls()
    out = Path(hostile).with_name(f"out {len(walls)} {another}")
    out.mkdir()
    out.chmod(0o777)
    line = command(hostile, out / "marks.csv", *walls)
    if another:  # without walls they can reach each other, so one at a time
        line = [*as_another(), *line, *(["--jobs", "1"] if walls else [])]
    done = subprocess.run(line, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Without" if walls else "Behind"), done.stdout
    assert "Traceback" not in done.stderr
    assert ours() == []
    if (
        walls and another
    ):  # who ends the process above it leaves its folder behind; the page says so
        for left in Path(os.environ["TMPDIR"]).glob("marks-*"):
            subprocess.run(["rm", "-rf", left], check=True)
    return read(out / "marks.csv")


def test_every_submission_has_a_row_for_each_exercise(folder, marked):
    rows, said, _ = marked
    names = asked.exercises(with_open=False)
    assert "softmax" in names
    assert asked.open_exercises() == ["tune"]
    assert "tune" not in names
    students = {student for student, _ in rows}
    assert len(students) == len(list(folder.iterdir())) - 2  # two and two have one name
    assert set(rows) == {(student, name) for student in students for name in names}
    homes = {task.name: lesson.number for lesson in all_lessons() for task in lesson.tasks}
    assert {name: row["lesson"] for (_, name), row in rows.items()} == {n: homes[n] for n in names}
    assert f"{len(students)} submissions" in said.stdout
    reasons = [row["likely reason"] for row in rows.values() if row["likely reason"]]
    _, _, title, *lines = re.split("\nWorth a look|\nRead in part", said.stdout)[0].splitlines()
    assert title == "The reasons most often given:"
    assert len(lines) == 10
    for line in lines:
        count, _, reason = re.fullmatch(r" *(\d+)  my_(\w+): (.+)", line).groups()
        assert reasons.count(reason) >= int(count) > 0


@pytest.mark.parametrize("tried", WAYS, indirect=True)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_loses_its_own_row_only(tried, name):
    _, kinds, words = HOSTILE[name]
    row = tried[name, "sigmoid"]
    assert (row["kind"] in kinds.split("|"), words in row["reply"]) == (True, True), row
    assert tried[name, "one_hot"]["kind"] == "right"
    assert tried[name, "softmax"]["kind"] == "not attempted"


def test_the_page_for_teachers_lists_what_is_tried_and_what_comes_of_it():
    page = (ROOT / "site" / "pages" / "teachers.md").read_text(encoding="utf-8")
    listed = re.search(r"<details>.*?</details>", page, re.DOTALL)[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", listed, re.MULTILINE)
    found = {name: {*f"{walls}, {without}".split(", ")} for name, walls, without in rows[2:]}
    assert found.keys() == HOSTILE.keys()
    for name, (_, kinds, _) in HOSTILE.items():
        assert found[name] <= {*kinds.split("|")}, name


@pytest.mark.parametrize("name", asked.exercises(with_open=False))
def test_the_kind_of_each_row_is_the_checkers(marked, name, monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    row = marked[0]["every mistake", name]
    here = sandbox.check(name, f"import numpy as np\n{mistaken(name)}")
    assert row["kind"] == here["kind"] != "right"
    assert row["reply"]
    if row["kind"] in ("wrong value", "unstable") and "wanted" in row["reply"]:
        assert re.search(r"\bgot \S", row["reply"]), row
    assert not row["reply"].endswith(("but", "wanted", ":"))


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
        ("clash.zip", "2 submissions have this name: clash.zip, clash.zip.py"),
        ("many folders", "more than 100 folders; what lies deeper was not looked at"),
        ("a link", "a link.py: is a link"),
        ("pipes", "is no file"),
    ],
)
def test_what_cannot_be_read_loses_its_rows_with_the_reason(marked, name, words):
    row = marked[0][name, "one_hot"]
    if name == "nested.ipynb":  # no answer in it could be found either way
        assert row["kind"] in ("not marked", "not attempted")
    else:
        assert (row["kind"], words in row["reply"]) == ("not marked", True), row


@pytest.mark.parametrize("unread", ["rest.zip", "03.ipynb.txt", "essay.PDF"])
def test_what_may_stand_in_a_file_that_is_not_read_is_not_marked(marked, unread):
    student = f"beside {unread}"
    assert marked[0][student, "one_hot"]["kind"] == "right"
    row = marked[0][student, "softmax"]
    problem = f"not read, being neither .ipynb nor .py: {unread}"
    assert (row["kind"], row["reply"]) == ("not marked", problem)


def test_a_file_that_holds_no_answers_is_no_reason_not_to_mark(tmp_path):
    for name in ("02.ipynb", "progress.json", "plot.png", "._02.ipynb.txt", "mine.pyc"):
        (tmp_path / name).touch()
    assert submissions.files_in(tmp_path) == ([("02.ipynb", tmp_path / "02.ipynb")], "")
    before = submissions.read("ada", [tmp_path])
    (tmp_path / "rest.zip").touch()
    assert submissions.read("ada", [tmp_path]).digest != before.digest  # so it is marked again


def test_the_shallower_of_two_files_of_one_name_counts_and_the_row_says_so(marked):
    row = marked[0]["two of one name", "one_hot"]
    place = "Taken from mine.py; there is another in old/mine.py."
    assert (row["kind"], row["likely reason"]) == ("right", place)


@pytest.mark.parametrize("name", ["CAPITALS", "a deep nest"])
def test_odd_folders_do_no_harm(marked, name):
    assert marked[0][name, "one_hot"]["kind"] == "right"


def test_every_cell_is_quoted_so_that_no_list_separator_begins_a_formula(marked):
    lines = marked[2].read_text("utf-8-sig").splitlines()
    assert all(line.startswith('"') and line.endswith('"') for line in lines)


PRYING = {
    "another submission": "open({other!r}).read()",
    "a file of the user's": "open({secret!r}).read()",
    "the network": "__import__('socket').create_connection(('127.0.0.1', {port}), 1)",
    "another process": "open('/proc/{pid}/cmdline').read()",
}


REFUSED = {
    "memory that outlives its process": "shmget(0, 10**6, 0o1600)",
    "a user namespace": "unshare(0x10000000)",
}


def test_behind_walls_nothing_else_can_be_seen_and_the_disk_is_bounded(tmp_path):
    need_walls()
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(GOOD)
    (tmp_path / "secret").write_text("mine")
    server = socket.create_server(("127.0.0.1", 0))
    for file in (tmp_path / "secret", folder / "ada.py"):
        file.chmod(0o644)
    known = {"other": str(folder / "ada.py"), "secret": str(tmp_path / "secret")}
    known |= {"port": server.getsockname()[1], "pid": os.getpid()}
    for name, way in PRYING.items():
        body = f"raise type('Seen', (Exception,), {{}})({way.format(**known)})"
        (folder / f"{name}.py").write_text(answer(body))
    filling = "for i in range(1000):\n    open(str(i), 'wb').write(bytes(10**6))"
    (folder / "the disk.py").write_text(answer(filling))
    shared = "open('/dev/shm/left-by-a-submission', 'wb').write(bytes(10))\nreturn z"
    (folder / "shared memory.py").write_text(answer(shared))
    for name, call in REFUSED.items():
        body = f"import ctypes\nraise ValueError(f'got {{ctypes.CDLL(None).{call}}}')"
        (folder / f"{name}.py").write_text(answer(body))
    out = tmp_path / "marks.csv"
    line = command(folder, out, "--lesson", "02")
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    server.close()
    assert done.stdout.startswith("Behind bubblewrap's walls")
    rows = read(out)
    for name in PRYING:
        reply = rows[name, "sigmoid"]["reply"]
        assert "Seen" not in reply, reply
        assert re.search(r"No such file|Network is unreachable|refused", reply), (name, reply)
    for name in REFUSED if platform.machine() in walls.CALLS else ():
        assert "got -1" in rows[name, "sigmoid"]["reply"]
    assert "No space left" in rows["the disk", "sigmoid"]["reply"]
    assert rows["shared memory", "sigmoid"]["kind"] == "wrong value"
    assert not Path("/dev/shm/left-by-a-submission").exists()


def test_without_bubblewrap_it_says_so_and_what_may_be_seen(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(marks.shutil, "which", lambda name: None)
    assert not marks.try_the_sandbox(orders.Limits(), no_walls=False, with_open=False)
    assert "bubblewrap is not installed" in capsys.readouterr().out


def test_where_bubblewrap_does_not_work_it_says_so_and_does_without(monkeypatch, capsys):
    monkeypatch.setattr(marks.shutil, "which", lambda name: "/bin/bwrap")
    monkeypatch.setattr(supervisor, "walls", lambda *_: ["sh", "-c", "echo no namespaces >&2"])
    assert not marks.try_the_sandbox(orders.Limits(), no_walls=False, with_open=False)
    assert "does not work here" in (said := capsys.readouterr().out)
    assert "no namespaces" in said


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello\n",
        "5\n",
        "[]\n",
        "[" * 10**5,
        '["sigmoid", "right", "", "", "", "1"]\n',
        '["sigmoid", "right", "", "", "", NaN]\n',
        '["sigmoid", "right", "", "", 5, 1]\n',
        '["sigmoid", "best", "", "", "", 1]\n',
        '["softmax", "right", "", "", "", 1]\n',
        '["sigmoid", "right", "", "", 1]\n',
        '{"sigmoid": "right"}\n',
        '["sigmoid", "right", "", "", "' + "x" * 10**5 + '", 1]\n',
    ],
)
def test_a_line_that_is_no_row_of_the_exercise_is_none(line):
    assert supervisor.outcome_in('["sigmoid", "right", "", "", "", 1]\n', "sigmoid")
    assert supervisor.outcome_in(line, "sigmoid") is None


@pytest.mark.parametrize(
    "found",
    [5, None, {}, [], [[], []], [{"sigmoid": 5}, []], [{"sigmoid": [""] * 9}, []], [{}, 5]],
)
def test_answers_that_are_none_are_left_out(found):
    assert sandbox.answers_in(found) == ({}, [])
    answer = definitions.Answer(lost="x")
    whole = [{"sigmoid": answer, "softmax": answer._replace(shape=1)}, ["y", 5]]
    assert sandbox.answers_in(json.loads(json.dumps(whole))) == ({"sigmoid": answer}, ["y"])


@pytest.mark.parametrize(
    "reply",
    [
        5,
        None,
        [],
        {},
        {"lost": 5},
        {"kind": "right"},
        {"kind": "best", "reply": "", "reason": ""},
        {"kind": "right", "reply": 1, "reason": ""},
        {"kind": "right", "reply": "x" * 10**6, "reason": ""},
    ],
)
def test_a_reply_of_another_shape_is_not_marked(reply):
    assert sandbox.read_reply(reply)[0] == "not marked"


def ours():
    """Return the processes that marking started and left, and scratch folders that it left."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_text()
        except OSError:
            continue
        is_sandbox = "course.classroom.sandbox" in line and sys.executable in line
        if is_sandbox or line.startswith("left-behind"):
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
        subprocess.run(command(folder, out), check=True, capture_output=True, timeout=200)
    finally:
        late.unlink()
    rows = read(out)
    assert rows.pop(("zz late", "one_hot"))["kind"] == "right"
    assert {k: v for k, v in rows.items() if k[0] != "zz late"} == marked[0]


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
        # A shell's & ignores the one, and nohup the other.
        preexec_fn=lambda: [signal.signal(n, signal.SIG_DFL) for n in (signal.SIGINT, signal.SIGHUP)],
    )  # fmt: skip
    scratch = Path(os.environ["TMPDIR"])
    deadline = time.monotonic() + 300
    try:
        while '\n"4","01","one_hot",' not in (out.read_text("utf-8-sig") if out.exists() else ""):
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
    deadline = time.monotonic() + 10
    while (ours() or [*scratch.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ours() == []
    assert [*scratch.iterdir()] == []
    before = read(out)
    assert {student for student, _ in before} == set("01234")
    with out.open("a") as file:
        file.write('"5","01","one_hot","cut o')
    subprocess.run(command(folder, out), check=True, capture_output=True, timeout=200)
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


def test_a_table_of_other_lessons_is_not_overwritten(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(GOOD)
    out = tmp_path / "marks.csv"
    line = [str(tmp_path / "class"), "--out", str(out), "--no-walls", "--lesson"]
    marks.main([*line, "01"])
    before = out.read_bytes()
    with pytest.raises(SystemExit, match="holds marks of lesson 01; name another file with --out"):
        marks.main([*line, "02"])
    assert out.read_bytes() == before
    marks.main([*line, "01,02"])
    assert {row["lesson"] for row in read(out).values()} == {"01", "02"}


def test_what_the_last_lines_name(tmp_path, capsys):
    (tmp_path / "class").mkdir()
    for name in ("ada", "bob"):
        (tmp_path / "class" / name).mkdir()
        (tmp_path / "class" / name / "01.py").write_text(GOOD)
    (tmp_path / "class" / "bob" / "rest.zip").write_text("?")
    line = [str(tmp_path / "class"), "--out", str(tmp_path / "marks.csv"), "--no-walls"]
    marks.main([*line, "--lesson", "01"])
    assert (
        "Read in part: bob (not read, being neither .ipynb nor .py: rest.zip)"
        in capsys.readouterr().out
    )
    shutil.rmtree(tmp_path / "class" / "ada")
    marks.main([*line, "--lesson", "01"])
    out = capsys.readouterr().out
    assert "No longer in " in out
    assert "whose rows are kept: ada" in out
    assert ("ada", "one_hot") in read(tmp_path / "marks.csv")


def test_elsewhere_than_on_linux_it_says_so_and_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(marks, "SandboxProcess", None)
    with pytest.raises(SystemExit, match="only Linux has"):
        marks.main([str(tmp_path), "--out", str(tmp_path / "marks.csv")])
    assert list(tmp_path.iterdir()) == []


def test_after_a_change_of_the_course_all_are_tried_again(tmp_path, monkeypatch):
    (tmp_path / "ada.py").write_text(GOOD)
    [before], [again] = submissions.submissions(tmp_path), submissions.submissions(tmp_path)
    assert before == again
    monkeypatch.setattr(submissions, "ROOT", tmp_path)  # another course
    (tmp_path / "mnistlib" / "exercises").mkdir(parents=True)
    checker = tmp_path / "mnistlib" / "exercises" / "lesson_90.py"
    digests = {before.digest}
    for text in ("1", "2"):
        checker.write_text(text)
        submissions.course.cache_clear()
        digests.add(next(s for s in submissions.submissions(tmp_path) if s.student == "ada").digest)
    submissions.course.cache_clear()
    assert len(digests) == 3


def test_some_lessons_alone():
    names = asked.exercises(with_open=False, only="02")
    assert names == {e.name: "02" for e in exercises.LESSONS["02"]}
    names = asked.exercises(with_open=False, only="02,03")
    assert {*names.values()} == {"02", "03"}
    with pytest.raises(ValueError, match="lesson 99, but of 00, 01"):
        asked.exercises(with_open=False, only="99")


class Here:
    """A sandbox that runs what is harmless where it is."""

    def run(self, work, *args, seconds):
        return work(*args), 0


def ordered(code, *names):
    """Return the order to try exercises in the code of one file."""
    raw = base64.b64encode(code.encode()).decode()
    return orders.Order(
        [("ada.py", raw)], unread="", exercises=names, seconds=dict.fromkeys(names, 9), given={}
    )


@pytest.mark.parametrize(("closed", "kind"), [("/closed/os.py", "not marked"), (None, "raises")])
def test_an_import_that_our_python_alone_may_make_is_not_the_students_fault(
    monkeypatch, closed, kind
):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    order = ordered(answer("import not_there\nreturn z"), "sigmoid")
    [[_, found, reply, *_]] = sandbox.outcomes(Here(), order, closed)
    assert found == kind
    assert "No module named 'not_there'" in reply
    assert ("cannot be read by the user" in reply) == bool(closed)


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
    found = sandbox.check(name, source)
    assert (found["kind"], found["reason"]) == (reply.kind, reply.reason)
    assert reply.reason
    exec(source.replace(GOOD, "import numpy as np\n"), space := {})  # whose lines nobody has
    assert exercises.check(space[f"my_{name}"]).reason == reply.reason


# --- What is taken


def taken(*cells, name="1.ipynb"):
    found, problems = definitions.take_answers([(name, notebook(*cells).encode())])
    assert problems == []
    return {name: answer.source for name, answer in found.items()}


@pytest.mark.parametrize(
    ("cookie", "problem"),
    [("latin-1", ""), ("rot13", "is no text in UTF-8"), ("klingon", "is no text in UTF-8")],
)
def test_a_file_may_name_its_encoding(cookie, problem):
    raw = f"# -*- coding: {cookie} -*-\ndef my_sigmoid(z):\n    return 'ö'\n".encode("latin-1")
    found, problems = definitions.take_answers([("a.py", raw)])
    assert problems == [f"a.py {problem}"] * bool(problem)
    assert ("sigmoid" in found) == (not problem)


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
    assert found["softmax"] == ""
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


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("K = range(3)", range(3)),
        ("from functools import partial\nrow = partial(sum, start=1)\nK = row([2])", 3),
        ("K = np.arange(4).reshape(2, 2)[1].tolist()", [2, 3]),
        ("K = {'axis': 1}\nK['axis'] = 0", {"axis": 0}),
        ("K = np.zeros(2)\nK[0] = 1\nK = K.tolist()", [1, 0]),
        ("K = []\nK.append(0)\nK += [1]\nK.append(2)\ndel K[1]", [0, 2]),
        ("K = np.ones((2, 2))\nnp.fill_diagonal(K, 0)\nK = K.tolist()", [[0, 1], [1, 0]]),
        ("K = 1\nK = K + 1", 2),
        ("K = 1\nK: int", 1),
        ("K = [k * k for k in range(3)]", [0, 1, 4]),
        ("K = sorted(zip([2, 1], 'ab'))", [(1, "b"), (2, "a")]),
        ("with np.errstate(divide='ignore'):\n    K = 1", 1),
        ("K = []\nfor k in range(3):\n    K.append(k)", [0, 1, 2]),
        ("K = 0\nif K:\n    K = 1\nelse:\n    K = 2", 2),
        ("try:\n    import no_such as K\nexcept ImportError:\n    K = None", None),
        ("print(K := 5)", 5),
        ("def made(n):\n    return [n] * J\nJ = 2\nK = made(1)\nJ = 3", [1, 1]),
        ("class Own:\n    z = 1\nmine = Own()\nmine.z = 2\nK = mine.z", 2),
        ("J = 1\nK = J\nJ = 2\ndef after(): return K[0]", 1),
        ("k = boom()\nK = [1]\nfor k in range(2):\n    K.append(k)", [1, 0, 1]),
        ("K = 1\nfor k in K.no: boom(k)\nprint(K)\nboom(K)", 1),
        ("K = [0]\nif len(K) > 1: K = 5", [0]),
    ],
)
def test_a_name_is_what_all_the_lines_make_of_it_that_set_and_change_it(lines, value):
    found = taken(f"import numpy as np\n{lines}\ndef my_sigmoid(z):\n    return K", "K = 9")
    exec(found["sigmoid"], space := {})
    assert space["my_sigmoid"](1) == value


def test_what_does_not_run_by_itself_is_not_marked_with_the_reason(monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    code = "import numpy as np\nK = np.load('mine.npy')\ndef my_sigmoid(z):\n    return K\n"
    [[_, kind, reply, *_]] = sandbox.outcomes(Here(), ordered(code, "sigmoid"))
    assert kind == "not marked"
    assert "does not run by itself: FileNotFoundError: " in reply


def test_the_last_that_is_more_than_a_stub_counts():
    stub, first, second = [
        f"def my_sigmoid(z):\n    {body}" for body in ("...", "return 1", "return 2")
    ]
    assert "return 1" in taken(first, stub)["sigmoid"]
    assert "return 2" in taken(first, second, stub)["sigmoid"]
    assert "..." in taken(stub)["sigmoid"]
    empty = first.replace("return 1", "raise NotImplementedError")
    assert "return 1" in taken(first, empty)["sigmoid"]
    assert "raise" not in taken(empty)["sigmoid"]
    files = [("mine.py", first.encode()), ("z.py", second.encode()), ("a.py", stub.encode())]
    for order in (files, files[::-1]):
        assert "return 1" in definitions.take_answers(order)[0]["sigmoid"].source


def test_a_name_in_capitals_is_named():
    code = b"def My_Softmax(z):\n    return z\nMY_SPLIT = 0.8\n"
    found, _ = definitions.take_answers([("a.py", code)])
    assert found["softmax"].lost == "there is no my_softmax, but a My_Softmax"
    assert "split" not in found
    assert "return 1" in taken("def MY_F(): return 2", "def my_f(): return 1")["f"]


def test_of_versions_that_differ_in_several_files_the_row_says_so():
    new, old = (f"def my_sigmoid(z):\n    return {n}".encode() for n in (1, 2))
    copies = [("02.py", new), ("mine.py", b"# my own\n" + new), ("03.py", b"K = 1")]
    assert definitions.take_answers(copies)[0]["sigmoid"].place == ""
    found, _ = definitions.take_answers([*copies, ("02 (1).py", old)])
    assert found["sigmoid"].place == "Taken from mine.py; there is another in 02 (1).py."


def test_a_cell_that_is_no_python_does_not_hide_the_others():
    both = notebook("def my_sigmoid(z:\n    return z", "def my_softmax(z): return z")
    found, _ = definitions.take_answers([("1.ipynb", both.encode())])
    assert found["sigmoid"].error.startswith("SyntaxError: ")
    assert found["softmax"].source


@pytest.mark.parametrize(
    "slip",
    [
        "def my_softmax(z:\n    return z",
        "def my_softmax(z):\n    return (z",
        'def my_softmax(z):\n    """Of scores.\n    return z',
        "def my_softmax(z):\nreturn z",
        "@other\ndef my_softmax(z)\n    return z",
    ],
)
def test_a_slip_in_a_file_costs_its_own_function_alone(slip):
    before = (
        "import numpy as np\n\nhalf = 0.5\n\n@np.vectorize\ndef my_sigmoid(z):\n    return half * z"
    )
    after = "tens = [10]\ntens[0]+=0\ndef my_one_hot(labels):\n    return np.eye(*tens)[labels]"
    file = ("mine.py", f"{before}\n\n{slip}\n\n{after}\n".encode())
    found, _ = definitions.take_answers([file])
    assert all(line in found["sigmoid"].source for line in ("half = 0.5", "@np.vectorize"))
    assert found["one_hot"].source.startswith("import numpy as np\n\ntens = [10]\n\ntens[0] += 0\n")
    kind, line = re.fullmatch(r"(\w+): .*, line (\d+)", found["softmax"].error).groups()
    assert kind in ("SyntaxError", "IndentationError")
    assert 9 <= int(line) <= 14  # in the file, where the slip stands


@pytest.mark.parametrize(
    "cell",
    [
        "from mnistlib.functions import softmax as my_softmax",
        "if True:\n    def my_softmax(z): return z",
        "my_softmax = lambda z: z",
        "from functools import partial\nmy_softmax = partial(max, 1)",
    ],
)
def test_a_name_that_is_no_definition_of_its_own_is_not_marked_with_the_reason(cell):
    good, stub = "def my_softmax(z):\n    return 1", "def my_softmax(z):\n    ..."
    for cells in ([cell], [stub, cell]):
        files = [("1.ipynb", notebook(*cells).encode())]
        assert "no `def my_softmax" in definitions.take_answers(files)[0]["softmax"].lost
        files.append(("0.py", good.encode()))
        assert "return 1" in definitions.take_answers(files)[0]["softmax"].source


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / (1 + np.exp(-z))", ""),
        ("return functions.sigmoid(z)", "it uses mnistlib"),
        ("np.allclose = lambda *a, **k: True\nreturn z", "it changes np.allclose"),
        ("import sys\nreturn sys.modules[__name__]", "it uses sys"),
        ("import os, sys, math\nreturn math.exp(z)", ""),
        ("class A:\n    def run(self, z): self.z = z\na = A()\na.p = 1\nreturn a.p", ""),
        ("class A:\n    def run(self): self.allclose = max\nA.run(np)", "it changes self.allclose"),
        ("own = functions\nown.mean = max\nreturn z", "it changes own.mean"),
        ("setattr(np, 'allclose', max)\nreturn z", "it uses setattr"),
    ],
)
def test_a_right_answer_that_a_teacher_should_read_is_said_to_be_one(body, words):
    source = "from mnistlib import functions\nimport numpy as np\n" + answer(body)
    found, _ = definitions.take_answers([("a.py", source.encode())])
    assert found["sigmoid"].note == (f"Read it: {words}" if words else "")


@pytest.mark.parametrize(
    ("name", "line", "is_read"),
    [
        ("layer_gradients", "return softmax(z)", False),
        ("layer_gradients", "return cross_entropy(z)", False),
        ("check_gradient", "return relative_error(z, central_difference(z))", False),
        ("check_gradient", "return check_gradient(z)", True),
        ("softmax", "return softmax(z)", True),
        ("layer_gradients", "return network.Network(z)", True),
        ("mended_gradients", "return network.forward(z)", False),
        ("mended_gradients", "return network.gradients(z)", True),
        ("mended_gradients", "own = network\nreturn own.gradients(z)", True),
        ("cross_entropy", "return functions.log_softmax(z)", False),
        ("cross_entropy", "return functions.cross_entropy(z)", True),
        ("image_patches", "return convolution.patches(z)", True),
        ("kernel_gradient", "return convolution.patches(z)", False),
        ("layer_gradients", "return softmax.__globals__", True),
    ],
)
def test_what_a_lesson_gives_may_be_used_in_its_exercises(name, line, is_read):
    imports = (
        "from mnistlib import convolution, functions, network\n"
        "from mnistlib.functions import cross_entropy, softmax\n"
        "from mnistlib.gradcheck import central_difference, check_gradient, relative_error\n"
    )
    file = ("a.py", (imports + answer(line, name)).encode())
    note = definitions.take_answers([file], asked.given())[0][name].note
    assert bool(note) == is_read, note


def test_a_right_answer_with_what_its_lesson_gives_is_right_and_no_more(tmp_path):
    body = "print(sigmoid(0.0))\nreturn inputs.T @ dz, dz.sum(axis=0)"
    code = answer(body, "layer_gradients", arguments("layer_gradients"))
    (tmp_path / "ada.py").write_text(f"from mnistlib.functions import sigmoid\n{code}")
    [submission] = submissions.submissions(tmp_path)
    lessons = {"layer_gradients": "03"}
    seconds = {"layer_gradients": 9}
    [row] = supervisor.mark(submission, lessons, orders.Limits(), seconds, behind_walls=False)
    assert (row.kind, row.reason) == ("right", "")


def test_what_is_to_be_read_stands_in_the_table(monkeypatch):
    monkeypatch.setenv("MNISTLIB_MINE", os.devnull)
    code = (
        "from mnistlib import functions\ndef my_sigmoid(z):\n    return functions.sigmoid(z)\n"
        "def my_softmax(z):\n    return functions.sigmoid(z)\n"
    )
    right, wrong = sandbox.outcomes(Here(), ordered(code, "sigmoid", "softmax"))
    assert (right.kind, right.reason) == ("right", "Read it: it uses mnistlib")
    assert (wrong.kind, "Read it" in wrong.reason) == ("wrong value", False)


@pytest.mark.parametrize(
    "wrong",
    [
        "def my_softmax(z, z):\n    return z",
        "def my_softmax(z):\n    print(a)\n    global a\n    return z",
        "def my_softmax(z):\n    nonlocal q\n    return z",
        "def my_softmax(z):\n    return (lambda a, a: a)(z)",
    ],
)
def test_what_only_pythons_second_look_finds_costs_its_own_answer_alone(wrong):
    good = "def my_sigmoid(z):\n    return z"
    found, _ = definitions.take_answers([("1.ipynb", notebook(good, wrong).encode())])
    assert found["sigmoid"].source
    assert found["softmax"].error.startswith("SyntaxError: ")
    file = ("a.py", f"{wrong}\n\n\n{good}\n".encode())
    assert set(definitions.take_answers([file])[0]) == {"sigmoid", "softmax"}


def test_a_helper_means_what_it_meant_where_the_answer_stands():
    found = taken(
        "def half(z): return z / 2",
        "def my_sigmoid(z): return half(z)",
        "def half(z): return z // 2",
        "def my_softmax(z): return half(z) + later(z)",
        "def later(z): return z",
    )
    assert "z / 2" in found["sigmoid"]
    assert "z // 2" not in found["sigmoid"]
    assert "z // 2" in found["softmax"]
    assert "def later" in found["softmax"]


def test_lines_that_ipython_alone_understands_do_no_harm():
    assert (
        "return z" in taken("x = !ls\ny, z = %time 1\ndef my_sigmoid(z):\n    return z")["sigmoid"]
    )


def test_shapes_tell_copies_from_answers_of_ones_own():
    one = "def my_softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=1, keepdims=True)"
    copy = one.replace("e ", "f ").replace("e.", "f.").replace("return", "# mine\n\n    return")
    other = one.replace("axis=1", "axis=0")
    shapes = [review.shape(source) for source in (one, copy, other)]
    assert shapes[0] == shapes[1] != shapes[2]


@pytest.mark.parametrize(
    "body",
    [
        "return np.__dict__['exp'](z)",
        "import importlib\nreturn importlib.import_module('mnistlib.functions').sigmoid(z)",
        "import pydoc\nreturn pydoc.locate('mnistlib.functions').sigmoid(z)",
        "import inspect\nreturn inspect.currentframe().f_back",
        "from random import _os\nreturn _os",
        "from random import _os as r\nreturn r",
        "return np.lib.os",
        "return my_sigmoid.__globals__",
        "return getattr(np, 'exp')(z)",
        "return __builtins__['__import__']('mnistlib').functions.sigmoid(z)",
        "return '{0.__class__}'.format(z)",
        "return (z for z in z).gi_frame.f_back",
        "try: 1 / 0\nexcept ZeroDivisionError as e: return e.__traceback__.tb_frame",
        "class Same(np.ndarray):\n    def __array_function__(self, *_): return True\nreturn Same(1)",
        "return np.load('a.npy', allow_pickle=True)",
    ],
)
def test_ways_around_are_said_to_be_read(body):
    found, _ = definitions.take_answers([("a.py", answer(body).encode())])
    assert found["sigmoid"].note.startswith("Read it: ")


@pytest.mark.parametrize("name", exercises.EXERCISES)
def test_right_answers_without_ways_around_need_no_second_look(name):
    read = [body for body in right(name) if review.reason_to_read(answer(body, name))]
    assert all(re.search(r"(import|from) (mnistlib|scipy|graphlib)", body) for body in read)


# --- What becomes of the table


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
    line = [str(tmp_path / "class"), "--out", str(out), "--reports", str(folder), "--no-walls"]
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
