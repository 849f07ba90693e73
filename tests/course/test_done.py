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
        ("page", "softmx", "there is no site/pages/softmx.md"),
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
    """Collect them, and look for one of each file."""
    number = all_lessons()[0].number
    kinds = done.exercise(["softmax"])[:2], done.study(["seeds"])[:1], done.lesson([number])[:1]
    for arguments in (run for runs in kinds for run in runs):
        command = [sys.executable, "-m", "pytest", "-n0", "--collect-only", "-q", *arguments]
        output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
        files = [
            part.partition("::")[0] for part in arguments if part.endswith(".py") or "::" in part
        ]
        assert all(f"{file}::" in output for file in files), output
        if "[softmax]" in " ".join(arguments):
            assert not any(f"[{name}" in output for name in EXERCISES if name != "softmax")
