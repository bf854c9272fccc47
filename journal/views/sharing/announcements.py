"""What counselors gave or changed, as Tonight announces it until the parent says that they have seen it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.keys import keyring
from common import dates
from journal.nights.night_pages import NightPage
from journal.nights.precedence import Claim, Precedence
from journal.sharing.notices import GivenNotice
from prompts import cadence, received
from prompts.models import Assignment


@dataclass(frozen=True, slots=True)
class Announcement:
    """`seen` is what its form sends back: which change it told of. `note` is "" where it stands above the page's question.

    `before`: what asks first on this night, where this set could ask, too.
    """

    pk: uuid.UUID
    url: str
    counselor_name: str
    name: str
    total: int
    is_change: bool
    can_begin: bool
    seen: str
    rhythm: str
    until: str
    when: str
    note: str
    before: tuple[Claim, ...]


def announced(given: Sequence[GivenNotice], page: NightPage, precedence: Precedence) -> list[Announcement]:
    """No query, except for the keys with which these were sealed, and for what is due where something was announced that is."""
    keyring.prefetch({notice.assignment.connection_id for notice in given})
    return [_announcement(notice, page, precedence) for notice in given if not _is_met(notice, page)]


def without(announcements: Sequence[Announcement], claims: Sequence[Claim]) -> list[Claim]:
    """These claims on the night, without those of sets that are announced on its page."""
    pks = {announcement.pk for announcement in announcements}
    return [claim for claim in claims if claim.received is None or claim.received.assignment.pk not in pks]


def _is_met(notice: GivenNotice, page: NightPage) -> bool:
    """Whether the parent meets on the page, or met on an earlier one, all that would be announced."""
    if notice.is_change:
        return False
    return _opens(notice.assignment, page) or (notice.answered > 0 and not notice.assignment.content.note)


def _asks(assignment: Assignment, page: NightPage) -> bool:
    return page.received is not None and not page.closed and page.received.assignment.pk == assignment.pk


def _opens(assignment: Assignment, page: NightPage) -> bool:
    """Whether the page asks the set's first question, above which its introduction and the note stand."""
    return _asks(assignment, page) and page.received is not None and page.received.number == 1


def _announcement(notice: GivenNotice, page: NightPage, precedence: Precedence) -> Announcement:
    assignment, content = notice.assignment, notice.assignment.content
    due = cadence.next_night(received.rhythm_of(assignment), notice.nights)
    is_due = due is not None and due <= page.night and not _asks(assignment, page)
    before = precedence.before_set(assignment.pk) if is_due and page.question and not page.closed else ()
    return Announcement(
        pk=assignment.pk,
        url=reverse("journal:given", args=[assignment.pk]),
        counselor_name=notice.counselor_name,
        name=content.name,
        total=notice.total,
        is_change=notice.is_change,
        can_begin=assignment.starts_on is None,
        seen=seen(assignment),
        rhythm=rhythm(assignment),
        until=until(assignment),
        when=_when(assignment, due, page, is_first=not notice.answered),
        note="" if _opens(assignment, page) else content.note,
        before=before,
    )


def seen(assignment: Assignment) -> str:
    """Which change of the assignment a page tells of, as its form sends it."""
    return assignment.changed_at.isoformat() if assignment.changed_at else ""


# --- In words.


def rhythm(assignment: Assignment) -> str:
    """How the questions come, as a client reads it after their number."""
    every = assignment.every
    match assignment.cadence:
        case Assignment.Cadence.AT_ONCE:
            return _("all at once")
        case Assignment.Cadence.AFTER_DAYS:
            words = ngettext("the next one %(number)s night after you answered", "the next one %(number)s nights after you answered", every)
            return words % {"number": every}
        case Assignment.Cadence.EVERY_DAYS if every > 1:
            return ngettext("every %(number)s night", "every %(number)s nights", every) % {"number": every}
        case Assignment.Cadence.EVERY_DAYS:
            return _("one a night")
        case Assignment.Cadence.WEEKDAYS:
            days = sorted(assignment.weekdays or received.EVERY_WEEKDAY)
            return _("on %(days)s") % {"days": ", ".join(str(WEEKDAYS[number]) for number in days)}
        case _:
            return _("one after another, as you answer")


def until(assignment: Assignment) -> str:
    """Until when it asks, with where that comes from; "" where it has no end."""
    if assignment.ends_on is None:
        return _("until your next session") if assignment.ends_with_session else ""
    if assignment.ends_with_session:
        return _("until your next session on %(evening)s") % {"evening": dates.evening(assignment.ends_on)}
    return _("until %(evening)s") % {"evening": dates.evening(assignment.ends_on)}


def _when(assignment: Assignment, due: dt.date | None, page: NightPage, *, is_first: bool) -> str:
    """When the next question comes; "" where the page asks it, or none comes any more."""
    if assignment.starts_on is None:
        return _("It starts when you choose.")
    if due is None or _asks(assignment, page):
        return ""
    if due > page.night:
        evening = {"evening": dates.evening(due)}
        return (_("The first question comes on %(evening)s.") if is_first else _("The next question comes on %(evening)s.")) % evening
    return _("Its first question is waiting for you.") if is_first else _("Its next question is waiting for you.")
