"""Taking an export of Nightlight in again: without loss into an empty account, and beside what is there into any other.

Nothing that is there is changed. What came in before, and is still there, is passed over, so that the same file can be taken in again.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from django.db import transaction

from accounts.models import User
from common.values import Values
from journal.exchange.formats.errors import Refused
from journal.exchange.formats.reading.archives import Archive, damaged
from journal.exchange.nightlight import restored_pages, restored_person
from journal.exchange.nightlight.checked import Row
from journal.exchange.nightlight.identity import Identities
from journal.exchange.nightlight.reader import Piece, pieces
from journal.models import EarlierSupport, EarlierSupportContent, Import, ImportSummary

AT_ONCE = 200  # rows that are stored in one transaction

type Advance = Callable[[int], object]


@dataclass(slots=True)
class Restored:
    """What came in. `counts`: new rows by section, and pages that were here (`there_already`) or could not be read (`unusable`);
    `beside`: pages of nights that have a page already, and came in as pages of their own. `pages`: ids of the new ones."""

    counts: Counter[str] = field(default_factory=Counter)
    pages: list[uuid.UUID] = field(default_factory=list)

    def to_values(self) -> Values:
        return {"counts": dict(self.counts), "pages": [str(pk) for pk in self.pages]}


def rows(archive: Archive, section: str) -> Iterator[Row]:
    """The rows of one section; what is no row is left out. Raises `Refused`, also halfway."""
    for piece in pieces(archive):
        if piece.section == section and isinstance(piece.value, dict):
            yield Row(piece.value)


def restore(owner: User, archive: Archive, advance: Advance) -> Restored:
    """Take everything in; each step is committed by itself. `advance` is called with how many pages were done.

    Call it while the owner's key is held. Raises `Refused`, also halfway: what came in until then stays, and comes in no second time.
    """
    into = Restored()
    identities, is_new = Identities(owner), restored_person.is_empty(owner)
    for section, of_section in groupby(_checked(pieces(archive)), key=lambda piece: piece.section):
        for some in _batched(of_section):
            # They may be large: meanwhile, others save their pages.
            attached = restored_pages.files_of(owner, archive, some, identities) if section == "pages" else {}
            with transaction.atomic():
                _restore(owner, section, some, identities, into, attached, is_new=is_new)
            if section == "pages":
                advance(len(some))
    return into


def _checked(all_pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces, once the first of them have shown that the file is ours."""
    seen = []
    for piece in all_pieces:
        seen.append(piece)
        if piece.section == "schema":
            yield from chain(seen, all_pieces)
            return
    raise Refused(damaged())


def _batched(of_section: Iterator[Piece]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for piece in of_section:
        if isinstance(piece.value, dict):
            some.append(Row(piece.value))
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _restore(
    owner: User,
    section: str,
    some: Sequence[Row],
    identities: Identities,
    into: Restored,
    attached: restored_pages.Attached,
    *,
    is_new: bool,
) -> None:
    match section:
        case "person":
            restored_person.person(owner, some[0], identities, is_new=is_new)
        case "own_questions":
            into.counts[section] += restored_person.own_questions(owner, some, identities)
        case "marks":
            into.counts[section] += restored_person.marks(owner, some)
        case "walks":
            into.counts[section] += restored_person.walks(owner, some)
        case "nights":
            into.counts[section] += restored_person.nights(owner, some, identities)
        case "imports":
            _imports(owner, some, identities)
        case "pages":
            restored_pages.pages(owner, some, identities, attached, into.counts, into.pages)
        case "support":
            into.counts[section] += _support(owner, some, identities)


def _imports(owner: User, some: Sequence[Row], identities: Identities) -> None:
    for row in some:
        key, created_at = row.key("id"), row.moment("created_at")
        if key is None or created_at is None or identities.settle(Import, "author", [key]):
            continue
        taken_back_at, summary = row.moment("taken_back_at"), ImportSummary(row.plain("summary"))
        new = Import(id=identities.of(key), author=owner, source=row.text("source", 24), created_at=created_at, taken_back_at=taken_back_at)
        new.summary = summary
        new.save(force_insert=True)


def _support(owner: User, some: Sequence[Row], identities: Identities) -> int:
    """Kept as it is written, with the pages and nights it names under the ids they came in with."""
    known = {
        values.get("id") for values in EarlierSupport.objects.by(owner).opened(lambda content: content.values, "content", owner=owner.pk)
    }
    new = 0
    for row in some:
        values = row.as_it_is()
        if values.get("id") in known:
            continue
        EarlierSupport(author=owner, content=EarlierSupportContent(_renamed(values, identities))).save(force_insert=True)
        new += 1
    return new


def _renamed(values: Values, identities: Identities) -> Values:
    def of(value: object) -> object:
        if isinstance(value, dict):
            return {name: _ids(name, each) for name, each in value.items()}
        return [of(each) for each in value] if isinstance(value, list) else value

    def _ids(name: str, value: object) -> object:
        if name == "page":
            return identities.of_text(value)
        if name == "pages" and isinstance(value, list):
            return [identities.of_text(each) for each in value]
        return of(value)

    return {name: of(value) for name, value in values.items()}
