"""What a parent wants to be asked about."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Age, Preferences
from prompts.models import Facet, Theme
from prompts.questions import translated_theme

_GROUPS = [
    (
        _("How your family is made"),
        [
            Facet.TOGETHER,
            Facet.ALONE,
            Facet.TWO_HOMES,
            Facet.STEP_FAMILY,
            Facet.TWO_OF_A_KIND,
            Facet.GRANDPARENT,
            Facet.ADOPTION,
            Facet.SIBLINGS,
            Facet.IN_LAWS,
        ],
    ),
    (_("Your child"), [Facet.BABY_UNDER_ONE, Facet.EXTRA_CARE, Facet.SCHOOL, Facet.SELF_HARM, Facet.ESTRANGED]),
    (_("What you’re living with"), [Facet.DEPRESSION, Facet.SUBSTANCES, Facet.GRIEF, Facet.MONEY, Facet.TWO_LANGUAGES, Facet.FAITH]),
]
FACETS = [(name, [(facet.value, facet.label) for facet in facets]) for name, facets in _GROUPS]


class PreferencesForm(forms.Form):
    """The themes, ages and facets that a parent chose, whether questions are followed up, and whether kept ones come first.

    `preferences` are the present ones, and `born` the ages that come from the children's years of birth, whatever is chosen.
    """

    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave them all empty to be asked about everything except Grace, which is for parents who pray."),
    )
    ages = forms.MultipleChoiceField(
        label=_("How old your children are"),
        choices=Age.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If you leave this empty, you’ll only get questions that fit every age."),
    )
    facets = forms.MultipleChoiceField(
        label=_("What’s true for your family"),
        choices=FACETS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You’ll sometimes get a question about what you switch on here. Others won’t."),
    )
    follow_ups = forms.BooleanField(
        label=_("Come back to some questions"),
        required=False,
        help_text=_(
            "Two to four weeks after some questions, another one follows up, at most once a week. It knows only that you "
            "were asked, not what you wrote."
        ),
    )
    kept_first = forms.BooleanField(
        label=_("Ask me first what I kept for later"),
        required=False,
        help_text=_("What’s waited longest comes first, and leaves the list once you answer it."),
    )

    def __init__(self, *args: Any, preferences: Preferences, born: Collection[Age] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(preferences, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        if born:
            ages = ", ".join(str(age.label) for age in Age if age in born)
            self.fields["ages"].help_text = _(
                "From your children’s birth years: %(ages)s. This changes as they grow. What you choose here is added."
            ) % {"ages": ages}
        themes = self.fields["themes"]
        if isinstance(themes, forms.MultipleChoiceField):
            themes.choices = [(theme.slug, ". ".join(translated_theme(theme))) for theme in Theme.objects.all()]

    def changed(self, current: Preferences) -> Preferences:
        """The current preferences with what was chosen. Call after `is_valid()`."""
        data = self.cleaned_data
        return replace(
            current,
            themes=tuple(data["themes"]),
            ages=tuple(data["ages"]),
            facets=tuple(data["facets"]),
            follow_ups=data["follow_ups"],
            kept_first=data["kept_first"],
        )
