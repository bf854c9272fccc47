"""Files of an archive that belong to an entry."""

import mimetypes
from functools import partial
from pathlib import PurePosixPath

from common.text import one_line
from journal.exchange.formats.incoming import IncomingFile
from journal.exchange.formats.reading.archives import Archive

NAME = 120  # characters


def attached(archive: Archive, member: str, name: str = "") -> IncomingFile:
    """A file of the archive, by the name that it had for its author. Its kind is told by its name, and never believed where it is shown."""
    shown = one_line(PurePosixPath(name or member).name) or "file"
    if len(shown) > NAME:
        suffix = PurePosixPath(shown).suffix[:16]
        shown = shown[: NAME - len(suffix)] + suffix
    kind = mimetypes.guess_type(shown)[0] or mimetypes.guess_type(member)[0] or "application/octet-stream"
    return IncomingFile(shown, kind, archive.size(member), partial(archive.open, member))
