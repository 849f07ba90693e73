"""Who takes part in the race of gradients: lesson 11's tape beside our own passes and two frameworks."""

from collections.abc import Sequence

from contenders import Jax, Ours, Torch, Weights

from mnistlib import autodiff, data


def way_up(parameters: Sequence[autodiff.Value], x: autodiff.Value) -> autodiff.Value:
    """Go up any number of layers, as lesson 11 does."""
    *hidden, (W, b) = zip(parameters[::2], parameters[1::2], strict=True)
    for W_hidden, b_hidden in hidden:
        x = (x @ W_hidden + b_hidden).sigmoid()
    return x @ W + b


class Tape(Ours):
    """The same training, its gradients by the tape."""

    def trained(self, start: Weights) -> autodiff.TapeModel:
        return autodiff.TapeModel(way_up, data.scale)


#: By name: who takes part, and in which dtype.
TAPES = {
    "the tape, float32": (Tape, "float32"),
    "by hand, float32": (Ours, "float32"),
    "PyTorch eager, float32": (Torch, "float32"),
    "JAX jit, float32": (Jax, "float32"),
}
