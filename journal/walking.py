"""Walking a path: one step a night, and nothing moves unless something was written.

A step is done when a page was written to its question since the path was begun; no other record is kept, so that what
the path shows and what the journal holds cannot disagree. A page in the drawer counts until it is deleted for good.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import User
from journal.models import Entry
from prompts import questions
from prompts.models import Mark, Walk
from prompts.shelf import paths
from prompts.shelf.paths import PathText


@dataclass(frozen=True, slots=True)
class Written:
    """The first page written to a step."""

    night: dt.date
    entry: uuid.UUID

    @property
    def url(self) -> str:
        return reverse("journal:entry", args=[self.entry])


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path that is being walked. `number` counts from 1."""

    path: PathText
    number: int
    slug: str
    note: str
    is_last: bool  # no other step is open

    @property
    def of(self) -> int:
        return len(self.path.steps)


def all_paths() -> dict[str, PathText]:
    """Every path by its slug, in the visitor's language."""
    return paths.read(questions.reading_language())


def written(walk: Walk, path: PathText) -> dict[str, Written]:
    """The steps done since the walk was begun, by their prompts, each with its first page that is kept."""
    rows = (
        Entry.objects.by(walk.walker)
        .filter(prompt_id__in=path.prompts, night__gte=walk.started)
        .order_by(F("drawer_at").asc(nulls_last=True), "-night", "-pk")  # of two pages the one that is kept, then the first
        .values_list("prompt_id", "night", "pk")
    )
    return {slug: Written(night, pk) for slug, night, pk in rows if slug}


def written_on_all(walker: User, walks: Iterable[Walk]) -> dict[str, set[str]]:
    """The prompts of the steps done on each path, by the path's slug; one query, however many paths."""
    begun = {walk.path: walk.started for walk in walks}
    ways = {slug: path for slug, path in all_paths().items() if slug in begun}
    if not ways:
        return {}
    wanted = {prompt for path in ways.values() for prompt in path.prompts}
    rows = list(Entry.objects.by(walker).filter(prompt_id__in=wanted, night__gte=min(begun.values())).values_list("prompt_id", "night"))
    return {slug: {prompt for prompt, night in rows if prompt in path.prompts and night >= begun[slug]} for slug, path in ways.items()}


def step_on(walker: User, night: dt.date) -> Step | None:
    """The step that this night's page asks: the first that was not done on a night before."""
    walk = Walk.objects.by(walker).under_way().filter(started__lte=night).first()
    if walk is None:
        return None
    walk.walker = walker
    path = all_paths().get(walk.path)
    if path is None:
        return None  # a path that no longer ships
    done = {slug for slug, page in written(walk, path).items() if page.night < night}
    done |= left_out(walk, path)
    numbered = [(number, step) for number, step in enumerate(path.steps, 1) if step.prompt not in done]
    if not numbered:
        return None
    number, step = numbered[0]
    return Step(path, number, step.prompt, step.note, is_last=len(numbered) == 1)


def left_out(walk: Walk, path: PathText) -> set[str]:
    """The prompts of the steps that are not asked: those left out of this walk, and those its walker put away for good."""
    never = Mark.objects.filter(parent_id=walk.walker_id, prompt_id__in=path.prompts, kind=Mark.Kind.NEVER)
    return {*walk.skipped, *never.values_list("prompt_id", flat=True)}


def is_walked(walk: Walk, path: PathText) -> bool:
    """Whether no step is open any more."""
    return {*written(walk, path), *left_out(walk, path)}.issuperset(path.prompts)


def begin(walker: User, path: str, night: dt.date) -> Walk:
    """Begin a path, or go on with one that was paused; another that is under way is paused. Safe to repeat."""
    try:
        return _begin(walker, path, night)
    except IntegrityError:  # two pages began a path at once: now the other one is seen
        return _begin(walker, path, night)


@transaction.atomic
def _begin(walker: User, path: str, night: dt.date) -> Walk:
    Walk.objects.by(walker).under_way().exclude(path=path).update(paused=True)
    walk, _created = Walk.objects.get_or_create(walker=walker, path=path, defaults={"started": night})
    if walk.paused:
        walk.paused = False
        walk.save(update_fields=["paused"])
    return walk


@transaction.atomic
def begin_again(walker: User, path: str, night: dt.date) -> None:
    """Walk a path that is walked to its end from its first step once more: from tomorrow on, where tonight's page belongs to
    the walk that ended. Where it is not at its end nothing happens, so that a press from an old tab loses no way."""
    walk = Walk.objects.by(walker).filter(path=path).first()
    if walk is None or not is_walked(walk, paths.read()[path]):
        return
    written_tonight = Entry.objects.by(walker).filter(night=night, prompt_id__in=paths.read()[path].prompts).exists()
    leave(walker, path)
    begin(walker, path, night + dt.timedelta(days=1) if written_tonight else night)


def pause(walker: User, path: str) -> None:
    Walk.objects.by(walker).filter(path=path).update(paused=True)


def leave(walker: User, path: str) -> None:
    """Forget that a path was begun. What was written stays in the journal."""
    Walk.objects.by(walker).filter(path=path).delete()


@transaction.atomic
def skip(walker: User, path: str, prompt: str, *, skipped: bool = True) -> None:
    """Leave a step out, or take it in again. Safe to repeat."""
    walk = Walk.objects.by(walker).select_for_update().filter(path=path).first()
    if walk is None or prompt not in paths.read()[path].prompts:
        return
    others = [slug for slug in walk.skipped if slug != prompt]
    walk.skipped = [*others, prompt] if skipped else others
    walk.save(update_fields=["skipped"])
