"""From the notebooks to pages and an e-book; README.md in this folder is its map."""

from pathlib import Path

#: This folder, and the clone that it lies in.
SITE = Path(__file__).resolve().parent
ROOT = SITE.parent

#: What Sphinx reads, and what it makes of it.
SOURCE = SITE / "_build" / "source"
HTML = SITE / "_build" / "html"
