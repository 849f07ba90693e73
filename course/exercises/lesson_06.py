"""Lesson 06's exercises: the loss to start at, the hidden bias, a check, a rate."""

import numpy as np

from course.exercises.cases import far_apart, normal_array
from course.exercises.exercise import Arguments, Exercise
from mnistlib import functions, original


def loss_at_the_start(classes):
    """Cross-entropy and squared error of one image, if every class gets the same probability."""
    p = 1 / classes
    return -np.log(p), (1 - p) ** 2 + (classes - 1) * p**2


def depends_on_company(softmax):
    """Whether a softmax gives any example other numbers alone than in a batch."""
    z = np.random.default_rng(0).normal(size=(5, 4))
    alone = np.vstack([softmax(row[None]) for row in z])
    return not np.allclose(softmax(z), alone)


def rate_for_scaled(rate, divisor):
    """Learning rate of W1 at which divided pixels train exactly as raw ones did with ``rate``."""
    return divisor**2 * rate


class Rate:
    """The rate that an answer gave, beside the right one."""

    def __init__(self, arguments: Arguments, result: object) -> None:
        """Take the arguments as the call left them, and its result."""
        self.right = rate_for_scaled(*arguments)
        self.result = result


def _one_sum_for_all(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max())
    return e / e.sum()


def _centred(z: np.ndarray) -> np.ndarray:
    return functions.softmax(z - z.mean(axis=0))


def _leaning_on_a_partner(z: np.ndarray) -> np.ndarray:
    """The right softmax of rows that lean on one another by twos, an odd last on the one before."""
    partner = np.arange(len(z)) ^ 1
    partner[partner == len(z)] = len(z) - 2  # of one row alone that is itself, -1
    return functions.softmax((z + z[partner]) / 2)


def _leaning_on_the_first_of_three(z: np.ndarray) -> np.ndarray:
    """The right softmax of rows that lean by threes on the first of them, as halves of six may hide."""
    places = np.arange(len(z))
    return functions.softmax((z + z[places - places % 3]) / 2)


def _looking_back(z: np.ndarray) -> np.ndarray:
    return functions.softmax(np.cumsum(z, axis=0))


def _looking_ahead(z: np.ndarray) -> np.ndarray:
    return functions.softmax(np.cumsum(z[::-1], axis=0)[::-1])


def _growing_with_company(z: np.ndarray) -> np.ndarray:
    return functions.softmax(z) * len(z)


def _one_part_in_twenty_of_all(z: np.ndarray) -> np.ndarray:
    p = functions.softmax(z)
    return 0.95 * p + 0.05 * p.mean(axis=0)


def _counting_heads(z: np.ndarray) -> np.ndarray:
    return functions.softmax(z + np.eye(z.shape[1])[0] * len(z) / 50)


def _cautious(z: np.ndarray) -> np.ndarray:
    return functions.softmax(z / 2)


def _by_rows_only(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _rounded_otherwise(z: np.ndarray) -> np.ndarray:
    """The right softmax, but for last bits that the size of the batch decides."""
    detour = 1 + len(z) / 10
    e = np.exp(z - z.max(axis=1, keepdims=True)) * detour
    return e / e.sum(axis=1, keepdims=True)


def _rounded_otherwise_everywhere(z: np.ndarray) -> np.ndarray:
    """The right softmax, but for the last bits of every number in a batch of two or more."""
    return functions.softmax(z) * (1 + (len(z) > 1) * 2.0**-50)


def _trading_between_two_classes(z: np.ndarray) -> np.ndarray:
    """The right softmax, but in company the last class gives the first a part of what it has."""
    p = functions.softmax(z)
    given = p[:, -1] * (1 - 1 / len(z)) / 2
    p[:, -1] -= given
    p[:, 0] += given
    return p


def _any_softmax(rng: np.random.Generator) -> Arguments:
    """Return a softmax that is drawn: its rows mix with their mean, or do not."""
    share = rng.choice([0, rng.uniform(0.05, 0.5)])
    steepness = rng.uniform(0.5, 2)

    def softmax(z: np.ndarray) -> np.ndarray:
        p = functions.softmax(steepness * z)
        return (1 - share) * p + share * p.mean(axis=0)

    return (softmax,)


EXERCISES = (
    Exercise(
        reference=loss_at_the_start,
        shapes=" -> cross-entropy:, squared error:",
        cases=((2,), (10,), (5,)),
        random_case=lambda rng: (int(rng.integers(2, 50)),),
    ),
    Exercise(
        reference=original.class_bias,
        shapes="n classes -> classes",
        cases=(
            (np.zeros((2, 2)),),
            (normal_array(1, 1, 3),),
            (normal_array(2, 2, 4),),
            (normal_array(6, 6, 4),),
            (np.array([[-3.3, -1.1], [-2.7, -2.9]]),),
        ),
        extreme=(
            (np.array([[1000.0, 0.0], [999.0, -1000.0]]),),
            (np.array([[-1000.0, 1.0], [1000.0, 0.0]]),),
            (np.array([[30000.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),),
        ),
        random_case=lambda rng: (far_apart(rng, 5, 7).T,),
    ),
    Exercise(
        reference=depends_on_company,
        shapes=" -> ",
        cases=tuple(
            (softmax,)
            for softmax in (
                original.softmax_over_batch,
                functions.softmax,
                _one_sum_for_all,
                _centred,
                _leaning_on_a_partner,
                _leaning_on_the_first_of_three,
                _cautious,
                _by_rows_only,
                _rounded_otherwise,
                _looking_back,
                _looking_ahead,
                _growing_with_company,
                _one_part_in_twenty_of_all,
                _counting_heads,
                _trading_between_two_classes,
                _rounded_otherwise_everywhere,
            )
        ),
        random_case=_any_softmax,
    ),
    Exercise(
        reference=rate_for_scaled,
        shapes=" -> ",
        cases=((1.0, 2.0), (0.5, 10.0), (0.001, 255.0)),
        random_case=lambda rng: (rng.random() * 10, rng.random() * 300),
        view=Rate,
        predicates={
            "is_no_number": lambda rate: np.shape(rate.result) != (),
            "is_too_small": lambda rate: rate.result < rate.right * (1 - 1e-5),
            "is_too_large": lambda rate: not rate.result <= rate.right * (1 + 1e-5),  # or nan
        },
    ),
)
