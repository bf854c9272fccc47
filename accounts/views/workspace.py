"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def workspace(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def close(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def hat(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
