"""jrnl, Markdown folders and tables, rule by rule."""

import datetime as dt

import pytest

from journal.exchange.formats import Incoming, Problem, Refused
from tests.journal.exchange.formats.samples import (
    DAYLIO,
    JRNL_TEXT,
    JRNL_YAML,
    MARKDOWN,
    PHOTO,
    SAMPLES,
    codes,
    dumped,
    entries,
    jrnl,
    packed,
    read,
)


def note(text: str, name: str = "2024-01-15.md", **more: bytes) -> Incoming:
    [entry] = entries(
        packed({name: text, **{key.replace("__", "/").replace("_", "."): data for key, data in more.items()}}), expected="markdown"
    )
    return entry


# --- jrnl.


def test_an_entry_of_jrnl_is_on_ones_own_clock() -> None:
    first, second = entries(jrnl(), expected="jrnl")

    assert (first.title, first.text, first.tags, first.is_starred) == ("Bath.", "She laughed.", ("kids",), True)
    assert (first.night, first.created_at, first.zone) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 20, 30, tzinfo=dt.UTC), "")
    assert second.source_id != first.source_id
    assert entries(jrnl({"uuid": "U-1", "creator": "me"}))[0].source_id == "U-1"


def test_a_single_entry_of_jrnl_is_the_bare_object() -> None:
    entry = {"title": "Bath.", "body": "", "date": "2024-01-15", "time": "01:30", "tags": [], "starred": False}

    [alone] = entries(dumped(entry), expected="jrnl")

    assert (alone.title, alone.night) == ("Bath.", dt.date(2024, 1, 14))


def test_jrnls_text() -> None:
    first, second = entries(JRNL_TEXT.encode(), expected="jrnl-text")

    assert (first.title, first.text, first.tags) == ("Bath.", "She laughed. @kids\nShe stayed in.", ("kids",))
    assert first.created_at == dt.datetime(2024, 1, 15, 20, 30, tzinfo=dt.UTC)
    assert (second.title, second.text, second.is_starred, second.night) == ("Second day", "Nothing else.", True, dt.date(2024, 1, 16))


def test_a_bracketed_date_within_a_text_begins_an_entry_and_other_brackets_do_not() -> None:
    found = entries(b"[2024-01-15 21:30] One *\n[a note]\n[2024-01-16 21:30] Two\n[01.02.2024 08:00 PM] Three\n")

    assert [(entry.title, entry.text, entry.is_starred) for entry in found] == [
        ("One", "[a note]", True),
        ("Two", "", False),
        ("Three", "", False),
    ]
    assert [codes(entry) for entry in found] == [[], [], ["date-unclear"]]


def test_a_text_without_a_date_is_refused_and_not_made_one_entry_of_today() -> None:
    with pytest.raises(Refused):
        read(b"Just words.\n[2024-01-15 21:30] later\n", "journal.txt")


def test_jrnls_yaml_is_read_by_hand() -> None:
    first, second = entries(SAMPLES["jrnl-yaml"][1], expected="jrnl-yaml")

    assert (first.title, first.text, first.tags, first.is_starred) == ("Bath", "She laughed.\n\n# Later\nAsleep.", ("kids", "bath"), True)
    assert second.night == dt.date(2024, 1, 16)
    [alone] = entries(JRNL_YAML.replace("Bath", "Bath: @last 'yes' #now").encode(), "entry.md", expected="jrnl-yaml")
    assert alone.title == "Bath: @last 'yes' #now"


def test_jrnls_markdown_is_grouped_by_year_and_month() -> None:
    text = b"# 2024\n\n## January\n\n### 2024-01-15 21:30 Bath\n\nShe laughed.\n\n### 2024-01-16 09:00 Second\n\nMore.\n"

    assert [(entry.night.day, entry.title, entry.text) for entry in entries(text, "journal.md", expected="markdown")] == [
        (15, "Bath", "She laughed."),
        (16, "Second", "More."),
    ]


# --- Markdown.


def test_front_matter() -> None:
    entry = note(MARKDOWN, "note.md")

    assert (entry.night, entry.created_at) == (dt.date(2024, 1, 15), dt.datetime(2024, 1, 15, 20, 30, tzinfo=dt.UTC))
    assert (entry.title, entry.text, entry.tags, entry.is_starred) == ("Bath", "She laughed.", ("bath", "evening"), True)
    assert (entry.feeling, codes(entry)) == ("heavy", [])


@pytest.mark.parametrize("name", ["date", "date_journal", "created", "creationDate"])
def test_names_of_the_date(name: str) -> None:
    assert note(f"---\n{name}: 2023-05-06\nmodified: 2023-05-07T10:00:00Z\n---\nx", "x.md").night == dt.date(2023, 5, 6)
    assert note(f"---\n{name}: 2023-05-06\nupdated: 2023-05-07T10:00:00Z\n---\nx", "x.md").edited_at == dt.datetime(
        2023, 5, 7, 10, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("[bath, '#evening']", ("bath", "evening")),
        ("bath, late evening", ("bath", "late evening")),
        ("#bath evening", ("bath", "evening")),
        ("\n  - bath\n  - evening", ("bath", "evening")),
        ("{a: b}", ()),
        ("", ()),
    ],
)
def test_tags_of_each_shape(said: str, tags: tuple[str, ...]) -> None:
    assert note(f"---\ntags: {said}\n---\nx").tags == tags


