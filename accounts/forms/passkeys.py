"""allauth's forms for passkeys, which take anything that a browser, or somebody else, sends as a passkey's answer.

allauth and fido2 expect an object with certain members; a number, a list or half an object made them fail. What cannot be
read is refused like a wrong passkey.
"""

import binascii
import struct

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.security.log import Event, record

MAX_LENGTH = 64 * 1024  # characters; a passkey's answer has a few thousand
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, binascii.Error, struct.error)


class CredentialField(forms.JSONField):
    """The answer of a passkey: a JSON object."""

    def to_python(self, value: object) -> object:  # type: ignore[override]
        if isinstance(value, str) and len(value) > MAX_LENGTH:
            raise get_adapter().validation_error("incorrect_code")
        try:
            parsed = super().to_python(value)
        except (RecursionError, ValueError):  # nested too deeply, or a number of thousands of digits
            parsed = None
        if not isinstance(parsed, dict):
            raise get_adapter().validation_error("incorrect_code")
        return parsed

    def bound_data(self, data: object, initial: object) -> object:
        """What the page that is shown again holds: nothing, for it asks the passkey anew."""
        return initial


class _RegistrationForm(forms.Form):
    credential = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, object] | None:
        try:
            return super().clean()
        except forms.ValidationError:
            raise
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


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
        try:
            return super().clean_credential()  # type: ignore[misc]
        except forms.ValidationError:
            raise
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


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


class AuthenticateForm(_AuthenticationForm, allauth_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticateForm(_AuthenticationForm, allauth_forms.ReauthenticateWebAuthnForm):
    refused = Event.REAUTHENTICATION_FAILED
