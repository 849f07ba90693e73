"""A skeleton runs as it is written, in a copy of the clone, and writes over nothing."""

import ast
import json
import re
import shutil
import subprocess
import sys

import jupytext
import pytest

from course import new
from course.__main__ import COMMANDS
from course.lessons import ROOT, all_lessons

pytestmark = pytest.mark.takes(seconds=7)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Copy what the skeletons are written into, and write one of each kind."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("course", "mnistlib", "studies"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "notebooks").mkdir()
    for lesson in all_lessons()[:3]:
        shutil.copy2(lesson.source_path, clone / "notebooks")
        shutil.copy2(lesson.path, clone / "notebooks")
    shutil.copy2(ROOT / "README.md", clone)
    for path in (clone / "course" / "exercises").glob("lesson_03.*"):
        path.unlink()
    ask(clone, "-m", "course", "new", "lesson", "colours")
    lines = [
        ["exercise", "tried_too", "--lesson", "03"],
        ["exercise", "tried", "--lesson", "01"],
        ["study", "tried_study"],
        ["picture", "tried_picture"],
    ]
    ask(clone, "-c", f"from course import new\nfor line in {lines}: new.main(line)")
    return clone


def ask(clone, *command, code=0):
    # Python looks into the folder it is started in before it asks where the course is installed.
    done = subprocess.run(
        [sys.executable, *command], cwd=clone, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_an_exercise_asks_and_answers(clone):
    output = ask(
        clone,
        "-c",
        "from course import exercises\n"
        "def my_tried(x):\n    ...\n"
        "print(exercises.check(my_tried).kind)\n"
        "def my_tried(x):\n    return -x\n"
        "print(exercises.check(my_tried).reason)",
    )
    assert output.splitlines() == ["not attempted", "«the cause, and a question that leads on?»"]
    lesson = (clone / "notebooks" / f"{all_lessons()[1].name}.py").read_text(encoding="utf-8")
    number = len(all_lessons()[1].tasks) + 1
    assert f"### Exercise 1.{number}: " in lesson
    assert lesson.index("my_tried") < lesson.index("## Recap")


def test_a_lesson_comes_after_the_last_and_may_have_exercises(clone):
    [source] = (clone / "notebooks").glob("03_*.py")
    assert source.name == "03_colours.py"
    assert "# # 03 Colours\n" in source.read_text(encoding="utf-8")
    assert "### Exercise 3.1: " in source.read_text(encoding="utf-8")
    rows = [line for line in (clone / "README.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| [")]  # fmt: skip
    assert rows[-1].startswith("| [03 Colours](notebooks/03_colours.ipynb) | «")
    ask_it = "from course.exercises import LESSONS; print(LESSONS['03'][0].name, len(LESSONS))"
    assert "tried_too" in ask(clone, "-c", ask_it)


@pytest.mark.parametrize("between", ["\n\n", "\n\n\n"])  # above EXERCISES: a constant, a function
def test_a_function_stands_with_two_empty_lines_around_it(between):
    made = new.with_function(f"X = 1{between}EXERCISES = ()\n", "\ndef f(x):\n    return x\n")
    assert made == "X = 1\n\n\ndef f(x):\n    return x\n\n\nEXERCISES = ()\n"


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.name)
def test_an_exercise_finds_its_place_in_every_lesson(lesson):
    cells = new.CELLS.format(name="tried", lesson=int(lesson.number), number=len(lesson.tasks) + 1)
    source = new.above_the_recap(lesson.source_path, cells)
    kinds = [cell.cell_type for cell in jupytext.reads(source, fmt="py:percent").cells]
    before = [cell.cell_type for cell in lesson.source.cells]
    at = source.index("my_tried")
    assert 0 < at < source.index("# %% [markdown]\n# ## Recap\n")
    assert len(kinds) - len(before) - 3 in (0, 1)  # the recap may have stood within a cell
    assert not re.search(r"^#\n+# %%", source, re.MULTILINE), "a cell ends in an empty line"


def test_what_is_refused_leaves_nothing_half_written(clone):
    lesson = clone / "notebooks" / f"{all_lessons()[0].name}.py"
    whole = lesson.read_text(encoding="utf-8")
    lesson.write_text(whole.replace("# ## Recap", "# ## The end"), encoding="utf-8")
    output = ask(clone, "-m", "course", "new", "exercise", "refused", "--lesson", "00", code=1)
    lesson.write_text(whole, encoding="utf-8")
    assert f"notebooks/{lesson.name} has no line '# ## Recap'" in output
    assert "refused" not in (clone / "course/exercises/lesson_00.py").read_text(encoding="utf-8")


def test_a_study_has_a_quick_row(clone):
    ask_it = "from course import studies; print(studies.module('tried_study').run(seed=0).keys())"
    assert "mean" in ask(clone, "-c", ask_it)


