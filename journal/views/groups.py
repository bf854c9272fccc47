"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def groups(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def group(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def delete(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
