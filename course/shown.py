"""Text that a notebook shows as it is."""


class Shown(str):
    """Text that a notebook shows with its line breaks, or as HTML or Markdown in its place."""

    html: str | None
    markdown: str | None

    def __new__(cls, text: str, html: str | None = None, markdown: str | None = None) -> "Shown":
        """Make text with its HTML, or its Markdown."""
        made = super().__new__(cls, text)
        made.html = html
        made.markdown = markdown
        return made

    __repr__ = str.__str__

    def _repr_html_(self) -> str | None:
        return self.html

    def _repr_markdown_(self) -> str | None:
        return self.markdown
