"""Taking a journal in: the file, a look at it, the pages, a report, and taking it back."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import TypedDict

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from common.rendering.addresses import address_of
from common.values import Values
from journal import files, jobs, markup
from journal.exchange.importing import taking, uploads
from journal.forms.imports import ImportForm, SliceForm
from journal.models import Attachment, Feeling, Import, Job, SealedFile
from journal.views import jobs as job_pages

KINDS = (Job.Kind.PREVIEW, Job.Kind.IMPORT)


class Earlier(TypedDict):
    """An import that was made."""

    url: str
    label: str
    made: str
    pages: int
    is_taken_back: bool


class Month(TypedDict):
    name: str
    new: int
    here: int


class Sample(TypedDict):
    """A page as it will look."""

    evening: str
    question: str
    feeling: str
    html: SafeString


def _context(request: AuthenticatedHttpRequest, form: ImportForm) -> Values:
    under_way = Job.objects.by(request.user).unfinished().filter(kind__in=KINDS).order_by("-created_at").first()
    earlier = [
        Earlier(
            url=address_of("journal:import_report", batch.pk),
            label=batch.summary.values.get("label", batch.source),
            made=dates.moment(batch.created_at),
            pages=batch.summary.values.get("pages", 0),
            is_taken_back=batch.taken_back_at is not None,
        )
        for batch in Import.objects.filter(author=request.user).order_by("-created_at", "-pk")[:50]
    ]
    return {"form": form, "under_way": under_way, "earlier": earlier, "limit": uploads.SIZE_LIMIT, "slice": uploads.SLICE_LIMIT}


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Where a file is chosen; a whole one that was sent is looked at."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        job = _look_at(request, uploads.whole(request.user, file.name or "", file.read()))
        if job is not None:
            return redirect("journal:import_job", pk=job.pk)
        context = {**_context(request, ImportForm()), "problem": _busy()}
        return render(request, "journal/imports/imports.html", context, status=HTTPStatus.CONFLICT)
    return render(request, "journal/imports/imports.html", _context(request, form), status=422 if form.errors else 200)


def _look_at(request: AuthenticatedHttpRequest, file: SealedFile) -> Job | None:
    """The job; None where another file is being looked at, and this one is deleted: what that job shows would be taken for it."""
    job = jobs.start(request.user, Job.Kind.PREVIEW, {}, file=file)
    if job.file_id == file.pk:
        return job
    file.delete()
    return None


def _busy() -> str:
    return _("We’re reading another file. Once that’s done, or stopped, choose this one again.")


@require_POST
def import_slice(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A piece of a large file, as the page's script sends it: {"size": how much is there, "next": where to go on once it is whole}."""
    form = SliceForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"problem": "form"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    sent = form.cleaned_data
    data = sent["slice"].read() if sent["slice"] else b""
    try:
        file = uploads.begin(request.user, sent["id"], sent["name"], sent["size"])
        if file is None or len(data) > uploads.SLICE_LIMIT:
            return JsonResponse({"problem": "form"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        there = uploads.add(file, data, at=sent["at"], size=sent["size"])
    except uploads.TooLarge:
        return JsonResponse({"problem": "large"}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except files.WrongPlace as error:
        return JsonResponse({"size": error.size}, status=HTTPStatus.CONFLICT)
    if not file.is_complete:
        return JsonResponse({"size": there})
    job = _look_at(request, file)
    if job is None:
        return JsonResponse({"problem": "busy", "says": _busy()}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"size": there, "next": address_of("journal:import_job", job.pk)})


def _job(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Job:
    return get_object_or_404(Job.objects.by(request.user).select_related("file"), pk=pk, kind__in=KINDS)


@require_http_methods(["GET", "HEAD", "POST"])
def import_job(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the look or the import is, and what came of it."""
    job = _job(request, pk)
    if job.kind == Job.Kind.IMPORT and job.state == Job.State.DONE and request.method == "GET" and "part" not in request.GET:
        return redirect("journal:import_report", pk=job.report.values["import"])
    context: Values = {"report": job.report.values, "is_look": job.kind == Job.Kind.PREVIEW}
    if job.kind == Job.Kind.PREVIEW and job.state == Job.State.DONE:
        context |= {"months": _months(job.report.values), "samples": _samples(job.report.values)}
    if job.kind == Job.Kind.IMPORT and job.is_over:
        context["stopped"] = Import.objects.filter(pk=job.pk, author=request.user).first()
    return job_pages.respond(request, job, "journal/imports/job.html", context)


def _months(report: Values) -> list[Month]:
    return [Month(name=dates.month(dt.date.fromisoformat(month)), new=new, here=here) for month, new, here in reversed(report["months"])]


def _samples(report: Values) -> list[Sample]:
    return [
        Sample(
            evening=dates.evening_always(dt.date.fromisoformat(sample["night"])),
            question=sample["question"],
            feeling=str(Feeling(sample["feeling"]).label) if sample["feeling"] in Feeling.values else "",
            html=markup.render(sample["text"]),
        )
        for sample in report["samples"]
    ]


@require_POST
def import_take(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take in the file that was looked at. Pressed twice, it is taken in once."""
    job = _job(request, pk)
    if job.kind != Job.Kind.PREVIEW or job.state != Job.State.DONE:
        return redirect("journal:import_job", pk=pk)
    if job.file is None or not SealedFile.objects.available(timezone.now()).filter(pk=job.file.pk).exists():
        return redirect("journal:imports")
    return redirect("journal:import_job", pk=taking.start(request.user, job).pk)


def _batch(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> Import:
    return get_object_or_404(Import.objects.filter(author=request.user), pk=pk)


@require_safe
def import_report(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What became of an import; as a page, or as a text to be kept."""
    batch = _batch(request, pk)
    context: Values = {"batch": batch, "report": batch.summary.values, "made": dates.moment(batch.created_at)}
    context["until"] = dates.moment(batch.created_at + taking.TAKEN_BACK_WITHIN) if taking.can_be_taken_back(batch) else ""
    if request.GET.get("as") == "text":
        response = render(request, "journal/imports/report.txt", context, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="nightlight-import.txt"'
        return response
    return render(request, "journal/imports/report.html", context)


@require_POST
def import_take_back(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    batch = _batch(request, pk)
    if not taking.can_be_taken_back(batch):
        return redirect("journal:import_report", pk=pk)
    return redirect("journal:import_job", pk=taking.take_back(request.user, batch).pk)


@require_safe
def import_file(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A file that belongs to a page."""
    attachment = Attachment.objects.filter(pk=pk, author=request.user, entry__deleted_at=None).select_related("file").first()
    if attachment is None:
        raise Http404
    return job_pages.download(attachment.file)
