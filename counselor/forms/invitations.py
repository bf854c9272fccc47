"""Inviting, and accepting an invitation."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.entrance import AddressField
from accounts.forms.terms import TermsForm
from common.fields import MailedLineField, OneLineField

LINE_LIMIT = 300


class InvitationForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    name = OneLineField(
        label=_("Who it’s for"),
        max_length=80,
        help_text=_("Only you see this. It becomes your label for them once they accept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AddressField(
        label=_("Their email address"),
        required=False,
        help_text=_("Leave it empty to get a link, a QR code or a short code to share yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    line = MailedLineField(
        label=_("A personal line (optional)"),
        max_length=LINE_LIMIT,
        required=False,
        help_text=_("They read it with the invitation. Leave out anything private: others may see their screen."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true"}),
    )
    language = forms.ChoiceField(label=_("Language of the email"), choices=settings.LANGUAGES, required=False)

    def __init__(self, *args: Any, sends_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sends_mail:
            del self.fields["email"]
        if not sends_mail or len(settings.LANGUAGES) == 1:
            del self.fields["language"]


class CodeForm(forms.Form):
    """A short code that somebody in the room reads from their counselor's screen."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        help_text=_("Eight letters and numbers, as your counselor’s screen shows them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class AcceptForm(TermsForm):
    understood = forms.BooleanField(
        label=_("I’ve read what this means"),
        error_messages={"required": _("Check this box once you’ve read the lines above. You haven’t accepted anything yet.")},
    )