def test_a_picture_has_its_still_and_its_words(clone):
    ask_it = (
        "from course import pictures\nmade = pictures.PICTURES['tried_picture'](2)\n"
        "print(made.state, made.still[1:4], made.words[:18], len(made._esm) > 5000)"
    )
    assert ask(clone, "-c", ask_it).strip() == "{'value': 2.0} b'PNG' A picture to touch True"


#: What is refused, and with which words.
REFUSED = {
    "exercise softmax --lesson 02": "there is an exercise 'softmax' already",
    "study tried_study": "studies/tried_study.py is there already",
    "picture tried_picture": "course/pictures/tried_picture.js is there already",
    "exercise refused --lesson 77": "no lesson 77",
    "exercise lambda --lesson 01": "'lambda' is a word of Python's own",
    "exercise sum --lesson 01": "'sum' is a word of Python's own",
    "exercise np --lesson 01": "'np' stands in lesson_01.py already",
    "exercise which --lesson 01": "'which' stands in lesson_01.py already",
    "study numpy": "'numpy' is a module already",
    "study study": "'study' is a module already",
    "picture stills": "course.pictures has a 'stills' already",
}


@pytest.fixture(scope="module")
def refusals(clone):
    """Return what is said of each, in one process for all."""
    code = (
        "import json\nfrom course import new\n"
        f"said = dict.fromkeys({[*REFUSED]})\n"
        "for line in said:\n"
        "    try: new.main(line.split())\n"
        "    except SystemExit as refusal: said[line] = refusal.code\n"
        "print(json.dumps(said))"
    )
    return json.loads(ask(clone, "-c", code))


@pytest.mark.parametrize("line", REFUSED)
def test_nothing_is_written_over(refusals, line):
    assert REFUSED[line] in refusals[line]


@pytest.mark.parametrize(
    "line", [["study", "two words"], ["study", "Big"], ["exercise", "refused"]]
)
def test_what_is_no_name_is_refused_with_the_form(line):
    with pytest.raises(SystemExit):
        new.main(line)


def test_no_skeleton_is_left_unfilled():
    code = [*ROOT.glob("studies/*.py"), *ROOT.glob("notebooks/*.py"), ROOT / "README.md"]
    for end in ("py", "txt", "js"):  # beside them Python keeps what it compiled
        code += ROOT.glob(f"course/**/*.{end}")
    texts = {path: path.read_text(encoding="utf-8") for path in code}
    left = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path, text in texts.items()
        if path.name != "new.py"
        for number, line in enumerate(text.splitlines(), 1)
        if "«" in line
    ]
    assert not left, "still to be filled in:\n" + "\n".join(left)


def test_what_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`(?:pytest (?:-n0 )?|python )?([\w.]+(?:/[\w.]+)+)[` ]", text)
    named = [path for path in named if not re.search("NAME|NN|_build|^owner", path)]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []
    commands = re.findall(r"`python -m course ([\w-]+)", text)
    commands += re.findall(r"^ *entry: python -m course ([\w-]+)", hooks, re.MULTILINE)
    assert {*commands} <= {*COMMANDS}
    skeletons = {what for what in new.MAKERS if f"python -m course new {what} NAME" in text}
    assert skeletons == {*new.MAKERS}


def imported(path):
    """Return what a module of the library imports, with its line: ours by the module's name alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            package = node.module or "mnistlib"
            names = [f"{package}.{alias.name}" for alias in node.names]
            if node.level:
                names = [f"mnistlib.{name}" for name in names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            top, _, rest = name.partition(".")
            yield rest.split(".")[0] if top == "mnistlib" else top, node.lineno


#: What a module may import beside NumPy and Python's own: a figure, a download, a number of threads.
OTHER_PACKAGES = {
    "plotting": {"matplotlib", "matplotlib_inline"},
    "download": {"requests", "tqdm"},
    "training": {"threadpoolctl"},
}


@pytest.mark.parametrize("path", sorted(ROOT.glob("mnistlib/[!_]*.py")), ids=lambda path: path.stem)
def test_a_module_of_the_library_imports_what_contributing_allows(path):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [order] = re.findall(r"^.*←.*$", text, re.MULTILINE)
    order, _, alone = order.partition(";")
    tiers = [re.findall(r"`(\w+)`", tier) for tier in order.split("←")]
    levels = {name: level for level, tier in enumerate(tiers, 1) for name in tier}
    own = levels.get(path.stem, 0)
    packages = {"numpy", *sys.stdlib_module_names} | OTHER_PACKAGES.get(path.stem, set())
    assert own or f"`{path.stem}`" in alone, (
        f"CONTRIBUTING.md, The library: say where {path.stem} is"
    )
    wrong = [
        f"mnistlib/{path.name}:{line}: it may not import {name}: CONTRIBUTING.md, The library"
        for name, line in imported(path)
        if not 0 < levels.get(name, 0) < own and name not in packages
    ]
    assert not wrong, "\n".join(wrong)