def test_a_place_a_star_and_a_mood_of_ones_own() -> None:
    entry = note("---\nlocation:\n  lat: 40.4\n  lon: -3.7\n  address: Home\nfavorite: yes\nmood: so-so\n---\nx")

    assert (entry.place, entry.latitude, entry.longitude, entry.is_starred) == ("Home", 40.4, -3.7, True)
    assert (entry.feeling, entry.extra) == ("", {"mood": "so-so"})


@pytest.mark.parametrize(
    "front",
    [
        "title: Bath: at last\ntags:\n- a\n- b",  # no YAML
        "title: 'Bath: at last'\ntags: &x [a, b]",
        "title: 'Bath: at last'\ntags: [a, b]\nx: {y: *z}",
    ],
)
def test_front_matter_that_is_no_yaml_or_could_grow_is_read_by_lines(front: str) -> None:
    assert note(f"---\n{front}\n---\nx").title == "Bath: at last"


def test_dashes_without_an_end_are_no_front_matter() -> None:
    assert note("---\nA line, and words.\n").text == "---\nA line, and words."


def test_dates_by_precedence() -> None:
    assert note("---\ndate: 2024-01-14\n---\n# 2024-01-12\nx", "2024-01-13.md").night.day == 14
    assert note("# 2024-01-12\nx", "2024-01-13-bath.md").night.day == 13
    assert note("# 12 January 2024\nx", "bath.md").night.day == 12
    by_time = note("x", "bath.md")
    assert by_time.night.year >= 1980
    assert codes(by_time) == ["date-from-file"]


def test_several_dates_in_one_file_are_several_entries_and_code_is_none() -> None:
    text = "# 2024-01-15\nOne\n```\n# 2024-01-20\n```\n# 2024-01-16 - Bath\nTwo\n# Not a date\n## January 17, 2024\nThree"

    assert [(entry.night.day, entry.title, entry.text) for entry in entries(text.encode(), "all.md")] == [
        (15, "", "One\n```\n# 2024-01-20\n```"),
        (16, "Bath", "Two\n# Not a date"),
        (17, "", "Three"),
    ]


def test_words_before_the_first_date_need_a_date_of_their_own() -> None:
    before, after = read(b"Words.\n# 2024-01-15\nOne\n", "all.md")

    assert isinstance(before, Problem)
    assert before.code == "no-date"
    assert isinstance(after, Incoming)


def test_obsidians_files_are_found_by_path_and_by_name() -> None:
    text = "One ![[bath.png|300]] ![x](pics/a%20b.jpg) ![there](https://example.org/c.png) ![[gone.pdf]] ![[Other note]] [[Link]]"

    entry = note(text, "daily/2024-01-15.md", attachments__bath_png=PHOTO, **{"daily__pics__a b_jpg": b"x"})

    assert [file.name for file in entry.files] == ["bath.png", "a b.jpg"]
    assert entry.text == "One   ![there](https://example.org/c.png) ![[gone.pdf]] ![[Other note]] [[Link]]"
    assert codes(entry) == ["file-missing"]


def test_hidden_folders_and_what_computers_add_are_passed_over() -> None:
    data = packed(
        {"2024-01-15.md": "One", ".obsidian/app.md": "x", ".trash/2024-01-14.md": "x", "__MACOSX/._2024-01-15.md": "x", ".DS_Store": "x"}
    )

    assert [entry.text for entry in entries(data)] == ["One"]


def test_a_file_in_another_encoding_is_a_problem_and_the_rest_goes_on() -> None:
    first, second = read(packed({"2024-01-14.md": "lamp\xe9".encode("latin-1"), "2024-01-15.md": "\ufeffOne\r\ntwo".encode("utf-16")}))

    assert isinstance(first, Problem)
    assert (first.code, first.where) == ("encoding", "2024-01-14.md")
    assert isinstance(second, Incoming)
    assert second.text == "One\ntwo"


# --- Tables.


def test_daylio_begins_with_five_moods_and_the_others_are_ones_own_words() -> None:
    first, second = entries(DAYLIO.encode(), expected="daylio")

    assert (first.title, first.text, first.tags, first.feeling, first.extra) == (
        "Bath",
        "She laughed.",
        ("bath", "family"),
        "bright",
        {"mood": "rad"},
    )
    assert (second.feeling, second.extra) == ("", {"mood": "tender"})
    assert second.created_at == dt.datetime(2024, 1, 16, 20, 5, tzinfo=dt.UTC)


def test_penzus_months_come_first() -> None:
    text = 'entry_id,journal_id,content,title,created_at\n1,9,"Line one\nline <b>two</b>",Bath,Thu. 2/1/2024 at 1:00am\n'

    [entry] = entries(text.encode(), expected="penzu")

    assert (entry.night, entry.created_at) == (dt.date(2024, 1, 31), dt.datetime(2024, 2, 1, tzinfo=dt.UTC))
    assert entry.text == "Line one line **two**"


@pytest.mark.parametrize("broken", ['"' + "x" * 5_000_000, "x" * 5_000_000])
def test_a_table_without_an_end_is_refused(broken: str) -> None:
    with pytest.raises(Refused):
        read(("full_date,mood,note\n2024-01-15,rad," + broken).encode())
