"""Forms of a counselor's workspace, of invitations and of what a parent lets a counselor see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tie, Workspace


class WorkspaceForm(forms.ModelForm):
    line = forms.CharField(
        label=_("A line about yourself"),
        max_length=300,
        required=False,
        help_text=_("What a parent reads before they accept. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true"}),
    )

    class Meta:
        model = Workspace
        fields = ("name", "practice")
        labels = {"name": _("Your name, as clients know it"), "practice": _("Your practice")}
        help_texts = {"practice": _("It stands beside your name on an invitation. You can leave it empty.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "practice": forms.TextInput(attrs={"autocomplete": "organization"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["line"] = self.instance.line

    def clean_line(self) -> str:
        return " ".join(self.cleaned_data["line"].split())


class InvitationForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Whom it is for"),
        max_length=80,
        required=False,
        help_text=_("Only you see this, so that you can tell your invitations apart."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("Leave it empty to get a link that you hand over yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, mails: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mails:
            del self.fields["email"]


class TermsForm(forms.Form):
    """What a counselor is told and may see; a parent can change it at any time."""

    parent_name = forms.CharField(
        label=_("What they call you"),
        max_length=Tie._meta.get_field("parent_name").max_length,
        help_text=_("The name that this counselor sees. Your e-mail address is not shown to them."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Give a name, so that they know who you are. A first name is enough.")},
    )
    sees_answered = forms.BooleanField(
        label=_("They may see that I answered"),
        required=False,
        help_text=_("Which steps of their sets you have answered and when you last did; never what you wrote."),
    )


class AcceptForm(TermsForm):
    understood = forms.BooleanField(
        label=_("I have read what this means"),
        error_messages={"required": _("Tick this once you have read the lines above. Nothing is accepted yet.")},
    )
