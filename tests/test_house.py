"""Arrows point down: who may import whom, and what a module of the library may import at all."""

import ast
import re
import sys
import tomllib

import pytest

from course.lessons import ROOT

#: What a room may import of our own; the rooms below a room, and nothing else.
BELOW = {
    "mnistlib": set(),
    "course": {"mnistlib"},
    "course/classroom": {"mnistlib", "course"},
    "course/making": {"mnistlib", "course"},
    "notebooks": {"mnistlib", "course"},
    "studies": {"mnistlib", "course"},
    "website": {"mnistlib", "course"},
}
#: The library from bottom to top: a module may import those of earlier lines.
LIBRARY = [
    {"download", "functions", "baseline", "gradcheck", "uncertainty", "autodiff", "plotting"},
    {"data"},
    {"network", "training"},
    {"original", "deep", "regularisation", "attention"},
    {"convolution"},
]
#: What a module of the library may import beside NumPy and Python's own.
OTHER_PACKAGES = {
    "plotting": {"font_source_serif_pro", "matplotlib", "matplotlib_inline"},
    "download": {"requests", "tqdm", "urllib3"},
    "training": {"threadpoolctl"},
}
#: What is imported of packages that are called otherwise.
MODULES = {"markdown-it-py": "markdown_it", "pillow": "PIL"}


def imported(path):
    """Yield what a file imports: dotted names, with the names taken from a package or module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(place):
    """Return the room of a file or of a dotted name; None if it is not ours."""
    parts = place.replace("/", ".").split(".")
    long, short = "/".join(parts[:2]), parts[0]
    return long if long in BELOW else short if short in BELOW else None


@pytest.mark.parametrize("room", BELOW)
def test_arrows_point_down(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if "tests" not in path.parts and room_of(path.relative_to(ROOT).as_posix()) == room
        for name in imported(path)
        if room_of(name) not in {None, room, *BELOW[room]}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", sorted(ROOT.glob("mnistlib/[!_]*.py")), ids=lambda path: path.stem)
def test_a_module_of_the_library_imports_what_lies_below_it(path):
    [level] = [i for i, names in enumerate(LIBRARY) if path.stem in names]
    below = set().union(*LIBRARY[:level])
    packages = {"numpy", *sys.stdlib_module_names} | OTHER_PACKAGES.get(path.stem, set())
    wrong = [
        name
        for name in imported(path)
        if name.split(".")[0] not in packages
        and not (name.startswith("mnistlib.") and name.split(".")[1] in below)
    ]
    assert not wrong


@pytest.mark.parametrize("room", ["mnistlib", "course"])
def test_what_a_room_imports_is_declared_for_readers(room):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["course"]]
    packages = [re.match(r"[\w-]+", each)[0] for each in declared]
    modules = {MODULES.get(package, package.replace("-", "_")) for package in packages}
    modules |= {"mnistlib", "course", "pytest", *sys.stdlib_module_names}  # nbval brings pytest
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in imported(path)
        if name.split(".")[0] not in modules
    ]
    assert not wrong, "\n".join(wrong)
