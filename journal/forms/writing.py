"""The form that a page sends when it is saved."""

import datetime as dt
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Child, Children
from common import dates
from common.fields import REPAIRED, DayField, LongTextField, is_repaired
from common.numbers import MOST
from common.text import repair
from journal.entries.saving import Draft
from journal.models import TEXT_LIMIT, Entry, Feeling, Mode
from prompts import wording

FAR = dt.timedelta(days=31)  # a page may be left open, or a device be without a network, for so long


def _page_too_long(over: int) -> "str | Promise":
    return ngettext_lazy(
        "This page is %(over)s character too long; a page can have 200,000. Nothing was cut: move part of it to a separate page.",
        "This page is %(over)s characters too long; a page can have 200,000. Nothing was cut: move part of it to a separate page.",
        over,
    ) % {"over": over}


TAKEN_OFF = _("A name chosen here is no longer on your list, so we left it off the page.")
CHILDREN = "children"  # the ids of those that a page is about, in one field or in one for each


class Offered(NamedTuple):
    """A child that can be chosen on a page, and whether it is."""

    child: Child
    is_chosen: bool


class WritingForm(forms.Form):
    """The text and the feeling; the hidden fields say what the page was opened with (see `journal.entries.saving`).

    Whom the page is about is read beside the form's fields: whatever is sent there refuses no text.
    """

    text = LongTextField(label=_("Your page"), limit=TEXT_LIMIT, too_long=_page_too_long, required=False)
    feeling = forms.ChoiceField(label=_("How it felt"), choices=[("", _("No word for it")), *Feeling.choices], required=False)
    author = forms.UUIDField(widget=forms.HiddenInput)  # whom the page was opened for
    entry = forms.UUIDField(widget=forms.HiddenInput)
    page = forms.UUIDField(widget=forms.HiddenInput)
    seq = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)
    night = DayField(label=_("Evening"), error_messages={"required": _("Which evening is this about?")})
    prompt = forms.SlugField(widget=forms.HiddenInput, required=False)
    wording = forms.CharField(widget=forms.HiddenInput, required=False)  # what `prompt` asks, as the page shows it: prompts/wording.py
    mode = forms.ChoiceField(widget=forms.HiddenInput, choices=Mode.choices, required=False)

    def __init__(self, *args: Any, latest: dt.date | None, children: Children | None = None, **kwargs: Any) -> None:
        """`latest` is the last night that can be written on, tonight; None for a form that is only shown. `children`: the author's."""
        super().__init__(*args, **kwargs)
        self.latest = latest
        self.children = children or Children()

    @property
    def is_recent(self) -> bool:
        """Whether the night is close to tonight. Call when valid."""
        return self.latest is None or self.latest - self.cleaned_data["night"] <= FAR

    def doubt_night(self) -> None:
        """Refuse a night that is far from tonight, which nobody chose: the clock of the device may be wrong. Call when valid."""
        if not self.is_recent:
            night: dt.date = self.cleaned_data["night"]
            message = _(
                "This was written for %(evening)s, which is far from tonight. The device’s clock may be wrong. Which evening is it about?"
            )
            self.add_error("night", ValidationError(message, code="far", params={"evening": dates.evening(night)}))

    def clean_night(self) -> dt.date:
        night: dt.date = self.cleaned_data["night"]
        # A day's tolerance: the parent may have moved to a time zone further west since the page was opened.
        if self.latest and night > self.latest + dt.timedelta(days=1):
            raise ValidationError(_("That evening hasn’t come yet. Choose the evening it’s about."), code="future")
        if night.year < 1900:
            raise ValidationError(_("That’s further back than Nightlight can go."), code="past")
        return night

    @property
    def chosen_feeling(self) -> str:
        """One of the values of `Feeling`, or ""."""
        value = self._sent("feeling")
        return str(value) if value in Feeling.values else ""

    @property
    def offered_children(self) -> list[Offered]:
        """Those that can be chosen, with former ones that the page is about."""
        chosen = self.chosen_children or ()
        return [Offered(child, child.id in chosen) for child in self.children.all if not child.is_former or child.id in chosen]

    @property
    def chosen_children(self) -> tuple[str, ...] | None:
        """The ids of those that the page is about; None where it says nothing of them: it was opened before there was one, or without a network."""
        sent = self._sent_children
        return None if sent is None else self.children.known(sent)

    @property
    def left_out(self) -> list[str]:
        """A sentence for each thing that was sent and cannot be kept."""
        repaired = [str(REPAIRED)] if is_repaired(self) else []
        has_unknown = not set(self._sent_children or ()).issubset(self.chosen_children or ())
        return [*repaired, str(TAKEN_OFF)] if has_unknown else repaired

    @property
    def _sent_children(self) -> list[str] | None:
        if not self.is_bound:
            return list(self.initial.get(CHILDREN, ()))
        return str(self.data[CHILDREN]).split() if CHILDREN in self.data else None

    def _sent(self, name: str) -> object:
        """What the page sent in this field or, of one that is only shown, is to send."""
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    @property
    def typed(self) -> str:
        """The text to show in the page: as it was typed, without characters that cannot be stored."""
        text: str = self["text"].value() or ""
        return repair(text)

    @property
    def page_is_damaged(self) -> bool:
        """Whether a field that the page fills in is invalid, which the person can do nothing about."""
        return not self.errors.keys().isdisjoint({"author", "entry", "page", "seq", "base", "mode", "feeling", "prompt", "wording"})

    @property
    def words(self) -> str:
        """The words of the question as the page that was sent showed them; "" where it showed none. Call after `is_valid()`."""
        author, prompt, signed = (self.cleaned_data.get(name) for name in ("author", "prompt", "wording"))
        return wording.read(author, prompt or "", signed) if author and signed else ""

    def draft(self, kind: Entry.Kind) -> Draft:
        """Call after `is_valid()`."""
        data = self.cleaned_data
        return Draft(
            entry_id=data["entry"],
            page=data["page"],
            seq=data["seq"],
            base=data["base"],
            kind=kind,
            night=data["night"],
            text=data["text"],
            feeling=data["feeling"],
            children=self.chosen_children,
            prompt=data["prompt"] or None,
            words=self.words,
            mode=Mode(data["mode"] or Mode.JUST_WRITE),
        )
