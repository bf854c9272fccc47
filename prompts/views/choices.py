"""What a parent wants to be asked about."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from prompts.forms.choices import PreferencesForm


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: AuthenticatedHttpRequest) -> HttpResponse:
    parent = request.user
    born = parent.children.ages(parent.tonight(timezone.now()).year)
    form = PreferencesForm(request.POST if request.method == "POST" else None, preferences=parent.preferences, born=born)
    if request.method == "POST" and form.is_valid():
        parent.change_preferences(form.changed)
        messages.success(request, _("Your choices are saved."))
        return redirect("prompts:choices")
    return render(request, "prompts/choices/choices.html", {"form": form}, status=422 if form.errors else 200)
