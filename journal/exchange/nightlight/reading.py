"""The pages of an export that a browser opens without a network: an index, and a page for each month."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from html import escape  # Django's takes five times as long, since it takes what is not text as well
from pathlib import Path

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common import dates
from journal import markup
from journal.exchange.nightlight.pages import Page, attachment_path
from journal.models import Attachment

STYLE = Path(__file__).with_name("reading.css")
DOCUMENT = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="{root}style.css">
</head>
<body>
{body}
</body>
</html>
"""


def file_of(month: dt.date) -> str:
    return f"months/{month:%Y-%m}.html"


def _document(title: str, body: str, root: str = "") -> str:
    return DOCUMENT.format(lang=get_language() or "en", title=escape(title), root=root, body=body)


def index(months: Counter[dt.date], nights: tuple[dt.date, dt.date] | None) -> str:
    """`months`: how many pages each has, in order. `nights`: of the first page and of the last, where there are any."""
    title, nothing = _("Journal"), _("There are no pages yet.")
    parts = [f"<main>\n<h1>{escape(title)}</h1>"]
    if nights:
        count = ngettext("%(number)s page", "%(number)s pages", months.total()) % {
            "number": number_format(months.total(), force_grouping=True)
        }
        parts.append(f"<p class='quiet'>{escape(dates.span_of_months(*nights))} · {escape(count)}</p>")
    else:
        parts.append(f"<p>{escape(nothing)}</p>")
    year = 0
    for month, number in months.items():
        if month.year != year:
            parts.append(f"{'</ul>' if year else ''}\n<h2>{month.year}</h2>\n<ul class='months'>")
            year = month.year
        pages = ngettext("%(number)s page", "%(number)s pages", number) % {"number": number}
        parts.append(f"<li><a href='{file_of(month)}'>{escape(dates.month(month))}</a> <span class='quiet'>{escape(pages)}</span></li>")
    parts.append(f"{'</ul>' if year else ''}\n</main>")
    return _document(title, "\n".join(parts))


def month(of: dt.date, articles: Sequence[str], before: dt.date | None, after: dt.date | None) -> str:
    all_months = _("All months")
    links = [
        f"<a href='{file_of(before)[7:]}'>← {escape(dates.month(before))}</a>" if before else "<span></span>",
        f"<a href='../index.html'>{escape(all_months)}</a>",
        f"<a href='{file_of(after)[7:]}'>{escape(dates.month(after))} →</a>" if after else "<span></span>",
    ]
    nav = f"<nav>{' '.join(links)}</nav>"
    body = f"{nav}\n<main>\n<h1>{escape(dates.month(of))}</h1>\n{''.join(articles)}</main>\n{nav}"
    return _document(dates.month(of), body, root="../")


def article(page: Page, evening: str, feeling: str, children: Sequence[str], attachments: Sequence[Attachment]) -> str:
    """A page, as one of its month. `evening` and `feeling` are in words."""
    summary = page.summary
    html = markup.stored(page.content.html, page.content.renderer, page.content.text)
    about: list[str] = [escape(feeling)] if feeling else []
    about += [f"<bdi>{escape(name)}</bdi>" for name in children]
    parts = [f"<article id='p{page.pk}'>\n<p class='date'>{escape(evening)}</p>\n"]
    if summary.question:
        parts.append(f"<h2 dir='auto'>{escape(summary.question)}</h2>\n")
    if about:
        parts.append(f"<p class='quiet'>{' · '.join(about)}</p>\n")
    parts.append(f"<div class='text' dir='auto'>{html}</div>\n")
    if attachments:
        links = (
            f"<li><a href='../{escape(attachment_path(each.pk, each.file.about.name))}'>{escape(each.file.about.name)}</a></li>"
            for each in attachments
        )
        parts.append(f"<ul class='files'>{''.join(links)}</ul>\n")
    parts.append("</article>\n")
    return "".join(parts)
