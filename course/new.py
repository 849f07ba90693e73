"""Write the skeleton of a new exercise, study or picture, and say what is to be filled in.

    python -m course new exercise median --lesson 04
    python -m course new study widths
    python -m course new picture weights

Nothing that is there is written over. What is written runs and says so: an exercise that asks for
nothing yet, a study of one row, a picture of one slider. Fill in what stands between « and ».
"""

import argparse
import re
import sys
from pathlib import Path

from course import files
from course.lessons import CLOSING, ROOT, chosen

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
    head, heading, tail = path.read_text(encoding="utf-8").rpartition(f"{recap}\n")
    if not heading:
        raise Refused(f"{path.relative_to(ROOT)} has no line {recap!r} to write the exercise above")
    begun = "# %% [markdown]\n"
    if not head.endswith(begun):
        head = head.removesuffix("#\n") + "\n" + begun
    return head.removesuffix(begun) + cells + begun + heading + tail


def exercise(name: str, lesson: str) -> list[str]:
    """Write an exercise into its lesson's module, text and cells; return what is left to do."""
    from course.exercises import EXERCISES

    if name in EXERCISES:
        raise Refused(f"there is an exercise {name!r} already")
    [one] = chosen([lesson])
    module = ROOT / "course" / "exercises" / f"lesson_{lesson}.py"
    text = module.with_suffix(".txt")
    if not module.exists():
        raise Refused(
            f"lesson {lesson} has no {module.name} yet; copy the form of another lesson's"
        )
    # All is composed before anything is written: what is refused leaves nothing behind.
    entered = inserted(module.read_text(encoding="utf-8"), ENTRY.format(name=name), r"^\)$")
    entered = with_function(entered, EXERCISE.format(name=name))
    worded = text.read_text(encoding="utf-8").rstrip() + "\n" + TEXT.format(name=name)
    cells = CELLS.format(name=name, lesson=int(lesson), number=len(one.tasks) + 1)
    asked = above_the_recap(one.source_path, cells)
    for path, words in ((module, entered), (text, worded), (one.source_path, asked)):
        files.replace(path, words)
    return [
        f"course/exercises/{module.name}: the function, its cases; «extreme» ones, if a careless "
        "formula fails at large numbers",
        f"course/exercises/{text.name}: hints, notice, mistakes, and three «right answers, written "
        "differently»",
        f"notebooks/{one.source_path.name}: move the three cells to where the idea is explained, "
        "and number the exercises anew; **Time** in the header, and both minutes in README.md's table",
        f"pytest -n0 tests/course/test_replies.py -k {lesson} --regen-all stores what they are told; "
        "read the difference",
        f"then python -m course execute {lesson}; it is done when this passes:",
        "pytest -n0 tests/course/test_checker.py tests/course/test_one_step.py "
        f"tests/course/test_new.py tests/lessons -k '{name} or {lesson}_ or unfilled'",
    ]


def study(name: str) -> list[str]:
    """Write a study of five rows; return what is left to do."""
    path = ROOT / "studies" / f"{name}.py"
    if path.exists():
        raise Refused(f"studies/{name}.py is there already")
    files.replace(path, STUDY)
    return [
        f"studies/{name}.py: the question, ROWS, run; QUICK is a row that takes seconds, not minutes",
        f"commit it, run `python studies/{name}.py`, and commit studies/{name}.json",
        f'in the lesson: rows = studies.read("{name}")["rows"], and studies.again("{name}")',
        "it is done when this passes: pytest -n0 tests/course/test_studies.py "
        f"tests/course/test_new.py -k '{name} or unfilled'",
    ]


def picture(name: str) -> list[str]:
    """Write a picture of one slider, its still and its function; return what is left to do."""
    folder = ROOT / "course" / "pictures"
    path = folder / f"{name}.js"
    if path.exists():
        raise Refused(f"course/pictures/{name}.js is there already")
    made = folder / "__init__.py"
    stills = folder / "stills.py"
    listed = made.read_text(encoding="utf-8")
    ends = re.search(r"^PICTURES = .*\((.*?)\)\s*\}$", listed, re.MULTILINE | re.DOTALL)
    if not ends:
        raise Refused("course/pictures/__init__.py has no PICTURES in the form that is known here")
    names = ends[1].rstrip().rstrip(",")
    listed = listed[: ends.start(1)] + f"{names},\n        {name},\n    " + listed[ends.end(1) :]
    listed = inserted(listed, MAKE.format(name=name).lstrip("\n") + "\n\n", r"^(#:.*\n)*PICTURES\b")
    files.replace(made, listed)
    drawn = stills.read_text(encoding="utf-8").rstrip() + "\n" + STILL.format(name=name)
    files.replace(stills, drawn)
    files.replace(path, PICTURE)
    return [
        f"course/pictures/{name}.js: what is seen; base.js, which stands before it, says what helps",
        f"course/pictures/stills.py: {name}, the still picture for where nothing runs",
        f"course/pictures/__init__.py: {name}, its words and its first state",
        f"a lesson's cell that ends in pictures.{name}(), with its alternative text",
        "site/pages/pictures.md: a heading, a sentence that links its lesson, and below them "
        f"{{explore}} {name}, as the others have it",
        "it is done when this passes: pytest -n0 tests/course/test_pictures.py "
        f"tests/course/test_new.py -k '{name} or unfilled'",
        "and where the pages are built: pytest site/tests/test_touch.py",
    ]


MAKERS = {"exercise": exercise, "study": study, "picture": picture}


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
    if not options.name.isidentifier() or options.name != options.name.lower():
        parser.error(f"{options.name!r} is no name for a function; write it as layer_gradients")
    if (options.what == "exercise") != bool(options.lesson):
        parser.error("an exercise, and it alone, needs --lesson NN")
    arguments = [options.name, options.lesson] if options.lesson else [options.name]
    try:
        left = MAKERS[options.what](*arguments)
    except (Refused, ValueError) as error:
        sys.exit(str(error))
    print(f"Written. Look for « in:\n{chr(10).join(f'  {line}' for line in left)}")


if __name__ == "__main__":
    main()
