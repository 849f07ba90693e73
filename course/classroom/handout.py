"""Make what a class needs: the students' copy of the course, and apart from it the teacher's.

    python -m course handout FOLDER

``FOLDER/students`` works on its own, set up as the README says: the lessons without outputs and without
what answers them, the library, the data, the studies that the lessons read. There
``exercises.solution(...)`` says that the teacher has it; with ``--with-solutions`` it shows it, as here.
``FOLDER/teacher`` has a page for each lesson: the questions with their answers, and each exercise with
its solution, its hints, and the common mistakes with the reply that each gets.

The students' copy holds the answer key in ``mnistlib`` and ``course/exercises``: the checkers and the
later lessons cannot work without it. So an exercise can be looked up there, and what counts for a grade
should be a variant. Variants of yours, ``course/exercises/lesson_9*``, are left out of both.
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from course.exercises import WITHHELD
from course.exercises.exercise import Exercise, Mistake
from course.exercises.solutions import shown_source
from course.lessons import ROOT, Lesson, all_lessons
from course.lessons.formats import nbformat
from course.lessons.markdown import FOLD, code_block

#: What of the clone the students' copy holds as it is.
COPIED = (
    "mnistlib", "course", "data", "studies", "requirements.txt", "pyproject.toml", "LICENSE",
    "LICENSE-TEXT.md",
)  # fmt: skip

#: What it leaves out of these folders.
NOT_FOR_STUDENTS = shutil.ignore_patterns(
    "__pycache__", ".*", "*.egg-info", "*.part", "lesson_9*", "classroom", "making"
)

#: How the summaries of folds begin that stay in the students' copy: more for the curious.
HELP = "Why "

#: How those begin that stand below an exercise, and say what its solution says.
SOLUTION = "The course's version"

#: The students' README.
STUDENTS = Path(__file__).with_name("students.md")

ABOUT_TEACHER = """# For the teacher

A page for each lesson: the questions with their answers, then the exercises with solution, hints, and
the mistakes that the checker knows, each with what it says. Keep this folder, and hand out the other.

| lesson | minutes to read | exercises | minutes for them |
|---|---|---|---|
{rows}

A solution is the library's own code or the lesson's; in a lesson it needs only its name changed.

The students' copy holds the answer key, in `mnistlib` and `course/exercises`: the checkers compare with
it. What counts for a grade should be a variant, asked under your own eyes.
"""

#: What ``exercises.solution(...)`` says in the students' copy.
ASK = "Your teacher has the solution. The hints are folded below the exercise."

PROPERTIES = """Many answers are right here: the checker compares with no solution, but asks for
properties, and says which of them fails."""


def without_answers(markdown: str) -> str:
    """Return Markdown without the folds that answer: a line to write on, or nothing."""

    def replaced(fold: re.Match) -> str:
        if fold["summary"].startswith(HELP):
            return fold[0]
        return f"{fold['indent']}*Your answer:*\n" if fold["summary"] == "Answer" else ""

    return re.sub(r"\n{3,}", "\n\n", FOLD.sub(replaced, markdown)).strip("\n")


def for_students(lesson: Lesson) -> nbformat.NotebookNode:
    """Return a lesson as a notebook that was never run, without what answers it."""
    cells = []
    for stored in lesson.notebook.cells:
        cell = nbformat.from_dict(stored)
        for name in ("mystnb", "lines_to_next_cell"):  # a picture in words; the source's lines
            cell.metadata.pop(name, None)
        if cell.cell_type == "markdown":
            cell.source = without_answers(cell.source)
            if not cell.source:
                continue
        else:
            cell.outputs = []
            cell.execution_count = None
        cells.append(cell)
    metadata = {name: lesson.notebook.metadata[name] for name in ("kernelspec", "language_info")}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = lesson.notebook.nbformat_minor
    return notebook


def make_students(folder: Path, with_solutions: bool) -> None:
    """Write the students' copy."""
    folder.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=NOT_FOR_STUDENTS)
        else:
            shutil.copy2(ROOT / name, folder)
    if not with_solutions:
        (folder / WITHHELD.relative_to(ROOT)).write_text(ASK, encoding="utf-8")
    (folder / "notebooks").mkdir()
    for lesson in all_lessons():
        nbformat.write(for_students(lesson), folder / "notebooks" / lesson.path.name)
    shutil.copy2(STUDENTS, folder / "README.md")


