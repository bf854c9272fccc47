"""Sharing a span of nights, and replying under a share."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import JsonResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from common.fields import DayField, LongTextField
from common.ids import new_id
from common.rendering import saved_forms
from journal.forms.share import SharingForm
from journal.models.share import Share
from journal.sharing import drafts
from journal.sharing.drafts import Draft
from journal.sharing.replies import REPLY_LIMIT

MAX_NIGHTS = MAX_ENTRIES = 100  # of one span, and shared at once


class ShareNightsForm(SharingForm):
    """Sharing several pages at once. `choices` are the entries on offer, each as its parent sees it."""

    entries = forms.MultipleChoiceField(
        label=_("Pages"),
        error_messages={
            "required": _("Choose at least one page. Nothing has been shared yet."),
            "invalid_choice": _("One of the pages is gone, or changed in the meantime. Please look through them again."),
        },
    )

    def __init__(self, *args: Any, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entries"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(choice, choice) for choice in choices]

    def clean_entries(self) -> list[uuid.UUID]:
        return [uuid.UUID(choice.partition(":")[0]) for choice in self.cleaned_data["entries"]]


class SpanForm(forms.Form):
    """A span of nights, from one to another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "span_%s", **kwargs})
        self.fields["from"] = DayField(label=_("From the evening of"))  # a name that a class body cannot hold
        self.fields["until"] = DayField(label=_("Until the evening of"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from"), data.get("until")
        if first and last and first > last:
            self.add_error("from", ValidationError(_("The first evening comes after the last one."), code="order"))
        elif first and last and last - first >= dt.timedelta(days=MAX_NIGHTS):
            self.add_error("from", ValidationError(_("That’s more than 100 nights. Choose fewer."), code="long"))
        return data


def _reply_too_long(over: int) -> "str | Promise":
    return ngettext_lazy(
        "This reply is %(over)s character too long; a reply can have 20,000. Nothing was cut, and nothing has been sent yet.",
        "This reply is %(over)s characters too long; a reply can have 20,000. Nothing was cut, and nothing has been sent yet.",
        over,
    ) % {"over": over}


class DraftForm(forms.Form):
    """A reply while it is written. It may be empty: then there is nothing to keep."""

    text = LongTextField(label=_("Your reply"), limit=REPLY_LIMIT, too_long=_reply_too_long, required=False)
    base = forms.IntegerField(required=False, min_value=0)

    def keep(self, author: User, share: Share, now: dt.datetime) -> JsonResponse:
        """Keep it, and say what became of it: common/rendering/saved_forms.py. The caller has checked that they may write under this share."""
        if not self.is_valid():
            return saved_forms.refused(self)
        outcome = drafts.save(author, share, self.cleaned_data["text"], self.cleaned_data["base"] or 0, now)
        if isinstance(outcome, drafts.Conflict):
            return saved_forms.conflict(outcome.stored.text, outcome.stored.version)
        return saved_forms.saved(outcome.version, now)


class ReplyForm(forms.Form):
    """A reply, with the id that its page generated for it when it was opened."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)  # the version of the draft that the page shows
    author = forms.UUIDField(widget=forms.HiddenInput, required=False)  # whom the page was opened for
    text = LongTextField(
        label=_("Your reply"),
        limit=REPLY_LIMIT,
        too_long=_reply_too_long,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true", "autocapitalize": "sentences", "autocomplete": "off"}),
        error_messages={"required": _("Write your reply first. Nothing has been sent yet.")},
    )

    @property
    def page_is_damaged(self) -> bool:
        """Whether a hidden field is invalid, which the person can do nothing about."""
        return not self.errors.keys().isdisjoint({"id", "author", "base"})

    @classmethod
    def blank(cls, author: uuid.UUID, draft: Draft, prefix: str = "id") -> Self:
        """With what this person had begun to write. `prefix` begins the ids of its fields, where a page has several."""
        initial = {"id": new_id(), "author": author, "text": draft.text, "base": draft.version}
        return cls(initial=initial, auto_id=f"{prefix}_%s")

    @classmethod
    def sent(cls, data: QueryDict, author: uuid.UUID) -> Self:
        """A bound form. Damaged hidden fields are replaced by valid ones, so that the page can be sent again."""
        form = cls(data)
        if form.page_is_damaged:
            form.data = {"text": data.get("text", ""), "id": str(new_id()), "author": str(author), "base": "0"}
        return form
