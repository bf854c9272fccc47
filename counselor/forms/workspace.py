"""The form of a workspace: what a counselor says about themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from common.fields import NameField, OneLineField
from common.text import fold
from counselor.models import Workspace


class CloseForm(forms.Form):
    """The word that has to be typed before a workspace is closed."""

    word = OneLineField(
        label=_("Type the word “close” to confirm"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if fold(word) != fold(pgettext("typed to close a workspace", "close")):
            raise forms.ValidationError(_("Type the word exactly as shown. Nothing was closed."))
        return word


class WorkspaceForm(forms.ModelForm):
    """`workspace` is the one that the page shows, empty where it opens one."""

    workspace = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = NameField(
        label=_("Your name, as clients know it"),
        max_length=Workspace._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    practice = NameField(
        label=_("Your practice"),
        max_length=Workspace._meta.get_field("practice").max_length,
        required=False,
        help_text=_("We show it beside your name on invitations. You can leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    line = OneLineField(
        label=_("A line about yourself"),
        max_length=300,
        required=False,
        help_text=_("Parents read it before they accept. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true"}),
    )

    class Meta:
        model = Workspace
        fields = ("name", "practice")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial.update({"line": self.instance.line, "workspace": self.instance.pk})
