"""The stored results of studies: questions that need many runs, asked once, by ``studies``."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parents[1] / "studies"


def read(name: str) -> dict:
    """Return a study's results, as ``python studies/NAME.py`` stored them.

    Args:
        name: the study's name, that of its file without the ending.

    Returns:
        A dictionary: ``rows``, a list of settings and results; ``quick``, the index of the row that a
        lesson runs again before the reader's eyes; ``made_from``, revision and releases.

    Raises:
        FileNotFoundError: no such study was stored; the message names those that were.
        ValueError: what was stored is damaged.
    """
    path = _file(name, ".json")
    try:
        study = json.loads(path.read_text(encoding="utf-8"))
        study["rows"][study["quick"]]["results"]  # what every reader asks for
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(
            f"{path} is damaged ({type(error).__name__}: {error}); "
            "`git checkout -- studies` in the clone brings it back"
        ) from error
    return study


def module(name: str) -> ModuleType:
    """Return the code of a study, with its ``ROWS`` and its ``run``."""
    spec = importlib.util.spec_from_file_location(f"study_{name}", _file(name, ".py"))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def again(name: str) -> tuple[dict, dict, dict]:
    """Run the quick row of a study once more, by the code that made it.

    Args:
        name: the study's name.

    Returns:
        The row's settings, its stored results, and its results here and now.

    Raises:
        FileNotFoundError: no such study was stored, or its code is not there.
        ValueError: what was stored is damaged.
    """
    study = read(name)
    row = study["rows"][study["quick"]]
    return row["settings"], row["results"], module(name).run(**row["settings"])


def _file(name: str, ending: str) -> Path:
    """Return a file of a study. Only names that stand in the folder are taken, and no paths."""
    files = {file.stem: file for file in FOLDER.glob(f"*{ending}")}
    if name not in files:
        raise FileNotFoundError(
            f"no study {name!r} is stored as NAME{ending} in {FOLDER} ({', '.join(sorted(files))}); "
            "python studies/NAME.py makes NAME.json, from a clone of the course"
        )
    return files[name]
