"""What a maker can get wrong in a text is told with its place, and what to write.

That each mistake in it is a program, wrong, and told its own sentence, ``test_net`` sees to.
"""

from dataclasses import replace

import pytest

from course.exercises import EXERCISES, texts

pytestmark = pytest.mark.usefixtures("untouched")


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
