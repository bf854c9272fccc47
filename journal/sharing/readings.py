"""Reading a share: the counselor's side. Nothing here queries an entry."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from accounts.models import Connection, User
from journal.models.share import Reading, Reply, Share, ShareQuerySet

OPEN_FOR = dt.timedelta(minutes=30)  # afterwards a share has to be opened, and recorded, again
ONE_READING = dt.timedelta(minutes=1)  # within this, opening it twice is one reading


def for_list(shares: ShareQuerySet, *, unseen_from_counselor: bool) -> ShareQuerySet:
    """Shares for a list: with their connection, without their content, and annotated for `awaits`."""
    return shares.select_related("connection").defer("content").annotate(awaits=_has_unseen(from_counselor=unseen_from_counselor))


def waiting_first(shares: ShareQuerySet) -> ShareQuerySet:
    """A counselor's shares, those with something new first (not read yet, or with a new reply), then the newest."""
    has_new = Q(read_at=None) | Q(_has_unseen(from_counselor=False))
    return shares.order_by(Case(When(has_new, then=Value(0)), default=Value(1)), "-shared_at", "-pk")


def _has_unseen(*, from_counselor: bool) -> Exists:
    """Whether there are replies of this side under a share that the other side has not seen."""
    replies = Reply.objects.filter(connection=OuterRef("connection"), share=OuterRef("pk"))
    return Exists(replies.filter(from_counselor=from_counselor, seen_at=None, content__isnull=False))


def awaits(share: Share) -> bool:
    """Whether the reader has not seen a reply yet, under a share that `for_list` loaded."""
    value: bool = getattr(share, "awaits")  # noqa: B009  an annotation
    return value


@transaction.atomic
def open_share(counselor: User, share: uuid.UUID, now: dt.datetime) -> Share | None:
    """Record that the counselor reads a share, and what the parent wrote under it. Idempotent within `ONE_READING`.

    None where it is not (any more) theirs to read.
    """
    locked = lock(Share.objects.for_counselor(counselor), share)
    if locked is None:
        return None
    if not locked.readings.filter(text_number=locked.text_number, read_at__gt=now - ONE_READING).exists():
        Reading.objects.create(share=locked, text_number=locked.text_number, read_at=now)
    if locked.read_at is None:
        locked.read_at = now
        locked.save(update_fields=["read_at"])
    locked.replies.filter(from_counselor=False, seen_at=None).update(seen_at=now)
    return locked


def lock(shares: ShareQuerySet, pk: uuid.UUID) -> Share | None:
    """One of these shares, if it and its connection are active; both are locked, so that they stay active meanwhile."""
    connection = shares.filter(pk=pk).values_list("connection", flat=True).first()
    if connection is None or Connection.objects.active().locked().filter(pk=connection).first() is None:
        return None
    return Share.objects.active().select_for_update().filter(pk=pk).first()


def is_open(share: Share, now: dt.datetime) -> bool:
    """Whether the share was opened, and that recorded, so recently that its page shows the text."""
    return share.readings.filter(text_number=share.text_number, read_at__gt=now - OPEN_FOR).exists()
