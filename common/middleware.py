"""Forms that survive a failure: see common/kept_forms.py."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import errors
from common.http import opened_by_another, wants_json
from common.kept_forms import is_kept, sent_form

GONE = {400, 404}  # what was typed has nowhere to go any more
FAILED = {*GONE, 401, 403, 429, 500, 503}


class KeepFormMiddleware:
    """Where a form cannot be saved, shows what was typed, with a button that sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return keep_form(request, response) if response.status_code in FAILED else response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """A form reaches its view only from the person it was opened for."""
        # Reading the form here refuses one that cannot be read; the view would take it for an empty one.
        if not is_kept(request) or not request.POST or sent_form(request) is None:
            return None
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return errors.other_person(request) if opened_by_another(request) else None


def keep_form(request: HttpRequest, failed: HttpResponse) -> HttpResponse:
    """All fields of the form on a page of their own, to be sent again; `failed` itself where there is nothing to keep."""
    form = sent_form(request)
    is_gone = failed.status_code in GONE  # then there is no button: what was typed can be copied
    if form is None or (is_gone and not form.typed) or wants_json(request) or is_others(request, failed):
        return failed
    context = {"form": form, "url": "" if is_gone else request.path, "status": failed.status_code, "had_file": bool(request.FILES)}
    return in_place_of(failed, request, "errors/kept_form.html", context)


def is_others(request: HttpRequest, failed: HttpResponse) -> bool:
    """Whether what failed is not for whoever is signed in now. After other failures it may not be possible to ask who that is."""
    return failed.status_code in {403, 404} and request.user.is_authenticated and opened_by_another(request)


def in_place_of(failed: HttpResponse, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page in place of the response that failed, with its status."""
    response = render(request, template, context, status=failed.status_code)
    # Django's own mark (django.utils.log): the response that this one replaces is in the log already.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    response.headers["Cache-Control"] = "no-store"
    if "Retry-After" in failed.headers:
        response.headers["Retry-After"] = failed.headers["Retry-After"]
    return response
