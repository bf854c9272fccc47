"""Making an archive: under the folder's lock, and in a private work folder until it is complete and verified."""

import contextlib
import datetime as dt
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.keys import key_file
from operations import locking
from operations.backup import archive, database, postgres, sqlite
from operations.backup.archive import BackupError, Damaged, Manifest

WORK_PREFIX = ".nightlight-backup-"


def nightlight_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
        return version


def sealed_files() -> Path:
    """The folder of sealed files, which need not exist."""
    folder: Path = settings.DATA_DIR / "files"
    return folder


def default_folder() -> Path:
    """Where backups go unless a place is named, also while the daily ones are switched off."""
    folder: Path = settings.BACKUPS or settings.DATA_DIR / "backups"
    return folder


# --- Folders.


@contextlib.contextmanager
def folder_lock(folder: Path, *, wait: bool) -> Iterator[bool]:
    """As `locking.folder_lock`. What a process that was killed has left in the folder is removed."""
    with locking.folder_lock(folder, wait=wait) as is_held:
        if is_held:
            for abandoned in folder.glob(f"{WORK_PREFIX}*"):  # by a process that was killed: nobody else works here now
                shutil.rmtree(abandoned, ignore_errors=True)
        yield is_held


@contextlib.contextmanager
def work_folder(inside: Path) -> Iterator[Path]:
    """A folder inside another (never in /tmp) that only this user may enter, deleted afterwards."""
    inside.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=inside))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    """Write the folder itself to the disk, so that a new name in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unused_path(folder: Path, now: dt.datetime) -> Path:
    """A path in the folder, named after the time, that does not exist. The caller holds the folder's lock."""
    name = f"nightlight-{now.astimezone(dt.UTC):%Y-%m-%dT%H%MZ}"
    number = 1
    while (path := folder / (f"{name}.tar" if number == 1 else f"{name}-{number}.tar")).exists():
        number += 1
    return path


# --- The parts of an archive.


def check_database(kind: str, path: Path) -> None:
    """Raises `Damaged` unless the copy of a database is sound. `kind` is a key of `archive.DATABASE_FILES`."""
    (postgres if kind == "postgresql" else sqlite).check(path)


def _dump_database(work: Path, now: dt.datetime) -> tuple[Path, Manifest]:
    """A copy of the database in the work folder, and a manifest that does not list members yet."""
    kind = "postgresql" if database.is_postgresql() else "sqlite"
    path = work / archive.DATABASE_FILES[kind]
    facts = postgres.dump(path) if kind == "postgresql" else sqlite.dump(database.sqlite_file(), path, work / "scratch")
    manifest = Manifest(
        nightlight=nightlight_version(),
        made_at=now.astimezone(dt.UTC).replace(microsecond=0),
        database=kind,
        migrations=facts.migrations,
        counts=facts.counts,
        keys=facts.keys,
    )
    return path, manifest


def _key_file_content() -> bytes:
    """The key-encryption keys as a key file holds them. Raises `KeysUnreadable`."""
    key_file.key_encryption_keys()  # raises where they cannot be used
    if settings.KEY_ENCRYPTION_KEYS:
        return (key_file.HEADING + "\n".join(settings.KEY_ENCRYPTION_KEYS) + "\n").encode()
    content: bytes = settings.KEY_FILE.read_bytes()
    return content


# --- Making it.


def create_at(path: Path, now: dt.datetime, *, with_keys: bool = False) -> Manifest:
    """Make an archive at `path`, which must not exist. It appears there complete and verified, or not at all.

    The caller holds the lock of its folder. Raises `BackupError`, `KeyringError`, OSError or a DatabaseError.
    """
    if path.exists():
        raise BackupError(f"{path} is there already, and a backup overwrites nothing. Name another file, or a folder.")
    keys = _key_file_content() if with_keys else None
    with work_folder(path.parent) as work:
        dump, facts = _dump_database(work, now)
        partial = work / path.name
        manifest = archive.write(partial, facts, database=dump, files=sealed_files(), keys=keys)
        dump.unlink()
        _verify(partial, manifest, work / "verified")
        partial.replace(path)
    _sync_folder(path.parent)
    return manifest


def _verify(path: Path, expected: Manifest, folder: Path) -> None:
    """Read a new archive back, unpacking its database into `folder`. Raises `Damaged` unless it is as expected."""
    if archive.unpack(path, folder, archive.only_database) != expected:
        raise Damaged("The archive does not read as it was written. Try another disk.")
    check_database(expected.database, folder / expected.database_file)


def create(target: Path | None, now: dt.datetime, *, with_keys: bool = False) -> tuple[Path, Manifest]:
    """Make an archive and return where it is. `target` is a folder, or a file whose name ends in .tar; None: the default folder.

    Waits for another backup in the same folder. Raises what `create_at` raises.
    """
    place = (target or default_folder()).expanduser().absolute()
    is_file = place.suffix == ".tar" and not place.is_dir()
    folder = place.parent if is_file else place
    with folder_lock(folder, wait=True):
        path = place if is_file else _unused_path(folder, now)
        return path, create_at(path, now, with_keys=with_keys)
