"""operations.views and what goes with every response: health checks, the web manifest, the service worker, and headers."""

import json
import re
import shutil
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, TestCase, override_settings

from accounts.keys import key_file
from accounts.models import KeySlot, User
from journal.views import offline
from operations import views
from tests.factories import make_prompt, make_user
from tests.helpers import TEST_KEY


class ResponseTests(TestCase):
    person: User

    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = make_user()

    def test_every_page_has_a_strict_policy(self) -> None:
        self.client.force_login(self.person)
        for path in ("/privacy/", "/tonight/", "/journal/", "/accounts/login/", "/nowhere/"):
            policy = self.client.get(path).headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy

    def test_private_pages_are_stored_nowhere(self) -> None:
        self.client.force_login(self.person)
        for path in ("/tonight/", "/journal/", "/accounts/settings/", "/journal/deleted/", "/nowhere/"):
            assert self.client.get(path).headers["Cache-Control"] == "no-store"

    def test_no_page_loads_anything_from_elsewhere(self) -> None:
        self.client.force_login(self.person)
        for path in ("/privacy/", "/help/", "/tonight/", "/journal/", "/journal/new/", "/accounts/settings/", "/nowhere/"):
            page = self.client.get(path).content.decode()
            assert 'src="http' not in page
            assert 'href="http' not in page
            assert " style=" not in page

    def test_pages_are_not_to_be_sniffed_or_framed(self) -> None:
        headers = self.client.get("/").headers

        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
        assert headers["Referrer-Policy"] == "same-origin"


class HealthTests(TestCase):
    def test_alive_is_alive(self) -> None:
        assert self.client.get("/healthz").content == b"alive\n"

    def test_is_ready_with_library_and_keys(self) -> None:
        make_prompt()

        response = self.client.get("/readyz")

        assert (response.status_code, response.content) == (HTTPStatus.OK, b"ready\n")

    def not_ready(self) -> str:
        """The reason in the log, of which a stranger gets nothing."""
        with self.assertLogs("nightlight.health") as log:
            response = self.client.get("/readyz")
        assert (response.status_code, response.content) == (HTTPStatus.SERVICE_UNAVAILABLE, b"not ready\n")
        [line] = log.output
        return line

    def test_is_not_ready_without_a_library(self) -> None:
        assert "load_prompts" in self.not_ready()

    def test_is_not_ready_with_another_databases_key_file(self) -> None:
        with override_settings(KEY_ENCRYPTION_KEYS=[key_file.new_key_line()]):
            assert "the key file does not belong to this database" in self.not_ready()

    def test_is_not_ready_without_a_key_file_and_does_not_log_where_it_was(self) -> None:
        with override_settings(KEY_ENCRYPTION_KEYS=[]), self.settings(KEY_FILE=Path("/nowhere/at/all")):
            reason = self.not_ready()

        assert "the key file cannot be used" in reason
        assert "nowhere" not in reason

    def test_is_not_ready_when_the_key_file_of_a_running_site_is_gone(self) -> None:
        make_prompt()
        with TemporaryDirectory() as folder, override_settings(KEY_ENCRYPTION_KEYS=[]), self.settings(KEY_FILE=Path(folder, "keys")):
            Path(folder, "keys").write_text(TEST_KEY)
            assert self.client.get("/readyz").status_code == HTTPStatus.OK
            Path(folder, "keys").unlink()

            assert "the key file cannot be used" in self.not_ready()

    def test_is_not_ready_before_it_is_prepared(self) -> None:
        KeySlot.objects.filter(owner=None).delete()

        assert "prepare" in self.not_ready()


@pytest.mark.django_db
def test_the_manifest_names_existing_icons(client: Client) -> None:
    response = client.get("/manifest.webmanifest")

    content = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (content["start_url"], content["display"]) == ("/tonight/", "standalone")
    assert {"any", "maskable"} == {icon["purpose"] for icon in content["icons"]}
    for icon in content["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


class ServiceWorkerTests:
    @pytest.fixture(autouse=True)
    def _empty_cache(self) -> None:
        views._worker_source.cache_clear()

    def site(self, client: Client) -> dict[str, object]:
        """What the worker knows of this site: the version and the files of its shell."""
        source = client.get("/service-worker.js").content.decode()
        match = re.match(r"const SITE = (.+);\n", source)
        assert match
        content: dict[str, object] = json.loads(match[1])
        return content

    def test_is_a_script_that_browsers_ask_for_anew(self, client: Client) -> None:
        response = client.get("/service-worker.js")

        assert response.headers["Content-Type"].startswith("text/javascript")
        assert "no-cache" in response.headers["Cache-Control"]

    def test_keeps_the_shell_and_nothing_else(self, client: Client) -> None:
        shell = self.site(client)["shell"]

        assert isinstance(shell, list)
        assert [path for path in shell if not path.startswith("/static/")] == ["/offline/"]
        assert all(finders.find(path.removeprefix("/static/")) for path in shell[1:])

    @pytest.mark.parametrize(
        "changed", ["static/css/tokens.css", "static/js/autosave.js", "templates/skeleton.html", "locale/es/LC_MESSAGES/django.mo"]
    )
    def test_is_another_worker_when_the_shell_or_its_words_change(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: str
    ) -> None:
        before = self.site(client)["version"]
        shutil.copytree(settings.BASE_DIR / "static", tmp_path / "static")
        paths = [f"templates/{name}" for name in offline.TEMPLATES]
        paths += [str(path.relative_to(settings.BASE_DIR)) for path in (settings.BASE_DIR / "locale").rglob("*.mo")]
        for path in paths:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(settings.BASE_DIR / path, tmp_path / path)
        monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
        views._worker_source.cache_clear()
        assert self.site(client)["version"] == before
        with (tmp_path / changed).open("ab") as file:
            file.write(b"\n.another { color: var(--ink); }\n")
        views._worker_source.cache_clear()

        assert self.site(client)["version"] != before
        views._worker_source.cache_clear()
