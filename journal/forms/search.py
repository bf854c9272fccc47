"""The forms that narrow the journal: by filters alone on the timeline, with words on the page of the search."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.keys import keyring
from accounts.models import User
from common.fields import DayField, OneLineField
from common.rendering.isolation import isolated
from common.text import fold
from journal.finding import spans
from journal.finding.descriptions import REPAIRS, Names
from journal.finding.filters import Filters
from journal.finding.index import queries
from journal.finding.search import Order
from journal.models import Feeling
from journal.nights import walks
from prompts import questions
from prompts.library import translations
from prompts.models import Assignment

WORDS_LIMIT = queries.MAX_LENGTH


class _Choices(forms.MultipleChoiceField):
    """Several of a few things, as checkboxes."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": _("One of these is no longer here. Choose again.")}


class _Choice(forms.ChoiceField):
    default_error_messages = {"invalid_choice": _("This is no longer here. Choose again.")}


def _repair_states() -> list[tuple[str, str]]:
    """As they end the sentence that the field's label begins."""
    return [(state, capfirst(str(label))) for state, label in REPAIRS.items()]


class FilterForm(forms.Form):
    """What a list of pages can be narrowed to. A person is offered only what they can have something of: no children, no field."""

    children = _Choices(
        label=_("About"),
        required=False,
        error_messages={"invalid_choice": _("One of these children is no longer on your list. Choose again.")},
    )
    feelings = _Choices(label=_("How it felt"), required=False, choices=Feeling.choices)
    themes = _Choices(label=_("Theme of the question"), required=False)
    first = DayField(label=pgettext_lazy("the first night", "From"), required=False)
    last = DayField(label=pgettext_lazy("the last night", "To"), required=False)
    repairs = _Choices(label=_("With a repair that is"), required=False, choices=_repair_states)
    path = _Choice(label=_("Path"), required=False)
    assignment = _Choice(label=_("Set from your counselor"), required=False)

    def __init__(self, data: QueryDict | None = None, *, author: User, **kwargs: Any) -> None:
        if data and (span := spans.parse(data.get("span"))):
            data = data.copy()
            data["first"], data["last"] = span.first.isoformat(), span.last.isoformat()
        super().__init__(data, **kwargs)
        self.author = author
        self.names = _names(author)
        self._offer("children", {child: isolated(name) for child, name in self.names.children.items()})
        self._offer("themes", self.names.themes)
        self._offer("path", self.names.paths, gettext("Any"))
        self._offer("assignment", self.names.assignments, gettext("Any"))
        if not author.has_repairs:
            del self.fields["repairs"]

    def _offer(self, name: str, choices: dict[str, str], none: str = "") -> None:
        """Without a choice there is no field: what was sent for it all the same, `clean` refuses."""
        if not choices:
            del self.fields[name]
            return
        if isinstance(field := self.fields[name], forms.ChoiceField):
            field.choices = [("", none), *choices.items()] if none else list(choices.items())

    def clean(self) -> dict[str, Any]:
        missing = self.base_fields.keys() - self.fields.keys()
        if isinstance(self.data, QueryDict) and any(value for name in missing for value in self.data.getlist(name)):
            self.add_error(None, _("Part of your filter is no longer here, so we left it out."))
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and first > last:
            self.add_error("last", _("This is before the night in “From”."))
        return self.cleaned_data

    @property
    def filters(self) -> Filters:
        """The valid values. Call after `is_valid()`; those that are not valid narrow nothing."""
        data = self.cleaned_data
        assignment = data.get("assignment")
        return Filters(
            themes=tuple(data.get("themes", ())),
            children=tuple(data.get("children", ())),
            feelings=tuple(data.get("feelings", ())),
            first=data.get("first"),
            last=data.get("last"),
            repairs=tuple(data.get("repairs", ())),
            path=data.get("path", ""),
            assignment=uuid.UUID(assignment) if assignment else None,
        )

    @property
    def sent(self) -> list[tuple[str, str]]:
        """The valid values as the fields that send them again, for the pages of a list and the way back to it."""
        return [(name, _as_sent(one)) for name, value in self.cleaned_data.items() for one in _each(value)]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """The filters that a page shows, in order."""
        return [self[name] for name in FilterForm.base_fields if name in self.fields]


class SearchForm(FilterForm):
    words = OneLineField(
        label=_("Words"),
        required=False,
        max_length=WORDS_LIMIT,
        error_messages={"max_length": _("A search can have up to 500 characters.")},
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "autocapitalize": "off",
                "enterkeyhint": "search",
                "aria-describedby": "examples",
            }
        ),
    )
    order = forms.ChoiceField(label=_("Order"), required=False, choices=Order.choices)
    typing = forms.BooleanField(required=False, widget=forms.HiddenInput)  # sent by a script: the last word may be the beginning of one

    field_order = ["words", *FilterForm.base_fields, "order", "typing"]

    @property
    def words_sent(self) -> str:
        """Call after `is_valid()`."""
        return str(self.cleaned_data.get("words", ""))

    @property
    def is_typing(self) -> bool:
        """Whether the last word may be the beginning of one. Call after `is_valid()`."""
        return bool(self.cleaned_data.get("typing"))

    def take_as_beginning(self) -> None:
        """For words that no page has: what a script found while they were typed is still there after Enter. Call after `is_valid()`."""
        self.cleaned_data["typing"] = True

    @property
    def chosen_order(self) -> Order:
        """Call after `is_valid()`."""
        return Order(self.cleaned_data.get("order") or Order.NEWEST)

    @property
    def is_asking(self) -> bool:
        """Whether there is anything to search for. Call after `is_valid()`."""
        return bool(self.words_sent or self.filters.narrows)

    @property
    def narrowing(self) -> list[forms.BoundField]:
        return [self["order"], *super().narrowing]


def _each(value: object) -> Iterator[object]:
    yield from value if isinstance(value, list) else [value] if value else []


def _as_sent(value: object) -> str:
    if value is True:
        return "on"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# --- What a person can narrow to. Their children and what the library has are at hand; a path or a set costs a query where they have any.


def _names(author: User) -> Names:
    paths = walks.all_paths()
    return Names(
        children={child.id: child.name for child in author.children.all},
        themes=_themes(author),
        paths={slug: paths[slug].name for slug in walks.of_walker(author) if slug in paths},
        assignments=_assignments(author),
    )


def _themes(author: User) -> dict[str, str]:
    """In the order of their names; one that is opt-in only for those who chose it."""
    translated, chosen = translations.read(questions.reading_language()).themes, author.preferences.themes
    named = {question.theme: question.theme_name for question in questions.library() if not question.opt_in or question.theme in chosen}
    names = {slug: translated[slug].name if slug in translated else name for slug, name in named.items()}
    return dict(sorted(names.items(), key=lambda theme: fold(theme[1])))


def _assignments(author: User) -> dict[str, str]:
    """The names of the sets that were given over connections that have not ended, the latest first, by the hexadecimal ids."""
    if not author.has_connections:
        return {}
    rows = list(Assignment.objects.of_parent(author))
    keyring.prefetch({row.connection_id for row in rows})
    return {row.pk.hex: row.content.name for row in rows}
