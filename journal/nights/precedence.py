"""What takes precedence over the night's own question: a due step of a counselor's set, then the active path's next step."""

import datetime as dt
from functools import cached_property

from accounts.models import User
from journal.nights import walks
from journal.nights.walks import PathStep
from prompts import questions, received, wishes
from prompts.questions import Question
from prompts.received import ReceivedStep
from prompts.wishes import Wishes


class Precedence:
    """Each part is queried on first access, since most pages need only one or two of them."""

    def __init__(self, author: User, night: dt.date) -> None:
        self.author, self.night = author, night

    @cached_property
    def received(self) -> ReceivedStep | None:
        return received.step_on(self.author, self.night)

    @cached_property
    def path_step(self) -> PathStep | None:
        return walks.step_on(self.author, self.night, lambda: self.wishes.never)

    @cached_property
    def question(self) -> Question | None:
        if self.received is not None:
            return questions.of_step(self.received.step)
        return questions.prompt(self.path_step.slug) if self.path_step else None

    @cached_property
    def wishes(self) -> Wishes:
        return wishes.of_parent(self.author)
