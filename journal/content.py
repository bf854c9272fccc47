"""What belongs together on one entry: its text, what is derived from it, its version and its place."""

import datetime as dt
import uuid

from django.utils.safestring import SafeString

from journal import markup
from journal.models import Entry, EntryContent, EntrySummary, Size

# Longer texts are rendered when they are read, not at every pause in typing.
RENDER_WHILE_TYPING = 20_000


def write(entry: Entry, text: str, question: str, feeling: str, guide: str = "") -> None:
    """Put a text on the entry, with all that is derived from it. The caller saves the entry."""
    if len(text) <= RENDER_WHILE_TYPING:
        entry.content = EntryContent(text=text, html=markup.render(text), renderer=markup.RENDERER)
    else:
        entry.content = EntryContent(text=text)
    entry.summary = EntrySummary(excerpt=markup.excerpt(text), question=question, feeling=feeling, guide=guide)
    entry.size = Size.of(text)


def save_next_version(entry: Entry, page: uuid.UUID, seq: int, now: dt.datetime) -> None:
    """Save what `write` put on the entry as its next version, from save number `seq` of `page`."""
    entry.version += 1
    entry.page, entry.seq, entry.saved_at = page, seq, now
    entry.save()


def html(entry: Entry) -> SafeString:
    """The entry's sanitised HTML: as it was stored, or made anew where a newer renderer would differ."""
    content = entry.content
    return markup.stored(content.html, content.renderer, content.text)


def put_back(entry: Entry) -> None:
    """Take an entry out of the trash; where its night has another page by now, it becomes a page of its own.

    The caller saves `kind` and `deleted_at`.
    """
    if entry.kind == Entry.Kind.NIGHT and Entry.objects.filter(author_id=entry.author_id).of_night(entry.night).exists():
        entry.kind = Entry.Kind.FREE
    entry.deleted_at = None
