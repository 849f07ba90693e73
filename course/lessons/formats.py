"""Jupyter's formats, ready in a third of the time: ``from course.lessons.formats import nbformat``.

Three packages that come with Jupyter are hidden while nbformat and jupytext are imported, since each
takes time in every command and no lesson needs what it is for. With ``rfc3987_syntax`` and
``isoduration`` jsonschema, by which nbformat checks notebooks, knows international web addresses and
spans of time: no notebook's schema has one. With ``jupyter_server`` jupytext makes what a running
Jupyter saves by; Jupyter itself imports jupytext in a process of its own.
"""

import sys

_HIDDEN = ("rfc3987_syntax", "isoduration", "jupyter_server")

# With None an import of it raises an ImportError, which jsonschema and jupytext expect.
for _name in _HIDDEN:
    sys.modules.setdefault(_name, None)
try:
    import jupytext
    import nbformat
finally:
    for _name in _HIDDEN:
        if sys.modules[_name] is None:
            del sys.modules[_name]

__all__ = ["jupytext", "nbformat"]
