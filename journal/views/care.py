"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def care(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def tie(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def end(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def given(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def seen(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
