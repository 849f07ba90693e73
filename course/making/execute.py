"""Execute lessons from top to bottom and store their outputs.

Run this after each edit of a lesson's ``.py`` file::

    python -m course execute            # every lesson
    python -m course execute 02 03      # these only
    python -m course execute --again    # also where no code cell was changed

A lesson ``NN_topic.py`` is what people write; this command makes ``NN_topic.ipynb``, the same cells
with their outputs, and with the processor seconds and the memory that they took. Where no code cell
was changed, the stored outputs are kept and nothing is run, so that a new sentence changes no figure
by what is different on your computer: whether the code beneath still gives these outputs,
``pytest notebooks/02*.ipynb`` says.
"""

import argparse
import ast
import base64
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course import files
from course.lessons import (
    FOLDED_IN_JUPYTER,
    KEPT_METADATA,
    KERNEL,
    NOTEBOOKS,
    ROOT,
    SURROUNDINGS,
    Lesson,
    chosen,
    pngs,
)
from course.lessons.pair import edits_to_lose, key_of

#: The figure tagged ``readme``, which the README shows.
PICTURE = ROOT / "website" / "pages" / "company.png"

#: A cell that takes longer hangs.
CELL_SECONDS = 600

#: What the kernel is asked at the end: its processor seconds (on a busy computer the clock would
#: count what others do), and its peak memory in bytes: on Linux from /proc, since the resource module
#: would count what the parent held as well; unknown on Windows.
USAGE = """import pathlib, re, sys, time
peak = None
if sys.platform == "linux":
    status = pathlib.Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) * 2**10
elif sys.platform == "darwin":
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
time.process_time(), peak
"""

#: A picture that one can touch is stored as its still picture and its words. The living view has
#: another random name each time, and means nothing without a kernel.
WIDGET = "application/vnd.jupyter.widget-view+json"


def source_notebook(lesson: Lesson) -> NotebookNode:
    """Return a lesson's source as a notebook with settled metadata and cell ids."""
    notebook = nbformat.from_dict(lesson.source)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    seen = {}
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in KEPT_METADATA}
        )
        tags = cell.metadata.get("tags", [])
        if hidden := {FOLDED_IN_JUPYTER[tag]: True for tag in tags if tag in FOLDED_IN_JUPYTER}:
            cell.metadata["jupyter"] = hidden  # JupyterLab folds by this alone
        # An id made from the cell's content stays the same when cells are added above it.
        key = key_of(cell)
        seen[key] = seen.get(key, 0) + 1
        cell.id = key if seen[key] == 1 else f"{key}-{seen[key]}"
    return notebook


def execute(notebook: NotebookNode, folder: Path = NOTEBOOKS) -> dict[str, float | None]:
    """Execute `notebook` in place, in a fresh kernel in `folder`.

    Returns what it took: processor ``seconds``, and ``megabytes``, None where they are unknown.
    """
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},  # where Jupyter would run it
        timeout=CELL_SECONDS,
        record_timing=False,
        coalesce_streams=True,  # how a stream is cut into messages is chance
        extra_arguments=["--log-level=ERROR"],
    )
    probe = nbformat.v4.new_code_cell(USAGE)
    with client.setup_kernel(env=os.environ | SURROUNDINGS):
        # Jupyter notes the kernel's language in a notebook that does not tell it, and then marks the
        # notebook as changed when it has only been opened.
        info = client.wait_for_reply(client.kc.kernel_info())
        notebook.metadata["language_info"] = info["content"]["language_info"]
        count = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                count += 1
                client.execute_cell(cell, index, execution_count=count)
                for output in cell.outputs:
                    output.get("data", {}).pop(WIDGET, None)
        notebook.cells.append(probe)
        client.execute_cell(probe, len(notebook.cells) - 1)
        notebook.cells.pop()
    seconds, peak = ast.literal_eval(probe.outputs[0].data["text/plain"])
    return {"seconds": round(seconds, 1), "megabytes": round(peak / 1e6) if peak else None}


def code(notebook: NotebookNode) -> list[str]:
    """Return the code of a notebook's cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def only_prose_changed(lesson: Lesson, notebook: NotebookNode) -> bool:
    """Tell whether the stored outputs are complete, those of this code, and stored by this command.

    The age of files would tell nothing: in a fresh clone all are new.
    """
    if not lesson.path.exists() or code(lesson.notebook) != code(notebook):
        return False
    if not {"measured", "language_info"} <= set(lesson.notebook.metadata):
        return False
    cells = [cell for _, cell in lesson.cells("code") if cell.source.strip()]
    counts = [cell.execution_count for cell in cells]
    is_complete = counts == list(range(1, len(counts) + 1))
    return is_complete and not any(
        came_in_jupyter(output) for cell in cells for output in cell.outputs
    )


def came_in_jupyter(output: NotebookNode) -> bool:
    """Tell whether Jupyter stored an output: a living view, or what was meant for the screen."""
    return WIDGET in output.get("data", {}) or output.get("name") == "stderr"


def keep_outputs(lesson: Lesson, notebook: NotebookNode) -> None:
    """Give `notebook` the outputs that are stored, and what was noted of them."""
    for name in ("language_info", "measured"):
        notebook.metadata[name] = lesson.notebook.metadata[name]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, (_, stored) in zip(cells, lesson.cells("code"), strict=True):
        cell.outputs = stored.outputs
        cell.execution_count = stored.execution_count


def make_notebook(lesson: Lesson, again: bool = False) -> dict | None:
    """Make a lesson's notebook from its source.

    Returns what executing it took; None where it was not run, since its code had not changed.
    """
    if words := edits_to_lose(lesson):
        sys.exit(words)
    notebook = source_notebook(lesson)
    measured = None
    if not again and only_prose_changed(lesson, notebook):
        keep_outputs(lesson, notebook)
    else:
        measured = execute(notebook, lesson.folder)
        notebook.metadata["measured"] = nbformat.from_dict(measured)
    # As Jupyter would write it; a broken run never leaves half a file.
    files.replace(lesson.path, nbformat.writes(notebook) + "\n")
    for cell in notebook.cells:
        if "readme" in cell.metadata.get("tags", []):
            PICTURE.write_bytes(base64.b64decode(pngs(cell.outputs)[0]))
    return measured


def main() -> None:
    """Execute the lessons named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description="Execute lessons and store their outputs.")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="a lesson's number, as in 02")
    parser.add_argument("--again", action="store_true", help="also where no code was changed")
    options = parser.parse_args()
    try:
        lessons = chosen(options.lessons)
    except ValueError as error:
        parser.error(str(error))
    for lesson in lessons:
        try:
            measured = make_notebook(lesson, options.again)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            sys.exit(f"{lesson.name} was not stored:\n\n{error}")
        if measured is None:
            kept = "its code is as it was, so its outputs are kept (--again runs it)"
            print(f"{lesson.name}: {kept}", flush=True)
            continue
        took = f"{measured['seconds']} s"
        if measured["megabytes"]:  # Windows does not tell
            took += f", {measured['megabytes']} MB"
        print(f"{lesson.name}: {took}", flush=True)
