"""The contenders, each in a process of its own that sleeps while another is timed."""

import importlib
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

import numpy as np
from contenders import Contender, Weights

from course.computers.machine import blas_kernel, peak_megabytes, quiet
from mnistlib import data, training


def work(connection: Connection, contender_type: type, dtype: str) -> None:
    """Be one contender: do the jobs that the parent sends, until it sends none."""
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
    contender: Contender,
    mnist: data.Mnist,
    *,
    seed: int,
    hidden: int | list[int] | tuple[int, int],
    batch_size: int,
    epochs: int,
    images: int = 60_000,
    steps: int | None = None,
    laps: int = 1,
    evaluate: bool = False,
    threads: int | None = None,
) -> dict:
    """Train once; return the microseconds a step of each lap, and the accuracy after each.

    `hidden` is what the contender's `initialise` takes; the first so many `images`. With `steps` there
    are `laps` of so many steps each; without, a lap is an epoch.
    """
    kind = type(contender)  # what its instances keep under these names is theirs
    if threads:
        contender.limit(threads)
    rng = np.random.default_rng(seed)
    start = kind.initialise(rng, hidden)
    batches = training.minibatches(images, batch_size, rng=rng, epochs=epochs)
    every = -(-images // batch_size)
    if steps:
        batches = batches[: laps * steps]
        every = steps
    rate_at = training.linear_decay(kind.rate, len(batches))
    seconds = []
    accuracy = []

    def lap(weights: Callable[[], Weights] | None) -> None:
        seconds.append(time.perf_counter() - lap.start)
        if evaluate and weights and lap.start:
            test_set = (mnist.test_images, mnist.test_labels)
            score = training.evaluate(kind.model, weights(), test_set)
            accuracy.append(score.accuracy)
        time.sleep(0.1)  # threads that wait for more work spin for a while; let them fall asleep
        lap.start = time.perf_counter()

    lap.start = 0.0
    contender.run(start, batches, [rate_at(step) for step in range(len(batches))], every, lap)
    seconds = seconds[1:]
    return {
        "seconds": seconds,
        "us_per_step": [1e6 * s / len(batches[i * every :][:every]) for i, s in enumerate(seconds)],
        "accuracy": accuracy,
        "megabytes": peak_megabytes(),
    }


class Team:
    """The contenders' processes. One that cannot take part is reported, and left out."""

    def __init__(self, contenders: dict[str, tuple[type, str]], patience: float):
        self.patience = patience
        context = multiprocessing.get_context("spawn")
        self.processes = []
        self.connections = {}
        self.missing = {}
        self.kernel = None
        self.turns = 0
        self.disturbed = 0
        for name, (contender_type, dtype) in contenders.items():
            here, there = context.Pipe()
            arguments = (there, contender_type, dtype)
            self.processes.append(context.Process(target=work, args=arguments, daemon=True))
            self.processes[-1].start()
            self.connections[name] = here
            answer = self._receive(name)
            if answer and not self.kernel:
                self.kernel = answer["kernel"]

    def _receive(self, name: str) -> dict | None:
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
            if answer := self.turn(name, **job):
                answers[name] = answer
        return answers

    def turn(self, name: str, **job) -> dict | None:
        """Let one contender do a job as soon as the computer is quiet; None as from ``ask``."""
        self.turns += 1
        self.disturbed += not quiet(self.patience)
        return self.ask(name, **job)

    def ask(self, name: str, **job) -> dict | None:
        """Let one contender do a job; None if it could not, and is left out from here on."""
        self.connections[name].send(job)
        return self._receive(name)

    def dismiss(self) -> None:
        for connection in self.connections.values():
            connection.send(None)
        for process in self.processes:
            process.join(timeout=30)
