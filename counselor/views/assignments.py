"""A counselor's assignments: the list, assigning a set, and one assignment."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates
from common.kept_forms import keeps_form
from common.rendering.paging import page_of
from counselor import assigning
from counselor.assigning import Plan, Recipient
from counselor.assignments import State, describe_progress, describe_rhythm, in_state, state_of, with_progress
from counselor.forms.assignments import AssignForm, ChangeForm, RecipientForm, typed_for
from counselor.models import ClientGroup
from counselor.sets import marks_of
from prompts import questions, received
from prompts.models import AssignedStep, Assignment, PromptSet
from prompts.questions import Question
from prompts.received import REMOVED_POSITION

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
    # The present name of the set is sealed with the counselor's key; the assignment's own takes the key of each connection.
    return Row(
        url=reverse("counselor:assignment", args=[assignment.pk]),
        client=assignment.connection.parent_name,
        name=assignment.set.content.name if assignment.set else _("A set that is no longer there"),
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
    shown = own.filter(pk__in=list(page)).select_related("connection", "set").defer("sealed_content")
    rows = with_progress(shown, now, today).order_by(*LATEST_FIRST)
    context = {
        "rows": [_row(assignment) for assignment in rows],
        "states": [(reverse("counselor:assignments", query={"state": other.value}), other.label, other == state) for other in State],
        "state": state,
        "page": page,
    }
    return render(request, "counselor/assignments/assignments.html", context)


# --- Assigning: which set, to whom and how its steps come; then each client's own start and note.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(AssignForm, RecipientForm)
@counselor_required
def assignment_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Two pages at one address; the second one sends the fields of the first along.

    Idempotent: an id that is generated with the first page identifies the batch.
    """
    counselor = request.user
    today = counselor.tonight(timezone.now())
    sets = list(PromptSet.objects.by(counselor))
    connections = list(Connection.objects.of_counselor(counselor).active().only("parent_name"))
    groups = list(ClientGroup.objects.of_counselor(counselor))
    if not sets or not connections:
        missing = {"has_sets": bool(sets), "has_clients": bool(connections)}
        return render(request, "counselor/assignments/empty.html", missing, status=422 if request.method == "POST" else 200)
    if request.method != "POST":
        form = AssignForm(initial=_preselected(request), sets=sets, connections=connections, groups=groups, today=today)
        return render(request, "counselor/assignments/new.html", {"form": form})
    form = AssignForm(request.POST, sets=sets, connections=connections, groups=groups, today=today)
    if not form.is_valid() or "back" in request.POST:
        context = {"form": form, "carried": _carried(request, connections)}
        return render(request, "counselor/assignments/new.html", context, status=422 if form.errors else 200)
    return _second_page(request, form, today)


def _preselected(request: AuthenticatedHttpRequest) -> dict[str, object]:
    """What the address preselects. What is not on offer is ignored."""
    return {"set": request.GET.get("set"), "clients": request.GET.getlist("client"), "groups": request.GET.getlist("group")}


def _carried(request: AuthenticatedHttpRequest, connections: Sequence[Connection]) -> dict[str, str]:
    """What was typed on the second page, as hidden fields for going back to the first."""
    typed = {name: value for connection in connections for name, value in typed_for(request.POST, connection.pk).items()}
    return {**typed, **{name: request.POST[name] for name in ("common", "names") if name in request.POST}}


def _second_page(request: AuthenticatedHttpRequest, form: AssignForm, today: dt.date) -> HttpResponse:
    start: dt.date | None = form.cleaned_data["starts_on"]
    plan, connections = form.plan(), form.recipients()
    is_sent = "give" in request.POST and all(typed_for(request.POST, connection.pk) for connection in connections)
    recipient_forms = [
        RecipientForm(request.POST, connection=connection, plan=plan, today=today)
        if is_sent
        else RecipientForm(initial=_prefilled(request, connection, start), connection=connection, plan=plan, today=today)
        for connection in connections
    ]
    if is_sent and all(recipient_form.is_valid() for recipient_form in recipient_forms):
        return _assign(request, form, plan, recipient_forms)
    prompt_set: PromptSet = form.cleaned_data["set"]
    context = {
        "form": form,
        "recipient_forms": recipient_forms,
        "content": prompt_set.content,
        "marks": marks_of(prompt_set.content),
        "rhythm": describe_rhythm(Assignment(starts_on=start, **plan.columns())),
        "common": start.isoformat() if start else "",
    }
    return render(request, "counselor/assignments/review.html", context, status=422 if is_sent else 200)


