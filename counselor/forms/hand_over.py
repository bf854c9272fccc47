"""Asking a client whether a colleague may go on in the counselor's place."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.rendering.isolation import isolated
from counselor.models import Workspace


class HandOverForm(forms.Form):
    to = forms.ChoiceField(
        label=_("Who takes over"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague."), "invalid_choice": _("This colleague has left the practice. Choose another.")},
    )

    def __init__(self, data: QueryDict | None = None, *, colleagues: Iterable[Workspace]) -> None:
        super().__init__(data)
        self.offered = {str(row.counselor_id): row for row in colleagues}
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(pk, isolated(row.name)) for pk, row in self.offered.items()]

    def clean_to(self) -> Workspace:
        return self.offered[self.cleaned_data["to"]]
