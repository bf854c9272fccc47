"""Files of other journals, made from the fields that are known of them. The people and evenings in them are invented."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from journal.exchange.formats import Incoming, Problem, Source, recognise

MADRID = ZoneInfo("Europe/Madrid")
PHOTO = b"\xff\xd8\xff\xe0 a bath, seen from the door"


def source(data: bytes, name: str = "export", zone: ZoneInfo = MADRID, day_ends: int = 4) -> Source:
    return Source(name, io.BytesIO(data), zone, dt.time(day_ends))


def read(data: bytes, name: str = "export", *, expected: str = "", zone: ZoneInfo = MADRID) -> list[Incoming | Problem]:
    """What the reader that recognises the file makes of it."""
    file = source(data, name, zone)
    reader = recognise(file)
    assert not expected or reader.name == expected
    return list(reader.read(file))


def entries(data: bytes, name: str = "export", *, expected: str = "", zone: ZoneInfo = MADRID) -> list[Incoming]:
    """The same of a file in which every entry can be read."""
    found = read(data, name, expected=expected, zone=zone)
    assert not [problem for problem in found if isinstance(problem, Problem)]
    return [entry for entry in found if isinstance(entry, Incoming)]


def codes(entry: Incoming) -> list[str]:
    return [oddity.code for oddity in entry.oddities]


def packed(members: Mapping[str, object]) -> bytes:
    """A ZIP file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, bytes | str) else json.dumps(content))
    return file.getvalue()


def dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# --- One file of each format, of two entries.


def day_one(*changed: Mapping[str, object], media: Mapping[str, bytes] | None = None) -> bytes:
    entry: dict[str, object] = {
        "uuid": "A1B2C3D4E5F60718293A4B5C6D7E8F90",
        "creationDate": "2024-01-15T22:30:00Z",
        "modifiedDate": "2024-01-16T07:00:00Z",
        "timeZone": "Europe/Madrid",
        "starred": True,
        "tags": ["bath", "evening"],
        "text": "# Bath\n\nShe laughed\\. It was late\\!",
        "location": {"latitude": 40.4, "longitude": -3.7, "placeName": "Home", "localityName": "Madrid", "country": "Spain"},
        "weather": {"temperatureCelsius": 8.4, "conditionsDescription": "Rain", "weatherCode": "rain"},
        "creationDevice": "phone",
    }
    all_entries = [entry | dict(change) for change in changed] or [entry, entry | {"uuid": "B" * 32, "text": "Second."}]
    return packed({"Journal.json": {"metadata": {"version": "1.0"}, "entries": all_entries}, **(media or {})})


def journey(*changed: Mapping[str, object], media: Mapping[str, bytes] | None = None) -> bytes:
    entry: dict[str, object] = {
        "id": "1705357800000-abcdefgh12345678",
        "date_modified": 1705390000000,
        "date_journal": 1705357800000,  # 2024-01-15 22:30 UTC
        "timezone": "Europe/Madrid",
        "text": "<p>She <strong>laughed</strong>.</p>",
        "type": "html",
        "preview_text": "She laughed.",
        "mood": 3,
        "sentiment": 1.25,
        "favourite": True,
        "lat": 40.4,
        "lon": -3.7,
        "address": "A street",
        "label": "Home",
        "folder": "",
        "photos": [],
        "weather": {"id": 1, "degree_c": 8.4, "description": "Rain", "icon": "r", "place": "Madrid"},
        "tags": ["bath"],
    }
    made = [entry | dict(change) for change in changed] or [entry, entry | {"id": "1705357900000-bbcdefgh12345678"}]
    return packed({f"{each['id']}.json": each for each in made} | dict(media or {}))


def jrnl(*changed: Mapping[str, object]) -> bytes:
    entry: dict[str, object] = {
        "title": "Bath.",
        "body": "She laughed.",
        "date": "2024-01-15",
        "time": "21:30",
        "tags": ["@kids"],
        "starred": True,
    }
    return dumped(
        {"tags": {"@kids": 1}, "entries": [entry | dict(change) for change in changed] or [entry, entry | {"date": "2024-01-16"}]}
    )