def _prefilled(request: AuthenticatedHttpRequest, connection: Connection, start: dt.date | None) -> dict[str, object]:
    """The common start, unless the client already had another one of their own, and the note typed for them before."""
    typed = typed_for(request.POST, connection.pk)
    own_start = typed.get(f"{connection.pk.hex}-starts_on")
    keeps_own = own_start is not None and own_start != request.POST.get("common")
    return {"starts_on": own_start if keeps_own else start, "note": typed.get(f"{connection.pk.hex}-note", "")}


def _assign(request: AuthenticatedHttpRequest, form: AssignForm, plan: Plan, recipient_forms: Sequence[RecipientForm]) -> HttpResponse:
    recipients = [Recipient(row.connection.pk, row.cleaned_data["starts_on"], row.cleaned_data["note"].strip()) for row in recipient_forms]
    batch: uuid.UUID = form.cleaned_data["id"]
    count = len(assigning.assign(request.user, form.cleaned_data["set"], plan, recipients, batch=batch, now=timezone.now()))
    if count:
        messages.success(request, ngettext("Given to %(number)s client.", "Given to %(number)s clients.", count) % {"number": count})
    else:
        messages.info(request, _("This was given already. Nothing was given twice."))
    return redirect("counselor:assignments")


# --- One assignment.


@dataclass(frozen=True, slots=True)
class StepRow:
    question: Question
    note: str
    done: bool


def _steps(assignment: Assignment) -> list[StepRow]:
    """The steps, and which of them the client is done with; that is queried only where the counselor may see it."""
    rows = AssignedStep.objects.filter(assignment=assignment).defer("answered_on", "begun_at", "done_at")
    done: set[uuid.UUID] = set()
    if assignment.connection.sees_answered:
        # A step that was removed from the set is shown only once the client is done with it: drafts are never visible.
        over = received.over(timezone.now())
        rows = rows.filter(received.is_counted(over))
        done = set(rows.filter(received.is_answered(over)).values_list("pk", flat=True))
    else:
        rows = rows.filter(position__lt=REMOVED_POSITION)
    return [StepRow(questions.of_step(row), row.content.note, row.pk in done) for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(ChangeForm)
@counselor_required
def assignment(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    counselor, now = request.user, timezone.now()
    today = counselor.tonight(now)
    own = with_progress(Assignment.objects.of_counselor(counselor).select_related("connection", "set"), now, today)
    row = get_object_or_404(own, pk=pk)
    is_change = request.method == "POST" and request.POST.get("act") == "change"
    form = ChangeForm(request.POST if is_change else None, row=row, today=today)
    if request.method == "POST" and (not is_change or form.is_valid()):
        return _act(request, counselor, row, form)
    context = {
        "row": row,
        "content": row.content,
        "state": state_of(row),
        "rhythm": describe_rhythm(row),
        "progress": describe_progress(row),
        "given_on": dates.day_of(row.assigned_at),
        "steps": _steps(row),
        "has_new_version": assigning.has_new_version(row),
        "form": form,
    }
    return render(request, "counselor/assignments/assignment.html", context, status=422 if form.errors else 200)


def _act(request: AuthenticatedHttpRequest, counselor: User, row: Assignment, form: ChangeForm) -> HttpResponse:
    """Apply one of the page's buttons. An assignment that has ended does not change, whatever an older page sends."""
    now = timezone.now()
    match request.POST.get("act"):
        case "pause":
            assigning.pause(counselor, row.pk)
            message = _("It is paused. Nothing of it is asked until you resume it.")
        case "resume":
            assigning.resume(counselor, row.pk)
            message = _("It goes on with the step that waits.")
        case "end":
            assigning.end(counselor, row.pk, now)
            message = _("It has ended. What was answered stays in their journal.")
        case "new_version":
            assigning.assign_new_version(counselor, row.pk, now)
            message = _("They have the set as it is now.")
        case "change":
            assigning.change(counselor, row.pk, form.plan())
            message = _("It is changed, from the next step on.")
        case _:
            raise Http404
    if row.ended_at is None or request.POST.get("act") == "end":
        messages.success(request, message)
    return redirect("counselor:assignment", pk=row.pk)
