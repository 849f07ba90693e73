"""Lesson 12's exercises: one look forwards, back through its mean and its scores, and a check of it."""

import numpy as np

from course.exercises.cases import normal_array
from course.exercises.comparison import matches
from course.exercises.exercise import Exercise
from course.exercises.views import looking
from mnistlib import attention, functions


def looks(answer, x):
    """Whether question and company decide together who wins, on any card of x, and nothing else does."""
    z = answer(x)
    moved = x[:, [0, *range(3, x.shape[1]), 1, 2]]  # the first pair goes to the end
    exchanged = x[:, [0, 3, 4, 1, 2, *range(5, x.shape[1])]]
    # these two moves, repeated, give every order of the pairs
    if not (np.allclose(answer(moved), z) and np.allclose(answer(exchanged), z)):
        return False
    alone = np.concatenate([answer(x[i : i + 1]) for i in range(len(x))])
    if not np.allclose(alone, z):
        return False
    first, second = x.copy(), x.copy()
    first[:, 0] = x[:, 1]
    second[:, 0] = x[:, 3]
    a = answer(first).argmax(axis=1)
    b = answer(second).argmax(axis=1)
    swap = [0, 1, 4, 3, 2, *range(5, x.shape[1])]  # the first two pairs exchange their values
    a2 = answer(first[:, swap]).argmax(axis=1)
    b2 = answer(second[:, swap]).argmax(axis=1)
    trades = (a == b2) & (b == a2) & (a != b)
    return bool(trades.any())


def _shares(seed: int, *shape: int) -> np.ndarray:
    """Weights as a look makes them: rows that sum to 1."""
    e = np.exp(normal_array(seed, *shape))
    return e / e.sum(axis=-1, keepdims=True)


#: A small network's weights: what it sees in an image, which queries and keys that makes, which values.
_SEES, _FINDS, _SAYS = normal_array(20, 5, 8), normal_array(21, 8, 4), normal_array(23, 8, 10)


def _parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A small network's queries, keys and values, from cards of five pixels.

    Equal images have equal queries and keys, all of length 1, so the score of a copy is the largest.
    """
    features = np.maximum(x @ _SEES, 0)
    found = features @ _FINDS
    found /= np.linalg.norm(found, axis=-1, keepdims=True) + 1e-9
    return found[:, 0], found[:, 1::2], features[:, 2::2] @ _SAYS


def _weights(x: np.ndarray, scale: float = 20.0) -> np.ndarray:
    q, k, _ = _parts(x)
    return attention.attention_weights(q, k, scale)


def _looking(x: np.ndarray) -> np.ndarray:
    return attention.weighted_mean(_weights(x), _parts(x)[2])


def _looking_softly(x: np.ndarray) -> np.ndarray:
    """One that looks, but listens to all a little: on most cards nothing trades places."""
    return attention.weighted_mean(_weights(x, 1.5), _parts(x)[2])


def _looking_up_to_last_bits(x: np.ndarray) -> np.ndarray:
    """One that looks, and adds up in another order, as by the places of the pairs."""
    return _looking(x) * (1 + 1e-13 * np.tanh(x[:, 1].sum(axis=1, keepdims=True)))


def _scores_of_zero(x: np.ndarray) -> np.ndarray:
    return _parts(x)[2].mean(axis=1)


def _scores_by_place(x: np.ndarray) -> np.ndarray:
    v = _parts(x)[2]
    return np.average(v, axis=1, weights=1 / (1.0 + np.arange(v.shape[1])))


def _the_question_alone(x: np.ndarray) -> np.ndarray:
    """One that reads the image asked about, and none of its company."""
    return np.maximum(x[:, 0] @ _SEES, 0) @ _SAYS


def _the_blackest_key(x: np.ndarray) -> np.ndarray:
    """One that weighs pairs by their keys' ink, whatever is asked."""
    v = _parts(x)[2]
    ink = x[:, 1::2].sum(axis=2)
    return attention.weighted_mean(functions.softmax(ink / 2), v)


def _the_blackest_key_and_the_question(x: np.ndarray) -> np.ndarray:
    """One that adds a vote of the question to a vote of the company, and compares nothing."""
    return _the_blackest_key(x) + _the_question_alone(x)


def _cards_among_themselves(x: np.ndarray) -> np.ndarray:
    """Lesson 06's fault: the cards share out the attention, and not the pairs of one card."""
    q, k, v = _parts(x)
    e = np.exp(20 * (q[:, None] * k).sum(axis=2))
    return attention.weighted_mean(e / e.sum(axis=0), v)


