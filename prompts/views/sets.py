"""A counselor's prompt sets: all of them, a new one, and what else becomes of one. Putting one together: building.py."""

import uuid
from dataclasses import dataclass
from itertools import count

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User, Workspace, new_id
from accounts.views import counselors_only, person
from prompts import questions, set_files, sets
from prompts.models import Assignment, PromptSet, SetWords
from prompts.set_files import NotASet
from prompts.set_forms import ImportForm, NewSetForm
from prompts.shelf import paths
from prompts.views.building import build as build

LINES = range(9)  # ruled, below each question of a worksheet


@dataclass(frozen=True, slots=True)
class Listed:
    """A set as the list has it."""

    row: PromptSet
    changed: str
    running: int  # assignments

    @property
    def steps(self) -> int:
        words: SetWords = self.row.words
        return len(words.steps)


@require_safe
@counselors_only
def all_sets(request: HttpRequest) -> HttpResponse:
    counselor = person(request)
    given = Assignment.objects.of_counselor(counselor).running().order_by().values_list("set").annotate(running=Count("pk"))
    running = dict(given)
    shown = [Listed(row, _day(row), running.get(row.pk, 0)) for row in PromptSet.objects.by(counselor)]
    removed = questions.as_id(request.GET.get("removed"))
    if removed and not PromptSet.objects.filter(author=counselor, pk=removed).exclude(removed_at=None).exists():
        removed = None
    return render(request, "prompts/sets.html", {"sets": shown, "removed": removed, "copy_id": new_id()})


def _day(row: PromptSet) -> str:
    return date_format(timezone.localtime(row.changed_at), _("j F Y"), use_l10n=False)


def _mine(counselor: User, pk: uuid.UUID) -> PromptSet:
    return get_object_or_404(PromptSet.objects.by(counselor), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def new(request: HttpRequest) -> HttpResponse:
    form = NewSetForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        words = SetWords(name=form.cleaned_data["name"])
        made = sets.create(person(request), form.cleaned_data["id"] or new_id(), words, timezone.now())
        messages.success(request, _("The set is there. Now add its questions."))
        return redirect("prompts:set", made.pk)
    return render(request, "prompts/set_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def copy(request: HttpRequest) -> HttpResponse:
    """What can be copied; or, sent, a copy of a path or of one of the counselor's sets."""
    counselor = person(request)
    if request.method != "POST":
        ways = paths.read(questions.reading_language()).values()
        return render(request, "prompts/set_copy.html", {"paths": ways, "sets": PromptSet.objects.by(counselor), "copy_id": new_id()})
    pk = questions.as_id(request.POST.get("id")) or new_id()
    source, now = questions.as_id(request.POST.get("set")), timezone.now()
    if source is not None:
        made = sets.copy_set(counselor, pk, source, now)
    else:
        made = sets.copy_path(counselor, pk, request.POST.get("path", ""), now)
    if made is None:
        raise Http404
    messages.success(request, _("The copy is there. Change it as you like; what it was copied from stays as it is."))
    return redirect("prompts:set", made.pk)


@require_http_methods(["POST"])
@counselors_only
def remove(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Off the list, or back on it. What was given from a set stays either way."""
    counselor = person(request)
    if request.POST.get("action") == "restore":
        if not sets.restore(counselor, pk):
            raise Http404
        messages.success(request, _("The set is back."))
        return redirect("prompts:sets")
    if not sets.remove(counselor, pk, timezone.now()):
        raise Http404
    return redirect(f"{reverse('prompts:sets')}?removed={pk}")


@require_safe
@counselors_only
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The introduction, or the step that the address numbers, exactly as a client meets it."""
    counselor = person(request)
    words: SetWords = _mine(counselor, pk).words
    steps = [(step, asks) for step in sets.steps_of(words) if (asks := step.asks())]
    asked = request.GET.get("step", "")
    number = min(int(asked), len(steps)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    context = {
        "pk": pk,
        "words": words,
        "counselor_name": Workspace.objects.get(counselor=counselor).name,
        "number": number,
        "of": len(steps),
        "before": number - 1 if number else None,
        "after": number + 1 if number < len(steps) else None,
    }
    if number:
        context["step"], context["question"] = steps[number - 1]
    return render(request, "prompts/set_preview.html", context)


@require_safe
@counselors_only
def worksheet(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    words: SetWords = _mine(person(request), pk).words
    asked = [(step, asks) for step in sets.steps_of(words) if (asks := step.asks())]
    numbered = list(zip(count(1), asked, strict=False))
    return render(request, "prompts/set_worksheet.html", {"pk": pk, "words": words, "steps": numbered, "lines": LINES})


FORMS = {"toml": (set_files.to_toml, "application/toml"), "csv": (set_files.to_csv, "text/csv")}


@require_safe
@counselors_only
def export(request: HttpRequest, pk: uuid.UUID, form: str) -> HttpResponse:
    """The set as a file, whose name says nothing of what it holds."""
    if form not in FORMS:
        raise Http404
    write, kind = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="prompt-set.{form}"', "Cache-Control": "no-store"}
    return HttpResponse(write(_mine(person(request), pk).words), content_type=f"{kind}; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@counselors_only
def take_in(request: HttpRequest) -> HttpResponse:
    """A set from a file. Nothing is made unless every line of it is right; else the page says what is wrong in which line."""
    sent = request.method == "POST"
    form = ImportForm(request.POST if sent else None, request.FILES if sent else None, initial={"id": new_id()})
    faults = None
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        known = {question.slug for question in questions.library()}
        try:
            found = set_files.read(file.read(), file.name, known)
        except NotASet as not_a_set:
            faults = not_a_set
        else:
            pk = form.cleaned_data["id"] or new_id()
            name = found.name or form.cleaned_data["name"] or _("A set from a file")
            words = sets.words_of(name, found.introduction, sets.keyed(pk, found.steps))
            made = sets.create(person(request), pk, words, timezone.now())
            messages.success(request, _("The set is taken in. Look it through before you give it to anybody."))
            return redirect("prompts:set", made.pk)
    return render(request, "prompts/set_import.html", {"form": form, "faults": faults}, status=422 if form.errors or faults else 200)
