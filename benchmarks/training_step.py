"""One training step, timed: ours beside PyTorch, JAX, scikit-learn and the bare matrix products.

    python benchmarks/training_step.py            measure, print, and write the results (minutes)
    python benchmarks/training_step.py --quick    see that it runs; writes nothing
    python benchmarks/training_step.py --report   rewrite README.md and the figure from results.json

Every contender lives in a process of its own and sleeps while another is timed, so that no thread
of one takes time from another. They take turns, several rounds of them. README.md says the rest.
"""

import argparse
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from mnistlib import data, network, training

HERE = Path(__file__).parent
THREADS = 2
HIDDEN, BATCH, RATE, MOMENTUM = 128, 128, 0.5, 0.9
FULL = dict(
    rounds=7, long_runs=3, epochs=3, long_epochs=20, grid=[32, 128, 512], repeats=7, patience=5
)
QUICK = dict(rounds=1, long_runs=1, epochs=1, long_epochs=2, grid=[32, 128], repeats=1, patience=0)
GRID_STEPS = 100


class Ours:
    """`training.train` itself, with all that it checks and records."""

    needs = ()

    def __init__(self, mnist: data.Mnist, dtype: str):
        self.mnist, self.dtype = mnist, dtype

    def run(self, start, batches, rates, every, lap):
        training.train(
            network,
            network.Parameters(*(value.astype(self.dtype) for value in start)),
            (self.mnist.train_images, self.mnist.train_labels),
            batches,
            learning_rate=lambda step: rates[step],
            momentum=MOMENTUM,
            every=every,
            after_record=lambda step, parameters, history: lap(lambda: parameters),
        )


class Products:
    """The five matrix products of a step and nothing else, on arrays of their shapes."""

    needs = ()

    def __init__(self, mnist: data.Mnist, dtype: str):
        self.dtype = dtype

    def run(self, start, batches, rates, every, lap):
        W1, W2 = (value.astype(self.dtype) for value in (start[0], start[2]))
        rng = np.random.default_rng(0)
        n, hidden = len(batches[0]), len(W2)
        x, a1, dz1, dz2 = (
            rng.random((n, m)).astype(self.dtype) for m in (len(W1), hidden, hidden, 10)
        )
        lap(None)
        for first in range(0, len(batches), every):
            for _ in batches[first : first + every]:
                x @ W1
                a1 @ W2
                a1.T @ dz2
                dz2 @ W2.T
                x.T @ dz1
            lap(None)


class Peer:
    """A framework: `start` makes what it trains, `steps` takes steps, `weights` gives ours back."""

    def run(self, start, batches, rates, every, lap):
        self.start(start, len(batches[0]))
        lap(self.weights)
        for first in range(0, len(batches), every):
            self.steps(batches[first : first + every], rates[first : first + every])
            lap(self.weights)


class Torch(Peer):
    needs = ("torch",)

    def __init__(self, mnist: data.Mnist, dtype: str):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.images = torch.from_numpy(mnist.train_images.reshape(-1, data.PIXELS))
        self.labels = torch.from_numpy(mnist.train_labels.astype(np.int64))

    def start(self, start, batch_size):
        torch = self.torch
        self.net = torch.nn.Sequential(
            torch.nn.Linear(*start.W1.shape),
            torch.nn.Sigmoid(),
            torch.nn.Linear(*start.W2.shape),
        )
        with torch.no_grad():
            for parameter, value in zip(self.net.parameters(), start, strict=True):
                parameter.copy_(torch.from_numpy(value.T))
        self.optimiser = torch.optim.SGD(
            self.net.parameters(), lr=RATE, momentum=MOMENTUM, fused=True
        )

    def steps(self, batches, rates):
        torch, settings = self.torch, self.optimiser.param_groups[0]
        for batch, rate in zip(batches, rates, strict=True):
            settings["lr"] = rate
            batch = torch.from_numpy(batch)
            x = self.images[batch].float().div_(255)
            loss = torch.nn.functional.cross_entropy(self.net(x), self.labels[batch])
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()

    def weights(self):
        W1, b1, W2, b2 = (parameter.detach().numpy() for parameter in self.net.parameters())
        return network.Parameters(W1.T, b1, W2.T, b2)


