"""Lesson 03's backward pass with a bug in it."""

from mnistlib import network
from mnistlib.functions import sigmoid, softmax


def faulty_gradients(parameters, x, y):
    """Return the gradients of a backward pass in which there is one bug: an exercise asks which."""
    W1, b1, W2, b2 = parameters
    n = len(x)
    a1 = sigmoid(x @ W1 + b1)
    p = softmax(a1 @ W2 + b2)
    dz2 = (p - y) / n
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1 = x.T @ dz1
    db1 = dz1.mean(axis=0)
    return network.Parameters(dW1, db1, dW2, db2)
