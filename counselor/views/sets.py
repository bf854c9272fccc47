"""A counselor's prompt sets: the list, creating a set, the builder, and previewing, printing, exporting and removing one."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import count

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
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
from counselor.forms.building import LOOKING, SetBuilder
from counselor.forms.sets import ImportForm, NewSetForm, SetForm, StepForm
from counselor.models import Workspace
from counselor.set_files import csv_files, toml_files
from counselor.set_files.findings import InvalidSetFile
from counselor.set_files.reading import read
from counselor.views import building
from prompts import questions
from prompts.models import PromptSet, SetContent

FILE_NAME_LIMIT = 60  # characters of a set's name
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
        running=answering if clients else _("no one is answering it"),
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
    """POST makes an empty set, for its page to be named on, and goes there. Idempotent per `id`."""
    form = NewSetForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        pk, name = form.cleaned_data["id"] or new_id(), form.cleaned_data["name"]
        # Named by now, it is still the set that this page made.
        existing = None if name else PromptSet.objects.by(request.user).filter(pk=pk).first()
        new = existing or prompt_sets.create(request.user, pk, SetContent(name=name or _("New set")), timezone.now())
        return redirect(reverse("counselor:set_builder", args=[new.pk], query={"begin": "name"}))
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
    messages.success(request, _("The copy is ready. Change it as you like; the original won’t change."))
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
            messages.success(request, _("Set imported. Look it over before you assign it."))
            return redirect("counselor:set_builder", new.pk)
    problems = [Failure(_("Nothing imported"), "faults")] if invalid_file else []
    context = {"form": form, "invalid_file": invalid_file, "problems": problems}
    return render(request, "counselor/sets/import.html", context, status=422 if form.errors or invalid_file else 200)


def _import(counselor: User, form: ImportForm) -> PromptSet:
    data = form.cleaned_data
    known = {question.slug for question in questions.library()}
    file_set = read(data["file"].read(), data["file"].name, known)
    pk: uuid.UUID = data["id"] or new_id()
    name = file_set.name or data["name"] or _("Imported set")
    steps = prompt_sets.with_keys(pk, file_set.steps)
    content = prompt_sets.content_of(name, file_set.introduction, steps, file_set.caution)
    return prompt_sets.create(counselor, pk, content, timezone.now())


# --- The builder. The page is one form: every button sends all that was typed, and a script sends it while it is written.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(SetForm, StepForm)
@counselor_required
def set_builder(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    row = PromptSet.objects.by(request.user).own().filter(pk=pk).first()
    if row is None:
        return building.not_found(request)
    if request.method != "POST":
        return building.show(request, row, SetBuilder.of(row))
    action = building.action_of(request)
    builder = SetBuilder.sent(request.POST, action)
    if action == LOOKING:
        return building.show(request, row, builder, unsaved=True)
    if not builder.is_valid():
        return building.show_refused(request, row, builder)
    if action == "both":
        copy_id = parse_id(request.POST.get("copy_id")) or new_id()
        new = prompt_sets.create(request.user, copy_id, building.copied(builder), timezone.now())
        messages.success(request, _("The version on your page is now its own set. The other one hasn’t changed."))
        return redirect("counselor:set_builder", new.pk)
    try:
        saved = _save(request, pk, builder)
    except prompt_sets.Conflict as conflict:
        return building.show_conflict(request, conflict.stored, builder)
    except PromptSet.DoesNotExist:
        return building.not_found(request)
    return building.show_saved(request, saved, builder, action)


def _save(request: AuthenticatedHttpRequest, pk: uuid.UUID, builder: SetBuilder) -> PromptSet:
    """Raises what `sets.save` does. No conflict is what the page itself saved meanwhile, in a request whose answer it has not got."""
    content, now = builder.content(), timezone.now()
    try:
        return prompt_sets.save(request.user, pk, content, based_on=builder.version, now=now)
    except prompt_sets.Conflict as conflict:
        if not SetBuilder.has_sent(request.POST, conflict.stored.content):
            raise
        return prompt_sets.save(request.user, pk, content, based_on=conflict.stored.version, now=now)


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
    """The set as a file, named by the set and the day."""
    if extension not in FORMATS:
        raise Http404
    write, media_type = FORMATS[extension]
    content = _own(request.user, pk).content
    name = "-".join(filter(None, ["nightlight-set", slugify(content.name, allow_unicode=True)[:FILE_NAME_LIMIT], _today()]))
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{extension}") or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(write(content), content_type=f"{media_type}; charset=utf-8", headers=headers)


def _today() -> str:
    return timezone.localdate().isoformat()


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
