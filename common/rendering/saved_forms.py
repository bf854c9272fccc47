"""What small forms that are saved as they are written are answered: static/js/saved-form.js reads it."""

import datetime as dt

from django import forms
from django.http import JsonResponse
from django.utils.translation import gettext as _

from common import dates


def saved(version: int, now: dt.datetime) -> JsonResponse:
    """The server has the text, as this version; 0 where nothing is stored, since nothing is written."""
    return JsonResponse({"state": "saved", "version": version, "said": _("Saved %(time)s") % {"time": dates.clock(now)}})


def conflict(stored: str, version: int) -> JsonResponse:
    """409: the text was changed elsewhere since the page was opened. Nothing was written; `stored` is what there is."""
    return JsonResponse({"state": "conflict", "stored": stored, "version": version}, status=409)


def refused(form: forms.BaseForm) -> JsonResponse:
    """422: the text cannot be saved as it is, and the form says why."""
    messages = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"state": "refused", "message": " ".join(messages)}, status=422)
