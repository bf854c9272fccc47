"""Revisions: which earlier texts are kept, conflict copies, and restoring one."""

import datetime as dt
import uuid

from django.db import transaction

from accounts.models import User
from common.ids import new_id
from common.text import common_length
from journal import content
from journal.models import Entry, Revision, RevisionContent, Size
from prompts.models import Mark

KEEP_EVERY = dt.timedelta(minutes=5)

# A save that deletes so many characters may be a slip: the text before it is kept even within `KEEP_EVERY`.
DELETION = 40
RECENT = 60  # as many as can be made in `KEEP_EVERY`, at one in five seconds
# A large cut takes out, or replaces, so many characters that are half of the text, or so many of any: the text before it
# is kept for good.
LARGE_CUT, LARGEST_CUT = 200, 1_000


def is_large_cut(old: str, new: str) -> bool:
    """Whether a change from one text to the other takes out much of it, or replaces it. Linear in their length."""
    start = common_length(old, new)
    end = common_length(old[start:][::-1], new[start:][::-1])
    lost = len(old) - start - end
    return lost >= LARGEST_CUT or (lost >= LARGE_CUT and 2 * lost >= len(old))


def snapshot(entry: Entry) -> RevisionContent:
    """The entry's present text as a revision holds it."""
    summary = entry.summary
    return RevisionContent(text=entry.content.text, question=summary.question, feeling=summary.feeling, children=summary.children)


def keep(entry: Entry, kind: Revision.Kind, now: dt.datetime) -> None:
    """Keep the entry's present text as a revision. Idempotent per version. The caller saves the entry's `revised_at`."""
    fields = {"page": entry.page, "seq": entry.seq, "saved_at": entry.saved_at, "size": entry.size, "content": snapshot(entry)}
    existing = Revision.objects.filter(entry=entry, version=entry.version).of_history()
    if not existing.exists():
        Revision.objects.create(entry=entry, author_id=entry.author_id, version=entry.version, kind=kind, **fields)
    elif kind == Revision.Kind.DONE:
        existing.update(kind=kind)
    elif kind == Revision.Kind.CUT:
        existing.filter(kind=Revision.Kind.EARLIER).update(kind=kind)
    entry.revised_at = now


def keep_before_change(entry: Entry, new_text: str, page: uuid.UUID, now: dt.datetime) -> None:
    """Keep the text that is about to be replaced, if the last revision is old enough, if something is deleted, or if the page changes.

    What a large cut takes out is kept for good.

    A text at which one page takes over from another identifies a late or repeated save of the first (`version_saved_by`),
    and is the common ancestor of texts that the two write at the same time.
    """
    text = entry.content.text
    if is_large_cut(text, new_text):
        keep(entry, Revision.Kind.CUT, now)
    elif now - entry.revised_at >= KEEP_EVERY or len(text) - len(new_text) >= DELETION or page != entry.page:
        keep(entry, Revision.Kind.EARLIER, now)
    if len(text) - len(new_text) >= DELETION:
        _keep_before_small_cuts(entry, new_text, now)


def _keep_before_small_cuts(entry: Entry, new_text: str, now: dt.datetime) -> None:
    """Keep for good the longest text of the last minutes, where many small deletions since add up to a large cut."""
    recent = Revision.objects.filter(entry=entry, saved_at__gt=now - KEEP_EVERY).of_history().order_by("-version")[:RECENT]
    longest = max(recent, key=lambda revision: len(revision.content.text), default=None)
    if longest and longest.kind == Revision.Kind.EARLIER and is_large_cut(longest.content.text, new_text):
        Revision.objects.filter(pk=longest.pk).update(kind=Revision.Kind.CUT)


def version_saved_by(entry: Entry, page: uuid.UUID, seq: int, saved: RevisionContent) -> int | None:
    """The version that holds this save of the page, or a later one of the same page, before another page took over; or None."""
    for revision in Revision.objects.filter(entry=entry, page=page, seq__gte=seq).of_history().order_by("version"):
        kept = revision.content
        if revision.seq > seq or (kept.text, kept.feeling, kept.children) == (saved.text, saved.feeling, saved.children):
            return revision.version
    return None


