"""Notices on a parent's night page: replies of counselors that are not seen yet, and connections that counselors ended."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import CharField, DateField, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.models import Connection, User
from common import dates
from common.database.prepared import Placeholder, Prepared
from journal.models.share import Reply

_REPLY, _END = "reply", "end"


@dataclass(frozen=True, slots=True)
class ReplyNotice:
    """A counselor replied to the answer of the night `when`, as text."""

    share: uuid.UUID
    counselor_name: str
    when: str


@dataclass(frozen=True, slots=True)
class EndNotice:
    """A counselor has ended this connection."""

    connection: uuid.UUID
    counselor_name: str


@dataclass(frozen=True, slots=True)
class Notices:
    replies: tuple[ReplyNotice, ...] = ()
    ends: tuple[EndNotice, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.replies or self.ends)


_PARENT = Placeholder("parent", UUIDField())


def _rows() -> "QuerySet[Reply, tuple[str, uuid.UUID, str, dt.date, dt.datetime]]":
    unseen = Reply.objects.filter(parent=_PARENT, from_counselor=True, seen_at=None, content__isnull=False, connection__ended_at=None)
    ended = Connection.objects.filter(parent=_PARENT, end_seen=False).exclude(ended_by__in=["", Connection.Ended.BY_PARENT])
    return (
        unseen.order_by()
        .values_list(Value(_REPLY, output_field=CharField()), "share_id", "connection__counselor_name", "share__night", "written_at")
        .union(
            ended.order_by().values_list(
                Value(_END, output_field=CharField()), "pk", "counselor_name", Cast(Value(None), output_field=DateField()), "ended_at"
            ),
            all=True,
        )
        .order_by()
    )


_ROWS = Prepared(_rows)


def for_parent(parent: User) -> Notices:
    """This parent's notices, oldest first; one for all replies under one share.

    One query, none for parents who never had a counselor. Opens nothing sealed.
    """
    if not parent.has_connections:
        return Notices()
    replies: dict[uuid.UUID, ReplyNotice] = {}
    ends: list[EndNotice] = []
    for kind, pk, name, night, _at in sorted(_ROWS.rows(parent=parent.pk), key=lambda row: row[4]):
        if kind == _REPLY:
            replies[pk] = ReplyNotice(pk, name, dates.evening(night))
        else:
            ends.append(EndNotice(pk, name))
    return Notices(tuple(replies.values()), tuple(ends))
