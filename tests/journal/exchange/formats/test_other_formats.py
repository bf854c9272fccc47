"""Standard Notes, Diarium, Mini Diary, memos and Diaro, rule by rule."""

import datetime as dt
import json

import pytest

from journal.exchange.formats import Incoming, Problem, Refused
from tests.journal.exchange.formats.samples import (
    DIARO,
    PHOTO,
    SAMPLES,
    codes,
    diarium,
    dumped,
    entries,
    memos,
    mini_diary,
    packed,
    read,
    standard_notes,
)

# --- Standard Notes.


def note(content: dict[str, object] | str, **changed: object) -> dict[str, object]:
    said = {"title": "Bath", "text": "She laughed."} | content if isinstance(content, dict) else content
    return {"uuid": "n1", "content_type": "Note", "created_at": "2024-01-15T22:30:00.000Z", "content": said} | changed


def test_a_note_has_the_tags_that_list_it() -> None:
    first, second = entries(standard_notes(), expected="standard-notes")

    assert (first.source_id, first.title, first.text, first.tags, first.is_starred) == ("n1", "Bath", "She laughed.", ("bath",), True)
    assert (first.night, first.edited_at) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 16, 7, tzinfo=dt.UTC))
    assert second.tags == ()


@pytest.mark.parametrize("name", ["Standard Notes Backup and Import File.txt", "Standard Notes Backup and Import File txt.txt"])
def test_names_of_the_file_and_the_file_alone(name: str) -> None:
    backup = {"version": "004", "items": [note({})]}

    assert len(entries(packed({name: backup, "Items/Note/x.txt": "x"}), expected="standard-notes")) == 1
    assert len(entries(dumped(backup), name, expected="standard-notes")) == 1


def test_what_is_no_note_deleted_in_the_trash_or_secret_stays_out() -> None:
    found = read(
        standard_notes(
            note({}),
            note({}, deleted=True),
            note({}, content_type="SN|Component"),
            note({"trashed": True}),
            note({"noteType": "authentication", "text": "keys"}),
        )
    )

    assert [each.code if isinstance(each, Problem) else each.text for each in found] == ["She laughed.", "in-trash", "not-an-entry"]


def test_the_first_of_1970_means_that_a_date_is_not_known() -> None:
    never = "1970-01-01T00:00:00.000Z"
    first, second = read(
        standard_notes(note({}, created_at=never, updated_at="2024-01-16T12:00:00Z"), note({}, created_at=never, updated_at=never))
    )

    assert isinstance(first, Incoming)
    assert first.night == dt.date(2024, 1, 16)
    assert isinstance(second, Problem)
    assert second.code == "no-date"


def test_super_notes_are_lexical() -> None:
    def text(words: str, bits: int = 0) -> dict[str, object]:
        return {"type": "text", "text": words, "format": bits}

    children = [
        {"type": "heading", "tag": "h2", "children": [text("Bath")]},
        {
            "type": "paragraph",
            "children": [text("She "), text("laughed ", 3), text("x", 16), {"type": "linebreak"}, text("gone", 4), text("under", 8)],
        },
        {"type": "list", "listType": "check", "children": [{"checked": True, "children": [text("one")]}, {"children": [text("two")]}]},
        {
            "type": "list",
            "listType": "number",
            "children": [{"children": [text("a")]}, {"children": [{"type": "list", "children": [{"children": [text("b")]}]}]}],
        },
        {"type": "quote", "children": [text("said")]},
        {
            "type": "paragraph",
            "children": [
                {"type": "link", "url": "https://example.org/", "children": [text("here")]},
                {"url": "javascript:x", "children": [text("no")]},
            ],
        },
    ]
    [entry] = entries(standard_notes(note({"noteType": "super", "text": json.dumps({"root": {"children": children}})})))

    assert entry.text == (
        "## Bath\n\nShe ***laughed*** `x`\n~~gone~~under\n\n- [x] one\n- [ ] two\n\n1. a\n  - b\n\n> said\n\n[here](https://example.org/)no"
    )


def test_other_kinds_are_kept_as_they_are_and_said() -> None:
    sheet, broken, html = entries(
        standard_notes(
            note({"noteType": "spreadsheet", "text": "{…}"}),
            note({"noteType": "super", "text": "no lexical"}),
            note({"noteType": "rich-text", "text": "<b>x</b>"}),
        )
    )

    assert [(entry.text, codes(entry)) for entry in (sheet, broken, html)] == [("{…}", ["raw"]), ("no lexical", ["raw"]), ("**x**", [])]


def test_archived_notes_come_in() -> None:
    [entry] = entries(
        standard_notes(note({"appData": {"org.standardnotes.sn": {"archived": True, "client_updated_at": "2024-01-17T12:00:00Z"}}}))
    )

    assert (entry.extra["archived"], entry.edited_at) == (True, dt.datetime(2024, 1, 17, 12, tzinfo=dt.UTC))


