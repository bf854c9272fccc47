"""A counselor's assignments: the list, assigning a set, and one assignment."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection
from common import dates
from common.http import next_address
from common.ids import new_id, parse_id
from common.kept_forms import keeps_form
from common.rendering.isolation import isolated, listed
from common.rendering.paging import page_of
from counselor import assigning, labels
from counselor.assigning import Offer
from counselor.assignments import State, describe_progress, describe_rhythm, in_state, name_of, running, state_of, steps_of, with_progress
from counselor.forms.assignments import AssignForm, ChangeForm, RecipientForm
from counselor.forms.plans import WITH_SESSION
from counselor.models import ClientGroup
from counselor.sets import marks_of
from prompts.models import Assignment, colleagues_source

PER_PAGE = 50
LATEST_FIRST = ("-assigned_at", "-pk")


# --- The list.


@dataclass(frozen=True, slots=True)
class Row:
    """An assignment as the list shows it."""

    url: str
    client: str
    name: str
    state: str
    rhythm: str
    progress: str


def _row(assignment: Assignment) -> Row:
    return Row(
        url=reverse("counselor:assignment", args=[assignment.pk]),
        client=labels.name_of(assignment.connection),
        name=name_of(assignment),
        state=str(state_of(assignment).label),
        rhythm=describe_rhythm(assignment),
        progress=describe_progress(assignment),
    )


@require_safe
@counselor_required
def assignments(request: AuthenticatedHttpRequest) -> HttpResponse:
    """All assignments over connections that have not ended, the latest first. An unknown state filters nothing."""
    counselor = request.user
    state = next((state for state in State if state == request.GET.get("state")), None)
    now = timezone.now()
    own, today = Assignment.objects.of_counselor(counselor), counselor.tonight(now)
    listed = in_state(own, state, now, today) if state else own
    page = page_of(request, listed.order_by(*LATEST_FIRST).values_list("pk", flat=True), PER_PAGE)
    # Only what the page shows is loaded, and its steps counted.
    shown = own.filter(pk__in=list(page)).select_related("connection__label", "set").defer("sealed_content")
    rows = with_progress(shown, now, today).order_by(*LATEST_FIRST)
    context = {
        "rows": [_row(assignment) for assignment in rows],
        "states": [(reverse("counselor:assignments", query={"state": other.value}), other.label, other == state) for other in State],
        "state": state,
        "page": page,
    }
    return render(request, "counselor/assignments/assignments.html", context)


# --- Assigning: one page. The address preselects; *Show* draws the first nights anew; what is doubtful is asked before it is assigned.

MANY_CLIENTS = 12  # above it the list can be searched


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(AssignForm, RecipientForm)
@counselor_required
def assignment_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Idempotent: an id that is generated with the page identifies what it assigns."""
    counselor, now = request.user, timezone.now()
    connections = list(labels.with_label(Connection.objects.of_counselor(counselor).active()).select_related("parent", "label"))
    if not connections:
        return render(request, "counselor/assignments/empty.html", status=422 if request.method == "POST" else 200)
    form = AssignForm(
        request.POST if request.method == "POST" else _preselected(request, connections),
        offers=assigning.offers(counselor),
        connections=connections,
        groups=list(ClientGroup.objects.of_counselor(counselor)),
        counselor=counselor,
        now=now,
    )
    is_valid = form.is_valid()
    notes = [RecipientForm(request.POST, connection=connection) for connection in form.with_notes()]
    if request.method != "POST" or "show" in request.POST:
        form.errors.clear()  # nothing is missing yet
        return _assign_page(request, form, notes)
    if not all([is_valid, *(note.is_valid() for note in notes)]):
        return _assign_page(request, form, notes, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    doubts = _doubts(request, form)
    if {doubt.key for doubt in doubts} - set(request.POST.get("sure", "").split()):
        return _assign_page(request, form, notes, doubts=doubts)
    return _assign(request, form, notes)


def _preselected(request: AuthenticatedHttpRequest, connections: Sequence[Connection]) -> QueryDict:
    """The fields as the address fills them in. What is not on offer is ignored; a counselor's only client is chosen."""
    library, path, own = request.GET.get("library"), request.GET.get("path"), parse_id(request.GET.get("set"))
    shared = parse_id(request.GET.get("colleague"))
    ready_made = f"library:{library}" if library else f"path:{path}" if path else colleagues_source(shared) if shared else ""
    ids = [str(pk) for text in request.GET.getlist("client") if (pk := parse_id(text))]
    fields = QueryDict(mutable=True)
    fields.update({name: str(AssignForm.base_fields[name].initial) for name in ("start", "cadence", "every", "end")})
    fields.update({"id": str(new_id()), "set": str(own) if own else ready_made})
    fields.setlist("groups", [str(pk) for text in request.GET.getlist("group") if (pk := parse_id(text))])
    fields.setlist("clients", ids or ([str(connections[0].pk)] if len(connections) == 1 else []))
    return fields


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is asked before it is assigned. `key` says in the answer that this was asked."""

    key: str
    text: str


def _doubts(request: AuthenticatedHttpRequest, form: AssignForm) -> list[Doubt]:
    """Whether somebody has it already, and whether another client was meant."""
    chosen, offer = {connection.pk: connection for connection in form.chosen()}, _offer_of(form)
    before = assigning.already_assigned(request.user, offer.assignments, chosen, form.cleaned_data["id"])
    doubts = [
        Doubt(
            f"again:{pk.hex}:{offer.reference}",
            format_html(
                _("You already assigned this set to {client} on {day}."),
                client=isolated(labels.name_of(chosen[pk])),
                day=dates.day_of(when),
            ),
        )
        for pk, when in before.items()
    ]
    every = {connection.pk: connection for connection in form.offered_connections.values()}
    for pk, group in labels.alike({pk: one.parent_name for pk, one in every.items()}, chosen).items():
        others = listed([labels.name_of(every[other]) for other in group if other != pk])
        words = {"client": isolated(labels.name_of(chosen[pk])), "since": dates.day_of(chosen[pk].began_at), "others": others}
        doubts.append(Doubt(f"alike:{pk.hex}", format_html(_("You chose {client}, your client since {since}, not {others}."), **words)))
    return doubts


def _offer_of(form: AssignForm) -> Offer:
    if form.offer is None:
        raise Http404
    return form.offer


def _assign_page(
    request: AuthenticatedHttpRequest,
    form: AssignForm,
    notes: list[RecipientForm],
    *,
    doubts: Sequence[Doubt] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    counselor, chosen = request.user, form.chosen()
    first = chosen[0] if chosen else None
    tonight = form.tonight_of(first) if first else form.today
    content = form.offer.content if form.offer else None
    start = form.start_for(tonight) if form.planned else None
    runs = running(counselor, [connection.pk for connection in chosen], form.now)
    context = {
        "form": form,
        "notes": notes,
        "doubts": doubts,
        "sure": " ".join(doubt.key for doubt in doubts),
        "next": next_address(request),
        "has_many": len(form.offered_connections) > MANY_CLIENTS,
        "content": content,
        "marks": marks_of(content) if content else None,
        "preview": assigning.preview(content, form.planned, start or tonight, first, tonight) if content and form.planned else None,
        "is_begun_by_client": start is None,
        "first": labels.name_of(first) if first else "",
        "first_pk": first.pk if first else "",
        "more_clients": len(chosen) - 1,
        "without_session": form.cleaned_data.get("end") == WITH_SESSION and not all(one.next_session_on for one in chosen),
        "running": [(labels.name_of(connection), runs.get(connection.pk, [])) for connection in chosen],
    }
    return render(request, "counselor/assignments/new.html", context, status=status)


def _assign(request: AuthenticatedHttpRequest, form: AssignForm, notes: Sequence[RecipientForm]) -> HttpResponse:
    counselor, batch = request.user, form.cleaned_data["id"]
    recipients = form.recipients({note.connection.pk: note.cleaned_data["own_note"].strip() for note in notes})
    prompt_set = _offer_of(form).to_assign(counselor, form.now)
    count = len(assigning.assign(counselor, prompt_set, form.plan(), recipients, batch=batch, now=form.now))
    if count:
        message = ngettext("Assigned to %(number)s client.", "Assigned to %(number)s clients.", count) % {"number": count}
        messages.success(request, message, extra_tags=reverse("counselor:assignments_undo", args=[batch]))
    else:
        messages.info(request, _("You’d already assigned this. Nothing was assigned twice."))
    return redirect(next_address(request) or reverse("counselor:assignments"))


@require_http_methods(["POST"])
@counselor_required
def assignments_undo(request: AuthenticatedHttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Take back what was just assigned. Sent twice, or too late, it takes back nothing."""
    if assigning.undo(request.user, batch, timezone.now()):
        messages.success(request, _("Taken back. No one has it anymore."))
    return redirect(next_address(request) or reverse("counselor:assignments"))


# --- One assignment.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(ChangeForm)
@counselor_required
def assignment(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    counselor, now = request.user, timezone.now()
    own = with_progress(Assignment.objects.of_counselor(counselor), now, counselor.tonight(now))
    row = get_object_or_404(own.select_related("connection__label", "connection__parent", "set"), pk=pk)
    is_change = request.method == "POST" and request.POST.get("act") == "change"
    form = ChangeForm(request.POST if is_change else None, row=row, today=counselor.tonight(now))
    if is_change and form.is_valid():
        changes = form.changes(row.connection.parent.tonight(now))
        try:
            is_changed = assigning.change(counselor, pk, changes, based_on=form.last_change, now=now)
        except assigning.Conflict:
            return _one(request, row, form.on_latest(), now, HTTPStatus.CONFLICT)
        if is_changed:
            messages.success(request, _("Changed. We’ll tell your client."))
        return redirect("counselor:assignment", pk=pk)
    if request.method == "POST" and not is_change:
        return _act(request, row, now)
    return _one(request, row, form, now, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)


def _one(request: AuthenticatedHttpRequest, row: Assignment, form: ChangeForm, now: dt.datetime, status: HTTPStatus) -> HttpResponse:
    context = {
        "row": row,
        "client": labels.name_of(row.connection),
        "content": row.content,
        "state": state_of(row),
        "rhythm": describe_rhythm(row),
        "progress": describe_progress(row),
        "assigned_on": dates.day_of(row.assigned_at),
        "steps": steps_of(row, now),
        "has_new_version": assigning.has_new_version(row),
        "can_be_reopened": assigning.can_be_reopened(row, now),
        "form": form,
        "is_conflict": status == HTTPStatus.CONFLICT,
        "is_open": bool(form.errors) or status == HTTPStatus.CONFLICT,
    }
    return render(request, "counselor/assignments/assignment.html", context, status=status)


def _act(request: AuthenticatedHttpRequest, row: Assignment, now: dt.datetime) -> HttpResponse:
    """Apply one of the page's buttons. An assignment that has ended does not change, whatever an older page sends."""
    counselor, act = request.user, request.POST.get("act")
    match act:
        case "pause":
            assigning.pause(counselor, row.pk)
            message = _("Paused. They won’t get questions from it until you resume it.")
        case "resume":
            assigning.resume(counselor, row.pk)
            message = _("Resumed. The question that was waiting comes next.")
        case "end":
            assigning.end(counselor, row.pk, now)
            message = _("Ended. Their answers stay in their journal.")
        case "reopen":
            assigning.reopen(counselor, row.pk, now)
            message = _("Undone. It goes on as before.")
        case "new_version":
            assigning.assign_new_version(counselor, row.pk, now)
            message = _("They now have the latest version.")
        case _:
            raise Http404
    if (row.ended_at is None) == (act != "reopen"):
        messages.success(request, message)
    return redirect("counselor:assignment", pk=row.pk)
