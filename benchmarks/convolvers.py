"""Who takes part in the convolutional race: our lesson 10, PyTorch, and the bare products."""

import numpy as np
from contenders import MOMENTUM, Ours, Products, Torch, Weights

from mnistlib import convolution, data


class Convolver:
    """The network that all train, and its rate."""

    model = convolution.Convolutional()
    rate = 0.02

    @staticmethod
    def initialise(rng: np.random.Generator, hidden: tuple[int, int]) -> Weights:
        return convolution.initialise(rng, hidden, dtype=np.float32)


class OurConvolver(Convolver, Ours):
    def trained(self, start: Weights) -> convolution.Convolutional:
        return self.model


class ConvolverProducts(Convolver, Products):
    """The eight matrix products of a step and nothing else, for the whole batch at once like ours."""

    def products(self, start: Weights, n: int) -> list[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng(0)
        products = []
        for W, places, below in ((start.W1, 576, False), (start.W2, 64, True), (start.W3, 1, True)):
            W = W.astype(self.dtype)
            cut, dz = (rng.random((m, places * n)).astype(self.dtype) for m in W.shape)
            products += [(W.T, cut), (cut, dz.T)] + [(W, dz)] * below
        return products


class TorchConvolver(Convolver, Torch):
    """The same network; PyTorch wants its kernels as outputs, channels, rows, columns."""

    def __init__(self, mnist: data.Mnist, dtype: str):
        super().__init__(mnist, dtype)
        self.dtype = getattr(self.torch, dtype)
        self.images = self.images.reshape(-1, 1, 28, 28)

    def limit(self, threads: int) -> None:
        self.torch.set_num_threads(threads)

    def start(self, start: Weights, batch_size: int) -> None:
        nn = self.torch.nn
        first = len(start.b1)
        second = len(start.b2)
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

    def weights(self) -> Weights:
        W1, b1, W2, b2, W3, b3 = (value.detach().numpy() for value in self.net.parameters())
        W1, W2 = (W.transpose(2, 3, 1, 0).reshape(-1, len(W)) for W in (W1, W2))
        W3 = W3.reshape(10, len(b2), 4, 4).transpose(2, 3, 1, 0).reshape(-1, 10)
        return convolution.Parameters(W1, b1, W2, b2, W3, b3)


#: By name, which is another than any of the first race: who takes part, and in which dtype.
CONVOLVERS = {
    "our kernels, float32": (OurConvolver, "float32"),
    "our kernels, float64": (OurConvolver, "float64"),
    "PyTorch eager, float32": (TorchConvolver, "float32"),
    "PyTorch eager, float64": (TorchConvolver, "float64"),
    "their products, float32": (ConvolverProducts, "float32"),
    "their products, float64": (ConvolverProducts, "float64"),
}
