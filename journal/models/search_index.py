"""What makes a journal's words findable."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import models

from accounts.keys.blobs import SealedBlob
from accounts.keys.rows import SealedQuerySet
from accounts.models import User
from common.ids import new_id

WHOLE = 0  # the year of an index of a whole journal


class SearchIndexQuerySet(SealedQuerySet["SearchIndex"]):
    def by(self, author: User) -> "SearchIndexQuerySet":
        return self.filter(author=author)

    def lock(self, authors: Iterable[uuid.UUID]) -> "list[SearchIndex]":
        """The indexes of these people, without their data, locked until the transaction under way ends.

        Whoever locks entries, too, locks them afterwards: storing an index keeps to the same order, so that nothing deadlocks.
        """
        return list(self.filter(author__in=authors).defer("data").select_for_update().order_by("pk"))

    def forget(self, entries: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
        """Note that entries are no more, each named by its author's id and its own. Call where they are locked, before they are deleted."""
        gone = defaultdict[uuid.UUID, set[str]](set)
        for author, pk in entries:
            gone[author].add(str(pk))
        for index in self.lock(gone):
            index.forgotten = sorted(gone[index.author_id].union(index.forgotten))
            index.save(update_fields=["forgotten"])


class SearchIndex(models.Model):
    """The sealed index of one person's entries, or of those of one year: see `journal.finding.index`.

    `forgotten` are the ids of entries that it may still know and that are no more, or are in the index of another year.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)  # the constraint begins with it
    year = models.PositiveSmallIntegerField(default=WHOLE)
    format = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField(default=0)  # counts how often it was stored
    forgotten = models.JSONField(default=list)  # before the data, which SQLite would have to go through to read what lies behind it
    data = SealedBlob(owner="author", label="journal.search_index.data", version="revision")

    objects = SearchIndexQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search indexes"
        constraints = [models.UniqueConstraint(fields=["author", "year"], name="journal_searchindex_one_a_year")]

    def __str__(self) -> str:
        return f"{self.author_id}/{self.year or 'all'}"
