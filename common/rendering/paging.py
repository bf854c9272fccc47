"""Pagination by page numbers. The journal's timeline has cursors instead: see journal/views/entries.py."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of[T](request: HttpRequest, items: "Sequence[T] | QuerySet[T]", per_page: int) -> "Page[T]":  # type: ignore[type-var]
    """The page that `?page=` asks for; the first one where that is no number, the last one where there is no page
    of that number.

    components/pager.html links to its neighbours.
    """
    return Paginator(items, per_page).get_page(request.GET.get("page"))
