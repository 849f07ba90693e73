"""Where an exercise is written, as an editor opens it: ``course/exercises/lesson_02.txt:17``."""

import re

from course.lessons import ROOT


def entry(name):
    """Return the place of an exercise's ``Exercise(...)``."""
    return _first("lesson_*.py", rf"reference=(\w+\.)*{name}\b")


def words(name, sentence=""):
    """Return the place of an exercise's part of the text, or of a sentence in the texts."""
    return _first("lesson_*.txt", re.escape(sentence) if sentence else rf"^## {name}$")


def _first(files, pattern):
    for path in sorted((ROOT / "course" / "exercises").glob(files)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(pattern, line):
                return f"{path.relative_to(ROOT).as_posix()}:{number}"
    return f"course/exercises/{files}"
