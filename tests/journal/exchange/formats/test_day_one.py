"""Day One's files, rule by rule."""

import datetime as dt

import pytest

from journal.exchange.formats import Incoming, Problem
from tests.journal.exchange.formats.samples import DAY_ONE_TEXT, DOENTRY, PHOTO, SAMPLES, codes, day_one, dumped, entries, packed, read


def one(change: dict[str, object], **media: bytes) -> Incoming:
    [entry] = entries(day_one(change, media={name.replace("__", "/").replace("_", "."): data for name, data in media.items()}))
    return entry


def test_an_entry() -> None:
    first, second = entries(day_one(), expected="day-one")

    assert first.source_id == "A1B2C3D4E5F60718293A4B5C6D7E8F90"
    assert first.night == dt.date(2024, 1, 15)
    assert first.created_at == dt.datetime(2024, 1, 15, 22, 30, tzinfo=dt.UTC)
    assert first.edited_at == dt.datetime(2024, 1, 16, 7, tzinfo=dt.UTC)
    assert (first.zone, first.tags, first.is_starred) == ("Europe/Madrid", ("bath", "evening"), True)
    assert (first.place, first.latitude, first.longitude, first.weather) == ("Home, Madrid, Spain", 40.4, -3.7, "Rain, 8 °C")
    assert first.extra["creationDevice"] == "phone"
    assert first.extra["journal"] == "Journal"
    assert second.text == "Second."


def test_each_json_at_the_root_is_a_journal_also_in_a_folder_and_alone() -> None:
    def journal(text: str) -> dict[str, object]:
        return {"metadata": {"version": "1.0"}, "entries": [{"uuid": text, "creationDate": "2024-01-15T12:00:00Z", "text": text}]}

    found = entries(packed({"Family.json": journal("one"), "Work.json": journal("two"), "photos/x.json": b"{}"}))

    assert [(entry.text, entry.extra["journal"]) for entry in found] == [("one", "Family"), ("two", "Work")]
    assert [entry.text for entry in entries(packed({"Export/Family.json": journal("three")}))] == ["three"]
    assert [entry.text for entry in entries(dumped(journal("four")), "Family.json")] == ["four"]
    assert read(dumped({"metadata": {"version": "1.0"}, "entries": []})) == []
    assert len(entries(packed({f"{number}.json": journal(str(number)) for number in range(60)}))) == 60


@pytest.mark.parametrize(
    ("moment", "zone", "night"),
    [
        ("2024-01-15T23:30:00Z", "Europe/Madrid", dt.date(2024, 1, 15)),  # half past midnight there: still that night
        ("2024-01-16T04:00:00Z", "Europe/Madrid", dt.date(2024, 1, 16)),
        ("2024-01-16T03:30:00Z", "America/New_York", dt.date(2024, 1, 15)),  # the day in its own zone, not in UTC
        ("2024-01-15T15:30:00Z", "Asia/Tokyo", dt.date(2024, 1, 15)),
        ("2024-01-15T23:00:00Z", "Europe/Madrid", dt.date(2024, 1, 16)),  # midnight to the second is a day without a time
    ],
)
def test_the_night_is_that_of_its_own_zone(moment: str, zone: str, night: dt.date) -> None:
    assert one({"creationDate": moment, "timeZone": zone}).night == night


def test_without_a_zone_that_of_the_place_counts_then_ones_own() -> None:
    tokyo = one({"timeZone": None, "location": {"timeZoneName": "Asia/Tokyo"}, "creationDate": "2024-01-15T16:00:00Z"})
    unknown = one({"timeZone": "Mars/Base", "creationDate": "2024-01-15T16:00:00Z"})

    assert (tokyo.zone, tokyo.night) == ("Asia/Tokyo", dt.date(2024, 1, 15))
    assert (unknown.zone, unknown.night, codes(unknown)) == ("", dt.date(2024, 1, 15), ["zone-unknown"])
    assert "Mars/Base" in unknown.oddities[0].sentence


def test_an_entry_of_a_whole_day_has_no_time() -> None:
    entry = one({"isAllDay": True, "creationDate": "2024-01-15T01:00:00Z", "timeZone": "Europe/Madrid"})

    assert (entry.night, entry.created_at) == (dt.date(2024, 1, 15), None)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (r"One\. Two\-three\! \(four\)", "One. Two-three! (four)"),
        ("a\u200bb", "ab"),
        (r"2 \* 3 and snake\_case", r"2 \* 3 and snake\_case"),  # without the backslash these could begin something
        (r"1\. no list", r"1\. no list"),
        ("C:\\temp and `a\\.b`", "C:\\temp and `a\\.b`"),  # a letter is no sign, and code is left as it is
        ("```\na\\.b\n```\nc\\.", "```\na\\.b\n```\nc."),
        ("See [that night](dayone://view?entryId=ABC) and dayone2://view?entryId=DEF here", "See that night and  here"),
    ],
)
def test_text_is_unescaped_with_care(theirs: str, ours: str) -> None:
    entry = one({"text": theirs})

    assert entry.text == ours
    assert ("link-to-entry" in codes(entry)) == ("dayone" in theirs)


def test_the_title_stays_the_first_line_of_the_text() -> None:
    assert (one({}).title, one({}).text.split("\n")[0]) == ("", "# Bath")


