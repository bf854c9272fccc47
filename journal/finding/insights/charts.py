"""Charts as SVG, made here: without a script, and without colours or sizes of their own, which are the style sheet's (css/insights.css).

Widths are percentages and heights are in letters (em), so that a chart fits its column while its letters keep their size. What it
shows, it says: in a title and a description inside it, and as a table beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from common.rendering.isolation import isolated

# In em.
ROW, LABEL, BAR_TOP, BAR = 3.0, 1.0, 1.4, 1.0
FIELD_TOP, FIELD, BELOW, AXIS = 1.4, 6.0, 1.6, 0.1  # of columns
DIGITS = 36  # so many have room above columns side by side
EDGE = 0.015  # of the width for each digit: a number above a column that is nearer to an end would be cut if it stood in its middle
LONGEST_LABEL = 32  # characters that fit a narrow phone
_ISOLATE = "\u2068{}\u2069"  # as <bdi> does, for text without tags


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar: its name, and its pattern (templates/journal/insights/patterns.html)."""

    pattern: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: a count for each series. `is_typed`: the label is what somebody typed, and runs in its own direction."""

    label: str
    counts: tuple[int, ...]
    is_typed: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def text(self) -> str:
        """The label for text without tags."""
        return _ISOLATE.format(self.label) if self.is_typed else self.label

    @property
    def short(self) -> str:
        """The label as it stands above its bar."""
        label = Truncator(self.label).chars(LONGEST_LABEL)
        return _ISOLATE.format(label) if self.is_typed else label

    @property
    def heading(self) -> SafeString | str:
        return isolated(self.label) if self.is_typed else self.label


@dataclass(frozen=True, slots=True)
class Chart:
    """`rows_are` and `counted` name what a row is and what is counted, as the table's headings do.

    As columns, which stand side by side, a chart has one series; its rows are then too many for a line each.
    """

    slug: str
    title: str
    rows_are: str
    counted: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]
    note: str = ""
    is_columns: bool = False

    @property
    def is_stacked(self) -> bool:
        return len(self.series) > 1

    @property
    def description(self) -> str:
        """The chart's numbers in sentences; of columns, which are many, those of the whole."""
        if self.is_columns:
            first, last, total = self.rows[0].text, self.rows[-1].text, sum(row.total for row in self.rows)
            summary = _("%(counted)s from %(first)s to %(last)s: %(total)d in all.")
            return summary % {"counted": self.counted, "first": first, "last": last, "total": total}
        return " ".join(f"{row.text}: {self._in_words(row)}." for row in self.rows)

    def _in_words(self, row: Row) -> str:
        if not self.is_stacked:
            return str(row.total)
        parts = [f"{series.name} {count}" for series, count in zip(self.series, row.counts, strict=True) if count]
        return ", ".join(parts) or "0"

    @property
    def svg(self) -> SafeString:
        marks, height = _columns(self) if self.is_columns else _bars(self)
        return format_html(
            '<svg class="chart" role="img" aria-labelledby="{slug}-title {slug}-description" width="100%" height="{height}">'
            '<title id="{slug}-title">{title}</title><desc id="{slug}-description">{description}</desc>{marks}</svg>',
            slug=self.slug,
            height=_em(height),
            title=self.title,
            description=self.description,
            marks=marks,
        )


def _em(length: float) -> str:
    return f"{length:.4g}em"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.5g}%" if whole else "0%"


_PART = '<rect class="part" stroke="currentColor" x="{}" y="{}" width="{}" height="{}" fill="url(#{})"></rect>'
_COLUMN = '<rect class="column" x="{}" y="{}" width="{}" height="{}" fill="url(#{})"></rect>'
_TEXT = '<text class="{}" text-anchor="{}" x="{}" y="{}">{}</text>'
_START, _END = ("label", "start"), ("number", "end")  # class and anchor of texts


def _bars(chart: Chart) -> tuple[SafeString, float]:
    """A bar for each row, below its label; the longest is as wide as the chart. And the height of all."""
    widest = max((row.total for row in chart.rows), default=0)
    texts: list[tuple[str, str, str, str, str]] = []
    rects: list[tuple[str, str, str, str, str]] = []
    for number, row in enumerate(chart.rows):
        top = number * ROW
        texts.append((*_START, "0", _em(top + LABEL), row.short))
        texts.append((*_END, "100%", _em(top + LABEL), str(row.total)))
        before = 0
        for series, value in zip(chart.series, row.counts, strict=True):
            if value:
                rects.append((_percent(before, widest), _em(top + BAR_TOP), _percent(value, widest), _em(BAR), series.pattern))
            before += value
    marks = format_html("{}{}", format_html_join("", _TEXT, texts), format_html_join("", _PART, rects))
    return marks, len(chart.rows) * ROW


def _columns(chart: Chart) -> tuple[SafeString, float]:
    """Columns beside each other on a line, with the first and the last period below it. And the height of all."""
    rows, number = chart.rows, len(chart.rows)
    highest = max(row.total for row in rows)
    tallest = next(at for at, row in enumerate(rows) if row.total == highest)
    bottom = FIELD_TOP + FIELD
    texts: list[tuple[str, str, str, str, str]] = []
    rects: list[tuple[str, str, str, str, str]] = []
    for at, row in enumerate(rows):
        if not row.total:
            continue
        height = FIELD * row.total / highest
        rects.append((_percent(at + 0.1, number), _em(bottom - height), _percent(0.8, number), _em(height), chart.series[0].pattern))
        if number * len(str(highest)) <= DIGITS or at == tallest:  # one of many says how high they are
            texts.append(("number", *_above(at, number, EDGE * len(str(highest))), _em(bottom - height - 0.4), str(row.total)))
    baseline = format_html('<rect class="axis" x="0" y="{}" width="100%" height="{}"></rect>', _em(bottom), _em(AXIS))
    texts += [("number", anchor, x, _em(bottom + BELOW), label) for anchor, x, label in _axis(rows)]
    marks = format_html("{}{}{}", format_html_join("", _COLUMN, rects), baseline, format_html_join("", _TEXT, texts))
    return marks, bottom + BELOW + 0.5


def _above(at: int, number: int, edge: float) -> tuple[str, str]:
    """Anchor and place of the number above a column."""
    middle = (at + 0.5) / number
    if number > 1 and middle < edge:
        return "start", _percent(at + 0.1, number)
    if number > 1 and middle > 1 - edge:
        return "end", _percent(at + 0.9, number)
    return "middle", _percent(at + 0.5, number)


def _axis(rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """The labels below columns: anchor, place, text."""
    if len(rows) == 1:
        return [("middle", "50%", rows[0].label)]
    return [("start", "0", rows[0].label), ("end", "100%", rows[-1].label)]
