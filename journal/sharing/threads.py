"""The replies under a share, as a page shows them to one side.

What the other side wrote is shown once it was opened by a press, so that no page that is merely loaded counts as read.
"""

from dataclasses import dataclass, replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import dates
from journal.models.share import Reply, ReplyContent, Share
from journal.sharing import replies


@dataclass(frozen=True, slots=True)
class ShownReply:
    """`seen_at`: when a counselor opened what the parent wrote, shown to that parent; "" where they have not."""

    who: str
    mine: bool
    at: str
    seen_at: str
    html: SafeString | None  # None where it went with its connection before it was opened


@dataclass(frozen=True, slots=True)
class Thread:
    """`waiting` counts what the other side wrote and the reader has not opened yet."""

    replies: list[ShownReply]
    waiting: int


def for_counselor(share: Share) -> Thread:
    rows = list(share.replies.defer("kept").order_by("written_at", "pk"))
    seen = [row for row in rows if row.from_counselor or row.seen_at]
    shown = [_shown(row, row.content, share.connection.parent_name, mine=row.from_counselor) for row in seen]
    # When a parent opens what a counselor wrote is the parent's own affair.
    return Thread([replace(each, seen_at="") for each in shown], len(rows) - len(seen))


def for_parent(share: Share) -> Thread:
    """Also of a share that was taken back, and after its connection has ended: then the parent's own copies are there."""
    rows = list(share.replies.order_by("written_at", "pk"))
    ended = share.connection.ended_at is not None
    seen = [row for row in rows if not row.from_counselor or row.seen_at or ended]
    shown = [_shown(row, row.kept, share.connection.counselor_name, mine=not row.from_counselor) for row in seen]
    return Thread(shown, len(rows) - len(seen))


def _shown(row: Reply, content: ReplyContent | None, other: str, *, mine: bool) -> ShownReply:
    return ShownReply(
        who=_("You") if mine else other,
        mine=mine,
        at=dates.moment(row.written_at),
        seen_at=dates.moment(row.seen_at) if mine and row.seen_at else "",
        html=replies.html(content) if content else None,
    )
