"""config.env: each helper takes a proper value, and refuses any other with a message that says what to set."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

NAME = "NIGHTLIGHT_TESTED"

Set = Callable[[str], None]


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Sets the variable; until then neither it nor its file is set."""
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    return lambda value: monkeypatch.setenv(NAME, value)


def refusal(read: Callable[..., Any], **arguments: Any) -> str:
    """The message with which a helper refuses the variable, which has to name it."""
    with pytest.raises(ImproperlyConfigured) as refused:
        read(NAME, **arguments)
    assert NAME in str(refused.value)
    return str(refused.value)


def test_text_falls_back_where_nothing_is_set(set_to: Set) -> None:
    assert (env.text(NAME), env.text(NAME, "default")) == ("", "default")
    for blank in ("", "  "):
        set_to(blank)
        assert env.text(NAME, "default") == "default"


def test_text_is_taken_without_space_around_it(set_to: Set) -> None:
    set_to("  two words \n")

    assert env.text(NAME, "default") == "two words"


def test_one_of_takes_what_is_allowed(set_to: Set) -> None:
    assert env.one_of(NAME, ("open", "closed"), "closed") == "closed"
    set_to("open")
    assert env.one_of(NAME, ("open", "closed"), "closed") == "open"


@pytest.mark.parametrize("value", ["Open", "1", "true", "open,closed"])
def test_one_of_lists_what_is_allowed(set_to: Set, value: str) -> None:
    set_to(value)

    assert refusal(env.one_of, allowed=("open", "closed"), default="open").endswith("set it to one of: open, closed.")


@pytest.mark.parametrize(("value", "number"), [("", 7), ("0", 0), ("9", 9), (" 4 ", 4), ("007", 7)])
def test_integer_takes_whole_numbers_within_its_bounds(set_to: Set, value: str, number: int) -> None:
    set_to(value)

    assert env.integer(NAME, 7, minimum=0, maximum=9) == number


@pytest.mark.parametrize("value", ["10", "-1", "1.5", "one", "0x1", "1e1", "²", "٣"])
def test_integer_refuses_the_rest(set_to: Set, value: str) -> None:
    set_to(value)

    assert refusal(env.integer, default=7, minimum=0, maximum=9).endswith("set it to a whole number from 0 to 9.")


@pytest.mark.parametrize(("value", "words"), [("", []), (" , ,", []), ("one", ["one"]), ("one, two ,,three ", ["one", "two", "three"])])
def test_words_are_split_at_commas_without_blanks(set_to: Set, value: str, words: list[str]) -> None:
    set_to(value)

    assert env.comma_separated(NAME) == words


