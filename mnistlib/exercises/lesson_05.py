"""Lesson 05's exercises: the hidden bias, a check that catches a fault, a pair of counts, a rate."""

import math

import numpy as np

from mnistlib import functions, original
from mnistlib.exercises.trial import Exercise


def depends_on_company(softmax):
    """Whether a softmax gives an example other numbers alone than in a batch."""
    z = np.random.default_rng(0).normal(size=(5, 4))
    return not np.allclose(softmax(z[:1]), softmax(z)[:1])


def paired(before, after):
    """How many answers were gained, how many lost, and the p of McNemar's exact test."""
    gained, lost = (after & ~before).sum(), (before & ~after).sum()
    n = gained + lost
    tail = sum(math.comb(n, fewer) for fewer in range(min(gained, lost) + 1))
    return gained, lost, min(1.0, 2 * tail / 2**n)


def _ways(gained, lost):
    """Return the probability of each split with as few in the smaller part, or fewer."""
    n = gained + lost
    return [math.comb(n, fewer) / 2**n for fewer in range(min(gained, lost) + 1)]


def rate_for_scaled(rate):
    """Learning rate of W1 at which scaled pixels train exactly as raw ones did with ``rate``."""
    return 255**2 * rate


def _rate_objection(args: tuple, got: object) -> str | None:
    close = np.shape(got) == () and np.isclose(got, rate_for_scaled(*args), rtol=1e-5)
    return None if close else f"{got:g} is not it."  # the number itself would give the answer away


