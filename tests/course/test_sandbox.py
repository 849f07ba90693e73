"""Hostile code loses its own row and nothing else, and sees nothing of anybody's."""

import os
import py_compile
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from course.classroom import isolation, marking, marks
from course.classroom.protocol import Limits
from tests.course.a_class import (
    GOOD,
    answer,
    command,
    left_running,
    need_bubblewrap,
    notebook,
    read,
)

pytestmark = pytest.mark.takes(seconds=25)


#: Tests may run as root, though nobody marks so.
IS_ROOT = getattr(os, "geteuid", lambda: 1)() == 0

#: What each hostile answer does, and the kind and some words of the only row that it loses.
HOSTILE = {
    "endless loop": ("while True: pass", "not marked", "took longer than 2 s"),
    "memory": ("return np.ones(10**9)", "raises", "MemoryError"),
    "exits": ("import os\nos._exit(3)", "not marked", "before a reply came, with status 3"),
    "exits politely": ("raise SystemExit", "raises", "SystemExit"),
    "kills itself": (
        "import os\nos.kill(os.getpid(), 9)",
        "not marked",
        "before a reply came",
    ),
    "leaves a process behind": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['left-behind', '1000'])\n"
        "    os._exit(0)\nos.wait()\ntime.sleep(0.05)\nreturn z",
        "wrong value",
        "With z",
    ),
    "deletes its folder": ("import os\nos.rmdir(os.getcwd())\nreturn z", "raises", "OSError"),
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
        "took longer than 2 s",
    ),
    "no Python": ("return (", "raises", "SyntaxError"),
    "stops who ends it": (
        "import os, signal\nif os.fork() == 0:\n    os.setsid()\n    me = os.getpid()\n"
        "    while True:\n        for pid in range(me + 1, me + 40):\n"
        "            try: os.kill(pid, signal.SIGSTOP)\n            except OSError: pass\n"
        "import time\ntime.sleep(0.1)\nreturn z",
        "wrong value",
        "With z",
    ),
    "forges with the token": (
        "import sys, os\nframe = sys._getframe()\nwhile frame:\n    found = frame.f_locals\n"
        "    if 'order' in found and 'pipe' in found:\n"
        "        reply = found['order']['token'] + '{\"result\": {\"lost\": 5}, \"seconds\": 0}'\n"
        "        os.write(found['pipe'], reply.encode())\n        os._exit(0)\n"
        "    frame = frame.f_back",
        "not marked",
        "a reply from the checker",
    ),
    "a formula": ("raise type('=1+1', (Exception,), {})", "raises", ": =1+1"),
    "kills its watcher": (
        "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(0.3)\nreturn z",
        "wrong value",
        "With z",
    ),
    "complains at length": ("raise ValueError('no ' * 5000)", "raises", "ValueError: no no no"),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Return the table of the hostile submissions."""
    need_bubblewrap()
    folder = tmp_path_factory.mktemp("hostile")
    for name, (body, *_) in HOSTILE.items():
        (folder / name).mkdir()
        if name == "no Python":
            (folder / name / "1.ipynb").write_text(notebook(GOOD, answer(body).removeprefix(GOOD)))
        else:
            (folder / name / "mine.py").write_text(answer(body), encoding="utf-8")
    out = tmp_path_factory.mktemp("out") / "marks.csv"
    line = command(folder, out, "--lesson", "01,02")
    done = subprocess.run(line, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert left_running() == []
    return read(out)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_loses_its_own_row_only(tried, name):
    _, kind, words = HOSTILE[name]
    row = tried[name, "sigmoid"]
    assert (row["kind"], words in row["reply"]) == (kind, True), row
    assert tried[name, "one_hot"]["kind"] == "right"
    assert tried[name, "softmax"]["kind"] == "not attempted"


PRYING = {
    "another submission": "open({other!r}).read()",
    "a file of the user's": "open({secret!r}).read()",
    "the network": "__import__('socket').create_connection(('127.0.0.1', {port}), 1)",
    "another process": "open('/proc/{pid}/cmdline').read()",
}


def test_nothing_else_can_be_seen_and_nothing_is_left_behind(tmp_path):
    need_bubblewrap()
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
    for call in ("shmget(424242, 10**6, 0o1600)", "unshare(0x10000000)"):
        body = f"import ctypes\nraise ValueError(f'got {{ctypes.CDLL(None).{call}}}')"
        (folder / f"{call.partition('(')[0]}.py").write_text(answer(body))
    out = tmp_path / "marks.csv"
    line = command(folder, out, "--lesson", "02")
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    server.close()
    assert done.stdout.startswith("Behind bubblewrap")
    rows = read(out)
    for name in PRYING:
        reply = rows[name, "sigmoid"]["reply"]
        assert "Seen" not in reply, reply
        assert re.search(r"No such file|Network is unreachable|refused", reply), (name, reply)
    assert "got -1" in rows["unshare", "sigmoid"]["reply"]  # no world of its own, with more disks
    assert "got 0" in rows["shmget", "sigmoid"]["reply"]
    assert " 424242 " not in Path("/proc/sysvipc/shm").read_text()
    assert "No space left" in rows["the disk", "sigmoid"]["reply"]
    assert rows["shared memory", "sigmoid"]["kind"] == "wrong value"
    assert not Path("/dev/shm/left-by-a-submission").exists()


MULTIPLIES = """
import os, time
def my_sigmoid(z):
    for _ in range(30):
        if os.fork() == 0:
            try: os.fork()
            finally: time.sleep(1e6)
