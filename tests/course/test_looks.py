"""Exercise 12.4 looks at the cards that were asked about, and refuses a swap that loses an image."""

import pytest

from course.exercises import check

from .handed_in import right, write

pytestmark = pytest.mark.usefixtures("untouched")

COMPLETE = right("looks")[1]
BY_VIEWS = (
    "swapped = x.copy()\nswapped[:, 2], swapped[:, 4] = swapped[:, 4], swapped[:, 2]\n"
    "answer(swapped)\n"
)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (BY_VIEWS, "one image stands at two places, and another is gone: a slice is a view"),
        (
            "seen = answer(x[:, ::-1])\nreturn np.allclose(seen, answer(x))\n",
            "you moved place 0, too",
        ),
        (
            "seen = answer(x[:, [0, 2, 1, 4, 3, 6, 5, 8, 7]])\nreturn np.allclose(seen, answer(x))\n",
            "you set a key where a value stood",
        ),
    ],
)
def test_the_cards_that_were_asked_about_are_looked_at(asked, words):
    reply = check(write("looks", asked + COMPLETE))
    assert reply.kind == "wrong value"
    assert words in reply.text
    assert "rounding" not in reply.text
    assert "hint" not in reply.text


def test_odd_questions_of_a_right_answer_are_its_own_affair():
    assert check(write("looks", f"answer(np.zeros_like(x))\n{COMPLETE}")).kind == "right"


def test_a_check_that_asks_no_card_alone_accepts_lesson_06s_fault_and_is_told_so():
    body = COMPLETE.replace(
        "same_alone = np.allclose(answer(x[2:3]), answer(x)[2:3])", "same_alone = True"
    )
    assert body != COMPLETE
    reply = check(write("looks", body))
    assert reply.kind == "wrong value"
    assert "With answer = cards_among_themselves" in reply.text
