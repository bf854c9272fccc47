"""Daylio's CSV. A mood is the writer's own word; the five that Daylio begins with are known."""

from collections.abc import Iterator
from typing import ClassVar

from journal.exchange.formats.incoming import Incoming, Problem
from journal.exchange.formats.reading import html, moments
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.source import Source
from journal.exchange.formats.tables import rows
from journal.models.choices import Feeling

_OWN = {"rad": Feeling.BRIGHT, "good": Feeling.LIGHT, "meh": Feeling.EVEN, "bad": Feeling.HEAVY, "awful": Feeling.STORMY}
MOODS: dict[str, str] = {mood: feeling.value for mood, feeling in _OWN.items()}


class Daylio:
    name: ClassVar[str] = "daylio"
    label: ClassVar[str] = "Daylio"

    def recognises(self, source: Source) -> bool:
        return {"full_date", "mood", "note"} <= set(rows.names(source.words))

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        for row in rows.of(source):
            date, time = row.get("full_date", "").strip(), row.get("time", "").strip()
            mood = row.get("mood", "").strip()
            note = row.get("note", "")
            if "<br>" in note or "</" in note:
                note, _pictures = html.to_markdown(note)
            yield from finished(
                Found(
                    when=moments.written(f"{date} {time}") or moments.written(date),
                    where=date,
                    title=row.get("note_title", ""),
                    text=note,
                    feeling=MOODS.get(mood.casefold(), ""),
                    tags=[tag for tag in row.get("activities", "").split(" | ") if tag],
                    extra={"mood": mood},
                ),
                source,
            )
