"""What was being written is still there after any failure."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangosLoginRequiredMiddleware
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.keyring import KeyringError
from accounts.models import User, new_id
from journal.typed import typed_text
from journal.typed_forms import is_form, typed_form
from journal.views import errors
from journal.views.writing import is_someone_elses, refuse_someone_elses, wants_json

logger = logging.getLogger("nightlight.database")

# The text could not go where it was sent: it is offered to be saved as a page of its own.
NOWHERE = {400, 404}
NOTED_ON = "/accounts/clients/"  # a counselor's note about a client is no page of their journal: with the client it has no place
WRITTEN_ON = ("/tonight/", "/journal/", "/prompts/hard-nights/", "/prompts/own/", NOTED_ON)
KEPT = {*NOWHERE, 401, 403, 429, 500, 503}


class KeepWritingMiddleware:
    """Where a page that was being written or a form that was filled in cannot be saved, shows what was typed, with a button
    that sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in KEPT:
            return response
        if not request.path.startswith(WRITTEN_ON):
            return keep_form(request, response)
        if wants_json(request):
            if response.headers.get("Content-Type") == "application/json":
                return response
            return JsonResponse({"state": "failed"}, status=response.status_code, headers=_retry(response))
        if _was_someone_elses(request, response):
            return response
        text = typed_text(request)
        return keep(request, text, response) if text.strip() else response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """A form with many fields reaches its page only from the person for whom it was opened."""
        # Read here, what cannot be read is refused; the view would take it for a form with nothing in it.
        if not is_form(request) or not request.POST or typed_form(request) is None:
            return None
        if not isinstance(request.user, User):
            return HttpResponse(status=401)
        return refuse_someone_elses(request) if is_someone_elses(request, request.user) else None

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


def _was_someone_elses(request: HttpRequest, failed: HttpResponse) -> bool:
    """Whether what failed is not for whoever is signed in now. After other failures it may not be possible to ask who that is."""
    return failed.status_code in {403, 404} and isinstance(request.user, User) and is_someone_elses(request, request.user)


def _instead(request: HttpRequest, failed: HttpResponse, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page in place of the answer that failed, with its status."""
    response = render(request, template, context, status=failed.status_code)
    # Django's own mark (django.utils.log): the answer that this one stands for is in the log already.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    for name, value in {"Cache-Control": "no-store", **_retry(failed)}.items():
        response.headers[name] = value
    return response


def keep_form(request: HttpRequest, failed: HttpResponse) -> HttpResponse:
    """All fields of a form on a page of their own, to be sent again; `failed` itself where there is nothing to keep."""
    form = typed_form(request)
    is_gone = failed.status_code in NOWHERE  # then there is no button: what was typed can be copied
    if form is None or (is_gone and not form.typed) or wants_json(request) or _was_someone_elses(request, failed):
        return failed
    context = {"form": form, "url": "" if is_gone else request.path, "status": failed.status_code, "had_file": bool(request.FILES)}
    return _instead(request, failed, "errors/kept_form.html", context)


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
    return _instead(request, failed, "errors/kept.html", context)


class LoginRequiredMiddleware(DjangosLoginRequiredMiddleware):
    """A page that was sent after its session ended is answered, not redirected: a redirect would drop its text."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:  # type: ignore[override]
        if wants_json(request) or typed_text(request).strip():
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)
