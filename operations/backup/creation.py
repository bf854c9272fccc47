"""Making an archive: alone in its folder, under another name until it is whole and verified."""

import contextlib
import datetime as dt
import fcntl
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.keys import key_file
from operations.backup import archive, database, postgres, sqlite
from operations.backup.archive import BackupError, Damaged, Manifest

LOCK = ".nightlight-backup.lock"
WORK = ".nightlight-backup-"


def nightlight_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        version: str = tomllib.load(file)["project"]["version"]
        return version


def sealed_files() -> Path:
    """The folder of sealed files, there or not."""
    folder: Path = settings.DATA_DIR / "files"
    return folder


def default_folder() -> Path:
    """Where backups go when nothing else is said, also while the rolling ones are switched off."""
    folder: Path = settings.BACKUPS or settings.DATA_DIR / "backups"
    return folder


@contextlib.contextmanager
def alone_in(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Make the folder where it is missing and hold its lock; False where another process has it and `wait` is False.

    The lock goes with the process that holds it, however that ends.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        for left_over in folder.glob(f"{WORK}*"):  # of a process that was killed: nobody else works here now
            shutil.rmtree(left_over, ignore_errors=True)
        yield True
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def work_folder(inside: Path) -> Iterator[Path]:
    """A folder that only this user may enter, gone afterwards. What lies in it never reaches a folder that others share."""
    inside.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=WORK, dir=inside))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check_database(kind: str, path: Path) -> None:
    """Raises `Damaged` unless the copy of a database is sound."""
    (postgres if kind == "postgresql" else sqlite).check(path)


def _dump(work: Path, now: dt.datetime) -> tuple[Path, Manifest]:
    kind = "postgresql" if database.is_postgresql() else "sqlite"
    path = work / archive.DATABASE_FILES[kind]
    facts = postgres.dump(path) if kind == "postgresql" else sqlite.dump(database.sqlite_file(), path, work / "scratch")
    about = Manifest(
        nightlight=nightlight_version(),
        made_at=now.astimezone(dt.UTC).replace(microsecond=0),
        database=kind,
        migrations=facts.migrations,
        counts=facts.counts,
        keys=facts.keys,
    )
    return path, about


def _keys() -> bytes:
    """The key-encryption keys as a key file holds them. Raises `KeysUnreadable`."""
    key_file.key_encryption_keys()  # what cannot be used is nothing to keep
    if settings.KEY_ENCRYPTION_KEYS:
        return (key_file.HEADING + "\n".join(settings.KEY_ENCRYPTION_KEYS) + "\n").encode()
    text: bytes = settings.KEY_FILE.read_bytes()
    return text


def make(path: Path, now: dt.datetime, *, with_keys: bool = False) -> Manifest:
    """Make an archive at `path`, where nothing may be yet. It stands there whole and verified, or not at all.

    The caller holds the lock of its folder. Raises `BackupError`, `KeyringError`, OSError or a DatabaseError.
    """
    if path.exists():
        raise BackupError(f"{path} is there already, and a backup overwrites nothing. Name another file, or a folder.")
    keys = _keys() if with_keys else None
    with work_folder(path.parent) as work:
        dump, about = _dump(work, now)
        partial = work / path.name
        manifest = archive.write(partial, about, database=dump, files=sealed_files(), keys=keys)
        dump.unlink()
        _verify(partial, manifest, work / "verified")
        partial.replace(path)
    _settle(path.parent)
    return manifest


def _verify(path: Path, written: Manifest, into: Path) -> None:
    if archive.unpack(path, into, archive.only_database) != written:
        raise Damaged("The archive does not read as it was written. Try another disk.")
    check_database(written.database, into / written.database_file)


def _settle(folder: Path) -> None:
    """A name that was given is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _free_name(folder: Path, now: dt.datetime) -> Path:
    """A name in the folder that tells when the archive was made and that nothing has yet. The caller holds the lock."""
    name = f"nightlight-{now.astimezone(dt.UTC):%Y-%m-%dT%H%MZ}"
    number = 1
    while (path := folder / (f"{name}.tar" if number == 1 else f"{name}-{number}.tar")).exists():
        number += 1
    return path


def by_hand(target: Path | None, now: dt.datetime, *, with_keys: bool = False) -> tuple[Path, Manifest]:
    """Make an archive in a folder, or as a file whose name ends in .tar. Waits for another backup in the same folder."""
    where = (target or default_folder()).expanduser().absolute()
    is_file = where.suffix == ".tar" and not where.is_dir()
    folder = where.parent if is_file else where
    with alone_in(folder, wait=True):
        path = where if is_file else _free_name(folder, now)
        return path, make(path, now, with_keys=with_keys)
