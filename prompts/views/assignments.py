"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def all_assignments(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def assign(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def assignment(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
