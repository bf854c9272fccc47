"""allauth's forms for passkeys, which take anything that a browser, or somebody else, sends as a passkey's answer.

allauth and fido2 expect an object with certain members; a number, a list or half an object made them fail. What cannot be
read is refused like a wrong passkey, and both in words for a passkey: allauth's are for a code that was mistyped.
"""

import binascii
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.security.log import Event, record

MAX_LENGTH = 64 * 1024  # characters; a passkey's answer has a few thousand
WRONG = "incorrect_code"  # as allauth calls it
REFUSED = _("The passkey wasn’t used, so nothing changed. Try again, or choose another way.")
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, binascii.Error, struct.error)


@contextmanager
def _refused_as_passkey() -> Iterator[None]:
    """Within this context whatever is wrong with a passkey's answer is a ValidationError that says so."""
    try:
        yield
    except forms.ValidationError as error:
        raise forms.ValidationError(REFUSED, code=WRONG) if getattr(error, "code", "") == WRONG else error from error
    except UNREADABLE as error:
        raise forms.ValidationError(REFUSED, code=WRONG) from error


class CredentialField(forms.JSONField):
    """The answer of a passkey: a JSON object."""

    default_error_messages = {"required": REFUSED}

    def to_python(self, value: object) -> object:  # type: ignore[override]
        if isinstance(value, str) and len(value) > MAX_LENGTH:
            raise forms.ValidationError(REFUSED, code=WRONG)
        try:
            parsed = super().to_python(value)
        except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
            parsed = None
        if not isinstance(parsed, dict):
            raise forms.ValidationError(REFUSED, code=WRONG)
        return parsed

    def bound_data(self, data: object, initial: object) -> object:
        """What the page that is shown again holds: nothing, for it asks the passkey anew."""
        return initial


class _ShownAgainForm(forms.Form):
    """One that its page shows again when it was refused: what is wrong with the passkey, which no field shows, is said of the form."""

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and (wrong := self.errors.pop("credential", None)):
            self.add_error(None, wrong.as_data())


class _RegistrationForm(_ShownAgainForm):
    credential = CredentialField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if self.is_bound:
            self.full_clean()  # allauth shows another form with the same data than the one that it refused

    def clean(self) -> dict[str, object] | None:
        with _refused_as_passkey():
            return super().clean()


class _AuthenticationForm(forms.Form):
    """One that is refused leaves a line in the log of security events, whichever part of it was wrong."""

    credential = CredentialField(widget=forms.HiddenInput)
    refused = Event.SECOND_STEP_FAILED

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            person: User | None = getattr(self, "user", None)
            record(self.refused, person=person.pk if person else None, request=context.request, factor=Authenticator.Type.WEBAUTHN.value)

    def clean_credential(self) -> object:
        with _refused_as_passkey():
            return super().clean_credential()  # type: ignore[misc]


class _NamedForm(forms.Form):
    """allauth gives the name no label, so that it would be called by the field's English name in every language."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].label = _("Name")


class AddForm(_NamedForm, _RegistrationForm, allauth_forms.AddWebAuthnForm):
    pass


class SignupForm(_NamedForm, _RegistrationForm, allauth_forms.SignupWebAuthnForm):
    pass


class EditForm(_NamedForm, allauth_forms.EditWebAuthnForm):
    pass


class LoginForm(_AuthenticationForm, allauth_forms.LoginWebAuthnForm):
    refused = Event.SIGN_IN_FAILED


class AuthenticateForm(_ShownAgainForm, _AuthenticationForm, allauth_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticateForm(_ShownAgainForm, _AuthenticationForm, allauth_forms.ReauthenticateWebAuthnForm):
    refused = Event.REAUTHENTICATION_FAILED
