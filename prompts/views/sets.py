"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def all_sets(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def new(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def build(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def preview(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def worksheet(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def export(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def take_in(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def remove(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def copy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
