"""Shares: copies of answers that a parent lets a counselor read, the readings of them, and what both write under them.

A share is a copy, sealed with the key of the tie. Nothing here that a counselor's page calls asks for an entry.

What seals or opens with a tie's key holds the tie's row first, so that no tie ends in the middle of it; then the entry's,
then the share's. Ending a tie, deleting an entry and taking back go down the same rows in the same order.
"""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import news
from accounts.models import Tie, User, new_id
from journal import markup
from journal.models import Entry, Reading, Reply, ReplyWords, Share, SharedWords, ShareQuerySet
from prompts import assigned

REPLY_LIMIT = 20_000  # characters
OPEN_FOR = dt.timedelta(minutes=30)  # how long an opened share stays open before it is opened, and recorded, anew
ONE_READING = dt.timedelta(minutes=1)  # opened twice within this is opened once


class NotShareable(Exception):
    """The tie has ended, or the page is not there (any more) as its parent saw it. Nothing was shared."""


# --- Sharing and taking back: the parent's.


@transaction.atomic
def share(parent: User, tie: Tie, entry: Entry, now: dt.datetime) -> Share:
    """Copy the entry's text for the counselor, or put it in place of the text that was shared before.

    Sharing the same text again changes nothing. Raises `NotShareable` where the tie is not the parent's or has ended, and
    where the entry is not theirs, has no words, lies in the drawer, is gone, or was saved anew since it was loaded: what is
    shared is what its parent saw.
    """
    held = Tie.objects.of_parent(parent).alive().select_for_update().filter(pk=tie.pk).first()
    page = Entry.objects.by(parent).kept().select_for_update().filter(pk=entry.pk, version=entry.version).first()
    if held is None or page is None or not page.size:
        raise NotShareable
    found = Share.objects.standing().select_for_update().filter(tie=held, entry=page).first()
    words = _copy(page, held)
    if found is not None and _say_the_same(found.words, words):
        return found
    answers = page.assigned_id if page.assigned and page.assigned.tie_id == held.pk else None
    if found is None:
        found = Share(tie=held, parent=parent, entry=page)
    else:
        found.text_number += 1
    found.entry_version, found.assigned_id, found.night = page.version, answers, page.night
    found.words, found.shared_at, found.read_at = words, now, None
    found.save()
    if held.counselor_id:
        news.tell(held.counselor_id, now)
    return found


def _copy(entry: Entry, tie: Tie) -> SharedWords:
    content = entry.content
    html = markup.stored(content.html, content.renderer, content.text)
    step = entry.assigned
    name = step.assignment.said.name if step and step.assignment and step.tie_id == tie.pk else ""
    return SharedWords(question=entry.glance.question, text=content.text, html=html, renderer=markup.RENDERER, assignment=name)


def _say_the_same(one: SharedWords | None, other: SharedWords) -> bool:
    return one is not None and (one.question, one.text) == (other.question, other.text)


def shared_when_done(parent: User, step: uuid.UUID | None, entry: Entry | None = None) -> Tie | None:
    """The tie over which an answer to this step is shared once it is done, so that the page can say so; else None.

    None before the parent was told what sharing means, and for an entry that they took back: only they share that again.
    A page of its own is shared by itself once; what is changed on it later is theirs to share.
    """
    if step is None:
        return None
    told = Tie.objects.of_parent(parent).alive().filter(told_at__isnull=False)
    tie = told.filter(assignments__steps=step, assignments__shares=True).first()
    if tie is None or entry is None:
        return tie
    before = set(Share.objects.filter(tie=tie, entry=entry).values_list("taken_back_at", flat=True))
    goes_on = not before or (None in before and entry.kind == Entry.Kind.NIGHT)
    return tie if goes_on else None


def share_when_done(parent: User, entry: Entry, now: dt.datetime) -> Share | None:
    """Share an answer that its author is done with, where `shared_when_done` promised it and it has words."""
    tie = shared_when_done(parent, entry.assigned_id, entry) if entry.size else None
    if tie is None:
        return None
    try:
        return share(parent, tie, entry, now)
    except NotShareable:  # another page goes on writing on it: a draft again
        return None


def finish(parent: User, entry: Entry, now: dt.datetime, *, shares: bool) -> None:
    """The parent is done with a page: so they are with the step it answers, if it is one, and with `shares` the answer is
    shared where that was promised. Safe to repeat."""
    if entry.assigned_id is None or not entry.size:
        return
    assigned.be_done(entry.assigned_id, now)
    if shares:
        share_when_done(parent, entry, now)


def take_back(parent: User, share: uuid.UUID, now: dt.datetime) -> None:
    """Delete the copy: the counselor cannot open it any more. That it was shared, and read, stays on record for the parent.
    Safe to repeat."""
    _take_back(Share.objects.of_parent(parent).filter(pk=share), now)


def take_back_of(entries: Iterable[uuid.UUID], now: dt.datetime) -> None:
    """Take back what was shared of pages that are being deleted for good; the caller holds their rows, and deletes after."""
    _take_back(Share.objects.filter(entry__in=list(entries)), now)


def take_back_everything(ties: list[uuid.UUID], now: dt.datetime | None = None) -> None:
    """Take back all shares of ties that are ending, and the tie's copies of what was written under them."""
    _take_back(Share.objects.filter(tie__in=ties), now or timezone.now())
    Reply.objects.filter(tie__in=ties).update(words=None)


