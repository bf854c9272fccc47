"""The form with which a parent shares."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection
from common.rendering.isolation import isolated


class SharingForm(forms.Form):
    """With whom to share and, before the first time, that the parent has read what it means."""

    connections = forms.MultipleChoiceField(
        label=_("Who with"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose who to share with. Nothing has been shared yet."),
            "invalid_choice": _("A connection here has ended in the meantime. Please choose again."),
        },
    )
    informed = forms.BooleanField(label=_("I’ve read this"), required=False)

    def __init__(self, *args: Any, connections: Sequence[Connection], chosen: str = "", **kwargs: Any) -> None:
        """`connections`: those on offer. `chosen`: the id of the one that is ticked at first; a single one always is."""
        ticked = [str(connection.pk) for connection in connections if len(connections) == 1 or str(connection.pk) == chosen]
        super().__init__(*args, **{"initial": {"connections": ticked}, **kwargs})
        self.offered = {str(connection.pk): connection for connection in connections}
        field = self.fields["connections"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (pk, isolated(", ".join(filter(None, [connection.counselor_name, connection.practice]))))
                for pk, connection in self.offered.items()
            ]
        if self.is_informed:
            del self.fields["informed"]

    @property
    def is_informed(self) -> bool:
        """Whether the parent was informed for every connection on offer."""
        return all(connection.informed_at for connection in self.offered.values())

    @property
    def names(self) -> str:
        """The counselors for whom the parent was not informed yet, as "A, B or C"."""
        names = [connection.counselor_name for connection in self.offered.values() if not connection.informed_at]
        return get_text_list(names, str(_("or")))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("informed") and any(connection.informed_at is None for connection in self.chosen()):
            self.add_error("informed", _("Please read this first, and tick the box. Nothing has been shared yet."))
        return data

    def chosen(self) -> list[Connection]:
        """Call after `is_valid()`."""
        return [self.offered[pk] for pk in self.cleaned_data.get("connections", [])]
