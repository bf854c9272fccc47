"""What a page says on the first evenings besides its question: one line of welcome, and on some nights a line that teaches."""

from dataclasses import dataclass

from accounts.models import User
from journal.nights import walks
from journal.nights.night_pages import NightPage
from journal.nights.precedence import Precedence
from prompts import questions
from prompts.library import first_nights, welcome
from prompts.library.paths import PathText


@dataclass(frozen=True, slots=True)
class Beginning:
    """`is_first`: nothing is on record yet. `is_welcomed`: the person has been through Welcome. `path`: the one that their reason
    leads to, which is offered and not begun. `hint`: a line for this night; "" on most.
    """

    is_first: bool
    is_welcomed: bool
    path: PathText | None
    hint: str


def of_page(author: User, page: NightPage, precedence: Precedence, *, is_first_evening: bool) -> Beginning | None:
    """What the page of a night says to somebody who is new; None where it says nothing, or the page was used already.

    No query of its own: `precedence` is what the page was loaded with. Who is on a path has found their way. Over a counselor's
    question only the welcome is said, on the first evening: it teaches nothing else, and for it no earlier nights are read.
    """
    if not page.is_untouched or page.step or (page.received and not is_first_evening):
        return None
    if page.received:
        return Beginning(is_first=True, is_welcomed=author.preferences.welcomed, path=None, hint="")
    on_record = precedence.before.on_record
    language = questions.reading_language()
    hint = first_nights.read(language).hints.get(on_record + 1, "")
    if on_record:
        return Beginning(is_first=False, is_welcomed=True, path=None, hint=hint) if hint else None
    preferences = author.preferences
    reason = None if author.has_walks else welcome.read(language).reason(preferences.reason)
    path = walks.all_paths().get(reason.path) if reason else None
    return Beginning(is_first=True, is_welcomed=preferences.welcomed, path=path, hint=hint)
