"""What the page that says good night offers: to share what was written, at one press, and to take it back."""

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q
from django.urls import reverse

from accounts.models import Connection, User
from journal.models import Entry, Night, Share
from journal.nights.night_pages import NightPage
from journal.sharing import shares


@dataclass(frozen=True, slots=True)
class Offer:
    """One counselor. `copy_url` is "" where they have no copy. `is_informed`: whether the parent has read what sharing means.

    `new_text`: whether the page differs from their copy.
    """

    connection: uuid.UUID
    name: str
    is_informed: bool
    share_url: str
    telling_url: str
    copy_url: str
    take_back_url: str
    new_text: bool


def offers(parent: User, page: NightPage) -> list[Offer]:
    """For each active connection, first that of the counselor who asked the page's question.

    One query, none for parents who never had a counselor; two more where the page differs from what was shared.
    """
    entry = page.entry
    if page.closed != Night.Closed.DONE or entry is None or not entry.size or not parent.has_connections:
        return []
    copy = FilteredRelation("shares", condition=Q(shares__entry=entry, shares__taken_back_at=None))
    rows = Connection.objects.of_parent(parent).active().annotate(copy=copy).order_by("began_at", "pk")
    found = list(rows.values_list("pk", "counselor_name", "practice", "informed_at", "copy__pk", "copy__entry_version"))
    asker = page.received.assignment.connection_id if page.received else None
    names = Counter(name for _pk, name, *_rest in found)
    return [
        Offer(
            connection=pk,
            name=", ".join(filter(None, [name, practice])) if names[name] > 1 else name,
            is_informed=informed_at is not None,
            share_url=reverse("journal:share", args=[entry.pk]),
            telling_url=reverse("journal:share", args=[entry.pk], query={"with": pk}),
            copy_url=reverse("shared_answer", args=[share]) if share else "",
            take_back_url=reverse("journal:shared_take_back", args=[share]) if share else "",
            new_text=share is not None and version != entry.version and _is_outdated(share, entry),
        )
        for pk, name, practice, informed_at, share, version in sorted(found, key=lambda row: row[0] != asker)
    ]


def _is_outdated(share: uuid.UUID, entry: Entry) -> bool:
    copy = Share.objects.filter(pk=share).first()
    return copy is not None and shares.is_outdated(copy, entry)