def _looking_and_favouring_the_first_pairs(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose scores fall by half a point from place to place."""
    q, k, v = _parts(x)
    s = 20 * (q[:, None] * k).sum(axis=2) - 0.5 * np.arange(k.shape[1])
    return attention.weighted_mean(functions.softmax(s), v)


def _looking_and_favouring_the_last_pair(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose scores gain a point at the last place."""
    q, k, v = _parts(x)
    s = 20 * (q[:, None] * k).sum(axis=2)
    s[:, -1] += 1
    return attention.weighted_mean(functions.softmax(s), v)


def _looking_and_listening_to_the_next_pair(x: np.ndarray) -> np.ndarray:
    """One that looks, and adds a little of the value below; the first follows on the last."""
    w, v = _weights(x), _parts(x)[2]
    return attention.weighted_mean(w, v) + 0.1 * attention.weighted_mean(w, np.roll(v, -1, axis=1))


def _looking_back_at_the_card_before(x: np.ndarray) -> np.ndarray:
    """One that looks, but whose answers carry over to the next card; the first is as if alone."""
    z = _looking(x)
    return np.concatenate([z[:1], z[1:] + 0.1 * z[:-1]])


def _two_votes_added_as_probabilities(x: np.ndarray) -> np.ndarray:
    """An adder that returns its probabilities: its logits add up, its answers don't."""
    return functions.softmax(_the_blackest_key_and_the_question(x))


def _cards_asked_about(arguments: tuple, result: object) -> looking.CardsAsked:
    answer, x = arguments
    asked = [cards for cards in answer.cards if cards.shape == x.shape]
    return looking.CardsAsked(x, asked, lambda: matches(looks(answer.answer, x), result))


_CARDS = normal_array(24, 16, 9, 5)

EXERCISES = (
    Exercise(
        reference=attention.attention_weights,
        shapes="n d, n pairs d, -> n pairs",
        cases=(
            (np.array([[np.log(3), 0.0]]), np.array([[[1.0, 0.0], [0.0, 1.0]]]), 1.0),
            (normal_array(1, 1, 3), normal_array(2, 1, 4, 3), 0.5),
            (normal_array(3, 4, 3), normal_array(4, 4, 2, 3), 0.3),
            (normal_array(5, 3, 3), normal_array(6, 3, 3, 3), 3**-0.5),
            (normal_array(7, 2, 4), normal_array(8, 2, 5, 4), 0.0),
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
            (normal_array(1, 1, 3), _shares(2, 1, 4), normal_array(3, 1, 4, 3)),
            (normal_array(4, 4, 3), _shares(5, 4, 2), normal_array(6, 4, 2, 3)),
            (1e-7 * normal_array(7, 3, 3), _shares(8, 3, 3), normal_array(9, 3, 3, 3)),
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
            (normal_array(1, 1, 4), normal_array(2, 1, 3), normal_array(3, 1, 4, 3), 0.5),
            (normal_array(4, 4, 2), normal_array(5, 4, 3), normal_array(6, 4, 2, 3), 0.3),
            (
                1e-7 * normal_array(7, 3, 3),
                normal_array(8, 3, 3),
                normal_array(9, 3, 3, 3),
                3**-0.5,
            ),
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
        cases=(
            *(
                (looking.Watched(answer), _CARDS)
                for answer in (
                    _looking,
                    _scores_of_zero,
                    _scores_by_place,
                    _looking_softly,
                    _looking_up_to_last_bits,
                    _the_question_alone,
                    _the_blackest_key,
                    _cards_among_themselves,
                    _the_blackest_key_and_the_question,
                    _looking_and_favouring_the_first_pairs,
                    _looking_back_at_the_card_before,
                    _two_votes_added_as_probabilities,
                    _looking_and_listening_to_the_next_pair,
                    _looking_and_favouring_the_last_pair,
                )
            ),
            (looking.Watched(_looking), _CARDS[:1]),  # its own question is about another key
        ),
        random_case=lambda rng: (
            looking.Watched(
                rng.choice([_looking, _scores_by_place, _the_question_alone, _scores_of_zero])
            ),
            rng.normal(size=(16, 9, 5)),
        ),
        view=_cards_asked_about,
        predicates=looking.PREDICATES,
        is_compared=True,
    ),
)
