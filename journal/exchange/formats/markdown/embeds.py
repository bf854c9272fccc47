"""Files that a Markdown text shows: pictures and, in Obsidian, anything in double brackets."""

import re
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

from journal.exchange.formats.incoming import IncomingFile
from journal.exchange.formats.reading.archives import Archive
from journal.exchange.formats.reading.attachments import attached

_EMBED = re.compile(
    r"!\[\[([^\[\]|#\n]{1,300})(?:[|#][^\[\]\n]{0,300})?\]\]|!\[[^\[\]\n]{0,500}\]\(<?([^()<>\n]{1,500}?)>?(?:\s+\"[^\"\n]{0,200}\")?\)"
)
_TEXTS = (".md", ".markdown")


class Files:
    """The archive's files by their paths, and by their names alone, as Obsidian finds them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._by_name = {PurePosixPath(name).name: name for name in archive if not name.lower().endswith(_TEXTS)}

    def taken(self, text: str, note: str) -> tuple[str, list[IncomingFile], list[str]]:
        """The text without those that are in the archive, those files, and the names of local ones that are missing."""
        if "![" not in text:
            return text, [], []
        members: dict[str, None] = {}
        missing: dict[str, None] = {}

        def take(embed: re.Match[str]) -> str:
            named = embed[1] or unquote(embed[2])
            if "://" in named or named.lower().endswith(_TEXTS):
                return embed[0]
            member = self._found(named.strip(), note)
            if member is None:
                if PurePosixPath(named).suffix:
                    missing[PurePosixPath(named).name[:60]] = None
                return embed[0]
            members[member] = None
            return ""

        text = re.sub(r"\n{3,}", "\n\n", _EMBED.sub(take, text))
        return text, [attached(self._archive, member) for member in members], list(missing)

    def _found(self, named: str, note: str) -> str | None:
        beside = normpath(str(PurePosixPath(note).parent / named))
        if beside in self._archive and not beside.lower().endswith(_TEXTS):
            return beside
        return self._by_name.get(PurePosixPath(named).name)
