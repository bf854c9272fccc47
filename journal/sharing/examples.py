"""Shares of an invented client: copies of invented answers that no page of a journal stands behind."""

import datetime as dt
import uuid

from accounts.models import Connection
from common.ids import new_id
from journal import markup
from journal.models.share import Reply, ReplyContent, Share, ShareContent


def share(connection: Connection, step: uuid.UUID, *, question: str, text: str, assignment: str, night: dt.date, now: dt.datetime) -> Share:
    """Let the counselor of an invented client read an answer to one of their steps. Nobody is sent a message about it.

    `assignment` is the name of the set. Call within a transaction that holds the connection's row locked.
    """
    content = ShareContent(question=question, text=text, html=markup.render(text), renderer=markup.RENDERER, assignment=assignment)
    return Share.objects.create(
        connection=connection,
        parent_id=connection.parent_id,
        entry_version=1,
        assigned_id=step,
        night=night,
        content=content,
        shared_at=now,
    )


def reply(to: Share, text: str, now: dt.datetime) -> Reply:
    """Write under it as the invented client. Call within the same transaction."""
    content = ReplyContent(text=text, html=markup.render(text), renderer=markup.RENDERER)
    return Reply.objects.create(
        pk=new_id(), share=to, connection_id=to.connection_id, parent_id=to.parent_id, from_counselor=False, written_at=now, content=content
    )
