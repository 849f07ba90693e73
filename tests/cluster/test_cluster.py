"""The same line on a cluster: a real one of Dask's, of two processes on this computer."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

ROOT = Path(__file__).resolve().parents[2]
STUDY = Path(__file__).with_name("halting.py")


@pytest.fixture
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster


@contextlib.contextmanager
def started(*command):
    """Start Python as one does in a terminal, and see that it ends well."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, *command], env=env)
    try:
        yield process
        assert process.wait(timeout=200) == 0  # joblib waits for ever for what Dask gives up
    finally:
        process.kill()
        process.wait()


def rows(study):
    """Return what a study has written."""
    return json.loads(study.with_suffix(".json").read_text("utf-8"))["rows"]


def halted(folder):
    """Return row and process of each run that has halted, whether it went on or not."""
    return {tuple(map(int, path.name.split("."))) for path in folder.glob("[0-9].*")}


@pytest.fixture
def here(tmp_path_factory):
    """Return what the study finds without a cluster."""
    study = Path(shutil.copy(STUDY, tmp_path_factory.mktemp("here")))
    (study.parent / "go").touch()
    with started(study):
        pass
    return rows(study)


def test_a_study_finds_the_same_on_a_cluster_though_a_worker_is_killed(here, cluster, tmp_path):
    study = Path(shutil.copy(STUDY, tmp_path))
    with started(study, "--scheduler", cluster.scheduler_address) as process:
        in_the_middle, workers = {}, {worker.pid for worker in cluster.workers.values()}
        while in_the_middle.keys() != workers:
            assert process.poll() is None
            time.sleep(0.01)
            in_the_middle = {worker: row for row, worker in halted(tmp_path)}
        killed = min(workers)
        os.kill(killed, signal.SIGKILL)
        (tmp_path / "go").touch()
    assert rows(study) == here
    by = {worker for row, worker in halted(tmp_path) if row == in_the_middle[killed]}
    assert by > {killed}  # the row was begun anew, elsewhere
