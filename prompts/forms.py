"""What a parent tells about what to be asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Age, Choices
from prompts.models import Theme


class ChoicesForm(forms.Form):
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

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        kwargs["initial"] = {"themes": choices.themes, "ages": choices.ages}
        super().__init__(*args, **kwargs)
        themes = self.fields["themes"]
        if isinstance(themes, forms.MultipleChoiceField):
            themes.choices = [(theme.slug, f"{theme.name}. {theme.line}") for theme in Theme.objects.all()]

    def chosen(self) -> Choices:
        return Choices(themes=tuple(self.cleaned_data["themes"]), ages=tuple(self.cleaned_data["ages"]))
