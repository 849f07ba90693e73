"""What a maker can get wrong in a text is told with its place, and what to write.

That each mistake in it is a program, wrong, and told its own sentence, ``test_net`` sees to.
"""

import runpy
import sys
from dataclasses import replace

import pytest

from course import exercises
from course.exercises import EXERCISES, lesson_04, texts

pytestmark = pytest.mark.usefixtures("untouched")


def test_two_exercises_of_one_name_are_refused(monkeypatch):
    twin = replace(EXERCISES["softmax"], notice="Another.")
    monkeypatch.setattr(lesson_04, "EXERCISES", (*lesson_04.EXERCISES, twin))
    with pytest.raises(ValueError, match="two exercises are called 'softmax'"):
        runpy.run_path(exercises.__file__, run_name=exercises.__name__)
    assert sys.modules[exercises.__name__] is exercises


GOOD = "Words.\n\n## softmax\n\nhint: One.\nhint: Two.\nnotice: Yes.\n\nz\n    why?\n"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("## softmax", "## sofmax", "no exercise is called 'sofmax'; write the name of one in "),
        ("    why?\n", "", "'z' above has no sentence; write one below it, indented"),
        ("    why?\n", "\nright:\nz\n", "line 11: 'z' above has no sentence"),
        ("z\n", "", "line 9: this sentence has no line of code above it to answer"),
        ("z\n", "```\nz\n", "line 9: this block is never closed; write ``` below its code"),
        ("z\n", "objection is_bad:\nz\n", "softmax: there is no predicate is_bad"),
    ],
)
def test_what_cannot_be_read_in_a_text_is_said_with_its_place_and_a_way_out(
    tmp_path, old, new, words
):
    file = tmp_path / "lesson_02.txt"
    bare = replace(EXERCISES["softmax"], hints=(), notice="", mistakes=())
    file.write_text(GOOD)
    assert texts.with_words((bare,), file)[0].mistakes == [("z", "why?")]
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(texts.TextError) as raised:
        texts.with_words((bare,), file)
    assert words in str(raised.value)


def test_each_kind_of_piece_comes_to_its_place(tmp_path):
    file = tmp_path / "lesson_02.txt"
    file.write_text(
        GOOD
        + "within:\n```\nm = ____\nreturn m\n```\n1\n2\n    which?\nwithin:\n\n3\n    where?\n\n"
        "right:\nkey(z)\n```\np = key(z)\nreturn p\n```\n\nunexplained:\n-key(z)\n"
    )
    words = texts.read_words(file)["softmax"]
    assert words.hints == ["One.", "Two."]
    assert words.mistakes[1:] == [
        ("m = 1\nreturn m", "which?"), ("m = 2\nreturn m", "which?"), ("3", "where?")
    ]  # fmt: skip
    assert words.right == ["key(z)", "p = key(z)\nreturn p"]
    assert words.unexplained == ["-key(z)"]
