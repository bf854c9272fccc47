"""What a counselor has given to clients, and giving."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Group, Tie, User
from accounts.views import counselors_only, person
from prompts import assigned, assigning, assignment_words, questions
from prompts.assign_forms import ChangeForm, GiveForm, RecipientForm, typed_for
from prompts.assigned import LEFT
from prompts.assigning import Plan, Recipient
from prompts.assignment_words import State
from prompts.models import AssignedStep, Assignment, PromptSet, StepWords
from prompts.questions import Question

PAGE = 50  # assignments on one page of the list


# --- All of them.


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
    # The name is the set's own, sealed with the counselor's key: a list opens no client's.
    return Row(
        url=reverse("prompts:assignment", args=[assignment.pk]),
        client=assignment.tie.parent_name,
        name=assignment.set.words.name if assignment.set else _("A set that is no longer there"),
        state=str(State(assignment.state).label),  # type: ignore[attr-defined]  # annotated
        rhythm=assignment_words.rhythm(assignment),
        progress=assignment_words.progress(assignment.done, assignment.total),  # type: ignore[attr-defined]  # annotated
    )


@require_safe
@counselors_only
def all_assignments(request: HttpRequest) -> HttpResponse:
    """What was given to clients whose tie stands, the latest first. A state that is not one filters nothing."""
    counselor = person(request)
    state = next((state for state in State if state == request.GET.get("state")), None)
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) == int(number)):
        raise Http404
    rows = Assignment.objects.of_counselor(counselor).select_related("tie", "set").defer("words")
    given = assignment_words.with_progress(rows, timezone.now(), counselor.tonight(timezone.now()), only=state)
    before = (int(number) - 1) * PAGE
    found = list(given[before : before + PAGE + 1])
    context = {
        "rows": [_row(assignment) for assignment in found[:PAGE]],
        "states": [(_list_url(other), other.label, other == state) for other in State],
        "everything": _list_url(None),
        "state": state,
        "newer": _list_url(state, int(number) - 1) if before else "",
        "older": _list_url(state, int(number) + 1) if len(found) > PAGE else "",
    }
    return render(request, "prompts/assignments.html", context)


def _list_url(state: State | None, page: int = 1) -> str:
    query = {**({"state": str(state.value)} if state else {}), **({"page": str(page)} if page > 1 else {})}
    return reverse("prompts:assignments", query=query or None)


# --- Giving: which set, to whom and how its steps come; then each client's own start and note.


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def assign(request: HttpRequest) -> HttpResponse:
    """Two pages on one address; the second carries what was chosen on the first. The id made with the first makes sending
    either twice safe."""
    counselor = person(request)
    today = counselor.tonight(timezone.now())
    sets = list(PromptSet.objects.by(counselor))
    ties = list(Tie.objects.of_counselor(counselor).alive())
    groups = list(Group.objects.of_counselor(counselor).prefetch_related(Prefetch("members", Tie.objects.of_counselor(counselor).alive())))
    if not sets or not ties:
        there = {"has_sets": bool(sets), "has_clients": bool(ties)}
        return render(request, "prompts/assign_empty.html", there, status=422 if request.method == "POST" else 200)
    if request.method != "POST":
        form = GiveForm(initial=_wished(request), sets=sets, ties=ties, groups=groups, today=today)
        return render(request, "prompts/assign.html", {"form": form})
    form = GiveForm(request.POST, sets=sets, ties=ties, groups=groups, today=today)
    if not form.is_valid() or "back" in request.POST:
        carried = {"form": form, "carried": _carried(request, ties)}
        return render(request, "prompts/assign.html", carried, status=422 if form.errors else 200)
    return _second_page(request, counselor, form, today)


def _wished(request: HttpRequest) -> dict[str, object]:
    """What the address chooses beforehand. What is not on offer chooses nothing."""
    return {"set": request.GET.get("set"), "clients": request.GET.getlist("client"), "groups": request.GET.getlist("group")}


def _carried(request: HttpRequest, ties: Sequence[Tie]) -> dict[str, str]:
    """What was typed on the second page already, for the way back to the first."""
    typed = {name: value for tie in ties for name, value in typed_for(request.POST, tie.pk).items()}
    return {**typed, **{name: request.POST[name] for name in ("common", "names") if name in request.POST}}


def _second_page(request: HttpRequest, counselor: User, form: GiveForm, today: dt.date) -> HttpResponse:
    start: dt.date | None = form.cleaned_data["starts_on"]
    plan, ties = form.plan(), form.recipients()
    gives = "give" in request.POST and all(typed_for(request.POST, tie.pk) for tie in ties)
    ones = [
        RecipientForm(request.POST, tie=tie, plan=plan, today=today)
        if gives
        else RecipientForm(initial=_prefilled(request, tie, start), tie=tie, plan=plan, today=today)
        for tie in ties
    ]
    if gives and all(one.is_valid() for one in ones):
        return _give(request, counselor, form, plan, ones)
    chosen: PromptSet = form.cleaned_data["set"]
    context = {
        "form": form,
        "ones": ones,
        "name": chosen.words.name,
        "rhythm": assignment_words.rhythm(Assignment(starts_on=start, **plan.columns())),
        "common": start.isoformat() if start else "",
    }
    return render(request, "prompts/assign_review.html", context, status=422 if gives else 200)


def _prefilled(request: HttpRequest, tie: Tie, start: dt.date | None) -> dict[str, object]:
    """The common start, and what was typed for this client before: a start that was the common one goes with that."""
    typed = typed_for(request.POST, tie.pk)
    own = typed.get(f"{tie.pk.hex}-starts_on")
    keeps_own = own is not None and own != request.POST.get("common")
    return {"starts_on": own if keeps_own else start, "note": typed.get(f"{tie.pk.hex}-note", "")}


def _give(request: HttpRequest, counselor: User, form: GiveForm, plan: Plan, ones: Sequence[RecipientForm]) -> HttpResponse:
    recipients = [Recipient(one.tie.pk, one.cleaned_data["starts_on"], one.cleaned_data["note"].strip()) for one in ones]
    batch: uuid.UUID = form.cleaned_data["id"]
    new = len(assigning.assign(counselor, form.cleaned_data["set"], plan, recipients, batch=batch, now=timezone.now()))
    if new:
        messages.success(request, ngettext("Given to %(number)s client.", "Given to %(number)s clients.", new) % {"number": new})
    else:
        messages.info(request, _("This was given already. Nothing was given twice."))
    return redirect("prompts:assignments")


# --- One of them.


@dataclass(frozen=True, slots=True)
class StepLine:
    question: Question
    note: str
    done: bool


def _steps(assignment: Assignment) -> list[StepLine]:
    """The steps, and which of them the client was done with where that is the counselor's to see; else it is not asked for."""
    rows = AssignedStep.objects.filter(assignment=assignment).defer("answered_on", "done_at")
    if assignment.tie.sees_answered:
        # One that left the set shows once the client is done with it, and no sooner: drafts are never seen.
        now = timezone.now()
        rows = rows.filter(assigned.counted(now))
        done = set(rows.filter(assigned.told(now)).values_list("pk", flat=True))
    else:
        rows, done = rows.filter(position__lt=LEFT), set()
    lines = []
    for row in rows:
        words: StepWords | None = row.words
        lines.append(StepLine(questions.given(row), words.note if words else "", row.pk in done))
    return lines


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def assignment(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    counselor = person(request)
    today = counselor.tonight(timezone.now())
    given = assignment_words.with_progress(Assignment.objects.of_counselor(counselor).select_related("tie", "set"), timezone.now(), today)
    row = get_object_or_404(given, pk=pk)
    changes = request.method == "POST" and request.POST.get("act") == "change"
    form = ChangeForm(request.POST if changes else None, row=row, today=today)
    if request.method == "POST" and (not changes or form.is_valid()):
        return _act(request, counselor, row, form)
    context = {
        "row": row,
        "words": row.words,
        "state": State(row.state),  # type: ignore[attr-defined]  # annotated
        "rhythm": assignment_words.rhythm(row),
        "progress": assignment_words.progress(row.done, row.total),  # type: ignore[attr-defined]  # annotated
        "given_on": assignment_words.day(timezone.localdate(row.assigned_at)),
        "steps": _steps(row),
        "has_new_version": assigning.has_new_version(row),
        "form": form,
    }
    return render(request, "prompts/assignment.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, counselor: User, row: Assignment, form: ChangeForm) -> HttpResponse:
    """One of the page's buttons. What has ended stays as it is, whatever an older page sends."""
    now = timezone.now()
    match request.POST.get("act"):
        case "pause":
            assigning.pause(counselor, row.pk)
            said = _("It is paused. Nothing of it is asked until you resume it.")
        case "resume":
            assigning.resume(counselor, row.pk)
            said = _("It goes on with the step that waits.")
        case "end":
            assigning.end(counselor, row.pk, now)
            said = _("It has ended. What was answered stays in their journal.")
        case "new_version":
            assigning.give_new_version(counselor, row.pk, now)
            said = _("They have the set as it is now.")
        case "change":
            assigning.change(counselor, row.pk, form.plan())
            said = _("It is changed, from the next step on.")
        case _:
            raise Http404
    if row.ended_at is None or request.POST.get("act") == "end":
        messages.success(request, said)
    return redirect("prompts:assignment", pk=row.pk)
