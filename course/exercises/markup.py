"""Replies, hints and solutions as HTML, with code set as code."""

import html
import re

#: How kinds of words in a program stand out without colour, which some pages would not show.
STYLES: dict[str, str] = {"Keyword": "font-weight: bold", "Comment": "font-style: italic"}


def text(words: str) -> str:
    """Return plain text as HTML; what stands between backquotes becomes code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(words, quote=False))


def program(source: str) -> str:
    """Return a program as HTML, in the classes of Pygments, which a page may colour.

    Without Pygments, as in the Python of the course's own pages, it has no classes.
    """
    try:
        from pygments.lexers import PythonLexer
        from pygments.token import STANDARD_TYPES
    except ImportError:
        return f"<pre>{html.escape(source, quote=False)}</pre>"

    spans = []
    for token, value in PythonLexer(stripnl=False).get_tokens(source):
        style = next((style for kind, style in STYLES.items() if kind in str(token)), "")
        attribute = f' style="{style}"' if style else ""
        name = STANDARD_TYPES.get(token, "")
        escaped = html.escape(value, quote=False)
        spans.append(f'<span class="{name}"{attribute}>{escaped}</span>' if name else escaped)
    code = "".join(spans).rstrip("\n")
    return f'<div class="highlight"><pre tabindex="0"><code>{code}</code></pre></div>'


def fold(summary: str, inside: str) -> str:
    """Return HTML that is folded until it is opened."""
    return f"<details><summary>{summary}</summary>{inside}</details>"
