"""The calendar: months and years of lit windows."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from common.places import customs
from journal import chronology
from journal.finding import facades
from journal.finding.facades import Span
from journal.models import Size

DAY = dt.timedelta(days=1)


def _span(request: AuthenticatedHttpRequest) -> Span:
    return Span.of(request.user, request.user.tonight(timezone.now()))


def _date(year: int, month: int = 1, day: int = 1) -> dt.date:
    """Raises Http404 where there is no such date."""
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        raise Http404 from None


@require_safe
def calendar(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Tonight's month."""
    span = _span(request)
    return _month(request, span, span.tonight.replace(day=1))


@require_safe
def calendar_month(request: AuthenticatedHttpRequest, year: int, month: int) -> HttpResponse:
    """A month between the first evening and tonight; 404 for any other."""
    span, first = _span(request), _date(year, month)
    if not span.has_month(first):
        raise Http404
    return _month(request, span, first)


def _month(request: AuthenticatedHttpRequest, span: Span, month: dt.date) -> HttpResponse:
    first_weekday = customs.active().first_weekday
    week = [(first_weekday + n) % 7 for n in range(7)]
    context = {
        "title": dates.month(month),
        "facade": facades.month(request.user, span, month),
        "weekdays": [(WEEKDAYS_ABBR[weekday], WEEKDAYS[weekday]) for weekday in week],
        "earlier": _month_link(month - DAY) if month > span.first else None,
        "later": _month_link(month + 31 * DAY) if month < span.tonight.replace(day=1) else None,
        "year_link": {"label": str(month.year), "url": _year_url(month.year)},
        "is_tonights": month == span.tonight.replace(day=1),
    }
    return render(request, "journal/calendar/month.html", context | _ways_on(request, span, month.year, month))


@require_safe
def calendar_year(request: AuthenticatedHttpRequest, year: int) -> HttpResponse:
    """A year between the first evening's and tonight's; 404 for any other."""
    span = _span(request)
    if not span.first.year <= year <= span.tonight.year:
        raise Http404
    context = {
        "title": str(year),
        "facades": [(_month_link(facade.month), facade) for facade in facades.year(request.user, span, year)],
        "earlier": _year_link(year - 1) if year > span.first.year else None,
        "later": _year_link(year + 1) if year < span.tonight.year else None,
        "is_tonights": False,
    }
    return render(request, "journal/calendar/year.html", context | _ways_on(request, span, year))


@require_safe
def calendar_night(request: AuthenticatedHttpRequest, year: int, month: int, day: int) -> HttpResponse:
    """Leads to what was written on a night, or to where it can be. The windows of a year have this short address."""
    span, night = _span(request), _date(year, month, day)
    if night not in span:
        raise Http404
    return redirect(facades.night_url(request.user, span, night))


# --- From one to the others.


def _month_link(night: dt.date) -> dict[str, str]:
    """To the month of this night."""
    return {
        "label": dates.month(night),
        "name": str(MONTHS[night.month]),
        "url": reverse("journal:calendar_month", args=[night.year, night.month]),
    }


def _year_url(year: int) -> str:
    return reverse("journal:calendar_year", args=[year])


def _year_link(year: int) -> dict[str, str]:
    return {"label": str(year), "url": _year_url(year)}


def _ways_on(request: AuthenticatedHttpRequest, span: Span, year: int, month: dt.date | None = None) -> dict[str, object]:
    """What leads to every year that has pages and, from a month, to the others of its year. One query."""
    with_pages = {other for other in chronology.years(request.user) if span.first.year <= other <= span.tonight.year}
    years = sorted(with_pages | {year, span.tonight.year}, reverse=True)
    months = span.months(year) if month else []
    return {
        "span": span,
        "brightnesses": [(size.value, size.label) for size in Size if size],
        "can_jump": len(years) > 1 or len(months) > 1,
        "years": [_year_link(other) | {"is_shown": other == year} for other in years],
        "months": [_month_link(other) | {"is_shown": other == month} for other in months],
    }
