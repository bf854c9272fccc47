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
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.keyring import KeyringError
from accounts.models import User, new_id
from accounts.views import person
from journal import saving
from journal.forms import with_line_ends
from journal.models import TEXT_LIMIT, Entry, Mode
from journal.typed import is_from_here, typed_text
from journal.views import writing

logger = logging.getLogger("nightlight.leaving")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        saved = _end(request)
        response: HttpResponse = JsonResponse({"saved": saved}) if writing.wants_json(request) else redirect("leave")
        if is_from_here(request):
            # Also where the database could not be asked to end the session.
            response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
        return response
    bounce = render(request, "leave.html", {"to": settings.LEAVE_TO})
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
    except (RequestDataTooBig, SuspiciousOperation, UnreadablePostError, DatabaseError, KeyringError):
        logger.exception("What was written could not be saved on leaving")
    with suppress(DatabaseError):
        logout(request)
    return saved


def _save_what_is_written(request: HttpRequest, author: User) -> bool:
    if "page" not in request.POST:
        return not typed_text(request).strip()
    if writing.is_someone_elses(request, author):
        return False
    now = timezone.now()
    today = author.tonight(now)
    form = writing.bound_form(request, today)
    if form.is_valid():
        kind, guide = _written_on(request.POST.get("at", ""))
        try:
            saving.save(author, replace(form.draft(kind), guide=guide), now)
        except Entry.DoesNotExist:
            pass  # deleted for good meanwhile: kept below, on a page of its own
        else:
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
    return kind, match.kwargs["slug"] if match.view_name == "journal:guide" else ""


def _keep_as_it_is(author: User, text: str, night: dt.date, now: dt.datetime) -> None:
    """Nobody can be asked any more: a text that its page could not take is kept on pages of its own."""
    text = with_line_ends(text.replace("\0", ""))
    for start in range(0, len(text), TEXT_LIMIT):
        draft = saving.Draft(
            entry_id=new_id(),
            page=new_id(),
            seq=1,
            base=0,
            kind=Entry.Kind.FREE,
            night=night,
            text=text[start : start + TEXT_LIMIT],
            mode=Mode.JUST_WRITE,
        )
        saving.save(author, draft, now)


def _next(request: HttpRequest) -> str:
    """Where a person goes on to: an address of ours, or the help page."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts=None, require_https=False) and asked.startswith("/")
    return asked if here else reverse("help")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def explained(request: HttpRequest) -> HttpResponse:
    """What the button does, told once before a parent first needs it; anybody can read it at any time."""
    if request.method == "POST":
        if not request.user.is_authenticated:
            raise Http404
        reader = person(request)
        reader.knows_leave = True
        if request.POST.get("hide"):
            reader.shows_leave = False
        reader.save(update_fields=["knows_leave", "shows_leave"])
        return redirect(_next(request))
    comes_from = _next(request) if "next" in request.GET else ""
    return render(request, "journal/leaving_explained.html", {"next": comes_from})