class SecretTests:
    @pytest.fixture(autouse=True)
    def _nothing_is_set(self, set_to: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_to, self.default, self.monkeypatch = set_to, tmp_path / "default", monkeypatch

    def read(self) -> str:
        return env.secret(NAME, default_file=self.default)

    def name_file(self, path: Path) -> None:
        self.monkeypatch.setenv(f"{NAME}_FILE", str(path))

    def test_is_empty_where_there_is_none(self) -> None:
        assert self.read() == ""

    def test_comes_from_the_variable_then_the_named_file_then_the_default_one(self, tmp_path: Path) -> None:
        self.default.write_text("from the default\n")
        assert self.read() == "from the default"

        named = tmp_path / "named"
        named.write_text("  from the file\n")
        self.name_file(named)
        assert self.read() == "from the file"

        self.set_to("from the variable")
        assert self.read() == "from the variable"

    def test_refuses_a_named_file_that_is_missing(self, tmp_path: Path) -> None:
        self.name_file(tmp_path / "missing")

        message = refusal(env.secret, default_file=self.default)

        assert message == f"{NAME}_FILE names {tmp_path / 'missing'}, which does not exist."

    def test_refuses_a_file_it_cannot_read(self, tmp_path: Path) -> None:
        not_text = tmp_path / "not-text"
        not_text.write_bytes(b"\xff\xfe")
        for path in (tmp_path, not_text):
            self.name_file(path)

            assert f"{path} cannot be read" in refusal(env.secret, default_file=self.default)


@pytest.mark.parametrize("value", ["", "none", " none "])
def test_mailer_is_nothing_where_there_is_no_mail(set_to: Set, value: str) -> None:
    set_to(value)

    assert env.mailer(NAME) is None


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ("smtp://mail.example.org", {"port": 587, "username": "", "password": "", "use_tls": True, "use_ssl": False}),
        ("smtp://mail.example.org:2525", {"port": 2525, "use_tls": True}),
        ("smtps://mail.example.org", {"port": 465, "use_tls": False, "use_ssl": True}),
        ("smtp://mail.example.org:25?tls=0", {"port": 25, "use_tls": False, "use_ssl": False}),
        ("smtps://mail.example.org?tls=0", {"use_tls": False, "use_ssl": True}),
        ("smtp://me%40example.org:p%2Fa%3As%23s%5B@mail.example.org", {"username": "me@example.org", "password": "p/a:s#s["}),
    ],
)
def test_mailer_reads_an_address(set_to: Set, value: str, options: dict[str, object]) -> None:
    set_to(value)

    mailer = env.mailer(NAME)

    assert mailer
    assert mailer["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert isinstance(mailer["OPTIONS"], dict)
    assert {"host": "mail.example.org", "timeout": 20, **options}.items() <= mailer["OPTIONS"].items()


@pytest.mark.parametrize(
    "value",
    [
        "mail.example.org",
        "http://me:hunter2@mail.example.org",
        "smtp://",
        "smtp://me:hunter2@",
        "smtp://me:hunter2@mail.example.org:port",
        "smtp://me:hunter2@mail.example.org:99999",
        "smtp://me:hunter2/@mail.example.org",
        "smtp://me:hunter2[@mail.example.org",
        "smtp://me:2/hunter2@mail.example.org",
        "smtp://me:2#hunter2@mail.example.org",
        "smtp://me:2?hunter2@mail.example.org",
        "smtp://hunter2@mail.example.org",
        "smtp://:hunter2@mail.example.org",
        "smtp://me:hunter2@mail.example.org?tls=no",
        "smtp://me:hunter2@mail.example.org?starttls=0",
        "smtp://me:hunter 2@mail.example.org",
        "None",
    ],
)
def test_mailer_refuses_the_rest_without_repeating_it(set_to: Set, value: str) -> None:
    set_to(value)

    message = refusal(env.mailer)

    assert "Set it to smtp://user:password@host:587" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("value", "site"),
    [
        ("", ("", "", False)),
        ("https://journal.example.org", ("https://journal.example.org", "journal.example.org", True)),
        ("https://journal.example.org/", ("https://journal.example.org", "journal.example.org", True)),
        ("https://journal.example.org:8443", ("https://journal.example.org:8443", "journal.example.org", True)),
        ("http://localhost:8000", ("http://localhost:8000", "localhost", False)),
        ("https://Journal.Example.ORG:443/", ("https://journal.example.org", "journal.example.org", True)),
        ("https://journal.example.org:08443", ("https://journal.example.org:8443", "journal.example.org", True)),
        ("https://journal.example.org:", ("https://journal.example.org", "journal.example.org", True)),
        ("https://journal.example.org.", ("https://journal.example.org", "journal.example.org", True)),
        ("http://[::1]:80", ("http://[::1]", "[::1]", False)),
        ("https://[2001:DB8:0:0::1]:8443", ("https://[2001:db8::1]:8443", "[2001:db8::1]", True)),
        ("https://192.0.2.1", ("https://192.0.2.1", "192.0.2.1", True)),
        ("https://Tagebücher.example", ("https://xn--tagebcher-u9a.example", "xn--tagebcher-u9a.example", True)),
        ("https://xn--tagebcher-u9a.example", ("https://xn--tagebcher-u9a.example", "xn--tagebcher-u9a.example", True)),
    ],
)
def test_site_url_reads_an_address(set_to: Set, value: str, site: tuple[str, str, bool]) -> None:
    set_to(value)

    assert env.site_url(NAME) == site


