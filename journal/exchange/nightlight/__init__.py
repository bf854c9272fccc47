"""Nightlight's own file: everything of a journal, to be read by people, by other programs, and by Nightlight again without loss.

docs/export-format.md describes it, docs/export.schema.json is its schema.
"""

FORMAT = "nightlight-journal"
SCHEMA = 1  # rises when older code would misread what is written
JSON_FILE = "journal.json"
