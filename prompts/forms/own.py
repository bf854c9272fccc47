"""A question that a parent writes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import OneLineField
from prompts.models import QUESTION_LIMIT


class OwnQuestionForm(forms.Form):
    """A new question or a change to one. `id` is made up by the page, so that sending it twice stores one question."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = OneLineField(
        label=_("Your question"),
        max_length=QUESTION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "true", "autocomplete": "off"}),
        error_messages={"required": _("Write your question first. Nothing was saved.")},
    )
    by_turn = forms.BooleanField(label=_("Ask me this now and then"), required=False)
