"""Tables: Python-Markdown's processor, made to keep every cell."""

from xml.etree.ElementTree import Element

from markdown.extensions.tables import TableProcessor


class Tables(TableProcessor):
    """A row with more cells than the header widens the table, where Python-Markdown would leave them out."""

    def run(self, parent: Element, blocks: list[str]) -> None:
        self.border = True  # as on GitHub, each row may have pipes around it, whether or not the header has
        widest = max(len(self._split_row(row)) for row in blocks[0].split("\n"))  # type: ignore[attr-defined]
        self.separator = [*self.separator, *[""] * (widest - len(self.separator))]  # type: ignore[assignment]
        super().run(parent, blocks)
