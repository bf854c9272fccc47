"""Settings read from the environment. A value that cannot be used raises `ImproperlyConfigured`, with a sentence that says what to set."""

import os
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

_read: set[str] = set()


def text(name: str, default: str = "") -> str:
    """The variable's value, stripped; `default` where it is unset or blank."""
    _read.add(name)
    return os.environ.get(name, "").strip() or default


def forget() -> None:
    """Take every variable that settings were read from out of this process's environment, and out of that of what it starts.

    For processes that serve, once settings hold the values: nothing that copies the environment can then spread a secret. What
    the kernel shows in /proc/PID/environ is how the process was started, and stays.
    """
    for name in _read:
        os.environ.pop(name, None)


def one_of(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of the allowed values, which are case-sensitive."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to one of: {', '.join(allowed)}.")
    return value


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number in decimal digits, bounds included."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a whole number from {minimum} to {maximum}.")
    return int(value)


def comma_separated(name: str) -> list[str]:
    """The parts of a comma-separated list, stripped; blank ones are left out."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def secret(name: str, *, default_file: Path) -> str:
    """A secret from NAME, from the file named by NAME_FILE, or from `default_file`; "" where none of them exists."""
    if value := text(name):
        return value
    named_file = text(f"{name}_FILE")
    path = Path(named_file) if named_file else default_file
    try:
        return path.read_text().strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        if named_file:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which does not exist.") from error
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}: the file {path} cannot be read. Give this user the right to read it.") from error


def _split_address(value: str) -> SplitResult | None:
    """The parts of scheme://host:port, with credentials and a query if any; None for anything else or with a path."""
    try:
        url = urlsplit(value)
        port_is_valid = url.port != 0  # `port` raises ValueError where it is not a number up to 65535
    except ValueError:
        return None
    return url if url.hostname and port_is_valid and url.path in {"", "/"} and not url.fragment else None


def mailer(name: str) -> dict[str, object] | None:
    """An entry of Django's MAILERS from smtp://user:password@host:port (STARTTLS) or smtps://… (TLS); None where unset or `none`.

    `?tls=0` on an smtp:// address turns STARTTLS off, for a relay on the same machine.
    """
    value = text(name, "none")
    if value == "none":
        return None
    url = _split_address(value)
    if url is None or url.scheme not in {"smtp", "smtps"}:
        # The message does not repeat the value: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} is not a mail server's address. Set it to smtp://user:password@host:587, with %-escapes for signs in the password, or to none."
        )
    starttls = url.scheme == "smtp" and parse_qs(url.query).get("tls", ["1"]) != ["0"]
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": url.hostname,
            "port": url.port or (587 if url.scheme == "smtp" else 465),
            "username": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "use_tls": starttls,
            "use_ssl": url.scheme == "smtps",
            "timeout": 20,
        },
    }


def site_url(name: str) -> tuple[str, str, bool]:
    """(origin, host, whether it is served over TLS) of the site's public address; ("", "", False) where unset."""
    value = text(name)
    if not value:
        return "", "", False
    url = _split_address(value)
    if url is None or url.scheme not in {"http", "https"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to the site's address, such as https://journal.example.org")
    return f"{url.scheme}://{url.netloc}", url.hostname or "", url.scheme == "https"


def https_url(name: str, default: str) -> str:
    """The address of a web page that is reached over TLS."""
    value = text(name, default)
    if urlsplit(value).scheme != "https" or not urlsplit(value).hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to an address that begins with https://, such as {default}")
    return value


def database(name: str, default: str) -> dj_database_url.DBConfig:
    """An entry of Django's DATABASES, with persistent connections, from sqlite:///path or postgres://user:password@host:port/name."""
    try:
        parsed = dj_database_url.parse(text(name, default), conn_max_age=None, conn_health_checks=True)
    except ValueError:
        parsed = {"ENGINE": ""}
    if parsed["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        # The message does not repeat the value: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} is not a database's address. Set it to postgres://user:password@host:5432/name, "
            "with %-escapes for signs in the password, or leave it out for SQLite in the data folder."
        )
    return parsed
