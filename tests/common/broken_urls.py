"""URLs of a site on which every page fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from common import errors


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("It failed.", status=500)


handler500 = plain
handler400 = errors.bad_request
urlpatterns = [path("", broken)]
