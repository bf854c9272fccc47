"""A note about a client, and the words that notes are searched for."""

import datetime as dt
import uuid
from typing import Self

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Connection, User
from common.fields import DayField, LongTextField, OneLineField
from counselor.models import NOTE_LIMIT
from counselor.sessions.notes import Draft, Note

WORDS_LIMIT = 200  # characters


def _note_too_long(over: int) -> "str | Promise":
    return ngettext_lazy(
        "This note is %(over)s character too long; the limit is 20,000. Nothing was cut, and nothing is saved yet.",
        "This note is %(over)s characters too long; the limit is 20,000. Nothing was cut, and nothing is saved yet.",
        over,
    ) % {"over": over}


class NoteForm(forms.Form):
    """A counselor's note. `author` is the person whom its page was opened for, `base` the version that it was opened with."""

    dated = DayField(label=_("Date"))
    text = LongTextField(
        label=_("Note"),
        limit=NOTE_LIMIT,
        too_long=_note_too_long,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true", "autocapitalize": "sentences", "autocomplete": "off"}),
    )
    client = forms.CharField(widget=forms.HiddenInput, required=False)
    author = forms.CharField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def blank(cls, author: User, connection: Connection, dated: dt.date) -> Self:
        """For a new note about this client."""
        values = {"dated": dated, "client": connection.pk, "author": author.pk, "base": 0}
        return cls(initial=values, auto_id="new_note_%s")

    @classmethod
    def of(cls, author: User, note: Note, *, text: str | None = None, prefix: str = "note") -> Self:
        """Based on a stored note, with its text or another one."""
        values = {"dated": note.dated, "text": note.text if text is None else text, "author": author.pk, "base": note.version}
        return cls(initial=values, auto_id=f"{prefix}_{note.pk.hex}_%s")

    def draft(self, pk: uuid.UUID) -> Draft:
        """What was sent. Call after `is_valid()`. A damaged version is that of a new note, which overwrites nothing."""
        data, base = self.cleaned_data, self.cleaned_data["base"]
        return Draft(pk, data["dated"], data["text"], int(base) if base.isascii() and base.isdigit() and len(base) < 10 else 0)


class NotesForm(forms.Form):
    """The words that notes are searched for."""

    q = OneLineField(
        label=_("Words in your notes"),
        max_length=WORDS_LIMIT,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": _("Type a word to look for.")},
    )
