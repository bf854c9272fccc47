"""Walking a path: one step a night, and the walk advances only when something was written.

A step is done when an entry has answered its question since the path was begun. Nothing else records it, so that path and
journal cannot disagree. A deleted entry counts until it is deleted for good.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import DateField, F, OuterRef, Q, QuerySet, StringAgg, Subquery, UUIDField, Value
from django.urls import reverse

from accounts.models import User
from common.database.prepared import Placeholder, Prepared, columns, instance
from journal.models import Entry, EntrySummary
from journal.models.entry import EntryQuerySet
from prompts import questions
from prompts.library import paths
from prompts.library.paths import PathText
from prompts.models import Mark, Walk


@dataclass(frozen=True, slots=True)
class Answered:
    """The first entry that answered a step."""

    night: dt.date
    entry: uuid.UUID

    @property
    def url(self) -> str:
        return reverse("journal:entry", args=[self.entry])


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path that is being walked: number `number` (from 1) of `total`."""

    path: PathText
    number: int
    slug: str
    note: str
    is_last: bool  # no other step is still to be done

    @property
    def total(self) -> int:
        return len(self.path.steps)


def all_paths() -> dict[str, PathText]:
    """Every path by its slug, in the visitor's language."""
    return paths.read(questions.reading_language())


def _steps() -> frozenset[str]:
    """The prompts of all paths."""
    return frozenset(prompt for path in paths.read().values() for prompt in path.prompts)


def is_path_prompt(slug: str | None) -> bool:
    """Whether any path has this prompt as a step."""
    return slug in _steps()


# --- Progress.


def of_walker(walker: User) -> dict[str, Walk]:
    """The walks that somebody has begun, by the slugs of their paths. One query, none for somebody who never began one."""
    if not walker.has_walks:
        return {}
    own = [instance(Walk, row) for row in _OF_WALKER.rows(walker=walker.pk)]
    for walk in own:
        walk.walker = walker
    return {walk.path: walk for walk in own}


def _entries(walker: object, steps: Collection[str], **nights: object) -> EntryQuerySet:
    """The entries on these nights that answered one of these steps, deleted ones too.

    In two halves, each of which a database finds in an index (what is in the journal, what is in the trash): by one
    condition it would go through the whole journal.
    """
    own = Q(author=walker, **nights)
    return Entry.objects.filter((own & Q(deleted_at=None)) | (own & Q(deleted_at__isnull=False)), prompt_id__in=steps)


def _in_order(entries: EntryQuerySet) -> EntryQuerySet:
    """The first that was written, and is not deleted, at the end."""
    return entries.order_by(F("deleted_at").asc(nulls_last=True), "-night", "-pk")


_WALKER = Placeholder("walker", UUIDField())
_OF_WALKER = Prepared(lambda: Walk.objects.filter(walker=_WALKER).values_list(*columns(Walk)))


@cache
def _answers(steps: tuple[str, ...]) -> "Prepared[tuple[str | None, dt.date, uuid.UUID]]":
    """The entries that answered one of these steps since a night: prompt, night and id."""
    return Prepared(
        lambda: _in_order(_entries(_WALKER, steps, night__gte=Placeholder("started", DateField()))).values_list("prompt_id", "night", "pk")
    )


def answered(walk: Walk, path: PathText) -> dict[str, Answered]:
    """The steps done since the walk was begun, by their prompts, each with its first entry that is not deleted, if there is one."""
    rows = _answers(path.prompts).rows(walker=walk.walker_id, started=walk.started)
    return {slug: Answered(night, pk) for slug, night, pk in rows if slug}  # of two entries the last row wins


class Written(NamedTuple):
    """What lists show of the first entry that answered a step."""

    prompt: str
    night: dt.date
    entry: uuid.UUID
    summary: EntrySummary
    deleted_at: dt.datetime | None

    @property
    def url(self) -> str:
        return reverse("journal:entry", args=[self.entry])


def written(walk: Walk, path: PathText) -> dict[str, Written]:
    """As `answered`, with what was written: one query, however many steps are done."""
    entries = _in_order(_entries(walk.walker_id, path.prompts, night__gte=walk.started))
    rows = entries.opened(Written, "prompt", "night", "id", "summary", "deleted_at", owner=walk.walker_id)
    return {row.prompt: row for row in rows}  # of two entries the last row wins


def answered_by_path(walker: User, walks: Iterable[Walk]) -> dict[str, set[str]]:
    """The prompts of the steps done on each of these walks, by the path's slug. One query, none without walks."""
    started = {walk.path: walk.started for walk in walks}
    begun_paths = {slug: path for slug, path in all_paths().items() if slug in started}
    if not begun_paths:
        return {}
    prompts = {prompt for path in begun_paths.values() for prompt in path.prompts}
    rows = list(_entries(walker, prompts, night__gte=min(started.values())).values_list("prompt_id", "night"))
    return {
        slug: {prompt for prompt, night in rows if prompt in path.prompts and night >= started[slug]} for slug, path in begun_paths.items()
    }


