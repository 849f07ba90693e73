"""What Sphinx needs to know of this course: its maths, its glossary, its fonts."""

import ast
import functools
import json
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from fontTools import subset
from myst_nb.sphinx_ import HideCodeCellNode
from PIL import Image
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from course.lessons import EXERCISE
from website import SITE

NODE_MODULES = SITE / "node_modules"

#: Nothing inside these is prose, or it is a link already.
NOT_PROSE = (nodes.title, nodes.literal, nodes.literal_block, nodes.reference, nodes.raw)
NOT_PROSE += (nodes.math, nodes.math_block, nodes.comment, nodes.system_message)
ICONS = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
PROSE_CUTS = ("400-normal", "400-italic", "600-normal")


@functools.cache
def katex_process() -> subprocess.Popen:
    """Start KaTeX; Node ends by itself when Sphinx does, and with it the pipe.

    The extension sphinxcontrib-katex starts a server instead, which failed in a race when it was tried.
    """
    script = [shutil.which("node") or "node", SITE / "katex.js"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(script, text=True, encoding="utf-8", **pipes)


@functools.cache
def formula_html(tex: str, display: bool) -> dict[str, str]:
    """Return KaTeX's answer for a formula: a dictionary with its html, or with the error."""
    katex_process().stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    katex_process().stdin.flush()
    return json.loads(katex_process().stdout.readline())


def visit_formula(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula as HTML, so that a page needs no script to show it."""
    display = isinstance(node, nodes.math_block)
    answer = formula_html(node.astext(), display)
    if "error" in answer:
        logging.getLogger(__name__).warning(answer["error"], location=node)
    tag = "div" if display else "span"
    translator.body.append(translator.starttag(node, tag, "", CLASS="math"))
    if display and node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{answer.get('html', '')}</{tag}>")
    raise nodes.SkipNode


def what_it_does(source: str) -> str:
    """Return in a few words what a cell's code is for: what it finds out, draws, defines or prints.

    What it finds out is named as the guess is that the reader was asked for.
    """
    if guessed := re.search(r'guesses\.compare\(\s*"([^"]+)"', source):
        return f"The code for “{guessed[1]}”"
    if "plt.show()" in source:
        return "The code that draws this"
    statements = ast.parse(source).body
    defined = [each.name for each in statements if isinstance(each, ast.FunctionDef)]
    if defined:
        return f"The code of {', '.join(defined)}"
    return f"The code that {'prints this' if 'print(' in source else 'prepares what follows'}"


def visit_folded(translator: HTML5Translator, node: nodes.Element) -> None:
    """Fold the code of a cell tagged ``hide-input``, and say what it does."""
    said = escape(what_it_does(list(node.findall(nodes.literal_block))[-1].astext()))
    kind = "code drawing" if "drawing" in node["classes"] else "code"
    translator.body.append(f'<details class="{kind}"><summary>{said}</summary>')


def depart_folded(translator: HTML5Translator, node: nodes.Element) -> None:
    """Close what visit_folded opens."""
    translator.body.append("</details>\n")


def join_folds(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put folded code that shows nothing into the fold that follows at once."""
    for fold in list(doctree.findall(HideCodeCellNode)):
        cell = fold.parent
        after = cell.next_node(descend=False, siblings=True)
        following = after and after.children and after[0]
        if len(cell) == 1 and isinstance(following, HideCodeCellNode):
            following[:0] = fold.children
            cell.parent.remove(cell)


def names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that code goes by, and those that it gives a value."""
    used, given = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else given).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.alias)):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
    return used, given


def tell_drawings(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark the folds that only draw: paper has room for what computes, and for what that goes by."""
    sources = {
        block: block.astext()
        for block in doctree.findall(nodes.literal_block)
        if block.get("language") == "ipython3"
    }
    drawings = {
        fold: [sources.pop(block) for block in fold.findall(nodes.literal_block)]
        for fold in doctree.findall(HideCodeCellNode)
        if all("plt.show()" in block.astext() for block in fold.findall(nodes.literal_block))
    }
    used, given = names("\n".join(sources.values()))
    for fold, texts in drawings.items():
        if not (used - given) & names("\n".join(texts))[1]:
            fold["classes"].append("drawing")


#: Code, and what it prints, as they stand in a page.
BLOCK = re.compile(
    r'(?<=<div class="highlight">)(<pre[^>]*>(?:<code>)?)(.*?)((?:</code>)?</pre>)', re.S
)
#: Where a line of Python may turn besides at a space: after a bracket that opens a call.
OPENS = re.compile(r'(<span class="p">[^<]*\(</span>)(?!<span class="p">\))')


def in_lines(block: re.Match) -> str:
    """Give each line of a block a span that knows its indentation: where it turns, it goes on deeper."""
    lines = []
    opened = []
    for line in OPENS.sub(r"\1<wbr>", block[2]).removesuffix("\n").split("\n"):
        before = "".join(opened)
        for tag in re.findall(r"</?span[^>]*>", line):
            if tag == "</span>":
                opened.pop()
            else:
                opened.append(tag)
        words = unescape(re.sub("<[^>]*>", "", line))
        deep = len(words) - len(words.lstrip(" "))
        style = f' style="--in: {deep}ch"' if deep else ""
        lines.append(f'<span class="ln"{style}>{before}{line}{"</span>" * len(opened)}\n</span>')
    return f"{block[1]}{''.join(lines)}{block[3]}"


def part_lines(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Part the code of a page into its lines."""
    if doctree is not None:
        context["body"] = BLOCK.sub(in_lines, context["body"])


#: What a screen reader calls the parts of a cell, which the eye tells apart by their frames.
CELL_PARTS = {"cell_code_source": "Code", "cell_code_output": "Output"}


#: So many columns of a table a phone can show, and so many of what is only said.
ROWS, SENTENCES = 60, 46
#: A row has its columns set apart, or begins as a list does.
ROW = re.compile(r"\S {2,}\S|^\s*\[")


#: The most lines of code, or of what it prints, that paper doesn't part.
BRIEF = 15
#: Of a solution's fold, its beginning; and the most lines for which little room to write will do.
SOLUTION, ROOM = "<summary>Solution</summary>", 5


def columns_to_keep(text: str) -> int:
    """Return how wide a printed text has to be for no row of a table to turn.

    A sentence may turn, if it is longer than what a phone shows in letters as large as that.
    """
    lines = text.split("\n")
    rows = [len(line) for line in lines if ROW.search(line)]
    is_table = len(rows) > 1
    kept = [len(line) for line in lines if len(line) <= (ROWS if is_table else SENTENCES)]
    return max([1, *kept, *(rows if is_table else [])])


def visit_container(translator: HTML5Translator, node: nodes.container) -> None:
    """Open a container; of code and of what it prints, say which is which."""
    part = CELL_PARTS.get(node.get("nb_element"))
    if part and node.next_node(nodes.literal_block):
        named = {"role": "group", "aria-label": part}
        texts = [block.astext() for block in node.findall(nodes.literal_block)]
        if sum(text.count("\n") + 1 for text in texts) <= BRIEF:
            node["classes"].append("brief")
        if part == "Output":
            named["style"] = f"--columns: {max(map(columns_to_keep, texts))}"
        node.html5tagname = "div"  # which HTML5Translator closes
        opened = translator.starttag(node, "div", CLASS="docutils container", **named)
        translator.body.append(opened)
    else:
        HTML5Translator.visit_container(translator, node)


def render_docstring_maths(
    app: Sphinx, what: str, name: str, obj, options, lines: list[str]
) -> None:
    """Turn the $...$ of docstrings, which reads well in an editor, into Sphinx's maths role."""
    text = re.sub(r"\$([^$]+)\$", r":math:`\1`", "\n".join(lines))
    lines[:] = text.split("\n")
    if what == "data":
        # Napoleon takes the first line's words up to a colon for a type: let that be a comment.
        lines[:0] = ["..", ""]


def skip_field_numbers(app: Sphinx, what: str, name: str, obj, skip: bool, options) -> bool | None:
    """Leave out the fields of named tuples, of which Python knows only "Alias for field 0"."""
    return True if (getattr(obj, "__doc__", "") or "").startswith("Alias for field") else None


def leave_out_values(app: Sphinx, doctree: nodes.document) -> None:
    """Leave out the value of the library's constants, which the source has, and at times pages long."""
    for description in doctree.findall(addnodes.desc):
        if description["objtype"] == "data":
            for value in list(description[0].findall(addnodes.desc_annotation)):
                value.parent.remove(value)


@functools.cache
def glossary_entries(app: Sphinx) -> dict[str, tuple[str, str, str]]:
    """Return each term of the glossary: the page and the anchor it has, and its definition."""
    entry_of = {}
    tree = functools.cache(app.env.get_doctree)  # which takes a while to read
    for (kind, _), (page, anchor) in app.env.get_domain("std").objects.items():
        if kind == "term":
            entries = tree(page).findall(nodes.term)
            term = next(entry for entry in entries if anchor in entry["ids"])
            meaning = term.parent.next_node(nodes.definition).next_node(nodes.paragraph).astext()
            entry_of[term.astext().lower()] = (page, anchor, " ".join(meaning.split()))
    return entry_of


def is_prose(text: nodes.Text) -> bool:
    """Tell whether a text is one that may carry links."""
    parent = text.parent
    while parent is not None and not isinstance(parent, NOT_PROSE):
        parent = parent.parent
    return parent is None


def with_links(
    text: nodes.Text, waiting: dict[str, tuple[str, str]], pattern: str
) -> Iterator[nodes.Node]:
    """Yield a text in pieces, terms as links; a term that was linked is no longer waited for."""
    start = 0
    for match in re.finditer(pattern, text, re.I):
        if match[1].lower() in waiting:
            address, meaning = waiting.pop(match[1].lower())
            yield nodes.Text(text[start : match.start()])
            link = {"refuri": address, "reftitle": meaning, "internal": True, "classes": ["term"]}
            yield nodes.reference("", match[0], **link)
            start = match.end()
    yield nodes.Text(text[start:])


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link each glossary term where a lesson first uses it."""
    if not docname.startswith("notebooks/"):
        return
    waiting = {
        term: (f"{app.builder.get_relative_uri(docname, page)}#{anchor}", meaning)
        for term, (page, anchor, meaning) in glossary_entries(app).items()
    }
    # The longest first, so that "gradient check" is not taken for a use of "gradient".
    words = "|".join(map(re.escape, sorted(waiting, key=len, reverse=True)))
    pattern = rf"(?<![\w-])({words})(?:es|s)?(?![\w-])"
    for text in list(doctree.findall(nodes.Text)):
        if is_prose(text):
            text.parent.replace(text, list(with_links(text, waiting, pattern)))


def keep_words_with_formulas(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let no line end between a formula and what is written against it, such as a comma."""
    for math in list(doctree.findall(nodes.math)):
        parent = math.parent
        at = parent.index(math)
        head = tail = ""
        if at + 1 < len(parent) and isinstance(parent[at + 1], nodes.Text):
            tail = re.match(r"\S*", parent[at + 1])[0]
            parent[at + 1] = nodes.Text(parent[at + 1][len(tail) :])
        if at and isinstance(parent[at - 1], nodes.Text):
            head = re.search(r"\S*\Z", parent[at - 1])[0]  # $ would overlook a line's end
            parent[at - 1] = nodes.Text(parent[at - 1].removesuffix(head))
        together = nodes.inline(classes=["nobreak"])
        together.extend([nodes.Text(head), math.deepcopy(), nodes.Text(tail)])
        parent[at] = together


def keep_numbers_with_units(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let no line end between a number and its unit, such as in 84 %."""
    for text in list(doctree.findall(nodes.Text)):
        together = re.sub(r"(?<=\d) (?=(?:%|s|ms|kB|MB|GB)(?!\w))", "\N{NO-BREAK SPACE}", text)
        if together != text and is_prose(text):
            text.parent.replace(text, nodes.Text(together))


def words_of_section(section: nodes.section) -> str:
    """Return the words of a section without those of its subsections; formulas as they are seen."""
    pieces = []
    for node in section.findall(nodes.Text):
        above = node.parent
        is_formula = isinstance(node.parent, (nodes.math, nodes.math_block))
        while not isinstance(above, nodes.section):
            above = above.parent
        if above is section and not isinstance(node.parent, (nodes.raw, nodes.title)):
            html = formula_html(node.astext(), False).get("html", "") if is_formula else ""
            seen = re.sub("<[^>]*>", "", html.partition('class="katex-html"')[2].partition(">")[2])
            pieces.append(unescape(seen) if is_formula else node.astext())
    return " ".join(" ".join(pieces).split())


def keep_words(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep the words of each section, for the search page to show where it found what."""
    if "nosearch" in app.env.metadata[docname]:
        return  # what it says stands elsewhere
    kept = app.env.__dict__.setdefault("course_texts", {})
    kept[docname] = [
        {
            "id": part["ids"][0],
            "title": part.next_node(nodes.title).astext(),
            "text": words_of_section(part),
        }
        for part in doctree.findall(nodes.section)
    ]


def write_words(app: Sphinx, failure: Exception | None) -> None:
    """Write the words that were kept as a script, which a page opened from the disk may load."""
    texts = json.dumps(app.env.course_texts, ensure_ascii=False)
    script = Path(app.outdir) / "_static" / "texts.js"
    script.write_text(f"window.courseTexts = {texts};\n", encoding="utf-8")


#: The pages that have scripts of their own.
SCRIPTS = {"search": ("texts.js", "search.js"), "review": ("review.js",)}


def load_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Load a page's own scripts there, and on no other."""
    for script in SCRIPTS.get(pagename, ()):
        app.add_js_file(script, defer="defer")


#: Dots an inch from which on a figure was drawn with two of them for each of the page's.
FINE = 150


def tell_sizes(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let each page tell how large its pictures are, so that nothing moves once they are loaded."""
    for image in doctree.findall(nodes.image):
        if "width" in image:  # a cell's figure says it by itself
            continue
        with Image.open(Path(app.srcdir) / image["uri"]) as picture:
            dots, _ = picture.info.get("dpi", (0, 0))
        image["scale"] = 50 if dots > FINE else 100  # of the size that Sphinx reads from the file


def set_levels_small(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Set an exercise's level and minutes small beside its title."""
    for title in doctree.findall(nodes.title):
        if match := EXERCISE.fullmatch(f"### {title.astext()}"):
            words = f"{match['level']}, {match['minutes']} minutes"
            last = title.children[-1]
            title.replace(last, nodes.Text(last.removesuffix(f" ({words})")))
            title += nodes.inline("", f" {words}", classes=["level"])


def show_drawing(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the drawing that stands for a lesson on the home page beside the lesson's opening, too."""
    folder, _, name = docname.rpartition("/")
    drawing = SITE / "thumbs" / f"{name[:2]}.svg"
    if folder == "notebooks" and (title := doctree.next_node(nodes.title)):
        title.parent.insert(1, nodes.raw("", drawing.read_text("utf-8"), format="html"))


def mark_not_attempted(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark what says only that nobody has tried an exercise yet: on paper it is room to answer.

    There is more of it where the solution that follows is longer.
    """
    place = None
    for reply in doctree.findall(nodes.raw):
        said = reply.astext()
        if "<strong>not attempted</strong>" in said:
            place = reply.parent
            place["classes"].append("not-attempted")
        elif place and SOLUTION in said:
            if said.partition(SOLUTION)[2].count("\n") > ROOM:
                place["classes"].append("roomy")
            place = None
    for said in doctree.findall(nodes.literal_block):
        if "no verdict yet" in said.astext():  # of a check that the reader is to write
            said.parent["classes"] += ["not-attempted", "roomy"]


def shorten_contents(app: Sphinx, env: BuildEnvironment) -> None:
    """Make the contents fit their column: without an exercise's level and minutes, long names parted."""
    for contents in env.tocs.values():
        for text in list(contents.findall(nodes.Text)):
            if match := EXERCISE.fullmatch(f"### {text}"):
                text.parent.replace(text, nodes.Text(match["title"]))
            elif isinstance(text.parent, nodes.literal):
                parted = text.replace("_", "_\N{ZERO WIDTH SPACE}")
                text.parent.replace(text, nodes.Text(parted))


def visit_entry(translator: HTML5Translator, node: nodes.entry) -> None:
    """Open a table's cell; the corner above row heads is empty, so it is not a heading."""
    if isinstance(node.parent.parent, nodes.thead) and not node.astext().strip():
        translator.body.append("<td></td>")
        raise nodes.SkipNode
    HTML5Translator.visit_entry(translator, node)


EARLY = """
<script>
  // The prose's fonts before the page is first drawn, which then does not jump. From the disk no
  // browser would take them that way.
  if (location.protocol !== "file:")
    for (const cut of ["400-normal", "600-normal"])
      document.head.append(Object.assign(document.createElement("link"), {{
        rel: "preload", as: "font", type: "font/woff2", crossOrigin: "",
        href: `{fonts}/source-serif-4-latin-${{cut}}.woff2`,
      }}));
</script>
"""


#: What is said of a page of the course where a link to it is shared, if it says nothing itself.
DESCRIPTION = (
    "Build a neural network in NumPy alone, check every gradient, and find out how it can fool you. "
    "Fourteen lessons with exercises that answer back, on the page."
)


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Describe a page for who finds it elsewhere, a lesson by its opening; ask for its fonts at once."""
    context["description"] = DESCRIPTION
    if doctree is not None and pagename.startswith("notebooks/"):
        opening = doctree.next_node(nodes.paragraph)
        context["description"] = textwrap.shorten(opening.astext(), 200, placeholder=" …")
    # The theme has a viewport already.
    lines = context.get("metatags", "").splitlines()
    context["metatags"] = "\n".join(line for line in lines if 'name="viewport"' not in line)
    if doctree is not None:
        fonts = context["pathto"]("_static/fonts", 1)
        context["metatags"] += EARLY.format(fonts=fonts)


def say_default_of_fields(
    app: Sphinx, what: str, name: str, obj, options, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Say ... where a dataclass makes a default anew: Sphinx cannot read Python's <factory>."""
    return signature and signature.replace("<factory>", "..."), returns


def copy_fonts(app: Sphinx) -> None:
    """Copy KaTeX's style sheet and the fonts, in the one format that browsers load."""
    static = Path(app.outdir) / "_static"
    (static / "fonts").mkdir(parents=True, exist_ok=True)
    css = (NODE_MODULES / "katex" / "dist" / "katex.min.css").read_text(encoding="utf-8")
    older_formats = r',url\([^)]*\.(?:woff|ttf)\) format\("[a-z]*"\)'
    (static / "katex.min.css").write_text(re.sub(older_formats, "", css), encoding="utf-8")
    prose = NODE_MODULES / "@fontsource" / "source-serif-4" / "files"
    cuts = [prose / f"source-serif-4-latin-{cut}.woff2" for cut in PROSE_CUTS]
    for font in [*(NODE_MODULES / "katex" / "dist" / "fonts").glob("*.woff2"), *cuts]:
        shutil.copy2(font, static / "fonts")


def keep_used_icons(app: Sphinx, failure: Exception | None) -> None:
    """Cut the theme's font of two thousand icons down to those that stand on a page.

    It then weighs 1 kB instead of 115, a quarter of all that the first view of a lesson loads.
    """
    static = Path(app.outdir) / "_static"
    pages = "".join(page.read_text("utf-8") for page in Path(app.outdir).rglob("*.html"))
    used = {*re.findall(r"\bfa-[a-z0-9-]+", pages), "fa-xmark"}  # the theme's script adds this one
    theme = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    codes = [
        int(code, 16)
        for names, code in re.findall(r'([^{}]+)\{--fa:"\\(\w+)"\}', theme)
        if used & set(re.findall(r"fa-[a-z0-9-]+", names))
    ]
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(static / ICONS), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    subset.save_font(font, str(static / ICONS), options)


def setup(app: Sphinx) -> dict[str, str]:
    """Connect the above to Sphinx's events."""
    formulas = (visit_formula, None)
    app.add_html_math_renderer("katex", inline_renderers=formulas, block_renderers=formulas)
    app.add_node(nodes.entry, override=True, html=(visit_entry, HTML5Translator.depart_entry))
    app.add_node(
        nodes.container, override=True, html=(visit_container, HTML5Translator.depart_container)
    )
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded, depart_folded))
    app.connect("builder-inited", copy_fonts)
    app.connect("autodoc-process-docstring", render_docstring_maths, priority=0)
    app.connect("autodoc-process-signature", say_default_of_fields)
    app.connect("autodoc-skip-member", skip_field_numbers)
    app.connect("doctree-read", leave_out_values)
    app.connect("env-updated", shorten_contents)
    app.connect("doctree-resolved", link_terms)
    app.connect("doctree-resolved", keep_words_with_formulas)
    app.connect("doctree-resolved", keep_words)
    app.connect("doctree-resolved", keep_numbers_with_units)
    app.connect("doctree-resolved", tell_sizes)
    app.connect("doctree-resolved", set_levels_small)
    app.connect("doctree-resolved", show_drawing)
    app.connect("doctree-resolved", mark_not_attempted)
    app.connect("doctree-resolved", join_folds)
    app.connect("doctree-resolved", tell_drawings)
    app.connect("html-page-context", load_scripts)
    app.connect("html-page-context", describe)
    app.connect("html-page-context", part_lines)
    app.connect("build-finished", keep_used_icons)
    app.connect("build-finished", write_words)
    return {"version": "1"}
