"""The archive file: a tar with a database, sealed files and, last, a manifest with the checksum of each.

    database.sqlite3 or database.dump      written by operations.backup.sqlite or .postgres
    files/…                                the data folder's sealed files
    keys/key-encryption-keys               only on request
    manifest.json, manifest.json.sha256    what the archive holds, and a checksum in the format of `sha256sum -c`

The manifest comes last, so an archive that was cut short has none.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

FORMAT = 1
DATABASE_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FILES = "files/"
KEYS = "keys/key-encryption-keys"
MANIFEST = "manifest.json"
CHECKSUM = "manifest.json.sha256"
MANIFEST_LIMIT = 64 * 1024 * 1024  # bytes of a manifest that are read into memory: some 400,000 files
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup could not be made or restored. The message says what to do, and holds nothing that people wrote."""


class Damaged(BackupError):
    """An archive, or the copy of a database in it, is not what was written."""


class TooNew(BackupError):
    """The archive was made by a newer Nightlight."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: its size in bytes, and its hash in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive holds.

    `nightlight`: the version that made it. `database`: a key of `DATABASE_FILES`. `migrations`: the last one applied of each
    app. `counts`: of rows, by name. `keys`: ids of the key-encryption keys that its slots need. `members`: by name, all but
    the manifest and its checksum.
    """

    nightlight: str
    made_at: dt.datetime
    database: str
    migrations: Mapping[str, str]
    counts: Mapping[str, int]
    keys: tuple[str, ...]
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def database_file(self) -> str:
        return DATABASE_FILES[self.database]

    @property
    def holds_keys(self) -> bool:
        return KEYS in self.members

    def to_json(self) -> bytes:
        values = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return (json.dumps(values, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Raises `TooNew` for a format that this version does not know, `Damaged` for anything that is not a manifest."""
        try:
            values: dict[str, Any] = json.loads(data)
            archive_format: int = values.pop("format")
            if archive_format > FORMAT:
                raise TooNew(
                    f"The archive has format {archive_format}; this Nightlight knows {FORMAT}. Restore it with a newer Nightlight."
                )
            values["made_at"] = dt.datetime.fromisoformat(values["made_at"])
            values["keys"] = tuple(map(str, values["keys"]))
            values["members"] = {name: Member(**member) for name, member in values["members"].items()}
            manifest = cls(**values)
            if manifest.database not in DATABASE_FILES:
                raise ValueError(manifest.database)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Damaged("The archive's manifest cannot be understood. Take another archive.") from error
        return manifest


class _HashingReader:
    """Passes on what is read from a file, counting and hashing it."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.hash, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data

    @property
    def member(self) -> Member:
        """What was read so far."""
        return Member(self.size, self.hash.hexdigest())


# --- Writing.


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int, made_at: dt.datetime) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(made_at.timestamp())
    reader = _HashingReader(source)
    tar.addfile(info, reader)
    return reader.member


def _sealed_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Member name and content of every file below the folder. A file that is deleted meanwhile is skipped."""
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                yield FILES + path.relative_to(folder).as_posix(), path.read_bytes()


def write(path: Path, facts: Manifest, *, database: Path, files: Path, keys: bytes | None) -> Manifest:
    """Write a new archive to `path` and sync it to the disk. Returns the manifest in it: `facts` with the members added.

    `database` is the copy of the database, `files` the folder of sealed files, which need not exist. Raises OSError.
    """
    members: dict[str, Member] = {}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:

            def add(name: str, data: bytes) -> Member:
                return _add(tar, name, io.BytesIO(data), len(data), facts.made_at)

            with database.open("rb") as dump:
                members[facts.database_file] = _add(tar, facts.database_file, dump, database.stat().st_size, facts.made_at)
            for name, data in _sealed_files(files):
                members[name] = add(name, data)
            if keys is not None:
                members[KEYS] = add(KEYS, keys)
            manifest = dataclasses.replace(facts, members=members)
            manifest_member = add(MANIFEST, manifest.to_json())
            add(CHECKSUM, f"{manifest_member.sha256}  {MANIFEST}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return manifest


# --- Reading.


def _check_member(info: tarfile.TarInfo, folder: Path) -> None:
    """Raises `Damaged` for anything but a plain file with one of an archive's names, which leads nowhere outside `folder`."""
    name = PurePosixPath(info.name)
    is_known = info.name in {*DATABASE_FILES.values(), KEYS, MANIFEST, CHECKSUM} or (info.name.startswith(FILES) and len(name.parts) > 1)
    is_plain = info.type == tarfile.REGTYPE and not info.issparse() and ".." not in name.parts and str(name) == info.name
    if not (is_known and is_plain and tarfile.data_filter(info, str(folder)).name == info.name):
        raise Damaged(f"The archive holds {info.name!r}, which no archive of Nightlight’s does. Do not use it.")


def _consume(source: IO[bytes], path: Path | None) -> Member:
    """Read and hash a member, and write it to a new file where a path is given."""
    reader = _HashingReader(source)
    with contextlib.ExitStack() as stack:
        target: IO[bytes] | None = None
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        while data := reader.read(CHUNK):
            if target is not None:
                target.write(data)
    return reader.member


def _read(tar: tarfile.TarFile, folder: Path, is_extracted: Callable[[str], bool]) -> tuple[dict[str, Member], dict[str, bytes]]:
    """The members as they are, and the content of the manifest and its checksum, by name."""
    members: dict[str, Member] = {}
    trailer: dict[str, bytes] = {}
    for info in tar:
        _check_member(info, folder)
        source = tar.extractfile(info)
        if source is None or info.name in members or info.name in trailer:
            raise Damaged(f"The archive holds {info.name!r} twice. Do not use it.")
        if info.name in {MANIFEST, CHECKSUM}:
            trailer[info.name] = source.read(MANIFEST_LIMIT)
        else:
            members[info.name] = _consume(source, folder / info.name if is_extracted(info.name) else None)
    return members, trailer


def everything(name: str) -> bool:
    """For `unpack`: extract every member."""
    return True


def only_database(name: str) -> bool:
    """For `unpack`: extract the database alone."""
    return name in DATABASE_FILES.values()


def unpack(path: Path, folder: Path, is_extracted: Callable[[str], bool] = everything) -> Manifest:
    """Verify the whole archive, and extract the members for whose name `is_extracted` is true into `folder`.

    The extracted files may be used once this has returned: they are written before they are verified. Raises `Damaged` or
    `TooNew`, or OSError where the archive cannot be read or the folder cannot be written to.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            members, trailer = _read(tar, folder, is_extracted)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise Damaged(f"{path.name} is no archive of Nightlight’s, or is damaged. Take another.") from error
    if set(trailer) != {MANIFEST, CHECKSUM}:
        raise Damaged(f"{path.name} ends before its manifest: it was cut short, or is no archive of Nightlight’s. Take another.")
    if trailer[CHECKSUM] != f"{hashlib.sha256(trailer[MANIFEST]).hexdigest()}  {MANIFEST}\n".encode():
        raise Damaged(f"The manifest of {path.name} was altered. Take another archive.")
    manifest = Manifest.from_json(trailer[MANIFEST])
    if changed := sorted(name for name in {*members, *manifest.members} if members.get(name) != manifest.members.get(name)):
        raise Damaged(
            f"{len(changed)} of the files in {path.name} are not as they were written, {changed[0]!r} first. Take another archive."
        )
    if manifest.database_file not in members:
        raise Damaged(f"{path.name} holds no database. Take another archive.")
    return manifest
