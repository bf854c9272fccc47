"""What a counselor does with sets and clients: giving, pausing, ending, and giving a newer version.

Everything goes by the counselor's own ties that have not ended; what is not theirs is not found, and nothing happens.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from accounts import keyring, news
from accounts.models import Tie, User, new_id
from prompts.assigned import LEFT
from prompts.models import AssignedStep, AssignedWords, Assignment, Prompt, PromptSet, StepWords

NOTE_LIMIT = 2_000  # characters of a note to one client


@dataclass(frozen=True, slots=True)
class Plan:
    """How the steps come. `every` counts nights, `weekdays` are 0 (Monday) to 6; each where the cadence goes by it."""

    cadence: Assignment.Cadence
    every: int = 1
    weekdays: tuple[int, ...] = ()
    ends_on: dt.date | None = None

    def columns(self) -> dict[str, Any]:
        return {"cadence": self.cadence, "every": self.every, "weekdays": sorted(self.weekdays), "ends_on": self.ends_on}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One client of those whom a set is given to. Without a start they begin it themselves."""

    tie: uuid.UUID
    starts_on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a set as it is copied."""

    key: str
    prompt: str | None
    words: StepWords


def _steps(prompt_set: PromptSet) -> list[_Step]:
    """The steps that can be asked, in order. A prompt that this site does not have is left out."""
    steps = prompt_set.words.steps
    there = set(Prompt.objects.filter(pk__in={slug for _key, slug, _question, _note in steps if slug}).values_list("pk", flat=True))
    return [
        _Step(key, slug or None, StepWords(question="" if slug else question, note=note))
        for key, slug, question, note in steps
        if slug in there or (not slug and question)
    ]


def can_be_given(prompt_set: PromptSet) -> bool:
    """Whether the set asks anything."""
    return bool(_steps(prompt_set))


# --- Giving.


def assign(
    counselor: User, prompt_set: PromptSet, plan: Plan, recipients: Sequence[Recipient], *, batch: uuid.UUID, now: dt.datetime
) -> list[uuid.UUID]:
    """Give each of these clients a copy of the set as it is now, sealed with the key of their tie; returns the new copies' ids.

    `batch` is made when the form opens: the same set given again with it to the same client makes nothing. Clients whose tie
    is not this counselor's, or has ended, are left out; a set that asks nothing is given to nobody.
    """
    steps = _steps(prompt_set)
    if not steps:
        return []
    wanted = {recipient.tie: recipient for recipient in recipients}
    with transaction.atomic():
        ties = list(Tie.objects.of_counselor(counselor).alive().select_for_update().filter(pk__in=wanted))
        ids = {tie.pk: uuid.uuid5(batch, f"{prompt_set.pk} {tie.pk}") for tie in ties}
        there = set(Assignment.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
        new = [tie for tie in ties if ids[tie.pk] not in there]
        keyring.open_together([tie.pk for tie in new])
        made = [_copy(ids[tie.pk], tie, prompt_set, plan, wanted[tie.pk], now) for tie in new]
        Assignment.objects.bulk_create(made)
        AssignedStep.objects.bulk_create(
            [_step(assignment, step, position) for assignment in made for position, step in enumerate(steps)],
        )
        for tie in new:
            news.tell(tie.parent_id, now)
    return [assignment.pk for assignment in made]


def _copy(pk: uuid.UUID, tie: Tie, prompt_set: PromptSet, plan: Plan, recipient: Recipient, now: dt.datetime) -> Assignment:
    words = prompt_set.words
    return Assignment(
        pk=pk,
        tie=tie,
        set=prompt_set,
        set_version=prompt_set.version,
        words=AssignedWords(name=words.name, introduction=words.introduction, note=recipient.note),
        starts_on=recipient.starts_on,
        assigned_at=now,
        **plan.columns(),
    )


def _step(assignment: Assignment, step: _Step, position: int, pk: uuid.UUID | None = None) -> AssignedStep:
    return AssignedStep(
        pk=pk or new_id(),
        assignment=assignment,
        tie_id=assignment.tie_id,
        key=step.key,
        position=position,
        prompt_id=step.prompt,
        words=step.words,
    )


# --- While it runs.


def pause(counselor: User, assignment: uuid.UUID) -> None:
    """Nothing of it is asked until it is resumed. Safe to repeat."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=True)


def resume(counselor: User, assignment: uuid.UUID) -> None:
    """Ask again: what waited still waits, and nothing has piled up. Safe to repeat."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(paused=False)


def end(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Ask nothing of it any more, for good. What was answered, and what was shared, stays. Safe to repeat."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(ended_at=now)


def change(counselor: User, assignment: uuid.UUID, plan: Plan) -> None:
    """Let what is still to come go by another cadence, or to another end. Safe to repeat."""
    Assignment.objects.of_counselor(counselor).filter(pk=assignment, ended_at=None).update(**plan.columns())


# --- A newer version.


def has_new_version(assignment: Assignment) -> bool:
    """Whether the set was changed since, and still is there and asks something."""
    newer: PromptSet | None = assignment.set
    return (
        newer is not None
        and assignment.ended_at is None
        and newer.removed_at is None
        and newer.version != assignment.set_version
        and can_be_given(newer)
    )


@transaction.atomic
def give_new_version(counselor: User, assignment: uuid.UUID, now: dt.datetime) -> None:
    """Bring what was given to what the set says now. Safe to repeat.

    Steps are known by their key: what was answered stays answered, also where the step has left the set. The note stays.
    """
    # The order in which an answer locks them, too: first steps, then the assignment.
    held = AssignedStep.objects.select_for_update().filter(assignment__in=Assignment.objects.of_counselor(counselor).filter(pk=assignment))
    list(held.order_by("pk").values_list("pk", flat=True))
    row = Assignment.objects.of_counselor(counselor).select_for_update(of=("self",)).filter(pk=assignment).first()
    newer = PromptSet.objects.by(counselor).filter(assignments=row).first() if row else None
    given: AssignedWords | None = row.words if row else None
    if row is None or given is None or newer is None or row.ended_at or newer.version == row.set_version:
        return
    steps = _steps(newer)
    if not steps:
        return
    there = {step.key: step for step in row.steps.defer("words")}
    _bring(row, steps, there)
    keys = {step.key for step in steps}
    _let_go([step for key, step in there.items() if key not in keys])
    answered = all(key in there and there[key].answered_on for key in keys)
    row.words = replace(given, name=newer.words.name, introduction=newer.words.introduction)
    row.set_version = newer.version
    row.finished_at = (row.finished_at or now) if answered else None
    row.save(update_fields=["words", "set_version", "finished_at"])


def _bring(row: Assignment, steps: Sequence[_Step], there: dict[str, AssignedStep]) -> None:
    """Each step as the set has it now, in its place; one that is there keeps its row, and that it was answered."""
    rows = [_step(row, step, place, there[step.key].pk if step.key in there else None) for place, step in enumerate(steps)]
    AssignedStep.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=["position", "prompt", "words"])


def _let_go(left: Sequence[AssignedStep]) -> None:
    """Take out the steps that left the set; those that were answered stay, come last, and are marked by their place.

    No row is deleted: the database would empty the pointers of pages to it, and a counselor's act touches no page.
    """
    AssignedStep.objects.filter(pk__in=[step.pk for step in left if not step.answered_on]).update(assignment=None)
    for place, step in enumerate(step for step in left if step.answered_on):
        AssignedStep.objects.filter(pk=step.pk).update(position=LEFT + place)
