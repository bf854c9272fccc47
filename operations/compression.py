"""Pages go compressed over the wire: see MIDDLEWARE in config/settings.py."""

import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

WORTHWHILE = 1000  # bytes: what is shorter fits into one packet in any case, as the answers to saving do
COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "image/svg+xml")

_declines_gzip = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.IGNORECASE)


class CompressionMiddleware(GZipMiddleware):
    """Django's, for texts that are long enough. It pads what it compresses by a random length, so that the length of a page that
    repeats what somebody else chose tells them nothing of what else is on it (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponse) or len(response.content) < WORTHWHILE:
            return response
        if not response.headers.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        # Another site could open a page in a window again and again, and somebody compare the lengths.
        is_opened_by_another_site = request.headers.get("Sec-Fetch-Site") == "cross-site"
        if is_opened_by_another_site or _declines_gzip.search(request.headers.get("Accept-Encoding", "")):
            request.META["HTTP_ACCEPT_ENCODING"] = ""  # Django's looks for the word alone
        result: HttpResponseBase = super().process_response(request, response)
        return result
