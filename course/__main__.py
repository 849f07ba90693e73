"""The commands of the course: ``python -m course NAME ...``; without a name, a list of them."""

import importlib.util
import sys

#: What each command does, and its module, whose ``main`` reads the rest of the command line.
COMMANDS = {
    "execute": ("run lessons and store their outputs", "course.making.execute"),
    "pictures": ("make the data of the pictures to touch", "course.making.pictures"),
    "handout": ("make the students' and the teacher's copy", "course.classroom.handout"),
    "marks": ("try out a class's answers", "course.classroom.marks"),
}


def is_here(module: str) -> bool:
    """Tell whether a module is part of this copy: the students' has neither room."""
    return importlib.util.find_spec(module.rpartition(".")[0]) is not None


def main(arguments: list[str]) -> None:
    """Run the command that is named first, with the rest of the arguments."""
    name = arguments[0] if arguments else "--help"
    here = {name: row for name, row in COMMANDS.items() if is_here(row[1])}
    if name not in here:
        rows = [f"  {name:10}{about}" for name, (about, _) in here.items()]
        usage = "\n".join(["usage: python -m course COMMAND ...", "", *rows])
        asks_for_help = name in ("-h", "--help")
        sys.exit(print(usage) if asks_for_help else f"no command is called {name!r}\n\n{usage}")
    sys.argv = [f"python -m course {name}", *arguments[1:]]
    try:
        importlib.import_module(here[name][1]).main()
    except OSError as error:  # whose message names the file
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
