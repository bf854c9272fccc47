"""A person's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.forms.time_zones import TimeZoneField
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

GROUPS: list[tuple[str | Promise, tuple[str, ...]]] = [
    (_("You"), ("name", "language")),
    (_("Your evening"), ("time_zone", "clock", "night_ends_at")),
    (_("How it looks"), ("appearance",)),
    (_("Privacy"), ("locks_after", "locks_own_devices", "shows_leave")),
    (_("Email"), ("mails_notifications",)),
]


class SettingsForm(forms.ModelForm):
    name = NameField(
        label=_("What Nightlight calls you"),
        required=False,
        max_length=User._meta.get_field("name").max_length,
        help_text=_("A first name or nickname is enough. You can leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("Same as my browser")), *OWN_NAMES.items()])
    time_zone = TimeZoneField(
        label=_("Time zone"), help_text=_("Your night follows this clock. Choose a city with the same time as yours.")
    )
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
            "clock",
            "night_ends_at",
            "appearance",
            "locks_after",
            "locks_own_devices",
            "shows_leave",
            "mails_notifications",
        )
        labels = {
            "clock": _("Time format"),
            "locks_after": _("Lock after being unused for"),
            "locks_own_devices": _("Lock on my own devices, too"),
            "shows_leave": _("Show “Leave quickly” on every page"),
            "mails_notifications": _("Email me when there’s something to read"),
        }
        help_texts = {
            "locks_after": _("You’ll need your password or passkey to unlock it. What you were writing is safe."),
            "locks_own_devices": _("A device is yours if you said so when you signed in, or under “Where you’re signed in.”"),
            "shows_leave": _(
                "One press saves your page, signs you out and opens a neutral site. Pressing Shift three times does the same."
            ),
            "mails_notifications": _(
                "At most once a day, when a counselor or a client has written or shared something. We never say what, or who."
            ),
        }
        widgets = {"clock": forms.RadioSelect, "appearance": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locks_after"].required = False  # a page from before it was there keeps what is set
        zone = self.fields["time_zone"]
        if isinstance(zone, TimeZoneField):
            zone.current = self.instance.time_zone
        if not (settings.MAILER and (self.instance.has_connections or self.instance.is_counselor)):
            del self.fields["mails_notifications"]

    def clean_locks_after(self) -> int:
        """What is set already where nothing is chosen."""
        chosen: int | None = self.cleaned_data["locks_after"]
        return chosen or self.instance.locks_after

    def groups(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        """The fields as the page shows them: a name and what belongs together. Each field is in one group."""
        groups = [(name, [self[field] for field in fields if field in self.fields]) for name, fields in GROUPS]
        return [(name, fields) for name, fields in groups if fields]
