"""Searching a journal."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def search(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
