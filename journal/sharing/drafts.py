"""Replies while they are written: each sealed with its author's key and shown to them alone, until it is sent or emptied."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from journal.models.share import ReplyDraft, ReplyDraftContent, Share


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody began to write under a share. Version 0 where there is nothing."""

    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """It was changed elsewhere since the page was opened. Nothing was written; `stored` is what there is."""

    stored: Draft


def of(author: User, shares: Iterable[uuid.UUID]) -> dict[uuid.UUID, Draft]:
    """What this person began to write under these shares, by share. One query."""
    rows = ReplyDraft.objects.filter(author=author, share__in=list(shares))
    return {row.share_id: Draft(row.content.text, row.version) for row in rows}


def save(author: User, share: Share, text: str, based_on: int, now: dt.datetime) -> Draft | Conflict:
    """Keep what is typed, or nothing any more where the text is empty. Idempotent. The caller has checked that they may write there.

    A text that was sent as a reply meanwhile is not kept again.
    """
    try:
        with transaction.atomic():
            return _save(author, share, text, based_on, now)
    except IntegrityError:  # begun on two pages at the same time: the other is visible now
        with transaction.atomic():
            return _save(author, share, text, based_on, now)


def _save(author: User, share: Share, text: str, based_on: int, now: dt.datetime) -> Draft | Conflict:
    row = ReplyDraft.objects.select_for_update().filter(author=author, share=share).first()
    stored = Draft(row.content.text, row.version) if row else Draft()
    text = text if text.strip() else ""
    if text == stored.text or (row is None and _was_sent(author, share, text, based_on)):
        return stored
    if row is None:
        row = ReplyDraft(share=share, author=author, content=ReplyDraftContent(text), version=based_on + 1, written_at=now)
        row.save(force_insert=True)
    elif based_on != stored.version:
        return Conflict(stored)
    elif not text:
        row.delete()
        return Draft()
    else:
        row.content, row.version, row.written_at = ReplyDraftContent(text), row.version + 1, now
        row.save(update_fields=["content", "version", "written_at"])
    return Draft(text, row.version)


def _was_sent(author: User, share: Share, text: str, based_on: int) -> bool:
    """Whether the author's last reply is this text, or one that their page had begun with it: its save arrived after its reply."""
    own = share.replies.filter(from_counselor=author.pk != share.parent_id).order_by("-written_at", "-pk").first()
    if own is None or own.content is None:
        return False
    return own.content.text == text or (based_on > 0 and own.content.text.startswith(text))


def forget(author: User, share: uuid.UUID) -> None:
    """Delete what this person had begun to write there: it was sent. Idempotent."""
    ReplyDraft.objects.filter(author=author, share=share).delete()
