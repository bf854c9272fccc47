"""Leave quickly: saves what is being written, ends the session, and goes on to a neutral site.

After GOV.UK's *Exit this page*; see docs/decisions/0013. It is an address of this site, since the text has to be saved and
the session ended first. It is open to everybody and needs no CSRF token, so that it also works on a page whose token is
old, and on error pages, which have none. A request that another site made the browser send saves and ends nothing.
"""

import datetime as dt
import logging
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from common.http import is_same_origin, opened_by_another, wants_json
from common.ids import new_id
from common.text import repair
from journal.entries.saving import Draft
from journal.entries.submission import submit
from journal.models import TEXT_LIMIT, Entry, Mode
from journal.nights.guide_pages import posted_text
from journal.repairs import GUIDE
from journal.views import writing

logger = logging.getLogger("nightlight.leaving")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        saved = _end(request)
        response: HttpResponse = JsonResponse({"saved": saved}) if wants_json(request) else redirect("leave")
        if is_same_origin(request):
            # Also where the database failed to end the session.
            response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
        return response
    response = render(request, "journal/leave/leave.html", {"to": settings.LEAVE_TO})
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _end(request: HttpRequest) -> bool:
    """Save the text and end the session, whatever fails: leaving comes first. Returns whether all that was sent is saved."""
    if not is_same_origin(request):
        return False
    saved = False
    try:
        saved = isinstance(request.user, User) and _save_text(request, request.user)
    except Exception:
        logger.exception("What was written could not be saved on leaving")
    with suppress(DatabaseError):
        logout(request)
    return saved


def _save_text(request: HttpRequest, author: User) -> bool:
    """Whether the text was saved, or there was none."""
    if "page" not in request.POST:
        return not posted_text(request).strip()
    if opened_by_another(request):
        return False
    now = timezone.now()
    today = author.tonight(now)
    form = writing.bound_form(request, today)
    kind, guide = _kind_and_guide(request.POST.get("at", ""))
    if form.is_valid() and not (kind == Entry.Kind.NIGHT and writing.is_night_doubtful(author, form)):
        with suppress(Entry.DoesNotExist):  # somebody else's entry has its id: saved below, on a page of its own
            submit(author, replace(form.draft(kind), guide=guide), None, now)
            return True
    _save_in_parts(author, posted_text(request), today, now)
    return True


def _kind_and_guide(address: str) -> tuple[Entry.Kind, str]:
    """What the page at this address saves: the night's page or one of its own, and the slug of its guide, or ""."""
    try:
        parts = urlsplit(address)
        match = resolve("" if parts.scheme or parts.netloc else parts.path)
    except (Resolver404, ValueError):
        return Entry.Kind.FREE, ""
    kind = Entry.Kind.NIGHT if match.view_name == "journal:tonight" else Entry.Kind.FREE
    slugs = {"journal:hard_night": match.kwargs.get("slug", ""), "journal:repair_new": GUIDE}
    return kind, slugs.get(match.view_name, "")


def _save_in_parts(author: User, text: str, night: dt.date, now: dt.datetime) -> None:
    """Save a text that its form refused on pages of its own, however long it is: nobody is left to correct it."""
    text = repair(text)
    for start in range(0, len(text), TEXT_LIMIT):
        draft = Draft(
            entry_id=new_id(),
            page=new_id(),
            seq=1,
            base=0,
            kind=Entry.Kind.FREE,
            night=night,
            text=text[start : start + TEXT_LIMIT],
            mode=Mode.JUST_WRITE,
        )
        submit(author, draft, None, now)
