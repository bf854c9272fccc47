"""What a request carries of a form with many fields: all of them, to be sent again, and the typed ones, to be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.care_forms import AcceptForm, InvitationForm, TermsForm, WorkspaceForm
from journal.client_forms import GroupForm, NewGroupForm
from journal.typed import sent
from prompts.assign_forms import ChangeForm, GiveForm, RecipientForm
from prompts.set_forms import ImportForm, NewSetForm, SetForm, StepForm

LIMIT = 2 * 1024 * 1024  # characters of all names and values together
LINE = 36  # characters in a line on a small phone
MOST_ROWS = 12

# What each page sends. Nothing else is taken up: no page that asks for a password is among them.
FORMS: Mapping[str, tuple[type[forms.Form] | type[forms.ModelForm], ...]] = {
    "prompts:set": (SetForm, StepForm),
    "prompts:set_new": (NewSetForm,),
    "prompts:set_import": (ImportForm,),
    "prompts:assign": (GiveForm, RecipientForm),
    "prompts:assignment": (ChangeForm,),
    "journal:groups": (NewGroupForm,),
    "journal:group": (GroupForm,),
    "journal:care_tie": (TermsForm,),
    "accounts:workspace": (WorkspaceForm,),
    "accounts:invitations": (InvitationForm,),
    "accounts:invitation": (AcceptForm,),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One text, and what it was typed under."""

    label: str
    text: str

    @property
    def rows(self) -> int:
        lines = sum(len(line) // LINE + 1 for line in self.text.split("\n"))
        return min(lines, MOST_ROWS)


@dataclass(frozen=True, slots=True)
class SentForm:
    """`fields` in the order in which they came, without the token; `typed` the texts among them that are not empty."""

    fields: list[tuple[str, str]]
    typed: list[Typed]


def is_form(request: HttpRequest) -> bool:
    """Whether one of FORMS is sent, to its own address."""
    return bool(_fields_of(request))


def typed_form(request: HttpRequest) -> SentForm | None:
    """The form that a page of ours was sending; None where it is none of FORMS, has nothing filled in, or is above LIMIT."""
    known = _fields_of(request)
    post = sent(request) if known else QueryDict()
    fields = [(name, value) for name, values in post.lists() for value in values if _may_come_back(name)]
    filled = [(name, value) for name, value in fields if value.strip() and _field_name(name) in known]
    if not filled or sum(len(name) + len(value) for name, value in fields) > LIMIT:
        return None
    places = dict(_places(post))
    typed = [
        Typed(" · ".join(filter(None, [places.get(name.partition("-")[0]), str(field.label)])), value)
        for name, value in filled
        if isinstance(field := known[_field_name(name)], forms.CharField)
    ]
    return SentForm(fields, typed)


def _fields_of(request: HttpRequest) -> dict[str, forms.Field]:
    """What can be filled in on the page that is sent to this address."""
    try:
        name = resolve(request.path_info).view_name if request.method == "POST" else ""
    except Resolver404:
        return {}
    each = (item for form in FORMS.get(name, ()) for item in form.base_fields.items())
    return {name: field for name, field in each if not field.widget.is_hidden}


def _may_come_back(name: str) -> bool:
    return name != "csrfmiddlewaretoken" and "password" not in name


def _field_name(name: str) -> str:
    """Of a step and of a client, the fields are named after their key: "<key>-note"."""
    return name.rpartition("-")[2]


def _places(post: QueryDict) -> Iterator[tuple[str, str]]:
    """By its key, what a step or a client is called on the page. The page itself tells: nobody may be signed in to be asked for."""
    steps = post.getlist("step")
    for number, key in enumerate(steps, start=1):
        yield key, _("Step %(number)s of %(of)s") % {"number": number, "of": len(steps)}
    for line in post.get("names", "").splitlines():
        key, _space, name = line.partition(" ")
        yield key, name
