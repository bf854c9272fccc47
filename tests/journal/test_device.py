"""The handshake, the offline page, the manifest and the worker."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, TestCase

from journal.views import offline
from operations import views
from tests.factories import make_user


class SignedInTests(TestCase):
    def test_tells_who_is_signed_in_and_a_token(self) -> None:
        author = make_user()
        self.client.force_login(author)

        response = self.client.get("/journal/signed-in/")

        assert response.json()["author"] == str(author.pk)
        assert len(response.json()["token"]) == 64
        assert response.headers["Cache-Control"] == "no-store"

    def test_says_so_where_nobody_is(self) -> None:
        response = self.client.get("/journal/signed-in/", headers={"Accept": "application/json"})

        assert response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db
def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    nobodys = client.get("/offline/")
    client.force_login(make_user(name="Somebody"))

    somebodys = client.get("/offline/")

    assert nobodys.content == somebodys.content
    assert not nobodys.cookies
    assert b'csrfmiddlewaretoken" value=""' in nobodys.content


@pytest.mark.django_db
def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    response = client.get("/manifest.webmanifest")

    told = response.json()
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["display"]) == ("/tonight/", "standalone")
    assert {"any", "maskable"} == {icon["purpose"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


class TestServiceWorker:
    @pytest.fixture(autouse=True)
    def _fresh(self) -> None:
        views._worker_source.cache_clear()

    def site(self, client: Client) -> dict[str, object]:
        source = client.get("/service-worker.js").content.decode()
        found = re.match(r"const SITE = (.+);\n", source)
        assert found
        told: dict[str, object] = json.loads(found[1])
        return told

    def test_is_a_script_that_browsers_ask_for_anew(self, client: Client) -> None:
        response = client.get("/service-worker.js")

        assert response.headers["Content-Type"].startswith("text/javascript")
        assert "no-cache" in response.headers["Cache-Control"]

    def test_keeps_the_shell_and_nothing_else(self, client: Client) -> None:
        shell = self.site(client)["shell"]

        assert isinstance(shell, list)
        assert [path for path in shell if not path.startswith("/static/")] == ["/offline/"]
        assert all(finders.find(path.removeprefix("/static/")) for path in shell[1:])

    @pytest.mark.parametrize("changed", ["static/css/tokens.css", "templates/skeleton.html", "locale/es/LC_MESSAGES/django.mo"])
    def test_is_another_worker_when_the_shell_or_its_words_change(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: str
    ) -> None:
        before = self.site(client)["version"]
        copied = [
            "static/js/service-worker.js",
            *(f"static/{name}" for name in offline.SHELL),
            *(f"templates/{name}" for name in offline.TEMPLATES),
        ]
        copied += [str(path.relative_to(settings.BASE_DIR)) for path in (settings.BASE_DIR / "locale").rglob("*.mo")]
        for path in copied:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes((settings.BASE_DIR / path).read_bytes())
        monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
        views._worker_source.cache_clear()
        assert self.site(client)["version"] == before
        (tmp_path / changed).write_bytes(b"/* another */")
        views._worker_source.cache_clear()

        assert self.site(client)["version"] != before
        views._worker_source.cache_clear()
