"""Write the skeleton of a new lesson, exercise, study or picture, and say what to fill in.

    python -m course new lesson colours
    python -m course new exercise median --lesson 04
    python -m course new study widths
    python -m course new picture weights

Nothing that is there is written over. What is written runs: a lesson of one cell, an exercise that
asks for nothing yet, a study of five rows, a picture of one slider. Fill in what stands between « and ».
"""

import argparse
import ast
import builtins
import importlib.util
import keyword
import re
import sys
from pathlib import Path

from course import files
from course.lessons import CLOSING, NOTEBOOKS, README, ROOT, all_lessons, chosen

EXERCISE = '''
def {name}(x):
    """«What it returns, with shapes: x (n,).»"""
    return x.copy()


'''
ENTRY = """    Exercise(
        reference={name},
        shapes="n -> n",
        cases=(
            (np.array([0.5, 2.0]),),  # «the smallest first: one can follow it with a pencil»
            (np.array([0.3, -1.7, 4.0]),),
        ),
        random_case=lambda rng: (rng.normal(size=5),),  # «at random, far apart, extreme»
    ),
"""
TEXT = """
## {name}

hint: «What to look at first.»
hint: «A step closer; the last hint stops before the whole solution.»
notice: «What a right answer is told.»

-x
    «the cause, and a question that leads on?»

right:
x.copy()
+x
np.array(x)
"""
CELLS = '''# %% [markdown]
# ### Exercise {lesson}.{number}: «what it asks» (core, 5 minutes)
#
# «What is given, what is wanted, and what to predict first.»


# %%
def my_{name}(x):
    """«What it returns, with shapes.»"""
    ...


exercises.check(my_{name})

# %%
exercises.folded(my_{name})

'''
STUDY = '''"""Lesson «NN»: «the question», «how many» seeds."""

import numpy as np

ROWS = [{"seed": seed} for seed in range(5)]
QUICK = ROWS.index({"seed": 0})


def run(seed: int) -> dict:
    """«Train, and return plain numbers, lists and strings.»"""
    rng = np.random.default_rng(seed)
    return {"mean": float(rng.normal(size=1000).mean())}


if __name__ == "__main__":
    import sys

    from course import studies

    studies.main(sys.modules[__name__])
'''
PICTURE = """// Lesson «NN»: «what is seen, and what can be moved».

function render({ model, el }) {
  const told = teller();
  const { change, stop } = bind(model, el, redraw);
  const range = { min: 0, max: 10, step: 0.1 };
  const value = slider("«what it sets»", range, (now) => change({ value: now }));

  function redraw(state) {
    value.set(state.value);
    told.tell(`«What it sets»: ${written(state.value, 1)}.`);
  }

  el.append(make("p", { class: "title" }, "«What to do, in five words»"), value, told);
  redraw(model.get("state"));
  return stop;
}

export default { render };
"""
MAKE = '''

def {name}(value: float = 1.0) -> Picture:
    """«Show what.»

    Args:
        value: where it starts.

    Returns:
        The picture.

    Used in lesson «NN».
    """
    words = "A picture to touch: «what is seen and can be moved»."
    return Picture("{name}", words, stills.{name}(value), {{"value": float(value)}})
'''
STILL = '''

@framed
def {name}(value: float) -> Figure:
    """Draw «what the picture shows at first»."""
    figure, axis = plt.subplots(figsize=(6.5, 3))
    axis.barh([0], [value], color=BLUE)
    axis.set(title="«what to see»", xlabel="«what, and its unit»", yticks=[])
    return figure
'''


LESSON = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # {number} {title}
#
# «Why should a reader care? A sentence or two, and» **«the lesson's one question»?**
#
# **You will** «see, measure and derive what».
#
# **You will be able to**
#
# - «say, derive or compute what».
#
# **You need** lesson [{before}]({before_file}).
#
# **Time** 1 minute to read; the computer works about 2 s and uses 200 MB

# %% [markdown]
# ## Before you start
#
# 1. «A question on an earlier lesson»?
#
#    <details><summary>Answer</summary>
#
#    «The answer» (lesson {before}).
#
#    </details>
#
# 2. «Another question»?
#
#    <details><summary>Answer</summary>
#
#    «The answer» (lesson {before}).
#
#    </details>

# %%
import numpy as np

rng = np.random.default_rng(0)
rng.integers(0, 10, 3)

