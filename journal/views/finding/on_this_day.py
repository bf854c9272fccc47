"""On this day: pages of earlier years, and of a week, a month and half a year ago."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest


@require_safe
def on_this_day(request: AuthenticatedHttpRequest) -> HttpResponse:
    raise Http404
