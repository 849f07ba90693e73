"""A race to 97 %: plain NumPy, NumPy tuned by hand, PyTorch, JAX and scikit-learn train one network.

    python studies/race/race.py             measure, and write race.json, race.png and race.md
    python studies/race/race.py --report    write race.png and race.md again from race.json

It needs an environment of its own (``requirements.txt``) and a quiet computer. Each run is a process of
its own, as for a user: it imports what it needs, loads the images, perhaps compiles, trains, and reads
the test images after each epoch. The parent's clock runs from starting that process until 97 % are
right; a step's time is the epoch's without the reading, over its steps. Ours has the one thread that
``train`` takes, each peer one and two: the better counts. All take turns, and in each round all have the
same weights to start from and the same batches. Round 0 only warms up the disk, and does not count.
"""

import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from mnistlib import data, network, training

HERE = Path(__file__).parent
RATE = 0.5
MOMENTUM = 0.9
GOAL = 0.97
SETTINGS = {"rounds": 5, "epochs": 3, "batch_size": 128, "hidden": 128}
PACKAGES = ("numpy", "torch", "jax", "jaxlib", "scikit-learn")


# --- Who takes part: each trains, and calls ``after_epoch`` with what returns the weights. It is given
# --- ``epochs``, pairs of batches and their rates, and calls once before the first of them, too.


def ours(mnist, start, epochs, after_epoch, dtype):
    """Train by ``training.train``, with all that it checks and records."""
    rates = [rate for _, rates in epochs for rate in rates]
    training.train(
        network,
        training.rebuild(start, [value.astype(dtype) for value in start]),
        (mnist.train_images, mnist.train_labels),
        [batch for batches, _ in epochs for batch in batches],
        learning_rate=lambda step: rates[step],
        momentum=MOMENTUM,
        every=len(epochs[0][0]),
        after_record=lambda step, parameters, history: after_epoch(lambda: parameters),
    )


def by_hand(mnist, start, epochs, after_epoch):
    """Train in NumPy tuned by hand: nothing is checked or recorded, and every array is used again."""
    size = SETTINGS["batch_size"]
    images = mnist.train_images.reshape(-1, data.PIXELS)
    W1, b1, W2, b2 = parameters = [value.copy() for value in start]
    gradients = [np.empty_like(value) for value in start]
    velocities = [np.zeros_like(value) for value in start]
    all_x = np.empty((size, data.PIXELS), np.float32)
    all_hidden, all_slopes, all_blame = (
        np.empty((size, W1.shape[1]), np.float32) for _ in range(3)
    )
    all_scores = np.empty((size, W2.shape[1]), np.float32)

    after_epoch(lambda: network.Parameters(*parameters))
    for batches, rates in epochs:
        for batch, rate in zip(batches, rates, strict=True):
            n = len(batch)
            x, hidden, slopes, blame = all_x[:n], all_hidden[:n], all_slopes[:n], all_blame[:n]
            scores = all_scores[:n]
            np.multiply(images[batch], np.float32(1 / 255), out=x)
            np.matmul(x, W1, out=hidden)
            hidden += b1
            np.negative(hidden, out=hidden)
            np.exp(hidden, out=hidden)
            hidden += 1
            np.reciprocal(hidden, out=hidden)
            np.matmul(hidden, W2, out=scores)
            scores += b2
            scores -= scores.max(axis=1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=1, keepdims=True)
            scores[np.arange(n), mnist.train_labels[batch]] -= 1
            scores /= n
            np.matmul(scores, W2.T, out=blame)
            blame *= hidden
            np.subtract(1, hidden, out=slopes)
            blame *= slopes
            np.matmul(x.T, blame, out=gradients[0])
            np.sum(blame, axis=0, out=gradients[1])
            np.matmul(hidden.T, scores, out=gradients[2])
            np.sum(scores, axis=0, out=gradients[3])
            for value, velocity, gradient in zip(parameters, velocities, gradients, strict=True):
                velocity *= np.float32(MOMENTUM)
                velocity += gradient
                np.multiply(velocity, np.float32(rate), out=gradient)
                value -= gradient
        after_epoch(lambda: network.Parameters(*parameters))


