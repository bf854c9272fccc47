"""Where a counselor's day begins: what is to be read and done."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.connections import hand_overs
from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from counselor.assignments import describe_progress
from counselor.clients import addresses, examples, words
from counselor.clients.today import AssignmentRow, Client, Quiet, Today, find
from counselor.models import Invitation, Workspace
from prompts.models import PromptSet


@dataclass(frozen=True, slots=True)
class Line:
    """Leads to what is to be done. `act` says what that is, where that is not to read on. `opens` is where a press reads what is new."""

    url: str
    name: str
    details: str
    act: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What a counselor begins with. `makes`: whether it is the press that makes the practice client."""

    words: str
    url: str
    is_done: bool
    makes: bool = False


@require_safe
@counselor_required
def today(request: AuthenticatedHttpRequest) -> HttpResponse:
    counselor = request.user
    found = find(counselor, timezone.now())
    first_steps, waits = ([], False) if found.has_clients else _first_steps(counselor, found)
    context = {
        "sections": [section for section in _sections(found) if section.lines],
        "ended": found.ended,
        "answers": hand_overs.unseen_answers(counselor),
        "is_empty": found.is_empty,
        "first_steps": first_steps,
        "has_example": found.has_example,
        "waits": waits,
        "to_read": found.number_to_read,
    }
    return render(request, "counselor/today/today.html", context)


def _sections(found: Today) -> list[Section]:
    return [
        Section(_("To read"), [_to_read(client) for client in found.to_read]),
        Section(_("Sessions in the next seven days"), [_session(client) for client in found.sessions]),
        Section(_("Accepted your invitation"), [_accepted(client) for client in found.accepted]),
        Section(_("Handed over to you"), [_handed(client) for client in found.handed]),
        Section(_("Finished or running out"), [_ending(row) for row in found.ending]),
        Section(_("Gone quiet"), [_quiet(quiet) for quiet in found.quiet]),
    ]


def _to_read(client: Client) -> Line:
    parts = words.waiting(client.answers, client.replies)
    if client.waits_since:
        parts.append(_("since %(day)s") % {"day": dates.date_of(client.waits_since)})
    return Line(addresses.session(client.pk), client.named, " · ".join(parts), opens=addresses.opening(client.pk))


def _session(client: Client) -> Line:
    return Line(addresses.session(client.pk), client.named, dates.evening(client.next_session_on) if client.next_session_on else "")


def _accepted(client: Client) -> Line:
    details = _("on %(day)s") % {"day": dates.date_of(client.began_at)}
    return Line(addresses.assigning(client.pk), client.named, details, _("Assign a set"))


def _handed(client: Client) -> Line:
    return Line(addresses.client(client.pk), client.named, _("since %(day)s") % {"day": dates.date_of(client.began_at)})


def _ending(row: AssignmentRow) -> Line:
    name = row.name or _("A set that no longer exists")
    if row.is_finished:
        return Line(addresses.assigning(row.client.pk), row.client.named, _("%(set)s: all answered") % {"set": name}, _("Assign a set"))
    ends = _("%(set)s: ends on %(day)s") % {"set": name, "day": dates.evening(row.ends_on) if row.ends_on else ""}
    details = " · ".join(filter(None, [ends, describe_progress(row.assignment)]))
    return Line(addresses.assignment(row.pk), row.client.named, details)


def _quiet(quiet: Quiet) -> Line:
    details = words.last_on(quiet.last) if quiet.last else _("no answer yet")
    return Line(addresses.client(quiet.client.pk), quiet.client.named, details)


# --- Before there are clients.


def _first_steps(counselor: User, found: Today) -> tuple[list[FirstStep], bool]:
    """The first steps, and whether the workspace still waits to be approved."""
    workspace = Workspace.objects.get(counselor=counselor)
    has_invited = Invitation.objects.of_counselor(counselor).exists()
    has_set = PromptSet.objects.by(counselor).exclude(source=examples.SOURCE).exists()
    steps = [
        FirstStep(_("Say who you are"), reverse("counselor:workspace"), is_done=bool(workspace.name)),
        FirstStep(_("Invite someone"), reverse("counselor:invitations"), is_done=has_invited),
        FirstStep(_("Try it on a practice client"), reverse("counselor:example"), is_done=found.has_example, makes=not found.has_example),
        FirstStep(_("Make or choose a set"), reverse("counselor:sets"), is_done=has_set),
    ]
    return steps, settings.COUNSELORS_APPROVED and not workspace.is_approved
