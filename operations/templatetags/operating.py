"""What whoever runs the site is told on the admin's first page."""

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from prompts import helplines
from prompts.library.files import LibraryError

register = template.Library()


@register.simple_tag
def stale_helplines() -> dict[str, Any]:
    """The helplines that nobody has checked for a year, or why the file cannot be read."""
    try:
        return {"lines": helplines.stale(timezone.localdate()), "file": settings.HELPLINES}
    except LibraryError as error:
        return {"broken": str(error)}
