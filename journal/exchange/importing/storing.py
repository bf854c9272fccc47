"""Storing what another journal's reader gives: new pages, beside what is here."""

import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.ids import new_id
from journal import content, files
from journal.exchange.formats import Incoming, IncomingFile, Oddity
from journal.exchange.importing.known import text_of
from journal.models import Attachment, Entry, EntrySummary, Import, Mode, Origin, OriginContent


@dataclass(slots=True)
class Stored:
    """What came in. `beside`: pages that came in as pages of their own, since their night has one. `left_out`: files that were damaged."""

    pages: int = 0
    beside: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)


@transaction.atomic
def store(author: User, batch: Import, some: Iterable[Incoming], stored: Stored) -> None:
    """Store these pages, in one transaction."""
    some = list(some)
    nights = {incoming.night for incoming in some}
    taken = set(Entry.objects.by(author).not_deleted().filter(kind=Entry.Kind.NIGHT, night__in=nights).values_list("night", flat=True))
    entries: list[Entry] = []
    for incoming in some:
        kind = Entry.Kind.FREE if incoming.night in taken else Entry.Kind.NIGHT
        stored.beside += kind == Entry.Kind.FREE
        taken.add(incoming.night)
        entries.append(_entry(author, incoming, kind))
    Entry.objects.bulk_create(entries)
    Origin.objects.bulk_create(_origin(author, batch, entry, incoming) for entry, incoming in zip(entries, some, strict=True))
    for entry, incoming in zip(entries, some, strict=True):
        _attach(author, entry.pk, incoming.files, stored)
    stored.pages += len(entries)


def _entry(author: User, incoming: Incoming, kind: str) -> Entry:
    now = timezone.now()
    created_at = incoming.created_at or incoming.edited_at or now
    saved_at = max(incoming.edited_at or created_at, created_at)
    entry = Entry(
        author=author,
        night=incoming.night,
        kind=kind,
        mode=Mode.QUESTION if incoming.question else Mode.JUST_WRITE,
        page=new_id(),
        seq=0,
        created_at=created_at,
        saved_at=saved_at,
        revised_at=saved_at,
        unrendered_at=now,
        summary=EntrySummary(was_brought=True),
    )
    content.write(entry, content.render_later(text_of(incoming)), incoming.question, incoming.feeling)
    return entry


def _origin(author: User, batch: Import, entry: Entry, incoming: Incoming) -> Origin:
    return Origin(
        entry=entry,
        author=author,
        batch=batch,
        content=OriginContent(
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
        ),
    )


def _attach(author: User, entry: uuid.UUID, incoming: Iterable[IncomingFile], stored: Stored) -> None:
    for position, each in enumerate(incoming):
        try:
            with each.open() as source, files.create(author, each.name, each.media_type) as writer:
                shutil.copyfileobj(source, writer, files.PART_SIZE)
        except OSError:
            stored.left_out.append(Oddity("file-unreadable", each.name).sentence)
            continue
        Attachment.objects.create(entry_id=entry, author=author, file=writer.file, position=position)
        stored.files += 1
