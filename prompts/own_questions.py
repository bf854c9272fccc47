"""Questions that parents write for themselves."""

import datetime as dt
import uuid

from accounts.models import User
from common.ids import create_once
from prompts.models import OwnQuestion, OwnQuestionContent


def create(author: User, pk: uuid.UUID, question: str, *, by_turn: bool, now: dt.datetime) -> OwnQuestion:
    """Store a question. Idempotent per `pk`, which the page made up; a different question under that `pk` is stored as another."""
    content = OwnQuestionContent(question=question)

    def build(new_pk: uuid.UUID) -> OwnQuestion:
        return OwnQuestion(pk=new_pk, author=author, content=content, by_turn=by_turn, written_at=now)

    def is_same(existing: OwnQuestion) -> bool:
        return (existing.content, existing.by_turn) == (content, by_turn)

    own = OwnQuestion.objects.by(author)
    row, _created = create_once(own, pk, build=build, is_same=is_same)
    author.remember("has_own_questions")
    return row