def dailytxt(days: list[object] | None = None, more: Mapping[str, bytes | dict[str, object]] | None = None) -> bytes:
    day = {"day": 15, "text": "She laughed.", "date_written": "15/01/2024 21:30", "tags": [1], "files": [], "isBookmarked": True}
    return packed(
        {
            "tags.json": {"tags": [{"id": 1, "name": "bath", "color": "#fff", "icon": ""}]},
            "templates.json": {"templates": []},
            "2024/01.json": {"days": days if days is not None else [day, day | {"day": 16}]},
            **(more or {}),
        }
    )


def journiv(
    *changed: Mapping[str, object], media: Mapping[str, bytes] | None = None, name: str = "data.json", version: str = "1.0"
) -> bytes:
    entry: dict[str, object] = {
        "title": "Bath",
        "content": "She laughed.",
        "entry_date": "2024-01-15",
        "entry_datetime_utc": "2024-01-15T22:30:00Z",
        "entry_timezone": "Europe/Madrid",
        "word_count": 2,
        "is_pinned": False,
        "tags": ["bath"],
        "mood_log": {"mood_name": "Calm", "note": "", "logged_date": "2024-01-15"},
        "prompt_text": "What made you laugh?",
        "media": [],
        "created_at": "2024-01-15T22:30:00Z",
        "updated_at": "2024-01-16T07:00:00Z",
    }
    made = [entry | dict(change) for change in changed] or [entry, entry | {"title": "Second"}]
    export = {"export_version": version, "app_version": "0.1", "mood_definitions": [], "journals": [{"title": "Evenings", "entries": made}]}
    return packed({name: export, **(media or {})})


def standard_notes(*items: dict[str, object]) -> bytes:
    note: dict[str, object] = {
        "uuid": "n1",
        "content_type": "Note",
        "created_at": "2024-01-15T22:30:00.000Z",
        "updated_at": "2024-01-16T07:00:00.000Z",
        "content": {"title": "Bath", "text": "She laughed.", "noteType": "plain-text", "starred": True, "references": []},
    }
    tag: dict[str, object] = {"uuid": "t1", "content_type": "Tag", "content": {"title": "bath", "references": [{"uuid": "n1"}]}}
    made: list[object] = list(items) or [note, note | {"uuid": "n2"}, tag]
    return packed({"Standard Notes Backup and Import File.txt": {"version": "004", "items": made}})


def diarium(*changed: Mapping[str, object], media: Mapping[str, bytes] | None = None) -> bytes:
    entry: dict[str, object] = {
        "date": "2024-01-15T21:30:00.1234567",
        "heading": "Bath",
        "html": "<p>She <em>laughed</em>.</p>",
        "tags": ["bath"],
        "location": [40.4, -3.7],
        "sun": "08:00",
    }
    made = [entry | dict(change) for change in changed] or [entry, entry | {"date": "2024-01-16T21:30:00.0000000"}]
    return packed({"Diarium.json": list[object](made), **(media or {})})


def mini_diary(entries: dict[str, object] | None = None) -> bytes:
    day = {"title": "Bath", "text": "She laughed.", "dateUpdated": "2024-01-16T07:00:00.000Z"}
    metadata = {"application": "Mini Diary", "version": "3.3.0", "dateUpdated": "2024-01-16"}
    return dumped({"metadata": metadata, "entries": entries if entries is not None else {"2024-01-15": day, "2024-01-16": day}})


def memos(*changed: Mapping[str, object]) -> bytes:
    memo: dict[str, object] = {
        "name": "memos/1",
        "content": "She laughed. #bath",
        "createTime": "2024-01-15T20:30:00Z",
        "updateTime": "2024-01-16T07:00:00Z",
        "pinned": True,
        "visibility": "PRIVATE",
        "tags": ["bath"],
    }
    return dumped({"memos": [memo | dict(change) for change in changed] or [memo, memo | {"name": "memos/2"}], "nextPageToken": ""})


