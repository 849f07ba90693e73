"""A study finds the same on a cluster as without: on Dask's own, of two processes on this computer."""

import json
import os
import subprocess
import sys
from pathlib import Path

from distributed import LocalCluster

ROOT = Path(__file__).resolve().parents[2]

STUDY = """
import numpy as np
from course import studies
from mnistlib import data, network
from mnistlib.training import minibatches, train

ROWS = [{"seed": seed} for seed in range(6)]
QUICK = 0


def run(seed):
    some, rng = [part[:1000] for part in data.load()[:2]], np.random.default_rng(seed)
    start, batches = network.initialise(rng), minibatches(1000, 100, rng=rng)
    _, history = train(network, start, some, batches, learning_rate=0.5)
    return {"losses": history.batch_loss}


if __name__ == "__main__":
    studies.main()
"""


def rows(folder, *options):
    """Return what the study writes when it is started as in a terminal."""
    folder.mkdir()
    (folder / "study.py").write_text(STUDY)
    command = [sys.executable, folder / "study.py", *options]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=200)
    return json.loads((folder / "study.json").read_text("utf-8"))["rows"]


def test_a_study_finds_the_same_on_a_cluster(tmp_path):
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        there = rows(tmp_path / "there", "--scheduler", cluster.scheduler_address)
    assert there == rows(tmp_path / "here")
