"""Jupyter's formats, ready in a third of the time: ``from course.lessons.formats import nbformat``.

nbformat checks notebooks by jsonschema. Where Jupyter's server has brought ``rfc3987_syntax`` along,
jsonschema builds a grammar of international web addresses as it is imported, which takes a second,
in every command. No notebook's schema has such an address; so meanwhile that package is hidden.
"""

import sys

_GRAMMAR = "rfc3987_syntax"

# With None an import of it raises an ImportError, which jsonschema expects.
sys.modules.setdefault(_GRAMMAR, None)
try:
    import jupytext
    import nbformat
finally:
    if sys.modules[_GRAMMAR] is None:
        del sys.modules[_GRAMMAR]

__all__ = ["jupytext", "nbformat"]
