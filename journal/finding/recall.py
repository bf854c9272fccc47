"""*On this day*, from the database: reading what comes back, and keeping a page from it. What comes back is decided in `memories`."""

import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from accounts.models import User
from journal import content
from journal.finding import memories
from journal.finding.memories import Memory, Page
from journal.models import Entry, EntrySummary


def of_tonight(author: User, tonight: dt.date, *, also: uuid.UUID | None = None) -> list[Memory]:
    """The pages that come back to their author tonight, as `memories.picks` says. One query, or none where nothing can come back."""
    if memories.is_silent(tonight, author.preferences):
        return []

    def page(pk: uuid.UUID, night: dt.date, kind: str, created_at: dt.datetime, summary: EntrySummary) -> Page:
        return Page(pk, night, kind == Entry.Kind.NIGHT, author.tonight(created_at) >= tonight, summary)

    nights = [earlier.night for earlier in memories.earlier_nights(tonight)]
    entries = Entry.objects.by(author).not_deleted().filter(night__in=nights)
    pages = entries.opened(page, "id", "night", "kind", "created_at", "summary", owner=author.pk)
    return memories.picks(tonight, pages, author.preferences, also=also)


@transaction.atomic
def keep_back(author: User, pk: uuid.UUID, is_kept_back: bool) -> Entry | None:
    """Let *On this day* never bring this page back, or again. None where the author has no entry of this id. Idempotent."""
    entry = Entry.objects.lock(author, pk)
    if entry is not None:
        content.save_summary(entry, replace(entry.summary, is_kept_back=is_kept_back))
    return entry
