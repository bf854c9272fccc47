"""linkding: a page of 30 bookmarks, of 10,000 with a description of 2,000 characters and two of 50 tags each.

Its notes are left out: it renders their Markdown each time that a page is read, which doubles its time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import Browser
from benchmarks.peers.checkouts import Checkout, List, without
from tests.installation import free_port

COMPARED = "its first page of 30 bookmarks (of as many, each with a description as long as an entry, no notes, and 2 of 50 tags); uWSGI, 2 processes, a connection for each request, as it ships it"
SETTINGS = "bookmarks.settings.prod"
FILL = """
import datetime as dt, json
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from bookmarks.models import Bookmark, Tag
owner = User.objects.create_user("bench", "bench@example.org", None)
now = timezone.now()
tags = Tag.objects.bulk_create([Tag(name=f"tag-{n}", date_added=now, owner=owner) for n in range(50)])
rows = Bookmark.objects.bulk_create([
    Bookmark(owner=owner, url=f"https://example.org/{n}", url_normalized=f"https://example.org/{n}", title=f"Evening {n}",
             description=TEXT, date_added=now - dt.timedelta(hours=n), date_modified=now)
    for n in range(ENTRIES)], batch_size=500)
Through = Bookmark.tags.through
Through.objects.bulk_create([Through(bookmark_id=row.pk, tag_id=tags[(n * 7 + m) % 50].pk) for n, row in enumerate(rows) for m in (0, 3)], batch_size=500)
client = Client(); client.force_login(owner)
print(json.dumps({name: cookie.value for name, cookie in client.cookies.items()}))
"""


@contextmanager
def running(origin: Path, folder: Path, entries: int, text: str) -> Iterator[List]:
    port = free_port()
    checkout = Checkout(origin, folder, port, {"DJANGO_SETTINGS_MODULE": SETTINGS, "LD_DISABLE_BACKGROUND_TASKS": "True"})
    for name in ("data", "data/favicons", "data/previews", "data/assets"):
        (checkout.folder / name).mkdir(exist_ok=True)
    for command in ("generate_secret_key", "migrate", "enable_wal"):
        checkout.run("python", "manage.py", command)
    checkout.run("python", "manage.py", "collectstatic", "--noinput")
    script = FILL.replace("TEXT", repr(text)).replace("ENTRIES", str(entries))
    cookies = checkout.fill("python", "manage.py", "shell", "--no-imports", "-c", f"exec({script!r})")
    ini = checkout.folder / "bench.ini"
    ini.write_text(without((checkout.folder / "uwsgi.ini").read_text(), "uid", "gid", "pidfile", "stats"))
    with checkout.served("uwsgi", "--http", f"127.0.0.1:{port}", "-H", str(origin.absolute() / ".venv"), str(ini), path="/health"):
        yield List(Browser(port, cookies, keeps_alive=False), "/bookmarks")
