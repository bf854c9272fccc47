"""The fields of one entry that are changed together: its text and what is derived from it, its version, and its kind."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from journal import guide_texts, markup
from journal.models import Entry, EntryContent, EntrySummary, Size
from prompts import received


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with what is derived from it alone."""

    content: EntryContent
    excerpt: str


def render(text: str) -> Rendered:
    """Call before the transaction that saves the text: it takes long texts some time, in which no row should be locked."""
    return Rendered(EntryContent(text=text, html=markup.render(text), renderer=markup.RENDERER), markup.excerpt(text))


def render_later(text: str) -> Rendered:
    """For a text that is still being typed: without its HTML, which nobody reads before the next save. See `entries.rendering`."""
    return Rendered(EntryContent(text=text), markup.excerpt(text))


def summarised(
    before: EntrySummary, rendered: Rendered, question: str, feeling: str, guide: str = "", children: tuple[str, ...] = ()
) -> EntrySummary:
    """The summary of an entry of this text. What else it says, of a repair and of being kept back, stays as it was `before`."""
    answers = guide_texts.answers(rendered.content.text) if guide else rendered.content.text
    return replace(
        before,
        excerpt=markup.excerpt(answers) if guide else rendered.excerpt,
        question=question,
        feeling=feeling,
        guide=guide,
        children=children,
        words=len(answers.split()),
    )


def write(entry: Entry, rendered: Rendered, question: str, feeling: str, guide: str = "", children: tuple[str, ...] = ()) -> None:
    """Set the entry's text, and all that is derived from it. A new entry has an empty summary by then. The caller saves the entry."""
    entry.content = rendered.content
    entry.summary = summarised(entry.summary, rendered, question, feeling, guide, children)
    entry.size = Size.of(rendered.content.text)


def mark_unindexed(entry: Entry) -> list[str]:
    """Note that the search index has to learn of a change. Returns the columns to save: none where that was noted before, so that
    saves while somebody types touch no index of the database.
    """
    if entry.is_unindexed:
        return []
    entry.is_unindexed = True
    return ["is_unindexed"]


def save_summary(entry: Entry, summary: EntrySummary, *changed: str) -> None:
    """Save another summary of the same version, with the columns that were changed besides. Call with the row locked. Idempotent."""
    if changed or summary != entry.summary:
        entry.summary = summary
        entry.save(update_fields=["summary", *changed, *mark_unindexed(entry)])


# The columns that a version may change. None of them is in an index, so that a save while somebody types touches no index.
OF_A_VERSION = ("content", "summary", "size", "mode", "version", "page", "seq", "saved_at", "revised_at")


def save_next_version(entry: Entry, page: uuid.UUID, seq: int, now: dt.datetime, changed: Iterable[str] = ()) -> None:
    """Save the entry, after `write`, as its next version: save number `seq` of the opened `page`.

    `changed` names what else was changed of it.
    """
    entry.version += 1
    entry.page, entry.seq, entry.saved_at = page, seq, now
    fields = [*OF_A_VERSION, *changed, *mark_unindexed(entry)]
    if bool(entry.content.renderer) == bool(entry.unrendered_at):  # that its HTML is there, or is left out, is new
        entry.unrendered_at = None if entry.content.renderer else now
        fields.append("unrendered_at")
    entry.save(update_fields=fields)


def save_html(entry: Entry, rendered: Rendered) -> None:
    """Store the HTML of the entry's present text where that was left out, or made by an older version. Idempotent.

    Call with the row locked. It is the same version of the same text: nothing else of the row changes.
    """
    content, made = entry.content, rendered.content
    if made.renderer and content.renderer != made.renderer and content.text == made.text:
        entry.content, entry.unrendered_at = made, None
        entry.save(update_fields=["content", "unrendered_at"])


def move_answer(entry: Entry, previous_step: uuid.UUID | None) -> None:
    """Mark a counselor's steps where an entry answers another one than `previous_step`, or none."""
    if previous_step is not None and not Entry.objects.filter(assigned=previous_step).exclude(pk=entry.pk).exists():
        received.mark_unanswered(previous_step, entry.night)
    if entry.assigned_id is not None and entry.size:
        received.mark_answered(entry.assigned_id, entry.night)


def html(entry: Entry) -> SafeString:
    """The entry's sanitised HTML, rendered again where an older version of Nightlight did it, or left it to its readers."""
    content = entry.content
    return guide_texts.apart(markup.stored(content.html, content.renderer, content.text))


PUT_BACK = ("kind", "deleted_at", "is_unindexed")  # the columns that `put_back` changes


def put_back(entry: Entry) -> None:
    """Take an entry out of the trash; where its night has another page by now, it becomes a page of its own.

    The caller saves the columns `PUT_BACK`.
    """
    if entry.kind == Entry.Kind.NIGHT and Entry.objects.filter(author_id=entry.author_id).of_night(entry.night).exists():
        entry.kind = Entry.Kind.FREE
    entry.deleted_at = None
    entry.is_unindexed = True
