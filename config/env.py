"""Settings read from the environment. A value that cannot be used raises `ImproperlyConfigured`, with a sentence that says what to set."""

import os
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from common.database import address
from config import addresses

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


def path(name: str, default: Path, *, base: Path) -> Path:
    """An absolute path. One that is relative in the variable is so to `base`: each process of a site may run in another folder."""
    value = text(name, str(default))
    try:
        value.encode()
        return (base / Path(value).expanduser()).resolve()
    except (RuntimeError, OSError, UnicodeEncodeError) as error:  # no such user, a circle of links, bytes that are no text
        raise ImproperlyConfigured(f"{name} is {value!a}, which is no path on this machine; set it to an absolute one.") from error


def sender(name: str, default: str) -> str:
    """The address that mail is sent from: journal@example.org or Nightlight <journal@example.org>."""
    value = text(name, default)
    _shown, address = parseaddr(value)
    local, at, domain = address.rpartition("@")
    if not (value.isprintable() and at and local and domain and " " not in address and "@" not in local):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to the address that mail is sent from, such as journal@example.org")
    return value


def mailer(name: str) -> dict[str, object] | None:
    """An entry of Django's MAILERS from smtp://user:password@host:port (STARTTLS) or smtps://… (TLS); None where unset or `none`.

    `?tls=0` on an smtp:// address turns STARTTLS off, for a relay on the same machine.
    """
    value = text(name, "none")
    if value == "none":
        return None
    url = addresses.split(value)
    query = parse_qs(url.query, keep_blank_values=True) if url else {}
    if (
        url is None
        or url.scheme not in {"smtp", "smtps"}
        or query not in ({}, {"tls": ["0"]}, {"tls": ["1"]})
        or bool(url.username) != bool(url.password)
    ):
        # The message does not repeat the value: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} is not a mail server's address. Set it to smtp://user:password@host:587, with %-escapes for signs in the password, or to none."
        )
    starttls = url.scheme == "smtp" and query != {"tls": ["0"]}
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
    url = addresses.split(value)
    site = addresses.origin(url) if url and url.scheme in {"http", "https"} else None
    if url is None or site is None:
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which no browser could open, or not in one way only (write international names as xn--…); "
            "set it to the site's address, such as https://journal.example.org"
        )
    return *site, url.scheme == "https"


def https_url(name: str, default: str) -> str:
    """The address of a web page that is reached over TLS."""
    value = text(name, default)
    try:
        url = urlsplit(value)
        is_usable = url.scheme == "https" and addresses.host(url.hostname or "") is not None and url.port != 0 and "@" not in url.netloc
    except ValueError:
        is_usable = False
    if not is_usable or not value.isprintable() or " " in value:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to an address that begins with https://, such as {default}")
    return value


def database(name: str, default: Path) -> dj_database_url.DBConfig:
    """An entry of Django's DATABASES from the address in the variable; SQLite in the file `default` where that is unset."""
    value = text(name)
    if not value:
        return address.of_file(str(default))
    try:
        return address.parse(value)
    except address.BadAddress as error:
        raise ImproperlyConfigured(f"{name} {error}") from error
