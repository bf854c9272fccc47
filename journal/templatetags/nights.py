"""Parts of the pages that are written on."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journal.models import Feeling
from journal.nights.windows import Window

register = template.Library()

WINDOW = '<li><a class="window" href="{}" data-size="{}"{} aria-label="{}" title="{}"><span class="pane"></span>{}</a></li>'
STRIP = """<section class="strip no-print" aria-labelledby="windows-title">
  <h2 class="eyebrow" id="windows-title">{}</h2>
  <ol class="windows">
    {}
  </ol>
</section>"""


@register.simple_tag
def lit_windows(windows: list[Window]) -> SafeString:
    """The last fortnight as a row of windows. Made here, since the template's loop took a tenth of the page's time."""
    rows = []
    for window in windows:
        label = escape(window.label)
        tonight = ' aria-current="date"' if window.is_tonight else ""
        rows.append(WINDOW.format(escape(window.url), window.size, tonight, label, label, window.day))
    return format_html(STRIP, _("The last fourteen nights"), SafeString("\n    ".join(rows)))


@register.simple_tag
def feelings() -> list[tuple[str, str]]:
    """The feelings, each with its word."""
    return [(feeling.value, str(feeling.label)) for feeling in Feeling]
