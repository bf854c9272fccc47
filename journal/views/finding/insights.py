"""Insights: how nights felt, and what was written about, as pictures with their numbers."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import AuthenticatedHttpRequest
from common import dates
from journal.finding.insights import counting, pictures, ranges
from journal.finding.insights.ranges import Range


def _asked_range(request: AuthenticatedHttpRequest) -> Range:
    value = request.GET.get("range", ranges.DEFAULT.value)
    if value not in Range.values:
        raise Http404
    return Range(value)


@require_safe
def insights(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Of a year, or of the range that the address names."""
    author, asked = request.user, _asked_range(request)
    counts = counting.read(author, asked.first(author.tonight(timezone.now())))
    url = reverse("journal:insights")
    context = {
        "ranges": [(f"{url}?range={each.value}", each.label, each == asked) for each in Range],
        "is_all": asked == Range.ALL,
        "everything": f"{url}?range={Range.ALL.value}",
        "nights": len(counts.nights),
        "first": dates.evening(min(counts.nights)) if counts.nights else "",
        "parts": pictures.parts(counts, author.children.all, pictures.theme_names()),
    }
    return render(request, "journal/insights/insights.html", context)
