"""The mystery curves show what the hints say, and the training to tune can be tuned."""

import numpy as np

from course.exercises import lesson_04
from course.materials import mystery_curves, tuning
from mnistlib import data


def test_the_mystery_curves_show_what_the_hints_say():
    mnist = data.load()
    histories = mystery_curves.mystery_curves(mnist.train_images, mnist.train_labels)
    key = lesson_04.name_the_faults()
    assert list(histories) == list(key) == list("ABCD")
    assert key == {letter: recipe.fault for letter, recipe in mystery_curves.RECIPES.items()}
    train, held = (
        {key[k]: history.loss(part) for k, history in histories.items()}
        for part in ("training", "validation")
    )
    chance = np.log(10)
    for fault in ("overfitting", "labels mixed up"):
        assert train[fault][-1] < 0.1  # falls to nothing
    assert held["overfitting"].min() < 0.8 * chance  # better than knowing nothing, then worse
    assert held["overfitting"][-1] > 1.05 * held["overfitting"].min()
    assert held["labels mixed up"].min() > 0.95 * chance
    assert held["labels mixed up"][-1] > 1.5 * chance
    assert max(train["rate too large"]) > 1.5 * chance  # leaps far above ln 10
    assert (np.diff(train["rate too large"]) > 0).mean() > 0.2  # jumps about
    assert (np.diff(train["rate too small"]) < 0.01).all()  # has hardly begun
    assert 0.5 * chance < train["rate too small"][-1] < train["rate too small"][0]


def test_the_target_is_missed_without_tuning_and_reached_with_it_by_a_margin():
    untuned = {"learning_rate": 0.5, "momentum": 0.0, "epochs": 5}
    assert tuning.reached(untuned)[1] < tuning.TARGET - 0.005
    assert tuning.reached(lesson_04.tune())[1] > tuning.TARGET + 0.003
