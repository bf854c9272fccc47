"""What both sides wrote under a shared answer, as a page shows it to one of them.

What the other side wrote is shown once it was opened by a press, so that no page that is merely loaded counts as read.
"""

from dataclasses import dataclass, replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journal import sharing, words
from journal.models import Reply, ReplyWords, Share


@dataclass(frozen=True, slots=True)
class Said:
    """One reply. `seen_at`: when a counselor opened what the parent wrote, for that parent; "" where they have not."""

    who: str
    mine: bool
    at: str
    seen_at: str
    html: SafeString | None  # None where it went with its tie before it was opened


@dataclass(frozen=True, slots=True)
class Thread:
    """`waiting` counts what the other side wrote and the reader has not opened yet."""

    said: list[Said]
    waiting: int


def of_counselor(share: Share) -> Thread:
    rows = list(share.replies.defer("kept").order_by("written_at", "pk"))
    seen = [row for row in rows if row.from_counselor or row.seen_at]
    said = [_said(row, row.words, share.tie.parent_name, mine=row.from_counselor) for row in seen]
    # When a parent opens what a counselor wrote is the parent's own.
    return Thread([replace(each, seen_at="") for each in said], len(rows) - len(seen))


def of_parent(share: Share) -> Thread:
    """Also of a share that was taken back, and after its tie has ended: then what the parent kept is there."""
    rows = list(share.replies.order_by("written_at", "pk"))
    ended = share.tie.ended_at is not None
    seen = [row for row in rows if not row.from_counselor or row.seen_at or ended]
    return Thread([_said(row, row.kept, share.tie.counselor_name, mine=not row.from_counselor) for row in seen], len(rows) - len(seen))


def _said(row: Reply, said: object, other: str, *, mine: bool) -> Said:
    return Said(
        who=_("You") if mine else other,
        mine=mine,
        at=words.moment(row.written_at),
        seen_at=words.moment(row.seen_at) if mine and row.seen_at else "",
        html=sharing.html(said) if isinstance(said, ReplyWords) else None,
    )
