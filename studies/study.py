"""What every study shares: run its rows side by side, and write them with what made them.

A study answers a question that needs many runs. It is a module beside this one, with

- ``ROWS``, a list of settings, each a dictionary of plain values;
- ``run(**settings)``, which returns a dictionary of plain numbers, lists and strings;
- ``QUICK``, the index of a row that takes seconds, not minutes: a lesson and a test run it live.

``python studies/NAME.py`` runs every row and writes ``NAME.json`` beside the module, which is
committed and which ``course.studies.read("NAME")`` reads. A test runs the quick row again and
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
from types import ModuleType

from course import files

FOLDER = Path(__file__).resolve().parent
PACKAGES = ("numpy",)


def git(*arguments: str) -> str:
    """Return what git says of the clone."""
    command = ["git", "-C", str(FOLDER), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def changed(name: str) -> str:
    """Return the files behind a study that differ from the last commit, a line each."""
    behind = (":/mnistlib", ":/course", ":/data")
    return git("status", "--porcelain", "--", *behind, f":/studies/{name}.py")


def made_from(name: str) -> dict:
    """Return the revision of the code, whether it was changed since, and the packages' releases."""
    return {
        "revision": git("rev-parse", "HEAD"),
        "changed since": changed(name) != "",
        "python": ".".join(map(str, sys.version_info[:2])),
        **{name: metadata.version(name) for name in PACKAGES},
    }


def main(module: ModuleType) -> None:
    """Run every row of a study, two at a time or as many as there are cores, and write its JSON."""
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=module.__doc__)
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run the rows on this Dask cluster")
    parser.add_argument("--draft", action="store_true", help="run code that is not committed yet")
    options = parser.parse_args()
    address = options.scheduler
    cluster = {"backend": "dask", "scheduler_host": address} if address else {}

    path = Path(module.__file__)
    if path.parent == FOLDER and not options.draft and (modified := changed(path.stem)):
        sys.exit(
            f"these files differ from the last commit:\n{modified}\nCommit them first, so that the "
            "results can name the revision that made them. --draft runs all the same; a test then "
            "asks for a run of committed code."
        )
    jobs = (delayed(module.run)(**row) for row in module.ROWS)
    with parallel_config(**cluster):
        runs = Parallel(n_jobs=os.cpu_count(), return_as="generator")(jobs)
        results = list(tqdm(runs, total=len(module.ROWS), unit="row", desc=path.stem))
    rows = [
        {"settings": settings, "results": result}
        for settings, result in zip(module.ROWS, results, strict=True)
    ]
    written = {"made_from": made_from(path.stem), "quick": module.QUICK, "rows": rows}
    files.replace(path.with_suffix(".json"), json.dumps(written, indent=1) + "\n")
