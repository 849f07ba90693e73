"""What every study shares: run its rows side by side, and write them with what made them.

A study answers a question that needs many runs. It is a module beside this one, with

- ``ROWS``, a list of settings, each a dictionary of plain values;
- ``run(**settings)``, which returns a dictionary of plain numbers, lists and strings;
- ``QUICK``, the index of a row that takes a few seconds: the lesson and a test run it live.

``python tools/studies/NAME.py`` runs every row and writes ``NAME.json`` beside the module, which is
committed and which ``mnistlib.studies.read("NAME")`` reads. A test runs the quick row again and
compares. With ``--scheduler ADDRESS`` the rows run on a Dask cluster, whose computers see the clone
and have installed it.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded: the rows run side by side

import argparse
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGES = ("numpy",)


def made_from() -> dict:
    """Return the revision of the code, whether it was changed since, and the packages' releases."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(FOLDER), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    return {
        "revision": git("rev-parse", "HEAD"),
        "changed since": git("status", "--porcelain", "--", ":/mnistlib", ":/data") != "",
        "python": ".".join(map(str, sys.version_info[:2])),
        **{name: metadata.version(name) for name in PACKAGES},
    }


def main(module) -> None:
    """Run every row of a study, two at a time or as many as there are cores, and write its JSON."""
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=module.__doc__)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run the rows on this Dask cluster")
    address = parser.parse_args().scheduler
    cluster = {"backend": "dask", "scheduler_host": address} if address else {}

    path, jobs = Path(module.__file__), (delayed(module.run)(**row) for row in module.ROWS)
    with parallel_config(**cluster):
        runs = Parallel(n_jobs=os.cpu_count(), return_as="generator")(jobs)
        results = list(tqdm(runs, total=len(module.ROWS), unit="row", desc=path.stem))
    rows = [
        {"settings": settings, "results": result}
        for settings, result in zip(module.ROWS, results, strict=True)
    ]
    written = {"made_from": made_from(), "quick": module.QUICK, "rows": rows}
    path.with_suffix(".json").write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
