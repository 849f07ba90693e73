"""Lesson 03's exercises: the gradients of a layer, the way back through it, checks, a planted bug."""

import itertools

import numpy as np

from mnistlib import functions, gradcheck, network
from mnistlib.exercises.trial import Exercise


def bias_gradient(dz):
    """Gradient of a layer's biases, (outputs,), from that of its sums, (n, outputs)."""
    return dz.sum(axis=0)


def tanh_backward(da, a):
    """The loss's gradient by z, where a = tanh(z) and da is its gradient by a."""
    return da * (1 - a**2)


def check_gradient(f, u, gradient):
    """Relative error of a gradient of f at u, compared with central differences."""
    measured = gradcheck.central_difference(f, u)
    off = np.linalg.norm(gradient - measured)
    return off / max(np.linalg.norm(gradient), np.linalg.norm(measured))


def three_layer_gradients(parameters, x, y):
    """The six gradients of the cross-entropy of a network with two hidden layers of sigmoids."""
    W1, b1, W2, b2, W3, b3 = parameters
    a1 = functions.sigmoid(x @ W1 + b1)
    a2 = functions.sigmoid(a1 @ W2 + b2)
    dz3 = functions.cross_entropy_gradient(a2 @ W3 + b3, y)
    dz2 = network.hidden_gradient(dz3, W3, a2)
    dz1 = network.hidden_gradient(dz2, W2, a1)
    dW1, db1 = network.layer_gradients(x, dz1)
    dW2, db2 = network.layer_gradients(a1, dz2)
    dW3, db3 = network.layer_gradients(a2, dz3)
    return dW1, db1, dW2, db2, dW3, db3


def faulty_gradients(parameters, x, y):
    """A backward pass with one bug planted in it. An exercise of lesson 03 asks which."""
    W1, b1, W2, b2 = parameters
    n = len(x)
    a1 = functions.sigmoid(x @ W1 + b1)
    p = functions.softmax(a1 @ W2 + b2)
    dz2 = (p - y) / n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1 = x.T @ dz1
    db1 = dz1.mean(axis=0)
    return network.Gradients(dW1, db1, dW2, db2)


def mended_gradients(parameters, x, y):
    """The four gradients of the cross-entropy, all right."""
    _, a1, z2 = network.forward(parameters, x)
    dz2 = (functions.softmax(z2) - y) / len(x)
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
    dz1 = dz2 @ parameters.W2.T * a1 * (1 - a1)
    dW1, db1 = x.T @ dz1, dz1.sum(axis=0)
    return dW1, db1, dW2, db2


def _times(gradients, *factors):
    """Return gradients, each multiplied by its factor."""
    return tuple(factor * array for factor, array in zip(factors, gradients, strict=True))


def _normal(seed: int, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in shapes)


def _problem(n: int, *sizes: int) -> tuple:
    """Return parameters of a network with layers of such sizes, a batch and its targets."""
    pairs = list(itertools.pairwise(sizes))
    shapes = [shape for pair in pairs for shape in (pair, pair[1:])]
    *parameters, x = _normal(n, *shapes, (n, sizes[0]))
    two = len(pairs) == 2
    parameters = network.Parameters(*parameters) if two else tuple(parameters)
    return parameters, x, np.eye(sizes[-1])[np.arange(n) % sizes[-1]]


def _squares(u):
    return (u**2).sum()


def _waves(u):
    return np.sin(u).sum() + u.sum() ** 2


def _norm(array, order=None):
    return np.linalg.norm(array.ravel(), order)


_measure, _U, _V = gradcheck.central_difference, np.array([1.0, 2.0]), _normal(3, (2, 3))[0]
_SHAPES = "dW1: pixels hidden, db1: hidden, dW2: hidden classes, db2: classes"

