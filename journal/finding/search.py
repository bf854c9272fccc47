"""Search in one person's journal.

Words are looked up in the sealed index of the journal, and in the entries of which that is still to learn: what was saved a second
ago is found, and what was deleted is not. Only the entries on the page that is shown are opened.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import models
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal.finding.filters import Filters
from journal.finding.index import journals, marks, queries
from journal.finding.index.documents import Source, facet
from journal.finding.index.journals import Progress as Progress
from journal.finding.index.matching import Wanted
from journal.finding.index.queries import Query
from journal.finding.index.table import ordinals
from journal.models import EntrySummary
from prompts import questions
from prompts.library import paths
from prompts.models import AssignedStep

PER_PAGE = 20


class Order(models.TextChoices):
    NEWEST = "newest", _("Newest first")
    BEST = "best", _("Best match first")


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `excerpt`: escaped, with the matches in <mark>; its beginning where none of them is in its text."""

    pk: uuid.UUID
    night: dt.date
    summary: EntrySummary
    excerpt: SafeString


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `progress`: not None while the index is being built; these are the hits so far.

    `problem`: why nothing could be searched for, in a sentence; else "".
    """

    hits: list[Hit]
    total: int
    page: int
    has_more: bool
    progress: Progress | None = None
    problem: str = ""


def find(author: User, words: str, filters: Filters, *, order: Order = Order.NEWEST, page: int = 1, is_typing: bool = False) -> Found:
    """The entries of this author that match, twenty a page. While `is_typing`, the last word may be the beginning of one.

    Where many entries changed since the last search, some of them are learnt first: it may write. No words are an error: they are
    literal text, or `problem` says why nothing was searched for. Raises a `KeyringError` where the author's key or an entry cannot
    be opened.
    """
    query = queries.read(words, is_typing=is_typing)
    if query.problem:
        return Found([], 0, 1, has_more=False, problem=query.problem)
    wanted, nights = Wanted(query, _groups(author, filters)), ordinals(filters.first, filters.last)
    is_by_night = order != Order.BEST or not query.wanted
    page = max(1, page)
    with journals.opened(author) as journal:
        places = [] if wanted.is_impossible else journal.matches(wanted, nights) if is_by_night else journal.best(wanted, nights)
        start, end = (page - 1) * PER_PAGE, page * PER_PAGE
        shown = journal.read(journal.page(places, start, end, is_by_night=is_by_night))
        return Found([_hit(source, query) for source in shown], len(places), page, end < len(places), journal.progress)


def _hit(source: Source, query: Query) -> Hit:
    summary = source.summary
    excerpt = marks.excerpt(source.content.text, query) or marks.excerpt(summary.mended_words, query) or escape(summary.excerpt)
    return Hit(source.pk, source.night, summary, excerpt)


def marked(html: SafeString, words: str) -> SafeString:
    """An entry's HTML, with what these words find in <mark>."""
    return marks.marked(html, queries.read(words))


def marked_text(text: str, words: str) -> SafeString:
    """A plain text, such as a question, escaped and with what these words find in <mark>."""
    return marks.marked_text(text, queries.read(words))


def _groups(author: User, filters: Filters) -> list[list[str]]:
    """The facets of which a document has to have one of each group. An empty group matches nothing."""
    groups = [
        [facet(kind, value) for value in values]
        for kind, values in (("child", filters.children), ("feeling", filters.feelings), ("repair", filters.repairs))
        if values
    ]
    if filters.themes:
        groups.append([facet("prompt", question.slug) for question in questions.library() if question.theme in filters.themes])
    if filters.path:
        path = paths.read().get(filters.path)
        groups.append([facet("prompt", slug) for slug in path.prompts] if path else [])
    if filters.assignment is not None:
        steps = AssignedStep.objects.filter(assignment=filters.assignment, connection__parent=author)
        groups.append([facet("step", pk.hex) for pk in steps.values_list("pk", flat=True)])
    return groups
