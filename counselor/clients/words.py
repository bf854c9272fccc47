"""What pages say of a client, in words."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Connection
from common import dates
from counselor.clients import addresses
from counselor.clients.details import AssignmentRow, ShareRow
from counselor.clients.listing import Client
from counselor.progress import Progress


def row(client: Client, progress: Progress | None, today: dt.date) -> dict[str, object]:
    """Whatever a row of the list says, as text: a hundred of them are rendered at once."""
    planned = client.next_session_on
    return {
        "url": addresses.client(client.pk),
        "assign": addresses.assigning(client.pk),
        "session": addresses.session(client.pk),
        "name": client.named,
        "waiting": ", ".join(waiting(client.answers, client.replies)),
        "last": _last(progress),
        "next": _("session %(day)s") % {"day": dates.day(planned)} if planned and planned >= today else "",
    }


def _last(progress: Progress | None) -> str:
    """When somebody last answered, as far as their counselor may see it."""
    if progress is None:
        return _("answers not shown")
    return last_on(progress.last) if progress.last else _("no answer yet")


def last_on(night: dt.date) -> str:
    return _("last on %(evening)s") % {"evening": dates.evening(night)}


def waiting(answers: int, replies: int) -> list[str]:
    """What is waiting to be read, as a list of messages."""
    parts = []
    if answers:
        parts.append(ngettext("%(n)s answer to read", "%(n)s answers to read", answers) % {"n": answers})
    if replies:
        parts.append(ngettext("%(n)s reply to read", "%(n)s replies to read", replies) % {"n": replies})
    return parts


def ended(client: Client) -> dict[str, object]:
    on = dates.date_of(client.ended_at) if client.ended_at else ""
    return {"url": addresses.client(client.pk), "name": client.named, "how": how_it_ended(Connection.Ended(client.ended_by)), "on": on}


def how_it_ended(by: Connection.Ended) -> str:
    return {
        Connection.Ended.BY_PARENT: _("ended by them"),
        Connection.Ended.BY_COUNSELOR: _("ended by you"),
        Connection.Ended.CLOSED: _("ended when you closed your workspace"),
        Connection.Ended.HANDED: _("handed over to a colleague"),
    }[by]


# --- On the page of one client.


def assignment(row: AssignmentRow) -> dict[str, object]:
    parts = []
    if row.ended_at is not None:
        parts.append(_("ended on %(day)s") % {"day": dates.date_of(row.ended_at)})
    elif row.paused:
        parts.append(_("paused"))
    elif row.starts_on is not None:
        parts.append(_("starts on %(day)s") % {"day": dates.evening(row.starts_on)})
    if row.progress is not None and row.progress.total:
        message = ngettext("%(done)s of %(total)s question", "%(done)s of %(total)s questions", row.progress.total)
        parts.append(message % {"done": row.progress.done, "total": row.progress.total})
    if row.progress is not None and row.progress.last:
        parts.append(last_on(row.progress.last))
    return {"pk": row.pk, "name": row.name, "details": " · ".join(parts)}


def share(row: ShareRow) -> dict[str, object]:
    parts = [_("new")] if row.is_new else []
    return {"pk": row.pk, "night": dates.evening(row.night), "details": " · ".join([*parts, *waiting(0, row.replies)])}
