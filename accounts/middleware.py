"""What holds for every request of a signed-in person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts import keyring


class PersonMiddleware:
    """Opens the keyring for the length of the request, sets the person's clock and language, and keeps their pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        language = request.user.language if request.user.is_authenticated else ""
        if language in dict(settings.LANGUAGES):
            translation.activate(language)  # LocaleMiddleware has chosen by what the browser asks; it also cleans up
            request.LANGUAGE_CODE = language
        with keyring.held(), timezone.override(request.user.zone if request.user.is_authenticated else None):
            response = self.get_response(request)
        if signed_in or request.user.is_authenticated or request.path.startswith("/accounts/"):
            response.headers["Cache-Control"] = "no-store"
        return response
