"""The commands of the course: ``python -m course NAME ...``; without a name, a list of them."""

import ast
import importlib
import sys
from pathlib import Path

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


def present() -> dict[str, Path]:
    """Return the files of the commands that are here; a student's copy has not all of them."""
    root = Path(__file__).parents[1]
    found = {name: root / f"{module.replace('.', '/')}.py" for name, module in COMMANDS.items()}
    return {name: path for name, path in found.items() if path.exists()}


def listed() -> str:
    """Return a line for each command: its name, and the first sentence of its module.

    They are read, not imported, which takes a second.
    """
    width = max(map(len, COMMANDS))
    lines = []
    for name, path in present().items():
        about = ast.get_docstring(ast.parse(files.read_text(path))).partition("\n")[0]
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
