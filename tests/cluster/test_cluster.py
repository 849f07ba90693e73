"""A study's rows come back in order from a cluster: Dask's own, of two processes on this computer."""

import json
import os
import subprocess
import sys
from pathlib import Path

from distributed import LocalCluster

STUDY = """
from distributed import get_worker

from course import studies

ROWS = [{"seed": seed} for seed in range(6)]
QUICK = 0


def run(seed):
    get_worker()  # raises where there is none
    return {"square": seed**2}


if __name__ == "__main__":
    studies.main()
"""


def test_a_study_runs_on_a_cluster(tmp_path):
    study = tmp_path / "study.py"
    study.write_text(STUDY)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        command = [sys.executable, study, "--scheduler", cluster.scheduler_address]
        root = str(Path(__file__).parents[2])
        subprocess.run(command, env=os.environ | {"PYTHONPATH": root}, check=True, timeout=200)
    rows = json.loads(study.with_suffix(".json").read_text("utf-8"))["rows"]
    assert rows == [{"settings": {"seed": n}, "results": {"square": n**2}} for n in range(6)]
