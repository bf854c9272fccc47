"""What belongs together on one entry: its text, what is derived from it, its version and its place."""

import datetime as dt
import uuid

from django.utils.safestring import SafeString

from journal import markup
from journal.models import Entry, EntryContent, Glance, Size

# Longer texts are rendered when they are read, not at every pause in typing.
RENDER_WHILE_TYPING = 20_000


def write(entry: Entry, text: str, question: str, feeling: str, guide: str = "") -> None:
    """Put a text on the entry, with all that is derived from it. The caller saves."""
    if len(text) <= RENDER_WHILE_TYPING:
        entry.content = EntryContent(text=text, html=markup.render(text), renderer=markup.RENDERER)
    else:
        entry.content = EntryContent(text=text)
    entry.glance = Glance(excerpt=markup.excerpt(text), question=question, feeling=feeling, guide=guide)
    entry.size = Size.of(text)


def advance(entry: Entry, page: uuid.UUID, seq: int, now: dt.datetime) -> None:
    """Store what was put on the entry as its next version, written by save number `seq` of `page`."""
    entry.version += 1
    entry.page, entry.seq, entry.saved_at = page, seq, now
    entry.save()


def html(entry: Entry) -> SafeString:
    """The entry's sanitised HTML: as it was stored, or made anew where a newer renderer would differ."""
    content: EntryContent = entry.content
    return markup.stored(content.html, content.renderer, content.text)


def take_out(entry: Entry) -> None:
    """Take an entry out of the drawer; where its night has another page by now, it becomes one of its own."""
    if entry.kind == Entry.Kind.NIGHT and Entry.objects.filter(author_id=entry.author_id).of_night(entry.night).exists():
        entry.kind = Entry.Kind.FREE
    entry.drawer_at = None
