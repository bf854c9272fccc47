"""What is stored of a night's page, and of the pages before it, each in one query that is compiled once."""

import datetime as dt

from django.db.models import DateField, FilteredRelation, Q, UUIDField

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

_BEFORE = Prepared(
    lambda: (
        Night.objects.filter(author=_AUTHOR, night__lt=_NIGHT, night__gte=Placeholder("first", DateField()))
        .order_by("night")
        .values_list("night", "prompt_id", "own_id", "furthest_id", "furthest_own_id")
    )
)


def on_night(author: User, night: dt.date) -> tuple[Night | None, Entry | None]:
    """The night's row, if the author did anything with its page, and the entry on the page, if there is one."""
    rows = _ON_NIGHT.rows(author=author.pk, night=night)
    if not rows:  # the person was deleted meanwhile
        return None, None
    width = len(columns(Night))
    return instance_if_any(Night, rows[0][:width]), instance_if_any(Entry, rows[0][width:])


def asked_before(author: User, night: dt.date) -> list[Asked]:
    """What this parent's earlier pages asked, oldest first, as `tonight.choose` takes it.

    For each night that is the question of its page and, where it is another, the last one that was reached by swapping.
    """
    asked = []
    for on, prompt, own, furthest, furthest_own in _BEFORE.rows(author=author.pk, night=night, first=night - LOOK_BACK):
        first, last = slug_of(prompt=prompt, own=own, step=None), slug_of(prompt=furthest, own=furthest_own, step=None)
        if first:
            asked.append(Asked(on, first))
        if last and last != first:
            asked.append(Asked(on, last))
    return asked
