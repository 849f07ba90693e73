"""What several tests of the exercises share."""

import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

from course.exercises import EXERCISES

#: Exercises whose answer can take the library's place.
HOMES = {name: exercise for name, exercise in EXERCISES.items() if exercise.home is not None}


every_exercise = pytest.mark.parametrize("name", EXERCISES)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def well_formed(html):
    """Assert that every tag is closed in its place, and return the text between them."""
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags.text


def kept_file():
    return Path(os.environ["MNISTLIB_MINE"])


def names_in(folder):
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def refuse(path, *_):
    raise PermissionError(13, "Permission denied", str(path))
