"""No file does harm: it is read, with problems named, or refused with a sentence. `make soak-importers` generates 100,000 for each format."""

import io
import json
import os
import struct
import sys
import tracemalloc
import zipfile
import zlib
from collections import Counter

import pytest

from journal.exchange.formats import FORMATS, Incoming, Problem, Refused, limits, recognise
from tests.journal.exchange.formats.hostile import check, files, outcome
from tests.journal.exchange.formats.samples import SAMPLES, day_one, dumped, journey, jrnl, mini_diary, packed, read, source

GENERATED = int(os.environ.get("IMPORTED_FILES", "25"))


def test_every_format_has_a_sample_and_its_own_name() -> None:
    assert {reader.name for reader in FORMATS} == set(SAMPLES)
    assert len({reader.name for reader in FORMATS}) == len(FORMATS)
    assert all(0 < len(reader.name) <= 24 and reader.label for reader in FORMATS)


@pytest.mark.parametrize("name", SAMPLES)
def test_generated_files_are_read_or_refused(name: str) -> None:
    outcomes = Counter(outcome(name, data) for data in files(name, GENERATED, seed=14))

    print(f"{name}: {outcomes['read']:,} read, {outcomes['refused']:,} refused", file=sys.__stdout__ if GENERATED > 1000 else sys.stdout)
    assert outcomes["read"]
    assert outcomes["read"] + outcomes["refused"] == GENERATED


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_file_gives_the_same_ids_again(name: str) -> None:
    title, data = SAMPLES[name]
    first, again = read(data, title), read(data, title)

    ids = [entry.source_id for entry in first if isinstance(entry, Incoming)]
    assert ids == [entry.source_id for entry in again if isinstance(entry, Incoming)]
    assert len(set(ids)) == len(ids) > 0


# --- Archives.


@pytest.mark.parametrize(
    "name", ["../Journal.json", "a/../../Journal.json", "/Journal.json", "C:\\Journal.json", "..\\Journal.json", "a\x01.json", "x" * 600]
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="point outside"):
        read(packed({name: "x", "2024-01-15.md": "One"}))


def test_a_bomb_is_refused_before_it_is_opened() -> None:
    with pytest.raises(Refused, match="far larger than any journal"):
        read(packed({"Journal.json": b" " * 30_000_000}))


def claiming(size: int) -> bytes:
    """An archive whose table of contents claims a size that the file has not."""
    data = packed({"2024-01-15.md": "One evening."})
    return data.replace(struct.pack("<I", 12), struct.pack("<I", size))


@pytest.mark.parametrize("size", [0xFFFFFFF0, 3 * limits.GIB, 2_000_000])
def test_claimed_gigabytes_are_refused(size: int) -> None:
    with pytest.raises(Refused):
        read(claiming(size))


def test_a_file_that_is_larger_than_it_says_gives_no_more_than_that() -> None:
    found = read(claiming(3))

    assert [each.code for each in found if isinstance(each, Problem)] == ["broken"]


def directory(count: int, size: int) -> bytes:
    return b"PK\x03\x04" + b"\0" * 60 + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, min(count, 0xFFFF), min(count, 0xFFFF), size, 0, 0)


@pytest.mark.parametrize("data", [directory(1, 0x7FFFFFFF), directory(1, limits.DIRECTORY + 1)])
def test_a_large_table_of_contents_is_refused_unread(data: bytes) -> None:
    with pytest.raises(Refused, match="more than"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"PK\x05\x06", day_one()[:-30], day_one()[:200], b"PK\x03\x04" + b"PK\x06\x07" + b"\xff" * 16 + directory(0, 0)[64:]],
)
def test_a_damaged_archive_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="damaged"):
        read(data)


def test_locked_and_oddly_packed_archives_are_refused_with_what_to_do() -> None:
    plain = packed({"2024-01-15.md": "One"})
    central = plain.index(b"PK\x01\x02")
    locked = bytearray(plain)
    locked[central + 8] |= 1
    with pytest.raises(Refused, match="password"):
        read(bytes(locked))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("2024-01-15.md", "One")
    with pytest.raises(Refused, match="ordinary ZIP"):
        read(file.getvalue())


def test_a_damaged_member_is_a_problem_and_the_rest_goes_on() -> None:
    data = packed({"2024-01-15.md": "One evening of which nothing is left " * 9, "2024-01-16.md": "Two"})
    start = data.index(b"2024-01-15.md") + 13

    broken, second = read(data[:start] + b"\xff\xff\xff" + data[start + 3 :])

    assert isinstance(broken, Problem)
    assert isinstance(second, Incoming)
    assert (broken.code, second.text) == ("broken", "Two")


