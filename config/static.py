"""Storage of static files in production."""

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. Imports between ES modules are rewritten to hashed names, too.

    Addresses do not change while a process lives, so each is put together once.
    """

    support_js_module_import_aggregation = True

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}

    def url(self, name: str | None, force: bool = False) -> str:
        address = self._addresses.get(name) if name and not force else None
        if address is None:
            address = str(super().url(name, force))
            if name and not force:
                self._addresses[name] = address
        return address
