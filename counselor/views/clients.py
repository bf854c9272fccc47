"""The counselor's clients: the list, and one of them with the private note."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates, errors
from common.fields import REPAIRED, is_repaired
from common.http import opened_by_another
from common.kept_forms import keeps_text
from common.rendering.addresses import address_of
from common.rendering.paging import page_of
from counselor import groups, notes
from counselor.clients import AssignedSets, AssignmentRow, Client, ShareRow, Show, assigned_sets, assigned_to, find, progress_of, shared_by
from counselor.forms.clients import ClientsForm, NoteForm
from counselor.models import Workspace
from counselor.progress import Progress

PER_PAGE = 100

# --- The list.


@require_safe
@counselor_required
def clients(request: AuthenticatedHttpRequest) -> HttpResponse:
    counselor = request.user
    own_groups = [group for group, _count in groups.with_counts(counselor)]
    form = ClientsForm({"show": "all", **request.GET.dict()}, groups=own_groups)
    filters = form.filters()
    client_list = find(counselor, filters)
    page = page_of(request, client_list.matching, PER_PAGE)
    is_ended = filters.show == Show.ENDED
    context = {
        "form": form,
        "has_groups": bool(own_groups),
        "filters": filters,
        "is_filtered": bool(filters.name or filters.group),
        "is_empty": client_list.is_empty,
        "waits": client_list.is_empty and settings.COUNSELORS_APPROVED and not Workspace.objects.get(counselor=counselor).is_approved,
        "rows": [] if is_ended else _rows(counselor, list(page)),
        "ended": [_ended(client) for client in page] if is_ended else [],
        "unseen_ends": client_list.unseen_ends,
        "page": page,
    }
    return render(request, "counselor/clients/clients.html", context)


def _rows(counselor: User, shown: Sequence[Client]) -> list[dict[str, object]]:
    now = timezone.now()
    assigned, progress = assigned_sets(counselor, shown, now), progress_of(counselor, shown, now)
    return [_row(client, assigned.get(client.pk, AssignedSets()), progress.get(client.pk)) for client in shown]


def _row(client: Client, assigned: AssignedSets, progress: Progress | None) -> dict[str, object]:
    """Whatever a row says, as text: a hundred of them are rendered at once."""
    return {
        "url": address_of("counselor:client", client.pk),
        "name": client.name,
        "waiting": _waiting(client.answers, client.replies),
        "sets": assigned.names,
        "other_sets": _other_sets(assigned),
        **_answered(progress),
    }


def _answered(progress: Progress | None) -> dict[str, str]:
    """How far a client is: `done` and `last`, or `nothing` instead of them."""
    if progress is None:
        return {"nothing": _("not shown to you")}
    if not progress.total and not progress.last:
        return {"nothing": _("nothing yet")}
    last = _("last on %(evening)s") % {"evening": dates.evening(progress.last)} if progress.last else ""
    return {"done": _done(progress), "last": last}


def _waiting(answers: int, replies: int) -> list[str]:
    """What is waiting to be read, as a list of messages."""
    parts = []
    if answers:
        parts.append(ngettext("%(n)s answer to read", "%(n)s answers to read", answers) % {"n": answers})
    if replies:
        parts.append(ngettext("%(n)s reply to read", "%(n)s replies to read", replies) % {"n": replies})
    return parts


def _other_sets(assigned: AssignedSets) -> str:
    """What is said about the sets that are not listed by name."""
    parts = []
    if assigned.more and assigned.names:
        parts.append(ngettext("and %(n)s more", "and %(n)s more", assigned.more) % {"n": assigned.more})
    elif assigned.more:
        parts.append(ngettext("%(n)s set", "%(n)s sets", assigned.more) % {"n": assigned.more})
    if assigned.paused:
        parts.append(ngettext("%(n)s paused", "%(n)s paused", assigned.paused) % {"n": assigned.paused})
    if not parts and not assigned.names:
        return _("All answered") if assigned.total else _("Nothing just now")
    return ", ".join(parts)


def _done(progress: Progress) -> str:
    if not progress.total:
        return ""
    message = ngettext("%(done)s of %(total)s step", "%(done)s of %(total)s steps", progress.total)
    return message % {"done": progress.done, "total": progress.total}


def _ended(client: Client) -> dict[str, object]:
    how = _how_it_ended(Connection.Ended(client.ended_by))
    return {"pk": client.pk, "name": client.name, "how": how, "on": dates.date_of(client.ended_at) if client.ended_at else ""}


def _how_it_ended(by: Connection.Ended) -> str:
    return {
        Connection.Ended.BY_PARENT: _("ended by them"),
        Connection.Ended.BY_COUNSELOR: _("ended by you"),
        Connection.Ended.CLOSED: _("ended when you closed your workspace"),
    }[by]


# --- One client.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_text(may_become_page=False)
@counselor_required
def client(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A client, and the counselor's private note, whose form sends it to the same address."""
    counselor = request.user
    if request.method == "POST" and opened_by_another(request):
        return errors.other_person(request)
    connection = get_object_or_404(Connection.objects.of_counselor(counselor), pk=pk)
    if request.method == "POST":
        return _save_note(request, connection)
    return _show(request, connection, _note_form(counselor, notes.of(connection)))


