"""Markdown files, with or without front matter, in folders or alone: Obsidian's daily notes among them."""

from journal.exchange.formats.markdown.notes import Markdown

__all__ = ["Markdown"]
