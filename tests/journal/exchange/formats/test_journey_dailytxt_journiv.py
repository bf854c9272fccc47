"""Journey, DailyTxT and Journiv, rule by rule."""

import datetime as dt

import pytest

from journal.exchange.formats import Problem, Refused
from tests.journal.exchange.formats.samples import PHOTO, codes, dailytxt, dumped, entries, journey, journiv, packed, read

# --- Journey.


def test_an_entry_of_journey() -> None:
    first, second = entries(journey(), expected="journey")

    assert (first.source_id, first.text) == ("1705357800000-abcdefgh12345678", "She **laughed**.")
    assert (first.night, first.created_at) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 22, 30, tzinfo=dt.UTC))
    assert (first.zone, first.tags, first.is_starred, first.place, first.weather) == (
        "Europe/Madrid",
        ("bath",),
        True,
        "Home, A street",
        "Rain, 8 °C",
    )
    assert first.extra == {"mood": 3, "sentiment": 1.25}
    assert first.feeling == ""  # which end of Journey's scale is which is not known for sure
    assert second.source_id != first.source_id


def test_without_a_type_text_is_markdown() -> None:
    assert entries(journey({"type": None, "text": "a **b** <p>"}))[0].text == "a **b** <p>"


def test_the_largest_number_stands_for_none() -> None:
    largest = 1.7976931348623157e308
    [entry] = entries(journey({"lat": largest, "lon": largest, "weather": {"id": -1, "degree_c": largest, "description": ""}}))

    assert (entry.latitude, entry.longitude, entry.weather) == (None, None, "")


def test_html_comes_in_without_a_tag() -> None:
    hostile = '<p onclick="x()">Bath</p><script>alert(1)</script><iframe src="//x"></iframe><a href="javascript:x()">here</a><img src="x" onerror="y">'

    assert entries(journey({"text": hostile}))[0].text == "Bath\n\nhere"


def test_media_lie_beside_the_entry() -> None:
    stem = "1705357800000-abcdefgh12345678"
    media = {f"{stem}-bb.jpg": PHOTO, f"{stem}-aa.m4a": b"a", "1705357800000-otherotherother1-cc.jpg": b"c"}

    [entry] = entries(journey({"photos": [f"{stem}-bb.jpg", f"{stem}-zz.jpg"]}, media=media))

    assert [file.name for file in entry.files] == [f"{stem}-bb.jpg", f"{stem}-aa.m4a"]
    assert codes(entry) == ["file-missing"]


def test_an_empty_zone_and_a_single_file() -> None:
    entry = {"id": "x", "date_journal": 1705357800000, "timezone": "", "text": "One", "date_modified": None}

    [read_alone] = entries(dumped(entry), "1705357800000-abcdefgh12345678.json", expected="journey")

    assert (read_alone.night, read_alone.zone, read_alone.edited_at) == (dt.date(2024, 1, 15), "", None)


def test_a_damaged_entry_of_journey_is_a_problem_and_the_rest_goes_on() -> None:
    data = journey({}, media={"1705357800001-abcdefgh12345678.json": b"{broken", "1705357800002-abcdefgh12345678.json": b"[]"})

    assert [each.code if isinstance(each, Problem) else each.text for each in read(data)] == ["She **laughed**.", "broken", "not-an-entry"]


# --- DailyTxT.


def test_a_day_of_dailytxt() -> None:
    first, second = entries(dailytxt(), expected="dailytxt")

    assert (first.source_id, first.night, first.text, first.tags, first.is_starred) == (
        "2024-01-15",
        dt.date(2024, 1, 15),
        "She laughed.",
        ("bath",),
        True,
    )
    assert first.edited_at == dt.datetime(2024, 1, 15, 20, 30, tzinfo=dt.UTC)
    assert second.night == dt.date(2024, 1, 16)


def test_the_folder_says_the_day_whatever_was_written() -> None:
    [entry] = entries(dailytxt([{"day": 15, "text": "Bath", "date_written": "last week, I think"}]))

    assert (entry.night, entry.edited_at) == (dt.date(2024, 1, 15), None)


def test_files_pins_and_unknown_tags_of_a_day() -> None:
    day = {"day": 15, "text": "Bath", "tags": [1, 99], "files": [{"filename": "bath (2).jpg"}, {"filename": "gone.jpg"}]}

    [entry] = entries(dailytxt([day | {"pins": [{"id": 1, "text": "Home", "lat": 40.4, "lon": -3.7}]}], {"files/bath (2).jpg": PHOTO}))

    assert [file.name for file in entry.files] == ["bath (2).jpg"]
    assert (codes(entry), entry.tags, entry.place, entry.latitude) == (["file-missing"], ("bath",), "Home", 40.4)


