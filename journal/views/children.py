"""The children that a parent writes about.

Their ids and names are in no address: what is changed is named by the form that is sent.
"""

from collections.abc import Callable
from typing import TypedDict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import people
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Age, Child, Children, User
from common.ids import parse_id
from common.kept_forms import keeps_form
from common.numbers import parse_number
from journal.entries import about
from journal.forms.children import ChildForm, Fate, RemovalForm


class Row(TypedDict):
    """A child on the list. `form` changes it, and `up` is the place to which it is moved up, None for the first."""

    child: Child
    ages: list[str]
    form: ChildForm
    up: int | None


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(ChildForm)
def children(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The list, and a form for a new name."""
    parent = request.user
    form = ChildForm(request.POST if request.method == "POST" else None, year=_year(parent))
    if request.method == "POST" and form.is_valid() and _change(parent, lambda rows: rows.add(form.child), form):
        messages.success(request, _("The name is on your list, and you’ll see it while you write."))
        return redirect("journal:children")
    return _list(request, form)


@require_POST
@keeps_form(ChildForm)
def child_edit(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Rename one, or give another year. Pages about it show the new name."""
    child = _named(request)
    if child is None:
        return _gone(request)
    form = ChildForm(request.POST, year=_year(request.user), child=child)
    if form.is_valid() and _change(request.user, lambda rows: rows.rename(child.id, form.child.name, form.child.born), form):
        messages.success(request, _("Saved. Pages now show this name."))
        return redirect("journal:children")
    return _list(request, ChildForm(year=_year(request.user)), form)


@require_POST
def child_move(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Put one at a place of the list, counted from 0."""
    child, place = _named(request), parse_number(request.POST.get("place", ""))
    if child is None or place is None:
        return _gone(request)
    people.change_children(request.user, lambda rows: rows.move(child.id, place))
    return redirect("journal:children")


@require_POST
def child_offer(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Offer a former one while writing again."""
    child = _named(request)
    if child is None:
        return _gone(request)
    try:
        people.change_children(request.user, lambda rows: rows.offer(child.id))
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("You’ll see the name again while you write."))
    return redirect("journal:children")


@require_POST
def child_remove(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Asks what becomes of the pages, and does it once that was chosen. What was interrupted can be sent again."""
    parent, child = request.user, _named(request)
    if child is None:
        return _gone(request)
    known = parent.children
    pages = about.count(parent, child.id, (row.id for row in known.all))
    others = [row for row in known.all if row.id != child.id]
    is_chosen = "chosen" in request.POST
    form = RemovalForm(request.POST if is_chosen else None, child=child, others=others, pages=pages)
    if is_chosen and form.is_valid():
        _remove(parent, child, Fate(form.cleaned_data["fate"]), form.cleaned_data.get("other") or None)
        messages.success(request, _("The name is off your list."))
        return redirect("journal:children")
    return render(request, "journal/children/remove.html", {"child": child, "form": form}, status=422 if form.errors else 200)


def _remove(parent: User, child: Child, fate: Fate, other: str | None) -> None:
    people.change_children(parent, lambda rows: rows.retire(child.id))  # so that no page offers it meanwhile
    if fate == Fate.KEEP:
        return
    if fate == Fate.DELETE:
        about.delete(parent, child.id, (row.id for row in parent.children.all), timezone.now())
    about.put_under(parent, child.id, other if fate == Fate.PUT_UNDER else None)
    people.change_children(parent, lambda rows: rows.remove(child.id))


# --- The list.


def _year(parent: User) -> int:
    return parent.tonight(timezone.now()).year


def _named(request: AuthenticatedHttpRequest) -> Child | None:
    """The child that the form is about, as it is stored now; None where it was removed."""
    pk = parse_id(request.POST.get("id"))
    return request.user.children.find(pk.hex) if pk else None


def _gone(request: AuthenticatedHttpRequest) -> HttpResponse:
    messages.info(request, _("That name is no longer on your list."))
    return redirect("journal:children")


def _change(parent: User, change: Callable[[Children], Children], form: ChildForm) -> bool:
    """Whether the change was stored; else the form says why not."""
    try:
        people.change_children(parent, change)
    except ValidationError as error:
        form.add_error("nickname", error)
        return False
    return True


def _list(request: AuthenticatedHttpRequest, form: ChildForm, changed: ChildForm | None = None) -> HttpResponse:
    """The page, with the form of one of its rows as it was sent, where that failed."""
    year, known = _year(request.user), request.user.children

    def row(child: Child, place: int) -> Row:
        ages = Age.of(child.born, year) if child.born is not None else set()
        return {
            "child": child,
            "ages": [str(age.label) for age in Age if age in ages],
            "form": changed if changed and changed.initial["id"] == child.id else ChildForm(year=year, child=child),
            "up": place - 1 if place else None,
        }

    context = {
        "form": form,
        "changed": changed,
        "rows": [row(child, place) for place, child in enumerate(known.current)],
        "former": [row(child, 0) for child in known.former],
    }
    return render(request, "journal/children/children.html", context, status=422 if form.errors or changed else 200)
