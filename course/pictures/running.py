"""A training run that goes on a little whenever it is asked: what ``train`` shows in Jupyter.

Between two questions the kernel is free, so that other cells run while a network learns.
"""

import time

import numpy as np

from mnistlib import data, functions, network, training

#: How many images of each set the loss and the accuracy are taken from.
VALIDATION_SHOWN = 1000


class Run:
    """Lesson 04's network, its data, and how far it has learnt; :meth:`answer` does what is asked.

    What the reader has kept in the library's place, the network is trained by.
    """

    def __init__(self, train_set: training.Dataset, validation_set: training.Dataset):
        """Prepare to train.

        Args:
            train_set: images and labels; a run takes the first of them, as many as are asked for.
            validation_set: images and labels.
        """
        self.train_set = train_set
        self.validation_set = validation_set
        labels = validation_set[1].tolist()
        self.asked = [labels.index(k) for k in range(10)]  # one digit of each class

    def begin(self, images: int, hidden: int, seed: int) -> None:
        """Begin a run on the first images."""
        self.rng = np.random.default_rng(seed)
        self.parameters = network.initialise(self.rng, hidden=hidden)
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
        x = network.prepare(self.images[chosen])
        y = data.one_hot(self.labels[chosen])
        _, gradients = network.gradients(self.parameters, x, y)
        training.sgd_update(self.parameters, gradients, self.velocity, rate, momentum)
        self.step += 1

    def score(self, dataset: training.Dataset) -> dict:
        """Return the loss and the accuracy; a loss that is not a number as None, which JSON has."""
        some = tuple(part[:VALIDATION_SHOWN] for part in dataset)
        loss, accuracy = training.evaluate(network, self.parameters, some)
        return {"loss": loss if np.isfinite(loss) else None, "accuracy": accuracy}

    def go_on(self, message: dict) -> dict:
        """Begin, take some steps, or steps for some seconds; tell how it stands."""
        if message["do"] == "begin":
            self.begin(message["images"], message["hidden"], message["seed"])
        until = time.monotonic() + message.get("seconds", 0)
        settings = {name: message[name] for name in ("rate", "momentum", "batch")}
        steps = message.get("steps", 0)
        while steps > 0 or time.monotonic() < until:
            self.advance(**settings)
            steps -= 1
        asked = network.prepare(self.validation_set[0][self.asked])
        p = functions.softmax(network.logits(self.parameters, asked))
        return {
            "step": self.step,
            "training": self.score((self.images, self.labels)),
            "validation": self.score(self.validation_set),
            "answers": np.nan_to_num(p).tolist(),
        }

    def answer(self, message: dict) -> dict:
        """Do what the browser asks; what the reader's functions raise, the reader sees."""
        try:
            with np.errstate(all="ignore"):  # a run may diverge, and that is to be seen
                reply = self.go_on(message)
        except Exception as error:
            reply = {"problem": f"{type(error).__name__}: {error}"}
        return {"run": message["run"], **reply}
