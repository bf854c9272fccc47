"""The weekly letter: an idea and a question from the library, and the windows of the week's evenings.

Nothing that somebody wrote, was asked or is called can come into it: of an evening it knows the date, and whether anything was written.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from common.rendering import mails
from common.rendering.mails import Mail
from prompts.library.letters import Letter

EVENINGS = 7
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Evening:
    """`is_lit` where something was written for it, however much."""

    night: dt.date
    is_lit: bool


@dataclass(frozen=True, slots=True)
class Links:
    """Whole addresses: Tonight, where it is changed when the letter comes, where it is stopped, and Help."""

    tonight: str
    reminders: str
    stop: str
    help: str


@dataclass(frozen=True, slots=True)
class Window:
    """An evening as it is drawn: its weekday whole and abbreviated, in the active language."""

    weekday: str
    short: str
    is_lit: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says, in a mail or on a page. `in_words` says what the windows show; "" where there are none."""

    letter: Letter
    windows: tuple[Window, ...]
    in_words: str

    @property
    def is_lit(self) -> bool:
        """Whether any window is: over a dark week nothing says what would have lit one."""
        return any(window.is_lit for window in self.windows)


def week(last: dt.date, written: Collection[dt.date], since: dt.date) -> tuple[Evening, ...]:
    """The seven evenings up to `last`, those before `since` left out: a person's first (journal/nights/windows.py)."""
    nights = [last - days * DAY for days in reversed(range(EVENINGS))]
    return tuple(Evening(night, night in written) for night in nights if night >= since)


def content(letter: Letter, evenings: Sequence[Evening]) -> Content:
    """A letter with these evenings, in the active language; the letter itself may be in another."""
    windows = tuple(
        Window(str(WEEKDAYS[evening.night.weekday()]), str(WEEKDAYS_ABBR[evening.night.weekday()]), evening.is_lit) for evening in evenings
    )
    return Content(letter, windows, _in_words(windows))


def compose(letter: Letter, evenings: Sequence[Evening], links: Links, language: str) -> Mail:
    """The letter as a mail in a language; the headers that let a mail program stop it are the sender's."""
    with translation.override(language):
        return mails.compose("journal/messages/letter", {"content": content(letter, evenings), "links": links}, language)


def _in_words(windows: Sequence[Window]) -> str:
    """Of a week without light it says nothing that could sound like a reproach."""
    lit = [window.weekday for window in windows if window.is_lit]
    if not windows:
        return ""
    if not lit:
        return _("The windows were dark this week. Some weeks they are.")
    if len(lit) == len(windows):
        return _("Lit on %(evenings)s.") % {"evenings": get_text_list(lit, _("and"))}
    return _("Lit on %(evenings)s, dark otherwise.") % {"evenings": get_text_list(lit, _("and"))}