def _note_form(counselor: User, note: notes.Note, *, text: str | None = None, auto_id: str = "id_%s") -> NoteForm:
    """A form based on the stored note, with its text or another one."""
    initial = {"text": note.text if text is None else text, "author": counselor.pk, "base": note.version}
    return NoteForm(initial=initial, auto_id=auto_id)


def _save_note(request: AuthenticatedHttpRequest, connection: Connection) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, connection, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    outcome = notes.save(request.user, connection, form.cleaned_data["text"], form.cleaned_data["base"], timezone.now())
    if isinstance(outcome, notes.Conflict):
        return _show_conflict(request, connection, form.cleaned_data["text"], outcome.stored)
    messages.success(request, _("Your note is kept.") if outcome.text else _("There is no note now."))
    if is_repaired(form):
        messages.info(request, REPAIRED)
    return redirect("counselor:client", pk=connection.pk)


def _show_conflict(request: AuthenticatedHttpRequest, connection: Connection, typed: str, stored: notes.Note) -> HttpResponse:
    """409: nothing was written. Shows both texts, with a form for each way to go on."""
    counselor = request.user
    both = "\n\n".join(text for text in (stored.text.rstrip(), typed) if text.strip())
    context = {
        "connection": connection,
        "stored": stored.text,
        "typed": _note_form(counselor, stored, text=typed),
        "both": _note_form(counselor, stored, text=both, auto_id="both_%s") if stored.text and typed.strip() else None,
    }
    return render(request, "counselor/clients/note_conflict.html", context, status=HTTPStatus.CONFLICT)


def _show(request: AuthenticatedHttpRequest, connection: Connection, form: NoteForm, status: int = HTTPStatus.OK) -> HttpResponse:
    counselor = request.user
    context: dict[str, object] = {"connection": connection, "form": form, "since": dates.date_of(connection.began_at)}
    if connection.ended_at is not None:
        context |= {"ended_on": dates.date_of(connection.ended_at), "how": _how_it_ended(Connection.Ended(connection.ended_by))}
    else:
        context["assignments"] = [_assignment(row) for row in assigned_to(counselor, connection, timezone.now())]
        context["shared"] = [_share(row) for row in shared_by(counselor, connection)]
    return render(request, "counselor/clients/client.html", context, status=status)


def _assignment(row: AssignmentRow) -> dict[str, object]:
    parts = []
    if row.ended_at is not None:
        parts.append(_("ended on %(day)s") % {"day": dates.date_of(row.ended_at)})
    elif row.paused:
        parts.append(_("paused"))
    if row.progress is not None and row.progress.total:
        parts.append(_done(row.progress))
    if row.progress is not None and row.progress.last:
        parts.append(_("last on %(evening)s") % {"evening": dates.evening(row.progress.last)})
    return {"pk": row.pk, "name": row.name, "details": " · ".join(parts)}


def _share(row: ShareRow) -> dict[str, object]:
    parts = [_("new")] if row.is_new else []
    return {"pk": row.pk, "night": dates.evening(row.night), "details": " · ".join([*parts, *_waiting(0, row.replies)])}
