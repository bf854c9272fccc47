"""Notices on a parent's night page: what counselors gave, changed, wrote or ask, and connections that they ended."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import (
    CharField,
    Count,
    DateField,
    F,
    Field,
    ForeignKey,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast

from accounts.models import Connection, HandOver, User
from common import dates
from common.database.prepared import Placeholder, Prepared, columns, instance
from journal.models.share import Reply
from prompts.models import AssignedStep, Assignment

_GIVEN, _REPLY, _END, _ASKED = "given", "reply", "end", "asked"


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """What a counselor gave, or changed since the parent last said that they saw it. Its content is not opened yet.

    `answered` of its `total` questions were begun, the latest on `last_answered`.
    """

    assignment: Assignment
    counselor_name: str
    total: int
    answered: int
    last_answered: dt.date | None

    @property
    def is_change(self) -> bool:
        return self.assignment.acknowledged_at is not None or self.assignment.changed_at is not None

    @property
    def nights(self) -> list[dt.date | None]:
        """The nights of its answers, as far as `cadence` asks for them."""
        return [self.last_answered] * self.answered + [None] * (self.total - self.answered)


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
class HandOverNotice:
    """A counselor asks whether a colleague may go on in their place."""

    hand_over: uuid.UUID
    counselor_name: str


@dataclass(frozen=True, slots=True)
class Notices:
    given: tuple[GivenNotice, ...] = ()
    replies: tuple[ReplyNotice, ...] = ()
    ends: tuple[EndNotice, ...] = ()
    hand_overs: tuple[HandOverNotice, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.given or self.replies or self.ends or self.hand_overs)


# --- One query for all of them.

# Its kind, its id, a name, a night, a moment; of an assignment how many steps it has, how many were answered and when last, and its columns.
type _Row = tuple[str, uuid.UUID, str, dt.date, dt.datetime, int | None, int | None, dt.date | None, *tuple[object, ...]]

_PARENT, _NIGHT = Placeholder("parent", UUIDField()), Placeholder("night", DateField())


def _rows() -> "QuerySet[Assignment, _Row]":
    return _news().union(_unseen(), _ended(), _asked(), all=True).order_by()


def _news() -> "QuerySet[Assignment, _Row]":
    own = Assignment.objects.filter(connection__parent=_PARENT, connection__ended_at=None, ended_at=None, finished_at=None, paused=False)
    own = own.filter(Q(acknowledged_at=None) | Q(acknowledged_at__lt=F("changed_at")), Q(ends_on=None) | Q(ends_on__gte=_NIGHT))
    steps = AssignedStep.objects.filter(assignment=OuterRef("pk")).order_by().values("assignment")
    numbers = [
        Subquery(steps.annotate(number=number).values("number")) for number in (Count("pk"), Count("answered_on"), Max("answered_on"))
    ]
    return own.order_by().values_list(
        _kind(_GIVEN), "pk", "connection__counselor_name", _nothing(DateField()), "assigned_at", *numbers, *columns(Assignment)
    )


def _unseen() -> "QuerySet[Reply, _Row]":
    unseen = Reply.objects.filter(parent=_PARENT, from_counselor=True, seen_at=None, content__isnull=False, connection__ended_at=None)
    of_share = _kind(_REPLY), "share_id", "connection__counselor_name", "share__night", "written_at"
    return unseen.order_by().values_list(*of_share, *_no_assignment())


def _ended() -> "QuerySet[Connection, _Row]":
    ended = Connection.objects.filter(parent=_PARENT, end_seen=False).exclude(ended_by__in=["", Connection.Ended.BY_PARENT])
    return ended.order_by().values_list(_kind(_END), "pk", "counselor_name", _nothing(DateField()), "ended_at", *_no_assignment())


def _asked() -> "QuerySet[HandOver, _Row]":
    asked = HandOver.objects.filter(connection__parent=_PARENT, connection__ended_at=None, withdrawn_at=None, answered_at=None)
    return asked.order_by().values_list(
        _kind(_ASKED), "pk", "connection__counselor_name", _nothing(DateField()), "asked_at", *_no_assignment()
    )


def _kind(kind: str) -> Value:
    return Value(kind, output_field=CharField())


def _nothing(field: "Field[object, object]") -> Cast:
    return Cast(Value(None), output_field=field)


def _no_assignment() -> list[Cast]:
    """In place of an assignment's numbers and columns."""
    fields = [field.target_field if isinstance(field, ForeignKey) else field for field in Assignment._meta.concrete_fields]
    return [_nothing(IntegerField()), _nothing(IntegerField()), _nothing(DateField()), *map(_nothing, fields)]


_ROWS = Prepared(_rows)


def for_parent(parent: User, night: dt.date) -> Notices:
    """This parent's notices, oldest first; one for all replies under one share.

    One query, none for parents who never had a counselor. Opens nothing sealed.
    """
    if not parent.has_connections:
        return Notices()
    given: list[GivenNotice] = []
    replies: dict[uuid.UUID, ReplyNotice] = {}
    ends: list[EndNotice] = []
    asked: list[HandOverNotice] = []
    rows = sorted(_ROWS.rows(parent=parent.pk, night=night), key=lambda row: row[4])
    for kind, pk, name, of_night, _at, total, answered, last_answered, *values in rows:
        if kind == _GIVEN:
            given.append(GivenNotice(instance(Assignment, values), name, total or 0, answered or 0, last_answered))
        elif kind == _REPLY:
            replies[pk] = ReplyNotice(pk, name, dates.evening(of_night))
        elif kind == _END:
            ends.append(EndNotice(pk, name))
        else:
            asked.append(HandOverNotice(pk, name))
    return Notices(tuple(given), tuple(replies.values()), tuple(ends), tuple(asked))
