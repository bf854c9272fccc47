"""Logs and error reports that cannot hold what a person wrote."""

import logging
import traceback
from collections.abc import ItemsView
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class FramesOnlyFormatter(logging.Formatter):
    """Tells an exception by its type and the lines of code it passed, and leaves its message out.

    A message may quote the value that was wrong, and that value may be somebody's evening.
    """

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]) -> str:
        kind, error, frames = ei
        if kind is None or error is None:
            return ""
        told = "".join(traceback.format_tb(frames))
        cause = error.__cause__ or error.__context__
        because = f"  because of {type(cause).__module__}.{type(cause).__qualname__}\n" if cause else ""
        return f"{told}{because}{kind.__module__}.{kind.__qualname__}"


class NothingPersonal(SafeExceptionReporterFilter):
    """Error pages and reports, in development too, show neither what was posted nor the value of any variable."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()

    def is_active(self, request: HttpRequest | None) -> bool:
        return True
