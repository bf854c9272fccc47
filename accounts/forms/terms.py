"""What a parent lets a counselor see."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection
from common.fields import NameField


class TermsForm(forms.Form):
    """What a counselor may see and what they call the parent, who can change both at any time."""

    parent_name = NameField(
        label=_("What they call you"),
        max_length=Connection._meta.get_field("parent_name").max_length,
        help_text=_("The name this counselor sees. They don’t see your email address."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter a name, so they know who you are. A first name is enough.")},
    )
    sees_answered = forms.BooleanField(
        label=_("They can see that I answered"),
        required=False,
        help_text=_("Which questions in their sets you’ve answered and when you last did; never what you wrote."),
    )
