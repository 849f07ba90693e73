"""Whether the two files of a lesson hold the same cells, and what would be lost."""

import hashlib
from itertools import zip_longest

from nbformat import NotebookNode

from course.lessons import KEPT_METADATA, Lesson


def key_of(cell: NotebookNode) -> str:
    """Return what is the same for cells of one kind and content."""
    return hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]


def edits_to_lose(lesson: Lesson) -> str:
    """Say which edits are in the ``.ipynb`` alone, because executing would overwrite them.

    A cell whose id is not made of its content was edited since this command wrote it. Where Jupyter
    pairs the two files it saves both and leaves its mark: a newer ``.py`` then holds every edit.
    """
    source, target = lesson.source_path, lesson.path
    if not target.exists():
        return ""
    is_older = target.stat().st_mtime <= source.stat().st_mtime
    if is_older and "jupytext" in lesson.notebook.metadata:
        return ""
    ours = {key_of(cell) for cell in lesson.source.cells}
    edited = [
        cell.source
        for cell in lesson.notebook.cells
        if key_of(cell) not in {cell.get("id", "").partition("-")[0], *ours}
    ]
    if not edited:
        return ""
    return "\n".join(
        [
            f"{target.name} was edited apart from {source.name}, and executing would overwrite it:",
            *(f"  {' '.join(text.split())[:70]}" for text in edited[:3]),
            f"To keep these cells, copy them into {source.name}; or, if it has not changed since, run:",
            f"  jupytext --to py:percent notebooks/{target.name}",
            f"To drop them, delete {target.name}. Then run this again.",
        ]
    )


def out_of_step(lesson: Lesson) -> list[str]:
    """Say where the two files of a lesson first differ, and what to do; nothing if they agree."""

    def described(cell: NotebookNode | None) -> tuple | None:
        if cell is None:
            return None
        kept = {key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata}
        return cell.cell_type, cell.source, kept

    pairs = zip_longest(lesson.source.cells, lesson.notebook.cells)
    return [
        f"{lesson.place(i)} is not what the .ipynb holds; "
        f"{edits_to_lose(lesson) or f'run: {lesson.command}'}"
        for i, (ours, stored) in enumerate(pairs)
        if described(ours) != described(stored)
    ][:1]
