"""What a request carries of a page that was being written."""

from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError

from journal import guiding


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent this, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == request.get_host()


def sent(request: HttpRequest) -> QueryDict:
    """The fields that a page of ours was sending; none where they cannot be read, or another site made a browser send them."""
    if request.method != "POST" or not is_from_here(request):
        return QueryDict()
    try:
        return request.POST
    except (RequestDataTooBig, SuspiciousOperation, UnreadablePostError, OSError):
        return QueryDict()


def typed_text(request: HttpRequest) -> str:
    """The text that a page of ours was sending, or ""."""
    return guiding.typed(sent(request))
