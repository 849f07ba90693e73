"""Studies: questions that need many runs, asked once, whose stored results the lessons read.

A study is a module ``studies/NAME.py`` with

- ``ROWS``, a list of settings, each a dictionary of plain values;
- ``run(**settings)``, which returns a dictionary of plain numbers, lists and strings;
- ``QUICK``, the index of a row that takes seconds, not minutes: a lesson and a test run it live.

``python studies/NAME.py`` runs by :func:`main` the rows that are new and writes ``NAME.json`` beside it,
which is committed. A lesson reads it (:func:`read`, :func:`results`) and runs the quick row again
(:func:`again`). With ``--scheduler ADDRESS`` the rows run on a Dask cluster, whose computers have
installed the clone.
"""

import argparse
import importlib.util
import json
import math
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

from course import files

FOLDER = files.ROOT / "studies"


def read(name: str) -> dict:
    """Return a study's results, as ``python studies/NAME.py`` stored them.

    Args:
        name: the study's name, that of its file without the ending.

    Returns:
        A dictionary: ``rows``, a list of settings and results; ``quick``, the index of the row that a
        lesson runs again before the reader's eyes; ``made_from``, revision and releases. A row that
        others made has a ``made_from`` of its own.

    Raises:
        FileNotFoundError: no such study was stored; the message names those that were.
    """
    return json.loads(_file(name, ".json").read_text(encoding="utf-8"))


def results(name: str, **settings) -> list[dict]:
    """Return the results of those rows of a study that have these settings, in the order of the rows.

    Raises:
        ValueError: no row has them; a misspelt setting would otherwise look like an empty study.
    """
    rows = read(name)["rows"]
    found = [row["results"] for row in rows if row["settings"] | settings == row["settings"]]
    if not found:
        raise ValueError(
            f"the study {name!r} was run beforehand, and no row has {settings}; "
            f"studies/{name}.py lists its rows"
        )
    return found


def by_rate(rows: list[dict], result: str, **settings) -> dict[float, list]:
    """Return one result of those rows that have it and these settings: for each rate a list, a run each.

    ``rows`` are a study's, whose order is kept.
    """
    found: dict[float, list] = {}
    for row in rows:
        if settings.items() <= row["settings"].items() and result in row["results"]:
            found.setdefault(row["settings"]["rate"], []).append(row["results"][result])
    return found


def module(name: str) -> ModuleType:
    """Return the code of a study, with its ``ROWS`` and its ``run``."""
    spec = importlib.util.spec_from_file_location(f"study_{name}", _file(name, ".py"))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def again(name: str) -> tuple[dict, dict, dict]:
    """Run the quick row of a study once more, and say so if it comes out otherwise than stored.

    Args:
        name: the study's name.

    Returns:
        The row's settings, its stored results, and its results here and now.

    Raises:
        FileNotFoundError: no such study was stored, or its code is not there.
    """
    study = read(name)
    row = study["rows"][study["quick"]]
    settings, stored = row["settings"], row["results"]
    here = module(name).run(**settings)
    if not close(json.loads(json.dumps(here)), stored):
        print(f"not as stored in studies/{name}.json:", settings)
    return settings, stored, here


def close(here, stored) -> bool:
    """Compare results: numbers to rounding, everything else exactly."""
    if isinstance(stored, dict):
        return here.keys() == stored.keys() and all(close(here[key], stored[key]) for key in stored)
    if isinstance(stored, list):
        return len(here) == len(stored) and all(map(close, here, stored))
    if isinstance(stored, float):
        return math.isclose(here, stored, rel_tol=1e-6, abs_tol=1e-9)
    return here == stored


def _file(name: str, ending: str) -> Path:
    """Return a file of a study; a name that is not in the folder, such as a path, is refused."""
    present = {file.stem: file for file in FOLDER.glob(f"*{ending}")}
    if name not in present:
        raise FileNotFoundError(
            f"no study {name!r} is stored as NAME{ending} in {FOLDER} ({', '.join(sorted(present))}); "
            "python studies/NAME.py makes NAME.json, from a clone of the course"
        )
    return present[name]


# --- Running a study


def git(*arguments: str) -> str:
    """Return what git says about the clone, whose revision made a study's results."""
    command = ["git", "-C", str(FOLDER), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def changed(name: str) -> str:
    """Return the files behind a study that differ from the last commit, a line each."""
    behind = (":/mnistlib", ":/course", ":/data")
    return git("status", "--porcelain", "--", *behind, f":/studies/{name}.py")


def made_from(name: str) -> dict:
    """Return the revision of the code, whether it was changed since, and NumPy's release."""
    return {
        "revision": git("rev-parse", "HEAD"),
        "changed since": changed(name) != "",
        "python": ".".join(map(str, sys.version_info[:2])),
        "numpy": metadata.version("numpy"),
    }


def stored_rows(path: Path) -> dict[str, dict]:
    """Return by their settings the rows that a study has stored, each with what made it.

    Rows of a draft, whose code was never committed, are left out.
    """
    if not path.exists():
        return {}
    study = json.loads(path.read_text(encoding="utf-8"))
    rows = [row | {"made_from": row.get("made_from", study["made_from"])} for row in study["rows"]]
    return {_key(row["settings"]): row for row in rows if not row["made_from"]["changed since"]}


def _key(settings: dict) -> str:
    return json.dumps(settings, sort_keys=True)


def main() -> None:
    """Run the rows of the started study that are not stored yet, and write its JSON.

    As many run at a time as there are cores. What is stored stays, and a row that another revision made
    than the first one says so.
    """
    # A third of a second, for which no lesson that reads a study has to wait.
    from joblib import Parallel, delayed, parallel_config
    from tqdm import tqdm

    study = sys.modules["__main__"]
    parser = argparse.ArgumentParser(description=study.__doc__)
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="run the rows on this Dask cluster: tcp://HOST:PORT"
    )
    parser.add_argument("--draft", action="store_true", help="run code that is not committed yet")
    options = parser.parse_args()
    scheduler = options.scheduler
    cluster = {"backend": "dask", "scheduler_host": scheduler} if scheduler else {}

    path = Path(study.__file__).resolve()
    if path.parent == FOLDER and not options.draft and (modified := changed(path.stem)):
        sys.exit(
            f"these files differ from the last commit:\n{modified}\nCommit them first, so that the "
            "results can name the revision that made them. --draft runs all the same; a test then "
            "asks for a run of committed code."
        )
    origin = made_from(path.stem)
    stored = stored_rows(path.with_suffix(".json"))
    new = [settings for settings in study.ROWS if _key(settings) not in stored]
    print(
        f"{len(study.ROWS) - len(new)} rows are stored already; delete {path.stem}.json to run all"
    )
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for the processes that run rows side by side
    jobs = (delayed(study.run)(**settings) for settings in new)
    with parallel_config(**cluster):
        runs = Parallel(n_jobs=os.cpu_count(), return_as="generator")(jobs)
        outcomes = list(tqdm(runs, total=len(new), unit="row", desc=path.stem))
    for settings, outcome in zip(new, outcomes, strict=True):
        row = {"settings": settings, "results": outcome, "made_from": origin}
        stored[_key(settings)] = row
    rows = [stored[_key(settings)] for settings in study.ROWS]
    first = rows[0]["made_from"]
    for row in rows:
        if row["made_from"] == first:
            del row["made_from"]
    written = {"made_from": first, "quick": study.QUICK, "rows": rows}
    files.replace(path.with_suffix(".json"), json.dumps(written, indent=1) + "\n")