@pytest.mark.parametrize(
    "value",
    [
        "journal.example.org",
        "ftp://journal.example.org",
        "https://",
        "https:///tonight",
        "https://example.org/journal",
        "https://example.org:port",
        "https://[example.org",
        "https://[::1",
        "https://[::1%25eth0]",
        "https://[::g]",
        "https://straße.example",
        "https://my_journal.example.org",
        "https://*.example.org",
        "https://.example.org",
        "https://-journal.example.org",
        "https://journal..example.org",
        "https://journal example.org",
        "https://192.0.2",
        "https://0x7f.0x1",
        "https://someone@example.org",
        "https://example.org?a",
        "https://example.org#a",
        "https://example.org:0",
        "https://example.org:65536",
        f"https://{'a' * 64}.example.org",
        f"https://{'ü' * 80}.example.org",
    ],
)
def test_site_url_refuses_the_rest(set_to: Set, value: str) -> None:
    set_to(value)

    assert refusal(env.site_url).endswith("set it to the site's address, such as https://journal.example.org")


def test_database_reads_an_address(set_to: Set) -> None:
    assert env.database(NAME, Path("/data #1?/50%25.sqlite3"))["NAME"] == "/data #1?/50%25.sqlite3"

    set_to("postgres://me:p%2Fa%40s%23s@db.example.org:5433/nightlight?sslmode=require")
    database = env.database(NAME, Path("/data/nightlight.sqlite3"))

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"]) == ("me", "p/a@s#s", "db.example.org", 5433)
    assert (database["NAME"], database["OPTIONS"]) == ("nightlight", {"sslmode": "require", "options": "-c lock_timeout=5s"})


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "postgress://me:hunter2@db/nightlight",
        "mysql://me:hunter2@db/nightlight",
        "postgres://me:hunter2/@db/x",
        "postgres://[hunter2",
        "postgres://me:123#hunter2@db/n",
        "postgres://me:123?hunter2@db/n",
        "postgres://me:hunter2@db",
        "postgres://me:hunter2@db/",
        "postgres://me:hunter2@db/n/m",
        "postgres://me:hunter2 @db/n",
        "postgres://me:hunter2@db:port/n",
        "sqlite:////data/#hunter2",
        "sqlite:////data/?hunter2",
    ],
)
def test_database_refuses_the_rest_without_repeating_it(set_to: Set, value: str) -> None:
    set_to(value)

    message = refusal(env.database, default=Path("/data/nightlight.sqlite3"))

    assert "Set it to postgres://user:password@host:5432/name" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("value", ["/data #1", "/data?mode=memory", "/50%25", "/:memory:", "/Tagebücher", "/file:x"])
def test_path_is_taken_as_it_is(set_to: Set, value: str) -> None:
    set_to(value)

    assert env.path(NAME, Path("/default"), base=Path("/base")) == Path(value)


def test_path_is_relative_to_the_same_folder_for_every_process(set_to: Set, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    set_to("data/../journal")

    assert env.path(NAME, Path("/default"), base=Path("/base")) == Path("/base/journal")


@pytest.mark.parametrize("value", ["~no-such-user/data", "/data/\udcff"])
def test_path_refuses_what_no_process_could_open(set_to: Set, value: str) -> None:
    set_to(value)

    assert refusal(env.path, default=Path("/default"), base=Path("/base")).endswith("set it to an absolute one.")


@pytest.mark.parametrize("value", ["", "journal@example.org", "Nightlight <journal@example.org>", '"Night, light" <journal@localhost>'])
def test_sender_takes_an_address(set_to: Set, value: str) -> None:
    set_to(value)

    assert env.sender(NAME, "nightlight@localhost") == (value or "nightlight@localhost")


@pytest.mark.parametrize("value", ["Nightlight", "journal@", "@example.org", "a@b@example.org", "a@example.org\nBcc: b@example.org", "a b"])
def test_sender_refuses_the_rest(set_to: Set, value: str) -> None:
    set_to(value)

    assert "such as journal@example.org" in refusal(env.sender, default="nightlight@localhost")


@pytest.mark.parametrize(
    "value", ["https://[::1", "https://", "http://example.org", "https://a b.org", "https://x:0", "javascript:alert(1)"]
)
def test_https_url_refuses_what_a_browser_could_not_open(set_to: Set, value: str) -> None:
    set_to(value)

    assert "begins with https://" in refusal(env.https_url, default="https://example.org/weather")
