"""Say whether an exercise, study, picture, lesson, module or page is done: run its tests.

    python -m course done exercise softmax
    python -m course done study weights
    python -m course done picture kernel
    python -m course done lesson 04
    python -m course done module network
    python -m course done page glossary

A lesson may be named by its number or by one of its files, and there may be several.
"""

import argparse
import os
import re
import subprocess
import sys

from course.lessons import ROOT, all_lessons, chosen, execute

COURSE = "tests/course"
UNFILLED = f"{COURSE}/test_new.py::test_no_skeleton_is_left_unfilled"


class Unknown(ValueError):
    """Nothing has that name, or it cannot be tried yet; the message says why, and what to do."""


def lesson(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for lessons."""
    there = [one.number for one in all_lessons()]
    found = {
        match[1]: None
        for name in names
        if (match := re.search(r"\b(?:lesson_)?(\d\d)(?!\d)", name))
    }
    numbers = [number for number in found if number in there]
    if not numbers or len(numbers) < len(found):
        raise Unknown(f"no lesson {', '.join(names)}; there are {', '.join(there)}")
    for one in chosen(numbers):
        one.refuse_damaged()  # or every test would say so
        if problem := execute.out_of_step(one):  # or tests would judge the old one
            raise Unknown(problem[0])
    return [["tests/lessons", "-k", " or ".join(f"{number}_" for number in numbers)], [UNFILLED]]


def exercise(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for exercises: its own tests, and those of its lesson."""
    from course.exercises import LESSONS

    number_of = {each.name: number for number, many in LESSONS.items() for each in many}
    for name in names:
        if name not in number_of:
            raise Unknown(f"no exercise is called {name!r}; there are {', '.join(number_of)}")
    files = ("checker", "checker_robustness", "hints_and_solutions", "one_step", "shapes", "spoilt")
    forms = ("[{}]", "[{}-", "-{}]", "my_{}]")
    own = " or ".join(form.format(name) for name in names for form in forms)
    numbers = sorted({number_of[name] for name in names})
    replies = " or ".join(f"[{number}]" for number in numbers)
    return [
        [*(f"{COURSE}/test_{file}.py" for file in files), "-k", own],
        [f"{COURSE}/test_replies.py", "-k", replies],
        *lesson(numbers),
    ]


def study(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for studies."""
    for name in names:
        if not (ROOT / "studies" / f"{name}.py").exists():
            raise Unknown(f"there is no studies/{name}.py")
    return [[f"{COURSE}/test_studies.py", "-k", " or ".join(names)], [UNFILLED]]


def picture(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for pictures that one can touch."""
    from course.pictures import PICTURES

    for name in names:
        if name not in PICTURES:
            raise Unknown(f"no picture is called {name!r}; there are {', '.join(PICTURES)}")
    return [[f"{COURSE}/test_pictures.py", "-k", " or ".join(names)], [UNFILLED]]


def module(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for modules of the library: tests, imports, what they cite."""
    for name in names:
        if not (ROOT / "mnistlib" / f"{name}.py").exists():
            raise Unknown(f"there is no mnistlib/{name}.py")
    imports, cited = (
        " or ".join(form.format(name) for name in names)
        for form in ("allows[{}]", "[mnistlib/{}.py]")
    )
    return [
        [*(f"tests/mnistlib/test_{name}.py" for name in names), "-k", "test"],
        [f"{COURSE}/test_new.py", "-k", imports],
        ["tests/lessons/test_lessons.py", "-k", cited],
    ]


def page(names: list[str]) -> list[list[str]]:
    """Return what pytest is to run for pages: words, symbols and sources; the build says the rest."""
    for name in names:
        if not (ROOT / "website" / "pages" / f"{name}.md").exists():
            raise Unknown(f"there is no website/pages/{name}.md")
    return [["tests/lessons/test_notation.py"], [UNFILLED]]


def time_taken() -> str:
    """Return the processor's seconds that the tests took: the clock would count other programs' too."""
    times = os.times()
    seconds = times.children_user + times.children_system  # unknown on Windows
    return f" ({seconds:.0f} s of processor time)" if seconds else ""


KINDS = {
    "exercise": exercise,
    "study": study,
    "picture": picture,
    "lesson": lesson,
    "module": module,
    "page": page,
}


def main(argv: list[str] | None = None) -> None:
    """Run the tests that the command line asks for, and say whether all of them passed."""
    about, _, detail = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=detail, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("names", nargs="+", metavar="NAME")
    options = parser.parse_args(argv)
    if not (ROOT / "tests").exists():
        sys.exit("this copy of the course has no tests; take the whole repository")
    try:
        runs = KINDS[options.what](options.names)
    except Unknown as error:
        sys.exit(str(error))
    failed = []
    for arguments in runs:
        command = ["pytest", "-q", "-n0", *arguments]
        code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
        if code:
            failed.append(" ".join(f"'{part}'" if " " in part else part for part in command))
    names = f"{options.what} {' '.join(options.names)}"
    print(f"{names}: {'not done yet' if failed else 'done'}{time_taken()}")
    for command in failed:
        print(f"  {command}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
