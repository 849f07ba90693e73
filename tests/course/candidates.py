"""Networks for the examination: one that is right, and others with one thing wrong with each."""

import numpy as np

from course.examination.splits import draw_splits


def rows(images):
    """Lay images out as rows of pixels from 0 to 1."""
    return images.reshape(len(images), -1) / 255


def raw_rows(images):
    """Lay images out as rows of pixels as they are."""
    return images.reshape(len(images), -1).astype(float)


def softmax(z, axis=1):
    """Return shares of e to the z along an axis."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def sigmoid_network(prepare=rows, epochs=5, own_generator=False, more=None, axis=1, in_place=False):
    """Return the two functions of a network much like lesson 04's, with its possible faults.

    Args:
        prepare: what makes rows of images; ``raw_rows`` saturates.
        epochs: how often it goes through what it learns.
        own_generator: it makes a generator itself, and ignores the one that it is given.
        more: images and labels that it learns beside those that it is given.
        axis: along which its softmax divides, 0 for over the batch.
        in_place: it shuffles the arrays that it is given.
    """

    def logits(parameters, images):
        W1, b1, W2, b2 = parameters
        a = 1 / (1 + np.exp(-np.clip(prepare(images) @ W1 + b1, -500, 500)))
        return a, a @ W2 + b2

    def my_train(images, labels, rng):
        if own_generator:
            rng = np.random.default_rng(0)
        if more:
            images, labels = np.concatenate([images, more[0]]), np.concatenate([labels, more[1]])
        if in_place:
            order = rng.permutation(len(images))
            images[:], labels[:] = images[order], labels[order]
        W1, W2 = rng.normal(0, 0.05, (784, 64)), rng.normal(0, 0.1, (64, 10))
        b1, b2 = np.zeros(64), np.zeros(10)
        for _ in range(epochs):
            order = rng.permutation(len(images))
            for start in range(0, len(images), 64):
                batch = order[start : start + 64]
                y = np.eye(10)[labels[batch]]
                a, z = logits((W1, b1, W2, b2), images[batch])
                if axis == 0:
                    y = y / np.maximum(y.sum(axis=0), 1)
                dz = softmax(z, axis) - y
                dz = dz if axis == 0 else dz / len(batch)
                da = dz @ W2.T * a * (1 - a)
                W2 -= 0.5 * a.T @ dz
                b2 -= 0.5 * dz.sum(axis=0)
                W1 -= 0.5 * prepare(images[batch]).T @ da
                b1 -= 0.5 * da.sum(axis=0)
        return W1, b1, W2, b2

    def my_predict(parameters, images):
        return softmax(logits(parameters, images)[1], axis).argmax(axis=1)

    return my_train, my_predict


def another_right_network():
    """Return two functions that share no choice with the library.

    ReLUs in float32, pixels with mean 0 and deviation 1, a squared hinge for each class against all
    others, batches of 25 drawn with replacement, parameters in a dictionary.
    """

    def activations(parameters, images):
        x = (images.reshape(len(images), -1).astype(np.float32) - 33) / 79
        a = np.maximum(x @ parameters["W1"] + parameters["b1"], 0)
        return x, a, a @ parameters["W2"] + parameters["b2"]

    def my_train(images, labels, rng):
        parameters = {"W1": rng.normal(0, 0.05, (784, 64)), "b1": np.zeros(64)}
        parameters |= {"W2": rng.normal(0, 0.2, (64, 10)), "b2": np.zeros(10)}
        parameters = {name: array.astype(np.float32) for name, array in parameters.items()}
        moving = {name: np.zeros_like(array) for name, array in parameters.items()}
        for _ in range(6 * len(images) // 25):
            batch = rng.integers(0, len(images), 25)
            sign = 2 * np.eye(10, dtype=np.float32)[labels[batch]] - 1
            x, a, z = activations(parameters, images[batch])
            dz = -2 * sign * np.maximum(1 - sign * z, 0) / 250
            da = dz @ parameters["W2"].T * (a > 0)
            slopes = {"W1": x.T @ da, "b1": da.sum(axis=0), "W2": a.T @ dz, "b2": dz.sum(axis=0)}
            for name, slope in slopes.items():
                moving[name] = 0.9 * moving[name] - 0.01 * slope
                parameters[name] += moving[name]
        return parameters

    def my_predict(parameters, images):
        return activations(parameters, images)[2].argmax(axis=1)

    return my_train, my_predict


def asked_about(images):
    """Return the digits that the examination asks about, with their labels."""
    _, _, ours, theirs = draw_splits(images)
    return tuple(map(np.concatenate, zip(ours[:2], theirs[:2], strict=True)))
