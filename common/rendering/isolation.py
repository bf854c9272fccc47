"""What somebody typed, among words of the page's."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def isolated(typed: object) -> SafeString:
    """It runs in its own direction, and does not turn what stands around it."""
    return format_html("<bdi>{}</bdi>", typed) if typed else SafeString()
