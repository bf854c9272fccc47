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
from journal.models import Entry


def _asked_range(request: AuthenticatedHttpRequest) -> Range:
    value = request.GET.get("range", ranges.DEFAULT.value)
    if value not in Range.values:
        raise Http404
    return Range(value)


@require_safe
def insights(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Of a year, or of the range that the address names."""
    author, asked = request.user, _asked_range(request)
    first = asked.first(author.tonight(timezone.now()))
    counts = counting.read(author, first)
    parts = pictures.parts(counts, author.children.all, pictures.theme_names())
    url = reverse("journal:insights")
    context = {
        "ranges": [(f"{url}?range={each.value}", each.label, each == asked) for each in Range],
        # Where nothing is earlier either, a look at all nights would lead to the same page.
        "has_earlier": first is not None and Entry.objects.by(author).not_deleted().filter(night__lt=first).exists(),
        "everything": f"{url}?range={Range.ALL.value}",
        "nights": len(counts.nights),
        "first": dates.evening(min(counts.nights)) if counts.nights else "",
        "parts": parts,
    }
    return render(request, "journal/insights/insights.html", context)
