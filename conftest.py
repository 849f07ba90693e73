"""How pytest runs everything here: side by side where there are cores."""

import os
from pathlib import Path

pytest_plugins = ["course.making.nbval_figures"]

#: The most there may be, since each may hold a lesson's kernel of several hundred megabytes.
WORKERS = 4


def pytest_addoption(parser):
    """Let a test store what it compares with: the replies, or the verdicts of the net."""
    parser.addoption("--store", action="store_true", help="store replies and verdicts again")


def pytest_configure(config):
    """Give the linear algebra of workers and of their kernels one thread, unless told otherwise.

    Side by side with a thread for every core, they would only get into each other's way.
    """
    told = any(name.endswith("_NUM_THREADS") for name in os.environ)
    if config.getoption("numprocesses") and not told:
        os.environ["OPENBLAS_NUM_THREADS"] = os.environ["VECLIB_MAXIMUM_THREADS"] = "1"


def pytest_xdist_auto_num_workers(config):
    """Return how many workers `-n auto` starts: none for a single file."""
    if told := os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return int(told)
    paths = [Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.args]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    most = WORKERS if any(path.is_dir() for path in paths) else len(set(paths))
    workers = min(cores or 1, most, WORKERS)
    return workers if workers > 1 else 0
