"""What a journal brought along of counselors, put into words: its owner alone reads it, and nothing of it is a connection."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from common import dates
from journal.exchange.nightlight.checked import Row
from journal.models import EarlierSupport, EarlierSupportContent

TEXT, LINE = 200_000, 300  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """A reply; `by_me`, or by the counselor."""

    text: str
    when: str
    by_me: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """A page that was shared. `text` is "" where the copy was deleted before it was brought along."""

    evening: str
    question: str
    text: str
    readings: list[str]
    replies: list[Said]


@dataclass(frozen=True, slots=True)
class Given:
    """A set that was given. `questions` are those of the counselor's own."""

    name: str
    introduction: str
    questions: list[str]


@dataclass(frozen=True, slots=True)
class Support:
    counselor: str
    practice: str
    began: str
    ended: str
    given: list[Given]
    shared: list[Shared]


def supports(owner: User) -> list[Support]:
    """The earliest first."""

    def row_of(content: EarlierSupportContent) -> Row:
        return Row(content.values)

    rows = EarlierSupport.objects.by(owner).opened(row_of, "content", owner=owner.pk)
    return [_support(row) for row in sorted(rows, key=lambda row: row.moment("began_at") or dt.datetime.max.replace(tzinfo=dt.UTC))]


def _when(at: dt.datetime | None) -> str:
    return dates.moment(at) if at else ""


def _day(at: dt.datetime | None) -> str:
    return dates.day_of(at) if at else ""


def _support(row: Row) -> Support:
    return Support(
        counselor=row.text("counselor", LINE),
        practice=row.text("practice", LINE),
        began=_day(row.moment("began_at")),
        ended=_day(row.moment("ended_at")),
        given=[_given(each) for each in row.rows("given")],
        shared=[_shared(each) for each in row.rows("shares")],
    )


def _given(row: Row) -> Given:
    questions = [question for step in row.rows("steps") if (question := step.text("question", TEXT))]
    return Given(row.text("name", LINE), row.text("introduction", TEXT), questions)


def _shared(row: Row) -> Shared:
    night = row.day("night")
    return Shared(
        evening=dates.evening_always(night) if night else "",
        question=row.text("question", TEXT),
        text=row.text("text", TEXT),
        readings=[when for each in row.rows("readings") if (when := _when(each.moment("read_at")))],
        replies=[
            Said(text, _when(each.moment("written_at")), by_me=not each.flag("from_counselor"))
            for each in row.rows("replies")
            if (text := each.text("text", TEXT))
        ],
    )
