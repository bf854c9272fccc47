"""What a parent wants to be asked about."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from prompts.forms.choices import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: AuthenticatedHttpRequest) -> HttpResponse:
    parent = request.user
    form = PreferencesForm(request.POST if request.method == "POST" else None, preferences=parent.preferences)
    if request.method == "POST" and form.is_valid():
        parent.sealed_preferences = form.preferences()
        parent.save(update_fields=["sealed_preferences"])
        messages.success(request, _("Your choices are saved."))
        return redirect("prompts:choices")
    return render(request, "prompts/choices/choices.html", {"form": form}, status=422 if form.errors else 200)
