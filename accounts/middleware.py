"""The context of every request of a signed-in person, and the responses when database or keys fail."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import auth, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.backends import at_hand
from accounts.keys import keyring
from accounts.keys.crypto import KeyringError
from accounts.models import User
from accounts.security import locking
from accounts.security.log import Event, record
from common import errors
from common.http import wants_json
from common.kept_forms import sent_form
from common.middleware import ConfirmationRequired
from common.places import customs
from common.places.customs import Customs

logger = logging.getLogger("nightlight.database")


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """Django's, with the person whom the session was fetched with in place of a second query: see accounts/sessions.py."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]


def _user(request: HttpRequest) -> AbstractBaseUser | AnonymousUser:
    with at_hand(getattr(request.session, "person", None)):
        return auth.get_user(request)


class PersonMiddleware:
    """Caches data keys during the request, sets the person's time zone, customs and language, and forbids caching their pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            was_signed_in = request.user.is_authenticated  # the view may sign the person out
        except KeyringError as error:  # the session is sealed, too
            return self._sealed(request, error)
        language = request.user.chosen_language if request.user.is_authenticated else ""
        if language:
            translation.activate(language)  # in place of the browser's language; LocaleMiddleware resets it
            request.LANGUAGE_CODE = language
        zone, ways = (request.user.zone, request.user.customs) if request.user.is_authenticated else (None, Customs())
        with keyring.cached(), timezone.override(zone), customs.override(ways):
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
            return self._sealed(request, exception)
        return None

    @staticmethod
    def _sealed(request: HttpRequest, error: KeyringError) -> HttpResponse:
        logger.error("Something sealed could not be opened", exc_info=error)
        return errors.sealed(request)


class ReauthenticationMiddleware:
    """Asks a person to confirm that it is they, where a view requires it, and then leads them back to the page they were on.

    In place of allauth's own way, which keeps the whole request in the session meanwhile, with its headers and all that was
    posted. Here nothing of it is kept: a button is pressed again, and what was typed stands on a page that sends it again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ReauthenticationRequired):
            return None
        methods = get_adapter().get_reauthentication_methods(request.user)
        address = f"{methods[0]['url'] if methods else reverse('account_login')}?{urlencode({'next': _way_back(request)})}"
        if request.method == "POST" and not wants_json(request):
            if sent_form(request) is not None:
                return ConfirmationRequired(address)
            messages.info(request, _("Please confirm it’s you first. You’ll come back to where you were, and can press the button again."))
        return redirect(address)


def _way_back(request: HttpRequest) -> str:
    """Where a person goes on after confirming: for what was sent, to the page whose button sent it."""
    if request.method != "POST":
        return request.get_full_path()
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.path
    return page.path if page.netloc == request.get_host() and page.path else request.path


class LockMiddleware:
    """Closes every page to a session that was not used for a while, except those on which its person unlocks or ends it.

    What was typed survives: the answer to a page that was sent is a 401, and the middlewares further out show the text.
    """

    # With the person of the session.
    OPEN = {
        "accounts:lock",
        "accounts:lock_use",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_logout",
        "leave",  # leaving saves what is written, and shows nothing
    }
    ENTRANCES = {"home", "account_login"}  # open to everybody, but of no use to somebody whose session is only locked

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Before any view is looked for: an address that leads to none is no way round the lock.
        was_locked, idle = locking.is_locked(request), locking.idle_time(request)
        # For templates.
        request.__dict__["is_locked"] = was_locked
        request.__dict__["locks_after"] = int(idle.total_seconds()) if idle and not was_locked else None
        response = self.get_response(request)
        if not was_locked or (isinstance(request.user, User) and not locking.is_locked(request)):
            locking.note_use(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., object], args: object, kwargs: object) -> HttpResponse | None:
        is_locked = request.__dict__["is_locked"]
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not is_locked or name in self.OPEN:
            return None
        if not getattr(view, "login_required", True) and not (name in self.ENTRANCES and request.method == "GET"):
            if request.method == "POST" and name.startswith(("account_", "mfa_")):
                request.session.flush()  # somebody signs in: not within the session of somebody else
            request.user = AnonymousUser()  # what everybody may see, as everybody sees it
            return None
        return self._closed(request)

    def _closed(self, request: HttpRequest) -> HttpResponse:
        if wants_json(request):
            return JsonResponse({"state": "locked"}, status=401)
        if request.method not in {"GET", "HEAD"}:
            return errors.locked(request)
        if isinstance(request.user, User):
            record(Event.LOCKED, person=request.user.pk, request=request, by="time")
        return redirect(f"{reverse('accounts:lock')}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
