"""Who takes part in the convolutional race: our lesson 08, PyTorch, and the bare products."""

import numpy as np
from contenders import MOMENTUM, Torch

from mnistlib import convolution, data, training


class Ours:
    """`training.train` itself, with all that it checks and records."""

    needs = ()
    model = convolution.Convolutional()
    rate = 0.02

    def __init__(self, mnist: data.Mnist, dtype: str):
        self.mnist, self.dtype = mnist, dtype

    @staticmethod
    def initialise(rng, kernels):
        return convolution.initialise(rng, kernels, dtype=np.float32)

    @staticmethod
    def limit(threads):
        import threadpoolctl

        threadpoolctl.threadpool_limits(threads)

    def run(self, start, batches, rates, every, lap):
        training.train(
            self.model,
            convolution.Parameters(*(value.astype(self.dtype) for value in start)),
            (self.mnist.train_images, self.mnist.train_labels),
            batches,
            learning_rate=lambda step: rates[step],
            momentum=MOMENTUM,
            every=every,
            after_record=lambda step, parameters, history: lap(lambda: parameters),
        )


class Products(Ours):
    """The eight matrix products of a step and nothing else, 16 images at a time like ours."""

    def run(self, start, batches, rates, every, lap):
        rng, products = np.random.default_rng(0), []
        for W, places, below in ((start.W1, 576, False), (start.W2, 64, True), (start.W3, 1, True)):
            W = W.astype(self.dtype)
            cut, dz = (rng.random((16 * places, m)).astype(self.dtype) for m in W.shape)
            products += [(cut, W), (cut.T, dz)] + [(dz, W.T)] * below
        lap(None)
        for first in range(0, len(batches), every):
            for batch in batches[first : first + every]:
                for _ in range(0, len(batch), 16):
                    for left, right in products:
                        left @ right
            lap(None)


class TorchConvolver(Torch):
    """The same network; PyTorch wants its kernels as outputs, channels, rows, columns."""

    model, rate, initialise = Ours.model, Ours.rate, staticmethod(Ours.initialise)

    def __init__(self, mnist: data.Mnist, dtype: str):
        super().__init__(mnist, dtype)
        self.dtype = getattr(self.torch, dtype)
        self.images = self.images.reshape(-1, 1, 28, 28)

    def limit(self, threads):
        self.torch.set_num_threads(threads)

    def start(self, start, batch_size):
        nn, first, second = self.torch.nn, len(start.b1), len(start.b2)
        self.net = nn.Sequential(
            *(nn.Conv2d(1, first, 5), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Conv2d(first, second, 5), nn.MaxPool2d(2), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(*start.W3.shape)),
        ).to(self.dtype)
        W1 = start.W1.reshape(5, 5, 1, first).transpose(3, 2, 0, 1)
        W2 = start.W2.reshape(5, 5, first, second).transpose(3, 2, 0, 1)
        W3 = start.W3.reshape(4, 4, second, 10).transpose(3, 2, 0, 1).reshape(10, -1)
        values = W1, start.b1, W2, start.b2, W3, start.b3
        with self.torch.no_grad():
            for parameter, value in zip(self.net.parameters(), values, strict=True):
                parameter.copy_(self.torch.from_numpy(value))
        self.optimiser = self.torch.optim.SGD(
            self.net.parameters(), lr=self.rate, momentum=MOMENTUM, fused=True
        )

    def weights(self):
        W1, b1, W2, b2, W3, b3 = (value.detach().numpy() for value in self.net.parameters())
        W1, W2 = (W.transpose(2, 3, 1, 0).reshape(-1, len(W)) for W in (W1, W2))
        W3 = W3.reshape(10, len(b2), 4, 4).transpose(2, 3, 1, 0).reshape(-1, 10)
        return convolution.Parameters(W1, b1, W2, b2, W3, b3)


#: name: (class, dtype); the names are others than those of the first race
CONVOLVERS = {
    "our kernels, float32": (Ours, "float32"),
    "our kernels, float64": (Ours, "float64"),
    "PyTorch eager, float32": (TorchConvolver, "float32"),
    "PyTorch eager, float64": (TorchConvolver, "float64"),
    "their products, float32": (Products, "float32"),
    "their products, float64": (Products, "float64"),
}
