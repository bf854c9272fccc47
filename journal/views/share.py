"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def share_entry(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def share_nights(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
