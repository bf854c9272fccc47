"""Welcome: after sign-up, two questions that both can be skipped. Going back to it shows what was chosen."""

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common.http import next_address
from prompts import questions
from prompts.forms.welcome import WelcomeForm
from prompts.library import welcome as library

SKIP = "skip"  # the action that leaves everything as it is


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: AuthenticatedHttpRequest) -> HttpResponse:
    person, page = request.user, library.read(questions.reading_language())
    form = WelcomeForm(request.POST if request.method == "POST" else None, page=page, preferences=person.preferences)
    is_skipped = request.POST.get("action") == SKIP
    if request.method == "POST" and (form.is_valid() or is_skipped):
        _keep(person, form, is_skipped=is_skipped)
        return redirect(next_address(request) or settings.START_PAGES[person.role])
    context = {"form": form, "page": page, "counselor_name": _counselor_name(person), "next": next_address(request)}
    return render(request, "prompts/welcome/welcome.html", context, status=422 if form.errors else 200)


def _keep(person: User, form: WelcomeForm, *, is_skipped: bool) -> None:
    """Store what was chosen and, the first time, the device's time zone, if sign-up did not learn it."""
    is_first_time = not person.preferences.welcomed
    person.change_preferences(lambda current: replace(current, welcomed=True) if is_skipped else form.changed(current))
    if is_first_time and person.time_zone == User._meta.get_field("time_zone").default:
        person.time_zone = form.cleaned_data.get("time_zone") or person.time_zone
        person.save(update_fields=["time_zone"])


def _counselor_name(person: User) -> str:
    """The name of the counselor whose client the person became last; "" for nobody's client."""
    if not person.has_connections:
        return ""
    own = Connection.objects.of_parent(person).active().order_by("-began_at", "-pk")
    return own.values_list("counselor_name", flat=True).first() or ""