def test_two_files_of_one_name_are_both_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("2024-01-15.md", "One")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("2024-01-15.md", "Two")

    assert [entry.text for entry in read(file.getvalue()) if isinstance(entry, Incoming)] == ["One", "Two"]


# --- JSON.


@pytest.mark.parametrize(
    "inner",
    ["[" * 100_000, '{"a":' * 100_000, '{"a":[' * 9_000 + "]}" * 9_000, "[1," * 8_000 + "1" + "]" * 8_000],
)
@pytest.mark.parametrize("name", ["day-one", "jrnl", "mini-diary", "memos"])
def test_deep_json_is_refused_or_a_problem(name: str, inner: str) -> None:
    beginning = {
        "day-one": '{"metadata":{"version":"1.0"},"entries":[{"creationDate":"2024-01-15","text":"x"},',
        "jrnl": '{"tags":{},"entries":[{"title":"x","body":"x","date":"2024-01-15"},',
        "mini-diary": '{"metadata":{},"entries":{"2024-01-15":{"text":"x"},"2024-01-16":',
        "memos": '{"memos":[{"content":"x","createTime":"2024-01-15T00:00:00Z"},',
    }[name]

    assert outcome(name, f"{beginning}{inner}".encode()) == "refused"


def test_an_entry_nested_beyond_the_limit_is_a_problem_and_the_rest_goes_on() -> None:
    deep: object = "x"
    for _level in range(limits.DEPTH + 1):
        deep = [deep]

    found = read(day_one({"weather": deep}, {"text": "Second."}))

    assert [each.code if isinstance(each, Problem) else each.text for each in found] == ["too-deep", "Second."]


@pytest.mark.parametrize("inner", ["[" * 100_000, '{"a":' * 100_000, '{"text":' + "9" * 5000 + "}", '{"text": NaN}', "\ud800"])
def test_a_hostile_file_for_one_entry_is_a_problem_and_the_rest_goes_on(inner: str) -> None:
    data = journey({}, media={"1705357800001-abcdefgh12345678.json": inner.encode("utf-8", "surrogatepass")})

    assert [type(each) for each in read(data)] == [Incoming, Problem]


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3\x28", "\ud800".encode("utf-8", "surrogatepass")])
def test_broken_utf_8_is_refused_with_what_to_do(broken: bytes) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        read(jrnl({}, {"body": "MARK"}).replace(b"MARK", broken))
    with pytest.raises(Refused, match="UTF-8"):
        read(b"[2024-01-15 21:30] One\n" + b"x" * 70_000 + broken + b"\n")


@pytest.mark.parametrize("tail", [b"", b"}", b"{", b',"x":1' + b"9" * 5000, b"\0"])
def test_json_that_breaks_off_is_refused(tail: bytes) -> None:
    with pytest.raises(Refused):
        read(day_one_alone()[:-3] + tail)


@pytest.mark.parametrize("number", [b"1e400", b"-1e99999999999999999999", b"1." + b"9" * 900, b"9" * 900])
def test_numbers_out_of_all_proportion_are_left_out_or_the_file_is_refused(number: bytes) -> None:
    assert outcome("jrnl", jrnl({"mood": "MARK"}).replace(b'"MARK"', number)) in {"read", "refused"}


def day_one_alone() -> bytes:
    with zipfile.ZipFile(io.BytesIO(day_one())) as archive:
        return archive.read("Journal.json")


@pytest.mark.parametrize("before", [0, 63_000])
def test_a_number_that_would_end_the_process_is_refused(before: int) -> None:
    beginning = b'{"tags":{},"entries":[{"date":"2024-01-15","title":"' + b"x" * before + b'","body":'
    with pytest.raises(Refused, match="thousands of digits"):
        read(beginning + b"9" * 4301 + b"}]}")


def test_an_entry_of_megabytes_is_refused() -> None:
    with pytest.raises(Refused, match="8 MB"):
        read(jrnl({}, {"body": "x" * (limits.ITEM + 100_000)}))


# --- Texts.


