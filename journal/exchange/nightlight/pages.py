"""What an export holds of pages: with their history, what became of ruptures, where they come from, and what is attached to them."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import NamedTuple

from accounts.models import User
from common.values import Values
from journal.exchange.nightlight.values import day, key, moment
from journal.models import Attachment, Entry, EntryContent, EntrySummary, Origin, Repair, Revision

AT_ONCE = 500  # pages that are in memory
COLUMNS = (
    "id",
    "night",
    "kind",
    "mode",
    "prompt_id",
    "own_id",
    "version",
    "created_at",
    "saved_at",
    "revised_at",
    "deleted_at",
    "conflict_at",
    "summary",
    "content",
)


class Page(NamedTuple):
    """A page as it is stored, opened."""

    pk: uuid.UUID
    night: dt.date
    kind: str
    mode: str
    prompt: str | None
    own: uuid.UUID | None
    version: int
    created_at: dt.datetime
    saved_at: dt.datetime
    revised_at: dt.datetime
    deleted_at: dt.datetime | None
    conflict_at: dt.datetime | None
    summary: EntrySummary
    content: EntryContent


class Own(NamedTuple):
    """Which tables have a row of an author at all: to name five hundred pages in a query costs more than it finds where none has."""

    revisions: bool
    attachments: bool
    repairs: bool
    origins: bool

    @classmethod
    def of(cls, author: User) -> "Own":
        models: tuple[type[Revision | Attachment | Repair | Origin], ...] = (Revision, Attachment, Repair, Origin)
        return cls(*(model._default_manager.filter(author=author).exists() for model in models))


def batches(author: User, ids: Iterable[uuid.UUID]) -> Iterator[list[Page]]:
    """The pages of these ids, which are the author's, in their order, some at a time. What another sealed does not open."""
    for some in batched(ids, AT_ONCE):
        found = {page.pk: page for page in Entry.objects.filter(pk__in=some).opened(Page, *COLUMNS, owner=author.pk)}
        yield [found[pk] for pk in some if pk in found]


def attachment_path(pk: uuid.UUID, name: str) -> str:
    """Where an attachment lies in the file: under its own id, since several may have the same name."""
    safe = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in name).strip(". ")[-80:]
    return f"attachments/{pk}/{safe or 'file'}"


class Exported(NamedTuple):
    """A page, as an export writes it for programs (`values`), and what it writes it from for people."""

    page: Page
    attachments: list[Attachment]
    values: Values


def pages(author: User, ids: Iterable[uuid.UUID], *, with_history: bool = True) -> Iterator[Exported]:
    """These pages with all that belongs to them. What makes them quick to show, their HTML and excerpt, is not among the values."""
    own = Own.of(author)
    for some in batches(author, ids):
        keys = [page.pk for page in some]
        revisions, attachments = defaultdict[uuid.UUID, list[Values]](list), defaultdict[uuid.UUID, list[Attachment]](list)
        for revision in (
            Revision.objects.filter(entry__in=keys).order_by("saved_at", "version", "pk") if with_history and own.revisions else ()
        ):
            revisions[revision.entry_id].append(_revision(revision))
        for attachment in (
            Attachment.objects.filter(entry__in=keys).select_related("file").order_by("position", "pk") if own.attachments else ()
        ):
            attachments[attachment.entry_id].append(attachment)
        repairs = {repair.pk: repair for repair in Repair.objects.filter(pk__in=keys)} if own.repairs else {}
        origins = {origin.pk: origin for origin in Origin.objects.filter(pk__in=keys)} if own.origins else {}
        for page in some:
            attached = attachments.get(page.pk, [])
            values = {
                **_page(page),
                "repair": _repair(page.summary, repairs.get(page.pk)),
                "revisions": revisions.get(page.pk, []),
                "attachments": [_attachment(each) for each in attached],
                "origin": _origin(origins.get(page.pk)),
            }
            yield Exported(page, attached, values)


def _page(page: Page) -> Values:
    summary = page.summary
    return {
        "id": str(page.pk),
        "night": day(page.night),
        "kind": page.kind,
        "mode": page.mode,
        "prompt": page.prompt,
        "own": key(page.own),
        "question": summary.question,
        "text": page.content.text,
        "feeling": summary.feeling,
        "guide": summary.guide,
        "children": summary.children,
        "kept_back": summary.is_kept_back,
        "version": page.version,
        "created_at": moment(page.created_at),
        "saved_at": moment(page.saved_at),
        "revised_at": moment(page.revised_at),
        "deleted_at": moment(page.deleted_at),
        "conflict_at": moment(page.conflict_at),
    }


def _repair(summary: EntrySummary, repair: Repair | None) -> Values | None:
    if not summary.repair and repair is None:
        return None
    found: Values = {"state": summary.repair, "mended": summary.mended, "mended_words": summary.mended_words}
    if repair is not None:
        found |= {"is_open": repair.is_open, "opened": repair.content.opened, "put_off": repair.content.put_off}
    return found


def _revision(revision: Revision) -> Values:
    content = revision.content
    return {
        "id": str(revision.pk),
        "kind": revision.kind,
        "version": revision.version,
        "saved_at": moment(revision.saved_at),
        "question": content.question,
        "text": content.text,
        "feeling": content.feeling,
        "children": content.children,
    }


def _attachment(attachment: Attachment) -> Values:
    about = attachment.file.about
    return {
        "id": str(attachment.pk),
        "name": about.name,
        "media_type": about.media_type,
        "size": attachment.file.size,
        "sha256": about.sha256,
        "path": attachment_path(attachment.pk, about.name),
    }


def _origin(origin: Origin | None) -> Values | None:
    if origin is None:
        return None
    content = origin.content
    return {
        "import": key(origin.batch_id),
        **{name: getattr(content, name) for name in ("source", "source_id", "title", "tags", "is_starred", "place")},
        **{name: getattr(content, name) for name in ("latitude", "longitude", "weather", "zone", "extra")},
    }
