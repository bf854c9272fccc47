"""Serving static files."""

from collections.abc import Callable
from os import stat_result

from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise that makes up a file's headers when it is first asked for.

    It still finds out at the start which files there are, and serves no other. Most are the administration's: making up the
    headers of all of them took a sixth of the start.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.found: dict[str, tuple[str, dict[str, stat_result] | None]] = {}
        super().__init__(get_response)

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: dict[str, stat_result] | None = None) -> None:
        self.found[url] = path, stat_cache

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = self.found.get(request.path_info)
        if found is not None:
            super().add_file_to_dictionary(request.path_info, *found)
            self.found.pop(request.path_info, None)  # only now: another thread may ask for it meanwhile
        response: HttpResponseBase = super().__call__(request)
        return response
