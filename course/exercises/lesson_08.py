"""Lesson 08's exercises: what decay leaves, its gradient, when to stop, and a fair report."""

import numpy as np

from course.exercises.cases import normal_arrays
from course.exercises.exercise import Exercise
from course.materials.stopping import stopped_at


def weight_left(w, learning_rate, weight_decay, steps):
    """What decay leaves of a weight that the loss itself does not move."""
    return w * (1 - learning_rate * weight_decay) ** steps


def decayed(loss, W, dW, weight_decay):
    """The loss with its penalty on large weights, and its gradient with respect to them."""
    return loss + weight_decay / 2 * (W**2).sum(), dW + weight_decay * W


def choose_and_report(watched, reporting):
    """The row of the lowest mean watched loss; what it gains over row 0 where it was not chosen."""
    chosen = int(watched.mean(axis=1).argmin())
    apart = reporting[chosen] - reporting[0]
    return chosen, apart.mean(), apart.std(ddof=1) / np.sqrt(len(apart))


EXERCISES = (
    Exercise(
        reference=weight_left,
        shapes=", , , -> ",
        cases=(
            (64.0, 0.5, 0.5, 3),
            (-2.0, 1.0, 0.001, 300),
            (-0.3, 0.7, 0.2, 1),
            (1.7, 0.1, 3.0, 6),
            (0.3e-7, 0.3, 0.9, 4),
        ),
        random_case=lambda rng: (rng.normal(), *rng.random(2), int(rng.integers(1, 9))),
    ),
    Exercise(
        reference=decayed,
        shapes=", inputs outputs, inputs outputs, -> loss: , dW: inputs outputs",
        cases=(
            (1.0, np.array([[3.0, -4.0]]), np.array([[0.5, 0.5]]), 0.2),
            (0.7, *normal_arrays(2, (3, 2), (3, 2)), 0.05),
            (2.0, *normal_arrays(3, (2, 4), (2, 4)), 0.0),
            (0.3e-7, *[1e-5 * each for each in normal_arrays(9, (2, 3), (2, 3))], 0.1),
        ),
        random_case=lambda rng: (
            rng.random(),
            rng.normal(size=(5, 3)),
            rng.normal(size=(5, 3)),
            rng.random(),
        ),
    ),
    Exercise(
        reference=stopped_at,
        shapes="evaluations, -> end: , lowest: ",
        cases=(
            (np.array([50.0, 30.0, 40.0, 45.0, 48.0, 10.0]), 2),
            (np.array([50.0, 30.0, 40.0, 35.0, 38.0, 39.0]), 2),
            (np.array([5.0, 3.0, 4.0, 2.0, 3.0, 3.0, 1.0]), 2),
            (np.array([4.0, 3.0, 2.0]), 1),
            (np.array([5.0, 2.0, 4.0, 3.0]), 3),
            (np.array([5.0, 6.0, 4.0, 6.0, 3.0, 2.0]), 3),
            (np.array([2.0, 2.0, 3.0, 1.0]), 2),
            (np.array([2.0, 1.0, 1.0, 1.5, 0.5, 3.0]), 1),
            (np.array([9.0, 6.0, 7.0, 8.0, 5.0, 6.0, 4.0, 4.0, 4.0, 4.0, 3.0]), 3),
        ),
        random_case=lambda rng: (rng.integers(0, 9, 12) / 2, int(rng.integers(1, 5))),
    ),
    Exercise(
        reference=choose_and_report,
        shapes="settings seeds, settings seeds -> chosen: , difference: , error: ",
        cases=(
            (
                np.array([[5.0, 6.0, 4.0], [3.0, 2.0, 4.0]]),
                np.array([[6.0, 9.0, 7.0], [5.0, 5.0, 6.0]]),
            ),
            (  # the reporting images would choose row 3, the luckiest seed row 2, a vote row 3
                np.array([[7.0, 8.0, 9.0, 8.0], [5, 6, 6, 3], [1, 9, 9, 9], [8, 5, 5, 14]]),
                np.array([[7.0, 9.0, 8.0, 8.0], [6, 4, 7, 7], [6, 9, 7, 9], [3, 1, 2, 2]]),
            ),
            (  # nothing helps; the median would choose row 2
                np.array([[3.0, 4.0, 5.0], [5.0, 3.0, 7.0], [3.0, 3.0, 12.0]]),
                np.array([[3.0, 5.0, 4.0], [2.0, 3.0, 1.0], [5.0, 7.0, 6.0]]),
            ),
            normal_arrays(11, (4, 7), (4, 7)),
            tuple(1e-7 * each for each in normal_arrays(13, (3, 5), (3, 5))),
        ),
        random_case=lambda rng: tuple(rng.normal(size=(2, 4, 6))),
    ),
)
