"""Lists in pages. The journal's timeline has its own way: it goes on from an entry, at the same cost however far back."""

from collections.abc import Sequence

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of[T](request: HttpRequest, items: "Sequence[T] | QuerySet[T]", per_page: int) -> "Page[T]":  # type: ignore[type-var]
    """The page that `?page=` asks for; the first where that is no number, the last where there are not so many.

    components/pager.html shows the way to its neighbours.
    """
    return Paginator(items, per_page).get_page(request.GET.get("page"))
