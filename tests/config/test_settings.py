"""config.settings: a fresh clone runs at once, and production starts safely or not at all."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from common.middleware import SiteHostMiddleware

PRODUCTION = {
    name: value
    for name, _sep, value in (line.partition("=") for line in (settings.BASE_DIR / "tests/production.env").read_text().splitlines())
    if name and not name.startswith("#")
}
SECRETS = [PRODUCTION["NIGHTLIGHT_SECRET_KEY"], PRODUCTION["NIGHTLIGHT_KEYS"], "invented@"]

Load = Callable[[dict[str, str]], dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """The settings as a fresh process with this environment would have them."""
    for name in os.environ:
        if name.startswith(("NIGHTLIGHT_", "DATABASE_", "DJANGO_")):
            monkeypatch.delenv(name)

    def load(environment: dict[str, str]) -> dict[str, Any]:
        for name, value in {"NIGHTLIGHT_DATA": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(settings.BASE_DIR / "config/settings.py"))

    return load


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"NIGHTLIGHT_ENV": "prod"}, "NIGHTLIGHT_ENV is 'prod'; set it to one of: production, local, development."),
        ({"NIGHTLIGHT_URL": ""}, "set NIGHTLIGHT_URL to the site's public address"),
        ({"NIGHTLIGHT_URL": "http://journal.example.org"}, "put a proxy with a certificate before it and set an https:// address"),
        ({"NIGHTLIGHT_URL": "journal.example.org"}, "NIGHTLIGHT_URL is 'journal.example.org', which no browser could open"),
        ({"NIGHTLIGHT_MAIL_URL": ""}, "set NIGHTLIGHT_MAIL_URL to your mail server, or to `none`"),
        ({"NIGHTLIGHT_MAIL_URL": "https://me:invented@mail.example.org"}, "NIGHTLIGHT_MAIL_URL is not a mail server's address"),
        ({"NIGHTLIGHT_MAIL_FROM": ""}, "set NIGHTLIGHT_MAIL_FROM to the address that mail is sent from"),
        ({"NIGHTLIGHT_PROXIES": ""}, "set NIGHTLIGHT_PROXIES to the number of proxies before Nightlight (usually 1)"),
        ({"NIGHTLIGHT_PROXIES": "0"}, "set NIGHTLIGHT_PROXIES to the number of proxies before Nightlight (usually 1)"),
        ({"NIGHTLIGHT_PROXIES": "many"}, "NIGHTLIGHT_PROXIES is 'many'; set it to a whole number from 0 to 9"),
        ({"NIGHTLIGHT_SECRET_KEY": ""}, "set NIGHTLIGHT_SECRET_KEY or NIGHTLIGHT_SECRET_KEY_FILE"),
        ({"NIGHTLIGHT_SECRET_KEY": "invented@" * 3}, "NIGHTLIGHT_SECRET_KEY is too weak: it needs at least 50 random characters"),
        ({"NIGHTLIGHT_SECRET_KEY": "not-secret-" + "0" * 50}, "NIGHTLIGHT_SECRET_KEY is too weak"),
        (
            {"NIGHTLIGHT_URL": "https://my_journal.example.org"},
            "NIGHTLIGHT_URL is 'https://my_journal.example.org', which no browser could",
        ),
        ({"NIGHTLIGHT_MAIL_FROM": "Nightlight"}, "NIGHTLIGHT_MAIL_FROM is 'Nightlight'; set it to the address"),
        ({"NIGHTLIGHT_DATA": "~no-such-user"}, "NIGHTLIGHT_DATA is '~no-such-user', which is no path"),
        ({"NIGHTLIGHT_LEAVE_TO": "https://[::1"}, "NIGHTLIGHT_LEAVE_TO is 'https://[::1'; set it to an address"),
        ({"DATABASE_URL": "postgres://user:123#invented@db/n"}, "DATABASE_URL is not a database's address"),
        ({"NIGHTLIGHT_SIGNUP": "yes"}, "NIGHTLIGHT_SIGNUP is 'yes'; set it to one of: open, closed."),
        ({"DATABASE_URL": "postgress://me:invented@db/nightlight"}, "DATABASE_URL is not a database's address"),
    ],
)
def test_production_refuses_to_start_and_says_what_to_set(load: Load, changed: dict[str, str], message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        load({**PRODUCTION, **changed})

    assert message in str(refused.value)
    assert [secret for secret in SECRETS if secret in str(refused.value)] == []


def test_manage_py_says_what_to_set_in_one_line() -> None:
    environment = {"PATH": os.environ["PATH"]}  # NIGHTLIGHT_ENV left out is production, too

    arguments = [sys.executable, str(settings.BASE_DIR / "manage.py"), "check"]
    failed = subprocess.run(arguments, env=environment, check=False, capture_output=True, text=True)

    assert failed.returncode == 1
    assert failed.stderr.startswith("Nightlight cannot start: set NIGHTLIGHT_URL")
    assert failed.stderr.count("\n") == 1


class ProductionTests:
    @pytest.fixture(autouse=True)
    def _load(self, load: Load) -> None:
        self.load = load
        self.settings = load(PRODUCTION)

    def test_debugs_nothing(self) -> None:
        assert self.settings["DEBUG"] is False
        assert self.load({**PRODUCTION, "DJANGO_DEBUG": "1"})["DEBUG"] is False

    def test_answers_to_its_own_name_only(self) -> None:
        assert self.settings["ALLOWED_HOSTS"] == ["journal.example.org", "localhost", "127.0.0.1", "[::1]"]
        assert self.settings["CSRF_TRUSTED_ORIGINS"] == ["https://journal.example.org"]

    def test_sends_cookies_over_tls_only_and_to_no_script(self) -> None:
        for cookie in ("SESSION", "CSRF"):
            flags = [self.settings[f"{cookie}_COOKIE_{flag}"] for flag in ("SECURE", "HTTPONLY", "SAMESITE")]
            assert flags == [True, True, "Lax"]
            assert self.settings[f"{cookie}_COOKIE_NAME"].startswith("__Host-")

    def test_keeps_browsers_on_tls(self) -> None:
        assert self.settings["SECURE_SSL_REDIRECT"] is True
        assert self.settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
        assert self.settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
        assert self.settings["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"

    def test_counts_its_proxies_for_rate_limits(self) -> None:
        assert self.load({**PRODUCTION, "NIGHTLIGHT_PROXIES": "2"})["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2

    def test_lets_nobody_sign_up_unless_sign_up_is_opened(self) -> None:
        assert self.settings["SIGNUP_OPEN"] is False
        assert self.load({**PRODUCTION, "NIGHTLIGHT_SIGNUP": "open"})["SIGNUP_OPEN"] is True

    def test_verifies_addresses_where_there_is_mail(self) -> None:
        assert self.settings["ACCOUNT_EMAIL_VERIFICATION"] == "mandatory"
        assert self.settings["DEFAULT_FROM_EMAIL"] == self.settings["SERVER_EMAIL"] == "nightlight@example.org"
        without = self.load({**PRODUCTION, "NIGHTLIGHT_MAIL_URL": "none", "NIGHTLIGHT_MAIL_FROM": ""})
        assert (without["ACCOUNT_EMAIL_VERIFICATION"], without["MFA_ALLOW_UNVERIFIED_EMAIL"]) == ("none", True)

    def test_reads_its_secret_key_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "secret"
        path.write_text("k" * 60 + "\n")

        loaded = self.load({**PRODUCTION, "NIGHTLIGHT_SECRET_KEY": "", "NIGHTLIGHT_SECRET_KEY_FILE": str(path)})

        assert loaded["SECRET_KEY"] == "k" * 60

    def test_hashes_passwords_with_argon2(self) -> None:
        assert self.settings["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")

    def test_runs_nothing_that_is_not_a_file_of_the_site(self) -> None:
        policy = self.settings["SECURE_CSP"]

        assert policy["default-src"] == ["'self'"]
        assert "unsafe" not in str(policy)

    def test_logs_through_a_formatter_that_leaves_messages_out(self) -> None:
        logging = self.settings["LOGGING"]

        assert {handler["formatter"] for handler in logging["handlers"].values()} == {"plain"}
        assert logging["formatters"]["plain"]["()"] == "common.reporting.FramesOnlyFormatter"
        assert self.settings["DEFAULT_EXCEPTION_REPORTER_FILTER"] == "common.reporting.NothingPersonal"

    def test_on_sqlite_writes_to_the_disk_and_spills_nothing(self) -> None:
        options = self.settings["DATABASES"]["default"]["OPTIONS"]

        assert options["transaction_mode"] == "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "temp_store=MEMORY", "secure_delete=ON"):
            assert pragma in options["init_command"]

    def test_moves_to_postgresql_by_one_variable(self) -> None:
        database = self.load({**PRODUCTION, "DATABASE_URL": "postgres://me@db.example.org/nightlight"})["DATABASES"]["default"]

        assert (database["ENGINE"], database["NAME"]) == ("django.db.backends.postgresql", "nightlight")
        assert database["OPTIONS"] == {"options": "-c lock_timeout=5s"}

    def test_leads_to_tls_but_answers_health_checks_plainly(self) -> None:
        transport = {name: self.settings[name] for name in ("SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT", "SECURE_PROXY_SSL_HEADER")}
        with override_settings(**transport):
            browser = Client()
            redirected = browser.get("/help/")
            assert (redirected.status_code, redirected.headers["Location"]) == (HTTPStatus.MOVED_PERMANENTLY, "https://testserver/help/")
            assert browser.get("/healthz").status_code == HTTPStatus.OK
            for path in ("/healthz/", "/x/healthz", "/healthz2"):
                assert browser.get(path).status_code == HTTPStatus.MOVED_PERMANENTLY
            assert RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"}).is_secure()


class SiteAddressTests:
    """The site answers to what a browser sends once it was given this address; nothing is built from what a client says."""

    ADDRESSES = [
        ("https://journal.example.org", "journal.example.org"),
        ("https://Journal.Example.org:443", "journal.example.org"),
        ("https://journal.example.org:8443", "journal.example.org:8443"),
        ("https://journal.example.org.", "journal.example.org"),
        ("https://[2001:DB8::1]", "[2001:db8::1]"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ("https://tagebücher.example", "xn--tagebcher-u9a.example"),
    ]

    @pytest.mark.django_db
    @pytest.mark.parametrize(("url", "host"), ADDRESSES)
    @pytest.mark.parametrize("passed", ["as sent", "without its port"])
    def test_answers_and_takes_forms(self, load: Load, url: str, host: str, passed: str) -> None:
        loaded = load({**PRODUCTION, "NIGHTLIGHT_URL": url})
        chosen = {name: loaded[name] for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SITE_ORIGIN", "SECURE_PROXY_SSL_HEADER")}
        sent = host if passed == "as sent" else host.removesuffix(":8443")
        with override_settings(**chosen, DEBUG_PROPAGATE_EXCEPTIONS=True):
            browser = Client(enforce_csrf_checks=True, headers={"Host": sent, "X-Forwarded-Proto": "https", "Origin": f"https://{host}"})
            page = browser.get("/accounts/login/")
            assert page.status_code == HTTPStatus.OK
            token = browser.cookies[settings.CSRF_COOKIE_NAME].value
            assert browser.post("/accounts/login/", {"csrfmiddlewaretoken": token, "login": "a"}).status_code == HTTPStatus.OK
            shown = browser.post("/tonight/", {"text": "The heron came back."})
            assert (shown.status_code, "The heron came back." in shown.content.decode()) == (HTTPStatus.FORBIDDEN, True), (
                "a form without its token is shown again"
            )

    @pytest.mark.parametrize("claimed", ["localhost:1", "127.0.0.1:65535", "journal.example.org:1", "[::1]:22"])
    def test_addresses_are_built_from_it_alone(self, claimed: str) -> None:
        middleware = SiteHostMiddleware(lambda request: HttpResponse(request.build_absolute_uri("/x")))
        with override_settings(
            SITE_ORIGIN="https://journal.example.org", ALLOWED_HOSTS=["journal.example.org", "localhost", "127.0.0.1", "[::1]"]
        ):
            built = middleware(RequestFactory().get("/", headers={"Host": claimed}))

        assert built.content == b"http://journal.example.org/x"

    def test_another_host_is_refused(self) -> None:
        with override_settings(SITE_ORIGIN="https://journal.example.org", ALLOWED_HOSTS=["journal.example.org"]):
            assert Client(headers={"Host": "evil.example"}).get("/").status_code == HTTPStatus.BAD_REQUEST

    def test_mail_needs_an_address_to_lead_to(self, load: Load) -> None:
        with pytest.raises(ImproperlyConfigured, match="set NIGHTLIGHT_URL"):
            load({"NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_MAIL_URL": "smtp://localhost:25?tls=0"})

    def test_forms_are_taken_from_this_machine_by_any_of_its_names(self, load: Load) -> None:
        loaded = load({"NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_URL": "http://localhost:8123", "PORT": "8123"})

        assert {"http://localhost:8123", "http://127.0.0.1:8123", "http://[::1]:8123"} <= set(loaded["CSRF_TRUSTED_ORIGINS"])


class OnOneMachineTests:
    @pytest.mark.parametrize("environment", ["local", "development"])
    def test_runs_without_any_other_variable(self, load: Load, environment: str, tmp_path: Path) -> None:
        loaded = load({"NIGHTLIGHT_ENV": environment})

        assert loaded["DEBUG"] is (environment == "development")
        assert loaded["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
        assert loaded["DATABASES"]["default"]["NAME"] == str(tmp_path / "nightlight.sqlite3")
        assert loaded["KEY_FILE"] == tmp_path / "keys" / "key-encryption-keys"
        assert (loaded["SESSION_COOKIE_SECURE"], loaded["SECURE_SSL_REDIRECT"], loaded["SECURE_HSTS_SECONDS"]) == (False, False, 0)
        assert loaded["SECURE_PROXY_SSL_HEADER"] is None

    def test_takes_the_secret_key_that_was_made_for_it(self, load: Load, tmp_path: Path) -> None:
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "secret-key").write_text("made by prepare\n")

        assert load({"NIGHTLIGHT_ENV": "local"})["SECRET_KEY"] == "made by prepare"

    def test_sends_no_mail_and_asks_for_no_verified_address(self, load: Load) -> None:
        loaded = load({"NIGHTLIGHT_ENV": "local"})

        assert loaded["MAILERS"]["default"]["BACKEND"].endswith("console.EmailBackend")
        assert (loaded["ACCOUNT_EMAIL_VERIFICATION"], loaded["SIGNUP_OPEN"]) == ("none", True)


@pytest.mark.parametrize(("value", "folder"), [("", "backups"), ("elsewhere", "elsewhere"), ("none", None), ("None", None)])
def test_backups_go_to_the_data_folder_elsewhere_or_nowhere(load: Load, tmp_path: Path, value: str, folder: str | None) -> None:
    loaded = load({"NIGHTLIGHT_ENV": "local", "NIGHTLIGHT_BACKUPS": str(tmp_path / value) if value == "elsewhere" else value})

    assert loaded["BACKUPS"] == (tmp_path / folder if folder else None)
