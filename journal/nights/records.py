"""What is stored of a night's page, and of the pages before it, each in one query that is compiled once."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import CharField, DateField, FilteredRelation, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.models import User
from common.database.prepared import Placeholder, Prepared, columns, instance_if_any
from journal.models import Entry, Night
from prompts import tonight
from prompts.questions import slug_of
from prompts.tonight import Asked

# Long enough to know every question that rests, and where in its rotation the parent was after a long absence.
LOOK_BACK = dt.timedelta(days=tonight.REST_NIGHTS + 120)

_AUTHOR = Placeholder("author", UUIDField())
_NIGHT = Placeholder("night", DateField())
_IS_PAGE = Q(entries__kind=Entry.Kind.NIGHT, entries__deleted_at=None)

_ON_NIGHT = Prepared(
    lambda: (
        User.objects.filter(pk=_AUTHOR)
        .annotate(
            row=FilteredRelation("nights", condition=Q(nights__night=_NIGHT)),
            page=FilteredRelation("entries", condition=Q(entries__night=_NIGHT) & _IS_PAGE),
        )
        .values_list(*columns(Night, "row"), *columns(Entry, "page"))
    )
)

type _Before = tuple[dt.date, str | None, uuid.UUID | None, str | None, uuid.UUID | None, str]
_WRITTEN = "written"  # beside the values of `Night.Closed`


def _pages() -> "QuerySet[Night, _Before]":
    pages = Night.objects.filter(author=_AUTHOR, night__lt=_NIGHT, night__gte=Placeholder("first", DateField()))
    return pages.order_by().values_list("night", "prompt_id", "own_id", "furthest_id", "furthest_own_id", "closed")


def _written() -> "QuerySet[Entry, _Before]":
    """The first nights with anything on their page, or a page of their own, since their author came; as many as are counted, however
    long ago they were. A journal that was brought along from elsewhere makes nobody know this place.
    """
    own = Entry.objects.not_deleted().filter(author=_AUTHOR, night__lt=_NIGHT, night__gte=Placeholder("came", DateField()))
    first = own.order_by("night").values("night").distinct()[: tonight.FIRST_NIGHTS]  # in a subquery, since no part of a union is cut
    nothing, no_id = Cast(Value(None), output_field=CharField()), Cast(Value(None), output_field=UUIDField())
    rows = own.filter(night__in=first).order_by().distinct()
    return rows.values_list("night", nothing, no_id, nothing, no_id, Value(_WRITTEN, output_field=CharField()))


_BEFORE = Prepared(lambda: _pages().union(_written(), all=True).order_by("night"))


def on_night(author: User, night: dt.date) -> tuple[Night | None, Entry | None]:
    """The night's row, if the author did anything with its page, and the entry on the page, if there is one."""
    rows = _ON_NIGHT.rows(author=author.pk, night=night)
    if not rows:  # the person was deleted meanwhile
        return None, None
    width = len(columns(Night))
    return instance_if_any(Night, rows[0][:width]), instance_if_any(Entry, rows[0][width:])


@dataclass(frozen=True, slots=True)
class Before:
    """The nights before one. `asked`: what their pages asked, oldest first, as `tonight.choose` takes it: of each night
    the question of its page and, where it is another, the last one that was reached by swapping.

    `on_record`: on how many of them something was written, if only how it felt, or the page was closed; `tonight.FIRST_NIGHTS` stands for as many and
    more. What was deleted since does not count, nor what is of nights before the author came, nor what was only closed before `LOOK_BACK`.
    """

    asked: list[Asked]
    on_record: int


def before(author: User, night: dt.date) -> Before:
    """What is stored of this parent's nights before this one. One query, whose rows do not grow with the journal."""
    asked, on_record = [], set()
    came = author.tonight(author.date_joined) - dt.timedelta(days=1)  # the night before can be written on the morning after
    for on, prompt, own, furthest, furthest_own, closed in _BEFORE.rows(author=author.pk, night=night, first=night - LOOK_BACK, came=came):
        if closed:
            on_record.add(on)
        first, last = slug_of(prompt=prompt, own=own, step=None), slug_of(prompt=furthest, own=furthest_own, step=None)
        if first:
            asked.append(Asked(on, first))
        if last and last != first:
            asked.append(Asked(on, last))
    return Before(asked, min(len(on_record), tonight.FIRST_NIGHTS))
