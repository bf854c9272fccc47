"""Files that nobody would make on purpose, but for harm: samples of each format with anything in any place, or damaged."""

import io
import json
import zipfile
from collections.abc import Iterator
from random import Random

from journal.exchange.formats import Incoming, IncomingFile, Problem, Refused, limits, recognise
from tests.journal.exchange.formats.samples import SAMPLES, source

NESTED: object = "core"
for _level in range(80):
    NESTED = [NESTED] if _level % 2 else {"a": NESTED}
ODD: list[object] = [
    *(None, True, False, 0, -1, 2, 3.5, 1e308, -1e308, 10**30, 1.7976931348623157e308, 2**63, -(10**18), 1705350600000, 99999999999999),
    *(
        "",
        " ",
        "\0",
        "x",
        "\u200b",
        "\ud800",
        "\ufeff",
        "\u202e",
        "🌙" * 3,
        "x" * 3000,
        "\n" * 50,
        "[" * 200,
        "![](" * 50,
        "\\" * 99,
        "<b>" * 60,
        "`" * 99,
    ),
    *(
        "2024-01-15",
        "2024-13-45",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2024-02-30",
        "24:00",
        "1970-01-01T00:00:00.000Z",
        "٢٠٢٤-٠١-١٥",
    ),
    *(
        "2024-01-15T22:30:00+99:99",
        "2024-01-15T22:30:00.1234567890123Z",
        "Europe/Madrid",
        "../../etc/passwd",
        "/etc/passwd",
        "\\\\host\\x",
        "C:\\x",
    ),
    *(
        '{"ops":[{"insert":',
        '{"ops":[{"insert":1},{"insert":"a\\n","attributes":5}]}',
        '{"root":{"children":[[],{"children":5,"type":[]}]}}',
        "super",
        "html",
    ),
    *([], {}, [[]], [{}], [None, 1, "x"], {"": ""}, {"a": {"b": []}}, [1] * 300, NESTED, {"uuid": ["x"]}, ["x" * 500] * 3, [1e999]),
]
NAMES = [
    "../x.json",
    "/abs.json",
    "C:/x.md",
    "a/../../b",
    "x" * 600,
    "",
    ".",
    "..",
    "photos/",
    "a\\b.json",
    "\u202egnp.exe",
    "__MACOSX/x.json",
    "2024/99.json",
]
PIECES = [piece.encode("utf-8", "surrogatepass") for piece in ODD if isinstance(piece, str)]
PIECES += [
    b"\xff\xfe",
    b"\xc3",
    b"\r",
    b"\r\n",
    b"---\n",
    b"\tDate:\t",
    b"[2024-01-15 21:30] ",
    b"# 2024-01-15\n",
    b'"',
    b",",
    b"{",
    b"]",
    b"body: |\n",
    b"&a *a",
    b"<r>",
]


def unpacked(name: str) -> dict[str, bytes]:
    """The members of a sample; under "" the file itself, of one that is no archive."""
    data = SAMPLES[name][1]
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


def files(name: str, count: int, seed: int) -> Iterator[bytes]:
    """So many files made of the sample of a format; the same again for the same seed."""
    random, members = Random(seed), unpacked(name)  # noqa: S311  nothing secret
    parsed = {member: value for member, data in members.items() if (value := _json(data)) is not None}
    for _number in range(count):
        made = dict(members)
        for _change in range(random.choice((1, 1, 1, 2, 5))):
            member = random.choice(list(made))
            if member in parsed and random.random() < 0.75:
                made[member] = json.dumps(_changed(json.loads(json.dumps(parsed[member])), random)).encode()
            elif member and random.random() < 0.1:
                made[random.choice(NAMES)] = made.pop(member)
            else:
                made[member] = _damaged(made[member], random)
        data = made[""] if "" in made and len(made) == 1 else _packed(made)
        yield _damaged(data, random) if random.random() < 0.03 else data


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None


def _changed(value: object, random: Random) -> object:
    """The value with something else in a place of it."""
    places = [(value, key) for key in _keys(value)]
    for container, key in places:
        inner = container[key]  # type: ignore[index]
        places += [(inner, inner_key) for inner_key in _keys(inner)]
    if not places or random.random() < 0.01:
        return random.choice(ODD)
    for _number in range(random.choice((1, 1, 2, 4, 12))):
        container, key = random.choice(places)
        if isinstance(container, dict) and random.random() < 0.15:
            container.pop(key, None)
        elif isinstance(container, dict) and random.random() < 0.05:
            container[str(random.choice(ODD))[:40]] = random.choice(ODD)
        else:
            container[key] = random.choice(ODD)  # type: ignore[index]
    return value


def _keys(value: object) -> list[object]:
    return list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []


def _damaged(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    match random.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + random.choice(PIECES) * random.choice((1, 1, 3)) + data[at:]
        case 2:
            return data[:at] + random.randbytes(random.choice((1, 2, 8))) + data[at + random.choice((1, 2, 8)) :]
        case 3:
            return data[:at] + data[at + random.randrange(1, 40) :]
        case _:
            other = random.randrange(len(data) + 1)
            return data[:at] + data[min(at, other) : max(at, other)] + data[at:]


def _packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():  # "" is a name of hostile files, too
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 15, 21, 30, 0)), data)
    return file.getvalue()


# --- What holds of whatever comes out.


def outcome(name: str, data: bytes) -> str:
    """How the file ended: "refused", or "read". Raises AssertionError for what no import may meet."""
    file = source(data, SAMPLES[name][0])
    try:
        reader = recognise(file)
        for each in reader.read(file):
            check(each)
    except Refused as refusal:
        return "refused" if len(str(refusal)) > 10 else "refused without a sentence"
    return "read"


def check(each: Incoming | Problem) -> None:
    if isinstance(each, Problem):
        assert each.sentence
        each.where.encode()
        return
    assert limits.FIRST_YEAR - 1 <= each.night.year <= 2200
    assert each.source_id
    assert len(each.source_id) <= 140
    assert each.text.strip() or each.title or each.files or each.feeling
    assert len(each.text) <= limits.TEXT
    for moment in (each.created_at, each.edited_at):
        assert moment is None or moment.utcoffset() is not None
    kept = json.dumps([each.extra, each.latitude, each.longitude], allow_nan=False)
    assert len(kept) < limits.EXTRA * 8
    words = (
        each.source_id,
        each.title,
        each.text,
        each.question,
        each.place,
        each.weather,
        each.zone,
        *each.tags,
        json.dumps(each.extra, ensure_ascii=False),
    )
    for text in words:
        text.encode()
        assert "\0" not in text
    for oddity in each.oddities:
        assert oddity.sentence
    for attached in each.files:
        _check_file(attached)


def _check_file(attached: IncomingFile) -> None:
    assert attached.name
    assert "/" not in attached.name
    try:
        with attached.open() as file:
            assert len(file.read()) <= attached.size
    except OSError:
        pass
