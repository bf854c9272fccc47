"""Paths: the list, walking one, and reading back its answers."""

import datetime as dt
import itertools
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from journal import content
from journal.models import Entry, Feeling
from journal.nights import night_pages, walks
from journal.nights.precedence import Claim, Precedence
from journal.nights.walks import PathStep, Written
from prompts import questions
from prompts.library import quiz
from prompts.library.paths import PartText, PathText
from prompts.models import Walk
from prompts.questions import Question

GRACE = "grace"  # the theme of parents to whom its opt-in path is offered


def _path(slug: str) -> PathText:
    path = walks.all_paths().get(slug)
    if path is None:
        raise Http404
    return path


def _state(walk: Walk | None, path: PathText, done: Collection[str]) -> str:
    """One of "", walking, paused and done. `done` are the prompts that were answered."""
    if walk is None:
        return ""
    if {*done, *walk.skipped}.issuperset(path.prompts):
        return "done"
    return "paused" if walk.paused else "walking"


# --- The list.


@dataclass(frozen=True, slots=True)
class PathRow:
    """A path in the list. `state`: see `_state`. `why`: the reason if *Where to start* recommended it, else ""."""

    path: PathText
    state: str
    why: str


@login_not_required
@require_safe
def paths(request: HttpRequest) -> HttpResponse:
    rows = _own_rows(request.user) if isinstance(request.user, User) else [PathRow(path, "", "") for path in walks.all_paths().values()]
    themes = request.user.preferences.themes if isinstance(request.user, User) else ()
    hidden = [row for row in rows if row.path.opt_in and not (row.state or row.why or GRACE in themes)]
    shown = [row for row in rows if row not in hidden]
    shown.sort(key=lambda row: (row.state != "walking", row.state != "paused", not row.why))
    context = {"shown": shown, "hidden": hidden, "has_recommended": any(row.why for row in shown)}
    return render(request, "journal/paths/paths.html", context)


def _own_rows(walker: User) -> list[PathRow]:
    own = walks.of_walker(walker)
    answered = walks.answered_by_path(walker, own.values())
    never = walks.never_asked(walker) if own else set()
    start, why = walker.preferences.start, quiz.read(questions.reading_language()).why
    return [
        PathRow(path, _state(own.get(slug), path, answered.get(slug, set()) | never), why[slug] if slug in start else "")
        for slug, path in walks.all_paths().items()
    ]


