"""A person's own settings."""

from functools import cache, partial
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.fields import NameField

HOURS = {
    0: _("Midnight"),
    1: _("1 in the morning"),
    2: _("2 in the morning"),
    3: _("3 in the morning"),
    4: _("4 in the morning"),
    5: _("5 in the morning"),
    6: _("6 in the morning"),
    7: _("7 in the morning"),
    8: _("8 in the morning"),
    9: _("9 in the morning"),
    10: _("10 in the morning"),
    11: _("11 in the morning"),
    12: _("Noon"),
}

# Each language in itself: whoever looks for theirs may not read the present one.
OWN_NAMES = {code: get_language_info(code)["name_local"].capitalize() for code, _name in settings.LANGUAGES}

# Other names of the tz database ("Etc/GMT+5", "US/Pacific", "EST") are not offered, but kept where set.
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


UTC = ("UTC", _("UTC (universal time)"))


@cache
def _offered() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones of each region. Read once by each process, since that reads the tz database's folder."""
    offered = sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return tuple(
        (region, tuple((name, name.partition("/")[2].replace("_", " ").replace("/", ", ")) for name in names))
        for region, names in groupby(offered, key=lambda name: name.partition("/")[0])
    )


@cache
def _names() -> frozenset[str]:
    return frozenset({UTC[0], *(name for _region, names in _offered() for name, _label in names)})


type _Choices = list[tuple[str, object]]  # the last an option's label, or the options of a group


def _apart(current: str) -> _Choices:
    """The options that stand before those of the regions; `current` is always among all of them."""
    return [*([] if current in _names() else [(current, current)]), UTC]


def time_zone_choices(current: str) -> _Choices:
    """The options of a select, grouped by region."""
    return [*_apart(current), *_offered()]


@cache
def _rendered_regions() -> str:
    """The regions' options as HTML. No label of theirs is translated, so that this is the same for everybody."""
    options = ((region, format_html_join("\n", '<option value="{}">{}</option>', names)) for region, names in _offered())
    return format_html_join("\n", '<optgroup label="{}">\n{}\n</optgroup>', options)


class TimeZoneSelect(forms.Select):
    """A select whose hundreds of options are rendered once by each process, and gone through for nobody's page.

    `current` is the time zone that a person has.
    """

    current = UTC[0]

    def use_required_attribute(self, initial: object) -> bool:
        """As every select without an empty option; Django would go through all of them to see that there is none."""
        return False

    def render(self, name: str, value: object, attrs: dict[str, object] | None = None, renderer: object = None) -> SafeString:
        chosen = str(value)
        html = format_html_join("\n", '<option value="{}">{}</option>', _apart(self.current)) + "\n" + _rendered_regions()
        option = format_html('<option value="{}"', chosen)
        options = mark_safe(html.replace(f"{option}>", f"{option} selected>", 1))  # noqa: S308  made of escaped parts
        attributes = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>\n{}\n</select>", attributes, options)


class SettingsForm(forms.ModelForm):
    name = NameField(
        label=_("What Nightlight calls you"),
        required=False,
        max_length=User._meta.get_field("name").max_length,
        help_text=_("A first name or nickname is enough. You can leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("As my browser asks")), *OWN_NAMES.items()])
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=TimeZoneSelect, help_text=_("Your night follows this clock."))
    night_ends_at = forms.TypedChoiceField(
        label=_("The night ends at"),
        coerce=int,
        choices=list(HOURS.items()),
        help_text=_("What you write before this hour belongs to the evening before."),
    )

    class Meta:
        model = User
        fields = (
            "name",
            "language",
            "time_zone",
            "night_ends_at",
            "appearance",
            "locks_after",
            "locks_own_devices",
            "shows_leave",
            "mails_notifications",
        )
        labels = {
            "locks_after": _("When it is not used, lock after"),
            "locks_own_devices": _("Lock on my own devices, too"),
            "shows_leave": _("Show “Leave quickly” on every page"),
            "mails_notifications": _("Tell me by e-mail when there is something to read"),
        }
        help_texts = {
            "locks_after": _("Then it asks for your password or passkey. What you were writing is kept."),
            "locks_own_devices": _("A device is your own when you said so at sign-in, or under “Where you are signed in”."),
            "shows_leave": _(
                "One press saves your page, signs you out and opens a neutral site. Pressing Shift three times does the same."
            ),
            "mails_notifications": _(
                "Once a day at most, when a counselor or a client wrote or shared something. Never what, and never from whom."
            ),
        }
        widgets = {"appearance": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locks_after"].required = False  # a page from before it was there keeps what is set
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField) and isinstance(zone.widget, TimeZoneSelect):
            zone.widget.current = self.instance.time_zone
            zone.choices = partial(time_zone_choices, zone.widget.current)  # looked at only where one was sent
        if not (settings.MAILER and (self.instance.has_connections or self.instance.is_counselor)):
            del self.fields["mails_notifications"]
