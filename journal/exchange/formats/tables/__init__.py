"""Journals that export tables: Daylio and Penzu."""

from journal.exchange.formats.tables.daylio import Daylio
from journal.exchange.formats.tables.penzu import Penzu

__all__ = ["Daylio", "Penzu"]
