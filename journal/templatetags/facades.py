"""Months of the calendar. They are made here: a template's loop takes several times as long, and a year has 365 windows."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from journal.finding.facades import Facade
from journal.nights.windows import Window

register = template.Library()

# Every child is a night, in order: the script and the style sheet count them.
FACADE = '<div class="calendar-facade" role="group" aria-labelledby="{}" data-month="{}" data-column="{}">\n{}</div>'
BLANK = '<i class="blank"></i>\n'
WINDOW_OF_MONTH = '<a class="window" href="{}" data-size="{}"{} aria-label="{}" title="{}"><span class="pane"></span>{}</a>\n'
TO_COME_OF_MONTH = '<span class="window to-come" aria-hidden="true"><span class="pane"></span>{}</span>\n'
# Small ones, in which their name stands out of sight, and without a letter more than they need: a year is to be light to load.
WINDOW_OF_YEAR = "<a href={}/{}/{}{}>{}</a>"
SIZE_OF_YEAR = ("", " class=a", " class=b", " class=c")  # by their size
TO_COME_OF_YEAR = "<i></i>"


def _tonight(window: Window) -> str:
    return ' aria-current="date"' if window.is_tonight else ""


@register.simple_tag
def facade_of_month(facade: Facade, title: str) -> SafeString:
    """`title` is the id of the heading that names the month."""
    parts = [BLANK] * facade.blank
    for window in facade.windows:
        label = escape(window.label)
        parts.append(WINDOW_OF_MONTH.format(escape(window.url), window.size, _tonight(window), label, label, window.day))
    first_to_come = facade.blank + len(facade.windows) + 1
    parts += [TO_COME_OF_MONTH.format(day) for day in range(first_to_come, first_to_come + facade.to_come)]
    return _facade(facade, title, parts)


@register.simple_tag
def facade_of_year(facade: Facade) -> SafeString:
    """For the page of its year alone, from whose address on it has those of its windows. Its heading has the id "month-" and its number."""
    parts = [BLANK] * facade.blank
    for window in facade.windows:
        night, size = window.night, SIZE_OF_YEAR[window.size]
        parts.append(WINDOW_OF_YEAR.format(night.month, night.day, size, _tonight(window), escape(window.label)))
    parts += [TO_COME_OF_YEAR] * facade.to_come
    return _facade(facade, f"month-{facade.month.month}", parts)


def _facade(facade: Facade, title: str, parts: list[str]) -> SafeString:
    return format_html(FACADE, title, f"{facade.month:%Y-%m}", facade.column, SafeString("".join(parts)))
