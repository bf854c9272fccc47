"""The counselor's clients: the list, and one of them with the private notes."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.decorators import counselor_required
from accounts.http import AuthenticatedHttpRequest
from accounts.models import Connection, User
from common import dates
from common.rendering.addresses import address_of
from common.rendering.paging import page_of
from counselor import groups
from counselor.clients import AssignedSets, AssignmentRow, Client, ShareRow, Show, assigned_sets, assigned_to, find, progress_of, shared_by
from counselor.forms.clients import ClientsForm
from counselor.models import Workspace
from counselor.progress import Progress
from counselor.views.notes import notes_of

PER_PAGE = 100

# --- The list.


@require_safe
@counselor_required
def clients(request: AuthenticatedHttpRequest) -> HttpResponse:
    counselor = request.user
    own_groups = [group for group, _count in groups.with_counts(counselor)]
    form = ClientsForm({"show": "all", **request.GET.dict()}, groups=own_groups)
    filters = form.filters()
    client_list = find(counselor, filters)
    page = page_of(request, client_list.matching, PER_PAGE)
    is_ended = filters.show == Show.ENDED
    context = {
        "form": form,
        "has_groups": bool(own_groups),
        "filters": filters,
        "is_filtered": bool(filters.name or filters.group),
        "is_empty": client_list.is_empty,
        "waits": client_list.is_empty and settings.COUNSELORS_APPROVED and not Workspace.objects.get(counselor=counselor).is_approved,
        "rows": [] if is_ended else _rows(counselor, list(page)),
        "ended": [_ended(client) for client in page] if is_ended else [],
        "unseen_ends": client_list.unseen_ends,
        "page": page,
    }
    return render(request, "counselor/clients/clients.html", context)


def _rows(counselor: User, shown: Sequence[Client]) -> list[dict[str, object]]:
    now = timezone.now()
    assigned, progress = assigned_sets(counselor, shown, now), progress_of(counselor, shown, now)
    return [_row(client, assigned.get(client.pk, AssignedSets()), progress.get(client.pk)) for client in shown]


def _row(client: Client, assigned: AssignedSets, progress: Progress | None) -> dict[str, object]:
    """Whatever a row says, as text: a hundred of them are rendered at once."""
    return {
        "url": address_of("counselor:client", client.pk),
        "name": client.name,
        "waiting": _waiting(client.answers, client.replies),
        "sets": assigned.names,
        "other_sets": _other_sets(assigned),
        **_answered(progress),
    }


def _answered(progress: Progress | None) -> dict[str, str]:
    """How far a client is: `done` and `last`, or `nothing` instead of them."""
    if progress is None:
        return {"nothing": _("not shown to you")}
    if not progress.total and not progress.last:
        return {"nothing": _("nothing yet")}
    last = _("last on %(evening)s") % {"evening": dates.evening(progress.last)} if progress.last else ""
    return {"done": _done(progress), "last": last}


def _waiting(answers: int, replies: int) -> list[str]:
    """What is waiting to be read, as a list of messages."""
    parts = []
    if answers:
        parts.append(ngettext("%(n)s answer to read", "%(n)s answers to read", answers) % {"n": answers})
    if replies:
        parts.append(ngettext("%(n)s reply to read", "%(n)s replies to read", replies) % {"n": replies})
    return parts


def _other_sets(assigned: AssignedSets) -> str:
    """What is said about the sets that are not listed by name."""
    parts = []
    if assigned.more and assigned.names:
        parts.append(ngettext("and %(n)s more", "and %(n)s more", assigned.more) % {"n": assigned.more})
    elif assigned.more:
        parts.append(ngettext("%(n)s set", "%(n)s sets", assigned.more) % {"n": assigned.more})
    if assigned.paused:
        parts.append(ngettext("%(n)s paused", "%(n)s paused", assigned.paused) % {"n": assigned.paused})
    if not parts and not assigned.names:
        return _("All answered") if assigned.total else _("Nothing just now")
    return ", ".join(parts)


def _done(progress: Progress) -> str:
    if not progress.total:
        return ""
    message = ngettext("%(done)s of %(total)s step", "%(done)s of %(total)s steps", progress.total)
    return message % {"done": progress.done, "total": progress.total}


def _ended(client: Client) -> dict[str, object]:
    how = _how_it_ended(Connection.Ended(client.ended_by))
    return {"pk": client.pk, "name": client.name, "how": how, "on": dates.date_of(client.ended_at) if client.ended_at else ""}


def _how_it_ended(by: Connection.Ended) -> str:
    return {
        Connection.Ended.BY_PARENT: _("ended by them"),
        Connection.Ended.BY_COUNSELOR: _("ended by you"),
        Connection.Ended.CLOSED: _("ended when you closed your workspace"),
        Connection.Ended.HANDED: _("handed over to a colleague"),
    }[by]


# --- One client.


@require_safe
@counselor_required
def client(request: AuthenticatedHttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A client, and the counselor's private notes."""
    counselor = request.user
    connection = get_object_or_404(Connection.objects.of_counselor(counselor), pk=pk)
    context: dict[str, object] = {"connection": connection, "since": dates.date_of(connection.began_at)}
    context |= notes_of(request, connection, reverse("counselor:client", args=[pk]))
    if connection.ended_at is not None:
        context |= {"ended_on": dates.date_of(connection.ended_at), "how": _how_it_ended(Connection.Ended(connection.ended_by))}
    else:
        context["assignments"] = [_assignment(row) for row in assigned_to(counselor, connection, timezone.now())]
        context["shared"] = [_share(row) for row in shared_by(counselor, connection)]
    return render(request, "counselor/clients/client.html", context)


def _assignment(row: AssignmentRow) -> dict[str, object]:
    parts = []
    if row.ended_at is not None:
        parts.append(_("ended on %(day)s") % {"day": dates.date_of(row.ended_at)})
    elif row.paused:
        parts.append(_("paused"))
    if row.progress is not None and row.progress.total:
        parts.append(_done(row.progress))
    if row.progress is not None and row.progress.last:
        parts.append(_("last on %(evening)s") % {"evening": dates.evening(row.progress.last)})
    return {"pk": row.pk, "name": row.name, "details": " · ".join(parts)}


def _share(row: ShareRow) -> dict[str, object]:
    parts = [_("new")] if row.is_new else []
    return {"pk": row.pk, "night": dates.evening(row.night), "details": " · ".join([*parts, *_waiting(0, row.replies)])}
