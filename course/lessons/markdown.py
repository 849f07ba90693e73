"""Markdown as Jupyter and the pages read it."""

import re
from functools import cache

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

#: A word of prose; a hyphen or an apostrophe is part of it.
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

#: What is folded away: below a summary, perhaps indented as an item of a list is.
FOLD = re.compile(
    r"^(?P<indent> *)<details><summary>(?P<summary>.*?)</summary>(?P<inside>.*?)</details>\n?",
    re.MULTILINE | re.DOTALL,
)


@cache
def markdown_parser() -> MarkdownIt:
    """Return a parser that knows tables and maths, as Jupyter and the pages do."""
    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, double_inline=True)


def code_block(source: str) -> str:
    """Return Python's source as a block of code."""
    return f"```python\n{source.strip()}\n```"


def plain(markdown: str) -> str:
    """Return a line or a paragraph without the marks for emphasis, code and links."""
    [inline] = markdown_parser().parseInline(markdown)
    written = {"text", "code_inline", "math_inline", "math_inline_double"}
    return "".join(
        f"${child.content}$" if child.type.startswith("math") else child.content or " "
        for child in inline.children
        if child.type in written or child.type.endswith("break")
    )


def unfolded(markdown: str) -> str:
    """Return Markdown without what is folded away."""
    return FOLD.sub("", markdown)


def page_anchor(heading: str) -> str:
    """Return the anchor of a heading on the pages, and on GitHub."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def jupyter_anchor(heading: str) -> str:
    """Return the anchor of a heading in a notebook that Jupyter shows."""
    return heading.replace(" ", "-")


def count_words(markdown: str) -> int:
    """Count the words that a reader reads: no fold, no heading; a formula counts as one word."""
    text = unfolded(markdown)
    text = re.sub(r"\$\$.*?\$\$", " formula ", text, flags=re.DOTALL)
    text = re.sub(r"\$[^$\n]*\$", "x", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^#+ .*$", "", text, flags=re.MULTILINE)
    return len(WORD.findall(re.sub(r"</?small>|[*_`]", "", text)))


def formula_lines(markdown: str) -> int:
    """Count the lines of displayed formulas, folds left out."""
    blocks = re.findall(r"\$\$(.*?)\$\$", unfolded(markdown), flags=re.DOTALL)
    return sum(1 + block.count(r"\\") for block in blocks)
