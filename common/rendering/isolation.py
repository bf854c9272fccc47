"""What somebody typed, among words of the page's."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


def isolated(typed: object) -> SafeString:
    """It runs in its own direction, and does not turn what stands around it."""
    return format_html("<bdi>{}</bdi>", typed) if typed else SafeString()


def listed(typed: Iterable[object]) -> SafeString:
    """Several of them as a list in words; "" for none."""
    return SafeString(get_text_list([isolated(one) for one in typed], _("and")))
