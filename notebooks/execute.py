"""Execute lessons from top to bottom and store their outputs.

Run this after each edit of a lesson's ``.py`` file::

    python notebooks/execute.py          # every lesson
    python notebooks/execute.py 02 03    # these only

A lesson ``NN_topic.py`` is what people write; this command makes ``NN_topic.ipynb``, the same cells
with their outputs. Executing an unchanged lesson again gives the same file, byte for byte.
"""

import argparse
import base64
import hashlib
import os
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

FOLDER = Path(__file__).resolve().parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT = ("mystnb", "tags")  # cell metadata that is stored: figures' alternative text, and tags

# The kernel tells its peak memory: Linux in kibibytes, macOS in bytes, Windows not at all.
PEAK = """import resource, sys
resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
"""


def read(source):
    """Read a lesson's ``.py`` file as a notebook with settled metadata and cell ids."""
    notebook = jupytext.read(source)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    seen = {}
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in KEPT})
        # An id made from the cell's content stays the same when cells are added above it.
        key = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[key] = seen.get(key, 0) + 1
        cell.id = key if seen[key] == 1 else f"{key}-{seen[key]}"
    return notebook


def execute(notebook):
    """Execute `notebook` in place, in a fresh kernel; tell the kernel's peak memory."""
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(FOLDER)}},  # where Jupyter would run it
        timeout=None,
        record_timing=False,
        coalesce_streams=True,  # how a stream is cut into messages is chance
        extra_arguments=["--log-level=ERROR"],
    )
    os.environ["TQDM_DISABLE"] = "1"  # a progress bar is for a reader who waits
    os.environ["MNISTLIB_MINE"] = os.devnull  # and the kept functions are a reader's own
    probe = nbformat.v4.new_code_cell(PEAK, metadata={"tags": ["raises-exception"]})
    with client.setup_kernel():
        count = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                count += 1
                client.execute_cell(cell, index, execution_count=count)
        notebook.cells.append(probe)
        client.execute_cell(probe, len(notebook.cells) - 1)
        notebook.cells.pop()
    peak = probe.outputs[0].get("data", {}).get("text/plain")
    return f"{float(peak):.0f} MiB" if peak else "peak memory unknown"


def refuse_to_lose_edits(source, notebook):
    """Stop if the ``.ipynb`` was edited after the ``.py``: its cells would be overwritten."""
    target = source.with_suffix(".ipynb")
    if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
        stored = nbformat.read(target, as_version=4).cells
        if [cell.source for cell in stored] != [cell.source for cell in notebook.cells]:
            sys.exit(
                f"{target.name} was edited after {source.name}, and executing would overwrite it.\n"
                f"To keep its cells:  jupytext --to py:percent notebooks/{target.name}\n"
                f"To drop them:       delete {target.name}\nThen run this again."
            )


def write(notebook, target):
    """Write `notebook` as Jupyter would; a broken run never leaves half a file."""
    part = target.with_name(target.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        nbformat.write(notebook, file)
    os.replace(part, target)


def write_picture(notebook):
    """Write the figure of the cell tagged ``readme`` for the README to show."""
    for cell in notebook.cells:
        if "readme" in cell.metadata.get("tags", []):
            picture = next(o.data["image/png"] for o in cell.outputs if "image/png" in o.data)
            (FOLDER / "network.png").write_bytes(base64.b64decode(picture))


def main():
    """Execute the lessons named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description="Execute lessons and store their outputs.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="a lesson's number, as in 02")
    for number in parser.parse_args().lessons or ["[0-9][0-9]"]:
        sources = sorted(FOLDER.glob(f"{number}_*.py"))
        if not sources:
            parser.error(f"no lesson {number}_*.py in {FOLDER}")
        for source in sources:
            start = time.perf_counter()
            notebook = read(source)
            refuse_to_lose_edits(source, notebook)
            try:
                peak = execute(notebook)
            except (CellExecutionError, DeadKernelError) as error:
                sys.exit(f"{source.name} was not stored:\n\n{error}")
            write(notebook, source.with_suffix(".ipynb"))
            write_picture(notebook)
            print(f"{source.stem}: {time.perf_counter() - start:.1f} s, {peak}")


if __name__ == "__main__":
    main()
