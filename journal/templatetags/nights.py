"""Parts of the pages that are written on."""

from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from common.rendering.isolation import isolated
from journal.models import Feeling
from journal.nights.precedence import Claim
from journal.nights.windows import NIGHTS, Window

register = template.Library()

WINDOW = '<li><a class="window" href="{}" data-size="{}"{} aria-label="{}" title="{}"><span class="pane"></span>{}</a></li>'
STRIP = """<section class="strip no-print" aria-labelledby="windows-title">
  <h2 class="eyebrow" id="windows-title">{}</h2>
  <ol class="windows">
    {}
  </ol>{}
</section>"""
MORE = '\n  <p class="crumbs eyebrow"><a href="{}">{}</a></p>'


@register.simple_tag
def lit_windows(windows: list[Window]) -> SafeString:
    """The last fortnight, or what there is of it yet, as a row of windows. After the first evening it leads to the calendar.

    Made here, since the template's loop took a tenth of the page's time.
    """
    rows = []
    for window in windows:
        label = escape(window.label)
        tonight = ' aria-current="date"' if window.is_tonight else ""
        rows.append(WINDOW.format(escape(window.url), window.size, tonight, label, label, window.day))
    title = _("The last fourteen nights") if len(windows) >= NIGHTS else _("Your nights so far")
    more = format_html(MORE, reverse("journal:calendar"), _("Calendar")) if len(windows) > 1 else ""
    return format_html(STRIP, title, SafeString("\n    ".join(rows)), more)


@register.simple_tag
def feelings() -> list[Feeling]:
    """The feelings one can choose."""
    return list(Feeling)


@register.filter
def is_hard(feeling: str) -> bool:
    """Whether this value of `Feeling`, or "", is one with which the pages for hard nights are offered."""
    return feeling in Feeling and Feeling(feeling).is_hard


@register.simple_tag
def claim_names(claims: Sequence[Claim]) -> SafeString:
    """What wants the night, as links: the names of sets and paths."""
    return SafeString(get_text_list([format_html('<a href="{}" dir="auto">{}</a>', claim.url, claim.name) for claim in claims], _("and")))


@register.simple_tag
def child_names(names: Sequence[str]) -> SafeString:
    """Names of children in one phrase, each in its own direction."""
    return SafeString(get_text_list([isolated(name) for name in names], _("and")))