def _one_sum_for_all(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def _centred(z):
    return functions.softmax(z - z.mean(axis=0))


def _logits(seed: int, n: int, classes: int) -> tuple:
    return (np.random.default_rng(seed).normal(size=(n, classes)),)


def _answers(*counts: int) -> tuple:
    """Return answers before and after: so many both right, gained, lost, and both wrong."""
    before = np.repeat([True, False, True, False], counts)
    order = np.random.default_rng(0).permutation(len(before))
    return before[order], np.repeat([True, True, False, False], counts)[order]


EXERCISES = (
    Exercise(
        original.class_bias,
        "n classes -> classes",
        ((np.zeros((2, 2)),), _logits(1, 1, 3), _logits(2, 2, 4), _logits(6, 6, 4)),
        (
            "It is a log-sum-exp, as in lesson 02, but down the columns: over the images.",
            "Subtract each column's maximum before the exponential, and add it again at the end.",
            "top = z.max(axis=0); top + np.log(np.exp(z - top).sum(axis=0))",
        ),
        "For one image it is the image's own logits, and the difference is 0 for every class.",
        """
np.log(np.exp(z).sum(axis=1))
    that is one number for each image. For what is one wanted, and over what runs the sum?
z.mean(axis=0)
z.max(axis=0)
z.sum(axis=0)
    no exponential was taken. What did the batch-axis softmax divide by?
np.exp(z).sum(axis=0)
    that is the sum itself. What turns dividing by it into subtracting?
np.log(np.exp(z - z.max(axis=0)).sum(axis=0))
np.log(np.exp(z - z.max()).sum(axis=0))
    something was subtracted before the exponential. What makes up for it afterwards?
np.log(np.exp(z).mean(axis=0))
    that is the log of a mean, log n too small. Does the softmax divide by a mean?
np.log(np.exp(z).sum())
    that is one number for the whole batch. How many classes have a bias?
np.log(np.exp(z).sum(axis=0))
    the exponential of a large logit overflows. What may be taken out of the sum first?
z.max() + np.log(np.exp(z - z.max()).sum(axis=0))
    one maximum served all classes. What becomes of a class that lies far below it?
z.mean(axis=0) + np.log(np.exp(z - z.mean(axis=0)).sum(axis=0))
    the mean is not large enough to subtract. Above which number must no logit of the class lie?
""",
        (
            (np.array([[1000.0, 0.0], [999.0, -1000.0]]),),
            (np.array([[3000.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),),
        ),
    ),
    Exercise(
        depends_on_company,
        " -> ",
        tuple(
            (softmax,)
            for softmax in (
                original.softmax_over_batch,
                functions.softmax,
                _one_sum_for_all,
                _centred,
            )
        ),
        (
            "Make some logits, a few rows of random numbers. Ask for all of them, and for one row.",
            "z[:1] is the first row as a batch of one; softmax(z)[:1] is its answer in company.",
            "return not np.allclose(softmax(z[:1]), softmax(z)[:1])",
        ),
        "It never asks what the right answer is. Checks of that kind are cheap and strong.",
        """
z = _logits(0, 5, 4)[0]; return np.allclose(softmax(z[:1]), softmax(z)[:1])
    it says True when the answers agree. Which was the question?
True
    it says True to everything, to a good softmax too. What did it compare with what?
False
z = np.eye(3); return not np.allclose(softmax(z), softmax(z))
    it says False to everything. Did the row have other company the second time?
z = _logits(5, 5, 4)[0]; return softmax(z)[0].argmax() != softmax(z[:1])[0].argmax()
    it asks which class wins, and misses what changes without another winner. What else is there?
z = _logits(5, 5, 4)[0]; return not np.allclose(softmax(z).sum(axis=1), 1)
not np.allclose(softmax(np.ones((1, 4))), softmax(np.ones((5, 4)))[:1])
    it misses one whose rows sum to 1 and which still looks around. Do your rows differ, and what of
    theirs do you compare?
z = _logits(0, 5, 4)[0]; return not np.array_equal(softmax(z[:1]), softmax(z[1:2]))
    two different rows were compared. Should one expect the same answer to both?
""",
    ),
    Exercise(
        paired,
        "n, n -> gained:, lost:, p:",
        (
            _answers(1, 1, 0, 1),
            _answers(2, 3, 1, 2),
            _answers(5, 2, 6, 3),
            _answers(4, 3, 3, 2),
            _answers(20, 9, 1, 8),
        ),
        (
            "Only answers that changed count: wrong before and right after, or the other way.",
            "If chance did it, each of them fell either way alike, as a coin does.",
            "2 * sum(math.comb(n, k) for k in range(min(gained, lost) + 1)) / 2**n, at most 1",
        ),
        "Those that both answered alike say nothing about which is better, however many they are.",
        """
key(after, before)
    gained and lost are exchanged. Which were wrong before?
after.sum(), before.sum(), key(before, after)[2]
    those are all the right answers. Which of them changed?
g, l, p = key(before, after); return g, l, p / 2
g, l, p = key(before, after); return g, l, sum(_ways(g, l))
    one tail was counted. Would a split as uneven the other way not have surprised you too?
g, l, p = key(before, after); return g, l, 2 * sum(_ways(g, l)[:-1])
    the tail begins beyond the split that was seen. Is that one as uneven as itself?
g, l, p = key(before, after); return g, l, 2 * _ways(g, l)[-1]
g, l, p = key(before, after); return g, l, _ways(g, l)[-1]
    that is the probability of just this split. Which others are at least as uneven?
g, l, p = key(before, after); return g, l, 2 * sum(_ways(g, l))
    a probability came out above 1. When do the two tails overlap?
g, l, p = key(before, after); return g, l, (g - l) / len(before)
    that is the difference of the accuracies. How likely is one so large by chance?
""",
    ),
    Exercise(
        rate_for_scaled,
        " -> ",
        ((1.0,), (0.001,)),
        (
            "Scaled pixels need weights 255 times as large for the same sums. So how far must a "
            "step carry them, compared with before?",
            "And the gradient by those weights contains the pixels. How large is it, compared "
            "with before?",
            "A step is rate times gradient: it must be 255 times as long with a gradient 255 times "
            "as small.",
        ),
        "For the original's 0.001 that is 65.025, for W1 alone. One rate for both layers "
        "cannot be right for raw and for scaled pixels.",
        """
255 * rate
    one factor makes up for the smaller gradient. But the weights: how far must they move now?
rate / 255
    smaller gradients were given a smaller rate. What keeps the step as long as it must be?
rate / 255**2
    the two factors were found, and they divide. Is the step now longer or shorter than before?
rate
    the rate is as before. Is the gradient?
2 * 255 * rate
    the two factors were added. A step is rate times gradient: what do two factors do?
65.025
    that is for one rate only. On what does the answer depend?
""",
        objection=_rate_objection,
    ),
)
