"""What the tests read out of lessons: their cells, how long they take, what their Markdown names."""

import ast
import re

from course.lessons import Lesson, code_minutes, prose_minutes
from course.lessons.markdown import jupyter_anchor, markdown_parser, page_anchor, plain

#: A full stop ends a sentence when a new one begins, except in a few abbreviations.
SENTENCE = r"(?<=[.!?])(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)\s+(?=[^a-z\s])"

#: A mention of a lesson, and of sections of it.
CITED = r'\blesson (\d\d)\b((?:(?:,|,? and) "[^"]+")*)'


# --- Cells


def trees(lesson):
    """Return (index, syntax tree) of each code cell; a lesson is plain Python, without magics."""
    return [(i, ast.parse(cell.source)) for i, cell in lesson.cells("code")]


def texts(cell):
    """Yield every text that a code cell's outputs hold, without colours."""
    for output in cell.outputs:
        if output.output_type == "stream":
            values = [output.text]
        elif output.output_type == "error":
            values = [output.evalue, "\n".join(output.traceback)]
        else:
            values = [v for kind, v in output.data.items() if not kind.startswith("image/")]
        for text in values:
            yield re.sub(r"\x1b\[[\d;]*m", "", str(text))


def honest_minutes(lesson):
    """Return how long a newcomer reads a lesson, without its exercises, whose headings say so."""
    return sum(
        prose_minutes(cell.source) if cell.cell_type == "markdown" else code_minutes(cell)
        for cell in lesson.source.cells
    )


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
