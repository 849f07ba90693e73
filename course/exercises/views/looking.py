"""What an answer to `looks` asked: the cards that it handed to the network it was given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


class Watched:
    """A network that remembers the cards it was asked about in one call."""

    def __init__(self, answer: Callable[[np.ndarray], np.ndarray]) -> None:
        """Let it answer as another does, under that one's name."""
        self.answer = answer
        self.__name__ = answer.__name__
        self.cards: list[np.ndarray] = []

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Answer, and remember what was asked."""
        self.cards.append(np.array(x))
        return self.answer(x)

    def __deepcopy__(self, memo: dict) -> "Watched":
        """Forget what was asked: a call begins with a copy of its arguments."""
        self.cards.clear()
        return self


@dataclass(frozen=True, eq=False)
class CardsAsked:
    """The cards that were handed in, the changed ones that were asked about, and the verdict."""

    x: np.ndarray
    asked: Sequence[np.ndarray]
    is_right: Callable[[], bool]

    def places_of(self, cards: np.ndarray) -> list[int]:
        """Return from which place of the first card each image of the changed one came, or -1."""
        same = (cards[0][:, None] == self.x[0][None]).all(axis=2)
        return [int(row.argmax()) if row.any() else -1 for row in same]


def loses_an_image(view: CardsAsked) -> bool:
    """Whether one image stands at two places of a card's company, so that another is gone."""
    for cards in view.asked:
        company = [place for place in view.places_of(cards)[1:] if place >= 0]
        if len({*company}) < len(company):
            return True
    return False


def moves_the_question(view: CardsAsked) -> bool:
    """Whether the image that was asked about stands in the company."""
    return any(0 in view.places_of(cards)[1:] for cards in view.asked) and not view.is_right()


def parts_a_pair(view: CardsAsked) -> bool:
    """Whether a key stands where a value stood, or the other way round."""
    is_parted = any(
        came_from > 0 and (came_from - place) % 2
        for cards in view.asked
        for place, came_from in enumerate(view.places_of(cards))
        if place > 0
    )
    return is_parted and not view.is_right()


#: In which ways the cards that were asked about can be wrong.
PREDICATES: dict[str, Callable[[CardsAsked], bool]] = {
    "loses_an_image": loses_an_image,
    "moves_the_question": moves_the_question,
    "parts_a_pair": parts_a_pair,
}
