"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def clients(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def client(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
