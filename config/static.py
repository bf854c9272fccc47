"""How static files are stored for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files in which one ES module's import of another is rewritten to its hashed name too."""

    support_js_module_import_aggregation = True