# %% [markdown]
# ## Recap
#
# «The question again, and its answer.»
#
# - «What to remember.»
#
# ## Questions to ask yourself
#
# 1. «Something that the lesson did not say, but that follows»?
#
#    <details><summary>Answer</summary>
#
#    «The answer.»
#
#    </details>
#
# 2. «A second question»?
#
#    <details><summary>Answer</summary>
#
#    «The answer.»
#
#    </details>
#
# 3. «A third question»?
#
#    <details><summary>Answer</summary>
#
#    «The answer.»
#
#    </details>
#
# ## Next
#
# «What is still open, and where it goes on.»
"""
MODULE = '''"""Lesson {number}'s exercises: «what they ask»."""

import numpy as np

from course.exercises.exercise import Exercise

EXERCISES = (
)
'''


class Refused(ValueError):
    """What was asked for cannot be written; the message says why, and what to do."""


def inserted(text: str, more: str, before: str) -> str:
    """Return a text with more of it before the last line that begins with a pattern."""
    places = [match.start() for match in re.finditer(before, text, re.MULTILINE)]
    if not places:
        raise Refused(f"no line like {before!r} to write {more.strip().splitlines()[0]!r} above")
    return text[: places[-1]] + more + text[places[-1] :]


def with_function(module: str, function: str) -> str:
    """Return a module of exercises with one more function above them, two empty lines around it."""
    place = re.search(r"\n+^EXERCISES\b", module, re.MULTILINE)
    if not place:
        raise Refused("no line 'EXERCISES = (' to write the function above")
    return (
        f"{module[: place.start()]}\n\n\n{function.strip()}\n\n\n{module[place.start() :].lstrip()}"
    )


def above_the_recap(path: Path, cells: str) -> str:
    """Return a lesson's source with cells before its recap, which may stand within a cell."""
    recap = f"# ## {CLOSING[0]}"
    head, heading, tail = files.read_text(path).rpartition(f"{recap}\n")
    if not heading:
        raise Refused(f"{path.relative_to(ROOT)} has no line {recap!r} to write the exercise above")
    begun = "# %% [markdown]\n"
    if not head.endswith(begun):
        head = head.removesuffix("#\n") + "\n" + begun
    return head.removesuffix(begun) + cells + begun + heading + tail


def lesson(name: str) -> list[str]:
    """Write a lesson of one cell, after the last, and its row in the README; return what is left."""
    last = all_lessons()[-1]
    number = f"{int(last.number) + 1:02}"
    source = NOTEBOOKS / f"{number}_{name}.py"
    title = name.replace("_", " ").capitalize()
    rows = files.read_text(README)
    link = f"[{number} {title}](notebooks/{number}_{name}.ipynb)"
    row = f"| {link} | «what a reader can do afterwards» | 1 min | 0 min |\n"
    places = [match.end() for match in re.finditer(r"^\| \[\d\d .*\n", rows, re.MULTILINE)]
    if not places:
        raise Refused("README.md has no row of a lesson to write the new one below")
    written = LESSON.format(
        number=number, title=title, before=last.number, before_file=last.path.name
    )
    files.replace(source, written)
    files.replace(README, rows[: places[-1]] + row + rows[places[-1] :])
    return [
        f"notebooks/{source.name}: the header, the lesson, recap and questions",
        f"python -m course new exercise NAME --lesson {number}, for each exercise",
        "website/pages: its words in glossary.md, symbols in notation.md, sources in bibliography.md",
        f"python -m course execute {number} makes the .ipynb; then, in README.md's table, the minutes",
        f"it is done when this passes: python -m course done lesson {number}",
    ]


def names_in(source: str, path: Path) -> set[str]:
    """Return the names that a module's source gives to what it imports, defines or sets."""
    names = set()
    for node in ast.parse(source, path).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names


def exercise(name: str, lesson: str) -> list[str]:
    """Write an exercise into its lesson's module, text and cells; return what is left to do."""
    from course.exercises import EXERCISES

    if name in EXERCISES:
        raise Refused(f"there is an exercise {name!r} already")
    [one] = chosen([lesson])
    module = ROOT / "course" / "exercises" / f"lesson_{lesson}.py"
    text = module.with_suffix(".txt")
    if module.exists():
        listed = files.read_text(module)
        worded = files.read_text(text).rstrip() + "\n"
    else:
        listed = MODULE.format(number=lesson)
        worded = f"Lesson {lesson}: hints, notices, and answers that are known, right and wrong.\n"
    if name in names_in(listed, module):
        raise Refused(f"{name!r} stands in {module.name} already; choose another name")
    # All is composed before anything is written: what is refused leaves nothing behind.
    entered = inserted(listed, ENTRY.format(name=name), r"^\)$")
    entered = with_function(entered, EXERCISE.format(name=name))
    worded += TEXT.format(name=name)
    cells = CELLS.format(name=name, lesson=int(lesson), number=len(one.tasks) + 1)
    asked = above_the_recap(one.source_path, cells)
    for path, words in ((module, entered), (text, worded), (one.source_path, asked)):
        files.replace(path, words)
    return [
        f"course/exercises/{module.name}: the function, its cases; «extreme» ones, if a careless "
        "formula fails at large numbers",
        f"course/exercises/{text.name}: hints, notice, mistakes, and three «right answers, written "
        "differently»",
        f"notebooks/{one.source_path.name}: import exercises; move the three cells to where the "
        "idea is explained, and number the exercises anew; **Time** in the header, and both minutes "
        "in README.md's table",
        f"pytest -n0 tests/course/test_replies.py -k {lesson} --regen-all stores what they are told; "
        "read the difference",
        f"python -m course execute {lesson}",
        f"it is done when this passes: python -m course done exercise {name}",
    ]


def study(name: str) -> list[str]:
    """Write a study of five rows; return what is left to do."""
    path = ROOT / "studies" / f"{name}.py"
    if path.exists():
        raise Refused(f"studies/{name}.py is there already")
    if name == "study" or importlib.util.find_spec(name):
        raise Refused(f"{name!r} is a module already, which a study of that name would hide")
    files.replace(path, STUDY)
    return [
        f"studies/{name}.py: the question, ROWS, run; QUICK is a row that takes seconds, not minutes",
        f"commit it, run `python studies/{name}.py`, and commit studies/{name}.json",
        f'in the lesson: rows = studies.read("{name}")["rows"], and studies.again("{name}")',
        f"it is done when this passes: python -m course done study {name}",
    ]


def picture(name: str) -> list[str]:
    """Write a picture of one slider, its still and its function; return what is left to do."""
    folder = ROOT / "course" / "pictures"
    path = folder / f"{name}.js"
    if path.exists():
        raise Refused(f"course/pictures/{name}.js is there already")
    made = folder / "__init__.py"
    stills = folder / "stills.py"
    listed = files.read_text(made)
    drawn = files.read_text(stills)
    taken = (
        names_in(listed, made) | names_in(drawn, stills) | {each.stem for each in folder.iterdir()}
    )
    if name in taken:
        raise Refused(f"course.pictures has a {name!r} already; choose another name")
    ends = re.search(r"^PICTURES = .*\((.*?)\)\s*\}$", listed, re.MULTILINE | re.DOTALL)
    if not ends:
        raise Refused("course/pictures/__init__.py has no PICTURES in the form that is known here")
    names = ends[1].rstrip().rstrip(",")
    listed = listed[: ends.start(1)] + f"{names},\n        {name},\n    " + listed[ends.end(1) :]
    listed = inserted(listed, MAKE.format(name=name).lstrip("\n") + "\n\n", r"^(#:.*\n)*PICTURES\b")
    files.replace(made, listed)
    files.replace(stills, drawn.rstrip() + "\n" + STILL.format(name=name))
    files.replace(path, PICTURE)
    return [
        f"course/pictures/{name}.js: what is seen; base.js, which stands before it, says what helps",
        f"course/pictures/stills.py: {name}, the still picture for where nothing runs",
        f"course/pictures/__init__.py: {name}, its words and its first state",
        f"a lesson's cell that ends in pictures.{name}(), with its alternative text",
        "website/pages/pictures.md: a heading, a sentence that links its lesson, and below them "
        f"{{explore}} {name}, as the others have it",
        f"it is done when this passes: python -m course done picture {name}",
        "and where the pages are built: pytest website/tests/test_touch.py, and a test of its own in "
        f"website/tests/test_touch_{name}.py",
    ]


MAKERS = {"lesson": lesson, "exercise": exercise, "study": study, "picture": picture}


def main(argv: list[str] | None = None) -> None:
    """Write what the command line asks for, and say what is left to do."""
    about, _, detail = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=detail, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=MAKERS)
    parser.add_argument("name", help="a name as functions have them, such as layer_gradients")
    parser.add_argument("--lesson", metavar="NN", help="for an exercise: the lesson it belongs to")
    options = parser.parse_args(argv)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", options.name):
        parser.error(
            f"{options.name!r} cannot be the name of a function; write it as layer_gradients"
        )
    if (options.what == "exercise") != bool(options.lesson):
        parser.error("an exercise, and it alone, needs --lesson NN")
    arguments = [options.name, options.lesson] if options.lesson else [options.name]
    try:
        if keyword.iskeyword(options.name) or hasattr(builtins, options.name):
            raise Refused(f"{options.name!r} is a word of Python's own; choose another name")
        left = MAKERS[options.what](*arguments)
    except ValueError as error:  # Refused, or a lesson that does not exist
        sys.exit(str(error))
    print(f"Written. Look for « in:\n{chr(10).join(f'  {line}' for line in left)}")


if __name__ == "__main__":
    main()
