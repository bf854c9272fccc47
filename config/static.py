"""Storage of static files in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. Imports between ES modules are rewritten to hashed names, too."""

    support_js_module_import_aggregation = True
