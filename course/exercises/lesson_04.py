"""Lesson 04's exercises: mini-batches, momentum, four mystery curves, tuning."""

import numpy as np

from course.exercises.cases import Seed, fresh_generator
from course.exercises.exercise import Arguments, Exercise
from course.exercises.views import minibatches as deal
from course.exercises.views import mystery_curves as curves
from course.exercises.views import tuning
from mnistlib import training


def minibatches(n, batch_size, rng, epochs):
    """Arrays of indices, one for each step: every index once in each epoch, in a new order."""
    return training.minibatches(n, batch_size, rng=rng, epochs=epochs)


def name_the_faults():
    """Which fault is behind each of the mystery curves."""
    return {
        "A": "rate too large",
        "B": "overfitting",
        "C": "labels mixed up",
        "D": "rate too small",
    }


def tune():
    """Settings with which the network reaches the target on validation; there are many such."""
    return {"learning_rate": 0.5, "momentum": 0.9, "epochs": 5}


def _update(seed: Seed, learning_rate: float, momentum: float) -> Arguments:
    """Return parameters, gradients and velocities that were drawn, and two settings."""
    rng = np.random.default_rng(seed)
    arrays = [(rng.normal(size=3), rng.normal(size=(2, 2))) for _ in range(3)]
    return *arrays, learning_rate, momentum


EXERCISES = (
    Exercise(
        reference=minibatches,
        shapes=",,, -> ",
        cases=tuple(
            (n, batch_size, fresh_generator(), epochs)
            for n, batch_size, epochs in [(2, 2, 1), (5, 2, 2), (40, 12, 3)]
        ),
        random_case=lambda rng: (
            int(rng.integers(41, 70)),
            int(rng.integers(9, 15)),
            fresh_generator(),
            int(rng.integers(2, 5)),
        ),
        solution=training.minibatches,
        view=deal.Deal,
        predicates=deal.PREDICATES,
    ),
    Exercise(
        reference=training.sgd_update,
        shapes=",,,, -> ",
        cases=(
            (
                (np.array([1.0]), np.array([2.0])),
                (np.array([1.0]), np.array([2.0])),
                (np.array([0.0]), np.array([2.0])),
                0.5,
                0.5,
            ),
            _update(1, 0.1, 0.0),
            _update(1, 0.1, 0.9),
        ),
        random_case=lambda rng: _update(rng, 0.3, 0.7),
    ),
    Exercise(
        reference=name_the_faults,
        shapes=" -> ",
        cases=((),),
        view=curves.Naming,
        predicates=curves.PREDICATES,
    ),
    Exercise(
        reference=tune,
        shapes=" -> ",
        cases=((),),
        view=tuning.Tuning,
        predicates=tuning.PREDICATES,
    ),
)
