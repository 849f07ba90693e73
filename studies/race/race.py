"""A race: the course's network trained to 97 % by plain NumPy, PyTorch, JAX and scikit-learn.

    python studies/race/race.py             measure, print, and write race.json, race.png and race.md
    python studies/race/race.py --quick     see that it runs; writes nothing
    python studies/race/race.py --report    write race.png and race.md again from race.json

It needs an environment of its own (``requirements.txt``) and a quiet computer. Each run is a
process of its own, as for a user: a contender imports what it needs, loads the images, perhaps compiles,
trains, and reads the test images after each epoch. The parent's clock runs from starting that process
until 97 % are right; a step's time is the epoch's without the reading, over its steps. Ours has the one
thread that ``train`` takes, each peer one and two: the better counts. All take turns, and in each round
all have the same weights to start from and the same batches. A first round is not counted: it leaves on
disk what later ones find there.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mnistlib import data, network, training

HERE = Path(__file__).parent
RATE = 0.5
MOMENTUM = 0.9

#: Who takes part, and with how many threads.
WHO = {
    "ours, float32": (1,),
    "ours, float64": (1,),
    "PyTorch": (1, 2),
    "JAX jit": (1, 2),
    "JAX jit, scan": (1, 2),
    "scikit-learn": (1, 2),
}
OURS = "ours, float32"
GOAL = 0.97
FULL = dict(rounds=5, epochs=3, batch_size=128, hidden=128)
QUICK = FULL | dict(rounds=1)
PACKAGES = ["numpy", "torch", "jax", "jaxlib", "scikit-learn"]


# --- Who takes part


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


# --- The race


def cpu_name() -> str:
    """Return the processor's name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def quiet(patience: float = 2.0) -> bool:
    """Wait for other programs to leave the processor alone; tell whether they did (on Linux)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return True

    def ticks() -> tuple[int, int]:
        numbers = [int(number) for number in stat.read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]  # all; idle, or waiting for a disk

    end = time.monotonic() + patience
    while time.monotonic() < end:
        every, idle = ticks()
        time.sleep(0.15)
        later, later_idle = ticks()
        if later_idle - idle >= 0.9 * (later - every):
            return True
    return False


def circumstances(plan: dict, packages: list[str], turns: list[bool]) -> dict:
    """Return where, with what and how it was measured; a turn says whether the computer was quiet."""
    return {
        "machine": {
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
        },
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "settings": plan,
        "turns": len(turns),
        "disturbed_turns": turns.count(False),
    }


def footer(results: dict) -> str:
    """Say in a paragraph where and with what it was measured."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {release}" for name, release in results["versions"].items())
    return (
        f"Measured on {machine['cpu']} ({machine['cores']} cores), {machine['system']}, Python "
        f"{machine['python']}; {versions}. {results['disturbed_turns']} of {results['turns']} turns "
        "began while other programs ran."
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, its numbers to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def train_contender(name: str, seed: int, plan: dict) -> None:
    """Train, and print after each epoch the share of test images read correctly, and a step's time."""
    contender_type, dtype = CONTENDERS[name]
    mnist = data.load()
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, hidden=plan["hidden"], dtype=np.float32)
    epochs = plan["epochs"]
    n = len(mnist.train_images)
    batches = training.minibatches(n, plan["batch_size"], rng=rng, epochs=epochs)
    every = len(batches) // epochs
    rate_at = training.linear_decay(RATE, len(batches))
    test_set = (mnist.test_images, mnist.test_labels)
    began = None

    def on_epoch(weights) -> None:
        nonlocal began
        if began is not None:
            us_per_step = round(1e6 * (time.perf_counter() - began) / every, 1)
            right = training.evaluate(network, weights(), test_set).accuracy
            print(json.dumps({"right": right, "us_per_step": us_per_step}), flush=True)
        began = time.perf_counter()

    rates = [rate_at(step) for step in range(len(batches))]
    contender_type(mnist, dtype).run(start, batches, rates, every, on_epoch)


def turn(name: str, threads: int, seed: int, plan: dict) -> dict:
    """Run a contender in a process of its own, with this many cores and threads."""
    command = [sys.executable, __file__, "--contender", name, str(seed), json.dumps(plan)]
    variables = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | dict.fromkeys(variables, str(threads))
    if hasattr(os, "sched_setaffinity"):  # JAX takes as many threads as it sees cores
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:threads])
    began = time.perf_counter()
    epochs = []
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with subprocess.Popen(command, env=env, **pipes) as process:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, cores)
        for line in process.stdout:
            epochs.append(json.loads(line) | {"seconds": round(time.perf_counter() - began, 3)})
        complaint = process.stderr.read().strip()
    if process.returncode:
        raise RuntimeError((complaint.splitlines() or ["no message"])[-1][:200])
    done = next((i for i, epoch in enumerate(epochs) if epoch["right"] >= GOAL), None)
    last = epochs[-1 if done is None else done]
    return {
        "to_97": {
            "seconds": None if done is None else last["seconds"],
            "epochs": len(epochs) if done is None else done + 1,
            "right": last["right"],
        },
        "us_per_step": [epoch["us_per_step"] for epoch in epochs],
    }


