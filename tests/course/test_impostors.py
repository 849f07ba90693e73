"""Impostors of lesson 12: each fails the question that it is there for; a network that looks, none."""

import numpy as np
import pytest

from course.exercises import lesson_12
from course.materials import impostors
from mnistlib import attention
from mnistlib.attention import Attention

NETWORK = attention.initialise(np.random.default_rng(1), pixels=20, hidden=12, d=4)
X = np.random.default_rng(2).normal(size=(12, 9, 20))
IMPOSTORS = impostors.make_impostors(NETWORK)
#: The questions to which each gives itself away.
FAULTS = {
    "scores of 0": {"question", "company", "together"},
    "looks, by place": {"place"},
    "over the cards": {"cards"},
    "the adder": {"together"},
}


def faults(answer):
    """Return the questions to which the answers reply otherwise than a network that looks."""
    looks = {"place": False, "question": True, "company": True, "cards": False, "together": True}
    found = impostors.find_dependence(answer, X)
    assert list(found) == list(looks)
    return {name for name in looks if found[name] != looks[name]}


def test_a_network_that_looks_has_no_fault():
    assert faults(lambda x: Attention().logits(NETWORK, x)) == set()


def test_every_impostor_is_listed():
    assert list(IMPOSTORS) == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_an_impostor_has_its_faults_and_is_rejected(name):
    assert faults(IMPOSTORS[name]) == FAULTS[name]
    assert not lesson_12.looks(IMPOSTORS[name], X)
