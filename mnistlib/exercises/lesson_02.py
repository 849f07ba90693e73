"""Lesson 02's exercises: a slope, sigmoid, softmax and its gradient, log-softmax, cross-entropy."""

import numpy as np

from mnistlib import functions
from mnistlib.exercises.trial import Exercise

_Z = np.array([[1.0, 2.0, 4.0], [3.0, -1.0, 0.5]])
_FAR = np.array([[1000.0, 1001.0], [0.0, 1.0], [-1000.0, -999.0]])
_WIDE = np.array([[3000.0, 0.0, 0.0, 0.0]])


def central_difference(f, u, h):
    """Slope of f at the number u, measured by nudging u by h to both sides."""
    return (f(u + h) - f(u - h)) / (2 * h)


def square(u):
    """The square, whose slope is 2 u."""
    return u**2


def cube(u):
    """The cube; nudged by h, its measured slope is 3 u^2 + h^2."""
    return u**3


def _batch(seed: int, n: int, classes: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, classes))


def _targets(n: int, classes: int) -> np.ndarray:
    return np.eye(classes)[np.arange(n) * 2 % classes]


EXERCISES = (
    Exercise(
        central_difference,
        ",, -> ",
        ((square, 3.0, 1.0), (cube, 2.0, 1.0), (cube, -1.0, 0.5), (np.exp, 0.0, 0.25)),
        (
            "A slope is a rise over a run. Between which two points?",
            "From u - h to u + h. How long is that?",
            "(f(u + h) - f(u - h)) / (2 * h)",
        ),
        "For a square the answer is exact, however large h: the errors of both sides cancel.",
        """
(f(u + h) - f(u)) / h
(f(u) - f(u - h)) / h
    u was nudged to one side only. What changes if you nudge it to both?
(f(u + h) - f(u - h)) / h
    the rise is right, but the run is not. How far apart are the two points?
(f(u + h) - f(u - h)) / 2 * h
    the rise was divided by 2 and multiplied by h. What does Python do first in a / b * c?
(f(u + h) + f(u - h)) / (2 * h)
    two values were added. What is a rise?
f(u + h) - f(u - h) / (2 * h)
    only the second value was divided. Where does the rise need brackets?
(f(u + 1e-5) - f(u - 1e-5)) / 2e-5
    h was not the one that is given. Who chooses how far to nudge?
(f(u + h / 2) - f(u - h / 2)) / h
    half the nudge was made on each side. How far is h to each side?
(f(u + h) - f(u - h)) / 2
f(u + h) - f(u - h)
    that is a rise, not yet a slope. Over how long a run?
""",
    ),
    Exercise(
        functions.sigmoid,
        "entries -> entries",
        (
            (np.array([0.0]),),
            (np.array([-2.0, 2.0]),),
            (np.linspace(-6, 6, 15).reshape(3, 5).T,),
        ),
        (
            "An exponential overflows only if its argument is large and positive. -|z| never is.",
            "Left of 0, multiply numerator and denominator by e^z; the denominator is 1 + e^(-|z|).",
            "np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))",
        ),
        "At z = 0 both halves meet: e^0 / (1 + e^0) is one half from either side.",
        """
1 / (1 + np.exp(z))
    that is the sigmoid of -z. What should it do where z is large?
np.tanh(z)
    that is tanh, which runs from -1 to 1. From where to where does a sigmoid run?
key(z) * (1 - key(z))
    that is the slope. What is the value?
1 / (1 + np.exp(-np.abs(z)))
    the size |z| does not know the sign of z. What must differ left of 0?
1 / (1 + np.exp(-z)) if z > 0 else np.exp(z) / (1 + np.exp(z))
    an `if` asks once, for the whole array. Which function of NumPy chooses entry by entry?
1 / (1 + np.exp(-z))
np.exp(z) / (1 + np.exp(z))
with np.errstate(all="ignore"): return 1 / (1 + np.exp(-z))
with np.errstate(all="ignore"): return np.exp(z) / (1 + np.exp(z))
np.where(z > 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))
    some exponential is taken of a large positive number. On which side of 0, and how to avoid it?
1 / (1 + np.exp(-np.clip(z, -15, 15)))
1 / (1 + np.exp(-np.clip(z, -500, 500)))
    z was cut off, so beyond the cut all answers are equal. Can you rewrite the formula instead?
(1 + np.tanh(z / 2)) / 2
    1 + tanh cancels far on the left, and nothing is left of the answer. Which form only divides?
""",
        ((np.array([1000.0]),), (np.array([-1000.0, 0.0, 1000.0]),), (np.array([-720.0, -40.0]),)),
    ),
    Exercise(
        functions.softmax,
        "n classes -> n classes",
        (
            (np.zeros((1, 2)),),
            (_Z[:1, :2],),
            (_Z,),
            (_batch(5, 5, 4),),
            (np.asfortranarray(_batch(3, 3, 4)),),
        ),
        (
            "Rows are examples: each row has its own maximum and its own sum.",
            "axis=-1 runs along a row, and keepdims=True keeps the result as a column.",
            "e = np.exp(z - z.max(axis=-1, keepdims=True)); then divide e by its own row sums.",
        ),
        "With each row's maximum subtracted, every row contains e^0 = 1, so no sum can be 0.",
        """
np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=0)
    the columns sum to 1, and the rows do not. Which axis are the classes?
np.exp(z) / np.exp(z).sum(axis=1)
np.exp(z - z.max(axis=1)) / np.exp(z - z.max(axis=1)).sum(axis=1)
np.exp(z - z.max(axis=1)) / np.exp(z - z.max(axis=1)).sum(axis=1, keepdims=True)
np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)
    one number for each row came out as a row, (n,). How does it stay a column, (n, 1)?
np.exp(z) / np.exp(z).sum()
    one sum served the whole batch. Whose sum should a row be divided by?
np.exp(z)
np.exp(z - z.max(axis=1, keepdims=True))
    these are exponentials. By what must each be divided, so that a row sums to 1?
z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    these are logarithms of probabilities. What undoes a logarithm?
z / z.sum(axis=1, keepdims=True)
    the scores themselves were divided by their sum. What makes them positive first?
1 / (1 + np.exp(-z))
    that is a sigmoid of each score by itself. How do the scores of a row compete?
np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    the exponential of a large score overflows. What may be subtracted from a row, changing nothing?
np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True)
np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=1, keepdims=True)
e = np.exp(z - z.min(axis=1, keepdims=True)); return e / e.sum(axis=1, keepdims=True)
    what was subtracted is not the row's own maximum, so too much or too little. Whose is it?
e = np.exp(z - z.mean(axis=1, keepdims=True)); return e / e.sum(axis=1, keepdims=True)
    the mean is not large enough to subtract. Above which number must no score of the row lie?
""",
        ((np.array([[1000.0, 1001.0]]),), (np.array([[0.0, 1000.0]]),), (_FAR,), (_WIDE,)),
    ),
    Exercise(
        functions.softmax_backward,
        "n classes, n classes -> n classes",
        (
            (np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])),
            (np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]]), np.array([[4.0, 0, 0], [1, 2, 3]])),
            (functions.softmax(_batch(1, 2, 2)), _batch(2, 2, 2)),
            (functions.softmax(_batch(3, 5, 4)), _batch(4, 5, 4)),
        ),
        (
            "For one example it is dp times the Jacobian. Write the sum over the classes out.",
            "The part with the delta gives p * dp; the rest is p times one number for each row.",
            "p * (dp - (p * dp).sum(axis=-1, keepdims=True))",
        ),
        "Each row of the result sums to 0, since nothing changes if all scores move together.",
        """
p * (1 - p) * dp
    only the Jacobian's diagonal was used. Does a probability depend on its own score alone?
p * dp
    only the part with the delta is there. What does the other part of the Jacobian add?
p * (dp - (p * dp).sum())
    one sum served the whole batch. How many sums does a batch of n examples need?
p * (dp - (p * dp).sum(axis=0))
    the sum ran down the columns, over the examples. Over what does the Jacobian's product sum?
p * (dp - (p * dp).sum(axis=1))
    one number for each row came out as a row, (n,). How does it stay a column, (n, 1)?
p * (dp - dp.sum(axis=1, keepdims=True))
p * (dp - p.sum(axis=1, keepdims=True))
    the sum has lost one of its two factors. What does row k of J hold, and what is it times?
dp - (p * dp).sum(axis=1, keepdims=True)
    a factor in front is missing. What stands before the bracket in every entry of J?
p * (dp + (p * dp).sum(axis=1, keepdims=True))
    the sum was added. Which sign has the part of the Jacobian without the delta?
""",
    ),
    Exercise(
        functions.log_softmax,
        "n classes -> n classes",
        ((np.zeros((1, 2)),), (_Z[:1, :2],), (_Z,), (_batch(5, 5, 4),)),
        (
            "The logarithm of a quotient is a difference. What is left of e^z under a logarithm?",
            "Subtract each row's maximum first, from z itself: both parts then stay finite.",
            "With s for the shifted z: s - np.log(np.exp(s).sum(axis=-1, keepdims=True))",
        ),
        "Even where p rounds to 0, log p is an ordinary number, such as -1000.",
        """
key(z) / np.log(2)
    these are logarithms to base 2. Which base does e have?
np.exp(key(z))
    these are probabilities. What is still to be taken of them?
z - np.log(np.exp(z).sum(axis=0))
    the sum ran down the columns. Which axis are the classes?
z - np.log(np.exp(z).sum(axis=1))
    one number for each row came out as a row, (n,). How does it stay a column, (n, 1)?
z - np.log(np.exp(z).sum())
    one sum served the whole batch. Whose sum should a row have?
z - np.exp(z).sum(axis=1, keepdims=True)
    the sum was subtracted itself. What happens to it under the logarithm?
z - np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
    the maximum was subtracted in the sum only. What about the z in front?
np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    the exponential of a large score overflows. What may be subtracted from a row first?
e = np.exp(z - z.max(axis=1, keepdims=True)); return np.log(e / e.sum(axis=1, keepdims=True))
e = np.exp(z - z.max(axis=1, keepdims=True)); return np.log(e / e.sum(axis=1, keepdims=True) + 1e-12)
    a probability rounded to 0 before its logarithm was taken. Can the logarithm come first?
z - z.max() - np.log(np.exp(z - z.max()).sum(axis=1, keepdims=True))
    what was subtracted is not the row's own maximum. What becomes of a row far below it?
""",
        ((np.array([[1000.0, 0.0]]),), (_FAR,), (_WIDE,)),
    ),
    Exercise(
        functions.cross_entropy,
        "n classes, n classes -> ",
        (
            (np.zeros((1, 2)), np.eye(2)[:1]),
            (_Z, _targets(2, 3)),
            (_batch(6, 6, 4), _targets(6, 4)),
        ),
        (
            "The logarithm of the softmax is z minus log-sum-exp. Do not take the softmax first.",
            "The targets choose one log-probability in each row. What does the mean run over?",
            "With log_p for the log-softmax: -(y * log_p).sum() / len(z)",
        ),
        "A wrong class that leads by 1000 points costs 1000: finite, though p rounds to 0.",
        """
-(y * log_softmax(z)).mean()
    the mean ran over all entries, the zeros too. How many surprises are there in a batch?
s = z - z.max(axis=1); return -(y * (s - np.log(np.exp(s).sum(axis=1)))).sum() / len(z)
-(y * (z - np.log(np.exp(z).sum(axis=1)))).sum() / len(z)
    one number for each row came out as a row, (n,). How does it stay a column, (n, 1)?
-log_softmax(z).sum() / len(z)
    every class was counted. Which one does y choose?
-np.log2(softmax(z)[y == 1]).mean()
    that is in bits. Which logarithm undoes e?
-(y * log_softmax(z)).sum(axis=1)
    that is one surprise for each example. What is the loss of the batch?
-(y * softmax(z)).sum() / len(z)
    probabilities were averaged. What makes a surprise of one?
-(y * z).sum() / len(z)
    scores were averaged. What makes log-probabilities of them?
-np.log(softmax(z)[y == 1]).mean()
-np.log(softmax(z)[y == 1] + 1e-12).mean()
-np.log(np.clip(softmax(z)[y == 1], 1e-12, 1)).mean()
-np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))[y == 1].mean()
    where the right answer's p rounds to 0, its surprise is lost. Can the logarithm come first?
""",
        (
            (np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])),
            (_FAR, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])),
        ),
    ),
)
