"""Prompt sets: what counselors put together, and how it changes. What was given to clients is a copy and stays as it was."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User, new_id
from prompts import questions
from prompts.models import PromptSet, SetWords
from prompts.questions import Question
from prompts.shelf import paths

NAME_LIMIT = 120  # characters
INTRODUCTION_LIMIT = 2000
NOTE_LIMIT = 1000
MOST_STEPS = 100


class ChangedMeanwhile(Exception):
    """The set is no longer the one that the change was based on. `there` is the set as it is now."""

    def __init__(self, there: PromptSet) -> None:
        super().__init__("the set was changed meanwhile")
        self.there = there


# --- Words.


@dataclass(frozen=True, slots=True)
class SetStep:
    """One step of a set: it asks a prompt of the library or, where `prompt` is "", a question of the counselor's own.

    `key` stays with the step wherever it is moved.
    """

    key: str
    prompt: str = ""
    question: str = ""
    note: str = ""

    @property
    def row(self) -> tuple[str, str, str, str]:
        return (self.key, self.prompt, self.question, self.note)

    def asks(self) -> Question | None:
        """The question as its reader meets it; None where the library does not know the prompt."""
        return questions.prompt(self.prompt) if self.prompt else questions.bare(self.question)


type Steps = tuple[SetStep, ...]


def steps_of(words: SetWords) -> Steps:
    return tuple(SetStep(*row) for row in words.steps)


def words_of(name: str, introduction: str, steps: Iterable[SetStep]) -> SetWords:
    return SetWords(name=name, introduction=introduction, steps=tuple(step.row for step in steps))


def one_line(text: str) -> str:
    """On one line: names and questions stand in one."""
    return " ".join(text.split())


def block(text: str) -> str:
    """Lines ended in one way, and nothing empty around them."""
    return re.sub(r"\r\n?", "\n", text).strip()


def keyed(pk: uuid.UUID, steps: Iterable[SetStep]) -> Steps:
    """The steps with keys of the set that they are copied into: the same ones whenever it is done again."""
    return tuple(replace(step, key=uuid.uuid5(pk, str(place)).hex) for place, step in enumerate(steps))


# --- Steps in their order. A step that is not there, or a place past an end, leaves them as they are.


def with_prompt(steps: Steps, key: str, slug: str) -> Steps:
    """A prompt of the library at the end, unless it is a step already or cannot be asked any more."""
    found = questions.prompt(slug)
    if found is None or found.retired or any(step.prompt == slug for step in steps):
        return steps
    return (*steps, SetStep(_free(steps, key), prompt=slug))


def with_question(steps: Steps, key: str, question: str) -> Steps:
    """A question of the counselor's own at the end."""
    return (*steps, SetStep(_free(steps, key), question=question))


def _free(steps: Steps, key: str) -> str:
    return new_id().hex if any(step.key == key for step in steps) else key


def moved(steps: Steps, key: str, by: Literal[-1, 1]) -> Steps:
    place = next((n for n, step in enumerate(steps) if step.key == key), None)
    if place is None or not 0 <= place + by < len(steps):
        return steps
    order = list(steps)
    order.insert(place + by, order.pop(place))
    return tuple(order)


def without(steps: Steps, key: str) -> Steps:
    return tuple(step for step in steps if step.key != key)


# --- Sets.


def create(author: User, pk: uuid.UUID, words: SetWords, now: dt.datetime) -> PromptSet:
    """Make a set. The page makes up its id, so that sending it twice makes one.

    Whoever goes back to the page and sends something else gets a set of its own, as does who sends the id of another's.
    """
    there = PromptSet.objects.by(author).filter(pk=pk).first()
    if there is not None and (there.version > 1 or there.words == words):
        return there
    if PromptSet.objects.filter(pk=pk).exists():
        pk = new_id()
    try:
        with transaction.atomic():
            return PromptSet.objects.create(pk=pk, author=author, words=words, made_at=now, changed_at=now)
    except IntegrityError:  # sent twice at once: the other one has made it
        return PromptSet.objects.by(author).get(pk=pk)


def save(author: User, pk: uuid.UUID, words: SetWords, *, based_on: int, now: dt.datetime) -> PromptSet:
    """Keep what a set says now. Where nothing is new, nothing changes, so that it is safe to repeat.

    `based_on` is the version that the change began from. Raises `ChangedMeanwhile` where it is not the current one, and
    `PromptSet.DoesNotExist` where the author has no such set (any more).
    """
    with transaction.atomic():
        row = PromptSet.objects.by(author).select_for_update().get(pk=pk)
        if row.words == words:
            return row
        if row.version != based_on:
            raise ChangedMeanwhile(row)
        row.words, row.version, row.changed_at = words, row.version + 1, now
        row.save(update_fields=["words", "version", "changed_at"])
        return row


def copy_path(author: User, pk: uuid.UUID, slug: str, now: dt.datetime) -> PromptSet | None:
    """A set of what a published path asks, with its name, introduction and the notes of its steps, in the reader's language.

    None where there is no such path. Questions that are no longer asked stay behind.
    """
    path = paths.read(questions.reading_language()).get(slug)
    if path is None:
        return None
    asked = [step for step in path.steps if (found := questions.prompt(step.prompt)) and not found.retired]
    steps = keyed(pk, (SetStep("", prompt=step.prompt, note=block(step.note)[:NOTE_LIMIT]) for step in asked))
    introduction = "\n\n".join(path.introduction)[:INTRODUCTION_LIMIT]
    return create(author, pk, words_of(path.name[:NAME_LIMIT], introduction, steps[:MOST_STEPS]), now)


def copy_set(author: User, pk: uuid.UUID, source: uuid.UUID, now: dt.datetime) -> PromptSet | None:
    """A set that begins as a copy of another of the author's; None where they have no such set."""
    row = PromptSet.objects.by(author).filter(pk=source).first()
    if row is None:
        return None
    name = _("Copy of %(name)s") % {"name": row.words.name}
    return create(author, pk, words_of(name[:NAME_LIMIT].strip(), row.words.introduction, keyed(pk, steps_of(row.words))), now)


def remove(author: User, pk: uuid.UUID, now: dt.datetime) -> bool:
    """Take a set off the list; what was given from it stays. False where the author has no such set. Safe to repeat."""
    mine = PromptSet.objects.filter(author=author, pk=pk)
    mine.filter(removed_at=None).update(removed_at=now)
    return mine.exists()


def restore(author: User, pk: uuid.UUID) -> bool:
    """Put a removed set back. False where the author has no such set. Safe to repeat."""
    return bool(PromptSet.objects.filter(author=author, pk=pk).update(removed_at=None))
