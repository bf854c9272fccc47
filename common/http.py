"""What a request says beyond Django's own reading of it."""

from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError

from common.ids import parse_id

UNREADABLE = (RequestDataTooBig, SuspiciousOperation, UnreadablePostError, OSError)


def wants_json(request: HttpRequest) -> bool:
    """True for a request in the background, which reads an answer instead of showing a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent this, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == request.get_host()


def posted(request: HttpRequest) -> QueryDict:
    """The fields that a page of ours was sending; none where they cannot be read, or another site made a browser send them."""
    if request.method != "POST" or not is_from_here(request):
        return QueryDict()
    try:
        return request.POST
    except UNREADABLE:
        return QueryDict()


def opened_by_another(request: HttpRequest) -> bool:
    """Whether the page that sends this was opened for another person, who was signed in here before.

    False where the page does not say for whom it was opened: it is damaged, and its own form refuses it.
    """
    opened_for = parse_id(request.POST.get("author"))
    return opened_for is not None and opened_for != request.user.pk
