"""healthchecks: the list of a project's 30 checks, which were pinged 10,000 times with bodies of 2,000 bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import Browser
from benchmarks.peers.checkouts import Checkout, List, without
from tests.installation import free_port

COMPARED = "its page with all 30 checks of a project (pinged as many times, each time with a body as long as an entry); uWSGI, 2 processes, a connection for each request, as it ships it, with gzip"
FILL = """
import datetime as dt, json
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from hc.accounts.models import Profile, Project
from hc.api.models import Check, Ping
owner = User.objects.create_user("bench", "bench@example.org", None)
Profile.objects.for_user(owner)
project = Project.objects.create(owner=owner, name="Bench", badge_key="bench")
now = timezone.now()
checks = Check.objects.bulk_create([
    Check(project=project, name=f"Evening {n}", slug=f"evening-{n}", tags=f"tag-{n % 7} tag-{n % 5}", desc=BODY, status="up", n_pings=ENTRIES // 30,
          last_ping=now, alert_after=now + dt.timedelta(days=2))
    for n in range(30)])
Ping.objects.bulk_create([
    Ping(owner=checks[n % 30], n=n // 30 + 1, created=now - dt.timedelta(minutes=n), method="POST", ua="curl/8", remote_addr="127.0.0.1", body_raw=BODY.encode())
    for n in range(ENTRIES)], batch_size=500)
client = Client(); client.force_login(owner, backend="hc.accounts.backends.EmailBackend")
print(json.dumps({"path": f"/projects/{project.code}/checks/", **{name: cookie.value for name, cookie in client.cookies.items()}}))
"""


@contextmanager
def running(origin: Path, folder: Path, entries: int, text: str) -> Iterator[List]:
    port = free_port()
    environment = {
        "DEBUG": "False",
        "SECRET_KEY": "not-secret-" + "0" * 50,
        "DB_NAME": str(folder / origin.name / "bench.sqlite"),
        "SITE_ROOT": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "USE_GZIP_MIDDLEWARE": "True",
        "UWSGI_PROCESSES": "2",
    }
    checkout = Checkout(origin, folder, port, environment)
    for command in (("migrate",), ("collectstatic", "--noinput"), ("compress",)):
        checkout.run("python", "manage.py", *command)
    script = FILL.replace("BODY", repr(text)).replace("ENTRIES", str(entries))
    said = checkout.fill("python", "manage.py", "shell", "--no-imports", "-c", f"exec({script!r})")
    path = said.pop("path")
    shipped = without((checkout.folder / "docker/uwsgi.ini").read_text(), "http-socket", "chdir", "hook-pre-app", "attach-daemon")
    ini = checkout.folder / "bench.ini"
    ini.write_text(shipped + "[uwsgi]\n" + f"http-socket = 127.0.0.1:{port}\n")
    with checkout.served("uwsgi", "-H", str(origin.absolute() / ".venv"), str(ini), path="/accounts/login/"):
        yield List(Browser(port, said, keeps_alive=False), path)