def never_asked(walker: User) -> set[str]:
    """The prompts that the walker does not want to be asked."""
    return set(Mark.objects.filter(parent=walker, kind=Mark.Kind.NEVER).values_list("prompt_id", flat=True))


def excluded_prompts(walk: Walk, path: PathText, never: Collection[str] | None = None) -> set[str]:
    """The prompts of the steps that are not asked: those skipped on this walk, and those that its walker never wants.

    `never` is what `never_asked` returns, where the caller has it already.
    """
    marked = never_asked(walk.walker) if never is None else never
    return {*walk.skipped, *(slug for slug in path.prompts if slug in marked)}


def is_finished(walk: Walk, path: PathText) -> bool:
    """Whether no step is still to be done."""
    return {*answered(walk, path), *excluded_prompts(walk, path)}.issuperset(path.prompts)


@cache
def _under_way(steps: frozenset[str]) -> "Prepared[tuple[str, list[str], str | None, str | None]]":
    """The walk under way: its path, what is skipped and, with spaces between them, which of these steps were done since it was
    begun, and which prompts its walker does not want to be asked.
    """
    night = Placeholder("night", DateField())

    def build() -> "QuerySet[Walk, tuple[str, list[str], str | None, str | None]]":
        answers = _entries(_WALKER, sorted(steps), night__gte=OuterRef("started"), night__lt=night)
        slugs = answers.order_by().values("author").annotate(slugs=StringAgg("prompt_id", Value(" "))).values("slugs")
        walks = Walk.objects.under_way().filter(walker=_WALKER, started__lte=night)
        marks = Mark.objects.filter(parent=_WALKER, kind=Mark.Kind.NEVER).order_by().values("parent")
        never = marks.annotate(slugs=StringAgg("prompt_id", Value(" "))).values("slugs")
        return walks.annotate(done=Subquery(slugs), never=Subquery(never)).values_list("path", "skipped", "done", "never")

    return Prepared(build)


def step_on(walker: User, night: dt.date) -> PathStep | None:
    """The step that this night's page asks: the first that was not done on an earlier night.

    One query, none for somebody who never began a path.
    """
    if not walker.has_walks:
        return None
    for slug, skipped, done, never in _under_way(_steps()).rows(walker=walker.pk, night=night):
        path = all_paths().get(slug)
        if path is None:  # a later release may no longer have the path
            continue
        not_asked = {*(done or "").split(), *skipped, *(never or "").split()}
        open_steps = [(number, step) for number, step in enumerate(path.steps, 1) if step.prompt not in not_asked]
        if open_steps:
            number, step = open_steps[0]
            return PathStep(path, number, step.prompt, step.note, is_last=len(open_steps) == 1)
    return None


# --- What a walker does.


def begin(walker: User, path: str, night: dt.date) -> Walk:
    """Begin a path, or resume it; another that is under way is paused. Idempotent."""
    try:
        return _begin(walker, path, night)
    except IntegrityError:  # another request began a path at the same time: its row is visible now
        return _begin(walker, path, night)


@transaction.atomic
def _begin(walker: User, path: str, night: dt.date) -> Walk:
    Walk.objects.by(walker).under_way().exclude(path=path).update(paused=True)
    walk, _created = Walk.objects.get_or_create(walker=walker, path=path, defaults={"started": night})
    if walk.paused:
        walk.paused = False
        walk.save(update_fields=["paused"])
    walker.remember("has_walks")
    return walk


@transaction.atomic
def begin_again(walker: User, path: str, night: dt.date) -> None:
    """Begin a finished path once more, from its first step.

    It begins tomorrow where tonight's page belongs to the walk that is finished. Does nothing where the walk is not
    finished, so that a press in an old tab loses nothing.
    """
    walk = Walk.objects.by(walker).filter(path=path).first()
    if walk is None or not is_finished(walk, paths.read()[path]):
        return
    answered_tonight = Entry.objects.by(walker).filter(night=night, prompt_id__in=paths.read()[path].prompts).exists()
    leave(walker, path)
    begin(walker, path, night + dt.timedelta(days=1) if answered_tonight else night)


def pause(walker: User, path: str) -> None:
    """Idempotent."""
    Walk.objects.by(walker).filter(path=path).update(paused=True)


def leave(walker: User, path: str) -> None:
    """Forget that a path was begun. What was written stays in the journal. Idempotent."""
    Walk.objects.by(walker).filter(path=path).delete()


@transaction.atomic
def skip(walker: User, path: str, prompt: str, *, skipped: bool = True) -> None:
    """Skip a step or, with `skipped=False`, no longer skip it. Idempotent."""
    walk = Walk.objects.by(walker).select_for_update().filter(path=path).first()
    if walk is None or prompt not in paths.read()[path].prompts:
        return
    others = [slug for slug in walk.skipped if slug != prompt]
    walk.skipped = [*others, prompt] if skipped else others
    walk.save(update_fields=["skipped"])
