"""The night's page: the whole main job on one address."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import ties
from accounts.models import Tie, User
from accounts.views import person
from journal import evening, history, saving, sharing, windows, words
from journal.forms import WritingForm
from journal.models import Entry, Feeling, Mode, Night
from journal.views import writing

REOPEN = "reopen"  # on a closed night's page, which carries no text


@require_http_methods(["GET", "HEAD", "POST"])
def tonight(request: HttpRequest) -> HttpResponse:
    author = person(request)
    today = author.tonight(timezone.now())
    if request.method == "POST":
        return _post(request, author, today)
    night = _asked_night(request.GET.get("night"), today)
    return render(request, "journal/tonight.html", _context(author, night, today))


def _asked_night(asked: str | None, today: dt.date) -> dt.date:
    """Tonight, or last night where that is asked for."""
    if asked is None:
        return today
    try:
        night = parse_date(asked)
    except ValueError:
        night = None
    if night not in {today, today - dt.timedelta(days=1)}:
        raise Http404
    return night


def _url(night: dt.date, today: dt.date) -> str:
    return reverse("journal:tonight", query={"night": night.isoformat()} if night == today - dt.timedelta(days=1) else None)


def _context(author: User, night: dt.date, today: dt.date, form: WritingForm | None = None) -> dict[str, object]:
    page = evening.load(author, night)
    entry = evening.entry_of(author, night)
    slug = page.question.slug if page.question else ""
    strip = windows.strip(author, today)
    now = timezone.localtime()
    return {
        "form": form or writing.blank_form(author, night=night, latest=today, entry=entry, prompt=slug, mode=page.mode),
        "evening": page,
        "entry": entry,
        "aside": history.waiting_aside(entry) if entry else None,
        "question": page.question if page.mode == Mode.QUESTION else None,
        "night": night,
        "date": words.evening(night),
        "is_last_night": night != today,
        "past_midnight": night == today and now.date() != today,
        "last_night": _url(today - dt.timedelta(days=1), today) if night == today and not strip[-2].size else "",
        "windows": strip,
        "feelings": Feeling.choices,
        "saved": _("Saved %(time)s") % {"time": words.clock(entry.saved_at)} if entry else "",
        "url": _url(night, today),
        "will_share": page.given is not None and sharing.shared_when_done(author, page.given.step.pk, entry) is not None,
        **care_notices(author),
    }


def care_notices(author: User) -> dict[str, object]:
    """What counselors wrote and this parent has not seen, and the ties they ended; asked only for who has had a counselor."""
    if not author.has_ties:
        return {}
    replies = {reply.share_id: reply for reply in sharing.waiting_replies(author)}  # of several under one answer the last
    return {
        "replies": [Notice(reply.share_id, reply.tie, words.evening(reply.share.night)) for reply in replies.values()],
        "ended": ties.ends_to_tell(author),
    }


@dataclass(frozen=True, slots=True)
class Notice:
    """A counselor wrote under a shared answer of this night."""

    share_id: uuid.UUID
    tie: Tie
    when: str


def _post(request: HttpRequest, author: User, today: dt.date) -> HttpResponse:
    if request.POST.get("action") == REOPEN:
        night = _asked_night(request.POST.get("night"), today)
        evening.close(author, night, Night.Closed.OPEN)
        return redirect(_url(night, today))
    if writing.is_someone_elses(request, author):
        return writing.refuse_someone_elses(request)
    now = timezone.now()
    form = writing.bound_form(request, today)
    if not form.is_valid():
        night = form.cleaned_data.get("night") or today
        return writing.refuse(request, form, "journal/tonight.html", _context(author, night, today, form))

    draft = form.draft(Entry.Kind.NIGHT)
    try:
        outcome = saving.save(author, draft, now)
    except Entry.DoesNotExist:
        raise Http404 from None
    back = _url(draft.night, today)
    if isinstance(outcome, saving.Conflict):
        return writing.conflict(request, author, outcome, back)
    act(author, draft.night, request.POST.get("action", ""), outcome, now)
    return writing.answer(outcome) if writing.wants_json(request) else redirect(back)


def act(author: User, night: dt.date, action: str, outcome: saving.Saved | saving.NothingYet, now: dt.datetime) -> None:
    """Do what the pressed button says. Each names an end, not a step, so that pressing twice does it once."""
    name, _sep, value = action.partition(":")
    match name:
        case "turn" if value.isascii() and value.isdigit():
            evening.turn_to(author, night, int(value))
        case "mode" if value in Mode.values:
            evening.set_mode(author, night, Mode(value))
        case "close" if value in Night.Closed.values:
            evening.close(author, night, Night.Closed(value))
            if value == Night.Closed.DONE and isinstance(outcome, saving.Saved):
                history.keep_done(author, outcome.entry, now)
                # What another page has gone on from is a draft of that page's.
                sharing.finish(author, outcome.entry, now, shares=outcome.version == outcome.entry.version)
