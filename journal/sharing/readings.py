"""Reading a share: the counselor's side. Nothing here queries an entry."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Case, Exists, F, Max, OuterRef, Q, Subquery, Value, When

from accounts.models import Connection, User
from journal.models.share import Reading, Reply, Share, ShareQuerySet


def for_list(shares: ShareQuerySet, *, unseen_from_counselor: bool) -> ShareQuerySet:
    """Shares for a list: with their connection, without their content, and annotated for `awaits`."""
    return shares.select_related("connection").defer("content").annotate(awaits=_has_unseen(from_counselor=unseen_from_counselor))


def waiting_first(shares: ShareQuerySet) -> ShareQuerySet:
    """A counselor's shares, those with something new first (not read yet, or with a new reply), then the newest."""
    return shares.order_by(Case(When(has_new(), then=Value(0)), default=Value(1)), "-shared_at", "-pk")


def has_new() -> Q:
    """Which shares hold something new for their counselor: not read yet, or with a reply that is not."""
    return Q(read_at=None) | Q(_has_unseen(from_counselor=False))


def _has_unseen(*, from_counselor: bool) -> Exists:
    """Whether there are replies of this side under a share that the other side has not seen."""
    replies = Reply.objects.filter(connection=OuterRef("connection"), share=OuterRef("pk"))
    return Exists(replies.filter(from_counselor=from_counselor, seen_at=None, content__isnull=False))


def awaits(share: Share) -> bool:
    """Whether the reader has not seen a reply yet, under a share that `for_list` loaded."""
    value: bool = getattr(share, "awaits")  # noqa: B009  an annotation
    return value


def open_share(counselor: User, share: uuid.UUID, now: dt.datetime) -> Share | None:
    """`open_shares` of one share. None where it is not (any more) theirs to read."""
    connection = Share.objects.for_counselor(counselor).filter(pk=share).values_list("connection", flat=True).first()
    opened = open_shares(counselor, connection, [share], now) if connection else []
    return opened[0] if opened else None


@transaction.atomic
def open_shares(counselor: User, connection: uuid.UUID, shares: Collection[uuid.UUID], now: dt.datetime) -> list[Share]:
    """Record that the counselor reads these shares of one client, and what the client wrote under them. Idempotent for the day.

    There is one reading of each text for each of the counselor's nights: what they open again that day is the same reading.
    Returns those that are theirs to read, and still are. Five queries and as many statements that write, however many there are.
    """
    if not _lock_connection(counselor, connection):
        return []
    own = Share.objects.active().filter(connection=connection, pk__in=shares)
    locked = list(own.select_for_update().order_by("pk").defer("content"))
    latest = _latest_readings(locked)
    unread = [share for share in locked if not _is_same_night(counselor, latest.get(share.pk), now)]
    Reading.objects.bulk_create(Reading(share=share, text_number=share.text_number, read_at=now) for share in unread)
    first = [share for share in locked if share.read_at is None]
    if first:
        Share.objects.filter(pk__in=[share.pk for share in first]).update(read_at=now)
        for share in first:
            share.read_at = now
    Reply.objects.filter(share__in=locked, from_counselor=False, seen_at=None).update(seen_at=now)
    return locked


def _lock_connection(counselor: User, connection: uuid.UUID) -> bool:
    """Whether the connection is this counselor's and active; it is locked, so that it stays so meanwhile."""
    return Connection.objects.of_counselor(counselor).active().locked().filter(pk=connection).first() is not None


def lock(shares: ShareQuerySet, pk: uuid.UUID) -> Share | None:
    """One of these shares, if it and its connection are active; both are locked, so that they stay active meanwhile."""
    connection = shares.filter(pk=pk).values_list("connection", flat=True).first()
    if connection is None or Connection.objects.active().locked().filter(pk=connection).first() is None:
        return None
    return Share.objects.active().select_for_update().filter(pk=pk).first()


def opened_today(counselor: User, shares: Iterable[Share], now: dt.datetime) -> set[uuid.UUID]:
    """Which of these shares the counselor opened in the night that `now` belongs to for them: their pages show the text until it ends.

    One query.
    """
    return {pk for pk, read_at in _latest_readings(shares).items() if _is_same_night(counselor, read_at, now)}


def with_last_reading(shares: ShareQuerySet) -> ShareQuerySet:
    """Annotated for `is_open`, which then takes no query of its own."""
    readings = Reading.objects.filter(share=OuterRef("pk"), text_number=OuterRef("text_number")).order_by("-read_at")
    return shares.annotate(last_reading=Subquery(readings.values("read_at")[:1]))


def is_open(counselor: User, share: Share, now: dt.datetime) -> bool:
    """Whether the counselor opened the share today, and that was recorded: see `opened_today`."""
    if "last_reading" in share.__dict__:
        return _is_same_night(counselor, share.__dict__["last_reading"], now)
    return share.pk in opened_today(counselor, [share], now)


def _latest_readings(shares: Iterable[Share]) -> dict[uuid.UUID, dt.datetime]:
    """When the present text of each share was last read, where it was."""
    readings = Reading.objects.filter(share__in=[share.pk for share in shares], text_number=F("share__text_number"))
    return dict(readings.order_by().values_list("share").annotate(Max("read_at")))


def _is_same_night(counselor: User, moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is not None and counselor.tonight(moment) == counselor.tonight(now)
