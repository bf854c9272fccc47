"""Error pages. They query nothing, so that they can be shown when the database fails.

Their navigation is that of whoever is signed in, as far as that is known already: templates/errors/base.html.
"""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from common.http import wants_json

logger = logging.getLogger("nightlight.errors")


def page(request: HttpRequest, status: int, title: str, message: str, *, can_retry: bool = False) -> HttpResponse:
    context = {"title": title, "message": message, "can_retry": can_retry}
    try:
        return render(request, "errors/page.html", context, status=status)
    except Exception:  # what made the request fail may have hit the person's own row, too
        logger.exception("An error page could not be shown with the navigation of whoever is signed in")
        return HttpResponse(render_to_string("errors/page.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 400, _("We couldn’t read that"), _("Nightlight couldn’t read what was sent. Nothing was changed."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 403, _("Not from here"), _("You can’t do this from here. Nothing was changed."))


def locked(request: HttpRequest) -> HttpResponse:
    """401. `KeepTextMiddleware` and `KeepFormMiddleware` show what was typed."""
    return page(request, 401, _("Locked"), _("Nightlight locked in the meantime. Nothing was changed."))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("There’s nothing here"), _("Check the address for a typo. The page may also have been removed or deleted."))


def other_person(request: HttpRequest) -> HttpResponse:
    """403. Does not show the text, which is not for the person who is signed in now."""
    message = _(
        "Someone else, signed in here before you, opened this page. Nothing was saved. Their text is still in the tab they wrote it in."
    )
    if wants_json(request):
        return JsonResponse({"state": "other-person", "message": message}, status=403)
    return page(request, 403, _("This is someone else’s page"), message)


def server_error(request: HttpRequest) -> HttpResponse:
    message = _("Something went wrong on our side. What was saved before is safe. Please try again in a moment.")
    return page(request, 500, _("That didn’t work"), message, can_retry=True)


def busy(request: HttpRequest) -> HttpResponse:
    message = _(
        "Nightlight can’t write to its database right now: it may be busy, or its disk may be full. What was "
        "saved before is safe. Please try again in a moment."
    )
    response = page(request, 503, _("One moment"), message, can_retry=True)
    response.headers["Retry-After"] = "5"
    return response


def refused_body(request: HttpRequest, status: int) -> HttpResponse:
    """413, 408 or 503: what was sent was not read, so only the browser still has it."""
    titles = {413: _("Too much at once"), 408: _("That took too long"), 503: _("One moment")}
    reasons = {
        413: _("That’s more than Nightlight accepts at once; it accepts less when you’re signed out. Nothing was changed."),
        408: _("After a minute, what you sent still hadn’t fully arrived; the connection may be slow. Nothing was changed."),
        503: _("Nightlight is getting more than it can handle right now. Nothing was changed."),
    }
    if wants_json(request):
        response: HttpResponse = JsonResponse({"state": "failed"}, status=status)
    else:
        message = _("Go back to the last page: what you typed should still be there. Copy it to be safe, then send it again.")
        response = page(request, status, titles[status], f"{reasons[status]} {message}")
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def sealed(request: HttpRequest) -> HttpResponse:
    message = _(
        "Nightlight can’t open sealed text right now, and has changed nothing. If this goes on, tell the "
        "site’s owner that its keys can’t be used."
    )
    return page(request, 503, _("The keys are missing"), message, can_retry=True)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. `KeepTextMiddleware` and `KeepFormMiddleware` show what was typed."""
    message = _(
        "This page had been open a long time, or your browser blocks this site’s cookies. Nothing was "
        "changed. Please go back, reload the page and try again."
    )
    return page(request, 403, _("Please send that again"), message)