def pytorch(mnist, start, epochs, after_epoch):
    """Train a ``Sequential`` by ``SGD``."""
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    images = torch.from_numpy(mnist.train_images.reshape(-1, data.PIXELS))
    labels = torch.from_numpy(mnist.train_labels.astype(np.int64))
    first, last = (torch.nn.Linear(*W.shape) for W in start[::2])
    net = torch.nn.Sequential(first, torch.nn.Sigmoid(), last)
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), start, strict=True):
            parameter.copy_(torch.from_numpy(value.T))
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM, fused=True)

    def weights():
        W1, b1, W2, b2 = (parameter.detach().numpy() for parameter in net.parameters())
        return network.Parameters(W1.T, b1, W2.T, b2)

    after_epoch(weights)
    for batches, rates in epochs:
        for batch, rate in zip(batches, rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate
            chosen = torch.from_numpy(batch)
            x = images[chosen].to(torch.float32).div_(255)
            loss = torch.nn.functional.cross_entropy(net(x), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        after_epoch(weights)


def jax(mnist, start, epochs, after_epoch, scans):
    """Train by a compiled step; or, if it scans, by one compiled loop over an epoch's whole batches."""
    import jax
    import jax.numpy as jnp

    images = jnp.asarray(mnist.train_images.reshape(-1, data.PIXELS))
    labels = jnp.asarray(mnist.train_labels.astype(np.int32))

    def loss(parameters, x, y):
        W1, b1, W2, b2 = parameters
        z2 = jax.nn.sigmoid(x @ W1 + b1) @ W2 + b2
        return -jnp.take_along_axis(jax.nn.log_softmax(z2), y[:, None], axis=1).mean()

    def step(state, batch, rate, images, labels):
        parameters, velocity = state
        slopes = jax.grad(loss)(parameters, images[batch].astype("float32") / 255, labels[batch])
        velocity = jax.tree.map(lambda v, dW: MOMENTUM * v + dW, velocity, slopes)
        return jax.tree.map(lambda W, v: W - rate * v, parameters, velocity), velocity

    def scan(state, batches, rates, images, labels):
        def one(state, now):
            return step(state, *now, images, labels), None

        return jax.lax.scan(one, state, (batches, rates))[0]

    compiled_step = jax.jit(step, donate_argnums=0)
    compiled_scan = jax.jit(scan, donate_argnums=0)
    parameters = tuple(jnp.array(value) for value in start)
    state = jax.block_until_ready((parameters, tuple(jnp.zeros_like(W) for W in parameters)))

    def weights():
        return network.Parameters(*(np.asarray(value) for value in state[0]))

    after_epoch(weights)
    for batches, rates in epochs:
        whole = sum(len(batch) == len(batches[0]) for batch in batches) if scans else 0
        if whole:
            many = np.stack(batches[:whole]).astype(np.int32)
            state = compiled_scan(state, many, np.array(rates[:whole], np.float32), images, labels)
        for batch, rate in zip(batches[whole:], rates[whole:], strict=True):
            state = compiled_step(state, batch.astype(np.int32), np.float32(rate), images, labels)
        jax.block_until_ready(state)
        after_epoch(weights)


def scikit_learn(mnist, start, epochs, after_epoch):
    """Train an ``MLPClassifier``, which deals batches of its own, at each epoch's mean rate."""
    import sklearn.neural_network

    sklearn.set_config(assume_finite=True)
    x = data.scale(mnist.train_images, np.float32)
    y = mnist.train_labels
    model = sklearn.neural_network.MLPClassifier(
        [SETTINGS["hidden"]],
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=SETTINGS["batch_size"],
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        random_state=0,
    )
    # A first step makes its arrays, which then receive the same start as everybody's.
    model.partial_fit(x[:128], y[:128], classes=np.arange(10))
    values = (*start[::2], *start[1::2])
    for mine, value in zip(model.coefs_ + model.intercepts_, values, strict=True):
        mine[...] = value
    for velocity in model._optimizer.velocities:
        velocity[...] = 0

    def weights():
        (W1, W2), (b1, b2) = model.coefs_, model.intercepts_
        return network.Parameters(W1, b1, W2, b2)

    after_epoch(weights)
    for _, rates in epochs:
        model._optimizer.learning_rate = float(np.mean(rates))
        model.partial_fit(x, y)
        after_epoch(weights)


OURS = "ours, float32"
TUNED = "NumPy, tuned by hand"

#: Who takes part, and with how many threads.
CONTENDERS = {
    "ours, float32": (partial(ours, dtype="float32"), (1,)),
    "ours, float64": (partial(ours, dtype="float64"), (1,)),
    TUNED: (by_hand, (1,)),
    "PyTorch": (pytorch, (1, 2)),
    "JAX jit": (partial(jax, scans=False), (1, 2)),
    "JAX jit, scan": (partial(jax, scans=True), (1, 2)),
    "scikit-learn": (scikit_learn, (1, 2)),
}


# --- The race


def run_contender(name: str, seed: int) -> None:
    """Train, and print after each epoch the share of test images read correctly, and a step's time."""
    mnist = data.load()
    rng = np.random.default_rng(seed)
    start = network.initialise(rng, hidden=SETTINGS["hidden"], dtype=np.float32)
    count = SETTINGS["epochs"]
    batches = training.minibatches(60_000, SETTINGS["batch_size"], rng=rng, epochs=count)
    rates = list(map(training.linear_decay(RATE, len(batches)), range(len(batches))))
    steps = len(batches) // count
    began = None

    def after_epoch(weights) -> None:
        nonlocal began
        if began is not None:
            us_per_step = round(1e6 * (time.perf_counter() - began) / steps, 1)
            right = training.evaluate(network, weights(), mnist[2:]).accuracy
            print(json.dumps({"right": right, "us_per_step": us_per_step}), flush=True)
        began = time.perf_counter()

    firsts = range(0, len(batches), steps)
    epochs = [(batches[i : i + steps], rates[i : i + steps]) for i in firsts]
    CONTENDERS[name][0](mnist, start, epochs, after_epoch)


def timed(name: str, threads: int, seed: int) -> tuple[dict, list[float]]:
    """Run a contender in a process of its own; return how it came to 97 %, and its times of a step."""
    command = [sys.executable, __file__, "--contender", name, str(seed)]
    if sys.platform == "linux":  # JAX takes as many threads as it sees cores
        command = ["taskset", "--cpu-list", f"0-{threads - 1}", *command]
    variables = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | dict.fromkeys(variables, str(threads))
    began = time.perf_counter()
    epochs = []
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            epochs.append(json.loads(line) | {"seconds": round(time.perf_counter() - began, 3)})
    if process.returncode:
        sys.exit(f"{name} failed; see above")
    done = next((i for i, epoch in enumerate(epochs) if epoch["right"] >= GOAL), None)
    last = epochs[-1 if done is None else done]
    to_97 = {
        "seconds": None if done is None else last["seconds"],
        "epochs": len(epochs) if done is None else done + 1,
        "right": last["right"],
    }
    return to_97, [epoch["us_per_step"] for epoch in epochs]


def cpu_name() -> str:
    """Return the processor's name, as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def measure() -> dict:
    """Let all take turns."""
    runs = {
        name: {str(threads): {"to_97": [], "us_per_step": []} for threads in choices}
        for name, (_, choices) in CONTENDERS.items()
    }
    for count in range(SETTINGS["rounds"] + 1):
        for name, by_threads in runs.items():
            for threads, kept in by_threads.items():
                to_97, us_per_step = timed(name, int(threads), seed=max(count - 1, 0))
                if count:
                    kept["to_97"].append(to_97)
                    kept["us_per_step"] += us_per_step
                print(f"round {count}: {name}, {threads}", flush=True)
    machine = {
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"machine": machine, "versions": versions, "settings": SETTINGS, "runs": runs}


# --- What the page *Speed* shows


def median_wait(run: dict) -> float:
    """Return the median seconds to 97 %, infinite if half the runs or more never got there."""
    return statistics.median(one["seconds"] or float("inf") for one in run["to_97"])


def better(by_threads: dict[str, dict]) -> tuple[str, dict]:
    """Choose the number of threads with the shorter wait."""
    return min(by_threads.items(), key=lambda item: median_wait(item[1]))


def report(results: dict) -> str:
    """Put the results into words and a table, in Markdown."""
    chosen = {name: better(by_threads) for name, by_threads in results["runs"].items()}
    waits = {name: median_wait(run) for name, (_, run) in chosen.items()}
    steps = {name: min(run["us_per_step"]) for name, (_, run) in chosen.items()}
    head = ["", "threads", "a step, µs", "at best", "/ ours", "to 97 %, s", "got there"]
    rows = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name, (threads, run) in chosen.items():
        got = sum(one["seconds"] is not None for one in run["to_97"])
        row = [name, threads, f"{statistics.median(run['us_per_step']):.0f}", f"{steps[name]:.0f}"]
        row += [f"{steps[name] / steps[OURS]:.2f}", f"{waits[name]:.2f}"]
        rows.append([*row, f"{got} of {len(run['to_97'])}"])
    peers = [name for name in waits if "ours" not in name and name != TUNED]
    quickest = min(peers, key=waits.get)
    faster = [f"*{name}*" for name in peers if steps[name] < steps[OURS]]
    machine = results["machine"]
    versions = ", ".join(f"{name} {release}" for name, release in results["versions"].items())
    return f"""\
From starting Python to a network that reads 97 % of the test images correctly, plain NumPy takes \
**{waits[OURS]:.1f} s**; the quickest of the frameworks here, *{quickest}*, takes \
{waits[quickest]:.1f} s. Once it trains, plain NumPy needs {steps[OURS]:.0f} µs for a step at best; \
{" and ".join(faster) or "none of them"} {"need" if len(faster) > 1 else "needs"} less. The same \
formulas tuned by hand, with every array used again and nothing checked or recorded, need \
{steps[TUNED]:.0f} µs, so that being read costs {100 * (steps[OURS] / steps[TUNED] - 1):.0f} %.

![A bar for each contender: the seconds from starting Python to a network that reads 97 % of the test \
images correctly.](race.png)

{chr(10).join(f"| {' | '.join(row)} |" for row in rows)}

A step: median and best of all epochs, in batches of 128. To 97 %: median of \
{results["settings"]["rounds"]} runs, with starting Python and importing.

Measured on {machine["cpu"]} ({machine["cores"]} cores), {machine["system"]}, Python \
{machine["python"]}; {versions}.
"""


def draw(results: dict) -> None:
    """Draw a bar for each contender: the wait for 97 %."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    waits = {
        name: median_wait(better(by_threads)[1]) for name, by_threads in results["runs"].items()
    }
    names = sorted(waits, key=waits.get, reverse=True)
    figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
    colours = ["C0" if name == OURS else "C7" for name in names]
    bars = axis.barh(names, [waits[name] for name in names], color=colours)
    axis.bar_label(bars, [f"{waits[name]:.1f} s" for name in names], padding=3)
    axis.margins(x=0.12)
    axis.set(xlabel="seconds from starting Python to 97 % of the test images: shorter is faster")
    figure.savefig(HERE / "race.png", dpi=120, metadata={"Software": None})


def main(arguments: list[str]) -> None:
    """Measure, or take what is stored, and write what the page shows."""
    stored = HERE / "race.json"
    if not arguments:
        stored.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
    elif arguments != ["--report"]:
        sys.exit(__doc__)
    results = json.loads(stored.read_text(encoding="utf-8"))
    (HERE / "race.md").write_text(report(results), encoding="utf-8")
    draw(results)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contender"]:
        run_contender(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1:])
