"""Files that are recognised and cannot be read: encrypted backups and other programs' own databases. Each with what to do."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journal.exchange.formats.errors import Refused
from journal.exchange.formats.source import Source

_BEGINNINGS: tuple[tuple[re.Pattern[bytes], "str | Promise"], ...] = (
    (
        re.compile(rb"JRNLv3"),
        _("This jrnl journal is encrypted. Run “jrnl --decrypt” or “jrnl --export json”, and send that file."),
    ),
    (
        re.compile(rb"gAAAAA[\w=-]{40}"),
        _("This file is encrypted by jrnl. Run “jrnl --decrypt” or “jrnl --export json”, and send that file."),
    ),
    (
        re.compile(rb"-----BEGIN PGP MESSAGE|age-encryption\.org/|-----BEGIN AGE"),
        _("This file is encrypted. Decrypt it on your device, and send the result."),
    ),
    (
        re.compile(rb"Salted__|U2FsdGVkX1"),
        _("This file is encrypted with a password. Decrypt it in the program that made it, and send the result."),
    ),
    (
        re.compile(rb'\s*\{\s*"(?:version"\s*:\s*"00\d"\s*,\s*")?keyParams"'),
        _("This Standard Notes backup is encrypted. In Standard Notes, choose Account, Data backups, Decrypted, and send that file."),
    ),
    (
        re.compile(rb"SQLite format 3\0"),
        _(
            "This is a program’s own database, not an export. In that program, choose Export (JSON, if there’s a "
            "choice), and send that file."
        ),
    ),
    (
        re.compile(rb"7z\xbc\xaf|Rar!|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar", re.DOTALL),
        _("This file isn’t compressed as a ZIP file. Unpack it on your device, compress it as a ZIP file, and send that."),
    ),
    (
        re.compile(rb"%PDF-|\{\\rtf|\xd0\xcf\x11\xe0"),
        _(
            "This is a document for printing or editing; it doesn’t say where each evening begins. Export as "
            "JSON, text or Markdown, and send that file."
        ),
    ),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|.{4}ftyp|RIFF", re.DOTALL), _("This is a picture, a sound or a video, not a journal.")),
)
_DAYLIO = _("This is a Daylio backup. In Daylio, choose More, Export entries, CSV, and send that file.")
_OFFICE = _(
    "This is a document for printing or editing; it doesn’t say where each evening begins. Export as "
    "JSON, text or Markdown, and send that file."
)
_DIARIUM = _("This is Diarium’s own backup. In Diarium, choose Settings, Export, JSON, and send that file.")


def check(source: Source) -> None:
    """Raises `Refused` for such a file, with what to do."""
    for beginning, sentence in _BEGINNINGS:
        if beginning.match(source.beginning[:1024]):
            raise Refused(str(sentence))
    archive = source.archive
    if archive is None:
        return
    if "backup.daylio" in archive:
        raise Refused(str(_DAYLIO))
    if "[Content_Types].xml" in archive or "mimetype" in archive:
        raise Refused(str(_OFFICE))
    if any(name.endswith((".diary", "diary.db")) for name in archive):
        raise Refused(str(_DIARIUM))
