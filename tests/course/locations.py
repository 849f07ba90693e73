"""Where an exercise is written, as an editor opens it: ``course/exercises/lesson_02.txt:17``."""

import functools
import re

from course.lessons import ROOT


def entry(name):
    """Return the place of an exercise's ``Exercise(...)``."""
    return _first("lesson_*.py", rf"reference=(\w+\.)*{name}\b")


def words(name, sentence=""):
    """Return the place of an exercise's part of the text, or of a sentence in the texts."""
    return _first("lesson_*.txt", re.escape(sentence) if sentence else rf"^## {name}$")


def _first(files, pattern):
    for place, text in _texts(files):
        if found := re.search(pattern, text, re.MULTILINE):
            return f"{place}:{text.count(chr(10), 0, found.start()) + 1}"
    return f"course/exercises/{files}"


@functools.cache
def _texts(files):
    paths = sorted((ROOT / "course" / "exercises").glob(files))
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
