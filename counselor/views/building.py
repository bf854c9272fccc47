"""What the page on which a set is built answers: as a page, or as JSON to a script that saves what is written."""

import uuid
from dataclasses import dataclass, replace
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Age
from common import dates
from common.http import wants_json
from common.ids import new_id
from counselor.forms.building import LOOKING, SetBuilder
from counselor.sets import NAME_LIMIT, Steps, steps_of
from prompts import search
from prompts.forms.library import BrowseForm
from prompts.models import Depth, PromptSet, SetContent, Theme
from prompts.questions import Question
from prompts.search import Found

MAX_MATCHES = 60  # questions of the library shown at once
FILTERS = ("q", "theme", "age", "depth")


def action_of(request: HttpRequest) -> str:
    """The action of the pressed button. The Enter key saves, or searches if the search field was changed."""
    action = request.POST.get("action", "save")
    if action == "enter":
        return LOOKING if request.POST.get("q", "") != request.POST.get("searched", "") else "save"
    return action


# --- The page.


@dataclass(frozen=True, slots=True)
class Match:
    """A question that was found, with what is to be known of it before it is asked, and why it was found."""

    question: Question
    found: Found
    depth: str
    ages: tuple[str, ...]
    hint: str  # what helps those who are stuck; "" where `found` shows it already, or there is none


def _match(question: Question, query: str) -> Match:
    found = search.found(question, query)
    ages = tuple(str(age.label) for age in Age if age in question.ages)
    hint = "" if found.stuck else next(iter(question.if_stuck), "")
    return Match(question, found, str(Depth(question.depth).label), ages, hint)


def _library(request: HttpRequest) -> dict[str, object]:
    themes = list(Theme.objects.all())
    form = BrowseForm(request.POST, themes=themes)
    is_searched = any(request.POST.get(name) for name in FILTERS)
    filters = form.filters()
    matches = search.find(filters, [theme.slug for theme in themes]) if is_searched else []
    return {
        "search": form,
        "searched": is_searched,
        "matches": [_match(question, filters.query) for question in matches[:MAX_MATCHES]],
        "count": len(matches),
        "has_more_matches": len(matches) > MAX_MATCHES,
    }


def _saved_line(row: PromptSet) -> str:
    if timezone.localdate(row.changed_at) == timezone.localdate():
        return _("Saved %(time)s") % {"time": dates.clock(row.changed_at)}
    return _("Saved on %(day)s") % {"day": dates.day_of(row.changed_at)}


def show(request: HttpRequest, row: PromptSet, builder: SetBuilder, *, status: int = HTTPStatus.OK, **context: object) -> HttpResponse:
    """The page. A script that looks for questions asks for that part of it alone."""
    if request.POST.get("part") == "library":
        return render(request, "counselor/sets/library.html", {"row": row, "builder": builder, **_library(request)})
    begins = "begin" in request.GET
    if begins:
        builder.form.fields["name"].widget.attrs |= {"autofocus": True, "data-select": True}
    context = {
        "row": row,
        "builder": builder,
        "begins": begins,
        "saved_line": _saved_line(row),
        **_library(request),
        **context,
    }
    return render(request, "counselor/sets/set.html", context, status=status)


def show_refused(request: HttpRequest, row: PromptSet, builder: SetBuilder) -> HttpResponse:
    """422: nothing is saved, and all that was typed is still there."""
    failures = builder.failures()
    if wants_json(request):
        message = ngettext(
            "Not saved yet: %(count)s thing needs another look.", "Not saved yet: %(count)s things need another look.", len(failures)
        )
        answer = {
            "state": "refused",
            "message": message % {"count": len(failures)},
            "errors": builder.errors(),
            "problems": builder.problems,
        }
        return JsonResponse(answer, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return show(request, row, builder, status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=True, unsaved=True, problems=failures)


def show_saved(request: HttpRequest, row: PromptSet, builder: SetBuilder, action: str) -> HttpResponse:
    saved = builder.saved(row)
    if wants_json(request):
        keys = {"own_key": saved.own_key, "prompt_key": saved.prompt_key}
        problems = saved.box_problems()
        rest = {"own": saved.box.rest, "errors": {"id_own": problems} if problems else {}}
        answer = {
            "state": "saved",
            "version": row.version,
            "message": _saved_line(row),
            "name": row.content.name,
            "added": saved.added_rows(row),
        }
        return JsonResponse(answer | keys | rest)
    verb, _colon, key = action.partition(":")
    problems = saved.box_problems()
    if problems or verb == "add" or any(step.is_out for step in saved.steps) or any(request.POST.get(name) for name in FILTERS):
        # Without a redirect: neither the search nor what was taken out is in an address.
        added = verb == "add" and bool(saved.added)
        return show(request, row, saved, added=added, saved_now=not added, problems=saved.failures() if problems else [])
    messages.success(request, _("The set is saved."))
    is_there = verb in {"up", "down", "back"} and any(step.key == key for step in saved.steps)
    return redirect(reverse("counselor:set_builder", args=[row.pk], fragment=f"step-{key}" if is_there else None))


# --- The set was changed elsewhere meanwhile.


@dataclass(frozen=True, slots=True)
class Line:
    """A step of the set as it is stored: its question and note, and whether this page has the same."""

    question: str
    note: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """The set as it was stored elsewhere, beside what this page holds."""

    content: SetContent
    lines: list[Line]
    missing: int  # steps that this page has and the other has not, or not like that
    changed_at: str
    copy_id: uuid.UUID


def _stored(row: PromptSet, here: SetContent) -> Stored:
    own: Steps = steps_of(here)
    there = steps_of(row.content)
    lines = [Line(question.text if (question := step.asks()) else step.prompt, step.note, step in own) for step in there]
    return Stored(row.content, lines, sum(step not in there for step in own), dates.moment(row.changed_at), new_id())


def show_conflict(request: HttpRequest, stored: PromptSet, builder: SetBuilder) -> HttpResponse:
    """409: the stored set beside what this page holds, for the counselor to choose. Sent again from there, it overwrites knowingly."""
    if wants_json(request):
        message = _("You changed this set somewhere else, so nothing is saved yet. Choose above which version to keep.")
        return JsonResponse({"state": "conflict", "message": message}, status=HTTPStatus.CONFLICT)
    builder.version = stored.version
    return show(request, stored, builder, status=HTTPStatus.CONFLICT, unsaved=True, stored=_stored(stored, builder.content()))


def copied(builder: SetBuilder) -> SetContent:
    """What the page holds, as another set."""
    content = builder.content()
    return replace(content, name=(_("Copy of %(name)s") % {"name": content.name})[:NAME_LIMIT].strip())


def not_found(request: HttpRequest) -> HttpResponse:
    """404: of another person, or removed meanwhile, which is what a script that saves is answered."""
    if request.method != "POST" or not wants_json(request):
        raise Http404
    message = _(
        "You removed this set somewhere else, so nothing is saved. Put it back in your list of sets, and this page will save again."
    )
    return JsonResponse({"state": "gone", "message": message}, status=HTTPStatus.NOT_FOUND)
