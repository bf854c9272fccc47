"""The settings of a local installation, changed for tests: keys of their own, a fast password hasher, and mail in memory."""

import os
import tempfile
from pathlib import Path

os.environ["NIGHTLIGHT_ENV"] = "local"
os.environ["NIGHTLIGHT_DATA"] = str(Path(tempfile.gettempdir(), "nightlight-tests"))
os.environ["NIGHTLIGHT_BACKUPS"] = "none"
os.environ["NIGHTLIGHT_KEYS"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
os.environ["NIGHTLIGHT_SECRET_KEY"] = "only-the-tests-sign-with-this-and-nobody-else-ever-would"
for name in ("NIGHTLIGHT_URL", "NIGHTLIGHT_MAIL_URL", "NIGHTLIGHT_PROXIES", "NIGHTLIGHT_SIGNUP", "NIGHTLIGHT_KEY_FILE"):
    os.environ.pop(name, None)

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MIDDLEWARE, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
ACCOUNT_RATE_LIMITS = False
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as on a site: in memory, all threads of the live server would share one connection and its transactions.
    os.environ.setdefault("NIGHTLIGHT_TEST_RUN", str(os.getpid()))
    database = Path(tempfile.gettempdir()) / f"nightlight-test-{os.environ['NIGHTLIGHT_TEST_RUN']}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(database)}
    DATABASES["default"]["OPTIONS"] |= {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
        "timeout": 20,
    }
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MIDDLEWARE = [name for name in MIDDLEWARE if "StaticFiles" not in name]
