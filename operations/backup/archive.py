"""The archive: a tar that holds a database, sealed files and, last, a manifest with the checksum of each.

    database.sqlite3 or database.dump      what journal.backup.sqlite or .postgres wrote
    files/…                                the data folder's sealed files
    keys/key-encryption-keys               only where it was asked for
    manifest.json, manifest.json.sha256    what is in it, and the proof that it is all there

The manifest stands last, so an archive that was cut short has none. `sha256sum -c` understands its checksum.
"""

import contextlib
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
MANIFEST_LIMIT = 64 * 1024 * 1024  # what a manifest may take in memory: some 400,000 files
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup could not be made or brought back. The message says what to do and holds nothing that was written."""


class Damaged(BackupError):
    """The archive is not, byte for byte, what was written as one."""


class TooNew(BackupError):
    """A newer Nightlight made the archive."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive holds. `migrations`: the last one applied of each app. `keys`: ids of the keys that its slots need."""

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
        told = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Raises `TooNew` for a format that this Nightlight does not know, `Damaged` for what is no manifest."""
        try:
            told: dict[str, Any] = json.loads(data)
            made_with: int = told.pop("format")
            if made_with > FORMAT:
                raise TooNew(f"The archive has format {made_with}; this Nightlight knows {FORMAT}. Restore it with a newer Nightlight.")
            told["made_at"] = dt.datetime.fromisoformat(told["made_at"])
            told["keys"] = tuple(map(str, told["keys"]))
            told["members"] = {name: Member(**member) for name, member in told["members"].items()}
            manifest = cls(**told)
            if manifest.database not in DATABASE_FILES:
                raise ValueError(manifest.database)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Damaged("The archive's manifest cannot be understood. Take another archive.") from error
        return manifest


# --- Writing.


class _Hashing:
    """Reads through, counting and hashing what passes."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.hash, self.size = source, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.hash.update(data)
        self.size += len(data)
        return data

    @property
    def member(self) -> Member:
        return Member(self.size, self.hash.hexdigest())


def _add(tar: tarfile.TarFile, name: str, source: IO[bytes], size: int, made_at: dt.datetime) -> Member:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(made_at.timestamp())
    hashing = _Hashing(source)
    tar.addfile(entry, hashing)
    return hashing.member


def _sealed_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder; one that is taken away meanwhile is as one that was never there."""
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                yield FILES + path.relative_to(folder).as_posix(), path.read_bytes()


def write(path: Path, about: Manifest, *, database: Path, files: Path, keys: bytes | None) -> Manifest:
    """Write a new archive to `path` and on to the disk; the manifest that comes back names its members."""
    members: dict[str, Member] = {}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:

            def add(name: str, data: bytes) -> Member:
                return _add(tar, name, io.BytesIO(data), len(data), about.made_at)

            with database.open("rb") as dump:
                members[about.database_file] = _add(tar, about.database_file, dump, database.stat().st_size, about.made_at)
            for name, data in _sealed_files(files):
                members[name] = add(name, data)
            if keys is not None:
                members[KEYS] = add(KEYS, keys)
            manifest = Manifest(**{**_fields(about), "members": members})
            sealed = add(MANIFEST, manifest.to_json())
            add(CHECKSUM, f"{sealed.sha256}  {MANIFEST}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__dataclass_fields__}


# --- Reading.


def _refuse_what_no_archive_holds(entry: tarfile.TarInfo, into: Path) -> None:
    """An archive holds plain files under names of its own, none of which leads anywhere else."""
    name = PurePosixPath(entry.name)
    known = entry.name in {*DATABASE_FILES.values(), KEYS, MANIFEST, CHECKSUM} or (entry.name.startswith(FILES) and len(name.parts) > 1)
    plain = entry.type == tarfile.REGTYPE and not entry.issparse() and ".." not in name.parts and str(name) == entry.name
    if not (known and plain and tarfile.data_filter(entry, str(into)).name == entry.name):
        raise Damaged(f"The archive holds {entry.name!r}, which no archive of Nightlight’s does. Do not use it.")


def _keep(source: IO[bytes], path: Path | None) -> Member:
    """Hash what is read and, where a path is given, write it there."""
    hashing = _Hashing(source)
    with contextlib.ExitStack() as stack:
        kept: IO[bytes] | None = None
        if path is not None:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept = stack.enter_context(os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"))
        while data := hashing.read(CHUNK):
            if kept is not None:
                kept.write(data)
    return hashing.member


def _read(tar: tarfile.TarFile, into: Path, wanted: Callable[[str], bool]) -> tuple[dict[str, Member], dict[str, bytes]]:
    """The members as they are, and the bytes of the two last ones, which tell what they should be."""
    found: dict[str, Member] = {}
    told: dict[str, bytes] = {}
    for entry in tar:
        _refuse_what_no_archive_holds(entry, into)
        source = tar.extractfile(entry)
        if source is None or entry.name in found or entry.name in told:
            raise Damaged(f"The archive holds {entry.name!r} twice. Do not use it.")
        if entry.name in {MANIFEST, CHECKSUM}:
            told[entry.name] = source.read(MANIFEST_LIMIT)
        else:
            found[entry.name] = _keep(source, into / entry.name if wanted(entry.name) else None)
    return found, told


def everything(name: str) -> bool:
    return True


def only_database(name: str) -> bool:
    return name in DATABASE_FILES.values()


def unpack(path: Path, into: Path, wanted: Callable[[str], bool] = everything) -> Manifest:
    """Check the whole archive and write what is wanted of it into the folder `into`, which may be used once this returns.

    Raises `Damaged` or `TooNew`, or OSError where the archive cannot be read or the folder not be written to.
    """
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            found, told = _read(tar, into, wanted)
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise Damaged(f"{path.name} is no archive of Nightlight’s, or is damaged. Take another.") from error
    if set(told) != {MANIFEST, CHECKSUM}:
        raise Damaged(f"{path.name} ends before its manifest: it was cut short, or is no archive of Nightlight’s. Take another.")
    if told[CHECKSUM] != f"{hashlib.sha256(told[MANIFEST]).hexdigest()}  {MANIFEST}\n".encode():
        raise Damaged(f"The manifest of {path.name} was altered. Take another archive.")
    manifest = Manifest.from_json(told[MANIFEST])
    if wrong := sorted(name for name in {*found, *manifest.members} if found.get(name) != manifest.members.get(name)):
        raise Damaged(f"{len(wrong)} of the files in {path.name} are not as they were written, {wrong[0]!r} first. Take another archive.")
    if manifest.database_file not in found:
        raise Damaged(f"{path.name} holds no database. Take another archive.")
    return manifest
