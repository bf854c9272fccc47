"""A checkout of somebody else's project, with its Python in `.venv`: filled and served from a copy, which is thrown away."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import site
from benchmarks.browser import Browser, UnexpectedAnswer

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "node_modules", "__pycache__", "*.sqlite", "*.sqlite3", "*.db")
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("NIGHTLIGHT_", "DJANGO_", "DATABASE_URL", "MAKE", "PYTHONDONTWRITEBYTECODE"))
}


class CannotRun(Exception):
    """The project cannot be filled or served as it is installed. The message says what it said."""


@dataclass(frozen=True, slots=True)
class List:
    """A page with a list, and the browser of somebody who may see it."""

    browser: Browser
    path: str


class Checkout:
    """A copy in `folder` of the project that lies at `origin`."""

    def __init__(self, origin: Path, folder: Path, port: int, environment: dict[str, str]) -> None:
        self.origin, self.port = origin.absolute(), port
        self.folder = folder / origin.name
        self.environment = {
            **CLEAN,
            **environment,
            "PATH": f"{self.bin}:{CLEAN.get('PATH', '')}",
            "VIRTUAL_ENV": str(self.origin / ".venv"),
        }
        if not (self.bin / "python").exists():
            raise CannotRun(f"there is no {self.bin / 'python'}: its requirements have to be installed there")
        shutil.copytree(self.origin, self.folder, ignore=NOT_COPIED, symlinks=True)

    @property
    def bin(self) -> Path:
        return self.origin / ".venv" / "bin"

    def run(self, *command: str) -> str:
        """What one of its commands printed. Raises `CannotRun` where that failed."""
        arguments = [str(self.bin / command[0]), *command[1:]]
        done = subprocess.run(arguments, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotRun(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()[-600:]}")
        return done.stdout

    def fill(self, *command: str) -> dict[str, str]:
        """What a command that fills it says at its end, as JSON."""
        said: dict[str, str] = json.loads(self.run(*command).strip().splitlines()[-1])
        return said

    @contextmanager
    def served(self, *command: str, path: str) -> Iterator[None]:
        """While the block runs, its server runs; `path` is one that anybody may see."""
        log = self.folder / "server.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [str(self.bin / command[0]), *command[1:]],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            try:
                site.wait_for(self.port, path)
            except UnexpectedAnswer as error:
                raise CannotRun(f"{error} Its server said: {log.read_text()[-600:]}") from error
            yield
        finally:
            server.terminate()
            server.wait(20)
            with contextlib.suppress(ProcessLookupError):  # uWSGI's router outlives it
                os.killpg(server.pid, signal.SIGKILL)


def without(ini: str, *options: str) -> str:
    """A uWSGI configuration without these options."""
    lines = [line for line in ini.splitlines() if line.partition("=")[0].strip() not in options]
    return "\n".join(lines) + "\n"
