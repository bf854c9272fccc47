"""Pages for everybody."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Hat, User
from journal import helping
from prompts.shelf import LibraryError

logger = logging.getLogger("nightlight.help")


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("journal:clients" if isinstance(request.user, User) and request.user.hat == Hat.COUNSELOR else "journal:tonight")
    return render(request, "journal/home.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "journal/privacy.html")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to call, by country. A file of the operator's that cannot be read leaves the rest of the page standing."""
    try:
        there = helping.countries()
    except LibraryError:
        logger.exception("The helplines cannot be read")
        there = []
    chosen = {country.code: country for country in there}.get(request.GET.get("country", ""))
    return render(request, "journal/help.html", {"countries": there, "country": chosen or helping.likely_country(request, there)})


@login_not_required
@require_safe
def shared_device(request: HttpRequest) -> HttpResponse:
    return render(request, "journal/shared_device.html")
