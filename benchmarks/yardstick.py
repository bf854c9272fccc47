"""Y1, the yardstick: a bare Django view without middleware, behind the same server, gateway and number of workers as the site."""

from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from operations.server.bodies import Bodies
from operations.server.gateway import Gateway


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def no_body(_environment: WSGIEnvironment) -> int:
    return 0


urlpatterns = [path("", ok)]

settings.configure(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="not-secret")
application = Gateway(get_wsgi_application(), Bodies(no_body))
