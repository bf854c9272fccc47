"""jrnl's YAML: a file for each entry, which is no YAML that a YAML parser reads: its values bear no quotes, and its text stands within."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import ClassVar

from journal.exchange.formats import limits
from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import moments, texts
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import flag_of
from journal.exchange.formats.source import Source

_HEAD = re.compile(r"---\s*\n(?:[a-z_]{1,30}:[^\n]*\n){1,20}?body: ?\|\s*(?:\n|$)")
_HEADING = re.compile(r"^##(?=#{0,5} )", re.MULTILINE)


class JrnlYaml:
    name: ClassVar[str] = "jrnl-yaml"
    label: ClassVar[str] = "jrnl"

    def recognises(self, source: Source) -> bool:
        if source.archive is None:
            return _HEAD.match(source.words) is not None
        first = next((name for name in source.archive if name.endswith((".md", ".yaml", ".yml"))), None)
        return first is not None and _HEAD.match(source.words_of(first)) is not None

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        archive = source.archive
        if archive is None:
            source.file.seek(0)
            yield from _entry(source.file.read(limits.DOCUMENT + 1), source.name, source)
            return
        for name in archive:
            if name.endswith((".md", ".yaml", ".yml")):
                try:
                    data = archive.data(name, limits.DOCUMENT)
                except OSError:
                    yield Problem(PurePosixPath(name).name, "broken")
                else:
                    yield from _entry(data, name, source)


def _entry(data: bytes, name: str, source: Source) -> Iterator[Incoming | Problem]:
    where = PurePosixPath(name).name
    if len(data) > limits.DOCUMENT:
        yield Problem(where, "too-long")
        return
    try:
        text = texts.decoded(data)
    except UnicodeError:
        yield Problem(where, "encoding")
        return
    head = _HEAD.match(text)
    if head is None:
        yield Problem(where, "not-an-entry")
        return
    said = {key: value.strip() for key, _colon, value in (line.partition(":") for line in head[0].split("\n")[1:])}
    lines = text[head.end() :].rstrip("\n").split("\n")
    if lines[-1].strip() == "...":
        lines.pop()
    body = "\n".join(line.removeprefix("\t") for line in lines)
    yield from finished(
        Found(
            when=moments.written(said.pop("date", "")),
            where=where,
            title=said.pop("title", ""),
            text=_HEADING.sub("#", body),  # jrnl puts headings one level deeper
            tags=[tag for tag in re.split(r"[,\s]+", said.pop("tags", "")) if tag],
            is_starred=flag_of(said.pop("starred", "")),
            extra={key: value for key, value in said.items() if key != "body"},
        ),
        source,
    )
