"""Forms that survive a failure (see common/kept_forms.py), bodies that are not taken, and the site's own host."""

import contextlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import errors
from common.http import REFUSED_BODY, opened_by_another, wants_json
from common.kept_forms import is_kept, sent_form

GONE = {400, 404}  # what was typed cannot be sent again
FAILED = {*GONE, 401, 403, 429, 500, 503}


class ConfirmationRequired(HttpResponse):
    """403 to a form that is kept: whoever sent it has to confirm first, at `address`, that it is they."""

    status_code = 403

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address


class SiteHostMiddleware:
    """Gives every request the host of NIGHTLIGHT_URL, so that no address is built from, and no limit counted by, what a client says it is.

    A host that is not allowed is a 400. Without NIGHTLIGHT_URL, on one machine, the host is what the browser says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # raises DisallowedHost
        if settings.SITE_ORIGIN:
            request.META["HTTP_HOST"] = urlsplit(settings.SITE_ORIGIN).netloc
        return self.get_response(request)


class RefusedBodyMiddleware:
    """Answers requests whose body the web server refused, and refuses the long ones of people who only seemed signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = request.META.get(REFUSED_BODY)
        length = str(request.META.get("CONTENT_LENGTH") or "")
        is_long = length.isdigit() and int(length) > settings.SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE
        if is_long and not request.user.is_authenticated:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if not status:
            return self.get_response(request)
        if status != HTTPStatus.SERVICE_UNAVAILABLE:  # one query more than there is time for
            with contextlib.suppress(Exception):  # the page is there without its navigation, too
                bool(request.user.is_authenticated)
        return errors.refused_body(request, status)


class KeepFormMiddleware:
    """Shows what was typed into a form that could not be saved, with a button that sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return show_form(request, response) if response.status_code in FAILED else response

    def process_view(self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object) -> HttpResponse | None:
        """Lets a form reach its view only if it is sent by the person it was opened for."""
        # A form that cannot be read raises here; in the view it would look empty.
        if not is_kept(request) or not request.POST or sent_form(request) is None:
            return None
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return errors.other_person(request) if opened_by_another(request) else None


def show_form(request: HttpRequest, failed: HttpResponse) -> HttpResponse:
    """An error page with all fields of the form, to be sent again; `failed` itself where there is nothing to show."""
    form = sent_form(request)
    is_gone = failed.status_code in GONE  # then the page has no button: what was typed can only be copied
    if form is None or (is_gone and not form.typed) or wants_json(request) or belongs_to_other(request, failed):
        return failed
    context = {
        "form": form,
        "url": "" if is_gone else request.path,
        "status": failed.status_code,
        "confirm_at": failed.address if isinstance(failed, ConfirmationRequired) else "",
        "had_file": bool(request.FILES),
    }
    return replace_response(failed, request, "errors/kept_form.html", context)


def belongs_to_other(request: HttpRequest, failed: HttpResponse) -> bool:
    """Whether what was sent is another person's than the one who is signed in now."""
    # Asked after these failures only: after others the database may not be able to say who is signed in.
    return failed.status_code in {403, 404} and request.user.is_authenticated and opened_by_another(request)


def replace_response(failed: HttpResponse, request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    """A page to be shown in place of a response that failed, with its status."""
    response = render(request, template, context, status=failed.status_code)
    # Django's own flag (django.utils.log), since the response that failed is logged already.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    response.headers["Cache-Control"] = "no-store"
    if "Retry-After" in failed.headers:
        response.headers["Retry-After"] = failed.headers["Retry-After"]
    return response
