"""What the pages of jobs share: how far the job is, a button to stop it, the same bar by itself for a script, and the file that came of it."""

from collections.abc import Iterator
from typing import TypedDict

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.http import AuthenticatedHttpRequest
from accounts.keys import keyring
from accounts.models import User
from common import dates
from common.rendering.addresses import address_of
from common.values import Values
from journal import files, jobs
from journal.models import Job, SealedFile

PART = "components/progress.html"


class Waiting(TypedDict):
    """A file that can be fetched, or is being made."""

    url: str
    made: str
    is_over: bool


def waiting(owner: User, kind: Job.Kind, route: str) -> list[Waiting]:
    """What jobs of this kind are making for somebody, and the files of theirs that are still there; the newest first."""
    jobs = Job.objects.by(owner).filter(kind=kind).select_related("file").order_by("-created_at")
    shown = (job for job in jobs if not job.is_over or file_of(job))
    return [Waiting(url=address_of(route, job.pk), made=dates.moment(job.created_at), is_over=job.is_over) for job in shown]


def file_of(job: Job) -> SealedFile | None:
    """What came of a job, while it is there."""
    file = job.file
    is_there = file is not None and file.is_complete and (file.expires_at is None or file.expires_at > timezone.now())
    return file if is_there else None


def respond(request: AuthenticatedHttpRequest, job: Job, template: str, context: Values | None = None) -> HttpResponse:
    """The page of a job; with `?part=progress` only its bar; after a press on *Stop*, the page again."""
    if request.method == "POST" and "stop" in request.POST:
        jobs.stop(job)
    if request.method == "POST":
        return redirect(request.path)
    values = {**(context or {}), "job": job}
    return render(request, PART if request.GET.get("part") == "progress" else template, values)


def download(file: SealedFile) -> StreamingHttpResponse:
    """The file, opened part by part while it is sent: it lies in no cache and no folder of the server."""

    def opened() -> Iterator[bytes]:
        with keyring.cached():  # the request's own is over when the body is read
            yield from files.chunks(file)

    about = file.about
    response = StreamingHttpResponse(opened(), content_type=about.media_type)
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=about.name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
