"""A system check of the data folder: what lies in it is its owner's alone."""

import stat
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

OTHERS = stat.S_IRWXG | stat.S_IRWXO
NAMED = 5


def exposed(folder: Path) -> Iterator[Path]:
    """The folder and what is in it, as far as others on this machine may read or change it. Links are not followed."""
    for path in [folder, *sorted(folder.rglob("*"))] if folder.is_dir() else []:
        try:
            mode = path.lstat().st_mode
        except OSError:  # gone meanwhile
            continue
        if mode & OTHERS and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            yield path


@register("security")
def data_folder_is_private(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> Sequence[CheckMessage]:
    """Warns where a mode lets others on this machine at the data folder, the backups or the database."""
    return list(_warnings())


def _warnings() -> Iterator[CheckMessage]:
    data, backups = settings.DATA_DIR, settings.BACKUPS
    folders = [data] if backups is None or backups.is_relative_to(data) else [data, backups]
    for folder in folders:
        if found := list(exposed(folder)):
            named = ", ".join(map(str, islice(found, NAMED)))
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            yield CheckWarning(
                f"Others on this machine may read or change {named}{more}.", hint=f"chmod -R go= {folder}", id="operations.W001"
            )
