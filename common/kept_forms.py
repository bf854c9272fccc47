"""Forms that survive a failure: when one cannot be saved, a page shows what was typed and sends it again.

A view says with `keeps_form` which forms its page sends. `common.middleware.KeepFormMiddleware` does the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from common.http import posted

LIMIT = 2 * 1024 * 1024  # characters of all names and values together
LINE_LENGTH = 36  # characters on a small phone
MAX_ROWS = 12

type FormClass = type[forms.Form] | type[forms.ModelForm]


def keeps_form[V: Callable[..., object]](*form_classes: FormClass) -> Callable[[V], V]:
    """For a view whose page sends these forms. Never for a page that asks for a password."""

    def mark(view: V) -> V:
        view.__dict__["kept_forms"] = form_classes
        return view

    return mark


def keeps_text[V: Callable[..., object]](*, may_become_page: bool) -> Callable[[V], V]:
    """For a view whose page sends one text in the field `text`: journal/middleware.py keeps it.

    `may_become_page`: where its address is gone, the text can be saved as a page of the journal instead.
    """

    def mark(view: V) -> V:
        view.__dict__["kept_text"] = may_become_page
        return view

    return mark


def kept_text(view: object) -> bool | None:
    """The `may_become_page` of a view marked with `keeps_text`; None for any other view."""
    marked: bool | None = getattr(view, "kept_text", None)
    return marked


def view_of(request: HttpRequest) -> object:
    """The view that the request is for, or None."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None


@dataclass(frozen=True, slots=True)
class Typed:
    """One text, and the label of the field it was typed into."""

    label: str
    text: str

    @property
    def rows(self) -> int:
        lines = sum(len(line) // LINE_LENGTH + 1 for line in self.text.split("\n"))
        return min(lines, MAX_ROWS)


@dataclass(frozen=True, slots=True)
class SentForm:
    """`fields` in the order in which they were sent, without the token; `typed`: the texts among them that are not empty."""

    fields: list[tuple[str, str]]
    typed: list[Typed]


def is_kept(request: HttpRequest) -> bool:
    """Whether the request sends a form that is kept."""
    return bool(_visible_fields(request))


def sent_form(request: HttpRequest) -> SentForm | None:
    """The form that a page of this site sent; None where it is not kept, has nothing filled in, or is above `LIMIT`."""
    known = _visible_fields(request)
    post = posted(request) if known else QueryDict()
    fields = [(name, value) for name, values in post.lists() for value in values if _may_be_shown(name)]
    filled = [(name, value) for name, value in fields if value.strip() and _field_name(name) in known]
    if not filled or sum(len(name) + len(value) for name, value in fields) > LIMIT:
        return None
    headings = dict(_headings(post))
    typed = [
        Typed(" · ".join(filter(None, [headings.get(name.partition("-")[0]), str(field.label)])), value)
        for name, value in filled
        if isinstance(field := known[_field_name(name)], forms.CharField)
    ]
    return SentForm(fields, typed)


def _visible_fields(request: HttpRequest) -> dict[str, forms.Field]:
    """The fields that can be filled in on the page that sends to this address."""
    form_classes: tuple[FormClass, ...] = getattr(view_of(request), "kept_forms", ()) if request.method == "POST" else ()
    items = (item for form_class in form_classes for item in form_class.base_fields.items())
    return {name: field for name, field in items if not field.widget.is_hidden}


def _may_be_shown(name: str) -> bool:
    return name != "csrfmiddlewaretoken" and "password" not in name


def _field_name(name: str) -> str:
    """Without the prefix of forms that are on a page several times: "<key>-note"."""
    return name.rpartition("-")[2]


def _headings(post: QueryDict) -> Iterator[tuple[str, str]]:
    """Pairs of prefix and heading of each such form. They come from the page itself: nobody may be signed in to query for."""
    steps = post.getlist("step")
    for number, key in enumerate(steps, start=1):
        yield key, _("Question %(number)s of %(total)s") % {"number": number, "total": len(steps)}
    for line in post.get("names", "").splitlines():
        key, _space, name = line.partition(" ")
        yield key, name
