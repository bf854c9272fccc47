"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def invitations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def invitation(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
