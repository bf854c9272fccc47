"""Insights: how nights felt, and what was written about, as pictures with their numbers."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def insights(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
