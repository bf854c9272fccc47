"""What was being written is still there after any failure."""

import logging
from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangosLoginRequiredMiddleware
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.keyring import KeyringError
from accounts.models import User, new_id
from journal.typed import typed_text
from journal.views import errors
from journal.views.writing import is_someone_elses, wants_json

logger = logging.getLogger("nightlight.database")

# The text could not go where it was sent: it is offered to be saved as a page of its own.
NOWHERE = {400, 404}
NOTED_ON = "/accounts/clients/"  # a counselor's note about a client is no page of their journal: with the client it has no place
WRITTEN_ON = ("/tonight/", "/journal/", "/prompts/hard-nights/", "/prompts/own/", NOTED_ON)
KEPT = {*NOWHERE, 401, 403, 429, 500, 503}


class KeepWritingMiddleware:
    """Where a page that was being written cannot be saved, shows its text with a button that sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in KEPT or not request.path.startswith(WRITTEN_ON):
            return response
        if wants_json(request):
            if response.headers.get("Content-Type") == "application/json":
                return response
            return JsonResponse({"state": "failed"}, status=response.status_code, headers=_retry(response))
        if response.status_code in {403, 404} and isinstance(request.user, User) and is_someone_elses(request, request.user):
            return response
        text = typed_text(request)
        return keep(request, text, response) if text.strip() else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InternalError | InterfaceError):
            logger.error("The database did not do what was asked", exc_info=exception)
            return errors.busy(request)
        if isinstance(exception, KeyringError):
            logger.error("Something sealed could not be opened", exc_info=exception)
            return errors.sealed(request)
        return None


def _retry(response: HttpResponse) -> dict[str, str]:
    return {"Retry-After": response.headers["Retry-After"]} if "Retry-After" in response.headers else {}


def keep(request: HttpRequest, text: str, failed: HttpResponse) -> HttpResponse:
    """The typed text on a page of its own, with the status of what failed."""
    fields = {
        name: request.POST.get(name, "")
        for name in ("feeling", "author", "entry", "page", "seq", "base", "night", "prompt", "mode", "id", "by_turn")
    }
    action = request.path
    is_note = action.startswith(NOTED_ON)
    if failed.status_code in NOWHERE and not is_note:
        action = reverse("journal:new")
        fields |= {"entry": str(new_id()), "page": str(new_id()), "seq": "1", "base": "0"}
    context = {
        "text": text,
        "fields": fields,
        "url": action,
        "signed_out": failed.status_code == 401,
        "nowhere": is_note and failed.status_code in NOWHERE,
    }
    response = render(request, "errors/kept.html", context, status=failed.status_code)
    # Django's own mark (django.utils.log): the answer that this one stands for is in the log already.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    for name, value in {"Cache-Control": "no-store", **_retry(failed)}.items():
        response.headers[name] = value
    return response


class LoginRequiredMiddleware(DjangosLoginRequiredMiddleware):
    """A page that was sent after its session ended is answered, not redirected: a redirect would drop its text."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:  # type: ignore[override]
        if wants_json(request) or typed_text(request).strip():
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)
