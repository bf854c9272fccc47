"""The form that searches the library."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Age
from common.fields import FilterField, OneLineField
from prompts.models import Depth, Facet, Theme
from prompts.questions import translated_theme
from prompts.search import Filters


class BrowseForm(forms.Form):
    """The library's filters."""

    q = OneLineField(
        label=_("Words in a question"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    theme = FilterField(label=_("Theme"), required=False)
    age = FilterField(label=_("Age"), required=False, choices=[("", _("Every age")), *Age.choices])
    facet = FilterField(label=_("Family"), required=False, choices=[("", _("Every family")), *Facet.choices])
    depth = FilterField(label=_("Depth"), required=False, choices=[("", _("Every depth")), *Depth.choices])

    def __init__(self, *args: Any, themes: Sequence[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "browse_%s", **kwargs})
        field = self.fields["theme"]
        if isinstance(field, FilterField):
            field.choices = [("", _("Every theme")), *((theme.slug, translated_theme(theme)[0]) for theme in themes)]

    def filters(self) -> Filters:
        """The valid values; no need to call `is_valid()` first."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(query=data.get("q", ""), **{name: data.get(name, "") for name in ("theme", "age", "facet", "depth")})
