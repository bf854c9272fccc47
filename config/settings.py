"""Nightlight's settings: one file; what differs between machines comes from the environment.

docs/configuration.md explains every variable, and tests/config/test_documentation.py keeps it complete.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf.global_settings import STATICFILES_FINDERS
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import env, logs
from config.forms import ACCOUNT_FORMS, MFA_FORMS  # noqa: F401  settings of allauth
from config.limits import RATE_LIMITS

BASE_DIR = Path(__file__).resolve().parent.parent

# Defaults to the strictest, for whoever forgets to choose.
ENVIRONMENT = env.one_of("NIGHTLIGHT_ENV", ("production", "local", "development"), "production")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = ENVIRONMENT == "development"

DATA_DIR = env.path("NIGHTLIGHT_DATA", BASE_DIR / "data", base=BASE_DIR)
SITE_ORIGIN, SITE_HOST, SERVED_OVER_TLS = env.site_url("NIGHTLIGHT_URL")
TRUSTED_PROXIES = env.integer("NIGHTLIGHT_PROXIES", 0, minimum=0, maximum=9)
MAILER = env.mailer("NIGHTLIGHT_MAIL_URL")

# --- Secrets. `manage.py prepare` makes both files where they are missing.
SECRET_KEY = env.secret("NIGHTLIGHT_SECRET_KEY", default_file=DATA_DIR / "keys" / "secret-key")
KEY_ENCRYPTION_KEYS = env.comma_separated("NIGHTLIGHT_KEYS")
KEY_FILE = env.path("NIGHTLIGHT_KEY_FILE", DATA_DIR / "keys" / "key-encryption-keys", base=BASE_DIR)

if PRODUCTION:
    if not SITE_ORIGIN:
        raise ImproperlyConfigured(
            "set NIGHTLIGHT_URL to the site's public address, such as https://journal.example.org "
            "(or NIGHTLIGHT_ENV=local to try Nightlight on this machine only)."
        )
    if not SERVED_OVER_TLS:
        raise ImproperlyConfigured(
            "NIGHTLIGHT_URL begins with http://. Journals travel over TLS only: put a proxy with a certificate before it and set an https:// address."
        )
    if not env.text("NIGHTLIGHT_MAIL_URL"):
        raise ImproperlyConfigured(
            "set NIGHTLIGHT_MAIL_URL to your mail server, or to `none` to go without mail and without verified addresses."
        )
    if MAILER and not env.text("NIGHTLIGHT_MAIL_FROM"):
        raise ImproperlyConfigured("set NIGHTLIGHT_MAIL_FROM to the address that mail is sent from.")
    if not TRUSTED_PROXIES:
        raise ImproperlyConfigured(
            "set NIGHTLIGHT_PROXIES to the number of proxies before Nightlight (usually 1): the one that ends TLS has to be among them."
        )
    if not SECRET_KEY:
        raise ImproperlyConfigured("set NIGHTLIGHT_SECRET_KEY or NIGHTLIGHT_SECRET_KEY_FILE; `make keys` makes a file in the data folder.")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("not-secret"):
        raise ImproperlyConfigured("NIGHTLIGHT_SECRET_KEY is too weak: it needs at least 50 random characters. `make keys` makes one.")

if MAILER and not SITE_ORIGIN:
    raise ImproperlyConfigured("set NIGHTLIGHT_URL to the site's address, such as http://localhost:8000: mail leads to it.")

SECRET_KEY = SECRET_KEY or "not-secret-" + "0" * 50  # only `prepare`, which makes the real one, runs with this

# --- The web server: for `manage.py start` and `web`.
HOST = env.text("NIGHTLIGHT_HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, minimum=1, maximum=65535)
WORKERS = env.integer("NIGHTLIGHT_WORKERS", min(os.cpu_count() or 1, 8), minimum=1, maximum=64)

# --- Hosts.
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*([SITE_HOST] if SITE_HOST else []), *LOOPBACK]  # loopback: health checks from this machine
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN] if SITE_ORIGIN else []
if SITE_ORIGIN and not PRODUCTION:  # whoever opens the site by another name of this machine may send forms, too
    CSRF_TRUSTED_ORIGINS += [f"http://{name}:{PORT}" for name in LOOPBACK]

# --- Apps, middleware, templates.
INSTALLED_APPS = [
    "operations",
    "counselor",
    "journal",
    "prompts",
    "accounts",
    "django.contrib.admin.apps.SimpleAdminConfig",  # only what accounts/admin.py registers is shown
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks_db",
]

MIDDLEWARE = [
    "common.headers.BrowserFeaturesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "common.middleware.SiteHostMiddleware",
    "config.static_files.StaticFilesMiddleware",  # its files are compressed already
    "operations.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "common.middleware.RefusedBodyMiddleware",
    # Outside all that queries the database for the session: what was typed survives whatever fails further in.
    "journal.middleware.KeepTextMiddleware",
    "common.middleware.KeepFormMiddleware",
    "accounts.middleware.PersonMiddleware",
    "accounts.middleware.LockMiddleware",
    "journal.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReauthenticationMiddleware",  # inside allauth's, which would keep the whole request in the session
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "common.rendering.widgets.FormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["common.templatetags.site", "accounts.templatetags.entrance"],
        },
    },
]

# --- Storage.
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "nightlight.sqlite3")}
# Shared by all processes, since allauth counts sign-in attempts in it. Nothing that a person writes is ever cached.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# What waits to be done in the background is in the database, so that any number of workers share it.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# The folder for daily backups; None: none are made.
BACKUPS = None if env.text("NIGHTLIGHT_BACKUPS").lower() == "none" else env.path("NIGHTLIGHT_BACKUPS", DATA_DIR / "backups", base=BASE_DIR)

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [*STATICFILES_FINDERS, "config.joining.JoinedFilesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static.ModuleManifestStorage"},
}

# More than a text at its limit takes (200,000 characters of up to four bytes, percent-encoded): somebody whose text is
# somewhat too long gets the form back with the text in it, instead of a bare error.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
# Signed out, but in a browser that has our cookie: a text whose session has ended is shown again, up to its limit.
SIGNED_OUT_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
STRANGER_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

# What is uploaded stays in memory: nothing of it is written to a temporary file. Larger files come in slices.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE

# Assigning a set to a whole practice sends a date and a note for each client.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Languages and time.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]  # the second: our words for those of allauth and Django
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Help.
# A file of helplines in place of the library's, and the site that "Leave quickly" leads to: neutral, and the same for everybody.
HELPLINES = env.path("NIGHTLIGHT_HELPLINES", BASE_DIR / "prompts" / "library" / "data" / "helplines.toml", base=BASE_DIR)
LEAVE_TO = env.https_url("NIGHTLIGHT_LEAVE_TO", "https://www.bbc.com/weather")

# --- Accounts and signing in.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "journal:tonight"
START_PAGES = {"parent": "journal:tonight", "counselor": "counselor:today"}  # by accounts.models.Role
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.security.passwords.BreachedPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SIGNUP_OPEN = env.one_of("NIGHTLIGHT_SIGNUP", ("open", "closed"), "closed" if PRODUCTION else "open") == "open"
COUNSELORS_APPROVED = env.one_of("NIGHTLIGHT_COUNSELORS", ("open", "approved"), "open" if SIGNUP_OPEN else "approved") == "approved"
INVITATION_MAILS = env.integer("NIGHTLIGHT_INVITATION_MAILS", 200, minimum=0, maximum=100_000)  # a day, of the whole site
ACCOUNT_ADAPTER = "counselor.adapter.InvitedAccountAdapter"
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = RATE_LIMITS  # False: none, in tests
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.people.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if MAILER else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = bool(MAILER)
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SERVED_OVER_TLS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = bool(MAILER)  # allauth asks for a verified address before it
MFA_ALLOW_UNVERIFIED_EMAIL = not MAILER
MFA_TOTP_ISSUER = "Nightlight"

# --- Mail.
MAILERS = {"default": MAILER or {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("NIGHTLIGHT_MAIL_FROM", "nightlight@localhost")

# --- Transport and browser security.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # allauth shows the authenticator's QR code as a data: image
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    # No script turns a text into markup or into another script. The policy is for the service worker's address alone.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["nightlight"],
}
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_SSL_HOST = urlsplit(SITE_ORIGIN).netloc or None  # whatever host a request names
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if SERVED_OVER_TLS else 0
# HSTS for this host only: whether other subdomains and browsers' preload lists take part is the operator's decision.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "__Host-session" if SERVED_OVER_TLS else "nightlight-session"
DEVICE_COOKIE_NAME = "__Host-device" if SERVED_OVER_TLS else "nightlight-device"
USED_COOKIE_NAME = "__Host-used" if SERVED_OVER_TLS else "nightlight-used"  # when the session was last used
CSRF_COOKIE_NAME = "__Host-csrf" if SERVED_OVER_TLS else "nightlight-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "common.errors.csrf_failure"

# --- Logs and error reports.
DEFAULT_EXCEPTION_REPORTER_FILTER = "common.reporting.NothingPersonal"
LOGGING = logs.logging_settings(debug=DEBUG)
