"""Standard Notes' decrypted backup: one JSON file of notes, tags and settings, alone or in a ZIP file."""

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from django.utils.translation import gettext as _

from journal.exchange.formats.errors import Refused
from journal.exchange.formats.incoming import Incoming, Oddity, Problem
from journal.exchange.formats.reading import html, json_values, moments, rich_text
from journal.exchange.formats.reading.entries import Found, finished
from journal.exchange.formats.reading.json_values import Keys, flag_of, keys_of, list_of, text_of, word_of
from journal.exchange.formats.source import Source

_APP = "org.standardnotes.sn"
_PLAIN = {"", "plain-text", "markdown"}
_SECRET = {"authentication"}  # keys of other sites' second steps: nothing for a journal
_KNOWN = {
    "title",
    "text",
    "noteType",
    "starred",
    "trashed",
    "references",
    "appData",
    "preview_plain",
    "preview_html",
    "editorIdentifier",
    "spellcheck",
}


class StandardNotes:
    name: ClassVar[str] = "standard-notes"
    label: ClassVar[str] = "Standard Notes"

    def recognises(self, source: Source) -> bool:
        name = _named(source)
        shape = source.shape_of(name) if name else source.shape
        if "items.item.content_type" not in shape:
            return False
        if not any(place.startswith("items.item.content.") for place in shape):
            raise Refused(
                _(
                    "This Standard Notes backup is encrypted. In Standard Notes, choose Account, Data backups, Decrypted,"
                    " and send that file."
                )
            )
        return True

    def read(self, source: Source) -> Iterator[Incoming | Problem]:
        name = _named(source)
        tags = _tags(source, name)
        with source.opened(name) as file:
            for value in json_values.items(file, "items.item"):
                item = keys_of(value)
                if item.get("content_type") == "Note" and not flag_of(item.get("deleted")):
                    yield from _note(item, tags, source)


def _named(source: Source) -> str:
    """The file in the archive; "" where there is no archive, or no such file in it."""
    names = (name for name in source.archive or () if "Standard Notes" in name and name.endswith((".txt", ".json")))
    return next(names, "")


def _tags(source: Source, name: str) -> dict[str, list[object]]:
    """The tags of notes by the notes' ids: a tag lists its notes, and may come after them."""
    tags: dict[str, list[object]] = defaultdict(list)
    with source.opened(name) as file:
        for value in json_values.items(file, "items.item"):
            item = keys_of(value)
            content = keys_of(item.get("content"))
            if item.get("content_type") == "Tag" and not flag_of(item.get("deleted")):
                for reference in list_of(content.get("references")):
                    tags[word_of(keys_of(reference).get("uuid"))].append(content.get("title"))
    return tags


def _note(item: Keys, tags: dict[str, list[object]], source: Source) -> Iterator[Incoming | Problem]:
    content, uuid = keys_of(item.get("content")), word_of(item.get("uuid"))
    where = word_of(content.get("title")) or word_of(item.get("created_at"))
    if not isinstance(item.get("content"), dict):
        yield Problem(where, "encrypted" if isinstance(item.get("content"), str) else "not-an-entry")
    elif json_values.is_too_deep(item):
        yield Problem(where, "too-deep")
    elif flag_of(content.get("trashed")):
        yield Problem(where, "in-trash")
    elif word_of(content.get("noteType")) in _SECRET:
        yield Problem(where, "not-an-entry")
    else:
        yield from finished(_found(item, content, tags.get(uuid, []), uuid), source)


def _found(item: Keys, content: Keys, tags: list[object], uuid: str) -> Found:
    app = keys_of(keys_of(content.get("appData")).get(_APP))
    text, oddities = _text(content)
    extra = {name: value for name, value in content.items() if name not in _KNOWN}
    return Found(
        when=_known(item.get("created_at")) or _known(item.get("updated_at")),
        where=word_of(content.get("title")),
        source_id=uuid,
        edited=_known(app.get("client_updated_at")) or _known(item.get("updated_at")),
        title=content.get("title"),
        text=text,
        tags=tags,
        is_starred=flag_of(content.get("starred")),
        extra=extra | ({"archived": True} if flag_of(app.get("archived")) else {}),
        oddities=oddities,
    )


def _known(value: object) -> moments.When | None:
    """A moment; the first of 1970 means that it is not known."""
    when = moments.iso(value)
    return when if when and when.day.year > 1970 else None


def _text(content: Keys) -> tuple[str, list[Oddity]]:
    text, kind = text_of(content.get("text")), word_of(content.get("noteType"))
    if kind == "super":
        try:
            return rich_text.of_lexical(text), []
        except ValueError:
            return text, [Oddity("raw", kind)]
    if kind == "rich-text":
        return html.to_markdown(text)[0], []
    return text, [] if kind in _PLAIN or not text else [Oddity("raw", kind[:30])]
