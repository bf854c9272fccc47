"""What was found, for the page of the search and for the timeline that is narrowed: both show it in the same way."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import TypedDict

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.http import AuthenticatedHttpRequest
from accounts.models import User
from common import dates, errors
from common.http import opened_by_another
from common.kept_forms import keeps_form
from common.numbers import parse_number
from common.rendering.addresses import address_of
from journal import chronology, rows
from journal.finding import descriptions, search, spans
from journal.finding.search import Found, Hit, Order
from journal.forms.search import FilterForm, SearchForm
from journal.models import Feeling

MOST_PAGES = 100_000

keeps_filters = keeps_form(FilterForm)


class SpanChoice(TypedDict):
    """A button that narrows to a span of nights."""

    key: str
    label: str


class HitRow(TypedDict):
    """An entry that was found, as a row that is a button: it sends along what it was found by. `date` is its evening in full."""

    pk: uuid.UUID
    url: str
    day: str
    date: str
    question: str
    words: SafeString
    feeling: SafeString | str


def _row(hit: Hit, feelings: rows.Feelings) -> HitRow:
    return HitRow(
        pk=hit.pk,
        url=address_of("journal:search_entry", hit.pk),
        day=dates.short_evening(hit.night),
        date=dates.evening(hit.night),
        question=hit.summary.question,
        words=hit.excerpt or (escape(Feeling(hit.summary.feeling).label) if hit.summary.feeling else SafeString()),
        feeling=feelings[hit.summary.feeling],
    )


def spans_for(author: User, years: list[int]) -> list[SpanChoice]:
    """Spans that are near and have nights of this author's journal in them, whose years are these."""
    now = timezone.now()
    joined = author.tonight(author.date_joined)
    since = min(joined, dt.date(years[-1], 1, 1)) if years and years[-1] < joined.year else joined
    offered = spans.recent(author.tonight(now), since)
    return [SpanChoice(key=span.key, label=spans.heading(span, author.time_zone)) for span in offered]


def filters(request: AuthenticatedHttpRequest, form: FilterForm, years: list[int]) -> dict[str, object]:
    """For the filters of a page. `years`: those that have entries, the newest first."""
    return {"form": form, "spans": spans_for(request.user, years) if years else [], "is_empty": not years}


def no_filters(request: AuthenticatedHttpRequest, years: list[int]) -> dict[str, object]:
    """For a page that is not narrowed yet."""
    return filters(request, FilterForm(author=request.user), years)


def narrowed_timeline(request: AuthenticatedHttpRequest) -> HttpResponse:
    """The timeline with what the request's form says alone; the whole one where it says nothing."""
    if opened_by_another(request):
        return errors.other_person(request)
    form = FilterForm(request.POST, author=request.user)
    is_valid = form.is_valid()
    if is_valid and not form.filters.narrows:
        return redirect("journal:timeline")
    shown = (
        filters(request, form, chronology.years(request.user))
        | context(request, form, by_month=True)
        | {"is_narrowed": True, "is_open": not is_valid}
    )
    status = HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "journal/entries/timeline.html", shown, status=status)


def context(request: AuthenticatedHttpRequest, form: FilterForm, *, by_month: bool = False) -> dict[str, object]:
    """What a page says of what its form asked for. Call after `is_valid()`; where the form is not valid, nothing was asked."""
    narrowed = descriptions.describe(form.filters, form.names, request.user.time_zone)
    if not form.is_valid():
        return {"narrowed": narrowed}
    found = _find(request, form)
    if isinstance(form, SearchForm) and form.words_sent and not form.is_typing and not (found.total or found.progress or found.problem):
        form.take_as_beginning()
        found = _find(request, form)
    feelings = rows.Feelings()
    last_page = max(1, -(-found.total // search.PER_PAGE))
    return {
        "narrowed": narrowed,
        "found": found,
        "groups": [(heading, [_row(hit, feelings) for hit in hits]) for heading, hits in _groups(found.hits, by_month=by_month)],
        "sent": [*form.sent, ("page", str(found.page))],
        "previous": found.page - 1,
        "next": found.page + 1 if found.has_more else 0,
        "last_page": last_page,
        "read": {"done": _grouped(found.progress.done), "total": _grouped(found.progress.total)} if found.progress else None,
        "counted": _grouped(found.total),
        "is_best": isinstance(form, SearchForm) and form.chosen_order == Order.BEST,
    }


def _grouped(number: int) -> str:
    """As "3,200"."""
    return number_format(number, force_grouping=True)


def _find(request: AuthenticatedHttpRequest, form: FilterForm) -> Found:
    """The page that is asked for, or the last one there is."""
    page = max(1, parse_number(request.POST.get("page"), MOST_PAGES) or 1)
    found = _find_page(request, form, page)
    if page > 1 and not found.hits and not found.progress:
        return _find_page(request, form, max(1, -(-found.total // search.PER_PAGE)))
    return found


def _find_page(request: AuthenticatedHttpRequest, form: FilterForm, page: int) -> Found:
    if not isinstance(form, SearchForm):
        return search.find(request.user, "", form.filters, page=page)
    return search.find(request.user, form.words_sent, form.filters, order=form.chosen_order, page=page, is_typing=form.is_typing)


def _groups(hits: list[Hit], *, by_month: bool) -> list[tuple[str, list[Hit]]]:
    if not by_month:
        return [("", hits)] if hits else []
    return rows.by_month(hits)
