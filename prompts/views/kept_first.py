"""The switch for asking questions kept for later before the night's own question."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.http import AuthenticatedHttpRequest
from prompts.models import Mark


@require_http_methods(["POST"])
def kept_first(request: AuthenticatedHttpRequest) -> HttpResponse:
    parent = request.user
    parent.sealed_preferences = replace(parent.preferences, kept_first=request.POST.get("first") == "yes")
    parent.save(update_fields=["sealed_preferences"])
    return redirect("prompts:marked", Mark.Kind.LATER)
