"""config.static: addresses of static files in production."""

import json
from pathlib import Path

import pytest

from config.static import ModuleManifestStorage


@pytest.fixture
def storage(tmp_path: Path) -> ModuleManifestStorage:
    """A collected folder with one file."""
    manifest = {"version": "1.1", "hash": "", "paths": {"joined/site.css": "joined/site.0123456789ab.css"}}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    return ModuleManifestStorage(location=str(tmp_path), base_url="/static/")


def test_an_address_names_its_content_and_is_put_together_once(storage: ModuleManifestStorage) -> None:
    first = storage.url("joined/site.css")
    storage.hashed_files.clear()  # would be asked again

    assert (first, storage.url("joined/site.css")) == ("/static/joined/site.0123456789ab.css",) * 2


def test_a_file_that_was_not_collected_has_no_address(storage: ModuleManifestStorage) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("joined/other.css")
