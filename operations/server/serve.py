"""`manage.py start` and `manage.py web`, and knowing that nothing has changed since the last start; all without Django.

Loading Django takes longer than everything else that a start does, and the processes that need it load it anyhow.
"""

import argparse
import hashlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from operations.server.supervisor import Role, Supervisor

STAMP = ".prepared"
COMMANDS = {
    "start": "Prepare the installation, then run the web server and the clock until stopped.",
    "web": "Run the web server alone, for a site whose clock runs elsewhere. Prepares nothing.",
}
CLOCK_AFTER = 20.0  # seconds: nothing it does is urgent, and the first ones of a start belong to the web server
REQUEST_MAY_TAKE = 5  # seconds that a request still has when the server is told to stop


class CannotServe(Exception):
    """What is in the way, and what to set."""


def address(settings: ModuleType) -> tuple[str, int]:
    """Host and port to listen on. Raises `CannotServe`."""
    host, port = settings.HOST, settings.PORT
    if not settings.PRODUCTION and host not in {"127.0.0.1", "::1", "localhost"}:
        raise CannotServe("NIGHTLIGHT_HOST may leave this machine only with NIGHTLIGHT_ENV=production, behind a proxy that ends TLS.")
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise CannotServe(
            f"{host}:{port} cannot be listened on ({error.strerror}). Set PORT to another, as in: make run PORT=8080"
        ) from error
    return host, port


def _signature(settings: ModuleType) -> str:
    """Changes with whatever `manage.py prepare` looks at."""
    base: Path = settings.BASE_DIR
    files = [settings.KEY_FILE, *sorted(base.glob("*/migrations/*.py")), *sorted(base.glob("prompts/library/data/**/*.toml"))]
    states = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    state = repr([settings.DATABASES["default"]["NAME"], states])
    return hashlib.sha256(state.encode()).hexdigest()


def is_prepared(settings: ModuleType) -> bool:
    """Whether this installation was prepared as it is now. Only ever so on one machine, with its files to look at."""
    database = settings.DATABASES["default"]
    if settings.PRODUCTION or settings.KEY_ENCRYPTION_KEYS or not database["ENGINE"].endswith("sqlite3"):
        return False
    try:
        prepared: str = (settings.DATA_DIR / STAMP).read_text()
        return Path(database["NAME"]).stat().st_size > 0 and prepared == _signature(settings)
    except (OSError, UnicodeDecodeError):
        return False


def remember(settings: ModuleType) -> None:
    """The installation was prepared just now."""
    if not settings.KEY_ENCRYPTION_KEYS:
        (settings.DATA_DIR / STAMP).write_text(_signature(settings))


def announce(settings: ModuleType, host: str, port: int, say: Callable[[str], object]) -> None:
    """Say where the site is and where its data lie."""
    shown = f"[{host}]" if ":" in host else host
    keys = "NIGHTLIGHT_KEYS" if settings.KEY_ENCRYPTION_KEYS else settings.KEY_FILE
    say(f"Nightlight: {settings.SITE_ORIGIN or f'http://{shown}:{port}'}")
    say(f"  data      {settings.DATA_DIR}")
    say(f"  keys      {keys}   (keep a copy apart from the data)")
    if not settings.MAILER:
        say("  mail      printed here: no mail server is set")
    sys.stdout.flush()


def _granian(settings: ModuleType, host: str, port: int) -> tuple[str, ...]:
    # One blocking thread a process was the steadiest of what was measured: docs/decisions/0004-server.md
    return (
        "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(settings.WORKERS),
        "--blocking-threads", "1", "--no-ws", "--log-level", "warning", "--respawn-failed-workers",
        "--workers-kill-timeout", str(REQUEST_MAY_TAKE), "config.wsgi:application",
    )  # fmt: skip


def start(settings: ModuleType, say: Callable[[str], object], *, clock_after: float = CLOCK_AFTER) -> int:
    """Prepare, and run web server and clock until they are to end. Returns the exit status. Raises `CannotServe`."""
    host, port = address(settings)
    web = Role("web server", _granian(settings, host, port), vital=True)
    clock = Role("clock", ("manage", "clock"), after=clock_after)
    with Supervisor(settings.BASE_DIR, say) as supervisor:
        if not is_prepared(settings):
            status = supervisor.run([Role("preparation", ("manage", "prepare"), vital=True)])
            if status or supervisor.asked_to_end:
                return status
            remember(settings)
        announce(settings, host, port, say)
        return supervisor.run([web, clock])


def web(settings: ModuleType, say: Callable[[str], object]) -> int:
    """Become the web server. Raises `CannotServe`."""
    host, port = address(settings)
    announce(settings, host, port, say)
    os.chdir(settings.BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", *_granian(settings, host, port)])  # noqa: S606  no shell is wanted


def main(settings: ModuleType, arguments: list[str], say: Callable[[str], object]) -> int:
    """Run the one of `COMMANDS` that the arguments begin with. Raises `CannotServe`."""
    command, *rest = arguments
    parser = argparse.ArgumentParser(prog=f"manage.py {command}", description=COMMANDS[command])
    if command == "web":
        parser.parse_args(rest)
        return web(settings, say)
    parser.add_argument("--clock-after", type=float, default=CLOCK_AFTER, metavar="SECONDS", help="begin the clock then (%(default)s)")
    return start(settings, say, clock_after=parser.parse_args(rest).clock_after)
