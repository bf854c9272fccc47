"""What a parent wishes to be asked, and not to be asked: their marks on prompts, and their own questions. One query."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import BinaryField, CharField, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from accounts.models import User
from common.database.prepared import Placeholder, Prepared
from prompts import questions
from prompts.models import Mark, OwnQuestion
from prompts.questions import Question


@dataclass(frozen=True, slots=True)
class Wishes:
    """`never` and `later`: the slugs of the prompts marked so, those kept for later in the order in which they were marked.

    `by_turn`: the parent's own questions that are asked among the library's, sealed until `own` is asked for.
    """

    never: frozenset[str]
    later: tuple[str, ...]
    by_turn: tuple[OwnQuestion, ...]

    @property
    def own(self) -> tuple[Question, ...]:
        """The parent's own questions. Raises a `KeyringError` where one does not open."""
        return tuple(map(questions.of_own, self.by_turn))


_PARENT = Placeholder("parent", UUIDField())

type _Row = tuple[uuid.UUID, object, str | None, str | None, dt.datetime]


def _marks() -> "QuerySet[Mark, _Row]":
    no_content = Cast(Value(None), output_field=BinaryField())
    return Mark.objects.filter(parent=_PARENT).values_list("pk", no_content, "prompt_id", "kind", "marked_at")


def _marks_and_own() -> "QuerySet[OwnQuestion, _Row]":
    no_text = Cast(Value(None), output_field=CharField())
    own = OwnQuestion.objects.filter(author=_PARENT, by_turn=True).order_by()
    # The first query of a union says how its columns are read: `content` as sealed.
    return own.values_list("pk", "content", no_text, no_text, "written_at").union(_marks(), all=True).order_by("written_at", "pk")


_MARKS = Prepared(lambda: _marks().order_by("marked_at", "pk"))
_MARKS_AND_OWN = Prepared(_marks_and_own)


def of_parent(parent: User) -> Wishes:
    """The parent's wishes as they are now."""
    query = _MARKS_AND_OWN if parent.has_own_questions else _MARKS
    never: list[str] = []
    later: list[str] = []
    own: list[OwnQuestion] = []
    for pk, content, slug, kind, _at in query.rows(parent=parent.pk):
        if slug is None:
            own.append(_own(parent.pk, pk, content))
        else:
            (never if kind == Mark.Kind.NEVER else later).append(slug)
    return Wishes(frozenset(never), tuple(later), tuple(own))


def _own(author: uuid.UUID, pk: uuid.UUID, content: object) -> OwnQuestion:
    return OwnQuestion.from_db(connection.alias, ["id", "author_id", "content"], [pk, author, content])
