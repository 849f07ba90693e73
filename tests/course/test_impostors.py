"""Impostors of lesson 12: each fails the question that it is there for; a network that looks, none."""

import numpy as np
import pytest

from course.exercises import lesson_12
from course.materials import impostors
from mnistlib import attention
from mnistlib.attention import Attention

START = attention.initialise(np.random.default_rng(1), pixels=20, hidden=12, d=4)
#: A query is like the key of the same image, so that a copy is found more often than not.
NETWORK = START._replace(Wq=3 * START.Wq, Wk=3 * START.Wq)
X = np.random.default_rng(2).normal(size=(40, 9, 20))
IMPOSTORS = impostors.make_impostors(NETWORK)
#: By what each gives itself away.
FAULTS = {
    "scores of 0": {"no trade"},
    "looks, by place": {"place"},
    "over the cards": {"cards"},
    "the adder": {"no trade"},
    "the adder, squashed": {"no trade"},
}


def faults(answer):
    """Return what tells the answers from those of a network that looks."""
    found = {name for name, depends in impostors.find_dependence(answer, X).items() if depends}
    return found if impostors.find_trades(answer, X).any() else found | {"no trade"}


def looking(x):
    return Attention().logits(NETWORK, x)


def test_a_network_that_looks_has_no_fault():
    assert faults(looking) == set()
    assert lesson_12.looks(looking, X)


def test_one_that_listens_to_the_next_pair_depends_on_places():
    def listening(x):
        state = Attention().forward(NETWORK, x)
        return state.z + attention.weighted_mean(state.w, np.roll(state.v, -1, axis=1)) / 10

    assert faults(listening) == {"place"}
    assert not lesson_12.looks(listening, X)


def test_every_impostor_is_listed():
    assert list(IMPOSTORS) == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_an_impostor_has_its_faults_and_is_rejected(name):
    assert faults(IMPOSTORS[name]) == FAULTS[name]
    assert not lesson_12.looks(IMPOSTORS[name], X)
