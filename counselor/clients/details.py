"""One client: what was assigned, what was shared, and when the next session is."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, Value, When

from accounts.models import Connection, User
from counselor import assigning, progress
from counselor.clients import waiting
from counselor.progress import Progress
from journal.models.share import Share
from prompts.models import Assignment

LISTED_SHARES = 10  # shares on the page of one client


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One assignment. `progress` is None where the counselor may not see it. `starts_on` is a night to come; None where it has begun."""

    pk: uuid.UUID
    name: str
    paused: bool
    ended_at: dt.datetime | None
    progress: Progress | None
    starts_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One share, without its text. `replies`: how many of the client's are waiting to be read."""

    pk: uuid.UUID
    night: dt.date
    is_new: bool
    replies: int


def assigned_to(counselor: User, connection: Connection, now: dt.datetime) -> list[AssignmentRow]:
    """All assignments of a client, newest first, ended ones last."""
    rows = Assignment.objects.of_counselor(counselor).filter(connection=connection)
    rows = rows.only("connection_id", "sealed_content", "paused", "ended_at", "starts_on")
    done, today = progress.by_assignment(counselor, connection, now), counselor.tonight(now)
    return [
        AssignmentRow(
            row.pk,
            row.content.name,
            row.paused,
            row.ended_at,
            done.get(row.pk, Progress()) if connection.sees_answered else None,
            row.starts_on if row.starts_on and row.starts_on > today else None,  # no client begins on a night to come
        )
        for row in rows.order_by(F("ended_at").desc(nulls_first=True), "-assigned_at", "-pk")
    ]


def shared_by(counselor: User, connection: Connection) -> list[ShareRow]:
    """The latest shares of a client, those with something new first."""
    rows = (
        Share.objects.for_counselor(counselor)
        .filter(connection=connection)
        .annotate(unseen=waiting.count(waiting.unseen_replies().filter(share=OuterRef("pk"))))
        .annotate(is_seen=Case(When(Q(read_at=None) | Q(unseen__gt=0), then=Value(0)), default=Value(1)))
        .order_by("is_seen", "-shared_at", "-pk")
        .values_list("pk", "night", "read_at", "unseen")[:LISTED_SHARES]
    )
    return [ShareRow(pk, night, read_at is None, unseen) for pk, night, read_at, unseen in rows]


@transaction.atomic
def set_next_session(counselor: User, connection: uuid.UUID, day: dt.date | None) -> None:
    """Say when the next session with a client is, for both to see; None where none is planned. Idempotent.

    What ends with the next session ends on that day, and is news to the client. Does nothing to any other's client.
    """
    changed = Connection.objects.of_counselor(counselor).active().filter(pk=connection)
    changed = changed.exclude(next_session_on=day) if day else changed.exclude(next_session_on=None)
    if changed.update(next_session_on=day):
        assigning.follow_session(Connection.objects.select_related("parent").get(pk=connection))
