"""The pictures one can touch, on the pages: what the page's host loads, and where it puts them.

A lesson's cell that ends in a picture of ``course.pictures`` has stored a still one; a page of our
own asks for one with the directive ``explore``. Both become a place whose content, the still picture
and its words, pictures.js replaces by the living one.
"""

import base64
import html
import json
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.util.images import get_image_size
from sphinx.writers.html5 import HTML5Translator

from course import pictures

STATIC = "_static/explore"

#: What each picture says of itself, and how large its still is, once its files are written.
WORDS = {}
STILL_SIZES = {}


def picture_script(name: str, picture: pictures.Picture) -> str:
    """Return the script that hands a picture, its first state and its data to pictures.js."""
    data = base64.b64encode(picture.data).decode()
    content = {"module": picture._esm, "state": picture.state, "data": data}
    return f"window.mnistlibPictures[{name!r}] = {json.dumps(content, ensure_ascii=False)};\n"


def write_files(app: Sphinx) -> None:
    """Write each picture for pictures.js to load, its still for the pages, and the style sheet."""
    folder = Path(app.outdir) / STATIC
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in pictures.PICTURES.items():
        picture = make()
        (folder / f"{name}.js").write_text(picture_script(name, picture), encoding="utf-8")
        (folder / f"{name}.png").write_bytes(picture.still)
        (folder / "pictures.css").write_text(picture._css, encoding="utf-8")
        WORDS[name] = picture.words
        STILL_SIZES[name] = get_image_size(folder / f"{name}.png")


class Place(nodes.General, nodes.Element):
    """Where pictures.js shows a picture; what it holds is shown until then."""


def visit_place(translator: HTML5Translator, node: nodes.Element) -> None:
    """Open the place, and say which picture belongs there."""
    up = "../" * translator.builder.current_docname.count("/")
    name = node["picture"]
    attributes = {"data-name": name, "data-source": f"{up}{STATIC}/{name}.js"}
    if "state" in node:
        attributes["data-state"] = json.dumps(node["state"])
    translator.body.append(translator.starttag(node, "div", CLASS="touchable", **attributes))
    if not node.children:
        words = html.escape(WORDS[name])
        width, height = STILL_SIZES[name]
        size = f'width="{width}" height="{height}"'
        still = f'<img src="{up}{STATIC}/{name}.png" alt="{words}" {size}>'
        translator.body.append(f'{still}<p class="note">{words}</p>')


def depart_place(translator: HTML5Translator, node: nodes.Element) -> None:
    """Close the place."""
    translator.body.append("</div>\n")


class Explore(Directive):
    """``{explore} name``: a picture one can touch, on a page that is no lesson."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [Place(picture=self.arguments[0])]


def find_places(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make a place of each lesson's cell output that a picture has left."""
    for cell in list(doctree.findall(nodes.container)):
        if "cell" not in cell.get("classes", []):
            continue
        code = next(iter(cell.findall(nodes.literal_block)), None)
        called = re.findall(r"\bpictures\.(\w+)\(", code.astext() if code else "")
        called = [name for name in called if name in pictures.PICTURES]
        image = next(iter(cell.findall(nodes.image)), None)
        if called and image is not None:
            place = Place(picture=called[-1])
            if re.search(r"\bpictures\.company\([^)]", code.astext()):
                place["state"] = {"behind": True}  # as Python has it for who brings the weights
            image.replace_self(place)
            words = nodes.paragraph("", WORDS[called[-1]], classes=["note"])
            place.extend([image, words])


def add_host(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Load pictures.js and its style sheet on the pages that hold a picture, and on no other."""
    if doctree is not None and any(doctree.findall(Place)):
        app.add_css_file("explore/pictures.css")
        app.add_js_file("pictures.js", defer="defer")


def setup(app: Sphinx) -> None:
    """Connect the above to Sphinx's events."""
    app.add_node(Place, html=(visit_place, depart_place))
    app.add_directive("explore", Explore)
    app.connect("builder-inited", write_files)
    app.connect("doctree-resolved", find_places)
    app.connect("html-page-context", add_host)
    return {"version": "1"}
