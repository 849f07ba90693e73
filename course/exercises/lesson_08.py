"""Lesson 08's exercises: decay, and when to stop."""

import numpy as np

from course.exercises.cases import normal
from course.exercises.exercise import Exercise


def decayed(loss, W, dW, weight_decay):
    """The loss with its price on large weights, and its gradient by these weights."""
    return loss + weight_decay / 2 * (W**2).sum(), dW + weight_decay * W


def stopped_at(losses, patience):
    """Where the scoring ends, and where the lowest loss up to there was; both count from 0."""
    lowest = 0
    for now, loss in enumerate(losses):
        if loss < losses[lowest]:
            lowest = now
        if now - lowest == patience:
            break
    return now, lowest


EXERCISES = (
    Exercise(
        reference=decayed,
        shapes=", inputs outputs, inputs outputs, -> loss: , dW: inputs outputs",
        cases=(
            (1.0, np.array([[3.0, -4.0]]), np.array([[0.5, 0.5]]), 0.2),
            (0.7, *normal(2, (3, 2), (3, 2)), 0.05),
            (2.0, *normal(3, (2, 4), (2, 4)), 0.0),
            (0.3e-7, *[1e-5 * each for each in normal(9, (2, 3), (2, 3))], 0.1),
        ),
    ),
    Exercise(
        reference=stopped_at,
        shapes="scorings, -> end: , lowest: ",
        cases=(
            (np.array([50.0, 30.0, 40.0, 45.0, 48.0, 10.0]), 2),
            (np.array([50.0, 30.0, 40.0, 35.0, 38.0, 39.0]), 2),
            (np.array([5.0, 3.0, 4.0, 2.0, 3.0, 3.0, 1.0]), 2),
            (np.array([4.0, 3.0, 2.0]), 1),
            (np.array([2.0, 2.0, 3.0, 1.0]), 2),
            (np.array([2.0, 1.0, 1.0, 0.5, 3.0]), 1),
            (np.array([9.0, 6.0, 7.0, 8.0, 5.0, 6.0, 4.0, 4.0, 4.0, 4.0, 3.0]), 3),
        ),
    ),
)
