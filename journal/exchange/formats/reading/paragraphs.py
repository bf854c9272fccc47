"""Lines gathered into the text of one entry."""

from journal.exchange.formats import limits


class Gathered:
    """Keeps no more lines than a text may have characters; `is_too_long` says that some were left out."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._left = limits.TEXT * limits.PAGES
        self.is_empty = True  # nothing but empty lines so far

    def add(self, line: str) -> None:
        if self.is_too_long:
            return
        self._left -= len(line)
        self._lines.append(line)
        self.is_empty = self.is_empty and not line.strip()
        if self.is_too_long:
            self._lines.clear()

    @property
    def is_too_long(self) -> bool:
        return self._left < 0

    @property
    def text(self) -> str:
        return "".join(self._lines).strip("\n")
