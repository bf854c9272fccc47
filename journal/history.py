"""Revisions: which texts are kept, and how one comes back."""

import datetime as dt
import uuid

from django.db import transaction

from accounts.models import User, new_id
from journal import pages
from journal.models import Entry, Revision, RevisionContent, Size
from prompts.models import Mark

KEEP_EVERY = dt.timedelta(minutes=5)

# A save that takes away this many characters may be a slip of the thumb: the text before it is kept even within
# the five minutes, though not more often than every ten seconds.
MUCH = 40
SLIP_EVERY = dt.timedelta(seconds=10)


def keep(entry: Entry, kind: Revision.Kind, now: dt.datetime) -> None:
    """Keep the entry's present text as a revision; once for each version. The caller saves the entry."""
    glance = entry.glance
    content = RevisionContent(text=entry.content.text, question=glance.question, feeling=glance.feeling)
    fields = {"page": entry.page, "seq": entry.seq, "saved_at": entry.saved_at, "size": entry.size, "content": content}
    kept = Revision.objects.filter(entry=entry, version=entry.version).exclude(kind=Revision.Kind.ASIDE)
    if not kept.exists():
        Revision.objects.create(entry=entry, author_id=entry.author_id, version=entry.version, kind=kind, **fields)
    elif kind == Revision.Kind.DONE:
        kept.update(kind=kind)
    entry.revised_at = now


def keep_before_change(entry: Entry, new_text: str, page: uuid.UUID, now: dt.datetime) -> None:
    """Keep the text that is about to be replaced, if it is time to, if much of it goes, or if another page takes over.

    The text that one page left and another goes on from is what a late or repeated save of the first is known by
    (`version_saved_by`), and what two texts that were written at the same time have in common.
    """
    since = now - entry.revised_at
    slips = len(entry.content.text) - len(new_text) >= MUCH and since >= SLIP_EVERY
    if since >= KEEP_EVERY or slips or page != entry.page:
        keep(entry, Revision.Kind.EARLIER, now)


def version_saved_by(entry: Entry, page: uuid.UUID, seq: int, content: RevisionContent) -> int | None:
    """The version that this very save of the page, or one with a higher number, became before another page went on from it."""
    saved = (content.text, content.feeling)
    for kept in Revision.objects.filter(entry=entry, page=page, seq__gte=seq).exclude(kind=Revision.Kind.ASIDE).order_by("version"):
        if kept.seq > seq or (kept.content.text, kept.content.feeling) == saved:
            return kept.version
    return None


def common_ancestor(entry: Entry, base: int) -> str | None:
    """The newest kept text that both a page based on version `base` and the present text go back to, or None."""
    kept = Revision.objects.filter(entry=entry, version__lte=base).exclude(kind=Revision.Kind.ASIDE).order_by("-version").first()
    return kept.content.text if kept else None


def set_aside(entry: Entry, page: uuid.UUID, seq: int, base: int, content: RevisionContent, now: dt.datetime) -> Revision:
    """Keep a text that was written elsewhere at the same time: one for each page, the newest that it sent.

    The caller holds the entry's row. An entry in the drawer is taken out: what is being written is wanted.
    """
    aside = Revision.objects.filter(entry=entry, kind=Revision.Kind.ASIDE, page=page).order_by("-seq").first()
    if aside is None:
        aside = Revision(entry=entry, author_id=entry.author_id, kind=Revision.Kind.ASIDE, page=page)
    elif seq < aside.seq or (seq == aside.seq and aside.content == content):
        return aside
    aside.version, aside.seq, aside.saved_at = base, seq, now
    aside.size, aside.content = Size.of(content.text), content
    aside.save()
    entry.aside_at = now
    if entry.drawer_at is not None:
        pages.take_out(entry)
    entry.save(update_fields=["aside_at", "kind", "drawer_at"])
    return aside


def settle(author: User, entry: Entry) -> None:
    """The author has looked at what was set aside beside this entry, and chosen. It stays in the history."""
    Entry.objects.by(author).filter(pk=entry.pk).update(aside_at=None)


def waiting_aside(entry: Entry) -> Revision | None:
    """The text set aside last, while the author has not chosen yet."""
    if entry.aside_at is None:
        return None
    return Revision.objects.filter(entry=entry, kind=Revision.Kind.ASIDE).defer("content").newest_first().first()


@transaction.atomic
def restore(author: User, revision: Revision, now: dt.datetime) -> Entry:
    """Make a revision's text the entry's present one. What was there is kept. Restoring twice changes nothing more."""
    entry = Entry.objects.by(author).select_for_update().get(pk=revision.entry_id)
    content, glance = revision.content, entry.glance
    if revision.kind == Revision.Kind.ASIDE and entry.aside_at is not None:
        entry.aside_at = None
        entry.save(update_fields=["aside_at"])
    if (content.text, content.feeling) == (entry.content.text, glance.feeling):
        return entry
    keep(entry, Revision.Kind.EARLIER, now)
    pages.write(entry, content.text, content.question or glance.question, content.feeling, glance.guide)
    pages.advance(entry, new_id(), 0, now)
    return entry


@transaction.atomic
def keep_done(author: User, entry: Entry, now: dt.datetime) -> None:
    """Keep the text as it is now that its author is done with it. What it answers is no longer kept for later."""
    locked = Entry.objects.by(author).select_for_update().get(pk=entry.pk)
    keep(locked, Revision.Kind.DONE, now)
    locked.save(update_fields=["revised_at"])
    if locked.prompt_id:
        Mark.objects.filter(parent=author, prompt_id=locked.prompt_id, kind=Mark.Kind.LATER).delete()
