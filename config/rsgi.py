"""What the web server runs: an RSGI application, loaded once and shared by all workers (operations/server/web.py)."""

from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

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


def warm() -> None:
    """Load what Django would load with the first requests: every address, and the templates of the first page."""
    reverse(settings.LOGIN_REDIRECT_URL)
    get_template("journal/tonight/tonight.html")


application = Gateway(site, Bodies(body_limit))
warm()
