"""A counselor's prompt sets: the list, creating a set, the builder, and previewing, printing, exporting and removing one."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import count

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from common.ids import new_id, parse_id
from common.kept_forms import keeps_form
from common.numbers import parse_number
from common.rendering.addresses import address_of
from common.rendering.failures import Failure
from counselor import progress, ready_made
from counselor import sets as prompt_sets
from counselor.forms.sets import ImportForm, NewSetForm, SetBuilder, SetForm, StepForm
from counselor.models import Workspace
from counselor.set_files import csv_files, toml_files
from counselor.set_files.findings import InvalidSetFile
from counselor.set_files.reading import read
from prompts import questions, search
from prompts.forms.library import BrowseForm
from prompts.models import PromptSet, SetContent, Theme

FORMATS = {"toml": (toml_files.write, "application/toml"), "csv": (csv_files.write, "text/csv")}


def _own(counselor: User, pk: uuid.UUID) -> PromptSet:
    return get_object_or_404(PromptSet.objects.by(counselor).own(), pk=pk)


# --- The list.


@dataclass(frozen=True, slots=True)
class Row:
    """A set in the list. Whatever it says is text."""

    pk: str
    url: str
    preview_url: str
    remove_url: str
    name: str
    steps: str
    changed: str
    running: str


def _row(running: Mapping[uuid.UUID | None, int], pk: uuid.UUID, content: SetContent, changed_at: dt.datetime) -> Row:
    steps, clients = len(content.steps), running.get(pk, 0)
    answering = ngettext("%(counter)s client is answering it", "%(counter)s clients are answering it", clients) % {"counter": clients}
    return Row(
        pk=str(pk),
        url=address_of("counselor:set_builder", pk),
        preview_url=address_of("counselor:set_preview", pk),
        remove_url=address_of("counselor:set_remove", pk),
        name=content.name,
        steps=ngettext("%(counter)s question", "%(counter)s questions", steps) % {"counter": steps},
        changed=_("changed on %(when)s") % {"when": dates.day_of(changed_at)},
        running=answering if clients else _("nobody is answering it"),
    )


@require_safe
@counselor_required
def sets(request: AuthenticatedHttpRequest) -> HttpResponse:
    counselor = request.user
    counts = progress.unfinished(counselor, timezone.now()).order_by().values_list("set").annotate(running=Count("*"))
    running = dict(counts)
    own = PromptSet.objects.by(counselor).own().opened(partial(_row, running), "id", "content", "changed_at", owner=counselor.pk)
    rows = list(own)
    removed = parse_id(request.GET.get("removed"))
    if removed and not PromptSet.objects.filter(author=counselor, pk=removed).exclude(removed_at=None).exists():
        removed = None
    counted = {"library_sets": len(ready_made.sets()), "paths": len(ready_made.published_paths())}
    return render(request, "counselor/sets/sets.html", {"sets": rows, "removed": removed, "copy_id": new_id(), **counted})


# --- Creating a set: an empty one, a copy, or from a file.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(NewSetForm)
@counselor_required
def set_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = NewSetForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        content = SetContent(name=form.cleaned_data["name"])
        new = prompt_sets.create(request.user, form.cleaned_data["id"] or new_id(), content, timezone.now())
        messages.success(request, _("The set is there. Now add its questions."))
        return redirect("counselor:set_builder", new.pk)
    return render(request, "counselor/sets/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["POST"])
@counselor_required
def set_copy(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Copy one of the counselor's sets (`set`), or a set or path of the library (`ready_made`)."""
    counselor, now = request.user, timezone.now()
    pk = parse_id(request.POST.get("id")) or new_id()
    source = parse_id(request.POST.get("set"))
    if source is not None:
        new = prompt_sets.copy_set(counselor, pk, source, now)
    else:
        new = ready_made.copy_to_change(counselor, pk, request.POST.get("ready_made", ""), now)
    if new is None:
        raise Http404
    messages.success(request, _("The copy is there. Change it as you like; what it was copied from stays as it is."))
    return redirect("counselor:set_builder", new.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(ImportForm)
@counselor_required
def set_import(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A set from a file. Nothing is created where it has errors, which are listed by line."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial={"id": new_id()})
    invalid_file = None
    if is_sent and form.is_valid():
        try:
            new = _import(request.user, form)
        except InvalidSetFile as error:
            invalid_file = error
        else:
            messages.success(request, _("The set is imported. Look it through before you give it to anyone."))
            return redirect("counselor:set_builder", new.pk)
    problems = [Failure(_("Nothing imported"), "faults")] if invalid_file else []
    context = {"form": form, "invalid_file": invalid_file, "problems": problems}
    return render(request, "counselor/sets/import.html", context, status=422 if form.errors or invalid_file else 200)


def _import(counselor: User, form: ImportForm) -> PromptSet:
    data = form.cleaned_data
    known = {question.slug for question in questions.library()}
    file_set = read(data["file"].read(), data["file"].name, known)
    pk: uuid.UUID = data["id"] or new_id()
    name = file_set.name or data["name"] or _("A set from a file")
    steps = prompt_sets.with_keys(pk, file_set.steps)
    content = prompt_sets.content_of(name, file_set.introduction, steps, file_set.caution)
    return prompt_sets.create(counselor, pk, content, timezone.now())


# --- The builder. The page is one form: every button sends all that was typed.

MAX_MATCHES = 60  # questions of the library shown at once
SEARCH_FIELDS = ("q", "theme", "age", "depth")


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(SetForm, StepForm)
@counselor_required
def set_builder(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = _own(request.user, pk)
    if request.method != "POST":
        return _build(request, row, SetBuilder.of(row))
    action = _action(request)
    builder = SetBuilder.sent(request.POST, action)
    if action == "search":
        return _build(request, row, builder, is_unsaved=True)
    if not builder.is_valid():
        return _build(request, row, builder, is_unsaved=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = prompt_sets.save(request.user, pk, builder.content(), based_on=builder.version, now=timezone.now())
    except prompt_sets.Conflict as conflict:
        builder.version = conflict.stored.version  # sent again, it overwrites knowingly
        return _build(request, conflict.stored, builder, is_unsaved=True, status=HTTPStatus.CONFLICT)
    except PromptSet.DoesNotExist:
        raise Http404 from None
    verb, _colon, key = action.partition(":")
    if verb == "add":  # rendered without a redirect, since the search is in no address
        return _build(request, saved, SetBuilder.of(saved), is_added=key in builder.slugs)
    messages.success(request, _("The set is saved."))
    is_moved = verb in {"up", "down"} and any(step.key == key for step in builder.steps)
    return redirect(reverse("counselor:set_builder", args=[pk], fragment=f"step-{key}" if is_moved else None))


def _action(request: AuthenticatedHttpRequest) -> str:
    """The action of the pressed button. The Enter key saves, or searches if the search field was changed."""
    action = request.POST.get("action", "save")
    if action == "enter":
        return "search" if request.POST.get("q", "") != request.POST.get("searched", "") else "save"
    return action


def _build(
    request: AuthenticatedHttpRequest,
    row: PromptSet,
    builder: SetBuilder,
    *,
    is_unsaved: bool = False,
    is_added: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    themes = list(Theme.objects.all())
    form = BrowseForm(request.POST, themes=themes)
    is_searched = request.POST.get("action") == "search" or any(request.POST.get(name) for name in SEARCH_FIELDS)
    matches = search.find(form.filters(), [theme.slug for theme in themes]) if is_searched else []
    context = {
        "row": row,
        "builder": builder,
        "search": form,
        "searched": is_searched,
        "matches": matches[:MAX_MATCHES],
        "has_more_matches": len(matches) > MAX_MATCHES,
        "unsaved": is_unsaved,
        "conflict": status == HTTPStatus.CONFLICT,
        "added": is_added,
        "problem": status == HTTPStatus.UNPROCESSABLE_ENTITY,
        "problems": builder.failures() if status == HTTPStatus.UNPROCESSABLE_ENTITY else [],
        "saved_at": dates.moment(row.changed_at),
    }
    return render(request, "counselor/sets/set.html", context, status=status)


# --- Previewing, printing, exporting and removing a set.


@require_safe
@counselor_required
def set_preview(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The introduction or, with `?step=`, one step, exactly as a client sees it."""
    counselor = request.user
    content = _own(counselor, pk).content
    steps = [(step, question) for step in prompt_sets.steps_of(content) if (question := step.asks())]
    number = min(parse_number(request.GET.get("step")) or 0, len(steps))
    context = {
        "pk": pk,
        "content": content,
        "counselor_name": Workspace.objects.get(counselor=counselor).name,
        "number": number,
        "total": len(steps),
        "before": number - 1 if number else None,
        "after": number + 1 if number < len(steps) else None,
    }
    if number:
        context["step"], context["question"] = steps[number - 1]
    return render(request, "counselor/sets/preview.html", context)


@require_safe
@counselor_required
def set_worksheet(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    content = _own(request.user, pk).content
    asked = [(step, question) for step in prompt_sets.steps_of(content) if (question := step.asks())]
    context = {"pk": pk, "content": content, "steps": list(zip(count(1), asked, strict=False)), "lines": prompt_sets.RULED_LINES}
    return render(request, "counselor/sets/worksheet.html", context)


@require_safe
@counselor_required
def set_export(request: AuthenticatedHttpRequest, pk: uuid.UUID, extension: str) -> HttpResponse:
    """The set as a file. The file name reveals nothing of its content."""
    if extension not in FORMATS:
        raise Http404
    write, media_type = FORMATS[extension]
    headers = {"Content-Disposition": f'attachment; filename="prompt-set.{extension}"', "Cache-Control": "no-store"}
    return HttpResponse(write(_own(request.user, pk).content), content_type=f"{media_type}; charset=utf-8", headers=headers)


@require_http_methods(["POST"])
@counselor_required
def set_remove(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove a set, or restore it. Its assignments stay either way. Idempotent."""
    counselor = request.user
    if request.POST.get("action") == "restore":
        if not prompt_sets.restore(counselor, pk):
            raise Http404
        messages.success(request, _("The set is back."))
        return redirect("counselor:sets")
    if not prompt_sets.remove(counselor, pk, timezone.now()):
        raise Http404
    return redirect(reverse("counselor:sets", query={"removed": pk}))
