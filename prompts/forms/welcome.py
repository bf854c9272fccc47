"""The form of Welcome: two questions, both of which can be left out."""

from dataclasses import replace

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.time_zones import BrowserTimeZoneField
from accounts.models import Age, Preferences
from prompts.library.welcome import Welcome


class WelcomeForm(forms.Form):
    """`page` has the words and what they lead to; `preferences` are the present ones."""

    ages = forms.MultipleChoiceField(choices=Age.choices, required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    time_zone = BrowserTimeZoneField()

    def __init__(self, data: QueryDict | None = None, *, page: Welcome, preferences: Preferences) -> None:
        self._page = page
        super().__init__(data, initial={"ages": preferences.ages, "reason": preferences.reason})
        ages, reason = self.fields["ages"], self.fields["reason"]
        ages.label, ages.help_text = page.ages, _("You can choose more than one.")
        reason.label = page.asks
        if isinstance(reason, forms.ChoiceField):
            reason.choices = [*((each.slug, each.says) for each in page.reasons), ("", _("Something else"))]

    def changed(self, current: Preferences) -> Preferences:
        """The current preferences with what was chosen. Call after `is_valid()`.

        Another reason than before brings its themes and its path along, unless the parent has changed them by hand.
        """
        data = self.cleaned_data
        chosen = replace(current, ages=tuple(data["ages"]), reason=data["reason"], welcomed=True)
        if chosen.reason == current.reason:
            return chosen
        (old_themes, old_start), (themes, start) = self._leads_to(current.reason), self._leads_to(chosen.reason)
        if set(current.themes) == set(old_themes):
            chosen = replace(chosen, themes=themes)
        if current.start == old_start:
            chosen = replace(chosen, start=start)
        return chosen

    def _leads_to(self, slug: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The themes and the paths that a reason leads to."""
        reason = self._page.reason(slug)
        return (reason.themes, (reason.path,) if reason.path else ()) if reason else ((), ())
