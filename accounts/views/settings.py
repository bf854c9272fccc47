"""A person's own settings."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.settings import SettingsForm
from accounts.http import AuthenticatedHttpRequest
from common.kept_forms import keeps_form


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(SettingsForm)
def settings(request: AuthenticatedHttpRequest) -> HttpResponse:
    person = copy(request.user)  # an invalid form must not change `request.user`, which the page shows
    form = SettingsForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        # These columns alone: others may have been changed by another request meanwhile.
        form.save(commit=False).save(update_fields=list(form.fields))
        with translation.override(person.chosen_language or translation.get_language_from_request(request)):  # that of the next page
            messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings/settings.html", {"form": form}, status=422 if form.errors else 200)
