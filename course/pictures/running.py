"""A training run that goes on a little whenever it is asked: what ``train`` shows in Jupyter.

Between two questions the kernel is free, so that other cells run while a network learns.
"""

import time
from collections.abc import Callable

import numpy as np

from mnistlib import data, functions, network, training

#: How many images of each set the loss and the accuracy are taken from.
SHOWN = 1000


class Run:
    """A model, its data, and how far it has learnt; :meth:`answer` does what the browser asks."""

    def __init__(
        self,
        train_set: training.Dataset,
        validation_set: training.Dataset,
        model: training.Model = network,
        start: tuple | None = None,
        update: Callable | None = None,
    ):
        """Prepare to train.

        Args:
            train_set: images and labels; a run takes the first of them, as many as are asked for.
            validation_set: images and labels.
            model: what is trained, as :func:`mnistlib.training.train` has it.
            start: the parameters to start from; if None, those of lesson 04's network, drawn anew
                for each run with as many hidden units as are asked for.
            update: what takes a step; :func:`mnistlib.training.sgd_update` if None.
        """
        self.model = model
        self.train_set = train_set
        self.validation_set = validation_set
        self.start = start
        self.update = update or training.sgd_update
        labels = validation_set[1].tolist()
        self.asked = [labels.index(k) for k in range(model.classes)]  # one digit of each class

    def begin(self, images: int, hidden: int, seed: int) -> None:
        """Begin a run on the first images."""
        self.rng = np.random.default_rng(seed)
        start = self.start
        if start is None:
            start = network.initialise(self.rng, hidden=hidden, classes=self.model.classes)
        self.parameters = training.copy_parameters(start)
        self.velocity = [np.zeros_like(value) for value in self.parameters]
        self.images, self.labels = (part[:images] for part in self.train_set)
        self.queue = []
        self.size = None
        self.step = 0

    def advance(self, rate: float, momentum: float, batch: int) -> None:
        """Take one step, with the rate, momentum and batch size of now."""
        if self.size != batch:
            self.queue = []
            self.size = batch
        if not self.queue:
            self.queue = training.minibatches(len(self.images), batch, rng=self.rng)
        chosen = self.queue.pop(0)
        x = self.model.prepare(self.images[chosen], self.parameters[0].dtype)
        y = data.one_hot(self.labels[chosen], self.model.classes)
        _, gradients = self.model.gradients(self.parameters, x, y)
        self.update(self.parameters, gradients, self.velocity, rate, momentum)
        self.step += 1

    def score(self, dataset: training.Dataset) -> dict:
        """Return the loss and the accuracy; a loss that is not a number as None, which JSON has."""
        some = tuple(part[:SHOWN] for part in dataset)
        loss, accuracy = training.evaluate(self.model, self.parameters, some)
        return {"loss": loss if np.isfinite(loss) else None, "accuracy": accuracy}

    def answer(self, message: dict) -> dict:
        """Do what is asked: begin, take some steps, or steps for some seconds; tell how it stands."""
        with np.errstate(all="ignore"):  # a run may diverge, and that is to be seen
            if message["do"] == "begin":
                self.begin(message["images"], message["hidden"], message["seed"])
            until = time.monotonic() + message.get("seconds", 0)
            settings = {name: message[name] for name in ("rate", "momentum", "batch")}
            steps = message.get("steps", 0)
            while steps > 0 or time.monotonic() < until:
                self.advance(**settings)
                steps -= 1
            asked = self.model.prepare(self.validation_set[0][self.asked], self.parameters[0].dtype)
            p = functions.softmax(self.model.logits(self.parameters, asked))
            return {
                "run": message["run"],
                "step": self.step,
                "training": self.score((self.images, self.labels)),
                "validation": self.score(self.validation_set),
                "answers": np.nan_to_num(p).tolist(),
            }
