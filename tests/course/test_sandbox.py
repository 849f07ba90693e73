"""Code that goes wrong loses its own row and nothing else, and sees nothing of anybody's."""

import re
import shutil
import socket
import subprocess

import pytest

from course.classroom import isolation
from tests.course.a_class import GOOD, answer, command, left_running, need_bubblewrap, read
from tests.course.handed_in import arguments

#: What the answer to each exercise does, and the kind and some words of the only row that it loses.
GOES_WRONG = {
    "label_header": ("while True: pass", "not marked", "took longer than 2 s"),
    "split": ("return np.ones(10**9)", "raises", "MemoryError"),
    "class_means": ("import os\nos._exit(3)", "not marked", "before a reply came, with status 3"),
    "sigmoid": (  # it leaves a process behind
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['left-behind', '1000'])\n"
        "    os._exit(0)\nos.wait()\ntime.sleep(0.05)\nreturn z",
        "wrong value",
        "With z",
    ),
    "nearest_mean": ("open('large', 'wb').write(bytes(11 * 2**20))\nreturn x", "raises", "OSError"),
    "central_difference": (
        "for i in range(1000):\n    open(str(i), 'wb').write(bytes(10**6))",
        "raises",
        "No space left",
    ),
    "softmax": ("print('right', flush=True)\nreturn z", "wrong value", "With z"),
    "softmax_backward": (  # it forges a reply
        "import os\nfor file in range(3, 64):\n    try:\n"
        '        os.write(file, b\'{"kind": "right", "reply": "", "reason": ""}\')\n'
        "    except OSError: pass\nos._exit(0)",
        "not marked",
        "not written by the checker",
    ),
    "log_softmax": ("open('OTHER').read()", "not marked", "No such file"),
    "cross_entropy_with_gradient": (
        "import socket\nsocket.create_connection(('127.0.0.1', PORT), 1)",
        "raises",
        "refused",
    ),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Return the table of a class in which one student hands in all of these."""
    need_bubblewrap()
    top = tmp_path_factory.mktemp("class")
    (top / "class").mkdir()
    (top / "class" / "ada.py").write_text(GOOD)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        odd = GOOD
        for name, (body, *_) in GOES_WRONG.items():
            body = body.replace("OTHER", str(top / "class" / "ada.py")).replace("PORT", port)
            odd += answer(body, name, arguments(name)).removeprefix(GOOD)
        (top / "class" / "odd.py").write_text(odd)
        line = command(top / "class", top / "marks.csv", "--lesson", "01,02")
        done = subprocess.run(line, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Behind bubblewrap"), done.stdout
    assert "Traceback" not in done.stderr
    assert left_running() == []
    return read(top / "marks.csv")


@pytest.mark.parametrize("name", GOES_WRONG)
def test_an_answer_loses_its_own_row_only(tried, name):
    _, kind, words = GOES_WRONG[name]
    row = tried["odd", name]
    assert (row["kind"], bool(re.search(words, row["reply"]))) == (kind, True), row
    assert tried["odd", "one_hot"]["kind"] == tried["ada", "one_hot"]["kind"] == "right"
    assert tried["ada", name]["kind"] == "not attempted"


@pytest.mark.parametrize(("lesson", "is_seen"), [("02", False), ("90", True)])
def test_a_teachers_variant_is_seen_by_no_other_lessons_answers(
    tmp_path, monkeypatch, lesson, is_seen
):
    need_bubblewrap()
    for name in ("course", "mnistlib"):
        leave_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(isolation.ROOT / name, tmp_path / name, ignore=leave_out)
    variant = tmp_path / "course" / "exercises" / "lesson_90.py"
    variant.write_text("EXERCISES = ()  # the answer\n")
    monkeypatch.setenv("MNISTLIB_DATA", str(isolation.ROOT / "data"))
    monkeypatch.setattr(isolation, "ROOT", tmp_path)
    source = f"def my_sigmoid(z):\n    raise ValueError(open({str(variant)!r}).read())"
    row = isolation.try_isolated("sigmoid", source, seconds=10, trusted=False, lesson=lesson)
    seen = ("the answer" in row.reply, "No such file" in row.reply)
    assert seen == (is_seen, not is_seen), row


@pytest.mark.parametrize(
    ("statement", "starting", "trusted"),
    [
        ("while True: pass", 60, True),
        ("time.sleep(1e6)", 0.5, False),
    ],
)
def test_code_has_a_limit_on_time(monkeypatch, statement, starting, trusted):
    if not trusted:
        need_bubblewrap()
    monkeypatch.setattr(isolation, "STARTING_SECONDS", starting)
    monkeypatch.setattr(isolation, "CLOCK_SECONDS", 0.1)
    source = f"import time\ndef my_sigmoid(z):\n    {statement}"
    row = isolation.try_isolated("sigmoid", source, seconds=1, trusted=trusted, lesson="02")
    assert row.reply == "it took longer than 1 s and was stopped"
    assert left_running() == []


def test_what_a_trusted_answer_has_started_ends_with_it():
    source = "import os, time\ndef my_sigmoid(z):\n    os.fork() or time.sleep(1e6)\n    return z"
    row = isolation.try_isolated("sigmoid", source, seconds=10, trusted=True, lesson="02")
    assert (row.kind, left_running()) == ("wrong value", [])


@pytest.mark.parametrize(
    "reply",
    [
        b'["right", "", ',
        b'["right", "", ""]',
        b'["right", "", "", 5]',
        b'["best", "", "", ""]',
    ],
)
def test_a_reply_of_another_shape_is_not_marked(reply):
    assert isolation.row_of(reply).kind == "not marked"
