"""What a counselor looks for among clients, notes about one, and puts into a group."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.groups import NAME_LIMIT
from accounts.models import NOTE_LIMIT, Group, Tie
from journal.clients import Show, Wanted
from journal.forms import with_line_ends


class ClientsForm(forms.Form):
    """The list's filters. Whatever is not there filters nothing: an address may be old, or have a slip in it."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[(Show.ALL.value, _("Everyone")), (Show.WAITING.value, _("Something to read")), (Show.ENDED.value, _("Ended"))],
    )
    group = forms.ChoiceField(label=_("Group"), required=False)

    def __init__(self, *args: Any, groups: Iterable[Group], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "clients_%s", **kwargs})
        field = self.fields["group"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All clients")), *((str(group.pk), group.words.name) for group in groups)]

    def wanted(self) -> Wanted:
        self.is_valid()
        data = self.cleaned_data
        group = data.get("group", "")
        return Wanted(show=Show(data.get("show") or Show.ALL), name=data.get("q", ""), group=uuid.UUID(group) if group else None)


class NoteField(forms.CharField):
    """Text as it was typed: nothing stripped, nothing cut; line ends as the database keeps them."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return with_line_ends(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        if (over := len(value) - NOTE_LIMIT) > 0:
            raise ValidationError(
                ngettext_lazy(
                    "This note is %(over)s character too long; it holds 20,000. Nothing was cut, and nothing was kept yet.",
                    "This note is %(over)s characters too long; it holds 20,000. Nothing was cut, and nothing was kept yet.",
                    over,
                )
                % {"over": over},
                code="max_length",
            )


class NoteForm(forms.Form):
    """A counselor's note, whom its page was opened for, and the state of the note that it was opened with."""

    text = NoteField(
        label=_("Your note"),
        help_text=_(
            "Only you can read it; the client never sees it. It goes when they delete their account, so what has to be kept belongs in your own records."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "true", "autocomplete": "off"}),
    )
    author = forms.CharField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)


class GroupNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the group a name first. Nothing was kept yet.")},
    )

    def clean_name(self) -> str:
        """On one line: a name stands in one."""
        return " ".join(self.cleaned_data["name"].split())


class NewGroupForm(GroupNameForm):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)


class MembersField(forms.MultipleChoiceField):
    """Clients who are there. Whoever left while the page was open is left out, and so is whoever never was there."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[uuid.UUID]:
        return [uuid.UUID(pk) for pk in self.to_python(value) if self.valid_value(pk)]


class GroupForm(GroupNameForm):
    members = MembersField(label=_("Who is in it"), required=False)

    def __init__(self, *args: Any, ties: Iterable[Tie], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(tie.pk), tie.parent_name) for tie in ties]
