"""Answerers of lesson 12's cards that do not look, and what gives them away.

Used in lesson 12, below exercise 12.4.
"""

from collections.abc import Callable

import numpy as np

from course.materials import adding
from mnistlib.attention import Attention, Parameters

#: What turns cards x (n, 2p + 1, pixels) into logits (n, 10).
Answerer = Callable[[np.ndarray], np.ndarray]


def find_dependence(answer: Answerer, x: np.ndarray) -> dict[str, bool]:
    """Return whether the answers to cards x depend on the order of the pairs, and on the other cards."""
    z = answer(x)
    first_goes_last = np.concatenate([x[:, :1], x[:, 3:], x[:, 1:3]], axis=1)
    neighbours_exchanged = np.concatenate([x[:, :1], x[:, 3:5], x[:, 1:3], x[:, 5:]], axis=1)
    moved = (first_goes_last, neighbours_exchanged)  # repeated, these two make every order
    alone = np.concatenate([answer(x[i : i + 1]) for i in range(len(x))])
    return {
        "order": not all(np.allclose(answer(cards), z) for cards in moved),
        "cards": not np.allclose(alone, z),
    }


def find_trades(answer: Answerer, x: np.ndarray) -> np.ndarray:
    """Return on which cards x the answers about the first two key images trade places."""

    def winners(cards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the classes that win if the first key image is asked about, and if the second is."""
        first, second = cards.copy(), cards.copy()
        first[:, 0], second[:, 0] = cards[:, 1], cards[:, 3]
        return answer(first).argmax(axis=1), answer(second).argmax(axis=1)

    swapped = x.copy()
    swapped[:, 2], swapped[:, 4] = x[:, 4], x[:, 2]
    one, other = winners(x)
    one_after, other_after = winners(swapped)
    return (one != other) & (one_after == other) & (other_after == one)


def make_impostors(trained: Parameters) -> dict[str, Answerer]:
    """Return two impostors by name, made from the features and matrices of a trained network."""
    model = Attention()

    def read(x: np.ndarray) -> np.ndarray:
        """Read each image on its own."""
        return (model.forward(trained, x).a @ trained.Wv + trained.b2).argmax(axis=2)

    def add_votes(x: np.ndarray) -> np.ndarray:
        """Add the votes of question and company."""
        digits = read(x)
        company = [adding.company_votes(each[1::2], each[2::2]) for each in digits]
        return digits[:, :1] * np.arange(10) + np.array(company)

    return {
        "scores of 0": lambda x: Attention(scale=0).logits(trained, x),
        "the adder": add_votes,
    }


def compare(answerers: dict[str, Answerer], x: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Print how each answers cards x; return the percentages of cards on which answers trade places."""
    all_trades = {}
    print("                (first 100 cards)\n                 depends on          %       %")
    print("                order  cards    trades   right")
    for name, answer in answerers.items():
        seen = find_dependence(answer, x[:100])
        all_trades[name] = trades = 100 * find_trades(answer, x).mean()
        right = 100 * (answer(x).argmax(axis=1) == labels).mean()
        marks = ["yes" if depends else "no" for depends in seen.values()]
        print("{:15} {:>5}  {:>5}   {:7.1f} {:7.1f}".format(name, *marks, trades, right))
    return all_trades
