"""What of a file is here already, and the text of what is not."""

import datetime as dt
import hashlib

from accounts.models import User
from common.text import one_line
from journal.exchange.formats import Incoming
from journal.models import TEXT_LIMIT, Entry, EntryContent, Origin, OriginContent


def _mark(night: dt.date, text: str) -> bytes:
    return hashlib.blake2b(f"{night.isoformat()}\n{text.strip()}".encode(), digest_size=16).digest()


class Known:
    """The author's pages, as far as an import has to know them: 16 bytes of each, and under which ids those came that were taken in.

    A page that came in before under the same id is here, whatever became of its words since, there or here. Two of one file may have
    the same id, where several journals lie in it: of them only words tell whether they are the same.
    """

    def __init__(self, author: User, source: str) -> None:
        self._texts = set(Entry.objects.by(author).opened(_of_page, "night", "content", owner=author.pk, chunk_size=500))

        def source_id(content: OriginContent) -> str:
            return content.source_id if content.source == source else ""

        self._ids = set(Origin.objects.filter(author=author).opened(source_id, "content", owner=author.pk, chunk_size=500))

    def __contains__(self, incoming: Incoming) -> bool:
        return incoming.source_id in self._ids or _mark(incoming.night, text_of(incoming)) in self._texts

    def add(self, incoming: Incoming) -> None:
        self._texts.add(_mark(incoming.night, text_of(incoming)))


def text_of(incoming: Incoming) -> str:
    """The text of the page that it becomes: with its title as a heading, since pages here have none."""
    if not incoming.title or len(incoming.title) + len(incoming.text) + 4 > TEXT_LIMIT:
        return incoming.text
    return f"# {one_line(incoming.title)}\n\n{incoming.text}".rstrip()


def _of_page(night: dt.date, content: EntryContent) -> bytes:
    return _mark(night, content.text)
