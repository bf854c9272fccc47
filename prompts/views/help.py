"""Help, which anybody can read: whom to call, leaving quickly, a shared device."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from prompts import helplines
from prompts.library.files import LibraryError

logger = logging.getLogger("nightlight.help")


@login_not_required
@require_safe
def help(request: HttpRequest) -> HttpResponse:
    """Whom to call, by country. A file of the operator's that cannot be read leaves the rest of the page as it is."""
    try:
        countries = helplines.countries()
    except LibraryError:
        logger.exception("The helplines cannot be read")
        countries = []
    chosen = {country.code: country for country in countries}.get(request.GET.get("country", ""))
    context = {"countries": countries, "country": chosen or helplines.likely_country(request, countries)}
    return render(request, "prompts/help/help.html", context)


@login_not_required
@require_safe
def shared_device(request: HttpRequest) -> HttpResponse:
    return render(request, "prompts/help/shared_device.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leaving_quickly(request: HttpRequest) -> HttpResponse:
    """What the button does, shown once before a parent first needs it; anybody can read it at any time."""
    if request.method == "POST":
        reader = request.user
        if not isinstance(reader, User):
            raise Http404
        reader.knows_leave = True
        if request.POST.get("hide"):
            reader.shows_leave = False
        reader.save(update_fields=["knows_leave", "shows_leave"])
        return redirect(_next(request))
    following = _next(request) if "next" in request.GET else ""
    return render(request, "prompts/help/leaving_quickly.html", {"next": following})


def _next(request: HttpRequest) -> str:
    """Where the reader goes on to: an address of ours, or the help page."""
    requested = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(requested, allowed_hosts=None, require_https=False) and requested.startswith("/")
    return requested if is_ours else reverse("help")
