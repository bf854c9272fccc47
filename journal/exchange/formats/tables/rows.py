"""Rows of a CSV file by the names in its first line."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from journal.exchange.formats import limits
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading import texts
from journal.exchange.formats.source import Source

# For the whole process, which reads no other tables: the module's own limit is less than a long evening.
csv.field_size_limit(limits.LINE)


def names(words: str) -> list[str]:
    """The names in the first line; none where it is no table."""
    try:
        return [name.strip().lower() for name in next(csv.reader([words.removeprefix("\ufeff").split("\n", 1)[0]]), [])]
    except csv.Error:
        return []


def of(source: Source) -> Iterator[dict[str, str]]:
    try:
        reader = csv.reader(texts.lines(source.file))
        head = [name.strip().removeprefix("\ufeff").lower() for name in next(reader, [])]
        for row in reader:
            if row:
                yield dict(zip(head, row, strict=False))
    except csv.Error:
        raise Refused(_("This table is damaged: a quotation mark is missing, or a field is longer than a book.")) from None
