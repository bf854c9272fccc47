"""The answers of a span as the page of a session shows them: each with what both wrote under it. Opens only what was opened today."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from accounts.models import User
from journal.models.share import Share
from journal.sharing import drafts, readings, replies, threads
from journal.sharing.drafts import Draft
from journal.sharing.threads import Thread


@dataclass(frozen=True, slots=True)
class Answer:
    """One share. `is_new`: not read before today. `waits`: to be opened, itself or a reply under it. Closed it shows nothing else."""

    share: Share
    is_open: bool
    is_new: bool
    waits: bool
    question: str = ""
    set_name: str = ""
    html: SafeString | str = ""
    thread: Thread | None = None
    draft: Draft | None = None


def of(counselor: User, shares: Sequence[Share], now: dt.datetime) -> list[Answer]:
    """These shares, loaded with their content. Three queries besides those for keys, however many there are."""
    opened = readings.opened_today(counselor, shares, now)
    shown = [share for share in shares if share.pk in opened]
    under, begun = threads.for_counselor_under(shown), drafts.of(counselor, opened)
    return [_answer(counselor, share, under.get(share.pk), begun.get(share.pk), now) for share in shares]


def _answer(counselor: User, share: Share, thread: Thread | None, draft: Draft | None, now: dt.datetime) -> Answer:
    is_new = share.read_at is None or counselor.tonight(share.read_at) == counselor.tonight(now)
    content = share.content
    if thread is None or content is None:
        return Answer(share, is_open=False, is_new=is_new, waits=True)
    return Answer(
        share,
        is_open=True,
        is_new=is_new,
        waits=bool(thread.waiting),
        question=content.question,
        set_name=content.assignment,
        html=replies.html(content),
        thread=thread,
        draft=draft,
    )


def to_open(answers: Sequence[Answer]) -> list[uuid.UUID]:
    """Those that are not open yet, or have a reply that is not."""
    return [answer.share.pk for answer in answers if answer.waits]
