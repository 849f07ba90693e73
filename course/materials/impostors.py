"""Answerers of lesson 12's cards that do not look, or not only, and what each one's answers depend on.

Used in lesson 12, below exercise 12.4.
"""

from collections.abc import Callable

import numpy as np

from course.materials import adding
from mnistlib import attention, functions
from mnistlib.attention import Attention, Parameters

#: What turns cards x (n, 2p + 1, pixels) into logits (n, 10).
Answer = Callable[[np.ndarray], np.ndarray]


def find_dependence(answer: Answer, x: np.ndarray) -> dict[str, bool]:
    """Return what the answers to cards x depend on, and whether question and company act together."""

    def asking(pair: int, swap: bool = False) -> np.ndarray:
        """Ask about the key image of this pair, with two values exchanged or not."""
        changed = x.copy()
        changed[:, 0] = x[:, 1 + 2 * pair]
        if swap:
            changed[:, 2], changed[:, 4] = x[:, 4], x[:, 2]
        return answer(changed)

    def change(pair: int) -> np.ndarray:
        difference = asking(pair, swap=True) - asking(pair)
        return difference - difference.mean(axis=1, keepdims=True)  # softmax sees no more of it

    z = answer(x)
    swapped = x.copy()
    swapped[:, 2], swapped[:, 4] = x[:, 4], x[:, 2]
    moved = np.concatenate([x[:, :1], x[:, 3:], x[:, 1:3]], axis=1)
    alone = np.concatenate([answer(x[i : i + 1]) for i in range(len(x))])
    return {
        "place": not np.allclose(answer(moved), z),
        "question": not np.allclose(asking(0), asking(1)),
        "company": not np.allclose(answer(swapped), z),
        "cards": not np.allclose(alone, z),
        "together": not np.allclose(change(0), change(1)),
    }


def make_impostors(trained: Parameters) -> dict[str, Answer]:
    """Return four impostors by name, made from the features and matrices of a trained network."""
    model = Attention()

    def average(w: np.ndarray, v: np.ndarray) -> np.ndarray:
        return attention.weighted_mean(w, v) + trained.b2

    def scores(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        state = model.forward(trained, x)
        return (state.q[:, None] * state.k).sum(axis=2) / np.sqrt(state.q.shape[1]), state.v

    def looks_and_favours(x: np.ndarray) -> np.ndarray:
        """Take the network's own scores, less half a point from place to place."""
        s, v = scores(x)
        return average(functions.softmax(s - 0.5 * np.arange(s.shape[1])), v)

    def over_cards(x: np.ndarray) -> np.ndarray:
        """Lesson 06's fault: the softmax runs over the cards."""
        s, v = scores(x)
        return average(functions.softmax(s.T).T, v)

    def add_votes(x: np.ndarray) -> np.ndarray:
        """Read each image on its own, and add the votes of question and company."""
        read = (model.forward(trained, x).a @ trained.Wv + trained.b2).argmax(axis=2)
        company = [adding.company_votes(digits[1::2], digits[2::2]) for digits in read]
        return read[:, :1] * np.arange(10) + np.array(company)

    return {
        "scores of 0": lambda x: Attention(scale=0).logits(trained, x),
        "looks, by place": looks_and_favours,
        "over the cards": over_cards,
        "the adder": add_votes,
    }
