"""The command that says done asks the tests that concern what is named, and no others."""

import subprocess
import sys

import pytest

from course import done
from course.exercises import EXERCISES
from course.lessons import ROOT, all_lessons


@pytest.mark.parametrize(
    ("what", "name", "words"),
    [
        ("exercise", "softmx", "no exercise is called 'softmx'; there are accuracy, "),
        ("lesson", "77", "no lesson 77; there are 00, 01, "),
        ("lesson", "README.md", "no lesson README.md; there are 00, 01, "),
        ("study", "softmx", "there is no studies/softmx.py"),
        ("picture", "softmx", "no picture is called 'softmx'; there are "),
        ("module", "softmx", "there is no mnistlib/softmx.py"),
        ("page", "softmx", "there is no website/pages/softmx.md"),
    ],
)
def test_what_is_not_there_is_told(what, name, words):
    with pytest.raises(SystemExit) as raised:
        done.main([what, name])
    assert words in str(raised.value)


@pytest.mark.parametrize(
    "names",
    [["04"], ["notebooks/04_training_curves.py"], ["course/exercises/lesson_04.txt"],
     ["notebooks/04_training_curves.ipynb", "notebooks/04_training_curves.py"]],
)  # fmt: skip
def test_a_lesson_has_a_number_or_files(names):
    assert done.lesson(names)[0] == ["tests/lessons", "-k", "04_"]


def test_every_name_leads_to_tests_of_its_own():
    """Collect them all at once, and look for one of each file."""
    number = all_lessons()[0].number
    asked = [*done.exercise(["softmax"])[:2], done.study(["seeds"])[0], done.lesson([number])[0]]
    asked += done.module(["network"])
    runs = [(*files, words.split(" or ")) for *files, _, words in asked]
    files = [file for *files, _ in runs for file in files]
    either = " or ".join(word for *_, words in runs for word in words)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "course.lessons.formats",
        "-n0",
    ]  # sooner ready
    command += ["--collect-only", "-q", *files, "-k", either]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    tests = output.splitlines()
    others = [f"[{name}" for name in EXERCISES if name != "softmax"]
    for *files, words in runs:
        for file in files:
            own = [
                test for test in tests if test.startswith(file) and any(w in test for w in words)
            ]
            assert own, (file, words)
            if "[softmax]" in words:
                assert not any(other in test for test in own for other in others)
