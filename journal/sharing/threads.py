"""The replies under a share, as a page shows them to one side.

What the other side wrote is shown once it was opened with a button: merely loading a page does not count as reading.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import dates
from journal.models.share import Reply, ReplyContent, Share
from journal.sharing import replies


@dataclass(frozen=True, slots=True)
class ShownReply:
    """One reply. `seen_at` is when the counselor opened the parent's reply, for that parent only; "" where they have not."""

    who: str
    mine: bool
    at: str
    seen_at: str
    html: SafeString | None  # None where it was deleted with its connection before it was opened


@dataclass(frozen=True, slots=True)
class Thread:
    """`waiting`: how many replies of the other side the reader has not opened yet."""

    replies: list[ShownReply]
    waiting: int


def for_counselor(share: Share) -> Thread:
    return for_counselor_under([share])[share.pk]


def for_counselor_under(shares: Sequence[Share]) -> dict[uuid.UUID, Thread]:
    """The replies under each of these shares, which were loaded with their connection. One query."""
    rows: dict[uuid.UUID, list[Reply]] = {share.pk: [] for share in shares}
    for reply in Reply.objects.filter(share__in=list(rows)).defer("kept").order_by("written_at", "pk"):
        rows[reply.share_id].append(reply)
    return {share.pk: _for_counselor(share, rows[share.pk]) for share in shares}


def _for_counselor(share: Share, rows: list[Reply]) -> Thread:
    seen = [row for row in rows if row.from_counselor or row.seen_at]
    shown = [_shown(row, row.content, share.connection.parent_name, mine=row.from_counselor) for row in seen]
    # A counselor is not shown when the parent opened a reply.
    return Thread([replace(reply, seen_at="") for reply in shown], len(rows) - len(seen))


def for_parent(share: Share) -> Thread:
    """Shows the parent's own copies, which they keep after the share was taken back or the connection has ended."""
    rows = list(share.replies.order_by("written_at", "pk"))
    ended = share.connection.ended_at is not None
    seen = [row for row in rows if not row.from_counselor or row.seen_at or ended]
    shown = [_shown(row, row.kept, share.connection.counselor_name, mine=not row.from_counselor) for row in seen]
    return Thread(shown, len(rows) - len(seen))


def _shown(row: Reply, content: ReplyContent | None, other_name: str, *, mine: bool) -> ShownReply:
    return ShownReply(
        who=_("You") if mine else other_name,
        mine=mine,
        at=dates.moment(row.written_at),
        seen_at=dates.moment(row.seen_at) if mine and row.seen_at else "",
        html=replies.html(content) if content else None,
    )
