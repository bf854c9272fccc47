"""An entry's history: the texts it once had, and how they differ."""

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import TypedDict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from common.ids import parse_id
from common.rendering.addresses import address_of
from journal import guide_texts, markup
from journal.history import differences, revisions
from journal.history.differences import Differences
from journal.models import Feeling, Revision, Size
from journal.views import writing
from journal.views.entries import own_entry


class Version(TypedDict):
    """A revision as the history lists it, by evenings."""

    url: str
    time: str
    kind: str
    size: str


@require_safe
def history(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    entry = own_entry(request, pk)
    rows = list(entry.revisions.newest_first().values_list("saved_at", "pk", "kind", "size"))
    evenings = groupby(rows, key=lambda row: request.user.tonight(row[0]))
    kinds = {kind.value: str(kind.label) for kind in Revision.Kind}
    sizes = {size.value: str(size.label) for size in Size}

    def version(saved_at: dt.datetime, revision: uuid.UUID, kind: str, size: int) -> Version:
        address = address_of("journal:revision", pk, revision)
        return Version(url=address, time=dates.clock(saved_at), kind=kinds[kind], size=sizes[size])

    context = {
        "entry": entry,
        "date": dates.evening(entry.night),
        "saved_at": dates.moment(entry.saved_at),
        "count": len(rows),
        "evenings": [(dates.evening(night), [version(*row) for row in group]) for night, group in evenings],
    }
    return render(request, "journal/history/history.html", context)


def _own_revision(request: AuthenticatedHttpRequest, entry: uuid.UUID, pk: uuid.UUID) -> Revision:
    return get_object_or_404(Revision.objects.filter(author=request.user, entry=entry).select_related("entry"), pk=pk)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts differ. `with_present`: the later one is the entry's present text; else both are revisions."""

    differences: Differences
    with_present: bool
    earlier_at: str = ""
    later_at: str = ""


@require_safe
def revision(request: AuthenticatedHttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    """A revision, and how it differs from the present text or, with `?with=`, from another revision.

    A conflict copy is shown beside the present text until its author has chosen.
    """
    row = _own_revision(request, pk, revision)
    if row.kind == Revision.Kind.CONFLICT and row.entry.conflict_at is not None:
        context = writing.conflict_context(request.user, row.entry, row, row.entry.get_absolute_url())
        return render(request, "journal/writing/conflict.html", context)
    content = row.content
    previous = Revision.objects.before(row).defer("content").newest_first().first()
    context = {
        "entry": row.entry,
        "revision": row,
        "date": dates.evening(row.entry.night),
        "saved_at": dates.moment(row.saved_at),
        "kind": Revision.Kind(row.kind).label,
        "question": content.question,
        "feeling": content.feeling,
        "feeling_label": Feeling(content.feeling).label if content.feeling else "",
        "children": request.user.children.names(content.children),
        "html": guide_texts.apart(markup.render(content.text)),
        "comparison": _comparison(request, row),
        "previous": previous,
        "previous_at": dates.moment(previous.saved_at) if previous else "",
    }
    return render(request, "journal/history/revision.html", context)


def _comparison(request: AuthenticatedHttpRequest, row: Revision) -> Comparison:
    """The older of the two comes first, whichever the address names first."""
    children = request.user.children
    if "with" not in request.GET:
        return Comparison(differences.between(row.content, revisions.snapshot(row.entry), children), with_present=True)
    pk = parse_id(request.GET["with"])
    if pk is None:
        raise Http404
    earlier, later = sorted((row, _own_revision(request, row.entry_id, pk)), key=lambda revision: (revision.saved_at, revision.pk))
    return Comparison(
        differences.between(earlier.content, later.content, children),
        with_present=False,
        earlier_at=dates.moment(earlier.saved_at),
        later_at=dates.moment(later.saved_at),
    )


@require_POST
def revision_restore(request: AuthenticatedHttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    entry = revisions.restore(request.user, _own_revision(request, pk, revision), timezone.now())
    messages.success(request, _("Restored. The text it replaced is in the history."))
    return redirect(entry)


@require_POST
def revision_leave(request: AuthenticatedHttpRequest, pk: uuid.UUID, revision: uuid.UUID) -> HttpResponse:
    """Settle a conflict: the present text stays."""
    entry = _own_revision(request, pk, revision).entry
    revisions.settle_conflict(request.user, entry)
    messages.success(request, _("The page stays as it is. The other text is in its history."))
    return redirect(entry)
