"""The spans whose answers a session is prepared with: since the last session, a week, a month, or a set."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q

from accounts.models import Connection, User
from counselor.models import ClientNote
from journal.models.share import Reply, Share, ShareQuerySet
from journal.sharing import readings

DAY = dt.timedelta(days=1)
LENGTHS = {"week": 7 * DAY, "month": 30 * DAY}


class Kind(StrEnum):
    SESSION = "session"
    WEEK = "week"
    MONTH = "month"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Span:
    """What was shared from the day `first` until the day `last`: null for from the beginning, and until now.

    A span until now holds whatever is new, too, and what was opened today, whenever it was shared: so nothing that waits to be read
    is missed, and nothing goes from the page by being read.
    """

    kind: Kind
    first: dt.date | None = None
    last: dt.date | None = None
    assignment: uuid.UUID | None = None

    @property
    def query(self) -> str:
        """How an address names it, as "?span=week"; "" for the one that a session is prepared with at first."""
        if self.kind is Kind.SET:
            return f"?{urlencode({'set': str(self.assignment)})}"
        fields = {} if self.kind is Kind.SESSION else {"span": str(self.kind)}
        if self.last:
            fields["until"] = self.last.isoformat()
        return f"?{urlencode(fields)}" if fields else ""


def named(
    counselor: User, connection: Connection, *, kind: str, assignment: uuid.UUID | None, until: dt.date | None, now: dt.datetime
) -> Span:
    """The span that an address names; that since the last session where it names none. One query at most."""
    today = counselor.tonight(now)
    last = until if until and _began(counselor, connection) <= until < today else None
    if assignment:
        return Span(Kind.SET, assignment=assignment)
    if kind in LENGTHS:
        return Span(Kind(kind), (last or today) - LENGTHS[kind] + DAY, last)
    return Span(Kind.SESSION, last_session(connection, before=last or today), last)


def last_session(connection: Connection, *, before: dt.date) -> dt.date | None:
    """The day of the last session before that day: the date that was set for it, or that of a note, whichever is later."""
    notes = ClientNote.objects.filter(connection=connection, counselor=connection.counselor_id, removed_at=None, dated__lt=before)
    dated = notes.order_by("-dated").values_list("dated", flat=True).first()
    set_for = connection.next_session_on
    return max((day for day in (dated, set_for) if day and day < before), default=None)


def _began(counselor: User, connection: Connection) -> dt.date:
    return connection.began_at.astimezone(counselor.zone).date()


def earlier(counselor: User, connection: Connection, span: Span) -> Span | None:
    """The span of the same kind before it; None where the connection had not begun. Of a set there is no other."""
    if span.kind is Kind.SET or span.first is None or span.first <= _began(counselor, connection):
        return None
    return replace(span, first=None, last=span.first - DAY)


def later(span: Span) -> Span | None:
    """The span of the same kind after it; None for the latest. That before a session leads to the latest."""
    if span.last is None:
        return None
    return Span(span.kind, last=span.last + LENGTHS[span.kind] if span.kind in LENGTHS else None)


def shares(counselor: User, connection: Connection, span: Span, now: dt.datetime) -> ShareQuerySet:
    """What the client shared in it, in the order of its nights."""
    own = Share.objects.for_counselor(counselor).filter(connection=connection).order_by("night", "shared_at", "pk")
    if span.kind is Kind.SET:
        return own.filter(assigned__assignment=span.assignment)
    within = Q(shared_at__gte=_beginning(counselor, span.first)) if span.first else Q()
    if span.last:
        return own.filter(within, shared_at__lt=_beginning(counselor, span.last + DAY))
    return own.filter(within | readings.has_new() | _opened_since(_night_began(counselor, now))) if span.first else own


def _beginning(counselor: User, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), counselor.zone)


def _night_began(counselor: User, now: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(counselor.tonight(now), dt.time(counselor.night_ends_at), counselor.zone)


def _opened_since(moment: dt.datetime) -> Q:
    """What was read for the first time since then, and under what a reply was."""
    replies = Reply.objects.filter(connection=OuterRef("connection"), share=OuterRef("pk"), from_counselor=False, seen_at__gte=moment)
    return Q(read_at__gte=moment) | Q(Exists(replies))
