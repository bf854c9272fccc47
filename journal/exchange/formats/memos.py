"""memos: the saved answer of its list of memos, or a list of them."""

from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import json_values, moments
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_KNOWN = {"name", "content", "createTime", "displayTime", "updateTime", "pinned", "tags", "attachments", "resources", "snippet", "nodes"}


class Memos:
    name: ClassVar[str] = "memos"
    label: ClassVar[str] = "memos"

    def recognises(self, source: Source) -> bool:
        return any({f"{place}.content", f"{place}.createTime"} <= source.shape for place in ("memos.item", "item"))

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        place = "memos.item" if "memos.item" in source.shape else "item"
        for number, value in enumerate(json_values.items(source.file, place), start=1):
            memo = keys_of(value)
            where = word_of(memo.get("createTime")) or f"#{number}"
            if not isinstance(value, dict):
                yield Problem(where, "not-an-entry")
            elif json_values.is_too_deep(memo):
                yield Problem(where, "too-deep")
            else:
                yield from finished(_found(memo, where), source)


def _found(memo: Keys, where: str) -> Found:
    files = [keys_of(file) for name in ("attachments", "resources") for file in list_of(memo.get(name))]
    return Found(
        when=moments.iso(memo.get("displayTime")) or moments.iso(memo.get("createTime")),
        where=where,
        source_id=word_of(memo.get("name")),
        edited=moments.iso(memo.get("updateTime")),
        text=text_of(memo.get("content")),
        tags=list_of(memo.get("tags")),
        is_starred=flag_of(memo.get("pinned")),
        extra={name: value for name, value in memo.items() if name not in _KNOWN},
        oddities=[Oddity("file-missing", word_of(file.get("filename"))[:60] or "?") for file in files],
    )
