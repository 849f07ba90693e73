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


@pytest.mark.parametrize(
    "asked", ["np.zeros_like(x)", "x[:, ::-1]", "x[:, [0, 2, 1, 4, 3, 6, 5, 8, 7]]"]
)
def test_odd_questions_of_a_right_answer_are_its_own_affair(asked):
    assert check(write("looks", f"answer({asked})\n{COMPLETE}")).kind == "right"


TURNED = "turned[:, 1::2], turned[:, 2::2] = x[:, 1::2][:, ::-1], x[:, 2::2][:, ::-1]"
MOVED = "turned[:, 1:] = x[:, [3, 4, 5, 6, 7, 8, 1, 2]]"
ALONE = "np.allclose(np.vstack([answer(x[i : i + 1]) for i in range(len(x))]), answer(x))"


@pytest.mark.parametrize(
    ("asked", "instead", "passes"),
    [
        (ALONE, "True", "cards_among_themselves"),
        (ALONE, "np.allclose(answer(x[:1]), answer(x)[:1])", "looking_back_at_the_card_before"),
        ("np.allclose(answer(turned), answer(x))", "True", "looking_and_favouring_the_first_pairs"),
        ("trades.any()", "(a != b).any()", "the_question_alone"),
        (" & (a != b)", "", "scores_of_zero"),
        (TURNED, MOVED, "looking_and_listening_to_the_next_pair"),
    ],
)
def test_a_check_that_leaves_out_one_thing_accepts_an_impostor_and_is_told_so(
    asked, instead, passes
):
    assert COMPLETE.count(asked) == 1
    reply = check(write("looks", COMPLETE.replace(asked, instead)))
    assert reply.kind == "wrong value"
    assert f"With answer = {passes}" in reply.text


def test_one_that_compares_changes_of_logits_is_shown_an_adder_that_returns_probabilities():
    change = (
        "def change(place):\n    difference = answer(swapped(asking(place))) - answer(asking(place))\n"
        "    return difference - difference.mean(axis=1, keepdims=True)\n"
    )
    trades = "trades = np.array([not np.allclose(change(1), change(3))])\n"
    lines = COMPLETE.splitlines()
    lines[-2] = change + trades
    reply = check(write("looks", "\n".join(lines)))
    assert reply.kind == "wrong value"
    assert "With answer = two_votes_added_as_probabilities" in reply.text
    assert "an adder that returns probabilities" in reply.text
