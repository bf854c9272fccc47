"""The form of a workspace: what a counselor says about themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import OneLineField
from counselor.models import Workspace


class WorkspaceForm(forms.ModelForm):
    line = OneLineField(
        label=_("A line about yourself"),
        max_length=300,
        required=False,
        help_text=_("What a parent reads before they accept. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true"}),
    )

    class Meta:
        model = Workspace
        fields = ("name", "practice")
        field_classes = {"name": OneLineField, "practice": OneLineField}
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