# --- One path.


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step on the path's page. `state`: done, tonight, skipped or to-come.

    Of a step that is done, `url` leads to what was written, `words` is how that begins or how it felt, and `when` its evening.
    """

    number: int
    question: Question
    state: str
    url: str = ""
    words: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class PartRows:
    """A part of the path, and those of its steps that one place of the page shows."""

    part: PartText
    steps: list[StepRow]


@login_not_required
@require_safe
def path(request: HttpRequest, slug: str) -> HttpResponse:
    """What is met of a path stands under its parts, with what was written; the questions to come are folded."""
    path = _path(slug)
    own = walks.of_walker(request.user) if isinstance(request.user, User) else {}
    walk = own.get(slug)
    done: dict[str, Written] = {}
    skipped: set[str] = set()
    tonight = None
    before: tuple[Claim, ...] = ()
    if walk is not None:
        night = walk.walker.tonight(timezone.now())
        precedence = Precedence(walk.walker, night)
        done, skipped = walks.written(walk, path), walks.excluded_prompts(walk, path, precedence.wishes.never)
        page = night_pages.load(walk.walker, night, precedence)
        tonight = page.step if page.step and page.step.path.slug == slug else None
        before = () if tonight or page.closed or _state(walk, path, {*done, *skipped}) != "walking" else precedence.before_path
    numbers = itertools.count(1)
    parts = [PartRows(part, [_step(next(numbers), step.prompt, done, skipped, tonight) for step in part.steps]) for part in path.parts]
    to_come = _in_state(parts, "to-come", "skipped")
    all_paths = walks.all_paths()
    context = {
        "path": path,
        "parts": _in_state(parts, "done", "tonight"),
        "to_come": [row for row in to_come if row.steps],
        "open_count": sum(step.state == "to-come" for row in to_come for step in row.steps),
        "skipped_count": sum(step.state == "skipped" for row in to_come for step in row.steps),
        "tender_count": sum(step.question.tender for row in to_come for step in row.steps),
        "state": _state(walk, path, {*done, *skipped}),
        "step": tonight,
        "before": before,
        "done": len(done),
        "instead": [all_paths[other] for other in path.instead],
        "other_path": _other_path(own, slug, all_paths),
    }
    return render(request, "journal/paths/path.html", context)


def _in_state(parts: list[PartRows], *states: str) -> list[PartRows]:
    return [PartRows(row.part, [step for step in row.steps if step.state in states]) for row in parts]


def _step(number: int, slug: str, done: dict[str, Written], skipped: set[str], tonight: PathStep | None) -> StepRow:
    question = questions.prompt(slug)
    if question is None:
        raise Http404  # the path is newer than the loaded library
    if written := done.get(slug):
        return _written_step(number, question, written)
    state = "tonight" if tonight is not None and tonight.slug == slug else "skipped" if slug in skipped else "to-come"
    return StepRow(number, question, state)


def _written_step(number: int, question: Question, written: Written) -> StepRow:
    summary, when = written.summary, dates.evening(written.night)
    words = summary.excerpt or (str(Feeling(summary.feeling).label) if summary.feeling else "")
    if written.deleted_at is not None:
        words = _("In Recently deleted.")
    return StepRow(number, question, "done", written.url, words, when)


def _other_path(own: dict[str, Walk], slug: str, all_paths: dict[str, PathText]) -> PathText | None:
    """Another path that is under way and would be paused by beginning this one."""
    walk = next((walk for walk in own.values() if not walk.paused and walk.path != slug), None)
    path = all_paths.get(walk.path) if walk else None
    return path if walk and path and not walks.is_finished(walk, path) else None


@require_http_methods(["POST"])
def path_walk(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """Begin, resume, pause or leave the path, begin it again, or skip a step. Idempotent."""
    path = _path(slug)
    walker = request.user
    tonight = walker.tonight(timezone.now())
    action, _separator, step = request.POST.get("action", "").partition(":")
    match action:
        case "begin":
            walks.begin(walker, slug, tonight)
        case "again":
            walks.begin_again(walker, slug, tonight)
        case "pause":
            walks.pause(walker, slug)
            messages.success(request, _("Paused. You can continue any time, right where you left off."))
        case "leave":
            walks.leave(walker, slug)
            messages.success(request, _("You’ve left the path. What you wrote on it stays in your journal."))
        case "skip" | "unskip":
            walks.skip(walker, slug, step, skipped=action == "skip")
    if action in {"begin", "again"}:
        messages.success(request, _begun(walker, tonight, path))
    else:
        night_pages.reset_question(walker, tonight, only_if=path.prompts)
    return redirect("journal:path", path.slug)


def _begun(walker: User, tonight: dt.date, path: PathText) -> str:
    """Put the path's step on tonight's page if nothing is written on it; returns the message that says when the path goes on."""
    if night_pages.reset_question(walker, tonight) and (step := walks.step_on(walker, tonight)) and step.path.slug == path.slug:
        if Precedence(walker, tonight).before_path:
            return _("Started. It comes after what your counselor sent you.")
        return _("Your path is on tonight’s page.")
    return _("You’ve already written on tonight’s page, so your path continues tomorrow night.")


# --- Its answers.


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """The question of a step as it was worded then, and what was written."""

    question: str
    when: str
    url: str
    html: SafeString


@require_safe
def path_answers(request: AuthenticatedHttpRequest, slug: str) -> HttpResponse:
    """What was written on a path, in the order of its steps."""
    path = _path(slug)
    walker = request.user
    walk = Walk.objects.by(walker).filter(path=slug).first()
    if walk is None:
        raise Http404
    walk.walker = walker
    done = walks.answered(walk, path)
    entries = Entry.objects.by(walker).not_deleted().in_bulk([answer.entry for answer in done.values()])
    written = [entries[done[step.prompt].entry] for step in path.steps if step.prompt in done and done[step.prompt].entry in entries]
    rows = [
        AnswerRow(entry.summary.question, dates.evening(entry.night), entry.get_absolute_url(), content.html(entry)) for entry in written
    ]
    return render(request, "journal/paths/answers.html", {"path": path, "answers": rows, "is_finished": walks.is_finished(walk, path)})
