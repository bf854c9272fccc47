"""`manage.py start` and `manage.py web`.

Loading Django takes longer than everything else that a start does. One process loads it, and the others are forked from that
one (operations/server/web.py); and a start recognises, from files alone, that nothing has changed since the installation was
last prepared.
"""

import argparse
import hashlib
import importlib
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from operations.server import clock, web, worker
from operations.server.child import run_module
from operations.server.supervisor import Service, Supervisor

STAMP_FILE = ".prepared"
COMMANDS = {
    "start": "Prepare the installation, then run the web server, the worker and the clock until stopped.",
    "web": "Run the web server alone, for a site whose worker and clock run elsewhere. Prepares nothing.",
}
CLOCK_LIMIT = 6 * 60 * 60.0  # seconds: longer than any backup, and what is due is held up no longer than that
CLOCK_DELAY = 20.0  # seconds: nothing that the clock does is urgent, and the web server should start first


class CannotStart(Exception):
    """The server cannot start. The message says what is in the way and what to set."""


def _numeric(host: str) -> str:
    """The address of a host, which is all that the web server takes; IPv4 where it has both."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        addresses = sorted((family != socket.AF_INET, str(address[0])) for family, _type, _protocol, _name, address in found)
        return str(ipaddress.ip_address(addresses[0][1]))
    except (OSError, UnicodeError, ValueError) as error:
        raise CannotStart(
            f"NIGHTLIGHT_HOST is {host!r}, which is no address of this machine. Set it to 127.0.0.1, or to the address that the proxy reaches."
        ) from error


@contextmanager
def listen_address(settings: ModuleType) -> Iterator[tuple[str, int]]:
    """Host and port to listen on, which no other site takes while the block runs. Raises `CannotStart` where they are not allowed or taken."""
    host, port = _numeric(settings.HOST), settings.PORT
    if not settings.PRODUCTION and not ipaddress.ip_address(host).is_loopback:
        raise CannotStart("NIGHTLIGHT_HOST may leave this machine only with NIGHTLIGHT_ENV=production, behind a proxy that ends TLS.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as held:
        try:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"{host}:{port} cannot be listened on ({error.strerror}). Set PORT to another, as in: make run PORT=8080; "
                "or NIGHTLIGHT_HOST to an address of this machine."
            ) from error
        if sys.platform == "linux":
            # The workers listen with SO_REUSEPORT, each for itself and only once the site is loaded: another site that starts
            # meanwhile would listen beside them, and visitors come to either. It meets this socket, and they do not.
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        else:
            held.close()
        yield host, port


# --- Whether the installation is prepared.


def _migration_folders(apps: Sequence[str]) -> Iterator[Path]:
    """Of every app that has migrations, ours or not. Found by name: importing them would load Django."""
    for app in apps:
        parts = app.split(".")  # of a package, or of an AppConfig within it
        candidates = (Path(folder, *parts[:length], "migrations") for length in range(len(parts), 0, -1) for folder in sys.path)
        found = next((candidate for candidate in candidates if candidate.is_dir()), None)
        if found is not None:
            yield found


def _fingerprint(settings: ModuleType) -> str:
    """A hash of all that `manage.py prepare` depends on. Raises OSError where a file is missing."""
    base: Path = settings.BASE_DIR
    migrations = [path for folder in _migration_folders(settings.INSTALLED_APPS) for path in sorted(folder.glob("*.py"))]
    files = [settings.KEY_FILE, *migrations, *sorted(base.glob("prompts/library/data/**/*.toml"))]
    states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    state = repr([settings.DATABASES["default"]["NAME"], states])
    return hashlib.sha256(state.encode()).hexdigest()


def is_prepared(settings: ModuleType) -> bool:
    """Whether nothing has changed since `mark_prepared`. Always False in production and where files alone cannot tell."""
    database = settings.DATABASES["default"]
    if settings.PRODUCTION or settings.KEY_ENCRYPTION_KEYS or not database["ENGINE"].endswith("sqlite3"):
        return False
    try:
        stamp: str = (settings.DATA_DIR / STAMP_FILE).read_text()
        return Path(database["NAME"]).stat().st_size > 0 and stamp == _fingerprint(settings)
    except (OSError, UnicodeDecodeError):
        return False


def mark_prepared(settings: ModuleType) -> None:
    """Record that the installation was prepared just now. Idempotent."""
    if not settings.KEY_ENCRYPTION_KEYS:
        (settings.DATA_DIR / STAMP_FILE).write_text(_fingerprint(settings))


# --- The commands. `write` takes one line for the operator.


def announce(settings: ModuleType, host: str, port: int, write: Callable[[str], object]) -> None:
    """Write where the site, its data and its keys are."""
    # By name, where a browser can: it uses passkeys at no address that is a number.
    url_host = "localhost" if host in {"127.0.0.1", "::1"} else f"[{host}]" if ":" in host else host
    keys = "NIGHTLIGHT_KEYS" if settings.KEY_ENCRYPTION_KEYS else settings.KEY_FILE
    write(f"Nightlight: {settings.SITE_ORIGIN or f'http://{url_host}:{port}'}")
    write(f"  data      {settings.DATA_DIR}")
    write(f"  keys      {keys}   (keep a copy apart from the data)")
    if not settings.MAILER:
        write("  mail      printed here: no mail server is set")
    sys.stdout.flush()


def start(settings: ModuleType, write: Callable[[str], object], *, clock_delay: float = CLOCK_DELAY) -> int:
    """Prepare, then run web server, worker and clock until stopped. Returns the exit status. Raises `CannotStart`."""
    os.chdir(settings.BASE_DIR)
    with listen_address(settings) as (host, port), Supervisor(write) as supervisor:
        if not is_prepared(settings):
            status = supervisor.run([Service("preparation", run_module, ("manage", "prepare"), vital=True)])
            if status or supervisor.stop_requested:
                return status
            importlib.reload(settings)  # which may have a secret key only now
            mark_prepared(settings)
        announce(settings, host, port, write)
        # The clock and the worker, too, are of this version as long as the site runs.
        web.preload(modules=["operations.scheduler", "operations.worker"])
        return supervisor.run(
            [
                Service("web server", web.serve, (host, port, settings.WORKERS), vital=True),
                Service("worker", worker.run, recurring=True),
                Service("clock", clock.run, recurring=True, after=clock_delay, limit=CLOCK_LIMIT),
            ]
        )


def serve(settings: ModuleType, write: Callable[[str], object]) -> int:
    """Be the web server until stopped. Returns the exit status. Raises `CannotStart`."""
    os.chdir(settings.BASE_DIR)
    with listen_address(settings) as (host, port):
        announce(settings, host, port, write)
        web.serve(host, port, settings.WORKERS)
    return 0


def main(settings: ModuleType, arguments: list[str], write: Callable[[str], object]) -> int:
    """Run the command, one of `COMMANDS`, that `arguments` begins with. Raises `CannotStart`."""
    command, *rest = arguments
    parser = argparse.ArgumentParser(prog=f"manage.py {command}", description=COMMANDS[command])
    if command == "web":
        parser.parse_args(rest)
        return serve(settings, write)
    parser.add_argument("--clock-after", type=float, default=CLOCK_DELAY, metavar="SECONDS", help="begin the clock then (%(default)s)")
    return start(settings, write, clock_delay=parser.parse_args(rest).clock_after)
