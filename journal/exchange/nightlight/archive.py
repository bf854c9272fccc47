"""Writing an export: a ZIP of everything or of a part, in memory that does not grow with the journal."""

import io
import json
import shutil
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import IO, NamedTuple

from django.utils import timezone

from accounts.models import User
from common import dates
from common.values import Values
from journal import files
from journal.exchange.choosing import Choice, chosen
from journal.exchange.nightlight import FORMAT, JSON_FILE, SCHEMA, person, reading, support
from journal.exchange.nightlight.front_matter import Names, front_matter
from journal.exchange.nightlight.pages import Own, Page, attachment_path, batches, pages
from journal.exchange.nightlight.values import day, moment
from journal.models import Attachment, Entry, Feeling

LEVEL = 1  # of compression: the highest takes four times as long for a tenth less

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


def write(owner: User, part: Part, target: IO[bytes] | files.Writer, advance: Advance) -> int:
    """Write the ZIP of these pages; returns how many people can read in it. `advance` is called twice for each page of the part.

    Call it while the owner's key is held, in their language and time zone. `target` need not be seekable.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        with archive.open(JSON_FILE, "w", force_zip64=True) as member:
            _write_json(owner, part, member, advance)
        count = _write_pages(owner, part, archive, advance)
        if Own.of(owner).attachments:
            _write_attachments(part, archive)
    return count


# --- For programs.


def _write_json(owner: User, part: Part, target: IO[bytes], advance: Advance) -> None:
    head: Values = {"format": FORMAT, "schema": SCHEMA, "made_at": moment(timezone.now())}
    if part.is_whole:
        head |= {"part": None, "person": person.person(owner)}
    else:
        head |= {"part": {"first": day(part.choice.first), "last": day(part.choice.last), "chosen": len(part.choice.entries)}}
    with io.TextIOWrapper(io.BufferedWriter(target, 256 * 1024), encoding="utf-8", write_through=False) as out:
        out.write(_JSON.encode(head)[:-1])
        if part.is_whole:
            for name, rows in {
                "own_questions": person.own_questions(owner),
                "marks": person.marks(owner),
                "walks": person.walks(owner),
                "nights": person.nights(owner),
                "imports": person.imports(owner),
            }.items():
                _write_list(out, name, rows)
        _write_list(out, "pages", _advancing(pages(owner, part.ids, with_history=part.is_whole), advance))
        if part.is_whole:
            _write_list(out, "support", support.support(owner))  # behind the pages, which it names
        out.write("}\n")


def _write_list(out: IO[str], name: str, rows: Iterable[Values]) -> None:
    out.write(f',\n"{name}":[')
    separator = "\n"
    for row in rows:
        out.write(separator)
        out.write(_JSON.encode(row))
        separator = ",\n"
    out.write("]")


def _advancing[R](rows: Iterable[R], advance: Advance) -> Iterator[R]:
    for row in rows:
        yield row
        advance()


# --- For people.


def _write_pages(owner: User, part: Part, archive: zipfile.ZipFile, advance: Advance) -> int:
    """The pages as Markdown, and as an index and months to be read; those in the trash are in neither."""
    kept = Entry.objects.by(owner).not_deleted().order_by("night", "pk").values_list("pk", "night")
    wanted = set(part.ids)
    places = [(pk, night) for pk, night in kept.iterator(2000) if pk in wanted]
    for _deleted in range(len(part.ids) - len(places)):
        advance()
    nights = [night for _pk, night in places]
    months = sorted({night.replace(day=1) for night in nights})
    archive.writestr("index.html", reading.index(nights))
    archive.write(reading.STYLE, "style.css")
    feelings = {"": "", **{feeling.value: str(feeling.label) for feeling in Feeling}}
    names, known = Names(), {child.id: child.name for child in owner.children.all}
    # The batches go on beyond the ends of months: a query for each month would take as long as all that is written.
    for number, (month, of_month) in enumerate(groupby(_with_attachments(owner, places), key=lambda each: each[0].night.replace(day=1))):
        articles: list[str] = []
        for page, attached in of_month:
            evening, feeling = dates.evening_always(page.night), feelings[page.summary.feeling]
            children = [known[child] for child in page.summary.children if child in known]
            archive.writestr(names.name(page), f"{front_matter(page, evening, owner.zone, children)}\n{page.content.text.rstrip()}\n")
            articles.append(reading.article(page, evening, feeling, children, attached))
            advance()
        before, after = (months[at] if 0 <= at < len(months) else None for at in (number - 1, number + 1))
        archive.writestr(reading.file_of(month), reading.month(month, articles, before, after))
    return len(places)


def _with_attachments(owner: User, places: Sequence[tuple[uuid.UUID, object]]) -> Iterator[tuple[Page, list[Attachment]]]:
    has_attachments = Own.of(owner).attachments
    for some in batches(owner, [pk for pk, _night in places]):
        attached = _attachments(some) if has_attachments else defaultdict(list)
        for page in some:
            yield page, attached[page.pk]


def _attachments(some: Sequence[Page]) -> dict[uuid.UUID, list[Attachment]]:
    found = defaultdict[uuid.UUID, list[Attachment]](list)
    for attachment in Attachment.objects.filter(entry__in=[page.pk for page in some]).select_related("file").order_by("position", "pk"):
        found[attachment.entry_id].append(attachment)
    return found


def _write_attachments(part: Part, archive: zipfile.ZipFile) -> None:
    for start in range(0, len(part.ids), 500):
        for attachment in Attachment.objects.filter(entry__in=part.ids[start : start + 500]).select_related("file"):
            info = zipfile.ZipInfo(attachment_path(attachment.pk, attachment.file.about.name), timezone.now().timetuple()[:6])
            with archive.open(info, "w", force_zip64=True) as member, files.opened(attachment.file) as source:
                shutil.copyfileobj(source, member, files.PART_SIZE)
