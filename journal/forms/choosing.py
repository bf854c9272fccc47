"""The form that chooses which part of a journal is taken away."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TypedDict

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, pgettext_lazy

from accounts.models import User
from common.fields import DayField
from journal.exchange.choosing import Choice, chosen
from journal.models import EntrySummary
from journal.rows import Feelings, Row, row

MOST = 400  # pages that are offered to be chosen one by one


class ChoosingForm(forms.Form):
    """A span of nights, and within it the pages that are ticked. `pages` are those that can be."""

    first = DayField(label=pgettext_lazy("the first night", "From"), required=False)
    last = DayField(label=pgettext_lazy("the last night", "To"), required=False)

    def __init__(self, data: QueryDict | None = None, *, author: User) -> None:
        super().__init__(data)
        self.author = author
        self.ticked = data.getlist("page") if data is not None else []

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", gettext("The last night is before the first one. Swap them."))
        return cleaned

    @property
    def span(self) -> Choice:
        """Call where the form is valid."""
        return Choice(self.cleaned_data.get("first"), self.cleaned_data.get("last"))

    def choice(self) -> Choice:
        """What was chosen: the ticked pages, where there are any, else the span. Call where the form is valid.

        Only one's own pages count, and only those that are there: whatever else was sent names nothing.
        """
        if not self.ticked:
            return self.span
        known = {str(pk) for pk in chosen(self.author, Choice()).filter(pk__in=_ids(self.ticked)).values_list("pk", flat=True)}
        return Choice(entries=tuple(sorted(known)))


def _ids(texts: Sequence[str]) -> list[uuid.UUID]:
    found = []
    for text in texts[: MOST * 2]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


class ChosenRow(Row):
    """A page that can be ticked."""

    is_ticked: bool


class Offered(TypedDict):
    rows: list[ChosenRow]
    left_out: int  # pages of the span beyond `MOST`


def offered(form: ChoosingForm) -> Offered:
    """The pages of the span, newest first."""
    feelings, ticked = Feelings(), set(form.ticked)
    pages = chosen(form.author, form.span)

    def shown(pk: uuid.UUID, night: dt.date, summary: EntrySummary) -> ChosenRow:
        return ChosenRow(**row(pk, night, summary, feelings), is_ticked=not ticked or str(pk) in ticked)

    newest = pages.order_by("-night", "-pk")[:MOST]
    rows = list(newest.opened(shown, "id", "night", "summary", owner=form.author.pk))
    return Offered(rows=rows, left_out=max(pages.count() - MOST, 0) if len(rows) == MOST else 0)
