"""What pages send about shares."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Tie
from journal.forms import with_line_ends
from journal.sharing import REPLY_LIMIT

MOST = 100  # nights of a span, and pages shared at once


class SharingForm(forms.Form):
    """With whom to share, and whether the parent has read what that means, while that is still to be told."""

    ties = forms.MultipleChoiceField(
        label=_("With whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose with whom. Nothing was shared yet."),
            "invalid_choice": _("Something here has ended in the meantime. Please choose again."),
        },
    )
    told = forms.BooleanField(label=_("I have read this"), required=False)

    def __init__(self, *args: Any, ties: Sequence[Tie], chosen: str = "", **kwargs: Any) -> None:
        """`chosen` is the id of the tie that is ticked when the page opens; where there is but one, that is."""
        first = [str(tie.pk) for tie in ties if len(ties) == 1 or str(tie.pk) == chosen]
        super().__init__(*args, **{"initial": {"ties": first}, **kwargs})
        self.known = {str(tie.pk): tie for tie in ties}
        field = self.fields["ties"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(pk, ", ".join(filter(None, [tie.counselor_name, tie.practice]))) for pk, tie in self.known.items()]
        if self.is_told:
            del self.fields["told"]

    @property
    def is_told(self) -> bool:
        return all(tie.told_at for tie in self.known.values())

    @property
    def names(self) -> str:
        """Of whom it is still to be told."""
        return get_text_list([tie.counselor_name for tie in self.known.values() if not tie.told_at], str(_("or")))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("told") and any(tie.told_at is None for tie in self.chosen()):
            self.add_error("told", _("Please read this first, and tick the box. Nothing was shared yet."))
        return data

    def chosen(self) -> list[Tie]:
        return [self.known[pk] for pk in self.cleaned_data.get("ties", [])]


class ShareNightsForm(SharingForm):
    """The same for pages that are chosen one by one."""

    entries = forms.MultipleChoiceField(
        label=_("Pages"),
        error_messages={
            "required": _("Choose at least one page. Nothing was shared yet."),
            "invalid_choice": _("One of the pages is no longer here. Please look through them again."),
        },
    )

    def __init__(self, *args: Any, entries: Sequence[uuid.UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["entries"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(pk), str(pk)) for pk in entries]

    def clean_entries(self) -> list[uuid.UUID]:
        return [uuid.UUID(pk) for pk in self.cleaned_data["entries"]]


class SpanForm(forms.Form):
    """From which night until which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "span_%s", **kwargs})
        for name, label in (("from", _("From the evening of")), ("until", _("Until the evening of"))):
            self.fields[name] = forms.DateField(
                label=label,
                input_formats=["%Y-%m-%d"],
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={
                    "invalid": _("Give the evening as a date, such as 2026-11-20."),
                    "required": _("Give the evening as a date, such as 2026-11-20."),
                },
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from"), data.get("until")
        if first and last and first > last:
            self.add_error("from", ValidationError(_("The first evening comes after the last one."), code="order"))
        elif first and last and last - first >= dt.timedelta(days=MOST):
            self.add_error("from", ValidationError(_("That is more than 100 nights. Choose a shorter span."), code="long"))
        return data


class ReplyForm(forms.Form):
    """A reply, and the id that its page made for it when it opened."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    author = forms.UUIDField(widget=forms.HiddenInput, required=False)  # whom the page was opened for
    text = forms.CharField(
        label=_("Your reply"),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true", "autocapitalize": "sentences", "autocomplete": "off"}),
        error_messages={"required": _("Write your reply first. Nothing was sent yet.")},
    )

    def clean_text(self) -> str:
        text = with_line_ends(self.cleaned_data["text"])
        if (over := len(text) - REPLY_LIMIT) > 0:
            raise ValidationError(
                ngettext_lazy(
                    "This reply is %(over)s character too long; one reply holds 20,000. Nothing was cut, and nothing was sent yet.",
                    "This reply is %(over)s characters too long; one reply holds 20,000. Nothing was cut, and nothing was sent yet.",
                    over,
                )
                % {"over": over},
                code="max_length",
            )
        return text

    @property
    def page_is_damaged(self) -> bool:
        """Something that the page sends by itself is wrong, which the person can do nothing about."""
        return not self.errors.keys().isdisjoint({"id", "author"})
