"""The calendar: months and years of lit windows."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
