"""Sharing one entry, and what several pages need for sharing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import connections
from accounts.http import AuthenticatedHttpRequest
from accounts.keys import keyring
from accounts.models import Connection, User
from common import dates
from common.http import next_address
from common.rendering import failures
from journal import content
from journal.entries import rendering
from journal.forms.share import SharingForm
from journal.models import Entry
from journal.sharing import shares
from journal.sharing.shares import NotShareable


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shows exactly what will be copied, and with whom it can be shared; `?with=` names the connection that is ticked at first.

    The form sends a mark of what the page shows. Where that is not what would be shared now, the page is shown again first.
    """
    parent = request.user
    own = Entry.objects.by(parent).not_deleted().filter(size__gt=0)
    entry, offered = get_object_or_404(own, pk=pk), active_connections(parent)
    if not offered:
        return without_counselor(request)
    form = SharingForm(request.POST if request.method == "POST" else None, connections=offered, chosen=request.GET.get("with", ""))
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        if request.POST.get("version") == shares.mark_of(entry) and share_all(parent, form, [entry]):
            messages.success(request, _("Shared. You can take it back at any time."))
            return redirect(next_address(request) or entry.get_absolute_url())
        entry, offered = get_object_or_404(own, pk=pk), active_connections(parent)
        if not offered:
            return without_counselor(request)
        form = SharingForm(request.POST, connections=offered)  # where somebody has left meanwhile, it says so
        if request.POST.get("version") != shares.mark_of(entry):
            problems.append(_("This page changed in the meantime. Below is what would be shared now. Please take another look."))
    context = {
        "entry": entry,
        "version": shares.mark_of(entry),
        "form": form,
        "problems": [*map(failures.Failure, problems), *failures.of_forms([form])],
        "question": entry.summary.question,
        "html": content.html(entry),
        "date": dates.evening(entry.night),
        "marks": marks(parent, entry),
        "next": next_address(request),
    }
    return render(request, "journal/share/share.html", context, status=422 if problems or form.errors else 200)


# --- For all pages that share.


def active_connections(parent: User) -> list[Connection]:
    """The connections over which this parent can share, oldest first."""
    return list(Connection.objects.of_parent(parent).active().order_by("began_at", "pk"))


def without_counselor(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The page for a parent without an active connection, which says what sharing takes."""
    return render(request, "journal/share/without_counselor.html", status=422 if request.method == "POST" else 200)


def share_all(parent: User, form: SharingForm, entries: Sequence[Entry]) -> bool:
    """Share all of the entries, as they were loaded, with everybody chosen; False, and nothing is shared, where one has changed or left.

    Idempotent.
    """
    now = timezone.now()
    for entry in entries:
        rendering.store_html(entry)
    try:
        with transaction.atomic():
            for connection in form.chosen():
                connections.mark_informed(parent, connection.pk, now)
            shares.share_all(parent, form.chosen(), entries, now)
    except NotShareable:
        return False
    return True


# --- For all pages that show a shared entry.


@dataclass(frozen=True, slots=True)
class Mark:
    """With whom an entry is shared, as its page shows it."""

    url: str
    name: str
    shared_at: str
    read_at: str  # "" while it was not read yet
    outdated: bool
    reshare_url: str  # where the present text can be shared in place of the copy


def marks(parent: User, entry: Entry) -> list[Mark]:
    """The active shares of an entry. One query, none for parents who never had a counselor; one more where the entry was edited."""
    active = shares.active_of(parent, entry)
    keyring.prefetch(share.connection_id for share in active if share.entry_version != entry.version)
    return [
        Mark(
            url=reverse("shared_answer", args=[share.pk]),
            name=share.connection.counselor_name,
            shared_at=dates.moment(share.shared_at),
            read_at=dates.moment(share.read_at) if share.read_at else "",
            outdated=shares.is_outdated(share, entry),
            reshare_url=reverse("journal:share", args=[entry.pk], query={"with": share.connection_id}),
        )
        for share in active
    ]
