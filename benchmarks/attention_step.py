"""One step of lesson 12's network beside PyTorch and JAX: the same gradients, and what they cost.

    python benchmarks/attention_step.py           measure, print, and write .json and README.md
    python benchmarks/attention_step.py --quick   see that it runs; writes nothing
    python benchmarks/attention_step.py --report  rewrite README.md from attention_step.json

All have the same weights and the same 64 cards, in float64 and one thread. PyTorch looks by its own
``scaled_dot_product_attention``; neither framework is told how to go back. Times are the processor's.
"""

import os

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import importlib.util
import statistics
import time
from collections.abc import Callable

import numpy as np
from page import circumstances, footer, main, quiet, table

from mnistlib import data
from mnistlib.attention import Attention, deal_cards, initialise

FULL = dict(cards=64, pairs=4, rounds=15, steps=60)
QUICK = FULL | dict(rounds=2, steps=5)
PACKAGES = {"PyTorch": "torch", "JAX jit": "jax"}


def ours(parameters, x, y) -> Callable:
    """Return a step of the library, a function of nothing that gives the loss and its gradients."""
    model = Attention()
    return lambda: model.gradients(parameters, x, y)


def pytorch(parameters, x, y) -> Callable:
    """Return the same step in PyTorch, whose own function looks."""
    import torch
    from torch.nn.functional import cross_entropy, relu, scaled_dot_product_attention

    torch.set_num_threads(1)
    values = [torch.tensor(value, requires_grad=True) for value in parameters]
    W1, b1, Wq, Wk, Wv, b2 = values
    x, y = torch.tensor(x), torch.tensor(y)

    def step():
        a = relu(x @ W1 + b1)
        q = (a[:, 0] @ Wq)[:, None]  # one query for each card
        k = a[:, 1::2] @ Wk
        v = a[:, 2::2] @ Wv
        z = scaled_dot_product_attention(q, k, v)[:, 0] + b2
        loss = cross_entropy(z, y)
        grads = torch.autograd.grad(loss, values)
        return loss.item(), [grad.numpy() for grad in grads]

    return step


def jax_jit(parameters, x, y) -> Callable:
    """Return the same step in JAX, compiled."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(values):
        W1, b1, Wq, Wk, Wv, b2 = values
        a = jax.nn.relu(x @ W1 + b1)
        q = a[:, 0] @ Wq
        k = a[:, 1::2] @ Wk
        v = a[:, 2::2] @ Wv
        w = jax.nn.softmax(jnp.einsum("nd,npd->np", q, k) / jnp.sqrt(q.shape[1]))
        z = jnp.einsum("np,npc->nc", w, v) + b2
        return -(y * jax.nn.log_softmax(z)).sum(axis=1).mean()

    compiled = jax.jit(jax.value_and_grad(loss))
    values = [jnp.array(value) for value in parameters]
    x, y = jnp.array(x), jnp.array(y)

    def step():
        value, grads = compiled(values)
        return float(value), [np.asarray(grad) for grad in grads]

    return step


CONTENDERS = {"ours": ours, "PyTorch": pytorch, "JAX jit": jax_jit}


def problem(plan: dict) -> tuple:
    """Return weights that all begin with, and a batch of cards."""
    mnist = data.load()
    rng = np.random.default_rng(0)
    cards = deal_cards(*mnist[:2], plan["cards"], pairs=plan["pairs"], rng=rng)
    return initialise(rng), Attention().prepare(cards.images), data.one_hot(cards.labels)


def difference(one: tuple, other: tuple) -> float:
    """Return how far two steps' gradients lie apart, as a part of the largest of each array."""
    pairs = zip([one[0], *one[1]], [other[0], *other[1]], strict=True)
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs)


def measure(plan: dict) -> dict:
    """Compare, and let all take turns."""
    present = {
        name: package for name, package in PACKAGES.items() if importlib.util.find_spec(package)
    }
    steps = {name: CONTENDERS[name](*problem(plan)) for name in ("ours", *present)}
    expected = steps["ours"]()
    apart = {name: difference(step(), expected) for name, step in steps.items()}
    times = {name: [] for name in steps}
    turns = []
    for _ in range(plan["rounds"]):
        for name, step in steps.items():
            turns.append(quiet())
            began = time.process_time()
            for _ in range(plan["steps"]):
                step()
            us = 1e6 * (time.process_time() - began) / plan["steps"]
            times[name].append(round(us, 1))
    found = circumstances(plan, ["numpy", *present.values()], turns)
    return found | {"difference": apart, "us_per_step": times}


def report(results: dict) -> str:
    """Put the results into a table, in Markdown."""
    rows = []
    for name, times in results["us_per_step"].items():
        apart = results["difference"][name]
        same = "" if name == "ours" else f"{apart:.0e}"
        rows.append([name, same, f"{min(times):.0f} ({statistics.median(times):.0f})"])
    head = ["a step of lesson 12", "gradients' difference from ours", "µs: best (median)"]
    words = (
        f"{results['settings']['cards']} cards in float64, one thread; the processor's time. The "
        "difference is the largest, as a part of the largest entry of its array."
    )
    return "\n\n".join([table(head, rows), words, footer(results)])


if __name__ == "__main__":
    main("attention_step", measure, report, FULL, QUICK)