def _take_back(shares: QuerySet[Share], now: dt.datetime) -> None:
    shares.filter(taken_back_at=None).update(taken_back_at=now, words=None)


def is_outdated(share: Share, entry: Entry) -> bool:
    """Whether the entry says something else than the shared copy of it."""
    if share.entry_version == entry.version:
        return False  # asked first: what is not opened needs no key
    words: SharedWords | None = share.words
    return words is not None and (words.question, words.text) != (entry.glance.question, entry.content.text)


def standing_of(parent: User, entry: Entry) -> list[Share]:
    """The copies of this entry that counselors can read, with their ties. One query, none for who never had a counselor."""
    if not parent.has_ties:
        return []
    return list(Share.objects.of_parent(parent).standing().filter(entry=entry).select_related("tie").order_by("shared_at", "pk"))


# --- Reading: the counselor's.


def for_list(shares: ShareQuerySet, *, unseen_from_counselor: bool) -> ShareQuerySet:
    """Shares as lists show them: without their words, with their tie, and with `awaits`: a reply that was not seen yet."""
    unseen = Reply.objects.filter(share=OuterRef("pk"), from_counselor=unseen_from_counselor, seen_at=None, words__isnull=False)
    return shares.select_related("tie").defer("words").annotate(awaits=Exists(unseen))


@transaction.atomic
def open_share(counselor: User, share: uuid.UUID, now: dt.datetime) -> Share | None:
    """Record that the counselor reads it; None where there is nothing (any more) that they may read.

    Pressed twice within a minute it is one reading.
    """
    found = _hold(Share.objects.for_counselor(counselor), share)
    if found is None:
        return None
    if not found.readings.filter(text_number=found.text_number, read_at__gt=now - ONE_READING).exists():
        Reading.objects.create(share=found, text_number=found.text_number, read_at=now)
    if found.read_at is None:
        found.read_at = now
        found.save(update_fields=["read_at"])
    found.replies.filter(from_counselor=False, seen_at=None).update(seen_at=now)
    return found


def _hold(shares: ShareQuerySet, pk: uuid.UUID) -> Share | None:
    """One of these shares, while it stands: it is neither taken back nor does its tie end before this transaction does."""
    tie = shares.filter(pk=pk).values_list("tie", flat=True).first()
    if tie is None or Tie.objects.alive().select_for_update().filter(pk=tie).first() is None:
        return None
    return Share.objects.standing().select_for_update().filter(pk=pk).first()


def is_open(share: Share, now: dt.datetime) -> bool:
    """Whether the counselor has opened it, on the record, so lately that its page shows it."""
    return share.readings.filter(text_number=share.text_number, read_at__gt=now - OPEN_FOR).exists()


# --- Writing under a share: both.


@transaction.atomic
def reply(person: User, share: Share, pk: uuid.UUID, text: str, now: dt.datetime) -> Reply | None:
    """Write under a share that stands. `pk` is made when the page opens: the same sent twice is written once. Another text
    under the same `pk`, from a page that was gone back to, is written beside the first.

    None where there is nothing (any more) that this person may write under, and where `pk` is somebody else's reply.
    """
    from_counselor = share.tie.counselor_id == person.pk
    mine = Share.objects.for_counselor(person) if from_counselor else Share.objects.of_parent(person).standing()
    under = _hold(mine, share.pk)
    found = Reply.objects.filter(pk=pk).first()
    if under is None or (found and (found.share_id, found.from_counselor) != (under.pk, from_counselor)):
        return None
    if found is not None:
        since = under.replies.filter(from_counselor=from_counselor, written_at__gte=found.written_at)
        again = next((row for row in since if row.words and row.words.text == text), None)
        if again is not None:
            return again
        pk = new_id()
    words = ReplyWords(text=text, html=markup.render(text), renderer=markup.RENDERER)
    made = Reply(
        pk=pk,
        share=under,
        tie_id=under.tie_id,
        parent_id=under.parent_id,
        from_counselor=from_counselor,
        written_at=now,
        words=words,
        kept=None if from_counselor else words,
    )
    made.save(force_insert=True)
    other = under.parent_id if from_counselor else share.tie.counselor_id
    if other:
        news.tell(other, now)
    return made


@transaction.atomic
def see_replies(parent: User, share: Share, now: dt.datetime) -> None:
    """The parent reads what the counselor wrote: from now on they keep a copy that nobody can take back. Safe to repeat."""
    if Tie.objects.of_parent(parent).alive().select_for_update().filter(pk=share.tie_id).first() is None:
        return
    unseen = share.replies.filter(parent=parent, from_counselor=True, seen_at=None, words__isnull=False)
    for row in unseen.select_for_update():
        row.seen_at, row.kept = now, row.words
        row.save(update_fields=["seen_at", "kept"])


def waiting_replies(parent: User) -> QuerySet[Reply]:
    """What counselors wrote and this parent has not seen yet, the oldest first; `night` is that of the answer. Opens nothing."""
    waiting = Reply.objects.filter(parent=parent, from_counselor=True, seen_at=None, words__isnull=False, tie__ended_at=None)
    return waiting.select_related("share", "tie").defer("words", "kept", "share__words").annotate(night=F("share__night"))


def html(words: SharedWords | ReplyWords) -> SafeString:
    """Sanitised HTML: as it was stored, or made anew where a newer renderer would differ."""
    return markup.stored(words.html, words.renderer, words.text)
