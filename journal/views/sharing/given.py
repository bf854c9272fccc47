"""What counselors assigned to a parent: looking through it, beginning it, and whether its answers are shared automatically."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import connections, notifications
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from common.http import next_address
from common.rendering.failures import Failure
from journal.models import Entry
from journal.nights import night_pages, records
from journal.nights.precedence import Claim, Precedence
from journal.views.sharing import announcements, given_list
from prompts import cadence, copies, questions, received
from prompts.models import AssignedStep, Assignment
from prompts.questions import Question

# --- One assignment.


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as the parent sees it. `state`: answered, waiting (it can be answered now), left (it was never answered) or to-come."""

    number: int
    state: str
    question: Question | None = None
    note: str = ""
    when: str = ""
    url: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def given(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    parent = request.user
    every = Assignment.objects.ever_of_parent(parent).select_related("connection", "kept")
    assignment = get_object_or_404(every, pk=pk)
    if assignment.connection.ended_at and (request.method == "POST" or not hasattr(assignment, "kept")):
        raise Http404
    tonight = parent.tonight(timezone.now())
    if request.method == "POST":
        return _act(request, parent, assignment, tonight)
    return render(request, "journal/given/given.html", _context(parent, assignment, tonight))


def _context(parent: User, assignment: Assignment, tonight: dt.date, problem: str = "") -> dict[str, object]:
    steps = _steps(assignment)
    answers = Entry.objects.by(parent).not_deleted().filter(assigned__in=steps).order_by("-night", "-pk")
    entries = dict(answers.values_list("assigned_id", "pk"))
    answered = [step.answered_on for step in steps]
    rhythm = received.rhythm_of(assignment)
    state, is_over = given_list.state_of(assignment), assignment.connection.ended_at is not None
    waiting = cadence.open_steps(rhythm, answered, tonight) if state == "running" else ()
    due = cadence.next_night(rhythm, answered) if state == "running" else None
    before = _before(parent, assignment, tonight) if waiting else ()  # first: it fetches the keys of all due sets at once
    return {
        "assignment": assignment,
        "content": copies.content_of(assignment),
        "is_over": is_over,
        "state": state,
        "all_finished": all(step.done_at for step in steps),
        "steps": [
            _step(index, step, is_waiting=index in waiting, is_left=is_over, entry=entries.get(step.pk)) for index, step in enumerate(steps)
        ],
        "rhythm": announcements.rhythm(assignment),
        "until": announcements.until(assignment),
        "next": dates.evening(due) if due and due > tonight else "",
        "before": before,
        "problem": problem,
        "problems": [Failure(problem, "understood")] if problem else [],
    }


def _steps(assignment: Assignment) -> list[AssignedStep]:
    """Its steps; of a set that was ended, and after the end of the connection, those that had come."""
    steps, kept = list(AssignedStep.objects.filter(assignment=assignment)), copies.steps_of(assignment)
    for step in steps:
        if step.pk in kept:
            step.sealed_content = kept[step.pk]
    return [step for step in steps if step.answered_on or step.pk in kept or not assignment.ended_at]


def _before(parent: User, assignment: Assignment, tonight: dt.date) -> tuple[Claim, ...]:
    """What comes before this assignment tonight, unless tonight's page asks it anyway, or is closed."""
    row, entry = records.on_night(parent, tonight)
    if row is not None and row.closed:
        return ()
    precedence = Precedence(parent, tonight, entry.assigned_id if entry else None)
    is_asked = row is not None and any(
        step.step.pk == row.assigned_id and step.assignment.pk == assignment.pk for step in precedence.received
    )
    return () if is_asked else precedence.before_set(assignment.pk)


def _step(index: int, step: AssignedStep, *, is_waiting: bool, is_left: bool, entry: uuid.UUID | None) -> StepRow:
    if step.answered_on:
        url = reverse("journal:entry", args=[entry]) if entry else ""
        return StepRow(index + 1, "answered", questions.of_step(step), step.content.note, dates.short_evening(step.answered_on), url)
    if is_left:
        return StepRow(index + 1, "left", questions.of_step(step), step.content.note)
    if not is_waiting:
        return StepRow(index + 1, "to-come")
    question = questions.of_step(step)
    url = reverse("journal:entry_new", query={"prompt": question.slug})
    return StepRow(index + 1, "waiting", question, step.content.note, url=url)


def _act(request: AuthenticatedHttpRequest, parent: User, assignment: Assignment, tonight: dt.date) -> HttpResponse:
    match request.POST.get("action", ""):
        case "begin":
            with transaction.atomic():  # together, or not at all: what is sent again then begins it
                if received.begin(parent, assignment.pk, tonight):
                    night_pages.reset_question(parent, tonight)
            messages.success(request, _begun(parent, assignment, tonight))
        case "acknowledge":
            received.acknowledge(parent, assignment.pk, _moment(request.POST.get("seen")), timezone.now())
        case "share":
            if assignment.connection.informed_at is None:
                if "understood" not in request.POST:
                    problem = _("Tick the box once you’ve read the lines above it. Nothing has been shared.")
                    context = _context(parent, assignment, tonight, problem)
                    return render(request, "journal/given/given.html", context, status=422)
                connections.mark_informed(parent, assignment.connection_id, timezone.now())
            received.share_when_done(parent, assignment.pk, shares=True)
            messages.success(
                request, _("From now on, each answer to this set is shared when you press Done. The page says so while you write.")
            )
        case "keep":
            received.share_when_done(parent, assignment.pk, shares=False)
            messages.success(
                request,
                _("From now on nothing in this set is shared automatically. What you shared before stays shared until you take it back."),
            )
        case _:
            raise Http404
    notifications.clear(parent)
    return redirect(next_address(request) or reverse("journal:given", args=[assignment.pk]))


def _moment(seen: str | None) -> dt.datetime | None:
    """Of what `announcements.seen` made; Http404 for anything else."""
    try:
        return dt.datetime.fromisoformat(seen) if seen else None
    except ValueError:
        raise Http404 from None


def _begun(parent: User, assignment: Assignment, tonight: dt.date) -> str:
    """The message that says when the first question comes."""
    step = night_pages.load(parent, tonight).received
    if step is not None and step.assignment.pk == assignment.pk:
        return _("Started. The first question is on tonight’s page.")
    began = Assignment.objects.get(pk=assignment.pk)
    if cadence.open_steps(received.rhythm_of(began), list(began.steps.values_list("answered_on", flat=True)), tonight):
        return _("Started. Its first question is open now: you’ll find it under Support.")
    return _("Started. The first question comes on one of the next few nights.")
