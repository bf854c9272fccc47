"""The pages of an export, taken in with their history, repairs, origins and attachments."""

import datetime as dt
import re
import shutil
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from django.utils import timezone

from accounts.models import User
from journal import content, files
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.nightlight.checked import Row, Unusable
from journal.exchange.nightlight.identity import Identities
from journal.exchange.nightlight.restored_person import known_prompts
from journal.models import (
    TEXT_LIMIT,
    Attachment,
    Entry,
    EntrySummary,
    Feeling,
    Import,
    Mode,
    Origin,
    OriginContent,
    Repair,
    RepairContent,
    RepairState,
    Revision,
    RevisionContent,
    SealedFile,
    Size,
)
from prompts.models import OwnQuestion
from prompts.models.own_question import QUESTION_LIMIT

MOST_REVISIONS = 2_000  # of one page
MOST_ATTACHMENTS = 500
ATTACHMENT_LIMIT = 2**30  # bytes of one
LIST_LIMIT = 200  # tags, or children, of one page

UNCLAIMED_FOR = dt.timedelta(days=1)

type Attached = dict[uuid.UUID, SealedFile]  # by the ids that the file has for attachments

_CHILD = re.compile("[0-9a-f]{32}")


class _Known(NamedTuple):
    """What pages refer to, and whether it is here."""

    prompts: set[str]
    own: set[uuid.UUID]
    nights: set[dt.date]  # that have a page
    children: Mapping[str, str]  # ids of the file, and those of this account
    imports: set[uuid.UUID]


def files_of(owner: User, archive: Archive, some: Sequence[Row], identities: Identities) -> Attached:
    """Copy what is attached to those of these pages that are not here. The copies are deleted in a day, unless their pages are stored.

    What is not in the file, or too large, is left out: a page is worth more without it than not at all.
    """
    keyed = {key: row for row in some if any(row.rows("attachments", 1)) and (key := row.key("id")) is not None}
    if not keyed:
        return {}
    here = identities.settle(Entry, "author", keyed)
    found: Attached = {}
    for page, row in keyed.items():
        for each in row.rows("attachments", MOST_ATTACHMENTS) if page not in here else ():
            key, path = each.key("id"), each.text("path", 500)
            if key is not None and key not in found and path in archive and archive.size(path) <= ATTACHMENT_LIMIT:
                with suppress(OSError), archive.open(path) as source:
                    found[key] = _copied(owner, each, source)
    return found


def _copied(owner: User, row: Row, source: BinaryIO) -> SealedFile:
    name, media_type = row.text("name", 200) or "file", row.text("media_type", 100) or "application/octet-stream"
    with files.create(owner, name, media_type, expires_at=timezone.now() + UNCLAIMED_FOR) as writer:
        shutil.copyfileobj(source, writer, files.PART_SIZE)
    return writer.file


def pages(owner: User, some: Sequence[Row], identities: Identities, attached: Attached, counts: Counter[str], new: list[uuid.UUID]) -> None:
    """Store those of these pages that are not here, in a transaction that is under way. Counts what became of them."""
    keyed = {key: row for row in some if (key := row.key("id")) is not None}
    counts["unusable"] += len(some) - len(keyed)
    here = identities.settle(Entry, "author", keyed)
    counts["there_already"] += len(here)
    known = _known(owner, keyed.values(), identities)
    entries: dict[uuid.UUID, Entry] = {}
    for key, row in keyed.items():
        if key in here:
            continue
        try:
            entries[key] = _entry(owner, row, identities, known)
        except Unusable:
            counts["unusable"] += 1
            continue
        if row.choice("kind", Entry.Kind) != entries[key].kind:
            counts["beside"] += 1
    Entry.objects.insert_made(entries.values())
    _revisions(owner, keyed, entries, identities)
    repairs = [repair for key, entry in entries.items() if (repair := _repair(owner, entry, keyed[key])) is not None]
    Repair.objects.bulk_create(repairs)
    if repairs:
        owner.remember("has_repairs")
    Origin.objects.insert_made(
        origin for key, entry in entries.items() if (origin := _origin(owner, entry, keyed[key], identities, known)) is not None
    )
    for key, entry in entries.items():
        counts["attachments"] += _attachments(owner, entry, keyed[key], identities, attached)
    counts["pages"] += len(entries)
    new += [entry.pk for entry in entries.values()]


def _known(owner: User, rows: Iterable[Row], identities: Identities) -> _Known:
    rows = list(rows)
    own = {identities.of(key) for row in rows if (key := row.key("own"))}
    nights = {night for row in rows if (night := row.day("night"))}
    imports = {identities.of(key) for row in rows if (origin := row.row("origin")) and (key := origin.key("import"))}
    return _Known(
        prompts=known_prompts({row.text("prompt", 100) for row in rows}),
        own=set(OwnQuestion.objects.by(owner).filter(pk__in=own).values_list("pk", flat=True)),
        nights=set(Entry.objects.by(owner).not_deleted().filter(kind=Entry.Kind.NIGHT, night__in=nights).values_list("night", flat=True)),
        children=identities.children,
        imports=set(Import.objects.filter(author=owner, pk__in=imports).values_list("pk", flat=True)),
    )


