"""Logs and error reports that cannot hold what a person wrote."""

import logging
import traceback
from collections.abc import ItemsView
from types import FrameType, TracebackType

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class FramesOnlyFormatter(logging.Formatter):
    """Formats an exception as its traceback and type, without its message: that may quote what somebody wrote."""

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
