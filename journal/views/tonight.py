"""The night's page: tonight's, or last night's with `?night=`."""

import datetime as dt
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates, errors
from common.http import opened_by_another, wants_json
from common.kept_forms import keeps_text
from journal.entries.saving import Conflict, Deleted
from journal.entries.submission import submit
from journal.finding import recall
from journal.finding.memories import WEEK, Memory
from journal.forms.writing import WritingForm
from journal.history import revisions
from journal.models import Entry, Feeling, Mode, Night
from journal.nights import answered_pages, beginnings, night_pages, windows
from journal.nights.night_pages import NightPage
from journal.nights.precedence import Precedence
from journal.nights.windows import Window
from journal.repairs import reminder
from journal.sharing import notices, shares
from journal.views import entries, writing
from journal.views.sharing import announcements, good_night

REOPEN = "reopen"  # the action of a closed night's page, which sends no text
DAY = dt.timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=True)
def tonight(request: AuthenticatedHttpRequest) -> HttpResponse:
    author = request.user
    today = author.tonight(timezone.now())
    if request.method == "POST":
        return _post(request, author, today)
    night = _requested_night(request.GET.get("night"), today)
    return render(request, "journal/tonight/tonight.html", _context(author, night, today))


def _requested_night(text: str | None, today: dt.date) -> dt.date:
    """The night that is asked for; tonight where none is. Raises Http404 unless it is tonight or last night."""
    night = today if text is None else dates.parse(text)
    if night is None or night not in {today, today - DAY}:
        raise Http404
    return night


def _url(night: dt.date, today: dt.date) -> str:
    return reverse("journal:tonight", query={"night": night.isoformat()} if night == today - DAY else None)


def _context(author: User, night: dt.date, today: dt.date, form: WritingForm | None = None) -> dict[str, object]:
    precedence = Precedence(author, night)
    page = night_pages.load(author, night, precedence)
    strip, entry = windows.strip(author, today), page.entry
    reminding = reminder(author, today) if night == today else None
    if form is not None:  # a page that is shown again asks what it asked
        page = answered_pages.in_mode(page, Mode(form.cleaned_data.get("mode") or page.mode))
        page = answered_pages.asking(author, page, form.cleaned_data.get("prompt"), form.words)
    elif entry is not None and entry.size and entry.mode == Mode.QUESTION:
        page = answered_pages.asking(author, page, entry.asked, entry.summary.question)
    words = page.question.text if page.question else ""
    now = timezone.localtime()
    news = notices.for_parent(author, today)
    announced = announcements.announced(news.given, page, precedence)
    offers = good_night.offers(author, page)
    return {
        "form": form or writing.blank_form(author, night=night, latest=today, entry=entry, prompt=page.slug, words=words, mode=page.mode),
        "page": page,
        "entry": entry,
        "conflict_copy": revisions.pending_conflict_copy(entry) if entry else None,
        "question": page.question,
        "waiting": announcements.without(announced, night_pages.waiting(page, precedence)),
        "night": night,
        "date": dates.evening(night),
        "is_last_night": night != today,
        "past_midnight": night == today and now.date() != today,
        "last_night": _url(today - DAY, today) if night == today and len(strip) > 1 and not strip[-2].size else "",
        "windows": strip,
        "saved": _("Saved %(time)s") % {"time": dates.clock(entry.saved_at)} if entry else "",
        "url": _url(night, today),
        "beginning": beginnings.of_page(author, page, precedence, is_first_evening=len(strip) == 1),
        "will_share": shares.is_promised(page.received, entry),
        "notices": news,
        "announcements": announced,
        "offers": offers,
        "mark": shares.mark_of(entry) if entry and offers else "",
        "reminder": reminding,
        "memory": None if reminding and (reminding.asks or reminding.is_new) else _memory(author, page, strip),
    }


def _memory(author: User, page: NightPage, strip: list[Window]) -> Memory | None:
    """The page that may be mentioned after *Done*, the first that comes back tonight. At most one query.

    None where something else is offered, after a hard night, and in the first week, which has nothing to look back at.
    """
    entry, tonight = page.entry, strip[-1].night
    if page.closed != Night.Closed.DONE or page.night != tonight or tonight - strip[0].night < WEEK:
        return None
    if entry and ((page.step and page.step.is_last) or (page.question and page.question.tomorrow)):
        return None
    if entry and entry.summary.feeling and Feeling(entry.summary.feeling).is_hard:
        return None
    return next(iter(recall.of_tonight(author, tonight)), None)


def _post(request: AuthenticatedHttpRequest, author: User, today: dt.date) -> HttpResponse:
    if request.POST.get("action") == REOPEN:
        night = _requested_night(request.POST.get("night"), today)
        night_pages.close(author, night, Night.Closed.OPEN)
        return redirect(_url(night, today))
    if opened_by_another(request):
        return errors.other_person(request)
    form = writing.bound_form(request, today)
    if form.is_valid() and writing.is_night_doubtful(author, form):
        form.doubt_night()
    if "night" in form.errors and request.POST.get("night"):
        return writing.ask_for_night(request, form, entries.new_page_context(today))
    if not form.is_valid():
        night = form.cleaned_data.get("night") or today
        return writing.refuse(request, form, "journal/tonight/tonight.html", _context(author, night, today, form))
    draft = replace(form.draft(Entry.Kind.NIGHT), puts_back=False)
    try:
        outcome = submit(author, draft, writing.parse_action(request), timezone.now(), is_typing=writing.is_typing(request))
    except Entry.DoesNotExist:
        raise Http404 from None
    back = _url(draft.night, today)
    writing.tell_repairs(request, form)
    if isinstance(outcome, Deleted):
        return writing.refuse_deleted(request, form)
    if isinstance(outcome, Conflict):
        return writing.show_conflict(request, author, outcome, back)
    writing.tell_withheld(request, outcome)
    return writing.as_json(outcome, form) if wants_json(request) else redirect(back)