def test_days_without_words_are_passed_over_and_impossible_ones_are_problems() -> None:
    found = read(dailytxt([{"day": 1, "text": ""}, {"day": 31, "text": "x"}, {"day": 32, "text": "x"}, {"day": "x", "text": "x"}, 5]))

    assert [(each.where, each.code) if isinstance(each, Problem) else each.night for each in found] == [
        dt.date(2024, 1, 31),
        ("2024-01", "no-date"),
        ("2024-01", "no-date"),
        ("2024-01", "not-an-entry"),
    ]


def test_a_damaged_month_is_a_problem_and_the_rest_goes_on() -> None:
    first, second, problem, third = read(
        dailytxt(more={"2024/02.json": b'{"days": [', "2024/03.json": {"days": [{"day": 1, "text": "March"}]}})
    )

    assert isinstance(problem, Problem)
    assert (problem.where, problem.code) == ("2024-02", "broken")
    assert not isinstance(first, Problem)
    assert not isinstance(second, Problem)
    assert not isinstance(third, Problem)


def test_the_encrypted_backup_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused, match="unencrypted export"):
        read(dailytxt(more={"user.json": {"password": "…"}}))


# --- Journiv.


@pytest.mark.parametrize("name", ["data.json", "journiv.json"])
def test_an_entry_of_journiv(name: str) -> None:
    first, second = entries(journiv(name=name), expected="journiv")

    assert (first.night, first.created_at) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 22, 30, tzinfo=dt.UTC))
    assert (first.title, first.text, first.question, first.tags) == ("Bath", "She laughed.", "What made you laugh?", ("bath",))
    assert first.extra["mood_log"] == {"mood_name": "Calm", "logged_date": "2024-01-15"}
    assert second.title == "Second"


def test_content_may_be_quills() -> None:
    ops = [
        {"insert": "She "},
        {"insert": "laughed", "attributes": {"bold": True}},
        {"insert": ".\nBath"},
        {"insert": "\n", "attributes": {"header": 2}},
        {"insert": "one"},
        {"insert": "\n", "attributes": {"list": "bullet"}},
        {"insert": {"image": "x"}},
        {"insert": "here", "attributes": {"link": "https://example.org/"}},
        {"insert": "\n"},
    ]

    assert [entry.text for entry in entries(journiv({"content": {"ops": ops}}, {"content": dumped({"ops": ops}).decode()}))] == [
        "She **laughed**.\n## Bath\n- one\n[here](https://example.org/)"
    ] * 2


def test_broken_quill_is_kept_as_it_is() -> None:
    [entry] = entries(journiv({"content": '{"ops": [broken'}))

    assert (entry.text, codes(entry)) == ('{"ops": [broken', ["raw"])


def test_an_unknown_version_is_tried_and_said() -> None:
    first, second = entries(journiv(version="9.0"))

    assert (codes(first), codes(second)) == (["version-unknown"], [])


def test_media_by_path_by_folder_and_by_name() -> None:
    listed = [
        {"file_path": "media/2024/a.jpg", "filename": "bath.jpg"},
        {"file_path": "b.jpg", "filename": "b.jpg"},
        {"filename": "gone.jpg"},
        7,
    ]

    [entry] = entries(journiv({"media": listed}, media={"media/2024/a.jpg": PHOTO, "media/b.jpg": b"b"}))

    assert [file.name for file in entry.files] == ["bath.jpg", "b.jpg"]
    assert codes(entry) == ["file-missing"] * 2


def test_a_note_on_a_mood_is_words_and_a_place_may_be_a_text() -> None:
    [entry] = entries(journiv({"mood_log": {"mood_name": "Low", "note": "Tired."}, "location": "Home", "weather": "Rain"}))

    assert (entry.text, entry.place, entry.weather) == ("She laughed.\n\nTired.", "Home", "Rain")


def test_alone_without_its_archive() -> None:
    journals = [{"title": "A", "entries": [{"entry_date": "2024-01-15", "content": "One"}]}, {"title": "B", "entries": []}]

    [entry] = entries(dumped({"export_version": "1.0", "journals": journals}), expected="journiv")

    assert (entry.text, entry.created_at) == ("One", None)


def test_an_archive_with_some_other_data_file_is_not_journivs() -> None:
    with pytest.raises(Refused):
        read(packed({"data.json": {"rows": []}}))
