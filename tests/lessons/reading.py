"""What the tests read out of lessons: what their cells draw, and what their Markdown refers to."""

import ast
import re

from course.lessons import Lesson
from course.lessons.markdown import jupyter_anchor, markdown_parser, page_anchor, plain

DRAWING_METHODS = {"bar", "barh", "contour", "contourf", "errorbar", "fill_between", "hist"}
DRAWING_METHODS |= {"imshow", "loglog", "matshow", "pcolormesh", "plot", "plot_surface", "scatter"}
DRAWING_METHODS |= {"semilogx", "semilogy"}
DRAWING_MODULES = {"plt", "plotting", "pictures"}

#: What of plt and plotting draws nothing.
SETTINGS = {"use_style", "rcParams", "rc", "style", "cycler", "close"}


#: A full stop ends a sentence when a new one begins, except in a few abbreviations.
SENTENCE = r"(?<=[.!?])(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)\s+(?=[^a-z\s])"

#: A mention of a lesson, and of sections of it.
CITED = r'\blesson (\d\d)\b((?:(?:,|,? and) "[^"]+")*)'


# --- Code


def dotted(node):
    """Return the names in a call such as ``plt.rcParams.update()``, as a list; [] if not names."""
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    # A method of a nameless object, as in subplots()[1].plot(), still has its own name.
    return [node.id if isinstance(node, ast.Name) else "", *names]


def calls(tree, inside_functions=True):
    """Yield (dotted names, call) for each call; a function that is only defined calls nothing."""
    if isinstance(tree, ast.Call):
        yield dotted(tree.func), tree
    for child in ast.iter_child_nodes(tree):
        if inside_functions or not isinstance(tree, (ast.FunctionDef, ast.Lambda)):
            yield from calls(child, inside_functions)


def drawing_cells(trees):
    """Return the indices of the cells that draw, themselves or through a function of the lesson."""
    drawing_names = set()

    def draws(names):
        first_of_ours = next((i for i, n in enumerate(names) if n in DRAWING_MODULES), None)
        if first_of_ours is not None and len(names) > first_of_ours + 1:
            return names[first_of_ours + 1] not in SETTINGS
        return names[-1] in (DRAWING_METHODS if len(names) > 1 else drawing_names)

    drawing = set()
    for index, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in (
                DRAWING_MODULES
            ):
                drawing_names |= {alias.asname or alias.name for alias in node.names} - SETTINGS
            if isinstance(node, ast.FunctionDef) and any(draws(names) for names, _ in calls(node)):
                drawing_names.add(node.name)
        if any(draws(names) for names, _ in calls(tree, inside_functions=False)):
            drawing.add(index)
    return drawing


# --- Markdown


def headings(markdown):
    """Return (level, text) of each heading."""
    tokens = markdown_parser().parse(markdown)
    return [
        (int(token.tag[1:]), plain(tokens[i + 1].content))
        for i, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def links(markdown):
    """Return the targets of all links and images; code and maths hold none."""
    tokens = markdown_parser().parse(markdown)
    inside = [child for token in tokens for child in token.children or []]
    targets = [t.attrs.get("href") or t.attrs.get("src") for t in inside if t.attrs]
    html = " ".join(token.content for token in [*tokens, *inside] if token.type.startswith("html"))
    return [str(f) for f in targets if f] + re.findall(r"(?:href|src)=[\"']([^\"']*)", html)


def anchors(path):
    """Return the anchors of a notebook's headings as Jupyter makes them, of a ``.md`` as GitHub."""
    if path.suffix == ".md":
        titles = [text for _, text in headings(path.read_text(encoding="utf-8"))]
        return {page_anchor(title) for title in titles}
    if path.suffix != ".ipynb":
        return set()
    titles = headings(Lesson(path.stem, path.parent).markdown)
    return {jupyter_anchor(title) for _, title in titles}


def passages(markdown):
    """Split Markdown into sentences of paragraphs, table rows, list items and headings.

    Each is as it was written, marks and links included. Displayed formulas are passages too; code
    blocks are left out.
    """
    pieces = []
    row = None
    tokens = markdown_parser().parse(markdown)
    for i, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            pieces.append(" | ".join(row))
            row = None
        elif token.type == "math_block":
            pieces.append(f"$${token.content}$$")
        elif token.type == "inline" and row is not None:
            row.append(token.content)
        elif token.type == "inline":
            text = " ".join(token.content.split())
            if tokens[i - 1].type == "heading_open":
                pieces.append(f"{tokens[i - 1].markup} {text}")
            elif tokens[i - 2].type == "list_item_open":
                pieces.append(text)
            else:
                pieces += re.split(SENTENCE, text)
    return [passage for passage in pieces if passage.strip()]


def citations(text):
    """Return (number, headings) for each mention of a lesson and its sections.

    Such as ``lesson 02, "Which axis?" and "A stable sigmoid"``. A mention may run over the
    end of a line, of a comment's too.
    """
    mentions = re.findall(CITED, re.sub(r"\s+(?:# )?", " ", text), flags=re.IGNORECASE)
    return [(number, re.findall(r'"([^"]+)"', quoted)) for number, quoted in mentions]
