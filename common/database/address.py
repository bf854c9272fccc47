"""A database's address, postgres://user:password@host:port/name or sqlite:///path, and how Nightlight uses what it names."""

import dj_database_url

# A transaction takes the write lock when it begins, so it waits for another instead of failing half-way.
# synchronous=FULL: what was reported as saved survives a power cut.
# temp_store, secure_delete: nothing goes into temporary files, and deleted rows are overwritten.
SQLITE_OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
}


class BadAddress(ValueError):
    """The text is no database's address, or could be read as another one. The message does not repeat it: it may hold a password."""


def of_file(path: str) -> dj_database_url.DBConfig:
    """An entry of Django's DATABASES for SQLite in this file, whose path is never read as an address."""
    return _for_nightlight({**_parsed("sqlite://"), "NAME": path})


def parse(address: str) -> dj_database_url.DBConfig:
    """An entry of Django's DATABASES, with persistent connections. Raises `BadAddress`."""
    try:
        config = _parsed(address)
    except ValueError:
        config = {"ENGINE": ""}
    engine = config["ENGINE"].removeprefix("django.db.backends.")
    # An unescaped # or ? in a password ends the address early: what follows was not read as what it is.
    is_whole = "#" not in address and "@" not in address.partition("?")[2] and address.isprintable() and " " not in address
    is_named = bool(config.get("NAME")) and (engine == "sqlite3" or "/" not in str(config["NAME"]))
    if engine not in {"sqlite3", "postgresql"} or not is_whole or not is_named or (engine == "sqlite3" and "?" in address):
        raise BadAddress(
            "is not a database's address. Set it to postgres://user:password@host:5432/name, "
            "with %-escapes for signs in the password, or leave it out for SQLite in the data folder."
        )
    return _for_nightlight(config)


def _parsed(address: str) -> dj_database_url.DBConfig:
    return dj_database_url.parse(address, conn_max_age=None, conn_health_checks=True)


def _for_nightlight(config: dj_database_url.DBConfig) -> dj_database_url.DBConfig:
    if config["ENGINE"].endswith("sqlite3"):
        # Django's, in which writers take turns.
        return {**config, "ENGINE": "common.sqlite3", "OPTIONS": dict(SQLITE_OPTIONS)}
    # As with the timeout on SQLite, a save that meets a lock fails after five seconds instead of blocking its process.
    config.setdefault("OPTIONS", {}).setdefault("options", "-c lock_timeout=5s")
    return config
