"""The page on which a teacher decides: what was handed in stands there as text."""

import html

from course.classroom import by_hand, decisions
from course.classroom.extract import Version
from tests.course.test_grades import some_rows

EVIL = "<img src=x onerror=alert(1)>"


def a_page():
    row = some_rows([f'ada"{EVIL}'])[0]._replace(
        kind="not marked", reply=f"It is {EVIL}", likely_reason=EVIL
    )
    rows = [
        row,
        row._replace(exercise="softmax"),
        row._replace(exercise="split", note=f"Read it: {EVIL}"),
    ]
    versions = [
        Version(source=f"def my_one_hot(): '{EVIL}'", place=f"{EVIL}.py"),
        Version(source=f"def my_one_hot( {EVIL}", lost="SyntaxError", place="02.ipynb"),
    ]
    answers = {row.student: {"one_hot": versions, "split": versions[:1]}}
    return decisions.page(rows, answers, dict.fromkeys(["one_hot", "split", "softmax"], 2.0))


def test_what_others_wrote_is_text_in_every_place():
    text = html.unescape(a_page())
    assert "<img" in text  # which is there as text alone
    for place in (
        "It is",
        "A likely reason:",
        "Read it:",
        "def my_one_hot(): ",
        "def my_one_hot( ",
    ):
        assert place in text
    assert " of 2</label>" in text
    assert "<img" not in a_page()
    assert a_page().count("<script>") == 1


def test_what_was_not_taken_stands_first_and_of_several_versions_the_first_counts():
    text = a_page()
    order = [
        "Ask for these again",
        "my_softmax</code>",
        "my_one_hot</code></h2>",
        ".py, which counts",
    ]
    places = [text.index(words) for words in [*order, "02.ipynb</p>", "my_split</code></h2>"]]
    assert places == sorted(places)
    assert text.count("which counts") == 1


def test_its_lines_are_marks_by_hand(tmp_path):
    """The form in which the page's script writes a line."""
    path = tmp_path / "by-hand.csv"
    path.write_text('"ada ""x""","one_hot","1.5","said, aloud","v0123456789ab"\n')
    found = by_hand.read_marks(path, {'ada "x"': "ada"}, {"one_hot": 2.0})
    assert found == {("ada", "one_hot"): by_hand.HandMark(1.5, "said, aloud", "v0123456789ab")}
