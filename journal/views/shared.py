"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def shared(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def one(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def open_share(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def reply(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def take_back(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
