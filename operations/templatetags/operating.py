"""Notices for whoever runs the site, on the admin's first page."""

from django import template
from django.conf import settings
from django.utils import timezone

from prompts import helplines
from prompts.library.files import LibraryError

register = template.Library()


@register.simple_tag
def stale_helplines() -> dict[str, object]:
    """`lines` that nobody has checked for a year, those that are `unchecked`, and the `file` they are in; or why it is `broken`."""
    try:
        return {"lines": helplines.stale(timezone.localdate()), "unchecked": helplines.unchecked(), "file": settings.HELPLINES}
    except LibraryError as error:
        return {"broken": str(error)}