def test_a_text_that_is_too_long_becomes_several_pages_of_its_night() -> None:
    text = "\n\n".join(["word " * 2_000] * 45).strip()

    first, *rest = read(jrnl({"body": text}))

    assert isinstance(first, Incoming)
    pages = [first, *(page for page in rest if isinstance(page, Incoming))]
    assert len(pages) == 3
    assert "\n\n".join(page.text for page in pages).split() == text.split()
    assert {page.night for page in pages} == {first.night}
    assert [page.source_id for page in pages] == [first.source_id, f"{first.source_id}#2", f"{first.source_id}#3"]
    assert all(len(page.text) <= limits.TEXT for page in pages)
    assert [oddity.sentence for oddity in first.oddities] == ["The text was too long for one page, so it became 3."]


def test_odd_letters_are_repaired_and_half_letters_replaced() -> None:
    [entry] = read(mini_diary({"2024-01-15": {"title": "a\nb\0", "text": "one\r\ntwo\x0b\0three \x85"}}))

    assert isinstance(entry, Incoming)
    assert (entry.title, entry.text) == ("a b", "one\ntwo\nthree ")
    check(entry)


def test_what_else_was_said_is_kept_within_bounds() -> None:
    extra = {f"key {number}": "x" * 1000 for number in range(200)}

    [entry] = read(jrnl(extra))

    assert isinstance(entry, Incoming)
    assert len(json.dumps(entry.extra)) < limits.EXTRA * 1.2
    assert [oddity.code for oddity in entry.oddities] == ["extra-cut"]


# --- What is not a journal.


@pytest.mark.parametrize(
    ("beginning", "word"),
    [
        (b"JRNLv3\x00\x40" + b"x" * 90, "jrnl --decrypt"),
        (b"gAAAAABl" + b"A" * 80, "jrnl --decrypt"),
        (b"-----BEGIN PGP MESSAGE-----\n", "encrypted"),
        (b"Salted__12345678", "password"),
        (b"SQLite format 3\0", "database"),
        (b"7z\xbc\xaf\x27\x1c", "ZIP"),
        (b"\x1f\x8b\x08\x00", "ZIP"),
        (b"%PDF-1.7", "printing"),
        (b"\x89PNG\r\n", "picture"),
        (packed({"backup.daylio": "e30="}), "Daylio"),
        (packed({"[Content_Types].xml": "x", "word/document.xml": "x"}), "printing"),
        (packed({"diary.db": "x"}), "Diarium"),
        (b"", "empty"),
        (b"Dear all, this is a letter.", "can’t read this file as a journal"),
        (b'{"rows": [1, 2]}', "can’t read this file as a journal"),
        (b"\0\1\2\3" * 100, "can’t read this file as a journal"),
        (packed({}), "can’t read this file as a journal"),
        (packed({"a.jpg": b"x"}), "can’t read this file as a journal"),
    ],
)
def test_other_files_are_recognised_with_what_to_do(beginning: bytes, word: str) -> None:
    with pytest.raises(Refused, match=word):
        recognise(source(beginning))


# --- Memory.


def peak(data: bytes, name: str) -> int:
    file = source(data, name)
    reader = recognise(file)
    tracemalloc.start()
    for _each in reader.read(file):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def many(name: str, count: int) -> tuple[bytes, str]:
    days = [f"{2000 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}" for number in range(count)]
    text = zlib.crc32(b"evening").to_bytes(4, "big").hex() * 100
    match name:
        case "jrnl":
            return jrnl(*({"date": day, "body": text} for day in days)), "journal.json"
        case "day-one":
            return dumped(
                {"metadata": {"version": "1.0"}, "entries": [{"uuid": day, "creationDate": day, "text": text} for day in days]}
            ), "J.json"
        case "jrnl-text":
            return "".join(f"[{day} 21:30] Bath.\n{text}\n" for day in days).encode(), "journal.txt"
        case "markdown":
            return "".join(f"# {day}\n{text}\n" for day in days).encode(), "all.md"
        case _:
            return ("full_date,mood,note\n" + "".join(f"{day},rad,{text}\n" for day in days)).encode(), "daylio.csv"


@pytest.mark.parametrize("name", ["jrnl", "day-one", "jrnl-text", "markdown", "daylio"])
def test_memory_does_not_grow_with_the_file(name: str) -> None:
    peak(*many(name, 20))

    assert peak(*many(name, 480)) < 1.2 * peak(*many(name, 120)) + 50_000  # of 400,000 bytes and 100,000


def test_more_entries_than_a_life_has_evenings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENTRIES", 1)

    with pytest.raises(Refused, match="more than 1 entries"):
        read(jrnl())
