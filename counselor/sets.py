"""Prompt sets, which counselors compose. Assignments are copies: changing a set does not change them."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.ids import create_once
from prompts import questions
from prompts.models import PromptSet, SetContent
from prompts.questions import Question

NAME_LIMIT = 120  # characters
INTRODUCTION_LIMIT = 2000
CAUTION_LIMIT = 1000
NOTE_LIMIT = 1000
MAX_STEPS = 100
RULED_LINES = range(9)  # below each question of a worksheet


class Conflict(Exception):
    """The set is no longer the one that the change was based on. `stored` is the set as it is now."""

    def __init__(self, stored: PromptSet) -> None:
        super().__init__("the set was changed meanwhile")
        self.stored = stored


# --- Content.


@dataclass(frozen=True, slots=True)
class SetStep:
    """One step of a set: a prompt of the library, by its slug, or, where `prompt` is "", the counselor's own question.

    `key` identifies the step when it is moved or changed. One that is out was taken out on a page that can still put it back at
    its place; it is never stored.
    """

    key: str
    prompt: str = ""
    question: str = ""
    note: str = ""
    is_out: bool = False

    @property
    def row(self) -> tuple[str, str, str, str]:
        return (self.key, self.prompt, self.question, self.note)

    def asks(self) -> Question | None:
        """The question as a client sees it; None where the library does not have the prompt."""
        return questions.prompt(self.prompt) if self.prompt else questions.from_text(self.question)


type Steps = tuple[SetStep, ...]


def steps_of(content: SetContent) -> Steps:
    return tuple(SetStep(*row) for row in content.steps)


def content_of(name: str, introduction: str, steps: Iterable[SetStep], caution: str = "") -> SetContent:
    stored = tuple(step.row for step in steps if not step.is_out)
    return SetContent(name=name, introduction=introduction, steps=stored, caution=caution)


@dataclass(frozen=True, slots=True)
class Marks:
    """How many questions of a set can touch something sore, and how many go deep."""

    tender: int
    deep: int


def marks_of(content: SetContent) -> Marks:
    asked = [question for step in steps_of(content) if (question := step.asks())]
    return Marks(sum(question.tender for question in asked), sum(question.is_deep for question in asked))


def with_keys(pk: uuid.UUID, steps: Iterable[SetStep]) -> Steps:
    """The steps with keys for the set `pk` that they are copied into. Deterministic."""
    return tuple(replace(step, key=uuid.uuid5(pk, str(position)).hex) for position, step in enumerate(steps))


# --- Sets.


def create(author: User, pk: uuid.UUID, content: SetContent, now: dt.datetime) -> PromptSet:
    """Idempotent per `pk`, which the page generated; different content, or another user's `pk`, creates a new set."""

    def build(new_pk: uuid.UUID) -> PromptSet:
        return PromptSet(pk=new_pk, author=author, content=content, made_at=now, changed_at=now)

    def is_same(existing: PromptSet) -> bool:
        # Changed since: it is the same set that is sent again, unless it has another name.
        return existing.content == content or (existing.version > 1 and existing.content.name == content.name)

    prompt_set, _created = create_once(PromptSet.objects.by(author), pk, build=build, is_same=is_same)
    return prompt_set


def save(author: User, pk: uuid.UUID, content: SetContent, *, based_on: int, now: dt.datetime) -> PromptSet:
    """Store a set's content. Idempotent: the same content changes nothing.

    `based_on` is the version that was edited. Raises `Conflict` where it is not the current one, and
    `PromptSet.DoesNotExist` where the author has no such set (any more).
    """
    with transaction.atomic():
        row = PromptSet.objects.by(author).own().select_for_update().get(pk=pk)
        if row.content == content:
            return row
        if row.version != based_on:
            raise Conflict(row)
        row.change(content, now)
        return row


def copy_set(author: User, pk: uuid.UUID, source: uuid.UUID, now: dt.datetime) -> PromptSet | None:
    """Create a set as a copy of another of the author's; None where they have no such set. Idempotent per `pk`."""
    row = PromptSet.objects.by(author).own().filter(pk=source).first()
    if row is None:
        return None
    name = _("Copy of %(name)s") % {"name": row.content.name}
    steps = with_keys(pk, steps_of(row.content))
    return create(author, pk, content_of(name[:NAME_LIMIT].strip(), row.content.introduction, steps, row.content.caution), now)


def remove(author: User, pk: uuid.UUID, now: dt.datetime) -> bool:
    """Take a set off the list; its assignments stay. False where the author has no such set. Idempotent."""
    own = PromptSet.objects.own().filter(author=author, pk=pk)
    own.filter(removed_at=None).update(removed_at=now)
    return own.exists()


def restore(author: User, pk: uuid.UUID) -> bool:
    """Put a removed set back. False where the author has no such set. Idempotent."""
    return bool(PromptSet.objects.own().filter(author=author, pk=pk).update(removed_at=None))