def _entry(owner: User, row: Row, identities: Identities, known: _Known) -> Entry:
    """The page, not stored yet. Raises `Unusable` where it has no night or no text of a length that can be kept."""
    night, now = row.needed_day("night"), timezone.now()
    text = row.text("text", TEXT_LIMIT)
    deleted_at = row.moment("deleted_at")
    kind = row.choice("kind", Entry.Kind, Entry.Kind.FREE)
    if kind == Entry.Kind.NIGHT and deleted_at is None:
        if night in known.nights:
            kind = Entry.Kind.FREE
        known.nights.add(night)
    key = identities.of(row.needed_key("id"))
    saved_at = row.moment("saved_at") or now
    prompt, own = row.text("prompt", 100), row.key("own")
    entry = Entry(
        id=key,
        author=owner,
        night=night,
        kind=kind,
        mode=row.choice("mode", Mode, Mode.JUST_WRITE),
        prompt_id=prompt if prompt in known.prompts else None,
        own_id=identities.of(own) if own and identities.of(own) in known.own else None,
        version=max(row.number("version", 1), 1),
        page=key,
        seq=0,
        created_at=row.moment("created_at") or saved_at,
        saved_at=saved_at,
        revised_at=row.moment("revised_at") or saved_at,
        unrendered_at=now,
        deleted_at=deleted_at,
        conflict_at=row.moment("conflict_at"),
        summary=EntrySummary(was_brought=row.row("origin") is not None or any(row.rows("attachments"))),
    )
    question, feeling = row.text("question", QUESTION_LIMIT * 4), row.choice("feeling", Feeling)
    children = _children(row, known.children)
    guide = row.text("guide", 50)
    content.write(entry, content.render_later(text), question, feeling, guide, children)
    repair = row.row("repair")
    entry.summary = replace(
        entry.summary,
        is_kept_back=row.flag("kept_back"),
        repair=repair.choice("state", RepairState) if repair else "",
        mended=(day.isoformat() if repair and (day := repair.day("mended")) else ""),
        mended_words=repair.text("mended_words", 1000) if repair else "",
    )
    return entry


def _children(row: Row, known: Mapping[str, str]) -> tuple[str, ...]:
    """Those that are on no list any more stay named, as they are in the pages themselves."""
    return tuple(known.get(child, child) for child in row.texts("children", LIST_LIMIT, 32) if child in known or _CHILD.fullmatch(child))


def _revisions(owner: User, rows: Mapping[uuid.UUID, Row], entries: Mapping[uuid.UUID, Entry], identities: Identities) -> None:
    found = {
        key: (entry, row)
        for page, entry in entries.items()
        for row in rows[page].rows("revisions", MOST_REVISIONS)
        if (key := row.key("id")) is not None
    }
    here = identities.settle(Revision, "author", found)
    new = (_revision(owner, *found[key], identities.of(key), identities.children) for key in found if key not in here)
    Revision.objects.bulk_create(_distinct(new))


def _distinct(revisions: Iterable[Revision]) -> Iterator[Revision]:
    """One for each version of a page: of a file that was tampered with, a second one is left out."""
    seen = set()
    for revision in revisions:
        place = (revision.entry_id, revision.pk if revision.kind == Revision.Kind.CONFLICT else revision.version)
        if place not in seen:
            seen.add(place)
            yield revision


def _revision(owner: User, entry: Entry, row: Row, key: uuid.UUID, children: Mapping[str, str]) -> Revision:
    text = row.text("text", TEXT_LIMIT)
    return Revision(
        id=key,
        entry=entry,
        author=owner,
        kind=row.choice("kind", Revision.Kind, Revision.Kind.EARLIER),
        version=row.number("version"),
        page=key,
        seq=0,
        saved_at=row.moment("saved_at") or entry.saved_at,
        size=Size.of(text),
        content=RevisionContent(
            text=text,
            question=row.text("question", QUESTION_LIMIT * 4),
            feeling=row.choice("feeling", Feeling),
            children=_children(row, children),
        ),
    )


def _repair(owner: User, entry: Entry, row: Row) -> Repair | None:
    found = row.row("repair")
    if found is None or "is_open" not in found.as_it_is():
        return None
    opened, put_off = (day.isoformat() if (day := found.day(name)) else "" for name in ("opened", "put_off"))
    return Repair(entry=entry, author=owner, is_open=found.flag("is_open"), content=RepairContent(opened, put_off))


def _origin(owner: User, entry: Entry, row: Row, identities: Identities, known: _Known) -> Origin | None:
    found = row.row("origin")
    if found is None or not found.text("source", 24):
        return None
    batch = identities.of(key) if (key := found.key("import")) else None
    return Origin(
        entry=entry,
        author=owner,
        batch_id=batch if batch in known.imports else None,
        content=OriginContent(
            source=found.text("source", 24),
            source_id=found.text("source_id", 500),
            title=found.text("title", 1000),
            tags=found.texts("tags", LIST_LIMIT, 200),
            is_starred=found.flag("is_starred"),
            place=found.text("place", 1000),
            latitude=found.real("latitude", 90),
            longitude=found.real("longitude", 180),
            weather=found.text("weather", 1000),
            zone=found.text("zone", 64),
            extra=found.plain("extra"),
        ),
    )


def _attachments(owner: User, entry: Entry, row: Row, identities: Identities, attached: Attached) -> int:
    found = {key: attached[key] for each in row.rows("attachments", MOST_ATTACHMENTS) if (key := each.key("id")) in attached}
    if not found:
        return 0
    here = identities.settle(Attachment, "author", found)
    new = [
        Attachment(id=identities.of(key), entry=entry, author=owner, file=file, position=position)
        for position, (key, file) in enumerate(found.items())
        if key not in here
    ]
    Attachment.objects.bulk_create(new)
    SealedFile.objects.filter(pk__in=[each.file_id for each in new]).update(expires_at=None)
    return len(new)