DIARO = """<?xml version="1.0" encoding="UTF-8"?>
<data version="2"><table name="diaro_folders"><r><uid>f1</uid><title>Family</title></r></table>
<table name="diaro_tags"><r><uid>t1</uid><title>bath</title></r></table>
<table name="diaro_locations"><r><uid>l1</uid><title>Home</title><lat>40.4</lat><lng>-3.7</lng></r></table>
<table name="diaro_entries"><r><uid>e1</uid><date>1705350600000</date><title>Bath</title><text>She laughed.</text><tags>,t1,</tags>
<folder_uid>f1</folder_uid><location_uid>l1</location_uid></r><r><uid>e2</uid><date>1705437000000</date><text>Second &amp; last.</text></r></table>
<table name="diaro_attachments"><r><uid>a1</uid><entry_uid>e1</entry_uid><type>photo</type><filename>bath.jpg</filename></r></table></data>"""
JRNL_TEXT = "[2024-01-15 21:30] Bath. She laughed. @kids\nShe stayed in.\n\n[2024-01-16 09:00] *Second day\nNothing else.\n"
JRNL_YAML = (
    "---\ntitle: Bath\ndate: 2024-01-15 21:30\nstarred: True\ntags: kids, bath\nbody: |\n\tShe laughed.\n\t\n\t## Later\n\tAsleep.\n...\n"
)
DAY_ONE_TEXT = (
    "Before any date.\n\tDate:\t15 January 2024\n\tWeather:\t8 °C\n\nShe laughed.\n\tDate:\t16 de enero de 2024, 21:30\n\nSecond.\n"
)
DAYLIO = (
    "full_date,date,weekday,time,mood,activities,note_title,note\n"
    '2024-01-15,January 15,Monday,21:30,rad,"bath | family",Bath,"She laughed."\n2024-01-16,January 16,Tuesday,9:05 PM,tender,,,"Second."\n'
)
PENZU = 'entry_id,journal_id,content,title,created_at\n1,9,"She laughed.",Bath,Mon. 1/15/2024 at 9:30pm\n2,9,"Second.",,Tue. 1/16/2024 at 9:30pm\n'
MARKDOWN = "---\ndate: 2024-01-15 21:30\ntitle: Bath\ntags: [bath, evening]\nmood: heavy\nstarred: true\n---\n\nShe laughed.\n"
DOENTRY = """<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>Creation Date</key><date>2024-01-15T22:30:00Z</date><key>Entry Text</key><string>She laughed\\.</string>
<key>Starred</key><true/><key>Tags</key><array><string>bath</string></array><key>Time Zone</key><string>Europe/Madrid</string>
<key>UUID</key><string>CAFE</string><key>Location</key><dict><key>Place Name</key><string>Home</string><key>Latitude</key><real>40.4</real>
<key>Longitude</key><real>-3.7</real></dict></dict></plist>"""

# By the name of the format: a file name, and a file.
SAMPLES: dict[str, tuple[str, bytes]] = {
    "day-one": ("export.zip", day_one()),
    "day-one-classic": (
        "Journal.dayone.zip",
        packed({"Journal.dayone/entries/CAFE.doentry": DOENTRY, "Journal.dayone/photos/CAFE.jpg": PHOTO}),
    ),
    "day-one-text": ("Journal.txt", DAY_ONE_TEXT.encode()),
    "journey": ("journey.zip", journey()),
    "journiv": ("journiv.zip", journiv()),
    "dailytxt": ("dailytxt.zip", dailytxt()),
    "standard-notes": ("backup.zip", standard_notes()),
    "diaro": ("diaro.zip", packed({"DiaroBackup.xml": DIARO, "media/photo/bath.jpg": PHOTO})),
    "diarium": ("diarium.zip", diarium()),
    "diarium-text": ("diarium.zip", packed({"2024-01-15.txt": "Monday, 15 January 2024\n\nShe laughed.\n\nTags: bath, evening\n"})),
    "mini-diary": ("diary.json", mini_diary()),
    "memos": ("memos.json", memos()),
    "jrnl": ("journal.json", jrnl()),
    "jrnl-text": ("journal.txt", JRNL_TEXT.encode()),
    "jrnl-yaml": ("jrnl.zip", packed({"2024-01-15_bath.md": JRNL_YAML, "2024-01-16.md": JRNL_YAML.replace("15", "16")})),
    "daylio": ("daylio.csv", DAYLIO.encode()),
    "penzu": ("penzu.csv", PENZU.encode()),
    "markdown": ("notes.zip", packed({"2024/2024-01-15.md": MARKDOWN, "2024/2024-01-16-second.md": "Second."})),
}
