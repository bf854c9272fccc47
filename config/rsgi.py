"""What the web server runs: `granian --interface rsgi config.rsgi:application`."""

from wsgiref.types import WSGIEnvironment

from django.conf import settings

from config.wsgi import application as site
from operations.server.bodies import Bodies
from operations.server.gateway import Gateway


def body_limit(environment: WSGIEnvironment) -> int:
    """How long the body of a request may be: longer for a browser that was here before, longest for one that says it is signed in.

    Whether it is, only the application can tell: see common.middleware.RefusedBodyMiddleware.
    """
    names = {cookie.partition("=")[0].strip() for cookie in environment.get("HTTP_COOKIE", "").split(";")}
    if settings.SESSION_COOKIE_NAME in names:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE if settings.CSRF_COOKIE_NAME in names else settings.STRANGER_UPLOAD_MAX_MEMORY_SIZE


application = Gateway(site, Bodies(body_limit))
