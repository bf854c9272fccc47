"""What clients shared and wrote that is waiting to be read, as parts of queries of connections; and how much it is altogether."""

import datetime as dt

from django.db.models import Count, DateTimeField, IntegerField, Min, OuterRef, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from accounts.models import User
from common.database.prepared import Placeholder, Prepared
from journal.models.share import Reply, Share


def unseen_replies() -> "QuerySet[Reply]":
    """Replies of clients that their counselor has not seen."""
    return Reply.objects.filter(from_counselor=False, seen_at=None, share__taken_back_at=None)


def count(rows: "QuerySet[Share] | QuerySet[Reply]", of: str = "connection") -> Coalesce:
    """How many of these rows there are, of one `of` that the rows are filtered for."""
    return Coalesce(Subquery(rows.order_by().values(of).annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)


def _since(rows: "QuerySet[Share] | QuerySet[Reply]", column: str) -> "Subquery":
    return Subquery(
        rows.order_by().values("connection").annotate(first=Min(column)).values("first"),
        output_field=DateTimeField[dt.datetime, dt.datetime](),
    )


def _answers() -> "QuerySet[Share]":
    return Share.objects.active().filter(connection=OuterRef("pk"), read_at=None)


def _replies() -> "QuerySet[Reply]":
    return unseen_replies().filter(connection=OuterRef("pk"))


def answers() -> Coalesce:
    """Of each connection of a query: how many answers wait."""
    return count(_answers())


def replies() -> Coalesce:
    """Of each connection of a query: how many replies wait."""
    return count(_replies())


def answers_since() -> Subquery:
    """Of each connection of a query: since when the first of the answers waits."""
    return _since(_answers(), "shared_at")


def replies_since() -> Subquery:
    return _since(_replies(), "written_at")


def _total() -> "QuerySet[User, tuple[int, int]]":
    active = {"connection__counselor": OuterRef("pk"), "connection__ended_at": None}
    by = "connection__counselor"
    shares, written = Share.objects.active().filter(**active, read_at=None), unseen_replies().filter(**active)
    return User.objects.filter(pk=Placeholder("counselor", UUIDField())).values_list(count(shares, by), count(written, by))


_TOTAL = Prepared(_total)


def total(counselor: User) -> int:
    """How many answers and replies wait for this counselor. One query, which opens nothing."""
    return sum(number for row in _TOTAL.rows(counselor=counselor.pk) for number in row)
