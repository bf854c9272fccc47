"""What leads on from a message: being reminded later, and not being sent any more. Open to whoever holds the link.

No session is needed and no CSRF token: a mail program sends the second by itself, at its reader's one press (RFC 8058). What the link
says is signed, changes nothing but when messages come, and can be taken back on the page that answers.
"""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.people import as_read_by
from common import dates
from journal.messages import links, plans, stopping


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def messages_later(request: HttpRequest, token: str) -> HttpResponse:
    """Offers to remind the person in an hour; a press does so."""
    link = links.read_later(token)
    if link is None:
        raise Http404
    now = timezone.now()
    with as_read_by(link.person):
        at = plans.snooze(link.person, link.night, now) if request.method == "POST" else None
        context = {"token": token, "at": dates.clock(at) if at else "", "is_over": _is_over(link, now)}
        return _answered(render(request, "journal/messages/later.html", context))


def _is_over(link: links.Later, now: dt.datetime) -> bool:
    """Whether the night of the message ends within the hour."""
    return link.person.tonight(now + plans.LATER) != link.night


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def messages_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Offers to stop one kind of message; a press does so, and one on the page that answers begins it again."""
    link = links.read_stop(token)
    if link is None:
        raise Http404
    if request.method == "POST":
        stopping.change(link, is_wanted="again" in request.POST, now=timezone.now())
    with as_read_by(link.person):
        context = {"token": token, "kind": link.kind.value, "is_wanted": stopping.is_wanted(link), "was_pressed": request.method == "POST"}
        return _answered(render(request, "journal/messages/stop.html", context))


def _answered(response: HttpResponse) -> HttpResponse:
    """Its address is a link that somebody holds: it goes to no other page, and stays in no cache."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
