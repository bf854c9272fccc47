"""What a person is sent: reminders, the weekly letter, and on which devices."""

import datetime as dt
import uuid
from typing import TypedDict

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest
from accounts.keys.crypto import KeyringError
from accounts.models import User
from accounts.security import devices
from common import dates
from common.kept_forms import keeps_form
from journal.forms.reminders import PushForm, RemindersForm
from journal.messages import letters, plans
from journal.messages.push import identity, subscriptions
from journal.models import PushSubscription


class Device(TypedDict):
    """A browser that shows reminders. `endpoint`: where it is reached, by which its own page knows it."""

    pk: uuid.UUID
    name: str
    since: str
    endpoint: str


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(RemindersForm)
def reminders(request: AuthenticatedHttpRequest) -> HttpResponse:
    person, now = request.user, timezone.now()
    plan = plans.of(person)
    form = RemindersForm(request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and form.is_valid():
        plans.store(form.plan(), now)
        messages.success(request, _("Saved."))
        return redirect("journal:reminders")
    context = {
        "form": form,
        "next": _next(plan.next_at, now),
        "is_asked_for": plan.by_mail or plan.letters,
        "devices": _devices(person),
        "push_key": identity.public_key(),
    }
    return render(request, "journal/reminders/reminders.html", context, status=422 if form.errors else 200)


def _next(moment: dt.datetime | None, now: dt.datetime) -> str:
    """When the next message comes, in words; "" for none."""
    return dates.moment(moment) if moment is not None and moment > now else ""


def _devices(person: User) -> list[Device]:
    return [_device(row) for row in PushSubscription.objects.of(person)]


def _device(row: PushSubscription) -> Device:
    try:
        name = row.address.device
    except KeyringError:
        name = ""
    return Device(pk=row.pk, name=name or _("A browser"), since=dates.day_of(row.made_at), endpoint=subscriptions.endpoint(row))


@require_POST
def reminders_device(request: AuthenticatedHttpRequest) -> HttpResponse:
    """A browser subscribes, for its person. Idempotent."""
    form = PushForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"subscribed": False}, status=422)
    address = form.address(device=devices.in_words(request.headers.get("User-Agent", "")))
    subscriptions.add(request.user, address, timezone.now())
    return JsonResponse({"subscribed": True})


@require_POST
def reminders_forget(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """No more reminders on this device. Idempotent: a press that comes twice, or for somebody else's, changes nothing."""
    subscriptions.forget(request.user, pk, timezone.now())
    return redirect("journal:reminders")


@require_safe
def reminders_letter(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The letter that comes next, to be read beforehand, or without being sent any."""
    letter = letters.upcoming(plans.of(request.user), get_language() or "")
    return render(request, "journal/reminders/letter.html", {"letter": letter})