EXERCISES = (
    Exercise(
        bias_gradient,
        "n outputs -> outputs",
        (
            (np.array([[1.0, 2.0]]),),
            (np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 5.0]]),),
            _normal(7, (4, 2)),
        ),
        (
            "A bias is added in every example alike. So from where does it collect its blame?",
            "From every row. The sum over the rows is a sum along axis 0.",
            "dz.sum(axis=0)",
        ),
        "A bias is a weight whose input is always 1: each example's blame arrives in full.",
        """
dz.sum(axis=1)
    that is one number for each example. For what is one wanted?
dz.sum()
    that is one number for all. How many biases does a layer have?
dz.mean(axis=0)
    that is a mean. If 1/n is in dz already, what is left to do with the rows?
dz[0]
dz[-1]
    that is one example's blame. What of the others?
dz
    each example has its own row still. How many biases does a layer have?
""",
    ),
    Exercise(
        network.layer_gradients,
        "n inputs, n outputs -> dW: inputs outputs, db: outputs",
        (
            (np.array([[1.0, 2.0]]), np.array([[3.0, -1.0, 0.5]])),
            (np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), np.array([[3.0, -1.0], [1.0, 2.0]])),
            _normal(5, (5, 3), (5, 2)),
            _normal(4, (4, 4), (4, 4)),
        ),
        (
            "What came in, times the blame of what went out, added up over the examples.",
            "A sum over the examples is a matrix product with the examples in the middle.",
            "inputs.T @ dz for the weights, dz.sum(axis=0) for the biases",
        ),
        "Nothing here knows which layer it is: the same two lines serve all of them.",
        """
dz.T @ inputs, dz.sum(axis=0)
    dW is transposed. Which shape must it have, if it is to be subtracted from W?
inputs @ dz, dz.sum(axis=0)
inputs @ dz.T, dz.sum(axis=0)
    the product does not add up over the examples. Which index must stand in its middle?
inputs * dz, dz.sum(axis=0)
    entries were multiplied pair by pair. Which product meets each input with each output?
inputs.T @ dz, dz.sum(axis=1)
    the biases' sum ran over the units. Over what does a bias collect its blame?
inputs.T @ dz, dz.sum()
    the biases got one number together. How many biases are there?
inputs.T @ dz, dz.sum(axis=0, keepdims=True)
    the biases' row became a matrix. Does b have two axes?
inputs.T @ dz, dz.mean(axis=0)
inputs.T @ dz / len(dz), dz.sum(axis=0) / len(dz)
inputs.T @ dz / len(dz), dz.sum(axis=0)
    1/n came in once more. Where has dz got it already?
inputs.T @ dz, inputs.sum(axis=0)
    the biases got a sum of inputs. Whose blame do they share?
inputs.T @ dz
    that is dW alone. What else has the layer that learns?
""",
    ),
    Exercise(
        network.hidden_gradient,
        "n classes, hidden classes, n hidden -> n hidden",
        (
            (np.array([[1.0, -1.0]]), np.array([[2.0, 0.0]]), np.array([[0.5]])),
            (
                np.array([[4.0, -4.0]]),
                np.array([[2.0, 1.0], [0, 1], [3, 1]]),
                np.array([[0.5, 0.75, 0.5]]),
            ),
            (*_normal(5, (5, 2), (3, 2)), functions.sigmoid(_normal(6, (5, 3))[0])),
            (*_normal(7, (4, 3), (3, 3)), functions.sigmoid(_normal(8, (4, 3))[0])),
        ),
        (
            "First the blame of the activations: back along the same weights, transposed.",
            "Then through the sigmoid: times its slope, which follows from its value.",
            "dz2 @ W2.T * a1 * (1 - a1)",
        ),
        "Where a1 is near 0 or 1 the product nearly vanishes: a saturated unit hardly learns.",
        """
dz2 @ W2 * a1 * (1 - a1)
    the blame goes back along the same weights. But from which end of W2 does it come now?
dz2 @ W2.T
    that is da1, the blame of the activations. What stands between z1 and a1?
dz2 @ W2.T * a1
dz2 @ W2.T * (1 - a1)
dz2 @ W2.T * a1 * 1 - a1
dz2 @ W2.T * a1 - a1
    the sigmoid's slope is not what was multiplied by. What is it, and does it need brackets?
dz2 @ W2.T * functions.sigmoid(a1) * (1 - functions.sigmoid(a1))
    a1 went through a second sigmoid. Whose value is it already?
dz2 @ W2.T * a1 * (1 - a1) ** 2
dz2 @ W2.T * a1**2 * (1 - a1)
dz2 @ W2.T * (1 - a1**2)
    a square came in. Which function's slope has one?
dz2 @ W2.T + a1 * (1 - a1)
    the slope was added. What does the chain rule do with slopes that follow each other?
""",
    ),
    Exercise(
        tanh_backward,
        "n hidden, n hidden -> n hidden",
        (
            (np.array([[1.0, 1.0]]), np.array([[0.0, 0.5]])),
            (np.array([[2.0, -1.0]]), np.array([[-0.5, 0.5]])),
            (_normal(1, (4, 3))[0], np.tanh(_normal(2, (4, 3))[0])),
        ),
        (
            "The chain rule: the blame of a, times the slope of tanh where it stood.",
            "By the quotient rule, the slope of tanh follows from its value. At 0 it is 1.",
            "da * (1 - a**2)",
        ),
        "At 0 this slope is 1, four times a sigmoid's: that is why a tanh passes more blame back.",
        """
da * a * (1 - a)
    that is the way back through a sigmoid. What is the slope of tanh at 0?
da * (1 - np.tanh(a) ** 2)
    a went through a second tanh. Whose value is it already?
1 - a**2
    that is the slope. Whose blame passes through it?
da * (1 - a)
da * (1 - a) ** 2
da * a**2
    that is not the slope of tanh. What are its values at a = 0, and at a = 1 and a = -1?
da * 1 - a**2
    the subtraction came last. What does Python multiply first?
da / (1 - a**2)
    the slope divides. What does the chain rule do with it?
da * np.tanh(a)
    that is a value of tanh. What is its slope?
""",
    ),
    Exercise(
        check_gradient,
        ", entries, entries -> ",
        (
            (_squares, _U, np.array([2.0, 4.0])),
            (_squares, _U, np.array([2.0, 0.0])),
            (_squares, _U, np.array([6.0, 12.0])),
            (_waves, _V, np.cos(_V) + 2 * _V.sum()),
            (_waves, _V, np.cos(_V) + 2 * _V.sum() + np.eye(2, 3) / 50),
            (_waves, _V, 0 * _V),
        ),
        (
            "Measure first: nudge one entry of u at a time, both ways, and leave the others alone.",
            "Copy u for each nudge. Then compare two arrays: how long is their difference?",
            "With measured: norm(gradient - measured) / max(norm(gradient), norm(measured))",
        ),
        "A gradient of zeros has the error 1, not 0: whoever divides by the larger sees it.",
        """
_norm(gradient - _measure(f, u))
    that is the length of the difference. Is it much? Beside what?
m = _measure(f, u); return _norm(gradient - m, np.inf) / max(_norm(gradient, np.inf), _norm(m, np.inf))
    the largest entries were compared, not the lengths. What is the norm of an array?
m = _measure(f, u); return _norm(gradient - m) / _norm(m)
m = _measure(f, u); return _norm(gradient - m) / min(_norm(gradient), _norm(m))
m = _measure(f, u); return _norm(gradient - m) / (_norm(gradient) + _norm(m))
    the length was divided by another one. Which of the two should it be?
m = _measure(f, u); return abs(_norm(gradient) - _norm(m)) / max(_norm(gradient), _norm(m))
    lengths were subtracted, and arrays of one length may differ. What is to be subtracted first?
0.0
    it says 0 to everything. What was measured?
""",
        noise=1e-7,
    ),
    Exercise(
        mended_gradients,
        f", n pixels, n classes -> {_SHAPES}",
        (_problem(1, 4, 3, 3), _problem(2, 4, 3, 3), _problem(6, 4, 2, 3)),
        (
            "Run check_gradient on each of the four. Three pass.",
            "Look at the ratio of given and measured in the verdict. What is it equal to?",
            "1/n is in dz2 already, and so in dz1. What does a mean divide by?",
        ),
        "With one example the bug cannot be seen: a mean of one is its sum. Check with several.",
        """
faulty_gradients(parameters, x, y)
    the bug is still there. Which of the four does check_gradient refuse?
_times(faulty_gradients(parameters, x, y), 1, 10, 1, 1)
    10 is right for a batch of ten only. What does the factor depend on?
_times(key(parameters, x, y), *[len(x)] * 4)
    now 1/n is missing everywhere. Was it wrong everywhere?
_times(key(parameters, x, y), len(x), 1, len(x), len(x))
    now three others are n times too large. Which one was wrong before?
_times(key(parameters, x, y), 1, 1 / len(x), 1, 1 / len(x))
    now both biases are wrong alike. Which of the two had been right?
key(parameters, x, y)[2:] + key(parameters, x, y)[:2]
    the four come in another order. In which order do the parameters stand?
""",
    ),
    Exercise(
        three_layer_gradients,
        f", n pixels, n classes -> {_SHAPES.replace('classes', 'hidden2')}, "
        "dW3: hidden2 classes, db3: classes",
        (_problem(1, 2, 2, 2, 2), _problem(2, 4, 3, 2, 5), _problem(5, 3, 4, 4, 3)),
        (
            "Forward first, and keep a1 and a2. The last layer's dz3 is what lesson 02 ended with.",
            "Each layer back repeats two steps: its gradients, and the blame of the layer below.",
            "hidden_gradient and layer_gradients do both; call them once more than with two layers.",
        ),
        "The third layer brought no new formula. A hundredth would bring none either.",
        """
_times(key(parameters, x, y), *[len(x)] * 6)
    all six are n times too large. Where does 1/n come in?
_times(key(parameters, x, y), *[1 / len(x)] * 6)
    all six are n times too small. Has 1/n come in twice?
_times(key(parameters, x, y), *[-1] * 6)
    all six have the other sign. Is it p - y or y - p?
key(parameters, x, y)[::-1]
key(parameters, x, y)[4:] + key(parameters, x, y)[2:4] + key(parameters, x, y)[:2]
    the order is another. In which order do the parameters stand?
key((*parameters[:2], parameters[2].T, *parameters[3:]), x, y)
    one matrix, W2, was taken the wrong way round. What did W2 meet on the way forward?
""",
    ),
)
