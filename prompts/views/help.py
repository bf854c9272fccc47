"""The Help pages, which anybody can read: whom to call, leaving quickly, a shared device, and what counselors should know."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from common.http import next_address
from prompts import helplines


@login_not_required
@require_safe
def help(request: HttpRequest) -> HttpResponse:
    """Whom to call, by country and by topic. Where the operator's file cannot be read, the rest of the page still shows."""
    countries = helplines.available()
    chosen = {country.code: country for country in countries}.get(request.GET.get("country", ""))
    country = chosen or helplines.likely_country(request, countries)
    context = {"countries": countries, "country": country, "topics": helplines.topics(country), "calls": helplines.calls(None, ())}
    return render(request, "prompts/help/help.html", context)


@login_not_required
@require_safe
def counselors_help(request: HttpRequest) -> HttpResponse:
    """What counselors should know; whom to call comes first."""
    return render(request, "prompts/help/counselors.html", {"must_be_approved": settings.COUNSELORS_APPROVED})


@login_not_required
@require_safe
def shared_device(request: HttpRequest) -> HttpResponse:
    return render(request, "prompts/help/shared_device.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leaving_quickly(request: HttpRequest) -> HttpResponse:
    """What *Leave quickly* does, and where its one-line explanation is put away, or the button hidden. Anybody can read it."""
    if request.method == "POST":
        parent = request.user
        if not isinstance(parent, User):
            raise Http404
        parent.knows_leave = True
        if request.POST.get("hide"):
            parent.shows_leave = False
        parent.save(update_fields=["knows_leave", "shows_leave"])
        return redirect(next_address(request) or reverse("help"))
    return render(request, "prompts/help/leaving_quickly.html", {"next": next_address(request) or reverse("help")})
