"""The way out to other journals: a ZIP file as Day One's own exports are, which many of them read.

It holds what such a file has room for: texts with their questions, evenings, tags, stars, places, pictures, films, recordings and PDFs.
Everything else is in Nightlight's own file alone.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.text import one_line
from common.values import Values
from journal import files
from journal.exchange.choosing import Choice, chosen
from journal.exchange.nightlight.archive import Advance
from journal.exchange.nightlight.pages import Own, Page, batches
from journal.exchange.zipped import Target, Zip
from journal.models import Attachment, Origin, OriginContent

EVENING = dt.time(21)  # of a page that was written on another day than its night's

# For each kind of file: what an entry's list of them is called, the folder, and how a text shows one.
_MEDIA = {
    "image": ("photos", "photos", "dayone-moment://"),
    "video": ("videos", "videos", "dayone-moment:/video/"),
    "audio": ("audios", "audios", "dayone-moment:/audio/"),
    "application/pdf": ("pdfAttachments", "pdfs", "dayone-moment:/pdfAttachment/"),
}


class _Medium(NamedTuple):
    """An attachment, as the file has it."""

    attachment: Attachment
    kind: str
    folder: str
    link: str
    md5: str
    suffix: str

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.md5}.{self.suffix}"


def write(owner: User, choice: Choice, target: Target, advance: Advance) -> int:
    """Write the ZIP of the pages of a choice that are not deleted; returns how many there are. `advance` is called once for each.

    Call it while the owner's key is held, and in their language. `target` need not be seekable. Memory does not grow with the journal.
    """
    ids = list(chosen(owner, choice).values_list("pk", flat=True))
    own = Own.of(owner)
    media: dict[str, uuid.UUID] = {}  # by their paths: the same picture on two pages is one file
    with Zip(target, timezone.localtime()) as archive:
        with archive.stream(f"{_('Journal')}.json") as member:
            member.write(b'{"metadata":{"version":"1.0"},"entries":[')
            separator = "\n"
            for page, origin, attached in _with_rest(owner, ids, own):
                entry = _entry(page, origin, attached, owner.zone)
                member.write(f"{separator}{json.dumps(entry, ensure_ascii=False, allow_nan=False)}".encode())
                separator = ",\n"
                media |= {medium.path: medium.attachment.pk for medium in attached}
                advance()
            member.write(b"\n]}\n")
        _write_media(archive, media)
    return len(ids)


def _write_media(archive: Zip, media: dict[str, uuid.UUID]) -> None:
    for path, pk in media.items():
        attachment = Attachment.objects.select_related("file").get(pk=pk)
        with archive.stream(path) as member:
            for piece in files.chunks(attachment.file):
                member.write(piece)


def _with_rest(owner: User, ids: Sequence[uuid.UUID], own: Own) -> Iterator[tuple[Page, OriginContent | None, list[_Medium]]]:
    for some in batches(owner, ids):
        keys = [page.pk for page in some]
        origins = {origin.pk: origin.content for origin in Origin.objects.filter(pk__in=keys)} if own.origins else {}
        media = defaultdict[uuid.UUID, list[_Medium]](list)
        if own.attachments:
            for attachment in Attachment.objects.filter(entry__in=keys).select_related("file").order_by("position", "pk"):
                if (medium := _medium(attachment)) is not None:
                    media[attachment.entry_id].append(medium)
        for page in some:
            yield page, origins.get(page.pk), media[page.pk]


def _medium(attachment: Attachment) -> _Medium | None:
    """None for a file of a kind that has no place there."""
    about = attachment.file.about
    found = _MEDIA.get(about.media_type) or _MEDIA.get(about.media_type.partition("/")[0])
    if found is None:
        return None
    content = hashlib.md5(usedforsecurity=False)
    for chunk in files.chunks(attachment.file):
        content.update(chunk)
    suffix = PurePosixPath(about.name).suffix[1:].lower()
    plain = suffix if suffix.isascii() and suffix.isalnum() else about.media_type.rpartition("/")[2].partition("+")[0]
    return _Medium(attachment, *found, content.hexdigest(), plain)


def _entry(page: Page, origin: OriginContent | None, media: Sequence[_Medium], zone: ZoneInfo) -> Values:
    entry: Values = {
        "uuid": page.pk.hex.upper(),
        "creationDate": _moment(_written(page, zone)),
        "modifiedDate": _moment(page.saved_at),
        "timeZone": zone.key,
        "isAllDay": False,
        "starred": origin is not None and origin.is_starred,
        "tags": list(origin.tags) if origin else [],
        "text": _text(page, origin, media),
    }
    if origin is not None and (origin.latitude is not None or origin.place):
        place = {"placeName": origin.place, "latitude": origin.latitude, "longitude": origin.longitude}
        entry["location"] = {name: value for name, value in place.items() if value not in {None, ""}}
    if origin is not None and origin.weather:
        entry["weather"] = {"conditionsDescription": origin.weather}
    for order, medium in enumerate(media):
        identifier = medium.attachment.pk.hex.upper()
        said = {"identifier": identifier, "md5": medium.md5, "type": medium.suffix, "orderInEntry": order}
        entry.setdefault(medium.kind, []).append(said)
    return entry


def _text(page: Page, origin: OriginContent | None, media: Sequence[_Medium]) -> str:
    """The question, or the title that it had elsewhere, as a heading; the text; and what is attached."""
    heading = one_line(page.summary.question or (origin.title if origin else ""))
    links = [f"![]({medium.link}{medium.attachment.pk.hex.upper()})" for medium in media]
    return "\n\n".join(part for part in (f"# {heading}" if heading else "", page.content.text, *links) if part)


def _written(page: Page, zone: ZoneInfo) -> dt.datetime:
    """When it was begun; where that was on another date than its night's, as after midnight, the evening of that night."""
    if page.created_at.astimezone(zone).date() == page.night:
        return page.created_at
    return dt.datetime.combine(page.night, EVENING, zone)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
