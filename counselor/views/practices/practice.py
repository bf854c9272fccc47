"""A practice: who is in it, inviting colleagues, joining, leaving, and the sets that are shared in it."""

import uuid
from dataclasses import dataclass

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates
from common.ids import new_id, parse_id
from common.kept_forms import keeps_form
from common.rendering.addresses import address_of
from counselor import practices
from counselor.forms.practice import ColleagueForm, PracticeForm
from counselor.models import Membership, Practice, PracticeSet
from counselor.sets import content_of, create, marks_of, steps_of, with_keys
from prompts.models import PromptSet

OWNER = Membership.Role.OWNER


@dataclass(frozen=True, slots=True)
class Member:
    pk: uuid.UUID
    name: str
    role: str
    joined: str
    is_owner: bool
    is_me: bool


# --- The practice.


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_form(PracticeForm, ColleagueForm)
@counselor_required
def practice(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The practice; or, for who is in none, a form that opens one. Its owner renames it and invites here."""
    counselor = request.user
    membership = practices.of(counselor)
    if membership is None:
        return _open(request)
    is_owner = membership.role == OWNER
    act = request.POST.get("act") if request.method == "POST" else ""
    if request.method == "POST" and not is_owner:
        raise Http404
    naming = PracticeForm(request.POST if act == "rename" else None, initial={"name": membership.practice.name}, auto_id="naming_%s")
    inviting = ColleagueForm(request.POST if act == "invite" else None, initial={"id": new_id()}, auto_id="inviting_%s")
    if act == "rename" and naming.is_valid():
        practices.rename(counselor, naming.cleaned_data["name"])
        messages.success(request, _("Saved. Your clients see the new name from now on."))
        return redirect("counselor:practice")
    if act == "invite" and inviting.is_valid() and _invite(request, inviting):
        return redirect(reverse("counselor:practice", fragment="invitations"))
    context = {
        "practice": membership.practice,
        "is_owner": is_owner,
        "members": _members(counselor, membership.practice),
        "invitations": _invitations(request, membership.practice) if is_owner else [],
        "naming": naming,
        "inviting": inviting,
        "shared": PracticeSet.objects.filter(practice=membership.practice, set__removed_at=None).count(),
    }
    return render(request, "counselor/practice/practice.html", context, status=422 if naming.errors or inviting.errors else 200)


def _open(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = PracticeForm(request.POST if request.method == "POST" else None, initial={"id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            practices.open_practice(request.user, form.cleaned_data["id"] or new_id(), form.cleaned_data["name"], timezone.now())
        except practices.NotPossible:
            form.add_error(None, _("You’re already in a practice, or your workspace was closed. Nothing changed."))
        else:
            messages.success(request, _("The practice is open. Invite your colleagues next."))
            return redirect("counselor:practice")
    return render(request, "counselor/practice/open.html", {"form": form}, status=422 if form.errors else 200)


def _members(counselor: User, practice: Practice) -> list[Member]:
    return [
        Member(
            pk=row.counselor_id,
            name=name,
            role=str(Membership.Role(row.role).label),
            joined=dates.day_of(row.joined_at),
            is_owner=row.role == OWNER,
            is_me=row.counselor_id == counselor.pk,
        )
        for row, name in practices.members(practice)
    ]


def _invitations(request: AuthenticatedHttpRequest, practice: Practice) -> list[dict[str, object]]:
    return [
        {
            "id": row.pk,
            "name": row.content.name,
            "url": request.build_absolute_uri(reverse("counselor:practice_join", args=[row.content.token])),
            "until": dates.day_of(row.expires_at),
        }
        for row in practices.invitations(practice, timezone.now())
    ]


def _invite(request: AuthenticatedHttpRequest, form: ColleagueForm) -> bool:
    """Create an invitation; False, with an error on the form, where that is not possible."""
    try:
        practices.invite(request.user, form.cleaned_data["id"] or new_id(), form.cleaned_data["name"], timezone.now())
    except practices.NotPossible:
        form.add_error(None, _("You already have %(limit)d open invitations. Withdraw one first.") % {"limit": practices.MOST_OPEN})
        return False
    messages.success(request, _("The invitation is ready. Send its link to your colleague; it works once, for 14 days."))
    return True


@require_http_methods(["POST"])
@counselor_required
def practice_withdraw(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw an invitation. Idempotent."""
    practices.withdraw(request.user, pk, timezone.now())
    messages.success(request, _("Withdrawn. The link no longer works."))
    return redirect("counselor:practice")


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def practice_member(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """For an owner: one colleague, who can be made an owner or, after confirmation, taken out. Idempotent."""
    counselor = request.user
    membership = practices.of(counselor)
    if membership is None or membership.role != OWNER:
        raise Http404
    member = next((row for row in _members(counselor, membership.practice) if row.pk == pk and not row.is_me), None)
    if request.method != "POST":
        if member is None:
            raise Http404
        return render(request, "counselor/practice/member.html", {"member": member, "practice": membership.practice})
    match request.POST.get("act"):
        case "owner":
            practices.make_owner(counselor, pk)
            messages.success(request, _("They’re now an owner, too."))
        case "remove":
            practices.remove(counselor, pk, timezone.now())
            messages.success(request, _("They’re no longer in the practice. Their clients stay with them."))
        case _:
            raise Http404
    return redirect("counselor:practice")


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
@reauthentication_required
def practice_leave(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Asks for confirmation, then leaves. Idempotent."""
    counselor = request.user
    if request.method == "POST":
        practices.leave(counselor, timezone.now())
        messages.success(request, _("You’ve left the practice. Your clients stay with you."))
        return redirect("counselor:workspace")
    membership = practices.of(counselor)
    if membership is None:
        return redirect("counselor:practice")
    others = len(practices.members(membership.practice)) - 1
    shared = PracticeSet.objects.filter(practice=membership.practice, set__author=counselor).count()
    context = {"practice": membership.practice, "others": others, "shared": shared}
    return render(request, "counselor/practice/leave.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def practice_join(request: AuthenticatedHttpRequest, token: str) -> HttpResponse:
    """The offer to join, for a counselor who has its link."""
    counselor, now = request.user, timezone.now()
    if request.method == "POST":
        try:
            joined = practices.accept(counselor, token, now)
        except practices.NotPossible:
            return render(request, "counselor/practice/closed.html", {"is_elsewhere": practices.of(counselor) is not None}, status=410)
        messages.success(request, _("You’re in. Your clients now see “%(name)s” beside your name.") % {"name": joined.name})
        return redirect("counselor:practice")
    invitation, membership = practices.find_invitation(token), practices.of(counselor)
    if invitation is not None and membership is not None and membership.practice_id == invitation.practice_id:
        return redirect("counselor:practice")
    if invitation is None or not invitation.is_open(now) or membership is not None:
        is_elsewhere = invitation is not None and invitation.is_open(now)
        return render(request, "counselor/practice/closed.html", {"is_elsewhere": is_elsewhere}, status=200 if is_elsewhere else 410)
    context = {"practice": invitation.practice, "names": [name for _row, name in practices.members(invitation.practice)]}
    return render(request, "counselor/practice/join.html", context)


# --- The sets that are shared in it.


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def practice_sets(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Colleagues' sets, and which of the counselor's own are shared. POST shares a set, or stops sharing it. Idempotent."""
    counselor = request.user
    if request.method == "POST":
        pk = parse_id(request.POST.get("set"))
        if pk is None:
            raise Http404
        if request.POST.get("act") == "keep":
            practices.keep_set(counselor, pk)
            messages.success(request, _("It’s yours alone again. Your colleagues keep what they copied or assigned."))
        elif practices.share_set(counselor, pk, timezone.now()):
            messages.success(request, _("Your colleagues can use it now."))
        else:
            raise Http404
        return redirect("counselor:practice_sets")
    membership = practices.of(counselor)
    if membership is None:
        return redirect("counselor:practice")
    own = list(PromptSet.objects.by(counselor).own())
    mine = set(PracticeSet.objects.filter(set__author=counselor).values_list("set", flat=True))
    context = {
        "practice": membership.practice,
        "theirs": [_row(row) | {"by": row.author.workspace.name} for row in practices.shared_sets(counselor)],
        "mine": [_row(row) | {"is_shared": row.pk in mine} for row in own],
    }
    return render(request, "counselor/practice/sets.html", context)


def _row(row: PromptSet) -> dict[str, object]:
    count = len(row.content.steps)
    size = ngettext("%(counter)s question", "%(counter)s questions", count) % {"counter": count}
    return {"pk": row.pk, "name": row.content.name, "size": size, "url": address_of("counselor:practice_set", row.pk)}


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def practice_set(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A colleague's set, to read and assign. POST copies it into a set of the counselor's own, idempotent per the `id` that is sent."""
    counselor = request.user
    row = get_object_or_404(practices.shared_sets(counselor), pk=pk)
    if request.method == "POST":
        new_pk = parse_id(request.POST.get("id")) or new_id()
        steps = with_keys(new_pk, steps_of(row.content))
        content = content_of(row.content.name, row.content.introduction, steps, row.content.caution)
        new = create(counselor, new_pk, content, timezone.now())
        messages.success(request, _("The copy is yours. Change it as you like; your colleague’s set won’t change."))
        return redirect("counselor:set_builder", new.pk)
    context = {
        "row": row,
        "content": row.content,
        "steps": [(step, question) for step in steps_of(row.content) if (question := step.asks())],
        "marks": marks_of(row.content),
        "by": row.author.workspace.name,
        "copy_id": new_id(),
    }
    return render(request, "counselor/practice/set.html", context)