def test_the_encrypted_backup_is_refused_with_what_to_do_and_one_encrypted_note_is_a_problem() -> None:
    with pytest.raises(Refused, match="Decrypted"):
        read(standard_notes(note("004:abc"), note("004:def")))
    with pytest.raises(Refused, match="Decrypted"):
        read(b'{"version": "004", "keyParams": {"identifier": "x"}, "items": []}')
    assert [each.code if isinstance(each, Problem) else "" for each in read(standard_notes(note({}), note("004:abc")))] == ["", "encrypted"]


# --- Diarium.


def test_an_entry_of_diarium() -> None:
    first, second = entries(
        diarium({}, {"date": "2024-01-16T08:00:00.0000001"}, media={"media/2024-01-15/bath.jpg": PHOTO}), expected="diarium"
    )

    assert (first.night, first.created_at) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 20, 30, 0, 123456, tzinfo=dt.UTC))
    assert (first.title, first.text, first.tags, first.latitude, first.longitude) == ("Bath", "She *laughed*.", ("bath",), 40.4, -3.7)
    assert (first.extra, [file.name for file in first.files], second.files) == ({"sun": "08:00"}, ["bath.jpg"], ())


def test_two_entries_of_one_moment_are_two() -> None:
    first, second = entries(diarium({}, {"html": "Other"}))

    assert first.source_id != second.source_id


def test_diariums_text_files_begin_with_their_date() -> None:
    [entry] = entries(SAMPLES["diarium-text"][1], expected="diarium-text")
    in_spanish = packed({"a.txt": "lunes, 15 de enero de 2024\nBaño\nPersonas: Ana\nEtiquetas: baño, noche\n", "b.txt": "no date\n"})
    spanish, problem = read(in_spanish)

    assert (entry.night, entry.text, entry.tags) == (dt.date(2024, 1, 15), "She laughed.", ("bath", "evening"))
    assert isinstance(spanish, Incoming)
    assert (spanish.night, spanish.text, spanish.tags) == (dt.date(2024, 1, 15), "Baño\nPersonas: Ana", ("baño", "noche"))
    assert isinstance(problem, Problem)


# --- Mini Diary, memos, Diaro.


def test_a_day_of_mini_diary() -> None:
    first, second, *problems = read(
        mini_diary(
            {
                "2024-01-15": {"title": "Bath", "text": "a **b**"},
                "2024-01-16": {"text": "<p>Two</p>"},
                "never": {"text": "x"},
                "2024-01-17": 5,
            }
        )
    )

    assert isinstance(first, Incoming)
    assert (first.night, first.title, first.text, first.source_id) == (dt.date(2024, 1, 15), "Bath", "a **b**", "2024-01-15")
    assert isinstance(second, Incoming)
    assert second.text == "Two"
    assert [each.code for each in problems if isinstance(each, Problem)] == ["no-date", "not-an-entry"]
    assert entries(mini_diary(), expected="mini-diary")[0].edited_at == dt.datetime(2024, 1, 16, 7, tzinfo=dt.UTC)


def test_memos_from_a_saved_answer_or_a_list() -> None:
    first, second = entries(memos(), expected="memos")
    [alone] = entries(
        dumped([{"name": "memos/9", "content": "x", "createTime": "2024-01-15T20:30:00Z", "attachments": [{"filename": "a.png"}]}])
    )

    assert (first.source_id, first.text, first.tags, first.is_starred) == ("memos/1", "She laughed. #bath", ("bath",), True)
    assert second.source_id == "memos/2"
    assert (alone.source_id, codes(alone)) == ("memos/9", ["file-missing"])


def test_an_entry_of_diaro() -> None:
    first, second = entries(SAMPLES["diaro"][1], expected="diaro")
    alone, _second = entries(DIARO.encode(), expected="diaro")

    assert (first.source_id, first.title, first.text, first.tags) == ("e1", "Bath", "She laughed.", ("bath",))
    assert (first.created_at, first.place, first.latitude, first.longitude) == (
        dt.datetime(2024, 1, 15, 20, 30, tzinfo=dt.UTC),
        "Home",
        40.4,
        -3.7,
    )
    assert (first.extra["folder"], [file.name for file in first.files], second.text) == ("Family", ["bath.jpg"], "Second & last.")
    assert codes(alone) == ["file-missing"]


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + DIARO.split("\n", 1)[1],
        DIARO.replace("She laughed.", "<x>" * 100),
        DIARO.replace("She laughed.", "x" * 9_000_000),
        DIARO[:-20],
        DIARO.replace("laughed", "\x01"),
    ],
)
def test_hostile_xml_is_refused(hostile: str) -> None:
    with pytest.raises(Refused):
        read(b'<?xml version="1.0"?>\n' + hostile.removeprefix('<?xml version="1.0" encoding="UTF-8"?>\n').encode())
