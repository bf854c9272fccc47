"""*Recently deleted*: the entries in the trash."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from journal.entries import trash
from journal.models import Entry
from journal.views.entries import Row, row


@dataclass(frozen=True, slots=True)
class DeletedRow:
    row: Row
    until: str
    put_back: str
    delete_for_good: str


@require_safe
def deleted(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The latest deletion first."""
    entries = Entry.objects.by(request.user).in_trash(timezone.now()).defer("content").order_by("-deleted_at", "-pk")
    rows = [
        DeletedRow(
            row=row(entry),
            until=dates.date_of(entry.deleted_at + trash.KEEP_FOR),
            put_back=reverse("journal:entry_put_back", args=[entry.pk]),
            delete_for_good=reverse("journal:entry_delete_for_good", args=[entry.pk]),
        )
        for entry in entries
        if entry.deleted_at
    ]
    return render(request, "journal/deleted/deleted.html", {"rows": rows})
