"""Logs and error reports that hold neither what a person wrote nor an address that is itself a secret."""

import logging
import re
import traceback
from collections.abc import ItemsView
from types import FrameType, TracebackType

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

# A token in an address is longer; what is left of a path tells enough. A query may hold anything.
_LONG_PART_OR_QUERY = re.compile(r"(?<=/)[^/\s?]{20,}|\?\S*")


def _without_addresses(record: logging.LogRecord, message: str) -> str:
    """Django's message with the route in place of the path that was asked for: an invitation's address is as good as a password."""
    request = getattr(record, "request", None)
    if not isinstance(request, HttpRequest) or request.resolver_match is None or request.path == "/":
        return _LONG_PART_OR_QUERY.sub("…", message)
    return f"/{request.resolver_match.route}".join(_LONG_PART_OR_QUERY.sub("…", part) for part in message.split(request.path))


class FramesOnlyFormatter(logging.Formatter):
    """Formats an exception as its traceback and type, without its message: that may quote what somebody wrote.

    What Django says of a request names the route, `/journal/<uuid:pk>/`, in place of the address.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django"):
            record.message = _without_addresses(record, record.message)
        return super().formatMessage(record)

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]) -> str:
        kind, error, frames = ei
        if kind is None or error is None:
            return ""
        stack = "".join(traceback.format_tb(frames))
        cause = error.__cause__ or error.__context__
        cause_line = f"  because of {type(cause).__module__}.{type(cause).__qualname__}\n" if cause else ""
        return f"{stack}{cause_line}{kind.__module__}.{kind.__qualname__}"


class NothingPersonal(SafeExceptionReporterFilter):
    """Leaves posted fields and the values of variables out of error pages and reports, in development, too."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, object]:
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType | None) -> ItemsView[str, object]:
        return {}.items()

    def is_active(self, request: HttpRequest | None) -> bool:
        return True