# --- The teacher's


def questions_laid_open(lesson: Lesson) -> Iterator[str]:
    """Yield a lesson's headings with folded answers under them, the answers laid open."""
    for _, cell in lesson.cells("markdown"):
        for part in re.split(r"^(?=#{2,3} )", cell.source, flags=re.MULTILINE):
            summaries = [fold["summary"] for fold in FOLD.finditer(part)]
            if any(not summary.startswith((HELP, SOLUTION)) for summary in summaries):
                opened = re.sub(r"(\]\(\d\d_\w+)\.ipynb", r"\1.md", FOLD.sub(laid_open, part))
                # What is not in the copy is named, but not linked.
                opened = re.sub(r"\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", opened)
                yield re.sub(r"\n{3,}", "\n\n", opened).strip()


def laid_open(fold: re.Match) -> str:
    """Return a fold's contents under its summary in bold, indented as they were."""
    return f"{fold['indent']}**{fold['summary']}:**\n{fold['inside'].rstrip()}\n"


def exercise_page(exercise: Exercise) -> str:
    """Return an exercise with its solution, hints, and the mistakes that its checker knows."""
    hints = "\n".join(f"{i}. {hint}" for i, hint in enumerate(exercise.hints, start=1))
    notice = re.sub(r"\{[^}]*\}", "…", exercise.notice)  # filled in for each answer
    parts = [
        f"### {exercise.heading}\n\n*{exercise.level}, {exercise.minutes} minutes*",
        re.sub(r"\n{3,}", "\n\n", FOLD.sub("", exercise.task)).strip(),
        code_block(exercise.stub),
        f"**Solution**\n\n{code_block(shown_source(exercise.solution))}",
        f"**What a right answer is told**\n\n{notice}",
        f"**Hints**\n\n{hints}",
    ]
    if exercise.mistakes:
        parts.append("**Common mistakes, and the reply**\n\n" + mistakes(exercise.mistakes))
    if exercise.objections:
        parts.append(PROPERTIES)
    return "\n\n".join(parts)


def mistakes(known: Iterable[Mistake]) -> str:
    """Return ways to go wrong and what each is told; ways with one reply stand together."""
    ways = {}
    for way, sentence in known:
        ways.setdefault(sentence, []).append(way.strip())
    return "\n\n".join(
        code_block("\n".join(alike)) + f"\n\n> A likely reason: {sentence}"
        for sentence, alike in ways.items()
    )


def make_teacher(folder: Path) -> None:
    """Write the teacher's pages."""
    folder.mkdir(parents=True)
    rows = []
    for lesson in all_lessons():
        head = lesson.header
        exercises = lesson.exercises
        minutes = sum(exercise.minutes for exercise in exercises)
        row = (
            f"[{head.number} {head.title}]({lesson.name}.md)",
            head.minutes,
            len(exercises),
            minutes,
        )
        rows.append("| " + " | ".join(map(str, row)) + " |")
        parts = [f"# {head.number} {head.title}", head.time, *questions_laid_open(lesson)]
        if exercises:
            parts += ["## Exercises", *map(exercise_page, exercises)]
        text = "\n\n".join(parts) + "\n"
        (folder / f"{lesson.name}.md").write_text(text, encoding="utf-8")
    about = ABOUT_TEACHER.format(rows="\n".join(rows))
    (folder / "README.md").write_text(about, encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    """Make both copies in a folder that is new or empty."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="a new folder, or an empty one")
    parser.add_argument(
        "--with-solutions", action="store_true", help="let the students' copy show them on request"
    )
    chosen = parser.parse_args(argv)
    folder = chosen.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(
            f"{folder} is not empty; name a new folder, so that nothing in it is lost or mixed up"
        )
    if any(folder.resolve().is_relative_to(ROOT / name) for name in COPIED):
        sys.exit(f"{folder} lies inside what is copied; name a folder elsewhere")
    make_students(folder / "students", chosen.with_solutions)
    make_teacher(folder / "teacher")
    print(f"{folder / 'students'}: hand this out\n{folder / 'teacher'}: keep this")
