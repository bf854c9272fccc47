"""The switch for asking questions kept for later before the night's own question."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from prompts.models import Mark


@require_http_methods(["POST"])
def kept_first(request: AuthenticatedHttpRequest) -> HttpResponse:
    is_first = request.POST.get("first") == "yes"
    request.user.change_preferences(lambda current: replace(current, kept_first=is_first))
    return redirect("prompts:marked", Mark.Kind.LATER)
