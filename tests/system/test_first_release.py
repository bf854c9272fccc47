"""The archive that the first release made: this version restores it, migrates it, and opens everything in it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories import PASSWORD
from tests.first_release import ARCHIVE, CONTENT, KEY, Payload
from tests.installation import CLEAN, ROOT, manage, running

pytestmark = pytest.mark.processes

type Content = dict[str, list[Payload]]


def content_of(data: Path) -> Content:
    environment = {**CLEAN, "NIGHTLIGHT_DATA": str(data)}
    command = [sys.executable, "-m", "tests.first_release", "open"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    content: Content = json.loads(result.stdout)
    return content


def lost(before: Content, now: Content) -> Content:
    """What is in `before` and not in `now`; a payload may have got more fields since."""
    return {
        label: missing
        for label, payloads in before.items()
        if (missing := [old for old in payloads if not any(old.items() <= new.items() for new in now.get(label, []))])
    }


def test_what_was_lost_would_be_seen() -> None:
    before: Content = {"a": [{"text": "One."}, {"text": "Two."}], "b": [{"name": "Three"}]}

    assert lost(before, {"a": [{"text": "Two.", "new": 1}, {"text": "One."}], "b": [{"name": "Three"}], "c": []}) == {}
    assert lost(before, {"a": [{"text": "One."}]}) == {"a": [{"text": "Two."}], "b": [{"name": "Three"}]}


def test_is_restored_migrated_and_opened_by_this_version(tmp_path: Path) -> None:
    archive, data = tmp_path / "first_release.tar", tmp_path / "data"
    archive.write_bytes(gzip.decompress(ARCHIVE.read_bytes()))

    result = manage(data, "restore", str(archive), NIGHTLIGHT_KEYS=KEY)

    assert result.returncode == 0, result.stderr
    assert "Restored 2 people, 4 entries" in result.stdout
    assert manage(data, "prepare", NIGHTLIGHT_KEYS=KEY).returncode == 0
    assert manage(data, "migrate", "--check", NIGHTLIGHT_KEYS=KEY).returncode == 0
    assert "4 of 4 slots open" in manage(data, "keys", "verify", NIGHTLIGHT_KEYS=KEY).stdout
    content: Content = json.loads(CONTENT.read_text(encoding="utf-8"))
    assert lost(content, content_of(data)) == {}
    with running(data, NIGHTLIGHT_KEYS=KEY) as (visitor, _log):
        visitor.send("/accounts/login/", login="ines@example.org", password=PASSWORD)
        assert "Tuesdays" in visitor.get("/accounts/groups/")
