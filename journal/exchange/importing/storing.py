"""Storing what another journal's reader gives: new pages, beside what is here."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from journal import content, files
from journal.exchange.formats import Incoming, IncomingFile, Oddity
from journal.exchange.importing.known import text_of
from journal.models import Attachment, Entry, EntryContent, EntrySummary, Import, Mode, Night, Origin, OriginContent, SealedFile, Size

NIGHT = dt.timedelta(days=1)


@dataclass(slots=True)
class Stored:
    """What came in. `beside`: pages that came in as pages of their own, since their night has one. `left_out`: files that were damaged."""

    pages: int = 0
    beside: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)


class _Page(NamedTuple):
    """What differs between the pages of an import, as `Entry` calls it."""

    id: uuid.UUID
    night: dt.date
    kind: str
    mode: str
    size: Size
    content: EntryContent
    summary: EntrySummary
    page: uuid.UUID
    created_at: dt.datetime
    saved_at: dt.datetime
    revised_at: dt.datetime


_BROUGHT = EntrySummary(was_brought=True)

type Look = Callable[[], object]


def store(author: User, batch: Import, some: Iterable[Incoming], stored: Stored, look: Look = lambda: None) -> None:
    """Store these pages in one transaction, and before it what is attached to them: nobody's save waits while a film is copied.

    `look` is called for each piece of a file and may raise: then none of these pages is stored, and their files expire.
    """
    some = list(some)
    copies = [_copies(author, incoming.files, stored, look) for incoming in some]
    _store(author, batch, some, copies, stored)
    stored.files += sum(map(len, copies))


@transaction.atomic
def _store(author: User, batch: Import, some: Sequence[Incoming], copies: Sequence[Sequence[SealedFile]], stored: Stored) -> None:
    now = timezone.now()
    taken = _taken(author, {incoming.night for incoming in some})
    own_from = author.tonight(now) - NIGHT  # last night's page can still be written, too
    entries: list[_Page] = []
    for incoming in some:
        kind = Entry.Kind.FREE if incoming.night in taken or incoming.night >= own_from else Entry.Kind.NIGHT
        stored.beside += kind == Entry.Kind.FREE
        taken.add(incoming.night)
        entries.append(_page(incoming, kind, now))
    Entry.objects.insert(_Page._fields, entries, author=author.pk, seq=0, unrendered_at=now)
    origins = ((entry.id, _origin(batch, incoming)) for entry, incoming in zip(entries, some, strict=True))
    Origin.objects.insert(("entry", "content"), origins, author=author.pk, batch=batch.pk)
    if any(copies):
        Attachment.objects.bulk_create(
            Attachment(entry_id=entry.id, author=author, file=file, position=position)
            for entry, own in zip(entries, copies, strict=True)
            for position, file in enumerate(own)
        )
        SealedFile.objects.filter(pk__in=[file.pk for own in copies for file in own]).update(expires_at=None)
    stored.pages += len(entries)


def _taken(author: User, nights: set[dt.date]) -> set[dt.date]:
    """The nights that have a page, or on whose page something was done: an imported text would stand there as if it were the answer."""
    pages = Entry.objects.by(author).not_deleted().filter(kind=Entry.Kind.NIGHT, night__in=nights).values_list("night", flat=True)
    return {*pages, *Night.objects.filter(author=author, night__in=nights).values_list("night", flat=True)}


def _page(incoming: Incoming, kind: str, now: dt.datetime) -> _Page:
    created_at = incoming.created_at or incoming.edited_at or now
    saved_at = max(incoming.edited_at or created_at, created_at)
    rendered = content.render_later(text_of(incoming))
    summary = content.summarised(_BROUGHT, rendered, incoming.question, incoming.feeling)
    return _Page(
        id=new_id(),
        night=incoming.night,
        kind=kind,
        mode=Mode.QUESTION if incoming.question else Mode.JUST_WRITE,
        size=Size.of_words(summary.words or 0),
        content=rendered.content,
        summary=summary,
        page=new_id(),
        created_at=created_at,
        saved_at=saved_at,
        revised_at=saved_at,
    )


def _origin(batch: Import, incoming: Incoming) -> OriginContent:
    return OriginContent(
        source=batch.source,
        source_id=incoming.source_id,
        title=incoming.title,
        tags=incoming.tags,
        is_starred=incoming.is_starred,
        place=incoming.place,
        latitude=incoming.latitude,
        longitude=incoming.longitude,
        weather=incoming.weather,
        zone=incoming.zone,
        extra=incoming.extra,
    )


def _copies(author: User, incoming: Iterable[IncomingFile], stored: Stored, look: Look) -> list[SealedFile]:
    """Sealed copies, which expire tomorrow unless they belong to a page by then. What is damaged is left out."""
    copies: list[SealedFile] = []
    expires_at = timezone.now() + NIGHT
    for each in incoming:
        try:
            with each.open() as source, files.create(author, each.name, each.media_type, expires_at=expires_at) as writer:
                while piece := source.read(files.PART_SIZE):
                    writer.write(piece)
                    look()
        except OSError:
            stored.left_out.append(Oddity("file-unreadable", each.name).sentence)
            continue
        copies.append(writer.file)
    return copies
