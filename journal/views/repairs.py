"""Repairs: what went wrong with a child, and how it was mended."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def repairs(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
