"""Paths: what they are, walking one, and its answers read back in a row."""

import datetime as dt
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

from accounts.models import User
from accounts.views import person
from journal import evening, pages, walking, words
from journal.models import Entry
from prompts import questions
from prompts.models import Mark, Walk
from prompts.questions import Question
from prompts.shelf import quiz
from prompts.shelf.paths import PartText, PathText

GRACE = "grace"  # the theme without which its path is not put before anybody


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as the path's page has it. `state`: done, tonight, skipped or to come."""

    number: int
    question: Question
    note: str
    state: str
    when: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PartShown:
    part: PartText
    steps: list[StepShown]


@dataclass(frozen=True, slots=True)
class PathShown:
    """A path in the list of all. `state`: "", walking, paused or done; `why` where "Where to start" recommended it."""

    path: PathText
    state: str
    done: int
    why: str


def _path(slug: str) -> PathText:
    path = walking.all_paths().get(slug)
    if path is None:
        raise Http404
    return path


@login_not_required
@require_safe
def all_paths(request: HttpRequest) -> HttpResponse:
    found = walking.all_paths()
    shown: list[PathShown] = []
    hidden: list[PathShown] = []
    if isinstance(request.user, User):
        choices = request.user.choices
        walks = {walk.path: walk for walk in Walk.objects.by(request.user)}
        written = walking.written_on_all(request.user, walks.values())
        never = set(Mark.objects.filter(parent=request.user, kind=Mark.Kind.NEVER).values_list("prompt_id", flat=True))
        why = quiz.read(questions.reading_language()).why
        for slug, path in found.items():
            walk = walks.get(slug)
            done = written.get(slug, set())
            row = PathShown(path, _state(walk, path, done | never), len(done), why[slug] if slug in choices.start else "")
            (hidden if path.opt_in and not (walk or row.why or GRACE in choices.themes) else shown).append(row)
    else:
        for path in found.values():
            (hidden if path.opt_in else shown).append(PathShown(path, "", 0, ""))
    shown.sort(key=lambda row: (row.state != "walking", row.state != "paused", not row.why))
    return render(request, "journal/paths.html", {"shown": shown, "hidden": hidden, "kept": any(row.why for row in shown)})


def _state(walk: Walk | None, path: PathText, done: Collection[str]) -> str:
    if walk is None:
        return ""
    if {*done, *walk.skipped}.issuperset(path.prompts):
        return "done"
    return "paused" if walk.paused else "walking"


@login_not_required
@require_safe
def path(request: HttpRequest, slug: str) -> HttpResponse:
    found = _path(slug)
    walk = Walk.objects.by(request.user).filter(path=slug).first() if isinstance(request.user, User) else None
    done: dict[str, walking.Written] = {}
    tonight = None
    if walk is not None and isinstance(request.user, User):
        walk.walker = request.user
        done = walking.written(walk, found)
        page = evening.load(request.user, request.user.tonight(timezone.now()))
        tonight = page.step if page.step and page.step.path.slug == slug else None
    skipped = walking.left_out(walk, found) if walk else set()
    numbered = iter(range(1, len(found.steps) + 1))
    parts = [
        PartShown(part, [_shown(next(numbered), step.prompt, step.note, done, skipped, tonight) for step in part.steps])
        for part in found.parts
    ]
    ways = walking.all_paths()
    context = {
        "path": found,
        "parts": parts,
        "state": _state(walk, found, {*done, *skipped}),
        "step": tonight,
        "done": len(done),
        "instead": [ways[other] for other in found.instead],
        "others_walk": _other_walk(request, slug, ways),
    }
    return render(request, "journal/path.html", context)


def _shown(
    number: int, slug: str, note: str, done: dict[str, walking.Written], skipped: set[str], tonight: walking.Step | None
) -> StepShown:
    question = questions.prompt(slug)
    if question is None:
        raise Http404  # the library was not loaded since this path came to it
    if slug in done:
        page = done[slug]
        return StepShown(number, question, note, "done", words.short_evening(page.night), page.url)
    if tonight is not None and tonight.slug == slug:
        return StepShown(number, question, note, "tonight")
    return StepShown(number, question, note, "skipped" if slug in skipped else "to-come")


def _other_walk(request: HttpRequest, slug: str, ways: dict[str, PathText]) -> PathText | None:
    """Another path that is under way, which beginning this one would pause."""
    if not isinstance(request.user, User):
        return None
    other = Walk.objects.by(request.user).under_way().exclude(path=slug).first()
    path = ways.get(other.path) if other else None
    if other is None or path is None:
        return None
    other.walker = request.user
    return None if walking.is_walked(other, path) else path


@require_http_methods(["POST"])
def walk(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin, pause, go on, begin again, leave, or leave a step out. Each act names an end: sent twice, it is done once."""
    found = _path(slug)
    walker = person(request)
    tonight = walker.tonight(timezone.now())
    action, _sep, step = request.POST.get("action", "").partition(":")
    match action:
        case "begin":
            walking.begin(walker, slug, tonight)
        case "again":
            walking.begin_again(walker, slug, tonight)
        case "pause":
            walking.pause(walker, slug)
            messages.success(request, _("Paused. The path waits where it is; going on loses nothing."))
        case "leave":
            walking.leave(walker, slug)
            messages.success(request, _("You have left the path. What you wrote on it stays in your journal."))
        case "skip" | "unskip":
            walking.skip(walker, slug, step, skipped=action == "skip")
    if action in {"begin", "again"}:
        messages.success(request, _said_of_tonight(walker, tonight, found))
    else:
        evening.ask_anew(walker, tonight, only_of=found.prompts)
    return redirect("journal:path", found.slug)


def _said_of_tonight(walker: User, tonight: dt.date, path: PathText) -> str:
    """Put the path's step on tonight's page where nothing is written on it yet, and say when the path goes on."""
    if evening.ask_anew(walker, tonight) and (step := walking.step_on(walker, tonight)) and step.path.slug == path.slug:
        return _("Your path is on tonight’s page.")
    return _("Tonight’s page is written on already, so your path goes on tomorrow night.")


@dataclass(frozen=True, slots=True)
class Answer:
    """One step's question as it was answered, and what was written."""

    question: str
    when: str
    url: str
    html: SafeString


@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was written on a path, in the order of its steps."""
    found = _path(slug)
    walker = person(request)
    walk = Walk.objects.by(walker).filter(path=slug).first()
    if walk is None:
        raise Http404
    walk.walker = walker
    done = walking.written(walk, found)
    entries = Entry.objects.by(walker).kept().in_bulk([page.entry for page in done.values()])
    written = [entries[done[step.prompt].entry] for step in found.steps if step.prompt in done and done[step.prompt].entry in entries]
    rows = [Answer(entry.glance.question, words.evening(entry.night), entry.get_absolute_url(), pages.html(entry)) for entry in written]
    return render(request, "journal/path_answers.html", {"path": found, "answers": rows, "whole": walking.is_walked(walk, found)})
