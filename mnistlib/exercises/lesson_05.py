"""Lesson 05's exercises: a check that catches a fault, the hidden bias, the next rung."""

import numpy as np

from mnistlib import functions, original
from mnistlib.exercises.trial import Exercise


def depends_on_company(softmax):
    """Tell whether a softmax gives an example other numbers alone than in a batch."""
    z = np.random.default_rng(0).normal(size=(5, 4))
    return not np.allclose(softmax(z[:1]), softmax(z)[:1])


def rate_for_scaled(rate):
    """Learning rate of W1 at which scaled pixels train exactly as raw ones did with ``rate``."""
    return 255**2 * rate


def _rate_is_wrong(args: tuple, got: object) -> tuple[str, str] | None:
    if np.shape(got) != () or np.asarray(got).dtype.kind not in "iuf":
        missing = "None (is a `return` missing?)" if got is None else "something else"
        return "wrong shape", f"wanted one number, got {missing}."
    if np.isclose(got, rate_for_scaled(*args)):
        return None
    return "wrong value", f"{got:g} is not it."  # the number itself would give the answer away


def _one_sum_for_all(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def _centred_over_batch(z):
    return functions.softmax(z - z.mean(axis=0))


def _logits(n: int) -> tuple:
    return (np.random.default_rng(n).normal(size=(n, 4)),)


EXERCISES = (
    Exercise(
        name="depends_on_company",
        reference=depends_on_company,
        cases=lambda: [
            (original.softmax_over_batch,),
            (functions.softmax,),
            (_one_sum_for_all,),
            (_centred_over_batch,),
        ],
        hints=(
            "Make some logits, a few rows of random numbers. Ask for all of them, and for one row.",
            "z[:1] is the first row as a batch of one; softmax(z)[:1] is its answer in company.",
            "return not np.allclose(softmax(z[:1]), softmax(z)[:1])",
        ),
        notice="It never asks what the right answer is. Checks of that kind are cheap and strong.",
        mistakes={
            "that is True when the answers agree; the question is whether they differ.": (
                lambda softmax: not depends_on_company(softmax)
            ),
            "it says True to everything, a good softmax too.": lambda softmax: True,
            "it says False to everything, so it catches nothing.": lambda softmax: False,
            "it compares which class wins, and misses what changes without another winner. Compare "
            "the numbers.": (
                lambda softmax: (
                    softmax(_logits(5)[0])[0].argmax() != softmax(_logits(5)[0][:1]).argmax()
                )
            ),
            "it misses one whose rows sum to 1, and which still looks around. Compare the answers "
            "themselves, on rows that differ.": (
                lambda softmax: not np.allclose(softmax(_logits(5)[0]).sum(axis=1), 1)
            ),
        },
    ),
    Exercise(
        name="class_bias",
        reference=original.class_bias,
        cases=lambda: [_logits(1), _logits(2), _logits(6)],
        extreme=((np.array([[1000.0, 0.0], [999.0, -1000.0]]),),),
        hints=(
            "It is a log-sum-exp, as in lesson 02, but down the columns: over the images.",
            "Subtract each column's maximum before the exponential, and add it again at the end.",
            "top = z.max(axis=0); top + np.log(np.exp(z - top).sum(axis=0))",
        ),
        notice="For one image it is the image's own logits, and the difference is 0 for every class.",
        mistakes={
            "the sum ran over the classes, one number an image; one a class is wanted.": lambda z: (
                np.log(np.exp(z).sum(axis=1))
            ),
            "that is the mean logit of each class; the exponentials count the large ones more.": (
                lambda z: z.mean(axis=0)
            ),
            "the maximum that was subtracted has not been added again.": lambda z: np.log(
                np.exp(z - z.max(axis=0)).sum(axis=0)
            ),
            "the sign: c is what is subtracted; the bias is -c.": lambda z: -original.class_bias(z),
            "log of the mean, not of the sum: log n is missing.": lambda z: np.log(
                np.exp(z).mean(axis=0)
            ),
        },
    ),
    Exercise(
        name="rate_for_scaled",
        reference=rate_for_scaled,
        cases=lambda: [(1.0,), (0.001,)],
        accept=_rate_is_wrong,
        hints=(
            "Scaled pixels need weights 255 times as large for the same sums. So how far must a "
            "step carry them, compared with before?",
            "And the gradient by those weights contains the pixels. How large is it, compared "
            "with before?",
            "A step is rate times gradient: it must be 255 times as long with a gradient 255 times "
            "as small.",
        ),
        notice="For the original's 0.001 that is 65.025, for W1 alone. One rate for both layers "
        "cannot be right for raw and for scaled pixels.",
        mistakes={
            "one factor of 255 makes up for the smaller gradient. But the weights themselves are "
            "255 times as large, and must move as much farther.": lambda rate: 255 * rate,
            "the other way round: smaller gradients need a larger rate.": lambda rate: rate / 255,
            "the other way round, twice.": lambda rate: rate / 255**2,
            "it cannot be the same: the gradient has changed.": lambda rate: rate,
            "that is the rate for the original's 0.001; the answer depends on `rate`.": (
                lambda rate: 65.025
            ),
        },
    ),
)
