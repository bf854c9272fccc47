"""What a counselor sees of their clients: who they are, what they were given, how far they are, and what waits.

How far somebody is, is asked only of ties that allow it, and of the steps that were given: never of entries.
`Assignment.finished_at` is no part of it: it tells of answers, and of drafts, whatever the tie allows.
"""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import BooleanField, Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from accounts.models import Tie, User
from journal.models import Reply, Share
from prompts import assigned
from prompts.models import AssignedStep, Assignment, PromptSet

A_PAGE = 100  # clients
NAMED = 3  # sets of one client that the list names
LATEST = 10  # shares on the page of one client


class Show(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clients the list shows. `group` is one of the counselor's own."""

    show: Show = Show.ALL
    name: str = ""
    group: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Only of ties that allow it. `last` is the last night that a step was answered on."""

    done: int = 0
    of: int = 0
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class GivenSets:
    """What a client was given and was not taken back: names of the newest that go on, how many more go on, how many rest."""

    names: tuple[str, ...] = ()
    more: int = 0
    paused: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client in the list. `answers` and `replies` of theirs wait to be read; `progress` is None where it is not to be seen."""

    pk: uuid.UUID
    name: str
    answers: int
    replies: int
    given: GivenSets
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class EndedRow:
    pk: uuid.UUID
    name: str
    at: dt.datetime
    by: Tie.Ended


@dataclass(frozen=True, slots=True)
class ClientList:
    """One page of the list. `rows` or `ended`, by what was asked for; `any` tells whether there is anybody without filters."""

    rows: tuple[ClientRow, ...]
    ended: tuple[EndedRow, ...]
    to_tell: tuple[EndedRow, ...]
    page: int
    pages: int
    found: int
    any: bool


# --- The list.


@dataclass(frozen=True, slots=True)
class _Found:
    """A tie as the list sorts it."""

    pk: uuid.UUID
    name: str
    sees_answered: bool
    ended_at: dt.datetime | None
    ended_by: str
    end_seen: bool
    in_group: bool
    answers: int
    replies: int

    @property
    def waits(self) -> bool:
        return bool(self.answers or self.replies)


def find(counselor: User, wanted: Wanted, page: int, now: dt.datetime) -> ClientList:
    """A page of the counselor's clients: who waits first, then by name. A page that is not there is the last one.

    Four queries at most, and one for the counselor's key, however many clients and assignments there are.
    """
    everybody = list(_ties(counselor, wanted))
    there = [tie for tie in everybody if (tie.ended_at is not None) == (wanted.show == Show.ENDED)]
    sought = folded(wanted.name)
    fitting = [tie for tie in there if tie.in_group and sought in folded(tie.name) and (tie.waits or wanted.show != Show.WAITING)]
    fitting.sort(key=lambda tie: (not tie.waits, folded(tie.name), tie.pk))
    pages = max(1, -(-len(fitting) // A_PAGE))
    page = min(max(page, 1), pages)
    shown = fitting[(page - 1) * A_PAGE : page * A_PAGE]
    ended = wanted.show == Show.ENDED
    return ClientList(
        rows=() if ended else tuple(_rows(counselor, shown, now)),
        ended=tuple(_ended(sorted(shown, key=lambda tie: str(tie.ended_at), reverse=True))) if ended else (),
        to_tell=tuple(_ended(tie for tie in everybody if tie.ended_by == Tie.Ended.BY_PARENT and not tie.end_seen)),
        page=page,
        pages=pages,
        found=len(fitting),
        any=bool(there),
    )


def folded(name: str) -> str:
    """For looking up and sorting: without accents and case, alike on every database."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)).strip()


def _ties(counselor: User, wanted: Wanted) -> Iterator[_Found]:
    """Those that the list is about, and those that clients ended without the counselor's knowing yet."""
    to_tell = Q(ended_by=Tie.Ended.BY_PARENT, end_seen=False)
    ties = Tie.objects.of_counselor(counselor).filter(to_tell | Q(ended_at__isnull=wanted.show != Show.ENDED))
    membership = Tie.groups.through.objects.filter(tie=OuterRef("pk"), group=wanted.group)
    rows = ties.annotate(
        in_group=Exists(membership) if wanted.group else Value(value=True, output_field=BooleanField()),
        answers=_number_of(Share.objects.standing().filter(tie=OuterRef("pk"), read_at=None)),
        replies=_number_of(_unseen().filter(tie=OuterRef("pk"))),
    )
    columns = ("pk", "parent_name", "sees_answered", "ended_at", "ended_by", "end_seen", "in_group", "answers", "replies")
    return (_Found(*row) for row in rows.order_by().values_list(*columns))


def _number_of(rows: "QuerySet[Share] | QuerySet[Reply]") -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("tie").annotate(n=Count("pk")).values("n")), 0)


def _unseen() -> "QuerySet[Reply]":
    """What clients wrote under their shares and the counselor has not seen."""
    return Reply.objects.filter(from_counselor=False, seen_at=None, share__taken_back_at=None)


def _ended(ties: "Iterable[_Found]") -> Iterator[EndedRow]:
    for tie in ties:
        if tie.ended_at is not None:
            yield EndedRow(tie.pk, tie.name, tie.ended_at, Tie.Ended(tie.ended_by))


def _rows(counselor: User, shown: Sequence[_Found], now: dt.datetime) -> Iterator[ClientRow]:
    pks = [tie.pk for tie in shown]
    given = _given(counselor, pks, now)
    progress = _progress(counselor, [tie.pk for tie in shown if tie.sees_answered], now)
    for tie in shown:
        far = progress.get(tie.pk, Progress()) if tie.sees_answered else None
        yield ClientRow(tie.pk, tie.name, tie.answers, tie.replies, given.get(tie.pk, GivenSets()), far)


def _given(counselor: User, ties: Sequence[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, GivenSets]:
    """A few rows for each client, picked and counted by the database.

    Sets are called by what the counselor calls them now, which one key opens; the words of assignments take one each.
    """
    if not ties:
        return {}
    unanswered = AssignedStep.objects.filter(assigned.counted(now), assignment=OuterRef("pk")).exclude(assigned.told(now))
    goes_on, rests, answered = 0, 1, 2
    standing = Case(
        When(paused=True, then=Value(rests)),
        When(Q(tie__sees_answered=True) & ~Exists(unanswered), then=Value(answered)),
        default=Value(goes_on),
    )
    rows = (
        Assignment.objects.of_counselor(counselor)
        .filter(tie__in=ties, ended_at=None)
        .annotate(standing=standing)
        .annotate(
            place=Window(RowNumber(), partition_by=F("tie"), order_by=[F("standing").asc(), F("assigned_at").desc(), F("pk").desc()]),
            going_on=Window(Count("pk", filter=Q(standing=goes_on)), partition_by=F("tie")),
            resting=Window(Count("pk", filter=Q(paused=True)), partition_by=F("tie")),
            total=Window(Count("pk"), partition_by=F("tie")),
        )
        .filter(place__lte=NAMED)
        .order_by("tie_id", "place")
        .values_list("tie_id", "set_id", "standing", "going_on", "resting", "total")
    )
    picked = list(rows)
    names = _names(counselor, {row[1] for row in picked if row[1] and row[2] == goes_on})
    found: dict[uuid.UUID, GivenSets] = {}
    for tie, prompt_set, how, going_on, resting, total in picked:
        so_far = found.get(tie, GivenSets()).names
        name = (names.get(prompt_set, ""),) if prompt_set and how == goes_on else ()
        named = tuple(filter(None, so_far + name))
        found[tie] = GivenSets(named, going_on - len(named), resting, total)
    return found


def _names(counselor: User, sets: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What these sets are called, also those that were removed from the counselor's own list."""
    return {row.pk: row.words.name for row in PromptSet.objects.filter(author=counselor, pk__in=sets)} if sets else {}


def _progress(counselor: User, ties: Sequence[uuid.UUID], now: dt.datetime) -> dict[uuid.UUID, Progress]:
    if not ties:
        return {}
    answered, stands = assigned.told(now), Q(assignment__ended_at=None) & assigned.counted(now)
    rows = (
        _steps_to_see(counselor)
        .filter(tie__in=ties)
        .values("tie_id")
        .annotate(done=Count("pk", filter=stands & answered), of=Count("pk", filter=stands), last=Max("answered_on", filter=answered))
        .values_list("tie_id", "done", "of", "last")
    )
    return {tie: Progress(done, of, last) for tie, done, of, last in rows}


def _steps_to_see(counselor: User) -> "QuerySet[AssignedStep]":
    """Steps of clients who let this counselor see that they answered."""
    return AssignedStep.objects.filter(
        tie__counselor=counselor, tie__ended_at=None, tie__sees_answered=True, assignment__isnull=False
    ).order_by()


# --- One client.


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One assignment. `progress` is None where it is not to be seen."""

    pk: uuid.UUID
    name: str
    paused: bool
    ended_at: dt.datetime | None
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One share, without its text. `replies` of the client's wait to be read."""

    pk: uuid.UUID
    night: dt.date
    is_new: bool
    replies: int


def given_to(counselor: User, tie: Tie, now: dt.datetime) -> list[GivenRow]:
    """Everything that a client was given, newest first, what ended last."""
    rows = Assignment.objects.of_counselor(counselor).filter(tie=tie).only("tie_id", "words", "paused", "ended_at")
    progress: dict[uuid.UUID, Progress] = {}
    if tie.sees_answered:
        answered = assigned.told(now)
        counted = _steps_to_see(counselor).filter(tie=tie).values("assignment_id")
        counted = counted.annotate(
            done=Count("pk", filter=answered), of=Count("pk", filter=assigned.counted(now)), last=Max("answered_on", filter=answered)
        )
        progress = {pk: Progress(done, of, last) for pk, done, of, last in counted.values_list("assignment_id", "done", "of", "last")}
    return [
        GivenRow(row.pk, row.words.name, row.paused, row.ended_at, progress.get(row.pk, Progress()) if tie.sees_answered else None)
        for row in rows.order_by(F("ended_at").desc(nulls_first=True), "-assigned_at", "-pk")
        if row.words is not None
    ]


def shared_by(counselor: User, tie: Tie) -> list[SharedRow]:
    """The latest shares of a client, those with something new first."""
    rows = (
        Share.objects.for_counselor(counselor)
        .filter(tie=tie)
        .annotate(unseen=_number_of(_unseen().filter(share=OuterRef("pk"))))
        .annotate(seen=Case(When(Q(read_at=None) | Q(unseen__gt=0), then=Value(0)), default=Value(1)))
        .order_by("seen", "-shared_at", "-pk")
        .values_list("pk", "night", "read_at", "unseen")[:LATEST]
    )
    return [SharedRow(pk, night, read_at is None, unseen) for pk, night, read_at, unseen in rows]
