"""The context of every request of a signed-in person, and the responses when database or keys fail."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from common import errors

logger = logging.getLogger("nightlight.database")


class PersonMiddleware:
    """Caches data keys during the request, sets the person's time zone and language, and forbids caching their pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated  # the view may sign the person out
        language = request.user.language if request.user.is_authenticated else ""
        if language in dict(settings.LANGUAGES):
            translation.activate(language)  # in place of the browser's language; LocaleMiddleware resets it
            request.LANGUAGE_CODE = language
        with keyring.cached(), timezone.override(request.user.zone if request.user.is_authenticated else None):
            if request.user.is_authenticated and request.user.fetched_key_slot:
                keyring.offer(request.user.fetched_key_slot)
            response = self.get_response(request)
        if was_signed_in or request.user.is_authenticated or request.path.startswith("/accounts/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """503 where the database or the keys cannot be used just now: what was typed is shown, and can be sent again."""
        if isinstance(exception, OperationalError | InternalError | InterfaceError):
            logger.error("The database did not do what was asked", exc_info=exception)
            return errors.busy(request)
        if isinstance(exception, KeyringError):
            logger.error("Something sealed could not be opened", exc_info=exception)
            return errors.sealed(request)
        return None
