"""Holding a fit back: weight decay, and stopping early. Lesson 08."""

from dataclasses import dataclass

import numpy as np

from mnistlib.training import History, Model, Score, copy_parameters, evaluate, rebuild


@dataclass(frozen=True)
class WithWeightDecay:
    r"""A model whose loss grows with its weights: $L + \frac{\lambda}{2} \sum w^2$.

    The sum is over all weights, arrays of two axes or more; biases have one axis and are left
    alone. A step of plain gradient descent first shrinks every weight by the factor $1 - \eta \lambda$.
    Scores are the model's own, without the penalty.

    Args:
        model: what is held back.
        weight_decay: $\lambda$, 0 or more.

    Raises:
        ValueError: the weight decay is below 0 or not finite.

    Explained by Krogh and Hertz, "A simple weight decay can improve generalization", 1992. Derived in
    lesson 08, "A price on large weights".
    """

    model: Model
    weight_decay: float

    def __post_init__(self) -> None:
        """Refuse a decay that would make weights grow."""
        if not 0 <= self.weight_decay < np.inf:
            raise ValueError(f"weight decay must be 0 or more, got {self.weight_decay}")

    def score(self, parameters, images: np.ndarray, labels: np.ndarray) -> Score:
        """Score the model itself, without the penalty."""
        return evaluate(self.model, parameters, (images, labels))

    def prepare(self, images: np.ndarray, dtype=np.float64) -> np.ndarray:
        """Return what the model makes of n images."""
        return self.model.prepare(images, dtype)

    def logits(self, parameters, x: np.ndarray) -> np.ndarray:
        """Return the model's logits, shape (n, classes)."""
        return self.model.logits(parameters, x)

    def gradients(self, parameters, x: np.ndarray, y: np.ndarray) -> tuple[float, tuple]:
        r"""Return the loss with its penalty, and its gradients: $dW + \lambda W$ and $db$.

        Derived in lesson 08, "A price on large weights".
        """
        loss, grads = self.model.gradients(parameters, x, y)
        decayed = list(grads)
        decay = float(self.weight_decay)  # a NumPy float64 would turn float32 into float64
        for place, value in enumerate(parameters):
            if value.ndim > 1:  # a weight; a bias has one axis
                loss += decay / 2 * float((value**2).sum())
                decayed[place] = decayed[place] + decay * value
        return loss, rebuild(grads, decayed)


class EarlyStopping:
    """End training when a monitored loss no longer falls; keep the parameters of its lowest.

    Pass it to :func:`mnistlib.training.train` as ``after_record``. With each training it begins
    again. Afterwards it holds the lowest
    ``loss``, the ``step`` at which that was, and the ``parameters`` at that step.

    Args:
        name: the monitored set whose loss is watched.
        patience: how many scorings in a row without a new lowest loss end the training.

    Raises:
        ValueError: the patience is below 1.

    Source: Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 7.8. Built in lesson 08,
    "Stopping early".
    """

    def __init__(self, name: str, patience: int):
        """Watch the monitored set of this name."""
        if patience < 1:
            raise ValueError(f"patience must be at least 1, got {patience}")
        self.name = name
        self.patience = patience
        self._begin()

    def _begin(self) -> None:
        self.loss = np.inf
        self.step: int | None = None
        self.parameters: tuple | None = None
        self._waited = 0

    def __call__(self, step: int, parameters, history: History) -> bool:
        """Look at the newest score; return whether it is time to end.

        Raises:
            KeyError: no set of that name is monitored.
        """
        if self.name not in history.scores:
            known = ", ".join(history.scores) or "none"
            raise KeyError(f"no monitored set is called {self.name!r} ({known})")
        if step == 0:  # another training begins
            self._begin()
        loss = history.scores[self.name][-1].loss
        if loss < self.loss:
            self.loss = loss
            self.step = step
            self.parameters = copy_parameters(parameters)
            self._waited = 0
        else:
            self._waited += 1
        return self._waited >= self.patience
