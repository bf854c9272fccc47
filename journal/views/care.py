"""Who supports me: a parent's counselors, what they gave, and ending a tie from either side."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import keyring, news, ties
from accounts.care_forms import TermsForm
from accounts.models import Tie, User, Workspace
from accounts.views import person
from journal import evening, words
from journal.models import Entry
from prompts import assigned, cadence, questions
from prompts.models import AssignedStep, Assignment
from prompts.questions import Question


@dataclass(frozen=True, slots=True)
class GivenShown:
    """A set that a counselor gave, in a list. `state`: to-begin, running, paused, done or ended."""

    url: str
    name: str
    state: str
    done: int
    of: int
    shares: bool


def state_of(assignment: Assignment) -> str:
    if assignment.finished_at:
        return "done"
    if assignment.ended_at:
        return "ended"
    if assignment.paused:
        return "paused"
    return "running" if assignment.starts_on else "to-begin"


def _given(parent: User, tie: Tie | None = None) -> list[tuple[uuid.UUID, GivenShown]]:
    """What was given to this parent over ties that stand, the latest first, with each tie's id."""
    rows = Assignment.objects.of_parent(parent).annotate(of=Count("steps"), done=Count("steps", filter=Q(steps__answered_on__isnull=False)))
    found = list(rows.filter(tie=tie) if tie else rows)
    keyring.open_together({row.tie_id for row in found})
    return [
        (
            row.tie_id,
            GivenShown(reverse("journal:given", args=[row.pk]), row.said.name, state_of(row), row.done, row.of, row.shares),
        )
        for row in found
    ]


@require_safe
def care(request: HttpRequest) -> HttpResponse:
    """Everybody who supports this parent, and who did."""
    parent = person(request)
    mine = list(Tie.objects.of_parent(parent).order_by("-began_at"))
    given = _given(parent)
    context = {
        "ties": [
            (tie, words.evening(timezone.localdate(tie.began_at)), [row for of, row in given if of == tie.pk])
            for tie in mine
            if not tie.ended_at
        ],
        "past": [(tie, words.evening(timezone.localdate(tie.ended_at))) for tie in mine if tie.ended_at],
    }
    return render(request, "journal/care.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def tie(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One counselor: what they may see, what they gave."""
    parent = person(request)
    found = get_object_or_404(Tie.objects.of_parent(parent).alive(), pk=pk)
    form = TermsForm(
        request.POST if request.method == "POST" else None, initial={"parent_name": found.parent_name, "sees_answered": found.sees_answered}
    )
    if request.method == "POST" and form.is_valid():
        ties.agree(parent, pk, ties.Terms(**form.cleaned_data))
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("journal:care_tie", pk)
    context = {
        "tie": found,
        "form": form,
        "workspace": Workspace.objects.filter(counselor=found.counselor_id).first(),
        "since": words.evening(timezone.localdate(found.began_at)),
        "given": [row for _tie, row in _given(parent, found)],
    }
    return render(request, "journal/care_tie.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """End a tie, from the side of whoever asks. Sent twice it is ended once."""
    mine = person(request)
    found = get_object_or_404(Tie.objects.filter(Q(parent=mine) | Q(counselor=mine)), pk=pk)
    is_parent = found.parent_id == mine.pk
    back = "journal:care" if is_parent else "journal:clients"
    if found.ended_at is not None and request.method != "POST":
        return redirect(back)
    if request.method == "POST":
        ties.end(mine, pk, timezone.now())
        messages.success(
            request,
            _("Ended. Everything you shared is taken back; what you wrote stays yours.")
            if is_parent
            else _("Ended. What was shared with you is taken back, and what you gave has stopped."),
        )
        return redirect(back)
    return render(request, "journal/care_end.html", {"tie": found, "is_parent": is_parent})


@require_http_methods(["POST"])
def seen(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The side that did not end a tie has read that it ended."""
    mine = person(request)
    found = get_object_or_404(Tie.objects.filter(Q(parent=mine) | Q(counselor=mine)), pk=pk)
    ties.see_end(mine, pk)
    news.forget(mine)
    return redirect("journal:tonight" if found.parent_id == mine.pk else "journal:clients")


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as its parent has it. `state`: answered, waiting (it can be written to now) or to-come."""

    number: int
    state: str
    question: Question | None = None
    note: str = ""
    when: str = ""
    url: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def given(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a counselor gave: begun, looked through, and whether its answers are shared as they are finished."""
    parent = person(request)
    found = get_object_or_404(Assignment.objects.of_parent(parent).select_related("tie"), pk=pk)
    tonight = parent.tonight(timezone.now())
    if request.method == "POST":
        return _act(request, parent, found, tonight)
    return render(request, "journal/given.html", _context(parent, found, tonight))


def _context(parent: User, found: Assignment, tonight: dt.date, problem: str = "") -> dict[str, object]:
    steps = list(AssignedStep.objects.filter(assignment=found))
    pages = dict(Entry.objects.by(parent).kept().filter(assigned__in=steps).order_by("-night", "-pk").values_list("assigned_id", "pk"))
    answered = [step.answered_on for step in steps]
    rhythm = assigned.rhythm_of(found)
    state = state_of(found)
    waiting = cadence.open_steps(rhythm, answered, tonight) if state == "running" else ()
    due = cadence.next_night(rhythm, answered) if state == "running" else None
    return {
        "assignment": found,
        "words": found.said,
        "state": state,
        "steps": [_shown(place, step, place in waiting, pages.get(step.pk)) for place, step in enumerate(steps)],
        "next": words.evening(due) if due and due > tonight else "",
        "until": words.evening(found.ends_on) if found.ends_on else "",
        "problem": problem,
    }


def _shown(place: int, step: AssignedStep, is_waiting: bool, page: uuid.UUID | None) -> StepShown:
    if step.answered_on:
        question = questions.given(step)
        url = reverse("journal:entry", args=[page]) if page else ""
        return StepShown(place + 1, "answered", question, step.said.note, words.short_evening(step.answered_on), url)
    if not is_waiting:
        return StepShown(place + 1, "to-come")
    question = questions.given(step)
    return StepShown(place + 1, "waiting", question, step.said.note, url=reverse("journal:new", query={"prompt": question.slug}))


def _act(request: HttpRequest, parent: User, found: Assignment, tonight: dt.date) -> HttpResponse:
    match request.POST.get("action", ""):
        case "begin":
            assigned.begin(parent, found.pk, tonight)
            evening.ask_anew(parent, tonight)
            page = evening.load(parent, tonight)
            is_there = page.given is not None and page.given.assignment.pk == found.pk
            messages.success(
                request,
                _("Begun. The first question is on tonight’s page.")
                if is_there
                else _("Begun. The first question comes on one of the next nights."),
            )
        case "share":
            if found.tie.told_at is None:
                if "understood" not in request.POST:
                    problem = _("Tick the box once you have read the lines above it. Nothing is shared.")
                    return render(request, "journal/given.html", _context(parent, found, tonight, problem), status=422)
                ties.tell_before_sharing(parent, found.tie_id, timezone.now())
            assigned.share_as_finished(parent, found.pk, shares=True)
            messages.success(
                request, _("From now on, each answer to this set is shared when you press Done. The page says so while you write.")
            )
        case "keep":
            assigned.share_as_finished(parent, found.pk, shares=False)
            messages.success(
                request,
                _("From now on nothing of this set is shared by itself. What you shared before stays shared until you take it back."),
            )
        case _:
            raise Http404
    news.forget(parent)
    return redirect("journal:given", found.pk)
