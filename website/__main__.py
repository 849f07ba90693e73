"""``python -m website`` builds the pages."""

from website.build import build

build()
