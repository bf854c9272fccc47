"""What a parent wants to be asked about."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Age, Preferences
from prompts.models import Theme
from prompts.questions import translated_theme


class PreferencesForm(forms.Form):
    """The themes and ages that a parent chose, and whether kept questions come first.

    `preferences` are the present ones, and `born` the ages that come from the children's years of birth, whatever is chosen.
    """

    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave them all empty to be asked about everything but grace, which is for parents who pray."),
    )
    ages = forms.MultipleChoiceField(
        label=_("How old your children are"),
        choices=Age.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without this you are asked only what fits every age."),
    )
    kept_first = forms.BooleanField(
        label=_("Ask first what I kept for later"),
        required=False,
        help_text=_("What waited longest comes first; when it is answered, it leaves the list."),
    )

    def __init__(self, *args: Any, preferences: Preferences, born: Collection[Age] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {"themes": preferences.themes, "ages": preferences.ages, "kept_first": preferences.kept_first}
        super().__init__(*args, **kwargs)
        if born:
            ages = ", ".join(str(age.label) for age in Age if age in born)
            self.fields["ages"].help_text = _(
                "From your children’s years of birth comes: %(ages)s. That moves on with the years. What you choose here is added."
            ) % {"ages": ages}
        themes = self.fields["themes"]
        if isinstance(themes, forms.MultipleChoiceField):
            themes.choices = [(theme.slug, ". ".join(translated_theme(theme))) for theme in Theme.objects.all()]

    def changed(self, current: Preferences) -> Preferences:
        """The current preferences with what was chosen. Call after `is_valid()`."""
        data = self.cleaned_data
        return replace(current, themes=tuple(data["themes"]), ages=tuple(data["ages"]), kept_first=data["kept_first"])
