"""The library's sets and paths as counselors assign them: from a copy of the counselor's own, which follows the library."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from common.text import block
from counselor.sets import CAUTION_LIMIT, INTRODUCTION_LIMIT, MAX_STEPS, NAME_LIMIT, NOTE_LIMIT, SetStep, content_of, create
from prompts import questions
from prompts.library import paths
from prompts.library import sets as library_sets
from prompts.library.paths import PathText, StepText
from prompts.library.sets import SetText
from prompts.models import PromptSet, SetContent
from prompts.questions import Question

LIBRARY, PATH = "library", "path"


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A set or a path of the library. `text` is in the language in which it was read."""

    kind: str
    text: SetText | PathText

    @property
    def reference(self) -> str:
        """What names it in forms and to `find`, in whatever language."""
        return f"{self.kind}:{self.text.slug}"

    @property
    def source(self) -> str:
        """What a counselor's copy of it stores in `PromptSet.source`."""
        return f"{self.reference}:{self.text.language}"

    @property
    def asked(self) -> list[tuple[StepText, Question]]:
        """Its steps, without those whose prompt this site does not have or has retired."""
        asked = ((step, questions.prompt(step.prompt)) for step in self.text.steps)
        return [(step, question) for step, question in asked if question and not question.retired][:MAX_STEPS]

    def content(self, pk: uuid.UUID) -> SetContent:
        """What a set with this id that is a copy of it holds. A step has the same key in every version."""
        steps = (
            SetStep(uuid.uuid5(pk, step.prompt).hex, prompt=step.prompt, note=block(step.note)[:NOTE_LIMIT])
            for step, _question in self.asked
        )
        introduction = "\n\n".join(self.text.introduction)[:INTRODUCTION_LIMIT]
        return content_of(self.text.name[:NAME_LIMIT], introduction, steps, "\n\n".join(self.text.caution)[:CAUTION_LIMIT])


def sets(language: str | None = None) -> dict[str, ReadyMade]:
    """The library's sets by their slug, in listing order, in the reader's language or in this one."""
    read = library_sets.read(language or questions.reading_language())
    return {slug: ReadyMade(LIBRARY, text) for slug, text in read.items()}


def published_paths(language: str | None = None) -> dict[str, ReadyMade]:
    """The library's paths, in the same way."""
    return {slug: ReadyMade(PATH, text) for slug, text in paths.read(language or questions.reading_language()).items()}


def find(reference: str, language: str | None = None) -> ReadyMade | None:
    """What a reference such as "library:two-homes" names; None where there is no such set or path (any more)."""
    kind, _colon, slug = reference.partition(":")
    match kind:
        case "library":
            return sets(language).get(slug)
        case "path":
            return published_paths(language).get(slug)
        case _:
            return None


def original_of(prompt_set: PromptSet) -> ReadyMade | None:
    """What a counselor's set is a copy of, as it is now; None for a set of their own, and for what left the library."""
    reference, _colon, language = prompt_set.source.rpartition(":")
    return find(reference, language)


def has_changed(prompt_set: PromptSet) -> bool:
    """Whether the library has another text than this copy of it."""
    original = original_of(prompt_set)
    return original is not None and original.content(prompt_set.pk) != prompt_set.content


@transaction.atomic
def copy_to_assign(counselor: User, ready_made: ReadyMade, now: dt.datetime) -> PromptSet:
    """The counselor's copy of it, made or brought up to date where that is needed. Idempotent: there is one of each."""
    row = PromptSet.objects.copy_of(ready_made.source, author=counselor.pk, content=ready_made.content, now=now)
    follow(row, now)
    return row


def follow(row: PromptSet, now: dt.datetime) -> None:
    """Bring a copy up to date with the library. Idempotent; does nothing to a set of the counselor's own. Call with the row locked."""
    if (original := original_of(row)) is not None:
        row.change(original.content(row.pk), now)


def copy_to_change(counselor: User, pk: uuid.UUID, reference: str, now: dt.datetime) -> PromptSet | None:
    """Create a set of the counselor's own as a copy, in the reader's language. Idempotent per `pk`. None where there is nothing to copy."""
    ready_made = find(reference)
    return create(counselor, pk, ready_made.content(pk), now) if ready_made else None