def measure(plan: dict) -> dict:
    """Let all take turns; one that cannot take part is reported and left out."""
    runs = {}
    missing = {}
    turns = []
    for count in range(plan["rounds"] + 1):
        seed = max(count - 1, 0)  # round 0 only warms up
        for name, choices in WHO.items():
            for threads in choices if name not in missing else ():
                turns.append(quiet())
                try:
                    answer = turn(name, threads, seed, plan)
                except RuntimeError as error:
                    missing[name] = str(error)
                    runs.pop(name, None)
                    break
                empty = {"to_97": [], "us_per_step": []}
                kept = runs.setdefault(name, {}).setdefault(str(threads), empty)
                if count:
                    kept["to_97"].append(answer["to_97"])
                    kept["us_per_step"] += answer["us_per_step"]
                print(f"  round {count}: {name}, {threads}", file=sys.stderr, flush=True)
    present = [name for name in PACKAGES if is_installed(name)]
    return circumstances(plan, present, turns) | {"note": "", "missing": missing, "runs": runs}


def is_installed(package: str) -> bool:
    from importlib import metadata

    try:
        return bool(metadata.version(package))
    except metadata.PackageNotFoundError:
        return False


def median_wait(runs: list[dict]) -> float | None:
    """Return the median seconds to 97 %, None if half the runs or more never got there."""
    never = float("inf")
    waits = [never if run["seconds"] is None else run["seconds"] for run in runs]
    median = statistics.median(waits) if waits else never
    return None if median == never else median


def better(by_threads: dict[str, dict]) -> tuple[str, dict]:
    """Choose the number of threads with the shorter wait, or the quicker step where none waited."""

    def key(item: tuple[str, dict]) -> tuple[float, float]:
        wait = median_wait(item[1]["to_97"])
        return float("inf") if wait is None else wait, min(item[1]["us_per_step"])

    return min(by_threads.items(), key=key)


def report(results: dict) -> str:
    """Put the results into words and a table, in Markdown."""
    rows = []
    waits = {}
    steps = {}
    for name, by_threads in results["runs"].items():
        threads, runs = better(by_threads)
        waits[name] = median_wait(runs["to_97"])
        steps[name] = min(runs["us_per_step"])
        got = sum(run["seconds"] is not None for run in runs["to_97"])
        cells = [f"{statistics.median(runs['us_per_step']):.0f}", f"{steps[name]:.0f}"]
        cells += [f"{steps[name] / steps[OURS]:.2f}"]
        wait = "–" if waits[name] is None else f"{waits[name]:.2f}"
        rows.append([name, threads, *cells, wait, f"{got} of {len(runs['to_97'])}"])
    peers = [name for name in waits if "ours" not in name]
    quickest = min(peers, key=lambda name: waits[name] or float("inf"), default=None)
    faster = [f"*{name}*" for name in peers if steps[name] < steps[OURS]]
    sentences = []
    if quickest and waits[OURS] and waits[quickest]:
        sentences.append(
            "From starting Python to a network that reads 97 % of the test images correctly, plain "
            f"NumPy takes **{waits[OURS]:.1f} s**; the quickest of the frameworks here, *{quickest}*, "
            f"takes {waits[quickest]:.1f} s."
        )
    sentences.append(
        f"Once it trains, plain NumPy needs {steps[OURS]:.0f} µs for a step at best; "
        f"{' and '.join(faster) or 'none of them'} {'need' if len(faster) > 1 else 'needs'} less."
    )
    head = ["", "threads", "a step, µs", "at best", "/ ours", "to 97 %, s", "got there"]
    parts = [
        " ".join(sentences),
        "![A bar for each contender: the seconds from starting Python to a network that reads 97 % "
        "of the test images correctly.](race.png)",
        table(head, rows),
        "A step: median and best of all epochs, in batches of 128. To 97 %: median of "
        f"{results['settings']['rounds']} runs, with starting Python and importing; – where it was "
        "not measured, or half the runs or more did not get there.",
        results["note"],
        footer(results),
        *(f"Left out: {name} ({why})." for name, why in results["missing"].items()),
    ]
    return "\n\n".join(part for part in parts if part)


def draw(results: dict, target: Path) -> None:
    """Draw a bar for each contender: the wait for 97 %."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    waits = {
        n: median_wait(better(by_threads)[1]["to_97"]) for n, by_threads in results["runs"].items()
    }
    names = sorted((name for name in waits if waits[name]), key=lambda name: -waits[name])
    figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
    colours = ["C0" if name == OURS else "C7" for name in names]
    bars = axis.barh(names, [waits[name] for name in names], color=colours)
    axis.bar_label(bars, [f"{waits[name]:.1f} s" for name in names], padding=3)
    axis.margins(x=0.12)
    axis.set(xlabel="seconds from starting Python to 97 % of the test images: shorter is faster")
    figure.savefig(target, dpi=120, metadata={"Software": None})


def main() -> None:
    """Measure, or take what is stored; print it, and write what the page *Speed* shows."""
    parser = argparse.ArgumentParser()
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--quick", action="store_true", help="a short trial; writes nothing")
    choice.add_argument("--report", action="store_true", help="measure nothing; use race.json")
    options = parser.parse_args()
    stored = HERE / "race.json"
    if options.report:
        results = json.loads(stored.read_text(encoding="utf-8"))
    else:
        results = measure(QUICK if options.quick else FULL)
    print(report(results))
    if not options.quick:
        stored.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (HERE / "race.md").write_text(report(results) + "\n", encoding="utf-8")
        draw(results, HERE / "race.png")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        train_contender(sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
    else:
        main()
