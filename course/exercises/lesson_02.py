"""Lesson 02's exercises: a slope, sigmoid, softmax, log-softmax, cross-entropy, and gradients."""

import numpy as np

from course.exercises.cases import far_apart, normal_array, random_targets
from course.exercises.exercise import Exercise
from mnistlib import functions

_Z = np.array([[1.0, 2.0, 4.0], [3.0, -1.0, 0.5]])
_FAR = np.array([[1000.0, 1001.0], [0.0, 1.0], [-1000.0, -999.0]])
_WIDE = np.array([[3000.0, 0.0, 0.0, 0.0]])


def central_difference(f, u, h):
    """Slope of f at the number u, measured by nudging u by h to both sides."""
    return (f(u + h) - f(u - h)) / (2 * h)


def sigmoid(z):
    """Sigmoid of every number, by the lesson's one formula for both signs of z."""
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def cross_entropy(z, y):
    """Mean cross-entropy of logits z and one-hot targets y, in the lesson's letters."""
    return -(y * functions.log_softmax(z)).sum() / len(z)


def cross_entropy_with_gradient(z, y):
    """Mean cross-entropy of logits z and one-hot targets y, and its gradient by z."""
    log_p = functions.log_softmax(z)
    return -(y * log_p).sum() / len(z), (np.exp(log_p) - y) / len(z)


def softmax_jacobian(p):
    """The Jacobian for one row, as the lesson writes it; readers also hand it a whole batch."""
    return np.diag(p) - np.outer(p, p)


def square(u):
    """The square, whose slope is 2 u."""
    return u**2


def cube(u):
    """The cube; nudged by h, its measured slope is 3 u^2 + h^2."""
    return u**3


def _targets(n: int, classes: int) -> np.ndarray:
    return np.eye(classes)[np.arange(n) * 2 % classes]


EXERCISES = (
    Exercise(
        reference=central_difference,
        shapes=",, -> ",
        cases=(
            (square, 3.0, 1.0),
            (cube, 2.0, 1.0),
            (square, -2.0, 0.5),
            (np.exp, 0.0, 0.25),
            (cube, 2.0, 0.25),
        ),
        random_case=lambda rng: (rng.choice([np.exp, np.cos]), *rng.random(2) * 3),
    ),
    Exercise(
        reference=functions.sigmoid,
        shapes="entries -> entries",
        solution=sigmoid,
        cases=(
            (np.array([0.0]),),
            (np.array([-2.0, 2.0]),),
            (np.linspace(-6, 6, 15).reshape(3, 5).T,),
            (np.array([-2, 0, 2]),),
            (np.array([[0.7, -1.3]], np.float32),),
        ),
        extreme=(
            (np.array([1000.0]),),
            (np.array([-720.0, -40.0]),),
            (np.array([-1000.0, 0.0, 1000.0]),),
        ),
        random_case=lambda rng: (
            np.concatenate([5 * rng.normal(size=40), [-740, -720, -40, 0, 40, 1e3, -1e3]]),
        ),
    ),
    Exercise(
        reference=functions.softmax,
        shapes="n classes -> n classes",
        cases=(
            (np.zeros((1, 2)),),
            (_Z[:1, :2],),
            (_Z,),
            (normal_array(5, 5, 4),),
            (np.asfortranarray(normal_array(3, 3, 4)),),
            (np.array([[0.3, -17.1, -20.2], [-18.3, 0.1, -19.7]]),),
            (np.array([[0.0, -8.0, -14.5]]),),  # no probability is too small to count
            (normal_array(4, 2, 3).astype(np.float32),),
        ),
        extreme=((np.array([[1000.0, 1001.0]]),), (np.array([[0.0, 1000.0]]),), (_FAR,), (_WIDE,)),
        random_case=lambda rng: (far_apart(rng, 7, 5),),
    ),
    Exercise(
        reference=functions.softmax_backward,
        shapes="n classes, n classes -> n classes",
        cases=(
            (np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])),
            (np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]]), np.array([[4.0, 0, 0], [1, 2, 3]])),
            (functions.softmax(normal_array(1, 2, 2)), normal_array(2, 2, 2)),
            (functions.softmax(normal_array(3, 5, 4)), normal_array(4, 5, 4)),
            (functions.softmax(normal_array(3, 2, 3)), 1e-7 * normal_array(4, 2, 3)),
        ),
        random_case=lambda rng: (
            functions.softmax(3 * rng.normal(size=(6, 5))),
            rng.normal(size=(6, 5)),
        ),
    ),
    Exercise(
        reference=functions.log_softmax,
        shapes="n classes -> n classes",
        cases=((np.zeros((1, 2)),), (_Z[:1, :2],), (_Z,), (normal_array(5, 5, 4),)),
        extreme=((np.array([[1000.0, 0.0]]),), (_FAR,), (_WIDE,)),
        random_case=lambda rng: (far_apart(rng, 7, 5),),
    ),
    Exercise(
        reference=functions.cross_entropy,
        shapes="n classes, n classes -> ",
        solution=cross_entropy,
        cases=(
            (np.zeros((1, 2)), np.eye(2)[:1]),
            (_Z, _targets(2, 3)),
            (normal_array(6, 6, 4), _targets(6, 4)),
        ),
        extreme=(
            (np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])),
            (_FAR, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])),
        ),
        random_case=lambda rng: (far_apart(rng, 7, 5), random_targets(rng, 7, 5)),
    ),
    Exercise(
        reference=cross_entropy_with_gradient,
        shapes="n classes, n classes -> loss: , dz: n classes",
        cases=(
            (np.zeros((1, 2)), np.eye(2)[:1]),
            (_Z, _targets(2, 3)),
            (normal_array(6, 6, 4), _targets(6, 4)),
        ),
        extreme=(
            (np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])),
            (_FAR, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])),
            (_WIDE, np.eye(4)[1:2]),
        ),
        random_case=lambda rng: (far_apart(rng, 7, 5), random_targets(rng, 7, 5)),
    ),
)
