"""The second step at sign-in: required of staff, offered to counselors."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]

type View = Callable[..., HttpResponse]


class Factors(NamedTuple):
    """What a person can show at the second step."""

    has_app: bool
    has_passkey: bool
    has_recovery_codes: bool


def factors_of(person: User) -> Factors:
    types = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return Factors(
        Authenticator.Type.TOTP in types,
        Authenticator.Type.WEBAUTHN in types,
        Authenticator.Type.RECOVERY_CODES in types,
    )


def is_set_up(person: User) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    has_factor: bool = get_adapter().is_mfa_enabled(person, types=FACTORS)
    return has_factor


def was_taken(request: HttpRequest) -> bool:
    """Whether the person has used an authenticator, a passkey or a recovery code in this session."""
    return any(taken.get("method") == "mfa" for taken in get_authentication_records(request, request.user))


def required(view: View) -> View:
    """For pages of staff: leads those without a second step to where one is set up, and those who have not taken it to take it.

    Whoever is no member of staff reaches the view, which refuses them.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = request.user
        if not isinstance(person, User) or not person.is_staff or (was_taken(request) and is_set_up(person)):
            return view(request, *args, **kwargs)
        if not is_set_up(person):
            messages.warning(request, _("The admin pages ask for a second step at sign-in. Please set one up first."))
            return redirect("mfa_index")
        uses_code = get_adapter().is_mfa_enabled(person, types=[Authenticator.Type.TOTP])
        page = reverse("mfa_reauthenticate" if uses_code else "mfa_reauthenticate_webauthn")
        return redirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")

    return wrapped


def settle(person: User) -> None:
    """Offer the second step no more: the person has one, or was told of it and does not want it now. Idempotent."""
    person.remember("second_step_settled")


def unsettle(person: User) -> None:
    """Offer the second step again where the person's last one was removed. Idempotent."""
    if not is_set_up(person):
        person.second_step_settled = False
        person.save(update_fields=["second_step_settled"])
