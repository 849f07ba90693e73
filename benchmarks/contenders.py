"""Who takes part: our training, and three frameworks' ways to train the same network.

Each is made once, from the data and a dtype. ``run(start, batches, rates, every, on_epoch)`` trains from
the weights ``start`` with the given batches and learning rates, and calls ``on_epoch`` before the first
step and after every ``every`` steps, with a function that returns the weights.
"""

import os
from collections.abc import Callable

import numpy as np

from mnistlib import data, network, training

RATE = 0.5
MOMENTUM = 0.9

#: Called between epochs, with a function that returns the weights.
OnEpoch = Callable[[Callable[[], network.Parameters]], None]


class Ours:
    """``training.train``, with all that it checks and records, and its one thread."""

    def __init__(self, mnist: data.Mnist, dtype: str):
        self.train_set = (mnist.train_images, mnist.train_labels)
        self.dtype = dtype

    def run(
        self,
        start: network.Parameters,
        batches: list[np.ndarray],
        rates: list[float],
        every: int,
        on_epoch: OnEpoch,
    ) -> None:
        training.train(
            network,
            training.rebuild(start, [value.astype(self.dtype) for value in start]),
            self.train_set,
            batches,
            learning_rate=lambda step: rates[step],
            momentum=MOMENTUM,
            every=every,
            after_record=lambda step, parameters, history: on_epoch(lambda: parameters),
        )


class Peer:
    """A framework: ``start`` makes what it trains, ``steps`` trains it, ``weights`` returns it."""

    def run(
        self,
        start: network.Parameters,
        batches: list[np.ndarray],
        rates: list[float],
        every: int,
        on_epoch: OnEpoch,
    ) -> None:
        self.start(start, len(batches[0]))
        on_epoch(self.weights)
        for first in range(0, len(batches), every):
            self.steps(batches[first : first + every], rates[first : first + every])
            on_epoch(self.weights)


class Torch(Peer):
    def __init__(self, mnist: data.Mnist, dtype: str):
        import torch

        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
        self.torch = torch
        self.dtype = torch.float32
        self.images = torch.from_numpy(mnist.train_images.reshape(-1, data.PIXELS))
        self.labels = torch.from_numpy(mnist.train_labels.astype(np.int64))

    def start(self, start: network.Parameters, batch_size: int) -> None:
        torch = self.torch
        layers = [torch.nn.Linear(*W.shape) for W in start[::2]]
        between = [part for layer in layers for part in (layer, torch.nn.Sigmoid())]
        self.net = torch.nn.Sequential(*between[:-1])
        with torch.no_grad():
            for parameter, value in zip(self.net.parameters(), start, strict=True):
                parameter.copy_(torch.from_numpy(value.T))
        self.optimiser = torch.optim.SGD(
            self.net.parameters(), lr=RATE, momentum=MOMENTUM, fused=True
        )

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        torch = self.torch
        settings = self.optimiser.param_groups[0]
        for batch, rate in zip(batches, rates, strict=True):
            settings["lr"] = rate
            batch = torch.from_numpy(batch)
            x = self.images[batch].to(self.dtype).div_(255)
            loss = torch.nn.functional.cross_entropy(self.net(x), self.labels[batch])
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()

    def weights(self) -> network.Parameters:
        W1, b1, W2, b2 = (parameter.detach().numpy() for parameter in self.net.parameters())
        return network.Parameters(W1.T, b1, W2.T, b2)


class Jax(Peer):
    def __init__(self, mnist: data.Mnist, dtype: str):
        import jax
        import jax.numpy as jnp

        self.jax = jax
        self.images = jnp.asarray(mnist.train_images.reshape(-1, data.PIXELS))
        self.labels = jnp.asarray(mnist.train_labels.astype(np.int32))

        def loss(parameters, x, y):
            W1, b1, W2, b2 = parameters
            z2 = jax.nn.sigmoid(x @ W1 + b1) @ W2 + b2
            return -jnp.take_along_axis(jax.nn.log_softmax(z2), y[:, None], axis=1).mean()

        def step(state, batch, rate, images, labels):
            parameters, velocity = state
            slopes = jax.grad(loss)(
                parameters, images[batch].astype("float32") / 255, labels[batch]
            )
            velocity = jax.tree.map(lambda v, dW: MOMENTUM * v + dW, velocity, slopes)
            return jax.tree.map(lambda W, v: W - rate * v, parameters, velocity), velocity

        def scan(state, batches, rates, images, labels):
            def one(state, now):
                return step(state, *now, images, labels), None

            return jax.lax.scan(one, state, (batches, rates))[0]

        self.step = jax.jit(step, donate_argnums=0)
        self.scan = jax.jit(scan, donate_argnums=0)

    def start(self, start: network.Parameters, batch_size: int) -> None:
        parameters = tuple(self.jax.numpy.array(value) for value in start)
        velocity = tuple(self.jax.numpy.zeros_like(value) for value in parameters)
        self.state = self.jax.block_until_ready((parameters, velocity))

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        for batch, rate in zip(batches, rates, strict=True):
            self.state = self.step(
                self.state, batch.astype(np.int32), np.float32(rate), self.images, self.labels
            )
        self.jax.block_until_ready(self.state)

    def weights(self) -> network.Parameters:
        return network.Parameters(*(np.asarray(value) for value in self.state[0]))


class JaxScan(Jax):
    """All steps between two evaluations as one compiled loop."""

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        whole = [batch for batch in batches if len(batch) == len(batches[0])]
        self.state = self.scan(
            self.state,
            np.stack(whole).astype(np.int32),
            np.array(rates[: len(whole)], np.float32),
            self.images,
            self.labels,
        )
        super().steps(batches[len(whole) :], rates[len(whole) :])


class ScikitLearn(Peer):
    def __init__(self, mnist: data.Mnist, dtype: str):
        import sklearn.neural_network

        sklearn.set_config(assume_finite=True)
        self.classifier = sklearn.neural_network.MLPClassifier
        self.x = data.scale(mnist.train_images, np.float32)
        self.y = mnist.train_labels

    def start(self, start: network.Parameters, batch_size: int) -> None:
        self.model = self.classifier(
            [W.shape[1] for W in start[:-2:2]],
            activation="logistic",
            solver="sgd",
            alpha=0,
            batch_size=batch_size,
            momentum=MOMENTUM,
            nesterovs_momentum=False,
            random_state=0,
        )
        # A first step makes its arrays, which then receive the same start as everybody's.
        self.model.partial_fit(self.x[:batch_size], self.y[:batch_size], classes=np.arange(10))
        values = (*start[::2], *start[1::2])
        for mine, value in zip(self.model.coefs_ + self.model.intercepts_, values, strict=True):
            assert mine.dtype == np.float32
            mine[...] = value
        for velocity in self.model._optimizer.velocities:
            velocity[...] = 0

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        n = sum(len(batch) for batch in batches)
        self.model._optimizer.learning_rate = float(np.mean(rates))
        self.model.partial_fit(self.x[:n], self.y[:n])

    def weights(self) -> network.Parameters:
        (W1, W2), (b1, b2) = self.model.coefs_, self.model.intercepts_
        return network.Parameters(W1, b1, W2, b2)


#: By name: who takes part, and in which dtype.
CONTENDERS = {
    "ours, float32": (Ours, "float32"),
    "ours, float64": (Ours, "float64"),
    "PyTorch": (Torch, "float32"),
    "JAX jit": (Jax, "float32"),
    "JAX jit, scan": (JaxScan, "float32"),
    "scikit-learn": (ScikitLearn, "float32"),
}
