"""The first nights of a set as a client will meet them, before it is assigned."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Connection
from common import dates
from counselor.assigning.plans import Plan
from counselor.sets import steps_of
from prompts.cadence import nights_ahead
from prompts.models import SetContent
from prompts.questions import Question

SHOWN = 3


@dataclass(frozen=True, slots=True)
class FirstNight:
    """A night, and what it asks: each question with the counselor's note to it, at most `SHOWN`; `more` besides these."""

    night: dt.date
    asked: list[tuple[Question, str]]
    more: int

    @property
    def evening(self) -> str:
        return dates.evening(self.night)


@dataclass(frozen=True, slots=True)
class Preview:
    """The first nights; how many of all questions come at all, if each is answered on its night; and when the last one comes."""

    nights: list[FirstNight]
    comes: int
    total: int
    last_night: dt.date | None

    @property
    def last_evening(self) -> str:
        return dates.evening(self.last_night) if self.last_night else ""


def preview(content: SetContent, plan: Plan, start: dt.date, connection: Connection | None, tonight: dt.date) -> Preview:
    """As this client will meet it from this start on, or somebody who has no next session."""
    asked = [(question, step.note) for step in steps_of(content) if (question := step.asks())]
    ahead = nights_ahead(plan.rhythm(start, connection or Connection(), tonight), len(asked))
    nights = [
        FirstNight(night, [asked[position] for position in positions[:SHOWN]], max(0, len(positions) - SHOWN))
        for night, positions in ahead[:SHOWN]
    ]
    return Preview(nights, sum(len(positions) for _night, positions in ahead), len(asked), ahead[-1][0] if ahead else None)
