"""Who takes part: our training, the bare matrix products, and three frameworks' ways to train.

Each is made once, from the data and a dtype. ``run(start, batches, rates, every, lap)`` trains from
the weights ``start`` with the given batches and learning rates, and calls ``lap`` before the first
step and after every ``every`` steps, with a function that hands back the weights (or None); where
``lap`` returns True, training ends.
"""

from collections.abc import Callable

import numpy as np
import threadpoolctl

from course.computers.machine import THREADS
from mnistlib import data, deep, network, training

RATE = 0.5
MOMENTUM = 0.9

#: All the weights and biases of a network, layer by layer.
Weights = tuple[np.ndarray, ...]

#: What is called between steps, with a function that hands back the weights; True ends the training.
Lap = Callable[[Callable[[], Weights] | None], bool | None]


class Contender:
    """What every contender is, unless it says otherwise: of the course's network, at its rate."""

    needs = ()
    rate = RATE
    model = network  # evaluates what everybody has trained

    def __init__(self, mnist: data.Mnist, dtype: str):
        self.mnist = mnist
        self.dtype = dtype

    @staticmethod
    def initialise(rng: np.random.Generator, hidden: int | list[int]) -> Weights:
        """Draw the weights to start from: one hidden layer of so many units, or a list of layers."""
        if isinstance(hidden, int):
            return network.initialise(rng, hidden=hidden, dtype=np.float32)
        sizes = [data.PIXELS, *hidden, network.classes]
        return tuple(deep.initialise(rng, sizes, "Glorot", np.float32))

    @staticmethod
    def limit(threads: int) -> None:
        """Use so many threads from now on."""
        threadpoolctl.threadpool_limits(threads)


class Ours(Contender):
    """`training.train` with all that it checks and records, and with the threads that all have."""

    def trained(self, start: Weights) -> training.Model:
        """Return the model that is trained from these weights."""
        return network if isinstance(start, network.Parameters) else deep.MLP("sigmoid")

    def run(
        self,
        start: Weights,
        batches: list[np.ndarray],
        rates: list[float],
        every: int,
        lap: Lap,
    ) -> None:
        values = [value.astype(self.dtype) for value in start]
        training.train(
            self.trained(start),
            training.rebuild(start, values),
            (self.mnist.train_images, self.mnist.train_labels),
            batches,
            learning_rate=lambda step: rates[step],
            momentum=MOMENTUM,
            every=every,
            after_record=lambda step, parameters, history: lap(lambda: parameters),
            threads=None,  # as many as everybody has here
        )


