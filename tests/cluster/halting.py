"""A study for the test beside it: its later rows halt until they are told to go on."""

import os
import sys
import time
from pathlib import Path

import numpy as np

from course import studies
from mnistlib import data, network
from mnistlib.training import minibatches, train

ROWS = [{"seed": seed, "halts": seed >= 2} for seed in range(6)]
QUICK = 0
HERE = Path(__file__).resolve().parent


def run(seed, halts):
    """Train for some steps, once a file says so that may be there from the beginning."""
    if halts:
        (HERE / f"{seed}.{os.getpid()}").touch()
        while not (HERE / "go").exists():
            time.sleep(0.01)
    mnist, rng = data.load(), np.random.default_rng(seed)
    _, history = train(
        network,
        network.initialise(rng),
        (mnist.train_images[:1000], mnist.train_labels[:1000]),
        minibatches(1000, 100, rng=rng, epochs=2),
        learning_rate=0.5,
    )
    return {"losses": history.batch_loss}


if __name__ == "__main__":
    studies.main(sys.modules[__name__])
