"""Lesson 02's exercises: sigmoid, softmax, its gradient, cross-entropy."""

import numpy as np

from mnistlib import functions, original
from mnistlib.exercises.trial import Exercise

_Z = np.array([[1.0, 2.0, 4.0], [3.0, -1.0, 0.5]])
_Y = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


def _batch(n: int) -> tuple:
    rng = np.random.default_rng(n)
    return rng.normal(size=(n, 4)), np.eye(4)[rng.integers(0, 4, n)]


def _p_and_dp(n: int) -> tuple:
    return functions.softmax(_batch(n)[0]), _batch(n + 1)[0][:n]


def _log_p(z):
    return np.log(functions.softmax(z))


EXERCISES = (
    Exercise(
        name="sigmoid",
        reference=functions.sigmoid,
        cases=lambda: [
            (np.array([0.0]),),
            (np.array([-2.0, 2.0]),),
            (np.linspace(-6, 6, 15).reshape(3, 5).T,),
        ],
        extreme=((np.array([1000.0]),), (np.array([-1000.0, 0.0, 1000.0]),)),
        hints=(
            "An exponential overflows only if its argument is large and positive. -|x| never is.",
            "Left of 0, multiply numerator and denominator by e^x; the denominator is 1 + e^(-|x|).",
            "np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))",
        ),
        notice="At x = 0 both halves meet: e^0 / (1 + e^0) is one half from either side.",
        mistakes={
            "the sign in the exponent: this is the sigmoid of -x.": lambda x: 1 / (1 + np.exp(x)),
            "this is tanh, which runs from -1 to 1.": np.tanh,
            "this is the slope, s (1 - s), not the value.": functions.sigmoid_derivative,
            "the absolute value alone loses the sign of x: left of 0 another numerator is needed.": (
                lambda x: 1 / (1 + np.exp(-np.abs(x)))
            ),
        },
        grow=lambda n: (np.ones((n, 4)),),
        home=functions,
    ),
    Exercise(
        name="softmax",
        reference=functions.softmax,
        cases=lambda: [(_Z[:1, :2],), (_Z,), (_batch(5)[0],), (np.asfortranarray(_batch(3)[0]),)],
        extreme=(
            (np.array([[1000.0, 1001.0]]),),
            (np.array([[0.0, 1000.0]]),),
            (np.array([[1000.0, 1001.0], [0.0, 1.0], [-1000.0, -999.0]]),),
        ),
        hints=(
            "Rows are examples: each row has its own maximum and its own sum.",
            "axis=-1 runs along a row, and keepdims=True keeps the result as a column.",
            "e = np.exp(z - z.max(axis=-1, keepdims=True)); then divide e by its own row sums.",
        ),
        notice="With each row's maximum subtracted, every row contains e^0 = 1, so no sum can be 0.",
        mistakes={
            "this is the softmax over the batch axis: the columns sum to 1, not the rows.": (
                original.softmax_over_batch
            ),
            "this is the softmax over the batch axis: the maxima are the rows', the sums are not.": (
                lambda z: (
                    np.exp(z - z.max(axis=-1, keepdims=True))
                    / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=0)
                )
            ),
            "keepdims=True is missing: the rows' maxima or sums must be a column, (n, 1), not (n,).": (
                lambda z: np.exp(z - z.max(axis=-1)) / np.exp(z - z.max(axis=-1)).sum(axis=-1)
            ),
            "one sum for the whole batch: all entries together sum to 1.": lambda z: (
                np.exp(z - z.max()) / np.exp(z - z.max()).sum()
            ),
            "exponentials that nobody has divided by their sum.": lambda z: np.exp(
                z - z.max(axis=-1, keepdims=True)
            ),
            "these are the logarithms of the probabilities.": functions.log_softmax,
            "each score was divided by the row's sum without taking exponentials.": lambda z: (
                z / z.sum(axis=-1, keepdims=True)
            ),
        },
        grow=lambda n: (_batch(n)[0],),
        home=functions,
    ),
    Exercise(
        name="softmax_backward",
        reference=functions.softmax_backward,
        cases=lambda: [_p_and_dp(1), _p_and_dp(2), _p_and_dp(5)],
        hints=(
            "For one example it is dp times the Jacobian. Write the sum over i out.",
            "The part with the delta gives p * dp; the rest is p times one number for each row.",
            "p * (dp - (p * dp).sum(axis=-1, keepdims=True))",
        ),
        notice="Each row of the result sums to 0, since nothing changes if all scores move together.",
        mistakes={
            "only the Jacobian's diagonal, p (1 - p): each probability depends on all the scores.": (
                lambda p, dp: p * (1 - p) * dp
            ),
            "the inner sum ran over the whole batch; each row needs its own.": lambda p, dp: (
                p * (dp - (p * dp).sum())
            ),
            "the inner sum ran down the columns, over the examples.": lambda p, dp: (
                p * (dp - (p * dp).sum(axis=0))
            ),
            "the inner sum lacks the probabilities: it is a mean of dp weighted by p.": lambda p, dp: (
                p * (dp - dp.sum(axis=-1, keepdims=True))
            ),
        },
        grow=_p_and_dp,
        home=functions,
    ),
    Exercise(
        name="cross_entropy",
        reference=functions.cross_entropy,
        cases=lambda: [(_Z[:1], _Y[:1]), (_Z, _Y), _batch(6)],
        extreme=(
            (np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])),
            (np.array([[1000.0, 1001.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])),
        ),
        hints=(
            "The logarithm of the softmax is z minus log-sum-exp. Do not take the softmax first.",
            "Shift each row by its maximum, then subtract the log of the row's sum of exponentials.",
            "With that as log_p: -(y * log_p).sum() / len(z)",
        ),
        notice="A wrong class that leads by 1000 points costs 1000: finite, though p rounds to 0.",
        mistakes={
            "summed over the batch, but not divided by the number of examples.": lambda z, y: (
                -(y * _log_p(z)).sum()
            ),
            "divided by examples times classes: np.mean over everything counts the zeros too.": (
                lambda z, y: -(y * _log_p(z)).mean()
            ),
            "the sign: log-probabilities are negative, the loss is not.": lambda z, y: (
                (y * _log_p(z)).sum() / len(z)
            ),
            "logarithm to base 2, where the natural one belongs.": lambda z, y: (
                -(y * np.log2(functions.softmax(z))).sum() / len(z)
            ),
        },
        grow=_batch,
        home=functions,
    ),
)
