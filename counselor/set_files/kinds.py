"""Files that are no set at all: what one is, by its first bytes, and what to do with it."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SPREADSHEET = _("This is a spreadsheet. In your spreadsheet program, save it as “CSV UTF-8”, then import that file.")
_DOCUMENT = _("This is a word processor document. Open it, copy the questions, and paste them on a set’s page, one per line.")
_PDF = _("This is a PDF. Open it, copy the questions, and paste them on a set’s page, one per line.")
_PICTURE = _("This is a picture, and Nightlight can’t read its text. Type the questions on a set’s page, one per line.")
_SOUND_OR_FILM = _("This is a sound or video file. A set is a TOML or CSV file.")
_ARCHIVE = _("This is a ZIP or another archive. Unpack it, then import the TOML or CSV file inside.")
_PAGE = _("This is a web page. Open it, copy the questions, and paste them on a set’s page, one per line.")
_PROGRAM = _("This is a program or a database. A set is a TOML or CSV file.")

# How files of other kinds begin.
_BEGINNINGS: tuple[tuple[bytes, Promise], ...] = (
    (rb"%PDF-", _PDF),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP|\0\0\0.ftyp(?:hei|hev|mif|avi)", _PICTURE),
    (rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg", _PICTURE),
    (rb"\{\\rtf", _DOCUMENT),
    (rb"RIFF.{4}(?:WAVE|AVI )|ID3[\x02-\x04]|OggS\0|fLaC\0|\xff[\xfb\xf3\xf2]|....ftyp|\x1aE\xdf\xa3", _SOUND_OR_FILM),
    (rb"\x1f\x8b|BZh[1-9]|7z\xbc\xaf'\x1c|Rar!|\xfd7zXZ\0|\x28\xb5\x2f\xfd", _ARCHIVE),
    (rb"\s*(?i:<!doctype html|<html)", _PAGE),
    (rb"MZ.{1,60}\0|\x7fELF|SQLite format 3\0", _PROGRAM),
)

# What an archive holds, where it is really a document: Office, OpenDocument, Apple. Names are not packed.
_IN_ARCHIVES: tuple[tuple[bytes, Promise], ...] = (
    (rb"xl/(?:workbook|worksheets)|application/vnd\.oasis\.opendocument\.spreadsheet|Index/Tables/", _SPREADSHEET),
    (
        rb"word/(?:document|settings|styles)|application/vnd\.oasis\.opendocument\.text|ppt/(?:slides|presentation)|Index/Document\.iwa",
        _DOCUMENT,
    ),
    (rb"application/epub\+zip", _DOCUMENT),
)

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_SHEET = re.compile("Workbook|Book".encode("utf-16-le").replace(b"|\0", b"|"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def foreign(data: bytes) -> Promise | None:
    """What to say of a file that is of another kind; None where it may be a set."""
    if data.startswith(_ZIP):
        return next((message for pattern, message in _IN_ARCHIVES if re.search(pattern, data)), _ARCHIVE)
    if data.startswith(_OLD_OFFICE):
        return _SPREADSHEET if _OLD_SHEET.search(data) else _DOCUMENT
    return next((message for pattern, message in _BEGINNINGS if re.match(pattern, data, re.DOTALL)), None)