def common_ancestor(entry: Entry, base: int) -> str | None:
    """The newest kept text that both the present text and a page based on version `base` go back to, or None."""
    revision = Revision.objects.filter(entry=entry, version__lte=base).of_history().order_by("-version").first()
    return revision.content.text if revision else None


# --- Conflict copies.


def keep_conflict_copy(entry: Entry, page: uuid.UUID, seq: int, base: int, text: RevisionContent, now: dt.datetime) -> Revision:
    """Keep a text that was written elsewhere at the same time: one copy for each page, with the newest text that it sent.

    What a large cut takes out of a copy stays as a copy of its own.

    Idempotent. The caller has locked the entry's row. A deleted entry is put back, since its author is still writing.
    """
    copy = Revision.objects.filter(entry=entry, page=page).conflict_copies().order_by("-seq").first()
    if copy is None:
        copy = Revision(entry=entry, author_id=entry.author_id, kind=Revision.Kind.CONFLICT, page=page)
    elif seq < copy.seq or (seq == copy.seq and copy.content == text):
        return copy
    elif seq > copy.seq and is_large_cut(copy.content.text, text.text):
        copy = Revision(entry=entry, author_id=entry.author_id, kind=Revision.Kind.CONFLICT, page=page)
    copy.version, copy.seq, copy.saved_at = base, seq, now
    copy.size, copy.content = Size.of(text.text), text
    copy.save()
    entry.conflict_at = now
    if entry.deleted_at is not None:
        content.put_back(entry)
    entry.save(update_fields=["conflict_at", *content.PUT_BACK])
    return copy


def settle_conflict(author: User, entry: Entry) -> None:
    """The author has chosen between the entry and its conflict copies. The copies stay in the history. Idempotent."""
    Entry.objects.by(author).filter(pk=entry.pk).update(conflict_at=None)


def pending_conflict_copy(entry: Entry) -> Revision | None:
    """The latest conflict copy, without its content, until the author has chosen. No query for an entry without one."""
    if entry.conflict_at is None:
        return None
    return Revision.objects.filter(entry=entry).conflict_copies().defer("content").newest_first().first()


# --- What an author does with a revision.


def restore(author: User, revision: Revision, now: dt.datetime) -> Entry:
    """Make a revision's text the entry's present one; the text that it replaces is kept. Idempotent."""
    return _restore(author, revision, content.render(revision.content.text), now)


@transaction.atomic
def _restore(author: User, revision: Revision, rendered: content.Rendered, now: dt.datetime) -> Entry:
    entry = Entry.objects.by(author).select_for_update().get(pk=revision.entry_id)
    restored, summary = revision.content, entry.summary
    children = author.children.known(restored.children)  # the text is older than what was taken off the list since
    if revision.kind == Revision.Kind.CONFLICT and entry.conflict_at is not None:
        entry.conflict_at = None
        entry.save(update_fields=["conflict_at"])
    if (restored.text, restored.feeling, children) == (entry.content.text, summary.feeling, summary.children):
        return entry
    keep(entry, Revision.Kind.CUT if is_large_cut(entry.content.text, restored.text) else Revision.Kind.EARLIER, now)
    content.write(entry, rendered, restored.question or summary.question, restored.feeling, summary.guide, children)
    content.save_next_version(entry, new_id(), 0, now)
    return entry


@transaction.atomic
def keep_done(author: User, entry: Entry, now: dt.datetime) -> None:
    """Keep the text that its author is done with. Its prompt is no longer marked for later. Idempotent."""
    locked = Entry.objects.by(author).select_for_update().get(pk=entry.pk)
    keep(locked, Revision.Kind.DONE, now)
    locked.save(update_fields=["revised_at"])
    if locked.prompt_id:
        Mark.objects.filter(parent=author, prompt_id=locked.prompt_id, kind=Mark.Kind.LATER).delete()
