"""How the questions of an assignment come, and until when."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TypedDict

from accounts.models import Connection
from prompts.cadence import Rhythm, next_night
from prompts.models import Assignment
from prompts.received import rhythm_of

NOTE_LIMIT = 2_000  # characters of a note to one client


class PlanColumns(TypedDict):
    cadence: Assignment.Cadence
    every: int
    weekdays: list[int]
    ends_on: dt.date | None
    ends_with_session: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How the steps come. `every` (in nights) and `weekdays` (0 is Monday) matter to the cadences that use them.

    With `ends_with_session` the last night that asks is that of the client's next session, whatever date that is given later.
    """

    cadence: Assignment.Cadence
    every: int = 1
    weekdays: tuple[int, ...] = ()
    ends_on: dt.date | None = None
    ends_with_session: bool = False

    def columns(self, connection: Connection, tonight: dt.date) -> PlanColumns:
        """What an assignment to this client stores. A session that was before their `tonight` is not the next one."""
        session = connection.next_session_on
        upcoming = session if session and session >= tonight else None
        return {
            "cadence": self.cadence,
            "every": self.every,
            "weekdays": sorted(self.weekdays),
            "ends_on": upcoming if self.ends_with_session else self.ends_on,
            "ends_with_session": self.ends_with_session,
        }

    def rhythm(self, start: dt.date, connection: Connection, tonight: dt.date) -> Rhythm:
        return rhythm_of(Assignment(starts_on=start, **self.columns(connection, tonight)))


def asks_nothing(rhythm: Rhythm) -> bool:
    """Whether no step would ever come."""
    return next_night(rhythm, [None]) is None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of the clients to whom a set is assigned. Without `starts_on` they begin it themselves."""

    connection: uuid.UUID
    starts_on: dt.date | None = None
    note: str = ""