class TorchCompiled(Torch):
    """The loss with its gradients, and the optimiser's step: two compiled functions."""

    def __init__(self, mnist: data.Mnist, dtype: str):
        super().__init__(mnist, dtype)
        self.torch._dynamo.config.recompile_limit = (
            100  # several networks, each compiled for itself
        )
        self.made = {}

    def start(self, start, batch_size):
        torch, key = self.torch, (start.W1.shape, batch_size)
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

    def one(self, batch):
        self.loss(self.images[batch], self.labels[batch]).backward()
        self.update()
        self.optimiser.zero_grad()

    def steps(self, batches, rates):
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

    def start(self, start, batch_size):
        parameters = tuple(self.jax.numpy.array(value) for value in start)
        velocity = tuple(self.jax.numpy.zeros_like(value) for value in parameters)
        self.state = self.jax.block_until_ready((parameters, velocity))

    def steps(self, batches, rates):
        for batch, rate in zip(batches, rates, strict=True):
            self.state = self.step(
                self.state, batch.astype(np.int32), np.float32(rate), self.images, self.labels
            )
        self.jax.block_until_ready(self.state)

    def weights(self):
        return network.Parameters(*(np.asarray(value) for value in self.state[0]))


class JaxScan(Jax):
    """All steps between two evaluations as one compiled loop."""

    def steps(self, batches, rates):
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

    def start(self, start, batch_size):
        self.model = self.classifier(
            start.W1.shape[1:],
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
        values = (start.W1, start.W2, start.b1, start.b2)
        for mine, value in zip(self.model.coefs_ + self.model.intercepts_, values, strict=True):
            assert mine.dtype == np.float32
            mine[...] = value
        for velocity in self.model._optimizer.velocities:
            velocity[...] = 0

    def steps(self, batches, rates):
        n = sum(len(batch) for batch in batches)
        self.model._optimizer.learning_rate = float(np.mean(rates))
        self.model.partial_fit(self.x[:n], self.y[:n])

    def weights(self):
        (W1, W2), (b1, b2) = self.model.coefs_, self.model.intercepts_
        return network.Parameters(W1, b1, W2, b2)


#: name: (class, dtype)
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


def peak_megabytes() -> float | None:
    """Return the most memory that this process has held, or None where that is not told."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def versions(packages) -> dict[str, str]:
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def blas_kernel() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (threadpoolctl is not installed)"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return "; ".join(
        f"{pool['internal_api']} {pool['version']}, kernel {pool.get('architecture')}, "
        f"{pool['num_threads']} threads"
        for pool in pools
    )


def work(connection, name: str) -> None:
    """Be one contender: obey what the parent asks until it asks for nothing more."""
    contender_type, dtype = CONTENDERS[name]
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


def run(contender, mnist, *, seed, hidden, batch_size, epochs, steps=None, evaluate=False) -> dict:
    """Train once; return the microseconds a step of each lap, and the accuracy after each."""
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, hidden=hidden, dtype=np.float32)
    batches = training.minibatches(len(mnist.train_images), batch_size, rng=rng, epochs=epochs)
    every = -(-len(mnist.train_images) // batch_size)
    if steps:
        batches, every = batches[:steps], steps
    falling = training.falling(RATE, len(batches))
    seconds, accuracy = [], []

    def lap(weights):
        seconds.append(time.perf_counter() - lap.start)
        if evaluate and weights and lap.start:
            test_set = (mnist.test_images, mnist.test_labels)
            score = training.evaluate(network, weights(), test_set)
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


def quiet(patience: float = 5.0) -> bool:
    """Wait for other programs to leave the processor alone; tell whether they did.

    Linux tells; elsewhere nobody knows, and the answer is True at once.
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return True

    def ticks():
        numbers = [int(number) for number in stat.read_text().splitlines()[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]  # all; idle, waiting for a disk

    end = time.monotonic() + patience
    while time.monotonic() < end:
        every, idle = ticks()
        time.sleep(0.15)
        later, later_idle = ticks()
        if later_idle - idle >= 0.9 * (later - every):
            return True
    return False


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
            if name == "ours, float32":
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
            self.connections[name].send(job)
            if answer := self._receive(name):
                answers[name] = answer
        return answers

    def dismiss(self) -> None:
        for connection in self.connections.values():
            connection.send(None)
        for process in self.processes:
            process.join(timeout=30)


def first_time(answer: dict, goal: float) -> float | None:
    """Return the seconds of training until a lap ended with at least `goal` right on test."""
    for i, accuracy in enumerate(answer["accuracy"]):
        if accuracy >= goal:
            return sum(answer["seconds"][: i + 1])
    return None


def median_time(times: list[float | None]) -> float | None:
    middle = statistics.median(np.inf if t is None else t for t in times)
    return None if middle == np.inf else round(middle, 3)


def measure(plan: dict) -> dict:
    load_before = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if load_before and load_before > 0.5:
        print(f"Other programs are running (load {load_before:.1f}): expect high figures.")
    team = Team(CONTENDERS, plan["patience"])
    standard = dict(hidden=HIDDEN, batch_size=BATCH)

    def say(text):
        print(f"  {text}", file=sys.stderr, flush=True)

    say("warming up")
    warm_up = {}
    for name in list(team.connections):  # compiling happens here
        began = time.perf_counter()
        team.connections[name].send(dict(standard, seed=0, epochs=1))
        if team._receive(name):
            warm_up[name] = round(time.perf_counter() - began, 1)
    short, long = [], []
    for seed in range(plan["rounds"]):
        say(f"round {seed + 1} of {plan['rounds']}: {plan['epochs']} epochs each")
        short.append(team.everyone(**standard, seed=seed, epochs=plan["epochs"], evaluate=True))
    for seed in range(plan["long_runs"]):
        say(f"long run {seed + 1} of {plan['long_runs']}: {plan['long_epochs']} epochs each")
        long.append(team.everyone(**standard, seed=seed, epochs=plan["long_epochs"], evaluate=True))
    contenders = {}
    for name in team.connections:
        laps = [us for answers in short for us in answers[name]["us_per_step"]]
        contenders[name] = {
            "us_per_step_best": round(min(laps), 1),
            "us_per_step_median": round(statistics.median(laps), 1),
            "us_per_step": [round(us, 1) for us in laps],
            "warm_up_seconds": warm_up[name],
        }
        if "products" in name:
            continue
        accuracies = [answers[name]["accuracy"][-1] for answers in short]
        to_97 = [first_time(answers[name], 0.97) for answers in short]
        to_98 = [first_time(answers[name], 0.98) for answers in long]
        contenders[name] |= {
            "accuracy_after_short_run": round(statistics.mean(accuracies), 4),
            "accuracy_after_long_run": round(
                statistics.mean(answers[name]["accuracy"][-1] for answers in long), 4
            ),
            "seconds_to_97_percent": median_time(to_97),
            "runs_at_97_percent": f"{sum(t is not None for t in to_97)} of {len(to_97)}",
            "seconds_to_98_percent": median_time(to_98),
            "runs_at_98_percent": f"{sum(t is not None for t in to_98)} of {len(to_98)}",
            "peak_megabytes": long[-1][name]["megabytes"] and round(long[-1][name]["megabytes"]),
        }
    growth = []
    for batch_size in plan["grid"]:
        for hidden in plan["grid"]:
            say(f"batch {batch_size}, hidden {hidden}")
            job = dict(batch_size=batch_size, hidden=hidden, seed=0, epochs=1, steps=GRID_STEPS)
            team.everyone(**job)
            laps = [team.everyone(**job) for _ in range(plan["repeats"])]
            times = {
                name: [us for answers in laps for us in answers[name]["us_per_step"]]
                for name in team.connections
            }
            growth.append(
                {
                    "batch_size": batch_size,
                    "hidden": hidden,
                    "us_per_step_best": {k: round(min(v), 1) for k, v in times.items()},
                    "us_per_step_median": {
                        k: round(statistics.median(v), 1) for k, v in times.items()
                    },
                }
            )
    team.dismiss()
    return {
        "machine": {
            "cpu": cpu_name(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_before": load_before,
            "turns": team.turns,
            "disturbed_turns": team.disturbed,
        },
        "versions": versions(["numpy", "torch", "jax", "jaxlib", "scikit-learn"]),
        "kernel": team.kernel,
        "settings": dict(
            plan, threads=THREADS, hidden=HIDDEN, batch_size=BATCH, rate=RATE, momentum=MOMENTUM
        ),
        "missing": team.missing,
        "contenders": contenders,
        "growth": growth,
    }


def cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, aligned so that it reads well as plain text too."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(row):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "| " + " | ".join(cells) + " |"

    rule = (
        "| " + " | ".join("-" * (w - (i > 0)) + ":" * (i > 0) for i, w in enumerate(widths)) + " |"
    )
    return "\n".join([line(head), rule, *map(line, rows)])


def show(value, form: str = "{:.2f}") -> str:
    return "–" if value is None else form.format(value)


def opening(results: dict) -> str:
    """Say in a few sentences who is slower than ours and who is faster."""
    found = results["contenders"]
    ours = found["ours, float32"]
    best = ours["us_per_step_best"]
    products = found["matrix products, float32"]["us_per_step_best"]
    ratios = {
        name: row["us_per_step_best"] / best
        for name, row in sorted(found.items(), key=lambda item: item[1]["us_per_step_best"])
        if "ours" not in name and "products" not in name
    }

    def named(chosen) -> str:
        return ", ".join(f"{name} ({ratios[name]:.2f} times as long)" for name in chosen) or "none"

    return (
        f"A training step of ours takes **{best:.0f} µs** in float32, {best / products:.2f} times as "
        "long as its five matrix products alone. Slower on this computer: "
        f"{named([name for name in ratios if ratios[name] > 1])}. Faster: "
        f"{named([name for name in ratios if ratios[name] <= 1])}. 97 % of the test images are read "
        f"right after {show(ours['seconds_to_97_percent'])} s of training, 98 % after "
        f"{show(ours['seconds_to_98_percent'])} s."
    )


def report(results: dict) -> str:
    """Put the results into words and tables, in Markdown."""
    machine, settings, found = results["machine"], results["settings"], results["contenders"]
    steps, runs = [], []
    for name, row in found.items():
        best = row["us_per_step_best"]
        precision = "float64" if "float64" in name else "float32"
        products = found[f"matrix products, {precision}"]["us_per_step_best"]
        steps.append(
            [
                name,
                f"{best:.0f}",
                f"{row['us_per_step_median']:.0f}",
                f"{best / found['ours, float32']['us_per_step_best']:.2f}",
                f"{best / products:.2f}",
            ]
        )
        if "products" in name:
            continue
        runs.append(
            [
                name,
                f"{100 * row['accuracy_after_short_run']:.2f}",
                show(row["seconds_to_97_percent"]),
                show(row["seconds_to_98_percent"]),
                row["runs_at_98_percent"],
                show(row["peak_megabytes"], "{:.0f}"),
                f"{row['warm_up_seconds']:.1f}",
            ]
        )
    sizes = [["hidden units"] + [str(cell["hidden"]) for cell in results["growth"]]]
    for name in found:
        sizes.append([name] + [f"{c['us_per_step_best'][name]:.0f}" for c in results["growth"]])
    names = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    parts = [
        opening(results),
        "![Two charts. Above, a bar for each contender, as long as its step takes. Below, the time "
        "of a step against the number of hidden units, a line for each contender.](training_step.png)",
        table(["one step, batch of 128", "µs, best", "median", "/ ours", "/ products"], steps),
        f"Microseconds: best and median of {settings['rounds'] * settings['epochs']} epochs. The "
        "ratios are of the best figures, to ours in float32 and to the products of the contender's "
        "own precision.",
        table(
            [
                "whole runs",
                f"test % after {settings['epochs']} epochs",
                "s to 97 %",
                "s to 98 %",
                "got there",
                "peak MB",
                "first epoch, s",
            ],
            runs,
        ),
        f"Seconds to 97 % and 98 %: training alone, median of {settings['rounds']} runs planned "
        f"for {settings['epochs']} epochs and {settings['long_runs']} runs planned for "
        f"{settings['long_epochs']}, up to the end of the first epoch at the goal; – where half "
        "the runs or more did not get there. First epoch: with all compiling and warming up, which "
        "no other column counts.",
        f"How a step's cost grows, best of {settings['repeats']} runs of {GRID_STEPS} steps, in µs:",
        table(["batch size"] + [str(cell["batch_size"]) for cell in results["growth"]], sizes),
        f"Measured on {machine['cpu']} ({machine['cores']} cores), {machine['system']}, "
        f"Python {machine['python']}, {settings['threads']} threads for everybody; {names}. "
        f"NumPy's matrix products: {results['kernel']}. "
        f"{machine['disturbed_turns']} of {machine['turns']} turns began while other programs ran.",
        *(f"Left out: {name} ({reason})." for name, reason in results["missing"].items()),
    ]
    return "\n\n".join(parts)


def write_section(text: str, name: str) -> None:
    """Put text between the two markers of that name in README.md."""
    readme = HERE / "README.md"
    begin, end = f"<!-- {name}: written by {name}.py -->\n", f"<!-- end of {name} -->"
    before, rest = readme.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    readme.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")


def draw(results: dict) -> None:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    found = results["contenders"]
    figure, (bars, lines) = plt.subplots(2, 1, figsize=(7, 8), layout="constrained")
    names = [name for name in found if "products" not in name]
    names.sort(key=lambda name: -found[name]["us_per_step_best"])
    colours = ["C0" if "ours" in name else "C7" for name in names]
    best = [found[name]["us_per_step_best"] for name in names]
    drawn = bars.barh(names, best, color=colours)
    bars.bar_label(drawn, [f"{b:.0f}" for b in best], label_type="center", color="white")
    bars.plot(
        [found[name]["us_per_step_median"] for name in names], names, "k|", ms=12, label="median"
    )
    for precision, style in (("float32", "--"), ("float64", ":")):
        products = found[f"matrix products, {precision}"]["us_per_step_best"]
        bars.axvline(products, color="C1", ls=style, label=f"matrix products, {precision}")
    bars.set(xlabel="microseconds a step, best", title="784-128-10, batch 128: shorter is faster")
    bars.legend(loc="upper right", fontsize=8)
    cells = [cell for cell in results["growth"] if cell["batch_size"] == BATCH]
    for i, name in enumerate(reversed(names)):
        lines.loglog(
            [cell["hidden"] for cell in cells],
            [cell["us_per_step_best"][name] for cell in cells],
            marker="osD^vPX"[i % 7],
            lw=2.5 if "ours" in name else 1.2,
            label=name,
        )
    ticks = [cell["hidden"] for cell in cells]
    lines.set_xticks(ticks, map(str, ticks))
    lines.set_yticks([100, 200, 500, 1000, 2000], ["100", "200", "500", "1000", "2000"])
    lines.minorticks_off()
    lines.set(xlabel="hidden units", ylabel="microseconds a step", title="As the network grows")
    lines.legend(fontsize=8)
    figure.savefig(HERE / "training_step.png", dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--quick", action="store_true", help="a short trial; writes nothing")
    choice.add_argument("--report", action="store_true", help="measure nothing; use results.json")
    arguments = parser.parse_args()
    target = HERE / "results.json"
    if arguments.report:
        results = json.loads(target.read_text(encoding="utf-8"))
    else:
        # Two cores and as many threads for everybody, and the kernel that this processor gets by
        # itself. The contenders' processes inherit all of it.
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            os.environ.pop(name, None)
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = str(THREADS)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
        results = measure(QUICK if arguments.quick else FULL)
    print(report(results))
    if arguments.quick:
        return
    target.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_section(report(results), "training_step")
    draw(results)


if __name__ == "__main__":
    main()
