"""operations.backup.archive: what was written is read as it was, or the archive is refused."""

import datetime as dt
import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.backup import archive
from operations.backup.archive import Damaged, Manifest, TooNew
from tests.helpers import mode

NOW = dt.datetime(2026, 11, 21, 21, 4, 30, tzinfo=dt.UTC)
ABOUT = Manifest(nightlight="0.1.0", made_at=NOW, database="sqlite", migrations={"journal": "0001_initial"}, counts={}, keys=("ab12",))

Members = list[tuple[str | tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a stand-in for a database and two sealed files."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "files" / "ab").mkdir(parents=True)
    (folder / "files" / "ab" / "photo").write_bytes(b"sealed one")
    (folder / "files" / "other").write_bytes(b"sealed two")
    (folder / "files" / "link").symlink_to("/etc/passwd")
    (folder / "dump").write_bytes(b"a database" * 30)
    archive.write(folder / "sound.tar", ABOUT, database=folder / "dump", files=folder / "files", keys=b"a key\n")
    return folder / "sound.tar"


def unpacked(path: Path, into: Path) -> tuple[Manifest, dict[str, bytes]]:
    """The archive's manifest, and its files by name."""
    manifest = archive.unpack(path, into)
    return manifest, {file.relative_to(into).as_posix(): file.read_bytes() for file in into.rglob("*") if file.is_file()}


def test_gives_back_what_went_in(sound: Path, tmp_path: Path) -> None:
    manifest, files = unpacked(sound, tmp_path)

    assert (manifest.made_at, manifest.keys, manifest.migrations) == (ABOUT.made_at, ABOUT.keys, ABOUT.migrations)
    assert files == {
        "database.sqlite3": b"a database" * 30,
        "files/ab/photo": b"sealed one",
        "files/other": b"sealed two",
        "keys/key-encryption-keys": b"a key\n",
    }
    assert manifest.holds_keys
    assert {mode(path) for path in [sound, *tmp_path.rglob("*")] if path.is_file()} == {0o600}


def test_checks_everything_and_writes_only_what_is_wanted(sound: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(sound, tmp_path, archive.only_database)

    assert len(manifest.members) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["database.sqlite3"]


def test_its_checksums_can_be_checked_without_nightlight(sound: Path) -> None:
    with tarfile.open(sound) as tar:
        content, manifest = (tar.extractfile(name) for name in (archive.CHECKSUM, archive.MANIFEST))
        assert content is not None
        assert manifest is not None
        assert content.read().decode() == f"{hashlib.sha256(manifest.read()).hexdigest()}  manifest.json\n"


changed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@changed
@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_or_changes_nothing(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    data = bytearray(sound.read_bytes())
    data[position % len(data)] ^= 1 << bit
    assert_same_or_refused(sound, bytes(data), tmp_path_factory.mktemp("flipped"))


@changed
@given(length=st.integers(min_value=0))
def test_an_archive_that_was_cut_short_is_refused_or_lacks_nothing(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    data = sound.read_bytes()
    assert_same_or_refused(sound, data[: length % len(data)], tmp_path_factory.mktemp("cut"))


def assert_same_or_refused(sound: Path, data: bytes, folder: Path) -> None:
    (folder / "changed.tar").write_bytes(data)
    try:
        result = unpacked(folder / "changed.tar", folder / "result")
    except Damaged:
        return
    assert result == unpacked(sound, folder / "expected")  # padding alone was hit


def forged(path: Path, members: Members) -> Path:
    """A tar file of these members, which Nightlight did not write."""
    with tarfile.open(path, "w") as tar:
        for member, data in members:
            entry = tarfile.TarInfo(member) if isinstance(member, str) else member
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def with_manifest(manifest: Manifest | bytes, members: Members) -> Members:
    """The members with a manifest and its checksum, as the last ones."""
    content = manifest if isinstance(manifest, bytes) else manifest.to_json()
    return [*members, (archive.MANIFEST, content), (archive.CHECKSUM, f"{hashlib.sha256(content).hexdigest()}  manifest.json\n".encode())]


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


@pytest.mark.parametrize(
    "member",
    [
        "../outside",
        "/etc/outside",
        "files/../../outside",
        "files/../database.sqlite3",
        "files//twice",
        "files/",
        "elsewhere/file",
        "keys/secret-key",
        link("files/link", tarfile.SYMTYPE, "/etc/passwd"),
        link("files/link", tarfile.LNKTYPE, "database.sqlite3"),
        link("files/pipe", tarfile.FIFOTYPE, ""),
        link("files/folder", tarfile.DIRTYPE, ""),
    ],
    ids=lambda member: member if isinstance(member, str) else f"{member.name} {member.type!r}",
)
def test_refuses_names_that_lead_elsewhere(tmp_path: Path, member: str | tarfile.TarInfo) -> None:
    path = forged(tmp_path / "forged.tar", with_manifest(ABOUT, [("database.sqlite3", b"x"), (member, b"")]))

    with pytest.raises(Damaged, match=r"Do not use it|no archive"):
        archive.unpack(path, tmp_path / "into")

    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} <= {"forged.tar", "database.sqlite3"}


MEMBER = archive.Member(1, hashlib.sha256(b"x").hexdigest())
WITH_MEMBER = Manifest(
    nightlight="0.1.0", made_at=NOW, database="sqlite", migrations={}, counts={}, keys=(), members={"database.sqlite3": MEMBER}
)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([("database.sqlite3", b"x")], "ends before its manifest"),
        (with_manifest(WITH_MEMBER, [("database.sqlite3", b"x")])[:-1], "ends before its manifest"),
        (with_manifest(WITH_MEMBER, [("database.sqlite3", b"y")]), "'database.sqlite3' first"),
        (with_manifest(WITH_MEMBER, []), "'database.sqlite3' first"),
        (with_manifest(WITH_MEMBER, [("database.sqlite3", b"x"), ("files/more", b"x")]), "'files/more' first"),
        (with_manifest(WITH_MEMBER, [("database.sqlite3", b"x"), ("database.sqlite3", b"x")]), "twice"),
        (with_manifest(ABOUT, []), "holds no database"),
        (with_manifest(b"[]", []), "cannot be understood"),
        (with_manifest(b'{"format": 1}', []), "cannot be understood"),
        (with_manifest(ABOUT.to_json().replace(b'"sqlite"', b'"oracle"'), []), "cannot be understood"),
        (
            [*with_manifest(WITH_MEMBER, [("database.sqlite3", b"x")])[:-1], (archive.CHECKSUM, b"0  manifest.json\n")],
            "manifest of forged.tar was altered",
        ),
    ],
)
def test_refuses_what_is_not_as_it_was_written(tmp_path: Path, members: Members, says: str) -> None:
    with pytest.raises(Damaged, match=says):
        archive.unpack(forged(tmp_path / "forged.tar", members), tmp_path / "into")


def test_refuses_a_format_of_the_future(tmp_path: Path) -> None:
    content = ABOUT.to_json().replace(b'"format": 1', b'"format": 2')

    with pytest.raises(TooNew, match="has format 2; this Nightlight knows 1"):
        archive.unpack(forged(tmp_path / "newer.tar", with_manifest(content, [])), tmp_path / "into")
