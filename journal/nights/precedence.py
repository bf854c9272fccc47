"""What takes precedence over the night's own question, and in which order.

First the due steps of counselors' sets, one of each, then the next step of the path under way, then what was kept for later,
where the parent wants that first. The first of these *claims* is what the night asks; *Another question* goes through the
others in their order before it comes to the night's own questions, so that nothing that waits is out of reach.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.keys import keyring
from accounts.models import User
from journal.nights import records, walks
from journal.nights.records import Before
from journal.nights.walks import PathStep
from prompts import questions, received, tonight, wishes
from prompts.models import Mark
from prompts.questions import Question
from prompts.received import ReceivedStep
from prompts.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Claim:
    """A question that wants the night: a counselor's step, the step of a path, or, where both are None, one kept for later."""

    question: Question
    received: ReceivedStep | None = None
    step: PathStep | None = None

    @property
    def name(self) -> str:
        """What it belongs to, as the pages call it."""
        if self.received:
            return self.received.assignment.content.name
        return self.step.path.name if self.step else _("Kept for later")

    @property
    def url(self) -> str:
        """The page of what it belongs to."""
        if self.received:
            return reverse("journal:given", args=[self.received.assignment.pk])
        if self.step:
            return reverse("journal:path", args=[self.step.path.slug])
        return reverse("prompts:marked", args=[Mark.Kind.LATER])


class Precedence:
    """Each part is queried on first access, since most pages need only one or two of them.

    `on_page` is the assigned step that the night's page answers already: it keeps its claim.
    """

    def __init__(self, author: User, night: dt.date, on_page: uuid.UUID | None = None) -> None:
        self.author, self.night, self.on_page = author, night, on_page

    @cached_property
    def received(self) -> list[ReceivedStep]:
        steps = received.steps_on(self.author, self.night, self.on_page)
        keyring.prefetch({step.assignment.connection_id for step in steps})
        return steps

    @cached_property
    def path_step(self) -> PathStep | None:
        return walks.step_on(self.author, self.night)

    @cached_property
    def before(self) -> Before:
        """The nights before, on which it depends what the night asks where nothing takes precedence."""
        return records.before(self.author, self.night)

    @cached_property
    def wishes(self) -> Wishes:
        return wishes.of_parent(self.author)

    @cached_property
    def first(self) -> Claim | None:
        """The claim that the night belongs to. What comes after it is not looked for."""
        return next(self._found(), None)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All of them, each question once."""
        claims: list[Claim] = []
        for claim in self._found():
            prompt = claim.question.prompt
            if prompt is None or prompt not in {earlier.question.prompt for earlier in claims}:
                claims.append(claim)
        return tuple(claims)

    def after(self, slug: str) -> tuple[Claim, ...]:
        """The claims that come after the one with this question; none where it has no claim."""
        slugs = [claim.question.slug for claim in self.claims]
        return self.claims[slugs.index(slug) + 1 :] if slug in slugs else ()

    @property
    def before_path(self) -> tuple[Claim, ...]:
        """The claims that come before that of a path."""
        return tuple(self._of_sets())

    def before_set(self, assignment: uuid.UUID) -> tuple[Claim, ...]:
        """The claims that come before that of this assigned set."""
        return tuple(takewhile(lambda claim: claim.received and claim.received.assignment.pk != assignment, self._of_sets()))

    def _of_sets(self) -> Iterator[Claim]:
        for received_step in self.received:
            yield Claim(questions.of_step(received_step.step), received=received_step)

    def _found(self) -> Iterator[Claim]:
        yield from self._of_sets()
        if self.path_step and (question := questions.prompt(self.path_step.slug)):
            yield Claim(question, step=self.path_step)
        if kept := self._kept():
            yield Claim(kept)

    def _kept(self) -> Question | None:
        """The question kept for later that comes next; None where the parent does not want those first."""
        if not self.author.preferences.kept_first:
            return None
        current = [slug for slug in self.wishes.later if (question := questions.prompt(slug)) and not question.retired]
        return questions.prompt(tonight.first_kept(self.night, current, self.before.asked)) if current else None
