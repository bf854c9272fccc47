"""A counselor's dated notes about their clients: one of them, a new one, and searching through all."""

import uuid
from http import HTTPStatus
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates
from common.fields import REPAIRED, is_repaired
from common.http import next_address, wants_json
from common.ids import new_id, parse_id
from common.kept_forms import keeps_form
from common.rendering import saved_forms
from common.rendering.paging import page_of
from counselor import labels
from counselor.forms.notes import NoteForm, NotesForm
from counselor.sessions import notes as client_notes
from counselor.sessions.notes import Conflict, Note

MOST_HITS = 50
LISTED = 10  # notes beside a session, and on the page of a client
PER_PAGE = 30

# --- Searching.


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def notes(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Finds words in all notes. What is searched for is posted, so that no address, history or log has it."""
    counselor = request.user
    form = NotesForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    if request.method != "POST" and "client" in request.GET:
        return _all_of_client(request, _connection(request, request.GET["client"]))
    if request.method == "POST" and form.is_valid():
        hits, count = client_notes.search(counselor, form.cleaned_data["q"], MOST_HITS)
        names = dict(Connection.objects.of_counselor(counselor).values_list("pk", "parent_name"))
        own_labels = labels.of_counselor(counselor)
        context |= {
            "count": count,
            "more": count - len(hits),
            "hits": [
                {
                    "pk": hit.pk,
                    "name": labels.named(names.get(hit.connection, ""), own_labels.get(hit.connection, "")),
                    "day": dates.day(hit.dated),
                    "excerpt": hit.excerpt,
                }
                for hit in hits
            ],
        }
    return render(request, "counselor/notes/notes.html", context, status=422 if form.errors else 200)


def _all_of_client(request: AuthenticatedHttpRequest, connection: Connection) -> HttpResponse:
    page = page_of(request, range(client_notes.count(connection)), PER_PAGE)
    shown = client_notes.of(connection, first=page.start_index() - 1 if page else 0, most=PER_PAGE)
    address = f"{reverse('counselor:notes')}?client={connection.pk}"
    context = {
        "connection": connection,
        "name": labels.named(connection.parent_name, labels.of(connection)),
        "notes": _rows(request.user, shown),
        "removed": _removed(request, connection),
        "notes_next": address,
        "page": page,
    }
    return render(request, "counselor/notes/client.html", context)


# --- The notes on the page of a client, and of a session.


def notes_of(request: AuthenticatedHttpRequest, connection: Connection, address: str) -> dict[str, object]:
    """What components/notes.html shows on the page with this address: a new note, the latest ones, and what was removed just now."""
    counselor = request.user
    latest = client_notes.of(connection, most=LISTED + 1)
    return {
        "new_note": NoteForm.blank(counselor, connection, counselor.tonight(timezone.now())),
        "new_note_pk": new_id(),
        "notes": _rows(counselor, latest[:LISTED]),
        "has_more_notes": len(latest) > LISTED,
        "removed": _removed(request, connection),
        "notes_next": address,
    }


def _rows(counselor: User, shown: list[Note]) -> list[dict[str, object]]:
    return [{"note": row, "day": dates.day(row.dated), "form": NoteForm.of(counselor, row)} for row in shown]


def _removed(request: AuthenticatedHttpRequest, connection: Connection) -> uuid.UUID | None:
    """The note of this client that the address names, if it was removed."""
    pk = parse_id(request.GET.get("removed"))
    stored = client_notes.find(request.user, pk) if pk else None
    return pk if stored and stored.is_removed and stored.connection == connection.pk else None


# --- One note.


@require_safe
@counselor_required
def note_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A page on which a note about the client that the address names is written."""
    counselor = request.user
    connection = _connection(request, request.GET.get("client"))
    form = NoteForm.blank(counselor, connection, counselor.tonight(timezone.now()))
    return _show(request, connection, new_id(), form)


def _connection(request: AuthenticatedHttpRequest, pk: object) -> Connection:
    """One of this counselor's, ended ones too. Raises Http404 for any other."""
    return get_object_or_404(Connection.objects.of_counselor(request.user), pk=parse_id(str(pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(NoteForm)
@counselor_required
def note(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One note. A page that is opened for a new note has an id for it, under which it is saved."""
    counselor = request.user
    stored = client_notes.find(counselor, pk)
    if request.method == "POST":
        return _save(request, pk, stored)
    if stored is None:
        raise Http404
    return _show(request, _connection(request, stored.connection), pk, NoteForm.of(counselor, stored), stored=stored)


def _save(request: AuthenticatedHttpRequest, pk: uuid.UUID, stored: Note | None) -> HttpResponse:
    connection = _connection(request, stored.connection if stored else request.POST.get("client"))
    form, now = NoteForm(request.POST, auto_id="note_%s"), timezone.now()
    if not form.is_valid():
        if wants_json(request):
            return saved_forms.refused(form)
        return _show(request, connection, pk, form, stored=stored, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    outcome = client_notes.save(request.user, connection, form.draft(pk), now)
    if isinstance(outcome, Conflict):
        return _conflict(request, connection, outcome.stored, form.cleaned_data["text"])
    if wants_json(request):
        return saved_forms.saved(outcome.version if outcome else 0, now)
    if outcome is None:
        messages.info(request, _("You didn’t write anything, so no note was saved."))
    elif not outcome.text:
        return note_delete(request, pk)
    else:
        client_notes.put_back(request.user, pk)
        messages.success(request, _("Note saved."))
    if is_repaired(form):
        messages.info(request, REPAIRED)
    return redirect(_back(request, connection.pk))


def _back(request: AuthenticatedHttpRequest, connection: uuid.UUID) -> str:
    """Where the page was that sent this, or else the client's."""
    return next_address(request) or reverse("counselor:client", args=[connection])


def _show(
    request: AuthenticatedHttpRequest,
    connection: Connection,
    pk: uuid.UUID,
    form: NoteForm,
    *,
    stored: Note | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "pk": pk,
        "form": form,
        "stored": stored,
        "name": labels.named(connection.parent_name, labels.of(connection)),
        "connection": connection,
        "next": _back(request, connection.pk),
    }
    return render(request, "counselor/notes/note.html", context, status=status)


def _conflict(request: AuthenticatedHttpRequest, connection: Connection, stored: Note, typed: str) -> HttpResponse:
    """409: nothing was written. Shows both texts, with a form for each way to go on."""
    if wants_json(request):
        return saved_forms.conflict(stored.text, stored.version)
    both = "\n\n".join(text for text in (stored.text.rstrip(), typed) if text.strip())
    context = {
        "pk": stored.pk,
        "connection": connection,
        "stored": stored,
        "typed": NoteForm.of(request.user, stored, text=typed, prefix="typed"),
        "both": NoteForm.of(request.user, stored, text=both, prefix="both") if stored.text and typed.strip() else None,
        "next": _back(request, connection.pk),
    }
    return render(request, "counselor/notes/conflict.html", context, status=HTTPStatus.CONFLICT)


@require_POST
@counselor_required
def note_delete(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Removes a note; the page that it leads back to can put it back. Idempotent."""
    stored = client_notes.find(request.user, pk)
    if stored is None:
        raise Http404
    client_notes.remove(request.user, pk, timezone.now())
    address = urlsplit(_back(request, stored.connection))
    query = QueryDict(address.query, mutable=True)
    query["removed"] = str(pk)
    return redirect(address._replace(query=query.urlencode(), fragment="notes").geturl())


@require_POST
@counselor_required
def note_put_back(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Puts back a note that was removed. Idempotent."""
    stored = client_notes.find(request.user, pk)
    if stored is None:
        raise Http404
    client_notes.put_back(request.user, pk)
    messages.success(request, _("The note is back."))
    return redirect(_back(request, stored.connection))
