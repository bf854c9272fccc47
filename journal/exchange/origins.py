"""Where a page comes from that was not written here, and what is attached to it, as its page shows it."""

from dataclasses import dataclass
from typing import TypedDict

from django.template.defaultfilters import filesizeformat

from common.rendering.addresses import address_of
from journal.exchange.formats import FORMATS
from journal.models import Attachment, Entry, Origin

LABELS = {reader.name: reader.label for reader in FORMATS}


class AttachedFile(TypedDict):
    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class Brought:
    """`label` is the other journal's name; "" where the page has attachments alone."""

    label: str
    tags: tuple[str, ...]
    place: str
    weather: str
    files: list[AttachedFile]


def of(entry: Entry) -> Brought | None:
    """None, without a query, for a page that was written here."""
    if not entry.summary.was_brought:
        return None
    origin = Origin.objects.filter(pk=entry.pk).first()
    attachments = Attachment.objects.filter(entry=entry).select_related("file")
    files = [
        AttachedFile(name=each.file.about.name, size=filesizeformat(each.file.size), url=address_of("journal:import_file", each.pk))
        for each in attachments
    ]
    if origin is None:
        return Brought("", (), "", "", files)
    content = origin.content
    return Brought(LABELS.get(content.source, content.source), content.tags, content.place, content.weather, files)
