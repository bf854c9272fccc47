"""A group of clients: its name, and who is in it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import OneLineField
from common.rendering.isolation import isolated
from counselor.groups import NAME_LIMIT


class GroupNameForm(forms.Form):
    name = OneLineField(
        label=_("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the group a name first. Nothing was saved.")},
    )


class NewGroupForm(GroupNameForm):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class MembersField(forms.MultipleChoiceField):
    """The ids of present clients. Others are ignored, such as clients who left while the page was open."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: object) -> list[uuid.UUID]:
        return [uuid.UUID(pk) for pk in self.to_python(value) if self.valid_value(pk)]


class GroupForm(GroupNameForm):
    """`names` are those of the counselor's present clients, by connection."""

    members = MembersField(label=_("Who is in it"), required=False)
    seen = MembersField(widget=forms.MultipleHiddenInput, required=False)  # who was in it when the page was opened

    def __init__(self, *args: Any, names: Mapping[uuid.UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(pk), isolated(named)) for pk, named in names.items()]
        for name in ("members", "seen"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
