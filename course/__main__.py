"""The commands of the course: ``python -m course NAME ...``; without a name, a list of them."""

import importlib
import pkgutil
import sys

import course
from course import files

#: Each command's module, whose ``main`` reads the rest of the command line.
COMMANDS = {
    "execute": "course.lessons.execute",
    "new": "course.new",
    "done": "course.done",
    "pictures": "course.pictures.make",
    "handout": "course.classroom.handout",
    "marks": "course.classroom.marks",
    "certificate": "course.computers.certificate",
}


def present() -> dict[str, str]:
    """Return the commands whose module is here; a student's copy has not all of them."""
    here = {each.name for each in pkgutil.walk_packages(course.__path__, "course.")}
    return {name: module for name, module in COMMANDS.items() if module in here}


def listed() -> str:
    """Return a line for each command: its name, and the first sentence of its module."""
    width = max(map(len, COMMANDS))
    lines = []
    for name, module in present().items():
        about = importlib.import_module(module).__doc__.partition("\n")[0]
        lines.append(f"  {name:{width}}  {about}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Run the command that is named first, with the rest of the arguments."""
    name = arguments[0] if arguments else "--help"
    with files.told_in_a_line():
        if name in ("-h", "--help"):
            print(f"usage: python -m course COMMAND ...\n\n{listed()}\n\nMore: COMMAND --help")
        elif name in present():
            sys.argv = [f"python -m course {name}", *arguments[1:]]
            importlib.import_module(COMMANDS[name]).main()
        else:
            sys.exit(f"no command is called {name!r}; there are\n\n{listed()}")


if __name__ == "__main__":
    main(sys.argv[1:])
