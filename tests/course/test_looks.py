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


ALONE = "np.allclose(np.vstack([answer(x[i : i + 1]) for i in range(len(x))]), answer(x))"


@pytest.mark.parametrize(
    ("asked", "instead", "passes"),
    [
        (ALONE, "True", "cards_among_themselves"),
        ("np.allclose(answer(turned), answer(x))", "True", "looking_and_favouring_the_first_pairs"),
        ("difference - difference[:, :1]", "difference", "two_votes_added_as_log_probabilities"),
    ],
)
def test_a_check_that_leaves_out_one_thing_accepts_an_impostor_and_is_told_so(
    asked, instead, passes
):
    assert COMPLETE.count(asked) == 1
    body = COMPLETE.replace(asked, instead)
    reply = check(write("looks", body))
    assert reply.kind == "wrong value"
    assert f"With answer = {passes}" in reply.text
