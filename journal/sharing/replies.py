"""What parents and counselors write under a share."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.safestring import SafeString

from accounts import notifications
from accounts.models import Connection, User
from common.ids import create_once
from journal import guide_texts, markup
from journal.models.share import Reply, ReplyContent, Share, ShareContent
from journal.sharing import drafts
from journal.sharing.readings import lock

REPLY_LIMIT = 20_000  # characters


def reply(person: User, share: Share, pk: uuid.UUID, text: str, now: dt.datetime) -> Reply | None:
    """Write under an active share. Idempotent per `pk`, which the page generated; another text under it is another reply.

    None where this person may not (any more) write under the share.
    """
    return _reply(person, share, pk, ReplyContent(text=text, html=markup.render(text), renderer=markup.RENDERER), now)


@transaction.atomic
def _reply(person: User, share: Share, pk: uuid.UUID, content: ReplyContent, now: dt.datetime) -> Reply | None:
    from_counselor = share.connection.counselor_id == person.pk
    allowed = Share.objects.for_counselor(person) if from_counselor else Share.objects.of_parent(person).active()
    locked = lock(allowed, share.pk)
    if locked is None:
        return None

    def build(new_pk: uuid.UUID) -> Reply:
        return Reply(
            pk=new_pk,
            share=locked,
            connection_id=locked.connection_id,
            parent_id=locked.parent_id,
            from_counselor=from_counselor,
            written_at=now,
            content=content,
            kept=None if from_counselor else content,
        )

    own = locked.replies.filter(from_counselor=from_counselor)
    new, is_new = create_once(
        own, pk, build=build, is_same=lambda existing: existing.content is not None and existing.content.text == content.text
    )
    drafts.forget(person, locked.pk)
    other = locked.parent_id if from_counselor else share.connection.counselor_id
    if is_new and other:
        notifications.queue(other, now)
    return new


@transaction.atomic
def see_replies(parent: User, share: Share, now: dt.datetime) -> None:
    """Record that the parent reads what the counselor wrote, and make the parent's own copies of it. Idempotent."""
    if Connection.objects.of_parent(parent).active().locked().filter(pk=share.connection_id).first() is None:
        return
    unseen = share.replies.filter(parent=parent, from_counselor=True, seen_at=None, content__isnull=False)
    for row in unseen.select_for_update():
        row.seen_at, row.kept = now, row.content
        row.save(update_fields=["seen_at", "kept"])


def html(content: ShareContent | ReplyContent) -> SafeString:
    """Sanitised HTML, rendered again where an older renderer made it."""
    return guide_texts.apart(markup.stored(content.html, content.renderer, content.text))
