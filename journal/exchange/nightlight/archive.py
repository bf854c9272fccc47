"""Writing an export: a ZIP of everything or of a part, in memory that does not grow with the journal."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.utils import timezone

from accounts.models import User
from common.values import Values
from journal import files
from journal.exchange.choosing import Choice, chosen
from journal.exchange.nightlight import FORMAT, JSON_FILE, SCHEMA, person, support
from journal.exchange.nightlight.pages import Own, attachment_path, pages
from journal.exchange.nightlight.readable import Readable
from journal.exchange.nightlight.values import day, moment
from journal.exchange.zipped import Packed, Target, Zip
from journal.models import Attachment, Entry

KEPT_FOR = dt.timedelta(days=1)  # what waits, should the process be killed meanwhile

type Advance = Callable[[], object]

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Part(NamedTuple):
    """Which pages an export holds, in order. `is_whole`: with all the rest, deleted pages and histories as well."""

    ids: list[uuid.UUID]
    is_whole: bool
    choice: Choice

    @classmethod
    def of(cls, owner: User, choice: Choice) -> "Part":
        if choice.is_everything:
            ids = Entry.objects.by(owner).order_by("night", "pk").values_list("pk", flat=True)
        else:
            ids = chosen(owner, choice).values_list("pk", flat=True)
        return cls(list(ids), choice.is_everything, choice)


def write(owner: User, part: Part, target: Target, advance: Advance) -> int:
    """Write the ZIP of these pages; returns how many people can read in it. `advance` is called once for each page of the part.

    Call it while the owner's key is held, in their language and time zone. `target` need not be seekable.

    Pages are read and opened once. A file of the ZIP begins only where another ends, so what is for programs waits meanwhile,
    compressed, in a sealed file of its own.
    """
    now = timezone.localtime()
    with Zip(target, now) as zipped:
        readable = Readable(owner, zipped)

        def values() -> Iterator[Values]:
            for page, attachments, values in pages(owner, part.ids, with_history=part.is_whole):
                if page.deleted_at is None:
                    readable.add(page, attachments)
                yield values
                advance()

        with files.create(owner, JSON_FILE, expires_at=now + KEPT_FOR) as waiting:
            packed = Packed(waiting.write)
            _write_json(owner, part, packed, values())
            packed.finish()
        try:
            zipped.add_packed(JSON_FILE, packed, files.chunks(waiting.file))
        finally:
            waiting.file.delete()
        readable.finish()
        if Own.of(owner).attachments:
            _write_attachments(part, zipped)
    return readable.count


def _write_json(owner: User, part: Part, target: Packed, values: Iterable[Values]) -> None:
    head: Values = {"format": FORMAT, "schema": SCHEMA, "made_at": moment(timezone.now())}
    if part.is_whole:
        head |= {"part": None, "person": person.person(owner)}
    else:
        head |= {"part": {"first": day(part.choice.first), "last": day(part.choice.last), "chosen": len(part.choice.entries)}}
    target.write(_JSON.encode(head)[:-1].encode())
    if part.is_whole:
        for name, rows in {
            "own_questions": person.own_questions(owner),
            "marks": person.marks(owner),
            "walks": person.walks(owner),
            "nights": person.nights(owner),
            "imports": person.imports(owner),
        }.items():
            _write_list(target, name, rows)
    _write_list(target, "pages", values)
    if part.is_whole:
        _write_list(target, "support", support.support(owner))  # behind the pages, which it names
    target.write(b"}\n")


def _write_list(target: Packed, name: str, rows: Iterable[Values]) -> None:
    target.write(f',\n"{name}":['.encode())
    separator = "\n"
    for row in rows:
        target.write(f"{separator}{_JSON.encode(row)}".encode())
        separator = ",\n"
    target.write(b"]")


def _write_attachments(part: Part, zipped: Zip) -> None:
    for start in range(0, len(part.ids), 500):
        for attachment in Attachment.objects.filter(entry__in=part.ids[start : start + 500]).select_related("file"):
            with zipped.stream(attachment_path(attachment.pk, attachment.file.about.name)) as member:
                for piece in files.chunks(attachment.file):
                    member.write(piece)
