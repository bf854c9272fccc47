"""Leave quickly: saves what is being written, ends the session, and goes on to a neutral site.

After GOV.UK's *Exit this page* and docs/decisions/0013. The address is our own, since what is written and the session
have to be seen to first; it is open to everybody and asks for no token, so that it also works on a page whose token is
old, and on error pages, which have none. What another site makes a browser send is not acted upon.
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
from django.utils.text import normalize_newlines
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.keys.crypto import KeyringError
from accounts.models import User
from common.http import UNREADABLE, is_from_here, opened_by_another, wants_json
from common.ids import new_id
from journal.entries.saving import Draft
from journal.entries.submission import submit
from journal.models import TEXT_LIMIT, Entry, Mode
from journal.nights.guide_pages import typed_text
from journal.views import writing

logger = logging.getLogger("nightlight.leaving")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        saved = _end(request)
        response: HttpResponse = JsonResponse({"saved": saved}) if wants_json(request) else redirect("leave")
        if is_from_here(request):
            # Also where the database could not be asked to end the session.
            response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
        return response
    bounce = render(request, "journal/leave/leave.html", {"to": settings.LEAVE_TO})
    bounce.headers["Referrer-Policy"] = "no-referrer"
    bounce.headers["Cache-Control"] = "no-store"
    return bounce


def _end(request: HttpRequest) -> bool:
    """Save what is written and end the session, whatever fails: leaving comes first. Whether all that was sent is safe."""
    if not is_from_here(request):
        return False
    saved = False
    try:
        saved = isinstance(request.user, User) and _save_what_is_written(request, request.user)
    except (*UNREADABLE, DatabaseError, KeyringError):
        logger.exception("What was written could not be saved on leaving")
    with suppress(DatabaseError):
        logout(request)
    return saved


def _save_what_is_written(request: HttpRequest, author: User) -> bool:
    if "page" not in request.POST:
        return not typed_text(request).strip()
    if opened_by_another(request):
        return False
    now = timezone.now()
    today = author.tonight(now)
    form = writing.bound_form(request, today)
    if form.is_valid():
        kind, guide = _written_on(request.POST.get("at", ""))
        with suppress(Entry.DoesNotExist):  # deleted for good meanwhile: kept below, on a page of its own
            submit(author, replace(form.draft(kind), guide=guide), None, now)
            return True
    _keep_as_it_is(author, typed_text(request), today, now)
    return True


def _written_on(address: str) -> tuple[Entry.Kind, str]:
    """What the page at this address of ours saves: the night's page or one of its own, and the guide it belongs to."""
    try:
        parts = urlsplit(address)
        match = resolve("" if parts.scheme or parts.netloc else parts.path)
    except (Resolver404, ValueError):
        return Entry.Kind.FREE, ""
    kind = Entry.Kind.NIGHT if match.view_name == "journal:tonight" else Entry.Kind.FREE
    return kind, match.kwargs["slug"] if match.view_name == "journal:hard_night" else ""


def _keep_as_it_is(author: User, text: str, night: dt.date, now: dt.datetime) -> None:
    """Nobody can be asked any more: a text that its page could not take is kept on pages of its own."""
    text = normalize_newlines(text.replace("\0", ""))
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
