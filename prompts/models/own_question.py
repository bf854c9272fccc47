"""Questions that parents write for themselves."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.keys.rows import SealedQuerySet
from accounts.keys.sealing import SealedField
from accounts.models import User
from common.ids import new_id

QUESTION_LIMIT = 300  # characters of a question that a parent or counselor writes


@dataclass(frozen=True, slots=True)
class OwnQuestionContent:
    """The question, sealed with the author's key."""

    SCHEMA: ClassVar[int] = 1

    question: str


class OwnQuestionQuerySet(SealedQuerySet["OwnQuestion"]):
    def by(self, author: User) -> "OwnQuestionQuerySet":
        return self.filter(author=author)


class OwnQuestion(models.Model):
    """A question that a parent wrote for themselves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_questions")
    content = SealedField(payload=OwnQuestionContent, owner="author", label="prompts.own_question.content")
    by_turn = models.BooleanField(_("ask it among the others"), default=True)
    written_at = models.DateTimeField()

    objects = OwnQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-id")

    def __str__(self) -> str:
        return str(self.pk)
