"""Sharing: one page of a parent's, or a span of nights, chosen one by one."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import keyring, ties
from accounts.models import Tie, User
from accounts.views import person
from journal import pages, sharing, words
from journal.models import Entry, Share
from journal.sharing import NotShareable
from journal.sharing_forms import MOST, ShareNightsForm, SharingForm, SpanForm

WEEK = dt.timedelta(days=6)  # and the night that it ends with


def _shareable(parent: User) -> list[Tie]:
    return list(Tie.objects.of_parent(parent).alive().order_by("began_at", "pk"))


def _without_counselor(request: HttpRequest) -> HttpResponse:
    """There is nobody to share with, or not any more: what is needed for it."""
    return render(request, "journal/share_without.html", status=422 if request.method == "POST" else 200)


def _tell(parent: User, form: SharingForm, now: dt.datetime) -> None:
    for tie in form.chosen():
        ties.tell_before_sharing(parent, tie.pk, now)


@require_http_methods(["GET", "HEAD", "POST"])
def share_entry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What will be copied, word for word, and with whom to share it. `with` names the tie that is ticked at first.

    The form says which version of the page it shows; another one is shown before it is shared.
    """
    parent = person(request)
    mine = Entry.objects.by(parent).kept().filter(size__gt=0)
    page, there = get_object_or_404(mine, pk=pk), _shareable(parent)
    if not there:
        return _without_counselor(request)
    form = SharingForm(request.POST if request.method == "POST" else None, ties=there, chosen=request.GET.get("with", ""))
    problem = ""
    if request.method == "POST" and form.is_valid():
        if request.POST.get("version") == str(page.version) and _share_all(parent, form, [page]):
            messages.success(request, _("It is shared. You can take it back at any time."))
            return redirect(page)
        problem = _("This page was changed in the meantime. Below is what would be shared now. Please look at it once more.")
        page = get_object_or_404(mine, pk=pk)
    context = {
        "entry": page,
        "form": form,
        "problem": problem,
        "question": page.glance.question,
        "html": pages.html(page),
        "date": words.evening(page.night),
        "marks": marks(parent, page),
    }
    return render(request, "journal/share.html", context, status=422 if problem or form.errors else 200)


def _share_all(parent: User, form: SharingForm, entries: Iterable[Entry]) -> int:
    """How many of the entries were shared, each with everybody who was chosen. Safe to repeat."""
    now = timezone.now()
    _tell(parent, form, now)
    return sum(_share_one(parent, form.chosen(), entry, now) for entry in entries)


def _share_one(parent: User, with_whom: Iterable[Tie], entry: Entry, now: dt.datetime) -> bool:
    try:
        for tie in with_whom:
            sharing.share(parent, tie, entry, now)
    except NotShareable:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Mark:
    """With whom an entry is shared, as its own page says it."""

    url: str
    name: str
    shared_at: str
    read_at: str  # "" while it was not read yet
    outdated: bool
    again: str  # where the present text can be shared in place of the copy


def marks(parent: User, entry: Entry) -> list[Mark]:
    """One query, none for who never had a counselor, and one more where an edit may have overtaken a copy."""
    standing = sharing.standing_of(parent, entry)
    keyring.open_together(share.tie_id for share in standing if share.entry_version != entry.version)
    return [
        Mark(
            url=reverse("journal:shared_one", args=[share.pk]),
            name=share.tie.counselor_name,
            shared_at=words.moment(share.shared_at),
            read_at=words.moment(share.read_at) if share.read_at else "",
            outdated=sharing.is_outdated(share, entry),
            again=reverse("journal:share", args=[entry.pk], query={"with": share.tie_id}),
        )
        for share in standing
    ]


# --- A span of nights.


@dataclass(frozen=True, slots=True)
class Choice:
    """A page of the span. It opens no whole text."""

    value: str
    day: str
    question: str
    excerpt: str
    shared_with: str
    chosen: bool


@require_http_methods(["GET", "HEAD", "POST"])
def share_nights(request: HttpRequest) -> HttpResponse:
    """The pages of a span of nights, none of them ticked; those that are, are shared."""
    parent = person(request)
    there = _shareable(parent)
    if not there:
        return _without_counselor(request)
    tonight = parent.tonight(timezone.now())
    asked = {"from": (tonight - WEEK).isoformat(), "until": tonight.isoformat()} | request.GET.dict()
    span = SpanForm(asked)
    if not span.is_valid():
        return render(request, "journal/share_nights.html", {"span": span}, status=422)
    first, last = span.cleaned_data["from"], span.cleaned_data["until"]
    found = Entry.objects.by(parent).kept().filter(night__range=(first, last), size__gt=0).defer("content").newest_first()
    shown = list(found[: MOST + 1])
    form = ShareNightsForm(request.POST if request.method == "POST" else None, ties=there, entries=[entry.pk for entry in shown[:MOST]])
    if request.method == "POST" and form.is_valid():
        return _share_chosen(request, parent, form)
    context = {
        "span": span,
        "form": form,
        "choices": _choices(parent, shown[:MOST], set(request.POST.getlist("entries"))),
        "is_cut": len(shown) > MOST,
        "url": reverse("journal:share_nights", query={"from": first.isoformat(), "until": last.isoformat()}),
    }
    return render(request, "journal/share_nights.html", context, status=422 if form.errors else 200)


def _share_chosen(request: HttpRequest, parent: User, form: ShareNightsForm) -> HttpResponse:
    chosen = form.cleaned_data["entries"]
    shared = _share_all(parent, form, Entry.objects.by(parent).kept().filter(pk__in=chosen).order_by("night", "pk"))
    if shared:
        said = ngettext("%(count)s page is shared.", "%(count)s pages are shared.", shared) % {"count": shared}
        messages.success(request, said + " " + _("You can take back each of them at any time."))
    if missed := len(chosen) - shared:
        messages.warning(
            request,
            ngettext(
                "%(count)s page was changed at this very moment and was not shared.",
                "%(count)s pages were changed at this very moment and were not shared.",
                missed,
            )
            % {"count": missed},
        )
    return redirect("journal:shared")


def _choices(parent: User, entries: list[Entry], ticked: Collection[str]) -> list[Choice]:
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    standing = Share.objects.of_parent(parent).standing().filter(entry__in=entries).order_by("shared_at", "pk")
    for entry_id, name in standing.values_list("entry_id", "tie__counselor_name"):
        if entry_id is not None:
            names[entry_id].append(name)
    return [
        Choice(
            value=str(entry.pk),
            day=words.evening(entry.night),
            question=entry.glance.question,
            excerpt=entry.glance.excerpt,
            shared_with=", ".join(names[entry.pk]),
            chosen=str(entry.pk) in ticked,
        )
        for entry in entries
    ]
