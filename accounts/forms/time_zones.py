"""A field for a time zone: a select of cities, grouped by region."""

from functools import cache

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.places import time_zones


@cache
def _rendered_regions(language: str) -> str:
    """The regions' options as HTML, and UTC below them, for whoever lives in no city of the list."""
    options = (
        (time_zones.REGIONS[region], format_html_join("\n", '<option value="{}">{}</option>', cities))
        for region, cities in time_zones.by_region(language)
    )
    utc = format_html('\n<option value="{}">{}</option>', time_zones.UTC, _("Universal time (UTC), the same everywhere"))
    return format_html_join("\n", '<optgroup label="{}">\n{}\n</optgroup>', options) + utc


class TimeZoneSelect(forms.Select):
    """A select whose hundreds of options are rendered once by each process for each language, and gone through for nobody's page."""

    def use_required_attribute(self, initial: object) -> bool:
        """As every select without an empty option; Django would go through all of them to see that there is none."""
        return False

    def render(self, name: str, value: object, attrs: dict[str, object] | None = None, renderer: object = None) -> SafeString:
        chosen = time_zones.canonical(str(value)) or ""
        html = _rendered_regions(get_language() or "en")
        option = format_html('<option value="{}"', chosen)
        if chosen and option not in html:  # a time zone that no city has, which somebody set before only cities were offered
            html = format_html('<option value="{}">{}</option>\n', chosen, chosen) + html
        options = mark_safe(html.replace(f"{option}>", f"{option} selected>", 1))  # noqa: S308  made of escaped parts
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>\n{}\n</select>", attributes, options)


class BrowserTimeZoneField(forms.CharField):
    """A hidden field that a script fills in. Cleaned to the city meant, by whatever name of the tz database; "" where there is none."""

    widget = forms.HiddenInput(attrs={"data-time-zone": ""})

    def clean(self, value: object) -> str:
        """Never refused: nobody typed it, and nobody could mend it. It can be set later."""
        return time_zones.canonical(str(value or "")) or ""


class TimeZoneField(forms.CharField):
    """Cleaned to a city, or to `current`, the time zone that a person has, where the city chosen is only another name of that."""

    widget = TimeZoneSelect
    current = time_zones.UTC

    def to_python(self, value: object) -> str:
        sent = str(super().to_python(value))
        if not sent:
            return sent
        chosen = time_zones.canonical(sent)
        if chosen == time_zones.canonical(self.current):
            return self.current
        if chosen is None or not (chosen == time_zones.UTC or time_zones.country(chosen)):
            raise ValidationError(_("Choose a time zone from the list."), code="time_zone")
        return chosen