def test_a_text_may_be_missing_or_stand_in_rich_text_alone() -> None:
    rich = '{"contents":[{"attributes":{"line":{"header":2}},"text":"Bath\\n"},{"text":"Late."},{"embeddedObjects":[{"identifier":"P1"}]}]}'
    entry = one({"text": None, "richText": rich, "photos": [{"identifier": "P1", "md5": "ab", "type": "jpeg"}]}, photos__ab_jpeg=PHOTO)

    assert entry.text == "## Bath\nLate."
    assert [file.name for file in entry.files] == ["ab.jpeg"]
    [problem] = read(day_one({"text": None, "richText": "{broken"}))
    assert isinstance(problem, Problem)
    assert problem.code == "empty"


def test_media_come_in_the_order_of_the_text_then_those_it_does_not_mention() -> None:
    entry = one(
        {
            "text": "![](dayone-moment:/audio/A1)\nShe sang.\n\n![](dayone-moment://P2)",
            "photos": [
                {"identifier": "P1", "md5": "01", "type": "jpeg"},
                {"identifier": "P2", "md5": "02", "type": "png", "orderInEntry": 1},
            ],
            "audios": [{"identifier": "A1", "md5": "03"}],
            "pdfAttachments": [{"identifier": "D1", "md5": "04", "type": "pdf"}],
            "videos": [{"identifier": "V1", "md5": "05", "type": "mov"}],
        },
        photos__01_jpg=PHOTO,  # found by its sum, whatever its ending
        photos__02_png=b"2",
        audios__03_m4a=b"3",
        pdfs__04_pdf=b"4",
        videos__05_mov=b"5",
    )

    assert entry.text == "She sang."
    assert [file.name for file in entry.files] == ["03.m4a", "02.png", "01.jpg", "05.mov", "04.pdf"]
    assert entry.files[2].media_type == "image/jpeg"
    with entry.files[2].open() as file:
        assert file.read() == PHOTO
    assert codes(entry) == []


def test_one_bad_medium_does_not_drop_the_entry() -> None:
    entry = one({"photos": [{"identifier": "P1"}, {"md5": "77"}, "odd", {"identifier": "P2", "md5": "02"}]}, photos__02_jpg=b"2")

    assert [file.name for file in entry.files] == ["02.jpg"]
    assert codes(entry) == ["file-missing"] * 3
    assert entry.text.startswith("# Bath")


def test_a_photo_of_two_entries_is_listed_on_one_alone() -> None:
    both: list[dict[str, object]] = [
        {"uuid": "1", "text": "![](dayone-moment://P1)", "photos": []},
        {"uuid": "2", "text": "x", "photos": [{"identifier": "P1", "md5": "01"}]},
    ]

    assert [[file.name for file in entry.files] for entry in entries(day_one(*both, media={"photos/01.jpeg": PHOTO}))] == [["01.jpeg"]] * 2


def test_plain_text_is_split_at_its_dates() -> None:
    first, second = entries(DAY_ONE_TEXT.encode(), expected="day-one-text")

    assert (first.night, first.created_at, first.text, first.weather) == (dt.date(2024, 1, 15), None, "She laughed.", "8 °C")
    assert (second.night, second.text) == (dt.date(2024, 1, 16), "Second.")
    assert second.created_at == dt.datetime(2024, 1, 16, 20, 30, tzinfo=dt.UTC)


def test_a_date_of_plain_text_that_cannot_be_read_is_a_problem_and_the_rest_goes_on() -> None:
    text = "\tDate:\t32 January 2024\n\nOne\n\tDate:\t15. März 2024\n\nTwo\n\tDate:\tJanuary 17, 2024 at 9:05:00 PM\n\nThree\n"

    problem, *rest = read(text.encode())

    assert isinstance(problem, Problem)
    assert (problem.code, problem.where) == ("bad-date", "32 January 2024")
    assert "32 January 2024" in problem.sentence
    assert [(entry.night, entry.text) for entry in rest if isinstance(entry, Incoming)] == [
        (dt.date(2024, 3, 15), "Two"),
        (dt.date(2024, 1, 17), "Three"),
    ]


def test_classic_entries_have_the_photo_of_their_name() -> None:
    [entry] = entries(SAMPLES["day-one-classic"][1], expected="day-one-classic")

    assert (entry.source_id, entry.text, entry.tags, entry.is_starred) == ("CAFE", "She laughed.", ("bath",), True)
    assert (entry.created_at, entry.zone) == (dt.datetime(2024, 1, 15, 22, 30, tzinfo=dt.UTC), "Europe/Madrid")
    assert (entry.place, entry.latitude, [file.name for file in entry.files]) == ("Home", 40.4, ["CAFE.jpg"])


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "<plist>",
        DOENTRY.replace("2024-01-15T22:30:00Z", "never"),
        '<!DOCTYPE x [<!ENTITY a "b">]>' + DOENTRY,
        "<plist><array>" * 50_000,
        "<plist><string>no entry</string></plist>",
    ],
)
def test_a_damaged_property_list_is_a_problem_and_the_rest_goes_on(damaged: str) -> None:
    found = read(packed({"J.dayone/entries/A.doentry": damaged, "J.dayone/entries/B.doentry": DOENTRY}))

    assert [type(each) for each in found] == [Problem, Incoming]
