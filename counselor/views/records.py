"""The record of one client for the counselor's own files: what it holds, on paper, and as a ZIP."""

import uuid

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common import dates
from counselor import labels
from counselor.sessions import record_files
from counselor.sessions import records as client_records
from counselor.sessions.records import Record
from journal.models.share import RecordCopy


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
@reauthentication_required
def records(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Says what the record holds; a press makes it, which is on record for the client. Idempotent for the day."""
    counselor, now = request.user, timezone.now()
    connection = get_object_or_404(Connection.objects.of_counselor(counselor), pk=pk)
    name = labels.named(connection.parent_name, labels.of(connection))
    if request.method != "POST":
        context = {"connection": connection, "name": name, "counts": client_records.counts(counselor, connection)}
        return render(request, "counselor/records/records.html", context)
    form = request.POST.get("form")
    if form not in RecordCopy.Form.values:
        return redirect("counselor:records", pk=pk)
    record = client_records.take(counselor, connection, RecordCopy.Form(form), now)
    if form == RecordCopy.Form.PAPER:
        return _paper(request, connection, name, record)
    response = StreamingHttpResponse(record_files.zipped(record, name, now), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="nightlight-client-record-{timezone.localdate(now).isoformat()}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _paper(request: AuthenticatedHttpRequest, connection: Connection, name: str, record: Record) -> HttpResponse:
    context = {
        "connection": connection,
        "name": name,
        "record": record,
        "made_on": dates.date_of(timezone.now()),
        "since": dates.date_of(record.began_at),
        "answers": [
            {
                "answer": answer,
                "night": dates.evening_always(answer.night),
                "shared_at": dates.moment(answer.shared_at),
                "replies": [(reply, dates.moment(reply.at)) for reply in answer.replies],
                "readings": [(dates.moment(at), is_earlier) for at, is_earlier in answer.readings],
            }
            for answer in record.answers
        ],
        "assigned": [{"given": given, "on": dates.date_of(given.assigned_at)} for given in record.assigned],
        "notes": [{"note": note, "day": dates.day(note.dated)} for note in record.notes],
    }
    return render(request, "counselor/records/print.html", context)
