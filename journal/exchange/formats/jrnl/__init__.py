"""jrnl: its JSON, its own text, and a YAML file for each entry."""

from journal.exchange.formats.jrnl.json_export import Jrnl
from journal.exchange.formats.jrnl.text import JrnlText
from journal.exchange.formats.jrnl.yaml_export import JrnlYaml

__all__ = ["Jrnl", "JrnlText", "JrnlYaml"]
