"""System checks of the keys. They read files only; `health` and `prepare` look into the database."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning

from accounts.keys import key_file


@register("security")
def key_file_is_private(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> Sequence[CheckMessage]:
    """Warns where the mode of the key file lets others on this machine read it."""
    path = settings.KEY_FILE
    if settings.KEY_ENCRYPTION_KEYS or not path.exists() or not key_file.is_exposed(path):
        return []
    return [CheckWarning(f"Others on this machine may read the key file {path}.", hint=f"chmod 600 {path}", id="accounts.W001")]
