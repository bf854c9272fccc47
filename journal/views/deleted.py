"""*Recently deleted*: the entries in the trash."""

import datetime as dt
import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from common.rendering.addresses import address_of
from journal.entries import trash
from journal.models import Entry, EntrySummary
from journal.rows import Feelings, Row, row


class DeletedRow(Row):
    until: str
    put_back: str
    delete_for_good: str


@require_safe
def deleted(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The latest deletion first."""
    feelings = Feelings()

    def shown(pk: uuid.UUID, night: dt.date, summary: EntrySummary, deleted_at: dt.datetime) -> DeletedRow:
        return DeletedRow(
            **row(pk, night, summary, feelings),
            until=_("can be put back until %(until)s") % {"until": dates.date_of(deleted_at + trash.KEEP_FOR)},
            put_back=address_of("journal:entry_put_back", pk),
            delete_for_good=address_of("journal:entry_delete_for_good", pk),
        )

    entries = Entry.objects.by(request.user).in_trash(timezone.now()).order_by("-deleted_at", "-pk")
    rows = list(entries.opened(shown, "id", "night", "summary", "deleted_at", owner=request.user.pk))
    return render(request, "journal/deleted/deleted.html", {"rows": rows})
