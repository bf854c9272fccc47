"""What the pages of jobs share: how far the job is, a button to stop it, and the same bar by itself for a script."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import AuthenticatedHttpRequest
from common.values import Values
from journal import jobs
from journal.models import Job

PART = "components/progress.html"


def respond(request: AuthenticatedHttpRequest, job: Job, template: str, context: Values | None = None) -> HttpResponse:
    """The page of a job; with `?part=progress` only its bar; after a press on *Stop*, the page again."""
    if request.method == "POST" and "stop" in request.POST:
        jobs.stop(job)
        return redirect(request.path)
    values = {**(context or {}), "job": job}
    return render(request, PART if request.GET.get("part") == "progress" else template, values)
