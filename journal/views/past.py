"""An entry's history, and the drawer."""

import uuid
from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import person
from journal import drawer, history, markup, sharing, words
from journal.models import Entry, Feeling, Revision, Size
from journal.views import differences, writing
from journal.views.differences import Differences
from journal.views.entries import Row, own_entry, row


@dataclass(frozen=True, slots=True)
class Version:
    """A kept text as the history lists it under its evening."""

    url: str
    time: str
    kind: str
    size: str


def _version(revision: Revision) -> Version:
    return Version(
        url=reverse("journal:revision", args=[revision.entry_id, revision.pk]),
        time=words.clock(revision.saved_at),
        kind=str(Revision.Kind(revision.kind).label),
        size=str(Size(revision.size).label),
    )


@require_safe
def versions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    author = person(request)
    page = own_entry(request, pk)
    kept = list(page.revisions.defer("content").newest_first())
    evenings = groupby(kept, key=lambda revision: author.tonight(revision.saved_at))
    context = {
        "entry": page,
        "date": words.evening(page.night),
        "saved_at": words.moment(page.saved_at),
        "count": len(kept),
        "evenings": [(words.evening(night), [_version(revision) for revision in group]) for night, group in evenings],
    }
    return render(request, "journal/history.html", context)


def _own_revision(request: HttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> Revision:
    return get_object_or_404(Revision.objects.filter(author=person(request), entry=pk).select_related("entry"), pk=revision)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which two texts are compared, and what lies between them. `now` is whether one of them is the present text."""

    differences: Differences
    now: bool
    earlier_at: str = ""
    later_at: str = ""


@require_safe
def revision(request: HttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    """A kept text, and how it differs from the page now, or from the kept text that `with` names."""
    kept = _own_revision(request, pk, revision)
    if kept.kind == Revision.Kind.ASIDE and kept.entry.aside_at is not None:
        context = writing.two_texts(person(request), kept.entry, kept, kept.entry.get_absolute_url())
        return render(request, "journal/conflict.html", context)
    content = kept.content
    previous = Revision.objects.before(kept).defer("content").newest_first().first()
    context = {
        "entry": kept.entry,
        "revision": kept,
        "date": words.evening(kept.entry.night),
        "saved_at": words.moment(kept.saved_at),
        "kind": Revision.Kind(kept.kind).label,
        "question": content.question,
        "feeling": content.feeling,
        "feeling_label": Feeling(content.feeling).label if content.feeling else "",
        "html": markup.render(content.text),
        "comparison": _comparison(request, kept),
        "previous": previous,
        "previous_at": words.moment(previous.saved_at) if previous else "",
    }
    return render(request, "journal/revision.html", context)


def _comparison(request: HttpRequest, kept: Revision) -> Comparison:
    """The older of the two comes first, whichever of them was asked for."""
    named = request.GET.get("with")
    if named is None:
        return Comparison(differences.between(kept.content, differences.present(kept.entry)), now=True)
    try:
        other = _own_revision(request, kept.entry_id, uuid.UUID(named))
    except ValueError:
        raise Http404 from None
    earlier, later = sorted((kept, other), key=lambda each: (each.saved_at, each.pk))
    return Comparison(
        differences.between(earlier.content, later.content),
        now=False,
        earlier_at=words.moment(earlier.saved_at),
        later_at=words.moment(later.saved_at),
    )


@require_POST
def restore(request: HttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    kept = _own_revision(request, pk, revision)
    entry = history.restore(person(request), kept, timezone.now())
    messages.success(request, _("This text is back. The one it replaced is in the history."))
    return redirect(entry)


@require_POST
def leave(request: HttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    """Of two texts, the one that is on the page stays there."""
    kept = _own_revision(request, pk, revision)
    history.settle(person(request), kept.entry)
    messages.success(request, _("The page stays as it is. The other text is in its history."))
    return redirect(kept.entry)


@dataclass(frozen=True, slots=True)
class DrawerRow:
    row: Row
    until: str
    take_out: str
    delete: str


@require_safe
def drawer_list(request: HttpRequest) -> HttpResponse:
    put_away = Entry.objects.by(person(request)).in_drawer(timezone.now()).defer("content").order_by("-drawer_at", "-pk")
    rows = [
        DrawerRow(
            row=row(entry),
            until=words.evening(timezone.localdate(entry.drawer_at + drawer.KEEPS)),
            take_out=reverse("journal:take_out", args=[entry.pk]),
            delete=reverse("journal:delete_for_good", args=[entry.pk]),
        )
        for entry in put_away
        if entry.drawer_at
    ]
    return render(request, "journal/drawer.html", {"rows": rows})


@require_POST
def take_out(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    entry = own_entry(request, pk)
    drawer.take_out(person(request), entry)
    messages.success(request, _("Taken out of the drawer."))
    return redirect(entry)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_for_good(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    if request.method == "POST":
        # Sent twice, the second finds nothing left to delete, which is what was asked for.
        drawer.delete_for_good(person(request), pk)
        messages.success(request, _("Deleted for good."))
        return redirect("journal:drawer")
    entry = get_object_or_404(Entry.objects.by(person(request)).filter(drawer_at__isnull=False), pk=pk)
    context = {
        "entry": entry,
        "row": row(entry),
        "date": words.evening(entry.night),
        "shares": sharing.standing_of(person(request), entry),
    }
    return render(request, "journal/delete_for_good.html", context)