"""
TRY_IT = f"""
from course.classroom import isolation
from course.classroom.protocol import Limits
arguments = dict(name="sigmoid", source={MULTIPLIES!r}, modules="", seed=0)
reason = isolation.why_not()
print(reason or isolation.run("check", arguments, Limits(seconds=2), trusted=False))
"""


def test_an_answer_may_start_few_processes():
    need_bubblewrap()
    line = [sys.executable, "-P", "-c", TRY_IT]
    if IS_ROOT:
        line = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *line]
    environment = os.environ | {"PYTHONPATH": str(isolation.ROOT)}
    done = subprocess.run(
        line, capture_output=True, text=True, timeout=100, env=environment, cwd="/", check=False
    )
    if IS_ROOT and (done.returncode or "does not work here" in done.stdout):
        pytest.skip("root's processes are not limited, and nobody else can reach our Python here")
    assert "BlockingIOError" in done.stdout, done
    assert left_running() == []


def test_root_is_refused_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(isolation, "why_not", lambda: "")
    monkeypatch.setattr(marks.os, "geteuid", lambda: 0, raising=False)
    with pytest.raises(
        SystemExit, match=r"^Nothing was run: you are root, .*another user.*--trusted"
    ):
        marks.how_it_is_run(trusted=False)
    assert marks.how_it_is_run(trusted=True).startswith("Trusted")


@pytest.fixture
def a_variant(monkeypatch, tmp_path):
    """Return a copy of the course in which a teacher has a variant, compiled already."""
    root = tmp_path / "clone"
    for name in ("course", "mnistlib"):
        leave_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(isolation.ROOT / name, root / name, ignore=leave_out)
    variant = root / "course" / "exercises" / "lesson_90.py"
    variant.write_text("EXERCISES = ()\nKEY = 'the answer'\n")
    py_compile.compile(str(variant))
    monkeypatch.setenv("MNISTLIB_DATA", str(isolation.ROOT / "data"))
    monkeypatch.setattr(isolation, "ROOT", root)
    return variant


PRY = """
import glob, os, course
def my_sigmoid(z):
    import ctypes
    folder = os.path.dirname(course.__file__) + "/exercises"
    ctypes.CDLL(None).umount2(folder.encode(), 2)  # as root could, with the rights of one
    raise ValueError([open(p, "rb").read() for p in glob.glob(folder + "/**/*_9*", recursive=True)])
"""


@pytest.mark.parametrize(("lesson", "is_seen"), [("02", False), ("", False), ("90", True)])
def test_a_teachers_variant_is_seen_by_no_other_lessons_answers(a_variant, lesson, is_seen):
    need_bubblewrap()
    arguments = {"name": "sigmoid", "source": PRY, "modules": "", "seed": 0}
    result, _ = isolation.run("check", arguments, Limits(), trusted=False, lesson=lesson)
    assert result["kind"] == "raises", result
    assert ("the answer" in result["reply"]) == is_seen
    assert ("ValueError: []" in result["reply"]) == (not is_seen)


@pytest.mark.parametrize(
    ("statement", "starting", "trusted"),
    [("while True: pass", 60, True), ("time.sleep(1e6)", 1, True), ("time.sleep(1e6)", 1, False)],
)
def test_code_has_a_limit_on_time(monkeypatch, statement, starting, trusted):
    if not trusted:
        need_bubblewrap()
    monkeypatch.setattr(isolation, "STARTING_SECONDS", starting)
    monkeypatch.setattr(isolation, "CLOCK_SECONDS", 1)
    source = f"import time\ndef my_sigmoid(z):\n    {statement}"
    arguments = {"name": "sigmoid", "source": source, "modules": "", "seed": 0}
    result, _ = isolation.run("check", arguments, Limits(seconds=1), trusted=trusted)
    assert result == {"lost": "it took longer than 1 s and was stopped"}
    assert left_running() == []


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
    assert marking.read_reply(reply)[0] == "not marked"
