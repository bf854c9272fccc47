"""Day One: its JSON in a ZIP file, its plain text, and the folder of its first versions."""

from journal.exchange.formats.day_one.classic import Classic
from journal.exchange.formats.day_one.journals import DayOne
from journal.exchange.formats.day_one.plain_text import PlainText

__all__ = ["Classic", "DayOne", "PlainText"]
