"""Shares: copies of answers that a parent lets a counselor read, the readings of them, and what both write under them.

A share is a copy, sealed with the key of the tie. Nothing here that a counselor's page calls asks for an entry.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts import news
from accounts.models import Tie, User
from journal import markup
from journal.models import Entry, Reading, Reply, ReplyWords, Share, SharedWords

REPLY_LIMIT = 20_000  # characters
OPEN_FOR = dt.timedelta(minutes=30)  # how long an opened share stays open before it is opened, and recorded, anew


# --- Sharing and taking back: the parent's.


def share(parent: User, tie: Tie, entry: Entry, now: dt.datetime) -> Share:
    """Copy the entry's present text for the counselor, or put it in place of the text that was shared before.

    Sharing the same text again changes nothing. The caller has seen to it that both are the parent's and that the tie stands.
    """
    try:
        with transaction.atomic():
            return _share(parent, tie, entry, now)
    except IntegrityError:  # two pages shared it at once: now the share is found
        with transaction.atomic():
            return _share(parent, tie, entry, now)


def _share(parent: User, tie: Tie, entry: Entry, now: dt.datetime) -> Share:
    found = Share.objects.standing().select_for_update().filter(tie=tie, entry=entry).first()
    words = _copy(entry, tie)
    if found is None:
        found = Share.objects.create(
            tie=tie,
            parent=parent,
            entry=entry,
            entry_version=entry.version,
            assigned_id=entry.assigned_id if entry.assigned and entry.assigned.tie_id == tie.pk else None,
            night=entry.night,
            words=words,
            shared_at=now,
        )
    elif found.entry_version == entry.version or found.words == words:
        return found
    else:
        found.words, found.entry_version, found.shared_at, found.read_at = words, entry.version, now, None
        found.text_number += 1
        found.save(update_fields=["words", "entry_version", "shared_at", "read_at", "text_number"])
    if tie.counselor_id:
        news.tell(tie.counselor_id, now)
    return found


def _copy(entry: Entry, tie: Tie) -> SharedWords:
    content = entry.content
    html = content.html if content.renderer == markup.RENDERER else markup.render(content.text)
    step = entry.assigned
    name = step.assignment.words.name if step and step.tie_id == tie.pk and step.assignment.words else ""
    return SharedWords(question=entry.glance.question, text=content.text, html=html, renderer=markup.RENDERER, assignment=name)


def share_when_done(parent: User, entry: Entry, now: dt.datetime) -> Share | None:
    """Share an answer that its author is done with, where it answers a set whose answers are shared as they are finished."""
    if entry.assigned_id is None or not entry.content.text.strip():
        return None
    tie = Tie.objects.of_parent(parent).alive().filter(assignments__steps=entry.assigned_id, assignments__shares=True).first()
    return share(parent, tie, entry, now) if tie else None


def take_back(parent: User, share: uuid.UUID, now: dt.datetime) -> None:
    """Delete the copy: the counselor cannot open it any more. That it was shared, and read, stays on record for the parent.
    Safe to repeat."""
    _take_back(Share.objects.of_parent(parent).filter(pk=share), now)


def take_back_of(entries: Iterable[uuid.UUID], now: dt.datetime) -> None:
    """Take back what was shared of pages that are being deleted for good."""
    _take_back(Share.objects.filter(entry__in=list(entries)), now)


def take_back_everything(ties: list[uuid.UUID], now: dt.datetime | None = None) -> None:
    """Take back all shares of ties that are ending, and the tie's copies of what was written under them."""
    _take_back(Share.objects.filter(tie__in=ties), now or timezone.now())
    Reply.objects.filter(tie__in=ties).update(words=None)


def _take_back(shares: QuerySet[Share], now: dt.datetime) -> None:
    shares.filter(taken_back_at=None).update(taken_back_at=now, words=None)


def is_outdated(share: Share, entry: Entry) -> bool:
    """Whether the entry was changed since the shared copy was made of it."""
    words: SharedWords | None = share.words
    return words is not None and share.entry_version != entry.version and words.text != entry.content.text


# --- Reading: the counselor's.


@transaction.atomic
def open_share(counselor: User, share: uuid.UUID, now: dt.datetime) -> Share | None:
    """Record that the counselor reads it; None where there is nothing (any more) that they may read.

    Pressed twice within a minute it is one reading.
    """
    found = Share.objects.for_counselor(counselor).select_for_update().filter(pk=share).first()
    if found is None:
        return None
    lately = found.readings.filter(text_number=found.text_number, read_at__gt=now - dt.timedelta(minutes=1))
    if not lately.exists():
        Reading.objects.create(share=found, text_number=found.text_number, read_at=now)
    if found.read_at is None:
        found.read_at = now
        found.save(update_fields=["read_at"])
    found.replies.filter(from_counselor=False, seen_at=None).update(seen_at=now)
    return found


def is_open(share: Share, now: dt.datetime) -> bool:
    """Whether the counselor has opened it, on the record, so lately that its page shows it."""
    return share.readings.filter(text_number=share.text_number, read_at__gt=now - OPEN_FOR).exists()


# --- Writing under a share: both.


@transaction.atomic
def reply(person: User, share: Share, pk: uuid.UUID, text: str, now: dt.datetime) -> Reply | None:
    """Write under a share that stands. `pk` is made when the page opens: the same sent twice is written once.

    None where `pk` belongs to somebody else's reply.
    """
    found = Reply.objects.filter(pk=pk).first()
    if found is not None:
        mine = found.share_id == share.pk and found.from_counselor == (share.tie.counselor_id == person.pk)
        return found if mine else None
    from_counselor = share.tie.counselor_id == person.pk
    words = ReplyWords(text=text, html=markup.render(text), renderer=markup.RENDERER)
    made = Reply(
        pk=pk,
        share=share,
        tie=share.tie,
        parent_id=share.parent_id,
        from_counselor=from_counselor,
        written_at=now,
        words=words,
        kept=None if from_counselor else words,
    )
    made.save(force_insert=True)
    other = share.parent_id if from_counselor else share.tie.counselor_id
    if other:
        news.tell(other, now)
    return made


@transaction.atomic
def see_replies(parent: User, share: Share, now: dt.datetime) -> None:
    """The parent reads what the counselor wrote: from now on they keep a copy that nobody can take back. Safe to repeat."""
    for row in share.replies.filter(from_counselor=True, seen_at=None).exclude(words=None):
        row.seen_at, row.kept = now, row.words
        row.save(update_fields=["seen_at", "kept"])


def waiting_replies(parent: User) -> QuerySet[Reply]:
    """What counselors wrote and this parent has not seen yet."""
    standing = Reply.objects.filter(parent=parent, from_counselor=True, seen_at=None, tie__ended_at=None)
    return standing.select_related("share", "tie").defer("words", "kept").annotate(night=F("share__night"))


def html(words: SharedWords | ReplyWords) -> SafeString:
    """Sanitised HTML: as it was stored, or made anew where a newer renderer would differ."""
    if words.renderer == markup.RENDERER:
        return mark_safe(words.html)  # noqa: S308  sanitised by markup.render when it was stored, and sealed since
    return markup.render(words.text)
