"""On this day: pages of earlier years, and of a week, a month and half a year ago."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AuthenticatedHttpRequest
from accounts.models import Preferences, User
from common import dates
from common.http import next_address
from common.ids import parse_id
from common.kept_forms import keeps_form
from journal.finding import memories, recall
from journal.forms.on_this_day import HardDateForm
from journal.models import Entry, RepairState
from journal.nights.windows import earliest_written
from journal.rows import Feelings, Row, row

ADD, REMOVE = "add", "remove"  # the actions about a hard date

# What one press changes.
SWITCHES: dict[str, Callable[[Preferences], Preferences]] = {
    "on": lambda current: replace(current, memories=True),
    "off": lambda current: replace(current, memories=False),
    "hard_nights": lambda current: replace(current, hard_nights=True),
    "no_hard_nights": lambda current: replace(current, hard_nights=False),
}
WANTED = {"keep_back": True, "bring_back": False}  # what a button about one page says: whether it is kept back


class MemoryRow(Row):
    ago: str
    evening: str
    is_kept_back: bool
    mended: str
    mended_words: str


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(HardDateForm)
def on_this_day(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Every choice is one press. A press that names none changes nothing."""
    author, action = request.user, request.POST.get("action", "")
    form = HardDateForm(request.POST if action == ADD else None, preferences=author.preferences)
    if request.method == "POST" and (action != ADD or form.is_valid()):
        _change(request, action, form)
        if action in {ADD, REMOVE}:
            return redirect(reverse("journal:on_this_day", query={"dates": "open"}, fragment="hard-dates"))
        return redirect(next_address(request) or "journal:on_this_day")
    context = _context(author, parse_id(request.GET.get("kept"))) | {"form": form, "shows_dates": form.errors or request.GET.get("dates")}
    return render(request, "journal/on_this_day/on_this_day.html", context, status=422 if form.errors else 200)


def _change(request: AuthenticatedHttpRequest, action: str, form: HardDateForm) -> None:
    author = request.user
    if action == ADD:
        author.change_preferences(lambda current: _with_hard_dates(current, {*current.hard_dates, form.cleaned_data["date"]}))
    elif action == REMOVE:
        author.change_preferences(lambda current: _with_hard_dates(current, {*current.hard_dates} - {request.POST.get("date", "")}))
    elif action in SWITCHES:
        author.change_preferences(SWITCHES[action])
        if action == "off" and next_address(request):  # its own page shows it
            messages.success(request, _("“On this day” is off. You can turn it on again in the settings."))


def _with_hard_dates(current: Preferences, hard_dates: set[str]) -> Preferences:
    """However many there are: where two tabs marked the last one that fits, none of them is lost."""
    return replace(current, hard_dates=tuple(sorted(hard_dates)))


def _context(author: User, kept: uuid.UUID | None) -> dict[str, object]:
    """`kept` is a page that was kept back just now: in its place stands the way to bring it back again."""
    tonight, preferences = author.tonight(timezone.now()), author.preferences
    feelings = Feelings()
    shown = [
        MemoryRow(
            **row(memory.page.pk, memory.page.night, memory.page.summary, feelings),
            ago=memory.earlier.ago,
            evening=dates.evening(memory.page.night),
            is_kept_back=memory.page.summary.is_kept_back,
            mended=str(RepairState.MENDED.label) if memory.page.summary.repair else "",
            mended_words=memory.page.summary.mended_words,
        )
        for memory in recall.of_tonight(author, tonight, also=kept)
    ]
    context: dict[str, object] = {
        "memories": shown,
        "is_on": preferences.memories,
        "hard_nights": preferences.hard_nights,
        "hard_dates": [(text, dates.day(date)) for text in preferences.hard_dates if (date := dates.parse(text))],
    }
    if shown or not preferences.memories:
        return context
    if memories.is_near(tonight, preferences.hard_dates):
        until = memories.quiet_until(tonight, preferences.hard_dates)
        return context | {"is_quiet": True, "quiet_until": dates.evening(until) if until else ""}
    return context | _of_new(author, tonight)


def _of_new(author: User, tonight: dt.date) -> dict[str, object]:
    """Whether nothing was written yet, and else when the first page can come back, where that is still to come."""
    earliest = earliest_written(author).first()
    if earliest is None:
        return {"is_unwritten": True}
    first = earliest[0] + memories.WEEK
    return {"first_time": dates.evening(first) if first > tonight else ""}


@require_POST
def on_this_day_page(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep one page back, or bring it back again. Idempotent: the button names what is wanted; any other changes nothing."""
    author, wanted = request.user, WANTED.get(request.POST.get("action", ""))
    known = Entry.objects.by(author).filter(pk=pk).exists() if wanted is None else recall.keep_back(author, pk, wanted)
    if not known:
        raise Http404
    if request.POST.get("from") != "entry":
        return redirect(reverse("journal:on_this_day", query={"kept": pk} if wanted else None, fragment=str(pk)))
    return redirect(reverse("journal:entry", args=[pk], fragment="bringing-back"))
