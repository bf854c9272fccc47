"""The children that a parent writes about."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def children(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