class Products(Contender):
    """The five matrix products of a step and nothing else, on arrays of their shapes."""

    def products(self, start: Weights, n: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the pairs of matrices that a step with a batch of n multiplies."""
        W1, W2 = (value.astype(self.dtype) for value in (start[0], start[2]))
        rng = np.random.default_rng(0)
        x, a1, dz1, dz2 = (
            rng.random((n, m)).astype(self.dtype) for m in (len(W1), len(W2), len(W2), 10)
        )
        return [(x, W1), (a1, W2), (a1.T, dz2), (dz2, W2.T), (x.T, dz1)]

    def run(
        self,
        start: Weights,
        batches: list[np.ndarray],
        rates: list[float],
        every: int,
        lap: Lap,
    ) -> None:
        products = self.products(start, len(batches[0]))
        lap(None)
        for first in range(0, len(batches), every):
            for _ in batches[first : first + every]:
                for left, right in products:
                    left @ right
            lap(None)


class Peer(Contender):
    """A framework: `start` makes what it trains, `steps` takes steps, `weights` gives ours back."""

    def run(
        self,
        start: Weights,
        batches: list[np.ndarray],
        rates: list[float],
        every: int,
        lap: Lap,
    ) -> None:
        self.start(start, len(batches[0]))
        lap(self.weights)
        for first in range(0, len(batches), every):
            self.steps(batches[first : first + every], rates[first : first + every])
            if lap(self.weights):
                return


class Torch(Peer):
    needs = ("torch",)

    def __init__(self, mnist: data.Mnist, dtype: str):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.dtype = torch.float32
        self.images = torch.from_numpy(mnist.train_images.reshape(-1, data.PIXELS))
        self.labels = torch.from_numpy(mnist.train_labels.astype(np.int64))

    def start(self, start: Weights, batch_size: int) -> None:
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

    def weights(self) -> Weights:
        W1, b1, W2, b2 = (parameter.detach().numpy() for parameter in self.net.parameters())
        return network.Parameters(W1.T, b1, W2.T, b2)


class TorchCompiled(Torch):
    """The loss with its gradients, and the optimiser's step: two compiled functions."""

    def __init__(self, mnist: data.Mnist, dtype: str):
        super().__init__(mnist, dtype)
        # Several networks, each compiled for itself.
        self.torch._dynamo.config.recompile_limit = 100
        self.made = {}

    def start(self, start: Weights, batch_size: int) -> None:
        torch = self.torch
        key = (start.W1.shape, batch_size)
        if key not in self.made:
            super().start(start, batch_size)
            net = self.net
            optimiser = torch.optim.SGD(net.parameters(), lr=torch.tensor(RATE), momentum=MOMENTUM)

            def loss(pixels, labels):
                return torch.nn.functional.cross_entropy(net(pixels.float() / 255), labels)

            compiled = (
                torch.compile(loss, dynamic=False),
                torch.compile(optimiser.step, dynamic=False),
            )
            self.made[key] = net, optimiser, *compiled
        self.net, self.optimiser, self.loss, self.update = self.made[key]
        self.rate = self.optimiser.param_groups[0]["lr"]
        # The first calls compile, for the epoch's last and smaller batch too. Then all is set back.
        self.rate.fill_(0)
        for n in (batch_size, batch_size, len(self.labels) % batch_size or batch_size):
            self.one(slice(n))
        with torch.no_grad():
            for parameter, value in zip(self.net.parameters(), start, strict=True):
                parameter.copy_(torch.from_numpy(value.T))
                self.optimiser.state[parameter]["momentum_buffer"].zero_()

    def one(self, batch) -> None:
        self.loss(self.images[batch], self.labels[batch]).backward()
        self.update()
        self.optimiser.zero_grad()

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        for batch, rate in zip(batches, rates, strict=True):
            self.rate.fill_(rate)
            self.one(self.torch.from_numpy(batch))


class Jax(Peer):
    needs = ("jax",)

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

    def start(self, start: Weights, batch_size: int) -> None:
        parameters = tuple(self.jax.numpy.array(value) for value in start)
        velocity = tuple(self.jax.numpy.zeros_like(value) for value in parameters)
        self.state = self.jax.block_until_ready((parameters, velocity))

    def steps(self, batches: list[np.ndarray], rates: list[float]) -> None:
        for batch, rate in zip(batches, rates, strict=True):
            self.state = self.step(
                self.state, batch.astype(np.int32), np.float32(rate), self.images, self.labels
            )
        self.jax.block_until_ready(self.state)

    def weights(self) -> Weights:
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
    needs = ("sklearn",)

    def __init__(self, mnist: data.Mnist, dtype: str):
        import sklearn.neural_network

        sklearn.set_config(assume_finite=True)
        self.classifier = sklearn.neural_network.MLPClassifier
        self.x = data.scale(mnist.train_images, np.float32)
        self.y = mnist.train_labels

    def start(self, start: Weights, batch_size: int) -> None:
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

    def weights(self) -> Weights:
        (W1, W2), (b1, b2) = self.model.coefs_, self.model.intercepts_
        return network.Parameters(W1, b1, W2, b2)


#: By name: who takes part, and in which dtype.
CONTENDERS = {
    "ours, float32": (Ours, "float32"),
    "ours, float64": (Ours, "float64"),
    "PyTorch eager": (Torch, "float32"),
    "PyTorch compile": (TorchCompiled, "float32"),
    "JAX jit": (Jax, "float32"),
    "JAX jit, scan": (JaxScan, "float32"),
    "scikit-learn": (ScikitLearn, "float32"),
    "matrix products, float32": (Products, "float32"),
    "matrix products, float64": (Products, "float64"),
}
