"""Build the pages of the course with one command, `python site/build.py`.

They come from the outputs that are stored in the notebooks; nothing is executed. The result is
site/_build/html, which opens from the disk as well as from a web server.
"""

import base64
import json
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
SOURCE = SITE / "_build" / "source"
HTML = SITE / "_build" / "html"
LESSON = "[0-9][0-9]_*"


def install_node_packages():
    """Install what package.json pins, unless it is there already."""

    def is_there(name, version):
        manifest = SITE / "node_modules" / name / "package.json"
        return manifest.exists() and json.loads(manifest.read_text())["version"] == version

    wanted = json.loads((SITE / "package.json").read_text())["dependencies"]
    if not all(is_there(name, version) for name, version in wanted.items()):
        # A lock file would name the registry that this computer happens to use.
        quiet = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(["npm", "install", *quiet], cwd=SITE, check=True)


def header(path):
    """Return what a lesson's first cell says of it, so that the home page cannot drift from it."""
    cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
    text = "".join(cell["source"])
    patterns = {
        "title": r"\A# \d\d (.+)$",
        "opening": r"\A# .+\n\n((?:.+\n)+)",
        "able": r"^\*\*You will be able to\*\*\n\n((?:.+\n)+)",
        "time": r"^\*\*Time\*\* (.+)$",
    }
    found = {name: re.search(pattern, text, re.M) for name, pattern in patterns.items()}
    missing = [name for name, match in found.items() if match is None]
    if missing:
        sys.exit(f"{path.name}: its first cell does not tell the lesson's {', '.join(missing)}")
    return {name: match[1].strip() for name, match in found.items()}


def lesson_list(paths, made):
    """Return Markdown for the home page's list of lessons, each with its last picture."""
    entries = []
    for path in paths:
        lesson = header(path)
        entry = [
            "::::{container} lesson",
            f"{{.title}}\n[{lesson['title']}](notebooks/{path.name})",
            f"{{.minutes}}\nLesson {path.stem[:2]} · {lesson['time']}",
            lesson["opening"],
            f":::{{container}} able\nAfterwards you can\n\n{lesson['able']}\n:::",
        ]
        if pictures := figures(path):
            image, alt = pictures[-1]
            (made / f"{path.stem}.png").write_bytes(image)
            options = f":alt: {alt}\n:target: notebooks/{path.name}"
            entry.append(f"```{{image}} made/{path.stem}.png\n{options}\n```")
        entries += [*entry, "::::"]
    return "\n\n".join(entries) + "\n"


def start():
    """Return the README's section on how to start."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^## Start\n(.+?)(?=^## |\Z)", text, re.M | re.S)
    return section[1] if section else sys.exit('README.md has no section "Start" for the home page')


def figures(path, call=""):
    """Return the stored pictures of a lesson's cells that contain `call`: PNG bytes, and in words."""
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and call in "".join(cell["source"]):
            alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
            pictures = [output.get("data", {}).get("image/png") for output in cell["outputs"]]
            found += [(base64.b64decode(picture), alt) for picture in pictures if picture]
    return found


def library_pages():
    """Return Markdown that documents each module of the library."""
    modules = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "mnistlib")]))
    return "\n".join(
        f"## {name}\n\n```{{eval-rst}}\n.. automodule:: mnistlib.{name}\n```\n" for name in modules
    )


def stage():
    """Lay out what Sphinx reads: the pages, the notebooks, and what is made from them."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(SITE / "pages", SOURCE)
    notebooks = sorted((ROOT / "notebooks").glob(f"{LESSON}.ipynb"))
    (SOURCE / "notebooks").mkdir()
    for path in notebooks:
        shutil.copy2(path, SOURCE / "notebooks")
    made = SOURCE / "made"
    made.mkdir()
    (made / "lessons.md").write_text(lesson_list(notebooks, made), encoding="utf-8")
    (made / "start.md").write_text(start(), encoding="utf-8")
    (made / "library.md").write_text(library_pages(), encoding="utf-8")
    shutil.copy2(ROOT / "data" / "README.md", made / "data.md")
    shutil.copy2(ROOT / "benchmarks" / "README.md", SOURCE / "speed.md")
    shutil.copy2(ROOT / "benchmarks" / "training_step.png", SOURCE)
    for name, call in [("network", "plotting.network("), ("digits", "plotting.digits(")]:
        shown = [image for path in notebooks for image, _ in figures(path, call)]
        # The digits as they come stand in the first lesson, the trained network in the last.
        (made / f"{name}.png").write_bytes(shown[0 if name == "digits" else -1])


def lighten():
    """Leave out what no page uses: icons, two style sheets' worth of rules, developers' maps.

    That is a fifth of what a lesson's reader would load.
    """
    unused_tags = r"<script[^>]*fontawesome\.js[^>]*></script>\n?|<link[^>]*/mystnb[^>]*>\n?"
    unused_rules = r"\.fa-[^{}]*\{--fa:[^{}]*\}|(?<=\})[^{}]*\.sd-[^{}]*\{[^{}]*\}"
    for page in HTML.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(unused_tags, "", text), encoding="utf-8")
    sheet = HTML / "_static" / "styles" / "pydata-sphinx-theme.css"
    rules = sheet.read_text(encoding="utf-8")
    sheet.write_text(re.sub(unused_rules, "", rules), encoding="utf-8")
    for pattern in ("*.map", "fontawesome.js", "mystnb*.css", "webpack-macros.html"):
        for unused in (HTML / "_static").rglob(pattern):
            unused.unlink()


def main():
    """Install, lay out, build, and put the lessons' own files beside their pages."""
    install_node_packages()
    stage()
    shutil.rmtree(HTML, ignore_errors=True)
    strict = ["-W", "--keep-going", "--nitpicky", "--quiet", "--fresh-env"]
    command = [sys.executable, "-m", "sphinx", *strict, "-c", SITE, "-d", SITE / "_build/doctrees"]
    if subprocess.run([*command, SOURCE, HTML]).returncode:
        sys.exit("the pages were not built without a warning; see above")
    for path in (ROOT / "notebooks").glob(f"{LESSON}.*"):
        shutil.copy2(path, HTML / "notebooks")
    lighten()
    print(f"built: {HTML / 'index.html'}")


if __name__ == "__main__":
    main()
