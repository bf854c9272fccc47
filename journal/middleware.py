"""Text that could not be saved is shown, never lost: see docs/decisions/0008-kept-text.md."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from accounts.models import Role, User
from common.http import wants_json
from common.ids import new_id
from common.kept_forms import kept_text, view_of
from common.middleware import FAILED, GONE, belongs_to_other, replace_response
from journal.nights.guide_pages import posted_text

# What the pages of the journal, and the form of a parent's own question, send besides their text.
FIELDS = ("feeling", "author", "entry", "page", "seq", "base", "night", "prompt", "wording", "mode", "id", "by_turn")


class KeepTextMiddleware:
    """Shows a text that could not be saved on a page with a button that saves it again. For views marked `keeps_text`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        may_become_page = kept_text(view_of(request)) if response.status_code in FAILED else None
        if may_become_page is None:
            return response
        if wants_json(request):
            return response if response.headers.get("Content-Type") == "application/json" else _as_json(response)
        text = "" if belongs_to_other(request, response) else posted_text(request)
        return show_text(request, text, response, may_become_page=may_become_page) if text.strip() else response


def _is_counselor(request: HttpRequest) -> bool:
    """Whether a counselor wrote it, as a counselor: what is written to a client is no page of one's own journal."""
    return isinstance(request.user, User) and request.user.role == Role.COUNSELOR


def _as_json(failed: HttpResponse) -> HttpResponse:
    headers = {"Retry-After": failed.headers["Retry-After"]} if "Retry-After" in failed.headers else {}
    return JsonResponse({"state": "failed"}, status=failed.status_code, headers=headers)


def show_text(request: HttpRequest, text: str, failed: HttpResponse, *, may_become_page: bool) -> HttpResponse:
    """The text on an error page with a button that saves it again, in place of the response that failed."""
    fields = {name: request.POST.get(name, "") for name in FIELDS}
    if "children" in request.POST:  # else the page says nothing of them, and the one that sends it again must not either
        fields["children"] = " ".join(request.POST.getlist("children"))
    url = request.path
    is_gone = failed.status_code in GONE
    may_become_page = may_become_page and is_gone and not _is_counselor(request)
    if may_become_page:
        url = reverse("journal:entry_new")
        fields |= {"entry": str(new_id()), "page": str(new_id()), "seq": "1", "base": "0"}
    context = {
        "text": text,
        "fields": fields,
        "url": url,
        "signed_out": failed.status_code == 401,
        "becomes_page": may_become_page,
        "is_gone": is_gone and not may_become_page,
    }
    return replace_response(failed, request, "errors/kept.html", context)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Answers 401 to a page that sends text after its session has ended: a redirect would lose the text."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:  # type: ignore[override]
        if wants_json(request) or (kept_text(view_func) is not None and posted_text(request).strip()):
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)
