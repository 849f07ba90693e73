"""Lesson 12's exercises: one look forwards, back through its mean and its scores, and a check of it."""

import numpy as np

from course.exercises.comparison import matches
from course.exercises.exercise import Exercise
from course.exercises.views import looking
from mnistlib import attention, functions


def looks(answer, x):
    """Whether the answers to cards x use question and company together, and nothing else."""
    z = answer(x)
    moved = np.concatenate([x[:, :1], x[:, 3:], x[:, 1:3]], axis=1)  # the first pair goes last
    if not np.allclose(answer(moved), z):
        return False
    alone = np.concatenate([answer(x[i : i + 1]) for i in range(len(x))])
    if not np.allclose(alone, z):
        return False
    first, second = x.copy(), x.copy()
    first[:, 0], second[:, 0] = x[:, 1], x[:, 3]
    if np.allclose(answer(first), answer(second)):
        return False
    swap = [0, 1, 4, 3, 2, *range(5, x.shape[1])]  # the first two pairs exchange their values
    changes = [answer(asked[:, swap]) - answer(asked) for asked in (first, second)]
    one, other = (change - change.mean(axis=1, keepdims=True) for change in changes)
    return not np.allclose(one, other)  # what every class gains alike, no softmax sees


def _draw(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _shares(seed: int, *shape: int) -> np.ndarray:
    """Weights as a look makes them: rows that sum to 1."""
    e = np.exp(_draw(seed, *shape))
    return e / e.sum(axis=-1, keepdims=True)


def _parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A small network's queries, keys and values, from cards of five pixels."""
    features = np.maximum(x @ _draw(20, 5, 8), 0)
    q = features[:, 0] @ _draw(21, 8, 4)
    k = features[:, 1::2] @ _draw(22, 8, 4)
    v = features[:, 2::2] @ _draw(23, 8, 10)
    return q, k, v


def _looking(x: np.ndarray) -> np.ndarray:
    q, k, v = _parts(x)
    return attention.weighted_mean(attention.attention_weights(q, k, 0.5), v)


def _looking_softly(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose weights are nearly alike: changes of some hundredths."""
    q, k, v = _parts(x)
    return attention.weighted_mean(attention.attention_weights(q, k, 0.002), v)


def _looking_up_to_last_bits(x: np.ndarray) -> np.ndarray:
    """One that looks, and adds up in another order, as by the places of the pairs."""
    return _looking(x) * (1 + 1e-13 * np.tanh(x[:, 1].sum(axis=1, keepdims=True)))


def _scores_of_zero(x: np.ndarray) -> np.ndarray:
    return _parts(x)[2].mean(axis=1)


def _scores_by_place(x: np.ndarray) -> np.ndarray:
    v = _parts(x)[2]
    return np.average(v, axis=1, weights=1 / (1.0 + np.arange(v.shape[1])))


def _the_first_pair(x: np.ndarray) -> np.ndarray:
    return _parts(x)[2][:, 0]


def _the_last_pair(x: np.ndarray) -> np.ndarray:
    return _parts(x)[2][:, -1]


def _the_question_alone(x: np.ndarray) -> np.ndarray:
    """One that reads the image asked about, and none of its company."""
    return np.maximum(x[:, 0] @ _draw(20, 5, 8), 0) @ _draw(23, 8, 10)


def _the_blackest_key(x: np.ndarray) -> np.ndarray:
    """One that weighs pairs by their keys' ink, whatever is asked."""
    v = _parts(x)[2]
    ink = x[:, 1::2].sum(axis=2)
    return attention.weighted_mean(np.exp(ink) / np.exp(ink).sum(axis=1, keepdims=True), v)


def _the_blackest_key_and_the_question(x: np.ndarray) -> np.ndarray:
    """One that adds a vote of the question to a vote of the company, and compares nothing."""
    return _the_blackest_key(x) + _the_question_alone(x)


def _cards_among_themselves(x: np.ndarray) -> np.ndarray:
    """Lesson 06's fault: the cards share out the attention, and not the pairs of one card."""
    q, k, v = _parts(x)
    e = np.exp(0.5 * (q[:, None] * k).sum(axis=2))
    return attention.weighted_mean(e / e.sum(axis=0), v)


def _looking_and_favouring_the_first_pairs(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose scores fall by half a point from place to place."""
    q, k, v = _parts(x)
    s = 0.5 * (q[:, None] * k).sum(axis=2) - 0.5 * np.arange(k.shape[1])
    return attention.weighted_mean(functions.softmax(s), v)


def _looking_back_at_the_card_before(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose answers carry over to the next card; the first is as if alone."""
    z = _looking(x)
    return np.concatenate([z[:1], z[1:] + 0.1 * z[:-1]])


def _two_votes_added_as_log_probabilities(x: np.ndarray) -> np.ndarray:
    """An adder that returns the logs of its probabilities."""
    return np.log(functions.softmax(_the_blackest_key_and_the_question(x)))


def _cards_asked_about(arguments: tuple, result: object) -> looking.Cards:
    answer, x = arguments
    asked = [cards for cards in answer.cards if cards.shape == x.shape]
    return looking.Cards(x, asked, is_right=matches(looks(answer.answer, x), result))


_CARDS = _draw(24, 6, 9, 5)

EXERCISES = (
    Exercise(
        reference=attention.attention_weights,
        shapes="n d, n pairs d, -> n pairs",
        cases=(
            (np.array([[np.log(3), 0.0]]), np.array([[[1.0, 0.0], [0.0, 1.0]]]), 1.0),
            (_draw(1, 1, 3), _draw(2, 1, 4, 3), 0.5),
            (_draw(3, 4, 3), _draw(4, 4, 2, 3), 0.3),
            (_draw(5, 3, 3), _draw(6, 3, 3, 3), 3**-0.5),
            (_draw(7, 2, 4), _draw(8, 2, 5, 4), 0.0),
        ),
        extreme=(
            (np.array([[1000.0, 0.0]]), np.array([[[1.0, 0.0], [0.0, 1.0]]]), 1.0),
            (
                np.array([[1000.0, 0.0], [-1000.0, 0.0]]),
                np.array(2 * [[[1.0, 0.0], [0.9, 1.0]]]),
                1.0,
            ),
        ),
        random_case=lambda rng: (rng.normal(size=(5, 3)), rng.normal(size=(5, 4, 3)), rng.random()),
        results_are=("never negative", "never tiny"),
    ),
    Exercise(
        reference=attention.weighted_mean_backward,
        shapes="n classes, n pairs, n pairs classes -> dw: n pairs, dv: n pairs classes",
        cases=(
            (
                np.array([[1.0, -1.0]]),
                np.array([[0.75, 0.25]]),
                np.array([[[4.0, 0.0], [0.0, 8.0]]]),
            ),
            (_draw(1, 1, 3), _shares(2, 1, 4), _draw(3, 1, 4, 3)),
            (_draw(4, 4, 3), _shares(5, 4, 2), _draw(6, 4, 2, 3)),
            (1e-7 * _draw(7, 3, 3), _shares(8, 3, 3), _draw(9, 3, 3, 3)),
        ),
        random_case=lambda rng: (
            rng.normal(size=(5, 3)),
            rng.dirichlet(np.ones(4), 5),
            rng.normal(size=(5, 4, 3)),
        ),
    ),
    Exercise(
        reference=attention.scores_backward,
        shapes="n pairs, n d, n pairs d, -> dq: n d, dk: n pairs d",
        cases=(
            (
                np.array([[2.25, -2.25]]),
                np.array([[np.log(3), 0.0]]),
                np.array([[[1.0, 0.0], [0.0, 1.0]]]),
                1.0,
            ),
            (_draw(1, 1, 4), _draw(2, 1, 3), _draw(3, 1, 4, 3), 0.5),
            (_draw(4, 4, 2), _draw(5, 4, 3), _draw(6, 4, 2, 3), 0.3),
            (1e-7 * _draw(7, 3, 3), _draw(8, 3, 3), _draw(9, 3, 3, 3), 3**-0.5),
        ),
        random_case=lambda rng: (
            rng.normal(size=(5, 4)),
            rng.normal(size=(5, 3)),
            rng.normal(size=(5, 4, 3)),
            rng.random(),
        ),
    ),
    Exercise(
        reference=looks,
        shapes=", n images pixels -> ",
        cases=tuple(
            (looking.Asked(answer), _CARDS)
            for answer in (
                _looking,
                _scores_of_zero,
                _scores_by_place,
                _the_first_pair,
                _looking_softly,
                _looking_up_to_last_bits,
                _the_question_alone,
                _the_blackest_key,
                _the_last_pair,
                _cards_among_themselves,
                _the_blackest_key_and_the_question,
                _looking_and_favouring_the_first_pairs,
                _looking_back_at_the_card_before,
                _two_votes_added_as_log_probabilities,
            )
        ),
        random_case=lambda rng: (
            looking.Asked(
                rng.choice([_looking, _scores_by_place, _the_question_alone, _scores_of_zero])
            ),
            rng.normal(size=(6, 9, 5)),
        ),
        results_are=("whole", "never negative"),
        view=_cards_asked_about,
        objections=(looking.loses_an_image, looking.moves_the_question, looking.parts_a_pair),
        is_compared=True,
    ),
)
