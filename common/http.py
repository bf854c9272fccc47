"""What requests tell about their sender, and reading their fields safely."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.request import UnreadablePostError
from django.utils.http import url_has_allowed_host_and_scheme

from common.ids import parse_id

# In a request's META: the status with which the web server refused its body, which is empty then.
REFUSED_BODY = "nightlight.refused"

_UNREADABLE = (RequestDataTooBig, SuspiciousOperation, UnreadablePostError, OSError)


def wants_json(request: HttpRequest) -> bool:
    """Whether a script sent the request and reads the response."""
    return request.headers.get("Accept", "").startswith("application/json")


def is_navigation(request: HttpRequest) -> bool:
    """Whether a browser shows the response as its page; False for a part of a page that a script asked for. True where it does not say."""
    return not wants_json(request) and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a page of this site sent the request. True where the browser states no origin."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False


def next_address(request: HttpRequest) -> str:
    """The address of this site that the request says to go on to, in its field or parameter `next`; "" for none, or any other.

    It begins with a slash: anything else Django's `redirect` might take for the name of a view.
    """
    address = (request.POST if request.method == "POST" else request.GET).get(REDIRECT_FIELD_NAME, "")
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def posted(request: HttpRequest) -> QueryDict:
    """The fields that a page of this site sent; empty where they cannot be read, or another site made the browser send them."""
    if request.method != "POST" or not is_same_origin(request):
        return QueryDict()
    try:
        return request.POST
    except _UNREADABLE:
        return QueryDict()


def opened_by_another(request: HttpRequest) -> bool:
    """Whether the page that sent this was opened for another person, who was signed in before.

    False where its field `author` is damaged: the page's form refuses that.
    """
    opened_for = parse_id(request.POST.get("author"))
    return opened_for is not None and opened_for != request.user.pk
