"""The contenders, each in a process of its own that sleeps while another is timed."""

import importlib
import multiprocessing
import time

import numpy as np
from contenders import CONTENDERS, RATE
from convolvers import CONVOLVERS
from machine import blas_kernel, peak_megabytes, quiet

from mnistlib import data, deep, network, training


def work(connection, name: str) -> None:
    """Be one contender: obey what the parent asks until it asks for nothing more."""
    contender_type, dtype = (CONTENDERS | CONVOLVERS)[name]
    try:
        for module in contender_type.needs:
            importlib.import_module(module)
    except ImportError as error:
        connection.send({"missing": f"{error}"})
        return
    mnist = data.load()
    contender = contender_type(mnist, dtype)
    connection.send({"kernel": blas_kernel()})
    while (job := connection.recv()) is not None:
        try:
            connection.send(run(contender, mnist, **job))
        except Exception as error:  # say why, and let the others go on
            connection.send({"missing": f"{type(error).__name__}: {str(error).strip()[:200]}"})
            return


def run(
    contender,
    mnist,
    *,
    seed,
    hidden,
    batch_size,
    epochs,
    images=60_000,
    steps=None,
    evaluate=False,
    threads=None,
) -> dict:
    """Train once; return the microseconds a step of each lap, and the accuracy after each.

    `hidden` units, or a list with the units of each hidden layer; the first so many `images`. A
    contender's class may bring its own `initialise`, `model`, `rate` and `limit`, as those of the
    convolutional race do.
    """
    kind = type(contender)  # what its instances keep under these names is theirs
    if threads:
        contender.limit(threads)
    rng = np.random.default_rng(seed)
    if hasattr(kind, "initialise"):
        start = contender.initialise(rng, hidden)
    elif isinstance(hidden, int):
        start = network.initialise(rng, hidden=hidden, dtype=np.float32)
    else:
        sizes = [data.PIXELS, *hidden, network.classes]
        start = deep.initialise(rng, sizes, "Glorot", np.float32)
    batches = training.minibatches(images, batch_size, rng=rng, epochs=epochs)
    every = -(-images // batch_size)
    if steps:
        batches, every = batches[:steps], steps
    falling = training.falling(getattr(kind, "rate", RATE), len(batches))
    model, seconds, accuracy = getattr(kind, "model", network), [], []

    def lap(weights):
        seconds.append(time.perf_counter() - lap.start)
        if evaluate and weights and lap.start:
            test_set = (mnist.test_images, mnist.test_labels)
            score = training.evaluate(model, weights(), test_set)
            accuracy.append(score.accuracy)
        time.sleep(0.1)  # threads that wait for more work spin for a while; let them fall asleep
        lap.start = time.perf_counter()

    lap.start = 0.0
    contender.run(start, batches, [falling(step) for step in range(len(batches))], every, lap)
    seconds = seconds[1:]
    return {
        "seconds": seconds,
        "us_per_step": [1e6 * s / len(batches[i * every :][:every]) for i, s in enumerate(seconds)],
        "accuracy": accuracy,
        "megabytes": peak_megabytes(),
    }


class Team:
    """The contenders' processes. One that cannot take part is reported, and left out."""

    def __init__(self, names, patience: float):
        self.patience = patience
        context = multiprocessing.get_context("spawn")
        self.processes, self.connections, self.missing, self.kernel = [], {}, {}, None
        self.turns = self.disturbed = 0
        for name in names:
            here, there = context.Pipe()
            self.processes.append(context.Process(target=work, args=(there, name), daemon=True))
            self.processes[-1].start()
            self.connections[name] = here
            answer = self._receive(name)
            if answer and not self.kernel:
                self.kernel = answer["kernel"]

    def _receive(self, name):
        try:
            answer = self.connections[name].recv()
        except EOFError:
            answer = {"missing": "its process ended"}
        if "missing" in answer:
            del self.connections[name]
            self.missing[name] = answer["missing"]
            print(f"{name} is left out: {answer['missing']}")
            return None
        return answer

    def everyone(self, **job) -> dict[str, dict]:
        """Let each contender, in turn, do the same job."""
        answers = {}
        for name in list(self.connections):
            self.turns += 1
            self.disturbed += not quiet(self.patience)
            if answer := self.ask(name, **job):
                answers[name] = answer
        return answers

    def ask(self, name: str, **job) -> dict | None:
        """Let one contender do a job; None if it could not, and is left out from here on."""
        self.connections[name].send(job)
        return self._receive(name)

    def dismiss(self) -> None:
        for connection in self.connections.values():
            connection.send(None)
        for process in self.processes:
            process.join(timeout=30)
